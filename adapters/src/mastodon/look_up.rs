//! Finding a post among the account's own, when the answer to it was lost. No server of this API lets a client name
//! its posts, so it is found by what it says: <https://docs.joinmastodon.org/methods/accounts/#statuses>.

use html5gum::{Token, Tokenizer};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use soundpost_core::frozen::Frozen;
use soundpost_core::port::adapter::LookUp;

use super::api::{self, Client, Trouble};

/// The most that a server lists at once.
const LISTED_MAX: usize = 40;
/// By how much the server's clock may be behind ours.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_secs(2);

/// What was sent, as it would be found again.
struct Sought {
    text: String,
    spoiler: String,
    visibility: Option<String>,
    in_reply_to: Option<String>,
    media: usize,
    since: Timestamp,
}

/// The account's post that is this part, if there is exactly one. `account_id` is the server's.
///
/// # Errors
/// [`Trouble`].
pub(super) async fn find(
    client: &Client<'_>,
    frozen: &Frozen,
    account_id: &str,
    first_fenced_at: Timestamp,
) -> Result<LookUp, Trouble> {
    let sought = Sought::of(frozen, first_fenced_at);
    let path = format!(
        "/api/v1/accounts/{}/statuses?limit={LISTED_MAX}&exclude_reblogs=true",
        api::segment(account_id)
    );
    let listed = client.get(&path).await?;
    let Some(listed) = listed.as_array() else {
        return Ok(LookUp::CannotTell(
            "the server's answer is not a list of posts".to_owned(),
        ));
    };
    let mut matching = Vec::new();
    for status in listed.iter().filter(|status| sought.could_be(status)) {
        if sought.says_the_same(client, status).await? {
            matching.push(status);
        }
    }
    Ok(match matching.as_slice() {
        [] if sought.may_be_further_back(listed) => LookUp::CannotTell(format!(
            "the account has posted {LISTED_MAX} times since then: the server lists no more"
        )),
        [] => LookUp::NotThere,
        [one] => match super::proof(one) {
            Some(proof) => LookUp::Found(Box::new(proof)),
            None => LookUp::CannotTell("a post that says the same has no id".to_owned()),
        },
        several => LookUp::CannotTell(format!("{} posts say the same", several.len())),
    })
}

impl Sought {
    fn of(frozen: &Frozen, first_fenced_at: Timestamp) -> Sought {
        let sent: Value = serde_json::from_str(&frozen.body).unwrap_or_default();
        let text = |field: &str| sent[field].as_str().unwrap_or_default().to_owned();
        Sought {
            text: text("status"),
            spoiler: text("spoiler_text"),
            visibility: sent["visibility"].as_str().map(str::to_owned),
            in_reply_to: api::text(&sent["in_reply_to_id"]),
            media: sent["media_ids"].as_array().map_or(0, Vec::len),
            since: first_fenced_at
                .saturating_sub(CLOCK_SLACK)
                .unwrap_or(first_fenced_at),
        }
    }

    /// By all that the list says of it.
    fn could_be(&self, status: &Value) -> bool {
        let shown_as = status["visibility"].as_str().unwrap_or_default();
        let visible = match self.visibility.as_deref() {
            None => true,
            // A server that keeps an account off its public pages makes one of the other.
            Some("public") => matches!(shown_as, "public" | "unlisted"),
            Some(wanted) => shown_as == wanted,
        };
        let media = status["media_attachments"].as_array().map_or(0, Vec::len);
        created_at(status).is_some_and(|at| at >= self.since)
            && status["reblog"].is_null()
            && visible
            && api::text(&status["in_reply_to_id"]) == self.in_reply_to
            && media == self.media
    }

    /// By its source; by what readers see where the server does not give the source away.
    async fn says_the_same(&self, client: &Client<'_>, status: &Value) -> Result<bool, Trouble> {
        let Some(id) = api::text(&status["id"]) else {
            return Ok(false);
        };
        match client
            .get(&format!("/api/v1/statuses/{}/source", api::segment(&id)))
            .await
        {
            Ok(source) => {
                let said = |field: &str| source[field].as_str().unwrap_or_default();
                Ok(self.is(&tidy(said("text")), &tidy(said("spoiler_text")), tidy))
            }
            Err(Trouble::Refused { .. } | Trouble::Login(_)) => {
                let seen = shown(status["content"].as_str().unwrap_or_default());
                let spoiler = status["spoiler_text"].as_str().unwrap_or_default();
                Ok(self.is(&as_seen(&seen), &as_seen(spoiler), as_seen))
            }
            Err(trouble) => Err(trouble),
        }
    }

    fn is(&self, text: &str, spoiler: &str, form: fn(&str) -> String) -> bool {
        let (wanted, warning) = (form(&self.text), form(&self.spoiler));
        // Of a warning over nothing, a server makes the text.
        (wanted == text && warning == spoiler) || (wanted.is_empty() && warning == text && spoiler.is_empty())
    }

    /// True when the list is full and ends before the instant of the send.
    fn may_be_further_back(&self, listed: &[Value]) -> bool {
        listed.len() >= LISTED_MAX
            && listed
                .last()
                .and_then(created_at)
                .is_none_or(|oldest| oldest >= self.since)
    }
}

pub(super) fn created_at(status: &Value) -> Option<Timestamp> {
    status["created_at"].as_str()?.parse().ok()
}

fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// Words alone: spaces and the servers of mentions look different to readers.
fn as_seen(text: &str) -> String {
    let word = |word: &str| match word.strip_prefix('@').and_then(|rest| rest.split_once('@')) {
        Some((name, _)) => format!("@{name}"),
        None => word.to_owned(),
    };
    text.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// The text of a piece of HTML.
fn shown(html: &str) -> String {
    let mut text = String::new();
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::String(words) => text.push_str(&String::from_utf8_lossy(&words)),
            Token::StartTag(tag) if **tag.name == *b"br" || **tag.name == *b"p" => text.push('\n'),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_compared_by_what_readers_see() {
        let html = "<p>Gr&uuml;&szlig;e &amp; <span class=\"h-card\"><a href=\"https://x.example/@a\">@<span>alice</span>\
                    </a></span><br>two</p><p><a href=\"https://example.com/a\"><span class=\"invisible\">https://</span>\
                    <span>example.com/a</span></a></p>";
        let sent = "Grüße & @alice@x.example\ntwo\n\nhttps://example.com/a";
        assert_eq!(as_seen(&shown(html)), as_seen(sent));
    }

    #[test]
    fn line_ends_and_outer_spaces_make_no_difference() {
        assert_eq!(tidy(" a\r\nb \n"), "a\nb");
    }
}
