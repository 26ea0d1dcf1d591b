//! Looking up the title, description and picture of a page that a post links to.
//!
//! The page is a stranger's: it is read within [`PAGE_BYTES_MAX`] and [`TIME_MAX`], at most [`REDIRECTS_MAX`]
//! redirects are followed, and private addresses are asked only when the account allows it.

use std::time::Duration;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Method, Transport};
use tokio::time::timeout;
use url::Url;

/// The largest page that is read.
pub const PAGE_BYTES_MAX: usize = 1024 * 1024;
/// How long page and picture may take together.
pub const TIME_MAX: Duration = Duration::from_secs(5);
/// How many redirects are followed.
pub const REDIRECTS_MAX: usize = 2;

const TITLE_CHARS_MAX: usize = 300;
const DESCRIPTION_CHARS_MAX: usize = 1000;

/// What a page says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// Its description; may be empty.
    pub description: String,
    /// Its picture, if it names one that could be had.
    pub picture: Option<Picture>,
}

/// A picture of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its media type.
    pub mime: String,
    /// The picture.
    pub bytes: Vec<u8>,
}

/// Reads the page behind `url`. A picture that is missing, too large or of an unknown type is left out.
///
/// # Errors
/// A sentence for people: the page could not be read in time, or has no title.
pub async fn fetch(
    transport: &dyn Transport,
    url: &str,
    allow_private: bool,
    picture_bytes_max: usize,
) -> Result<Page, String> {
    let reader = Reader {
        transport,
        allow_private,
    };
    timeout(TIME_MAX, reader.page(url, picture_bytes_max))
        .await
        .unwrap_or_else(|_| Err(format!("the page took longer than {} s", TIME_MAX.as_secs())))
}

struct Reader<'a> {
    transport: &'a dyn Transport,
    allow_private: bool,
}

impl Reader<'_> {
    async fn page(&self, url: &str, picture_bytes_max: usize) -> Result<Page, String> {
        let url = Url::parse(url).map_err(|error| format!("not a URL: {error}"))?;
        let (url, response) = self.get(url, "text/html", PAGE_BYTES_MAX).await?;
        if !media_type(&response).contains("html") {
            return Err("it is not a web page".to_owned());
        }
        let head = Head::read(&response.body);
        let title = cut(head.best_title(), TITLE_CHARS_MAX);
        if title.is_empty() {
            return Err("the page has no title".to_owned());
        }
        Ok(Page {
            title,
            description: cut(head.best_description(), DESCRIPTION_CHARS_MAX),
            picture: self.picture(&url, &head.picture, picture_bytes_max).await,
        })
    }

    async fn picture(&self, page: &Url, address: &str, bytes_max: usize) -> Option<Picture> {
        if address.trim().is_empty() {
            return None;
        }
        let url = page.join(address.trim()).ok()?;
        let (_, response) = self.get(url, "image/*", bytes_max).await.ok()?;
        let mime = media_type(&response);
        matches!(
            mime.as_str(),
            "image/jpeg" | "image/png" | "image/webp" | "image/gif"
        )
        .then_some(Picture {
            mime,
            bytes: response.body,
        })
    }

    async fn get(&self, mut url: Url, accept: &str, bytes_max: usize) -> Result<(Url, HttpResponse), String> {
        for _ in 0..=REDIRECTS_MAX {
            let mut request = HttpRequest::new(Method::Get, url.as_str()).header("accept", accept);
            request.allow_private = self.allow_private;
            request.response_bytes_max = bytes_max;
            let response = self
                .transport
                .read(request)
                .await
                .map_err(|error| error.message)?;
            match (response.status, response.headers.get("location")) {
                (200..=299, _) => return Ok((url, response)),
                (301 | 302 | 303 | 307 | 308, Some(to)) => {
                    url = url
                        .join(to)
                        .map_err(|error| format!("it leads to nowhere: {error}"))?;
                }
                (status, _) => return Err(format!("the server answered HTTP {status}")),
            }
        }
        Err(format!("it leads elsewhere more than {REDIRECTS_MAX} times"))
    }
}

fn media_type(response: &HttpResponse) -> String {
    let header = response.headers.get("content-type").map_or("", String::as_str);
    header
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// White space of any kind becomes one space.
fn cut(text: &str, chars_max: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().take(chars_max).collect()
}

/// What the head of a page says; empty where it says nothing. The first of several wins.
#[derive(Debug, Default)]
struct Head {
    title: String,
    og_title: String,
    description: String,
    og_description: String,
    picture: String,
}

impl Head {
    fn read(html: &[u8]) -> Head {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut head = Head::default();
        let mut in_title = false;
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) if **tag.name == *b"body" => break,
                Token::StartTag(tag) if **tag.name == *b"meta" => head.meta(&tag),
                Token::StartTag(tag) => in_title = **tag.name == *b"title" && head.title.is_empty(),
                Token::String(text) if in_title => head.title.push_str(&String::from_utf8_lossy(&text)),
                Token::EndTag(_) => in_title = false,
                _ => {}
            }
        }
        head
    }

    fn meta(&mut self, tag: &StartTag<()>) {
        let attribute = |name: &[u8]| {
            tag.attributes
                .get(name)
                .map(|v| String::from_utf8_lossy(v).into_owned())
        };
        let name = attribute(b"property").or_else(|| attribute(b"name"));
        let (Some(name), Some(content)) = (name, attribute(b"content")) else {
            return;
        };
        let slot = match name.to_ascii_lowercase().as_str() {
            "og:title" => &mut self.og_title,
            "og:description" => &mut self.og_description,
            "description" => &mut self.description,
            "og:image" | "og:image:url" | "og:image:secure_url" => &mut self.picture,
            _ => return,
        };
        if slot.is_empty() {
            *slot = content;
        }
    }

    fn best_title(&self) -> &str {
        if self.og_title.trim().is_empty() {
            &self.title
        } else {
            &self.og_title
        }
    }

    fn best_description(&self) -> &str {
        if self.og_description.trim().is_empty() {
            &self.description
        } else {
            &self.og_description
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_with_its_entities() {
        let head = Head::read(
            b"<!doctype html><html><head><title> Cats &amp; <b>dogs\n</title><title>second</title>\
              <meta name=description content='plain'><META property=\"og:description\" content=\"rich &quot;one&quot;\">\
              <meta property=og:image content=/cat.png><script>var t = '<title>no</title>'</script></head>\
              <body><title>not here</title><meta property=og:title content=no>",
        );
        assert_eq!(cut(head.best_title(), 300), "Cats & <b>dogs");
        assert_eq!(head.best_description(), "rich \"one\"");
        assert_eq!(head.picture, "/cat.png");
    }

    #[test]
    fn broken_pages_are_read_as_far_as_they_go() {
        for html in [
            b"".as_slice(),
            b"<",
            b"<title>x",
            b"\xff\xfe<title>\xff</title>",
            b"<meta content=x>",
            b"<<<>>>",
        ] {
            let _ = Head::read(html);
        }
        assert_eq!(Head::read(b"<title>open").best_title(), "open");
    }

    #[test]
    fn long_titles_are_cut_and_their_lines_joined() {
        assert_eq!(cut("  a\n\tb  ", 300), "a b");
        assert_eq!(cut(&"x".repeat(400), TITLE_CHARS_MAX).len(), TITLE_CHARS_MAX);
    }
}
