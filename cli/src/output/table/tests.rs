//! How tables look at 45 and at 100 columns.

use super::*;

fn rows() -> Vec<Vec<String>> {
    let text = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    vec![
        text([
            "x7kq",
            "shop",
            "tomorrow 09:00",
            "Our autumn sale begins: everything for the garden at half price",
        ]),
        text(["m2pd", "日本の店", "", "Grüße \u{202e}aus\u{1b}[2J Köln"]),
    ]
}

const HEADINGS: [&str; 4] = ["id", "account", "due", "text"];

fn snapshot(columns: usize, headings: &[&str], rows: &[Vec<String>]) -> String {
    let shown = table(&Screen::plain(columns), headings, rows);
    assert!(
        shown.lines().all(|line| line.chars().count() <= columns),
        "{shown}"
    );
    shown
}

#[test]
fn a_wide_screen_has_columns() {
    let expected = "\
id    account   due             text
───────────────────────────────────────────────────────────────────────────────────────────────
x7kq  shop      tomorrow 09:00  Our autumn sale begins: everything for the garden at half price
m2pd  日本の店                  Grüße <U+202E>aus<U+001B>[2J Köln";
    assert_eq!(snapshot(100, &HEADINGS, &rows()), expected);
}

#[test]
fn a_narrow_screen_has_cards() {
    let expected = "\
id       x7kq
account  shop
due      tomorrow 09:00
text     Our autumn sale begins: everything
         for the garden at half price

id       m2pd
account  日本の店
text     Grüße <U+202E>aus<U+001B>[2J Köln";
    assert_eq!(snapshot(45, &HEADINGS, &rows()), expected);
}

#[test]
fn few_columns_stay_columns_on_a_narrow_screen() {
    let rows: Vec<Vec<String>> = rows()
        .into_iter()
        .map(|row| vec![row[0].clone(), row[3].clone()])
        .collect();
    let expected = "\
id    text
─────────────────────────────────────────────
x7kq  Our autumn sale begins: everything for
      the garden at half price
m2pd  Grüße <U+202E>aus<U+001B>[2J Köln";
    assert_eq!(snapshot(45, &["id", "text"], &rows), expected);
}

#[test]
fn headings_are_bold_where_colour_is_wanted_and_nothing_is_shown_without_rows() {
    let screen = Screen {
        color: true,
        ..Screen::plain(100)
    };
    let shown = table(&screen, &["id"], &[vec!["x7kq".to_owned()]]);
    assert_eq!(shown, "\u{1b}[1mid\u{1b}[0m\n\u{1b}[2m────\u{1b}[0m\nx7kq");
    assert_eq!(table(&screen, &["id"], &[]), "");
}
