//! Links, mentions and hashtags in a text, by byte offsets. Rules: <https://docs.bsky.app/docs/advanced-guides/post-richtext>.

use unicode_segmentation::UnicodeSegmentation as _;
use url::Url;

const TAG_GRAPHEMES_MAX: usize = 64;
const TAG_BYTES_MAX: usize = 640;
const HANDLE_BYTES_MAX: usize = 253;

/// What a stretch of text stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Feature {
    /// A URL, as it goes into the facet.
    Link(String),
    /// A handle, in lower case, without `@`.
    Mention(String),
    /// A hashtag, without `#`.
    Tag(String),
}

/// A stretch of text with a meaning: bytes from `start` up to, not including, `end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) feature: Feature,
}

/// All of them, in order; they do not overlap.
pub(super) fn find(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut before = None;
    let mut free_from = 0;
    for (at, c) in text.char_indices() {
        if at >= free_from
            && may_begin(before)
            && let Some((bytes, feature)) = at_start(c, &text[at..])
        {
            free_from = at + bytes;
            spans.push(Span {
                start: at,
                end: free_from,
                feature,
            });
        }
        before = Some(c);
    }
    spans
}

/// A link, mention or tag begins a text, or follows white space or an opening sign.
fn may_begin(before: Option<char>) -> bool {
    before.is_none_or(|c| c.is_whitespace() || is_invisible(c) || is_opening(c) || is_ideographic(c))
}

fn at_start(c: char, rest: &str) -> Option<(usize, Feature)> {
    match c {
        'h' | 'H' => link(rest),
        '@' => mention(rest),
        '#' | '＃' => tag(rest, c.len_utf8()),
        _ => None,
    }
}

fn link(rest: &str) -> Option<(usize, Feature)> {
    let lower = |prefix: &str| {
        rest.get(..prefix.len())
            .is_some_and(|p| p.eq_ignore_ascii_case(prefix))
    };
    if !lower("http://") && !lower("https://") {
        return None;
    }
    let ends = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || is_invisible(c)
            || is_fullwidth_mark(c)
            || "<>\"`{}|\\^".contains(c)
    };
    let shown = without_trailing_marks(&rest[..rest.find(ends).unwrap_or(rest.len())]);
    let url = Url::parse(shown).ok()?;
    let host = url.host_str().filter(|host| !host.is_empty())?;
    if !host.contains('.') && !host.contains(':') && host != "localhost" {
        return None;
    }
    let uri = if shown.is_ascii() {
        shown.to_owned()
    } else {
        String::from(url)
    };
    Some((shown.len(), Feature::Link(uri)))
}

/// Sentences end after a URL: their marks are not part of it, nor is a bracket that it did not open.
fn without_trailing_marks(url: &str) -> &str {
    let mut kept = url;
    while let Some(last) = kept.chars().next_back() {
        let opens = |open: char, close: char| kept.matches(open).count() >= kept.matches(close).count();
        let belongs = match last {
            ')' => opens('(', ')'),
            ']' => opens('[', ']'),
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '’' | '”' | '»' | '…' => {
                false
            }
            _ => true,
        };
        if belongs {
            break;
        }
        kept = &kept[..kept.len() - last.len_utf8()];
    }
    kept
}

fn mention(rest: &str) -> Option<(usize, Feature)> {
    let body = &rest[1..];
    let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-');
    let end = body.find(ends).unwrap_or(body.len());
    let handle = body[..end].trim_end_matches(['.', '-']);
    is_handle(handle).then(|| (1 + handle.len(), Feature::Mention(handle.to_ascii_lowercase())))
}

/// Syntax: <https://atproto.com/specs/handle>.
fn is_handle(text: &str) -> bool {
    let label = |l: &str| (1..=63).contains(&l.len()) && !l.starts_with('-') && !l.ends_with('-');
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= HANDLE_BYTES_MAX
        && text.contains('.')
        && text.split('.').all(label)
        && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn tag(rest: &str, sign: usize) -> Option<(usize, Feature)> {
    let body = &rest[sign..];
    if body.starts_with(['\u{fe0f}', '\u{20e3}']) {
        return None;
    }
    let ends = |c: char| {
        c.is_whitespace() || c.is_control() || is_invisible(c) || matches!(c, '#' | '＃' | '\u{20e3}')
    };
    let end = body.find(ends).unwrap_or(body.len());
    let tag = body[..end].trim_end_matches(is_mark);
    let says_something = tag.chars().any(|c| !c.is_numeric() && !is_mark(c));
    let fits = tag.len() <= TAG_BYTES_MAX && tag.graphemes(true).count() <= TAG_GRAPHEMES_MAX;
    (says_something && fits).then(|| (sign + tag.len(), Feature::Tag(tag.to_owned())))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200a}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

fn is_opening(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '{'
            | '<'
            | '"'
            | '\''
            | '«'
            | '‹'
            | '“'
            | '‘'
            | '„'
            | '‚'
            | '¿'
            | '¡'
            | '—'
            | '–'
            | '|'
            | ':'
            | ','
    ) || is_fullwidth_mark(c)
}

/// Scripts that put no space between words.
fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_fullwidth_mark(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}')
        || matches!(
            c,
            '\u{ff01}' | '\u{ff02}' | '\u{ff07}'
                ..='\u{ff0c}' | '\u{ff0e}' | '\u{ff1a}' | '\u{ff1b}' | '\u{ff1f}'
        )
        || matches!(
            c,
            '\u{ff3b}' | '\u{ff3d}' | '\u{ff5b}' | '\u{ff5d}' | '\u{ff5f}'..='\u{ff65}'
        )
}

/// Marks of a sentence, as far as a tag cannot end with them.
fn is_mark(c: char) -> bool {
    c.is_ascii_punctuation()
        || is_fullwidth_mark(c)
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}')
        || matches!(
            c,
            '¡' | '¿' | '«' | '»' | '§' | '¶' | '·' | '،' | '؛' | '؟' | '।' | '۔'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is found, as the text it covers and the word for it.
    fn found(text: &str) -> Vec<(&str, Feature)> {
        find(text)
            .into_iter()
            .map(|s| (&text[s.start..s.end], s.feature))
            .collect()
    }

    fn tags(text: &str) -> Vec<&str> {
        found(text)
            .into_iter()
            .filter(|(_, f)| matches!(f, Feature::Tag(_)))
            .map(|(shown, _)| shown)
            .collect()
    }

    #[test]
    fn offsets_count_bytes_after_emoji_cjk_and_combining_marks() {
        for before in ["👨‍👩‍👧‍👦 ", "日本語 ", "e\u{301}\u{327} ", "🇳🇴 ", "नमस्ते "]
        {
            let text = format!("{before}https://example.com/a then #tag");
            let spans = find(&text);
            assert_eq!(spans[0].start, before.len());
            assert_eq!(spans[0].end, before.len() + "https://example.com/a".len());
            assert_eq!(&text[spans[1].start..spans[1].end], "#tag");
        }
    }

    #[test]
    fn a_link_ends_before_the_marks_of_the_sentence() {
        for (text, url) in [
            ("see https://example.com.", "https://example.com"),
            ("(https://example.com/a)", "https://example.com/a"),
            (
                "https://en.wikipedia.org/wiki/Cat_(animal)",
                "https://en.wikipedia.org/wiki/Cat_(animal)",
            ),
            (
                "(https://en.wikipedia.org/wiki/Cat_(animal)).",
                "https://en.wikipedia.org/wiki/Cat_(animal)",
            ),
            (
                "https://example.com/?q=1&b=#frag!?",
                "https://example.com/?q=1&b=#frag",
            ),
            ("HTTPS://Example.com/X", "HTTPS://Example.com/X"),
            ("「https://example.com/。」", "https://example.com/"),
            ("見てhttps://example.com/", "https://example.com/"),
        ] {
            assert_eq!(found(text), [(url, Feature::Link(url.to_owned()))], "{text}");
        }
    }

    #[test]
    fn a_link_in_another_script_is_written_in_ascii_in_the_facet() {
        let (shown, feature) = found("https://例え.jp/猫 ok").remove(0);
        assert_eq!(shown, "https://例え.jp/猫");
        assert_eq!(
            feature,
            Feature::Link("https://xn--r8jz45g.jp/%E7%8C%AB".to_owned())
        );
    }

    #[test]
    fn only_http_and_a_real_host_make_a_link() {
        for text in [
            "example.com",
            "ftp://example.com",
            "https://",
            "https:///x",
            "xhttps://a.b",
            "http://nodot",
            "javascript:alert(1)",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn mentions_are_handles_and_mail_addresses_are_not() {
        let handle = |h: &str| Feature::Mention(h.to_owned());
        assert_eq!(
            found("hi @Alice.Test, ok"),
            [("@Alice.Test", handle("alice.test"))]
        );
        assert_eq!(
            found("(@a.b-c.example.)"),
            [("@a.b-c.example", handle("a.b-c.example"))]
        );
        for text in ["me@example.com", "@alice", "@-a.b", "@a.1", "@a..b", "@", "@.a"] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn tags_are_words_in_any_script() {
        assert_eq!(
            tags("#Rust, #日本語。 #naïve! #१२क ＃全角 #under_score_"),
            ["#Rust", "#日本語", "#naïve", "#१२क", "＃全角", "#under_score"]
        );
        assert_eq!(tags("#🎉 and #a1"), ["#🎉", "#a1"]);
        assert_eq!(tags("#1 #2026 #!!! # a#b #️⃣ #"), Vec::<&str>::new());
    }

    #[test]
    fn a_tag_has_64_graphemes_at_most() {
        assert_eq!(tags(&format!("#{}", "é".repeat(64))).len(), 1);
        assert_eq!(tags(&format!("#{}", "é".repeat(65))).len(), 0);
    }

    #[test]
    fn what_stands_inside_a_link_is_the_link_only() {
        let text = "https://example.com/@alice.test/#tag";
        assert_eq!(found(text).len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_gives_spans_in_order_on_character_borders(text in "(\\PC|[@#.:/()h ]|https://a\\.b|@c\\.d|é|👨‍👩‍👧|\n){0,40}") {
            let mut end = 0;
            for span in find(&text) {
                prop_assert!(span.start >= end && span.end > span.start);
                prop_assert!(text.get(span.start..span.end).is_some());
                end = span.end;
            }
        }
    }
}
