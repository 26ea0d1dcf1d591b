//! Text from outside made harmless, and paragraphs that fit the screen.

use std::borrow::Cow;
use std::fmt::Write;

use comfy_table::{ContentArrangement, Table};

/// One line of text from outside, harmless: nothing in it moves the cursor, recolours, reorders or hides words.
///
/// Line breaks become `↵`, tabs a space, and every other control character, override of the writing direction and
/// invisible character its number, such as `<U+202E>`. What joins letters and emoji stays.
pub fn visible(text: &str) -> Cow<'_, str> {
    shown(text, false)
}

/// The same for text of several lines, whose line breaks stay.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    shown(text, true)
}

fn shown(text: &str, keep_lines: bool) -> Cow<'_, str> {
    if !text.chars().any(|c| is_hidden(c) && !(keep_lines && c == '\n')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' => out.push(if keep_lines { '\n' } else { '↵' }),
            '\t' => out.push(' '),
            c if is_hidden(c) => {
                let _ = write!(out, "<U+{:04X}>", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Control characters, line and paragraph separators, marks, overrides and isolates of the writing direction, and
/// characters that take no room and are not needed to join others.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Text broken into lines of at most `width` columns, each behind `indent` spaces; no line break at its end. Line
/// breaks in the text stay. Wide characters count as the two columns that they take. An address that is wider than a
/// line stands on a line of its own, whole, so that it can be opened or copied.
pub fn paragraph(text: &str, width: usize, indent: usize) -> String {
    let columns = width.saturating_sub(indent).max(10);
    let margin = " ".repeat(indent);
    let mut lines = Vec::new();
    for line in text.lines() {
        let wrapped = wrap_around_addresses(line, columns).into_iter();
        lines.extend(wrapped.map(|line| format!("{margin}{line}").trim_end().to_owned()));
    }
    lines.join("\n")
}

fn wrap_around_addresses(line: &str, columns: usize) -> Vec<String> {
    let is_long = |word: &&str| word.contains("://") && word.chars().count() > columns;
    let Some(address) = line.split(' ').find(is_long) else {
        return wrap(line, columns);
    };
    let (before, after) = line.split_once(address).unwrap_or((line, ""));
    let mut lines = Vec::new();
    if !before.trim().is_empty() {
        lines.extend(wrap(before.trim_end(), columns));
    }
    lines.push(address.to_owned());
    if !after.trim().is_empty() {
        lines.extend(wrap_around_addresses(after.trim_start(), columns));
    }
    lines
}

/// One line in pieces. It is a table of one cell, so that text and tables are measured by one rule.
fn wrap(line: &str, columns: usize) -> Vec<String> {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(columns).unwrap_or(u16::MAX));
    table.load_style(comfy_table::presets::NOTHING);
    table.add_row([line]);
    if let Some(column) = table.column_mut(0) {
        column.set_padding((0, 0));
    }
    table.lines().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_moves_the_cursor_or_reorders_words() {
        assert_eq!(visible("a\u{1b}[31mb"), "a<U+001B>[31mb");
        assert_eq!(
            visible("pay \u{202e}lla\u{202c} now"),
            "pay <U+202E>lla<U+202C> now"
        );
        assert_eq!(visible("one\r\ntwo\tthree\rfour"), "one↵two three<U+000D>four");
        assert_eq!(visible("a\u{9b}2Jb\u{7f}\u{0}"), "a<U+009B>2Jb<U+007F><U+0000>");
        assert_eq!(
            visible("in\u{200b}visible\u{e0041}"),
            "in<U+200B>visible<U+E0041>"
        );
        assert_eq!(visible_lines("one\n\u{7}two"), "one\n<U+0007>two");
    }

    #[test]
    fn harmless_text_is_left_alone() {
        for text in ["Grüße 👩‍👩‍👧 می‌خواهم 日本語", "<U+202E>", "שלום"] {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text));
        }
        assert!(matches!(visible_lines("a\nb"), Cow::Borrowed(_)));
    }

    #[test]
    fn paragraphs_are_wrapped_between_words_by_columns() {
        let text = "The switch is on.\n\nNothing that waits will go out until a person resumes it.";
        let expected =
            "  The switch is on.\n\n  Nothing that waits will go\n  out until a person resumes\n  it.";
        assert_eq!(paragraph(text, 30, 2), expected);
        assert_eq!(paragraph("日本語日本語日本語", 10, 0), "日本語日本\n語日本語");
        assert_eq!(
            paragraph(&"x".repeat(25), 12, 2),
            "  xxxxxxxxxx\n  xxxxxxxxxx\n  xxxxx"
        );
        assert_eq!(paragraph("", 30, 2), "");
        assert_eq!(
            paragraph("at https://example.com/a/b now", 12, 2),
            "  at\n  https://example.com/a/b\n  now"
        );
    }
}
