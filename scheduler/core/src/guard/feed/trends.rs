//! Lists of hashtags that rise, in the forms in which they come: one a line, a JSON list, the trends of Mastodon, and
//! feeds whose items are named after hashtags or terms.
//!
//! What a person or a program keeps for this purpose is read strictly: one wrong line, and all of it is refused. What a
//! server has for everybody is read as far as it goes: an item that is no hashtag is passed over.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Refusal, decoded, news, xml};
use crate::guard::rules::trends::{TAG_CHARS_MAX, belongs, hashtags, tag};

/// The largest list that is read, in bytes.
pub const BYTES_MAX: usize = 1024 * 1024;
/// How many hashtags one list has at most.
pub const TAGS_MAX: usize = 1000;
/// A term of more words is a sentence, and nobody writes it as one hashtag.
pub const TERM_WORDS_MAX: usize = 4;
/// How much of what is no hashtag is quoted, in characters.
const QUOTED_CHARS_MAX: usize = 60;

/// A list as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rising {
    /// What it was read as, such as `RSS`.
    pub format: String,
    /// The hashtags, folded, sorted, without their sign.
    pub tags: Vec<String>,
    /// How many of its items are neither a hashtag nor a term.
    pub passed_over: usize,
}

impl Rising {
    /// What it is, in a few words.
    pub fn in_words(&self) -> String {
        let tags = match self.tags.len() {
            1 => "1 hashtag".to_owned(),
            n => format!("{n} hashtags"),
        };
        match self.passed_over {
            0 => format!("{}: {tags}", self.format),
            1 => format!("{}: {tags}, 1 item passed over", self.format),
            n => format!("{}: {tags}, {n} items passed over", self.format),
        }
    }
}

/// One entry of a list in JSON.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entry {
    /// A hashtag.
    Text(String),
    /// What Mastodon says of a hashtag; the rest of it is passed over.
    Named {
        /// Its name.
        name: String,
    },
}

/// Reads a list. `content_type` is what the server said. One without a hashtag is read where its form says that it is
/// whole: nothing rises there.
///
/// # Errors
/// [`Refusal`]: it is too large, none of these forms, or has something in it that is no hashtag.
pub fn read(bytes: &[u8], content_type: Option<&str>) -> Result<Rising, Refusal> {
    let text = decoded(bytes, content_type, BYTES_MAX)?;
    let begin = text.trim();
    match begin.chars().next() {
        None => Err(Refusal::new("it is empty")),
        Some('[') => json_list(begin),
        Some('{') => json_feed(begin),
        Some('<') => {
            let root = xml::parse(&text)?;
            if !["rss", "RDF", "feed"].contains(&root.name.as_str()) {
                let name = quoted(&root.name);
                let why = format!("its root element '{name}' is neither that of RSS nor that of Atom");
                return Err(Refusal::new(why));
            }
            let (format, titles) = news::xml_titles(&text, &root)?;
            of_titles(format, &titles)
        }
        Some(_) => lines(&text),
    }
}

fn lines(text: &str) -> Result<Rising, Refusal> {
    let lines = text.lines().zip(1..).map(|(line, number)| (line.trim(), number));
    let tags = lines.filter(|(line, _)| !line.is_empty()).map(|(line, number)| {
        tag(line).ok_or_else(|| Refusal::new(format!("line {number} is no hashtag: '{}'", quoted(line))))
    });
    rising("one hashtag a line", tags, 0)
}

fn json_list(text: &str) -> Result<Rising, Refusal> {
    let entries: Vec<Entry> = serde_json::from_str(text).map_err(|error| no_list(&error))?;
    let are_named = entries.iter().all(|entry| matches!(entry, Entry::Named { .. }));
    if are_named && !entries.is_empty() {
        return of_mastodon(&entries);
    }
    let tags = entries.iter().zip(1..).map(|(entry, number)| {
        let (Entry::Text(text) | Entry::Named { name: text }) = entry;
        tag(text.trim())
            .ok_or_else(|| Refusal::new(format!("entry {number} is no hashtag: '{}'", quoted(text))))
    });
    rising("a JSON list", tags, 0)
}

fn no_list(error: &serde_json::Error) -> Refusal {
    if error.is_data() {
        return Refusal::new(
            "it is JSON, but neither a list of hashtags, such as [\"#one\", \"#two\"], nor one of objects with a 'name'",
        );
    }
    Refusal::new(format!("it is no JSON: {error}"))
}

/// A name may have a sign that is part of a hashtag on Mastodon alone.
fn of_mastodon(entries: &[Entry]) -> Result<Rising, Refusal> {
    let named = entries.iter().filter_map(|entry| match entry {
        Entry::Named { name } => tag(name.trim()),
        Entry::Text(_) => None,
    });
    let tags: Vec<String> = named.collect();
    if tags.is_empty() {
        return Err(Refusal::new(
            "it is a list of objects with a 'name', but no name is a hashtag",
        ));
    }
    let passed_over = entries.len() - tags.len();
    rising("trends of Mastodon", tags.into_iter().map(Ok), passed_over)
}

fn json_feed(text: &str) -> Result<Rising, Refusal> {
    let json: serde_json::Value =
        serde_json::from_str(text).map_err(|error| Refusal::new(format!("it is no JSON: {error}")))?;
    let is_feed = json["version"]
        .as_str()
        .is_some_and(|v| v.contains("jsonfeed.org"));
    if !is_feed {
        return Err(Refusal::new(
            "it is a JSON object, and no JSON Feed: a list of hashtags begins with '['",
        ));
    }
    of_titles("JSON Feed", &news::titles(text, "JSON Feed")?)
}

/// A title that has hashtags stands for them; another one, of few words, for the hashtag that people make of it.
fn of_titles(format: &str, titles: &[String]) -> Result<Rising, Refusal> {
    let mut tags = Vec::new();
    let mut passed_over = 0;
    for title in titles {
        let mut found = hashtags(title);
        if found.is_empty() {
            found.extend(term(title));
        }
        passed_over += usize::from(found.is_empty());
        tags.append(&mut found);
    }
    if let (true, Some(first)) = (tags.is_empty(), titles.first()) {
        return Err(Refusal::new(format!(
            "no title of its {} items is a hashtag or a term of at most {TERM_WORDS_MAX} words; the first is '{}'",
            titles.len(),
            quoted(first)
        )));
    }
    rising(format, tags.into_iter().map(Ok), passed_over)
}

/// `Black Friday` becomes `blackfriday`.
fn term(title: &str) -> Option<String> {
    let bare = title.replace(['\'', '\u{2019}'], "");
    let words: Vec<&str> = bare.split(|c| !belongs(c)).filter(|w| !w.is_empty()).collect();
    (words.len() <= TERM_WORDS_MAX).then(|| tag(&words.concat()))?
}

fn rising(
    format: &str,
    tags: impl Iterator<Item = Result<String, Refusal>>,
    passed_over: usize,
) -> Result<Rising, Refusal> {
    let mut all = BTreeSet::new();
    for tag in tags {
        all.insert(tag?);
        if all.len() > TAGS_MAX {
            return Err(Refusal::new(format!("there are more than {TAGS_MAX} hashtags")));
        }
    }
    Ok(Rising {
        format: format.to_owned(),
        tags: all.into_iter().collect(),
        passed_over,
    })
}

/// What is no hashtag, as far as it is worth reading.
fn quoted(text: &str) -> String {
    let is_long = text.chars().count() > TAG_CHARS_MAX;
    let begin: String = text.chars().take(QUOTED_CHARS_MAX).collect();
    match is_long {
        true => format!("{begin}…"),
        false => begin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Vec<String> {
        read(text.as_bytes(), None).unwrap().tags
    }

    fn why(text: &str) -> String {
        read(text.as_bytes(), None).unwrap_err().to_string()
    }

    fn rss(titles: &[&str]) -> String {
        let items = titles
            .iter()
            .map(|title| format!("<item><title>{title}</title></item>"));
        format!(
            "<rss version='2.0'><channel><title>rising</title>{}</channel></rss>",
            items.collect::<String>()
        )
    }

    #[test]
    fn lines_and_a_json_list_have_hashtags_with_or_without_the_sign() {
        let wanted = ["breaking", "cafe", "whyistayed"];
        assert_eq!(
            tags("\u{feff}#WhyIStayed\r\n\n  Café\n#breaking\n#Breaking"),
            wanted
        );
        assert_eq!(tags(r##" ["#WhyIStayed", "café", "breaking"]"##), wanted);
    }

    #[test]
    fn the_trends_of_mastodon_are_read_by_their_names() {
        let text = r#"[{"name":"WhyIStayed","url":"https://a.example/tags/WhyIStayed","history":
            [{"day":"1796083200","accounts":"7","uses":"9"}]},{"name":"one·two"}]"#;
        let read = read(text.as_bytes(), Some("application/json")).unwrap();
        assert_eq!(read.tags, ["whyistayed"]);
        assert_eq!(
            read.in_words(),
            "trends of Mastodon: 1 hashtag, 1 item passed over"
        );
    }

    #[test]
    fn a_feed_has_hashtags_in_its_titles_or_terms_of_a_few_words() {
        let long = "Storm hits the coast and nobody sleeps";
        let text = rss(&[
            "#Pizza",
            "Rising now: #One and #two",
            "Black Friday",
            "Valentine’s Day",
            long,
        ]);
        let read = read(text.as_bytes(), Some("application/rss+xml")).unwrap();
        assert_eq!(read.tags, ["blackfriday", "one", "pizza", "two", "valentinesday"]);
        assert_eq!(read.in_words(), "RSS: 5 hashtags, 1 item passed over");
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><title>#a1</title></entry></feed>";
        assert_eq!(tags(atom), ["a1"]);
        let json = r##"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","title":"#a2"}]}"##;
        assert_eq!(tags(json), ["a2"]);
    }

    #[test]
    fn where_nothing_rises_the_list_is_whole_and_empty() {
        assert!(tags("[]").is_empty() && tags(&rss(&[])).is_empty());
        assert_eq!(why(" \n "), "it is empty");
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_place() {
        for (text, says) in [
            ("#one\ntwo words", "line 2 is no hashtag: 'two words'"),
            ("#", "line 1 is no hashtag: '#'"),
            (r#"["one", "two words"]"#, "entry 2 is no hashtag"),
            (r#"["one", 2]"#, "neither a list of hashtags"),
            (r#"[{"title": "one"}]"#, "neither a list of hashtags"),
            (r#"[{"name": "one two"}]"#, "no name is a hashtag"),
            (r#"["one""#, "it is no JSON"),
            (r#"{"tags": []}"#, "no JSON Feed"),
            ("<html><body>down</body></html>", "its root element 'html'"),
            ("Service unavailable, try again", "line 1 is no hashtag"),
        ] {
            assert!(why(text).contains(says), "{text}: {}", why(text));
        }
        let news = rss(&["Storm hits the coast and nobody sleeps"]);
        assert!(why(&news).contains("no title of its 1 items"), "{}", why(&news));
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let many: String = (0..=TAGS_MAX).map(|n| format!("#t{n}\n")).collect();
        assert_eq!(why(&many), "there are more than 1000 hashtags");
        assert!(why(&"#a\n".repeat(BYTES_MAX / 3 + 1)).contains("1048576 are the most"));
        assert!(why(&"a".repeat(TAG_CHARS_MAX + 1)).contains("…"));
        assert!(!tags(&"a".repeat(TAG_CHARS_MAX)).is_empty());
    }

    #[test]
    fn bombs_are_refused() {
        let deep = "[".repeat(100_000);
        let named = format!(r#"[{{"name":"a","history":{deep}"#);
        let entities =
            "<!DOCTYPE a [<!ENTITY b 'c'>]><rss version='2.0'><channel><title>&b;</title></channel></rss>";
        for text in [
            deep.as_str(),
            &named,
            &"<a>".repeat(100_000),
            entities,
            "\0",
            "[\"\\ud800\"]",
        ] {
            assert!(read(text.as_bytes(), None).is_err());
        }
        assert!(read(&[0xff, 0xfe, 0, 0xd8], None).is_err());
        assert!(read(b"caf\xe9", None).is_err());
    }
}
