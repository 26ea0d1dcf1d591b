//! Counting text the way networks do, and saying by how much it is too long.

use soundpost_core::port::adapter::TextUnit;
use unicode_segmentation::UnicodeSegmentation as _;

/// The length of a text in this unit.
pub fn length(text: &str, unit: TextUnit) -> usize {
    match unit {
        TextUnit::Graphemes => text.graphemes(true).count(),
        TextUnit::CodePoints => text.chars().count(),
        TextUnit::Bytes => text.len(),
    }
}

/// What the unit is called in messages.
pub fn unit_name(unit: TextUnit) -> &'static str {
    match unit {
        TextUnit::Graphemes => "graphemes (what people see as one character)",
        TextUnit::CodePoints => "Unicode code points",
        TextUnit::Bytes => "bytes of UTF-8",
    }
}

/// A sentence when `text` is longer than the network takes, and nothing when it fits. `what` begins the sentence,
/// as in "the text".
pub fn too_long(what: &str, text: &str, network: &str, unit: TextUnit, max: u32) -> Option<String> {
    let length = length(text, unit);
    let over = length.checked_sub(max as usize).filter(|over| *over > 0)?;
    let (word, plural) = match unit {
        TextUnit::Bytes => ("byte", if over == 1 { "" } else { "s" }),
        _ => ("character", if over == 1 { "" } else { "s" }),
    };
    Some(format!(
        "{what} is {over} {word}{plural} too long: {network} counts {length} {} and takes {max}",
        unit_name(unit)
    ))
}

/// The graphemes of a text as Mastodon counts them: an `http` or `https` link counts `link` whatever its length, and
/// of `@name@server` only `@name` counts. Where its own rules are finer (a list of top-level domains), a link is
/// taken for a link when its host has a dot in it.
pub fn mastodon(text: &str, link: usize) -> usize {
    let mut counted = 0;
    let mut plain = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let before = text[..text.len() - rest.len()].chars().next_back();
        let skipped = if let Some(bytes) = link_bytes(rest, before) {
            // A run of its own: nothing joins what stands before a link to what stands behind it.
            counted += length(&plain, TextUnit::Graphemes) + link;
            plain.clear();
            bytes
        } else if let Some((name, bytes)) = mention_bytes(rest, before) {
            plain.push_str(&rest[..name]);
            bytes
        } else {
            plain.push(c);
            c.len_utf8()
        };
        rest = &rest[skipped..];
    }
    counted + length(&plain, TextUnit::Graphemes)
}

/// How long the link is that `rest` begins with.
fn link_bytes(rest: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || "@＠$#＃".contains(c)) {
        return None;
    }
    let scheme = ["https://", "http://"].into_iter().find(|scheme| {
        rest.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })?;
    let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"「」".contains(c);
    let run = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let host_end = run[scheme.len()..]
        .find(['/', '?', '#', ':'])
        .map_or(run.len(), |at| scheme.len() + at);
    let host = run[scheme.len()..host_end].trim_end_matches(|c: char| !c.is_alphanumeric());
    let (name, top) = host.rsplit_once('.')?;
    let is_label = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || top.chars().count() < 2 || !top.chars().all(char::is_alphabetic) {
        return None;
    }
    if !name.chars().all(is_label) {
        return None;
    }
    Some(without_trailing_marks(run, scheme.len() + host.len()).len())
}

/// The marks that end a sentence, and a bracket that the link did not open, are not part of the link.
fn without_trailing_marks(run: &str, at_least: usize) -> &str {
    let mut kept = run;
    while let Some(last) = kept.chars().next_back().filter(|_| kept.len() > at_least) {
        let belongs = match last {
            ')' => kept.matches('(').count() >= kept.matches(')').count(),
            c => !"?!*\"';:,.$%[]~&|@(".contains(c),
        };
        if belongs {
            break;
        }
        kept = &kept[..kept.len() - last.len_utf8()];
    }
    kept
}

/// How much of the mention at the beginning of `rest` counts, and how long it is.
fn mention_bytes(rest: &str, before: Option<char>) -> Option<(usize, usize)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    if before.is_some_and(|c| is_word(c) || matches!(c, '=' | '/')) {
        return None;
    }
    let local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let body = rest.strip_prefix('@')?;
    let end = body.find(|c| !local(c)).unwrap_or(body.len());
    let name = body[..end].trim_end_matches(['.', '-']);
    if name.is_empty() || name.starts_with(['.', '-']) || name.len() < end {
        return None;
    }
    let server = body[end..].strip_prefix('@')?;
    let stop = server
        .find(|c: char| !(is_word(c) || matches!(c, '.' | '-')))
        .unwrap_or(server.len());
    let server = server[..stop].trim_end_matches(|c| !is_word(c));
    (!server.is_empty()).then_some((1 + name.len(), 2 + name.len() + server.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mastodon_counts_every_link_the_same() {
        let link = |text: &str| mastodon(text, 23);
        assert_eq!(
            link("https://example.com/a/very/long/path?with=query#and-more"),
            23
        );
        assert_eq!(link("http://a.de"), 23, "a short one becomes longer");
        assert_eq!(link("HTTPS://Example.com"), 23);
        assert_eq!(link("(https://en.wikipedia.org/wiki/A_(b))."), 1 + 23 + 2);
        assert_eq!(
            link("see https://example.com, then https://example.org!"),
            4 + 23 + 7 + 23 + 1
        );
        assert_eq!(link("https://müller.example/ä"), 23);
        assert_eq!(link("👋https://example.com"), 1 + 23);
        assert_eq!(link("日本https://example.com"), 2 + 23);
        assert_eq!(link("https://example.com:8080/x"), 23);
    }

    #[test]
    fn what_is_no_link_to_mastodon_counts_in_full() {
        for text in [
            "example.com/path",
            "http://localhost/abc",
            "ahttps://example.com",
            "https://",
            "http://1.2.3.4/x",
        ] {
            assert_eq!(mastodon(text, 23), text.chars().count(), "{text}");
        }
    }

    #[test]
    fn mastodon_counts_the_name_of_a_mention_and_not_its_server() {
        for (text, counted) in [
            ("@alice@example.social hi", "@alice hi"),
            ("@alice hi", "@alice hi"),
            ("(@al.ice@example.social)", "(@al.ice)"),
            ("mail alice@example.social", "mail alice@example.social"),
            ("@alice@example.social.", "@alice."),
            ("@alice@ hi", "@alice@ hi"),
            ("@@", "@@"),
        ] {
            assert_eq!(mastodon(text, 23), counted.chars().count(), "{text}");
        }
    }

    #[test]
    fn mastodon_counts_graphemes_otherwise() {
        assert_eq!(mastodon("👨‍👩‍👧‍👦 é e\u{301}", 23), 5);
        assert_eq!(mastodon("", 23), 0);
        assert_eq!(mastodon(&"é".repeat(500), 23), 500);
    }

    proptest::proptest! {
        #[test]
        fn mastodon_counting_never_breaks(text in "[a@:/.h\u{301}👋 tps()é-]{0,60}") {
            mastodon(&text, 23);
        }
    }

    #[test]
    fn a_family_is_one_grapheme_seven_code_points_and_25_bytes() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(length(family, TextUnit::Graphemes), 1);
        assert_eq!(length(family, TextUnit::CodePoints), 7);
        assert_eq!(length(family, TextUnit::Bytes), 25);
    }

    #[test]
    fn a_text_at_the_limit_fits_and_one_more_does_not() {
        let at = "é".repeat(300);
        assert_eq!(
            too_long("the text", &at, "Bluesky", TextUnit::Graphemes, 300),
            None
        );
        let over = too_long("the text", &(at + "!"), "Bluesky", TextUnit::Graphemes, 300).unwrap();
        assert!(
            over.starts_with("the text is 1 character too long: Bluesky counts 301 graphemes"),
            "{over}"
        );
        assert!(over.ends_with("takes 300"), "{over}");
    }
}
