//! A text in which some words are marked: underlined where there is colour, in square brackets where there is none.

use super::screen::Screen;
use super::style::Style;
use super::text::{paragraph, visible_lines};

/// What stands for the marks while lines are broken: two characters that no text has.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// A text from outside, made harmless and broken into lines behind `indent` spaces, with these bytes of it marked. Spans
/// may overlap, and may come in any order; one that cuts a character is passed over.
pub fn marked(screen: &Screen, text: &str, spans: &[(usize, usize)], indent: usize) -> String {
    let mut raw = String::new();
    let mut at = 0;
    for (start, end) in merged(text, spans) {
        raw.push_str(&harmless(&text[at..start]));
        raw.push(OPEN);
        raw.push_str(&harmless(&text[start..end]));
        raw.push(CLOSE);
        at = end;
    }
    raw.push_str(&harmless(&text[at..]));
    painted(screen, &paragraph(&raw, screen.width, indent))
}

fn harmless(text: &str) -> String {
    visible_lines(text).replace([OPEN, CLOSE], "\u{fffd}")
}

/// The spans in order, those that meet made one.
fn merged(text: &str, spans: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let is_whole = |&(start, end): &(usize, usize)| start < end && text.get(start..end).is_some();
    let mut spans: Vec<(usize, usize)> = spans.iter().copied().filter(is_whole).collect();
    spans.sort_unstable();
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (start, end) in spans {
        match out.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

/// The marks as people see them. One that goes over a line's end is marked on both lines, but for the margin.
fn painted(screen: &Screen, text: &str) -> String {
    if !screen.color {
        return text.replace(OPEN, "[").replace(CLOSE, "]");
    }
    let mut is_marked = false;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let margin = line.len() - line.trim_start().len();
        let mut out = line[..margin].to_owned();
        for (i, piece) in line[margin..].split([OPEN, CLOSE]).enumerate() {
            is_marked ^= i > 0;
            if is_marked && !piece.is_empty() {
                out.push_str(&screen.styles().paint(Style::Underlined, piece).to_string());
            } else {
                out.push_str(piece);
            }
        }
        lines.push(out);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_in_brackets_or_underlined() {
        let plain = Screen::plain(45);
        assert_eq!(
            marked(&plain, "Shoot us a mail", &[(0, 5)], 2),
            "  [Shoot] us a mail"
        );
        let color = Screen { color: true, ..plain };
        assert_eq!(
            marked(&color, "Shoot us", &[(0, 5)], 0),
            "\u{1b}[4mShoot\u{1b}[0m us"
        );
    }

    #[test]
    fn spans_that_meet_are_one_and_wrong_ones_are_passed_over() {
        let plain = Screen::plain(45);
        assert_eq!(
            marked(&plain, "ab cd", &[(3, 5), (0, 1), (1, 2), (0, 2)], 0),
            "[ab] [cd]"
        );
        assert_eq!(marked(&plain, "é", &[(0, 1), (1, 2), (2, 9), (2, 1)], 0), "é");
    }

    #[test]
    fn what_is_in_the_text_stays_harmless() {
        let plain = Screen::plain(45);
        assert_eq!(
            marked(&plain, "a\u{1b}b\u{e000}", &[(0, 2)], 0),
            "[a<U+001B>]b\u{fffd}"
        );
    }

    #[test]
    fn a_mark_over_the_end_of_a_line_is_on_both() {
        let narrow = Screen {
            color: true,
            ..Screen::plain(45)
        };
        let text = "x ".repeat(15) + &"w".repeat(50);
        let out = marked(&narrow, &text, &[(30, 80)], 4);
        for line in out.lines().skip(1) {
            assert!(line.starts_with("    \u{1b}[4m"), "{line:?}");
            assert!(line.ends_with("\u{1b}[0m"), "{line:?}");
        }
    }
}
