//! RSS, Atom and JSON Feed, read by `feed-rs` behind a wall: it is given text in UTF-8 that was found to be well-formed
//! and small enough, and a panic of it is a refusal.
//!
//! Such a feed says neither how bad something is nor where. An item is proposed when its words name a kind of harm, and
//! always waits for a person. Google Alerts are Atom whose links lead to the article by a redirect.

use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model::{Entry, Feed, Text};
use feed_rs::parser;
use jiff::Timestamp;
use url::Url;

use super::kinds;
use super::text::{cut, plain};
use super::xml::Element;
use super::{ITEMS_MAX, PassedOver, Proposal, Reading, Refusal, SUMMARY_CHARS_MAX, TITLE_CHARS_MAX};

/// Parameters that say where a reader came from, not what is read.
const TRACKING: [&str; 6] = ["ref", "fbclid", "gclid", "cmp", "ito", "at_medium"];

/// Reads XML that was parsed before.
pub(super) fn read_xml(text: &str, root: &Element) -> Result<Reading, Refusal> {
    let (text, format) = prepared(text, root)?;
    read(&text, format)
}

/// The titles of all items of a feed in XML that was parsed before, and what it is.
pub(super) fn xml_titles(text: &str, root: &Element) -> Result<(&'static str, Vec<String>), Refusal> {
    let (text, format) = prepared(text, root)?;
    Ok((format, titles(&text, format)?))
}

/// The titles of all items of a feed.
pub(super) fn titles(text: &str, format: &str) -> Result<Vec<String>, Refusal> {
    let feed = parse(text, format)?;
    let title = |entry: &Entry| cut(&words(entry.title.as_ref()), TITLE_CHARS_MAX);
    Ok(feed.entries.iter().map(title).collect())
}

/// What the library can read, and what it is.
fn prepared(text: &str, root: &Element) -> Result<(String, &'static str), Refusal> {
    let format = match root.name.as_str() {
        "rss" => "RSS",
        "RDF" => "RSS 1.0",
        "feed" => "Atom",
        other => {
            return Err(Refusal::new(format!(
                "its root element '{}' is none of RSS, Atom, CAP or GDACS",
                cut(other, 40)
            )));
        }
    };
    if root.name == "rss" && root.child("channel").is_none() {
        return Err(Refusal::new("it is RSS without a channel, so it says nothing"));
    }
    let text = without_prologue(text);
    Ok((with_version(text, root), format))
}

/// The library reads RSS of the versions that it knows by name. Others, and feeds that forget to say theirs, are read as
/// the newest.
fn with_version(text: String, root: &Element) -> String {
    let known = ["", "0.91", "0.92", "2.0"];
    match (root.name.as_str(), root.attribute("version")) {
        ("rss", None) => text.replacen("rss", "rss version=\"2.0\"", 1),
        ("rss", Some(version)) if !known.contains(&version) => {
            let start = text.find('>').unwrap_or(text.len());
            let (tag, rest) = text.split_at(start);
            format!("{}{rest}", tag.replacen(version, "2.0", 1))
        }
        _ => text,
    }
}

/// The text from its root element on: no declaration, no document type.
fn without_prologue(text: &str) -> String {
    let mut rest = text.trim_start();
    loop {
        let end = match rest {
            r if r.starts_with("<?") => r.find("?>").map(|at| at + 2),
            r if r.starts_with("<!--") => r.find("-->").map(|at| at + 3),
            r if r.starts_with("<!") => r.find('>').map(|at| at + 1),
            _ => None,
        };
        match end {
            Some(end) => rest = rest[end..].trim_start(),
            None => return rest.to_owned(),
        }
    }
}

/// Reads a feed of news.
pub(super) fn read(text: &str, format: &str) -> Result<Reading, Refusal> {
    Ok(reading(&parse(text, format)?, format))
}

fn parse(text: &str, format: &str) -> Result<Feed, Refusal> {
    let parse = || {
        parser::Builder::new()
            .id_generator(|_, _, _| String::new())
            .build()
            .parse(text.as_bytes())
    };
    let feed = catch_unwind(AssertUnwindSafe(parse));
    let feed = feed.map_err(|_| Refusal::new(format!("the reader of {format} gave up on it")))?;
    feed.map_err(|error| Refusal::new(format!("it is no {format}: {error}")))
}

fn reading(feed: &Feed, format: &str) -> Reading {
    let is_google = feed.id.contains("google.com") && feed.id.contains("alerts");
    let mut reading = Reading {
        format: if is_google { "Google Alerts" } else { format }.to_owned(),
        title: words(feed.title.as_ref()),
        proposals: Vec::new(),
        passed_over: Vec::new(),
    };
    for entry in feed.entries.iter().take(ITEMS_MAX) {
        match proposal(entry) {
            Ok(proposal) => reading.proposals.push(proposal),
            Err(passed) => reading.passed_over.push(passed),
        }
    }
    if feed.entries.len() > ITEMS_MAX {
        reading.passed_over.push(PassedOver {
            what: format!("{} more items", feed.entries.len() - ITEMS_MAX),
            why: format!("{ITEMS_MAX} are the most"),
        });
    }
    reading
}

fn words(text: Option<&Text>) -> String {
    text.map(|t| plain(&t.content)).unwrap_or_default()
}

fn proposal(entry: &Entry) -> Result<Proposal, PassedOver> {
    let title = cut(&words(entry.title.as_ref()), TITLE_CHARS_MAX);
    let body = entry
        .content
        .as_ref()
        .and_then(|c| c.body.as_deref())
        .unwrap_or_default();
    let summary = match words(entry.summary.as_ref()) {
        none if none.is_empty() => plain(body),
        some => some,
    };
    let nothing = |why: &str| PassedOver {
        what: title.clone(),
        why: why.to_owned(),
    };
    let kind = kinds::named_in(&title, &cut(&summary, SUMMARY_CHARS_MAX));
    let kind = kind.ok_or_else(|| nothing("its words name no kind of harm"))?;
    let article = entry.links.first().map(|link| article(&link.href));
    let mut names: Vec<String> = article.iter().map(|url| format!("url:{}", bare(url))).collect();
    if !entry.id.is_empty() {
        names.push(format!("item:{}", cut(&entry.id, TITLE_CHARS_MAX)));
    }
    if names.is_empty() {
        return Err(nothing("it has neither a link nor an id"));
    }
    let at = entry.published.or(entry.updated);
    Ok(Proposal {
        names,
        title: title.clone(),
        summary: cut(&summary, SUMMARY_CHARS_MAX),
        kind: kind.to_owned(),
        tags: Vec::new(),
        places: Vec::new(),
        countries: Vec::new(),
        regions: Vec::new(),
        severity: None,
        because: "the feed does not say how bad it is".to_owned(),
        starts_at: at.and_then(|at| Timestamp::from_second(at.timestamp()).ok()),
        ends_at: None,
        link: article,
        is_over: false,
    })
}

/// The address of the article, also behind Google's redirect.
fn article(href: &str) -> String {
    let Ok(url) = Url::parse(href.trim()) else {
        return href.trim().to_owned();
    };
    let host = url.host_str().unwrap_or_default();
    let is_redirect = host == "www.google.com" || host == "google.com";
    if is_redirect && url.path() == "/url" {
        let inner = url.query_pairs().find(|(name, _)| name == "url" || name == "q");
        if let Some((_, inner)) = inner
            && Url::parse(&inner).is_ok()
        {
            return inner.into_owned();
        }
    }
    href.trim().to_owned()
}

/// An address without what tells nothing: scheme, `www.`, fragment, the reader's way to it.
fn bare(address: &str) -> String {
    let Ok(url) = Url::parse(address) else {
        return cut(address, TITLE_CHARS_MAX);
    };
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let kept: Vec<String> = url
        .query_pairs()
        .filter(|(name, _)| !name.starts_with("utm_") && !TRACKING.contains(&name.as_ref()))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let query = if kept.is_empty() {
        String::new()
    } else {
        format!("?{}", kept.join("&"))
    };
    let path = url.path().trim_end_matches('/');
    cut(&format!("{host}{path}{query}"), 2 * TITLE_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_article_has_one_name_however_it_is_linked() {
        let redirect =
            "https://www.google.com/url?rct=j&sa=t&url=https://news.example.com/us/a%3Fref%3Dga&ct=ga";
        for address in [
            redirect,
            "https://news.example.com/us/a",
            "http://www.news.example.com/us/a/?utm_source=x#top",
        ] {
            assert_eq!(bare(&article(address)), "news.example.com/us/a", "{address}");
        }
        assert_ne!(bare("https://a.example/?id=1"), bare("https://a.example/?id=2"));
    }
}
