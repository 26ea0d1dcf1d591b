//! Dates that a text names: "9 November", "November 9th", "9.11.", "9/11", "2026-11-09", "11月9日".
//!
//! The names of the months stand in `words/months.tsv`. A date without a year may be of any year; one with strokes may
//! be read both ways round, so that it gives two.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;

use super::fold::{FoldedText, Token, fold};

/// What stands between a day and its month: "9 de noviembre", "9th of November".
const BETWEEN: [&str; 8] = ["of", "de", "d", "do", "the", "den", "di", "del"];
/// What hangs on to the number of a day: "9th", "1er", "2ª".
const ENDINGS: [&str; 17] = [
    "st", "nd", "rd", "th", "er", "e", "o", "a", "го", "е", "ое", "ого", "му", "ше", "ге", "тє", "те",
];
/// How much may follow a day in words: the "ego" of "pierwszego".
const DAY_ENDING_CHARS_MAX: usize = 4;
/// Characters of East Asia that stand behind the number of a month, and of a day.
const MONTH_SIGNS: [char; 2] = ['月', '월'];
const DAY_SIGNS: [char; 4] = ['日', '号', '號', '일'];

/// A date that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedDate {
    /// From 1.
    pub month: i8,
    /// From 1.
    pub day: i8,
    /// When it is named with four digits.
    pub year: Option<i16>,
    /// False where strokes let it be read both ways round: "9/11".
    pub is_sure: bool,
    /// Its bytes in the text.
    pub span: (usize, usize),
}

impl NamedDate {
    /// True when it may be this date.
    pub fn may_be(&self, date: Date) -> bool {
        (self.month, self.day) == (date.month(), date.day()) && self.year.is_none_or(|y| y == date.year())
    }
}

/// One form of a month's name.
struct Form {
    month: i8,
    /// True = any ending may follow.
    is_beginning: bool,
    needs_capital: bool,
}

/// Folded names, each with what it says.
static MONTHS: LazyLock<BTreeMap<String, Vec<Form>>> = LazyLock::new(|| {
    let mut months: BTreeMap<String, Vec<Form>> = BTreeMap::new();
    let lines = include_str!("../../words/months.tsv").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        for (month, names) in (1..).zip(line.split('\t').skip(1)) {
            for name in names.split(',') {
                let bare = name.trim_start_matches('^').trim_end_matches('*');
                months.entry(fold(bare)).or_default().push(Form {
                    month,
                    is_beginning: name.ends_with('*'),
                    needs_capital: name.starts_with('^'),
                });
            }
        }
    }
    months
});

/// A day of a month in words.
struct DayInWords {
    day: i8,
    /// Each folded; true = an ending may follow.
    words: Vec<(String, bool)>,
}

/// Those of more words stand first.
static DAYS: LazyLock<Vec<DayInWords>> = LazyLock::new(|| {
    let lines = include_str!("../../words/days.tsv").lines();
    let mut days = Vec::new();
    for line in lines.filter(|line| !line.starts_with('#')) {
        for (day, forms) in (1..).zip(line.split('\t').skip(1)) {
            for form in forms.split(',') {
                let folded = fold(form);
                let words = folded.split([' ', '\'']).map(|word| {
                    let bare = word.trim_end_matches('*');
                    (bare.to_owned(), bare != word)
                });
                days.push(DayInWords {
                    day,
                    words: words.collect(),
                });
            }
        }
    }
    days.sort_by_key(|day| std::cmp::Reverse(day.words.len()));
    days
});

/// A day in words at the beginning of these, and how many words it has: "twenty-first", "двадцать первого".
fn day_in_words(words: &[Token]) -> Option<(i8, usize)> {
    let found = DAYS.iter().find(|day| {
        let texts = words.get(..day.words.len());
        texts.is_some_and(|texts| {
            texts
                .iter()
                .zip(&day.words)
                .all(|(text, word)| is_day_word(&text.word, word))
        })
    })?;
    Some((found.day, found.words.len()))
}

fn is_day_word(text: &str, (word, may_grow): &(String, bool)) -> bool {
    let rest = text.strip_prefix(word.as_str()).map(|rest| rest.chars().count());
    rest.is_some_and(|rest| rest == 0 || *may_grow && rest <= DAY_ENDING_CHARS_MAX)
}

/// "third of September", "третьего сентября".
fn in_words(text: &str, words: &[Token]) -> Option<NamedDate> {
    let (day, count) = day_in_words(words)?;
    let gap = words
        .get(count)
        .is_some_and(|w| BETWEEN.contains(&w.word.as_str()));
    let name = words.get(count + usize::from(gap))?;
    let last = words.get(count - 1)?;
    let month = month_of(name).filter(|_| are_near(text, last, name))?;
    date(month, day, None, words.first()?, name)
}

/// The dates that a text names, in order; `text` is what was folded.
pub fn named_dates(text: &str, folded: &FoldedText) -> Vec<NamedDate> {
    let mut dates = Vec::new();
    let words = &folded.words;
    for i in 0..words.len() {
        dates.extend(with_name(text, &words[i..]));
        dates.extend(in_figures(text, &words[i..]));
        dates.extend(in_words(text, &words[i..]));
    }
    dates.extend(with_signs(folded));
    dates.sort_by_key(|d| d.span);
    dates.dedup();
    // "third of May" within "twenty-third of May".
    let ends: Vec<(usize, usize)> = dates.iter().map(|d| d.span).collect();
    dates.retain(|d| {
        !ends
            .iter()
            .any(|(start, end)| *start < d.span.0 && *end == d.span.1)
    });
    dates
}

/// The one date that this topic word is as a whole, when nobody reads it another way.
pub(super) fn sole_date(topic: &str) -> Option<NamedDate> {
    let bare = topic.trim_matches(['#', ' ']);
    let [named] = named_dates(bare, &FoldedText::new(bare))[..] else {
        return None;
    };
    let is_whole = named.span.0 == 0 && bare[named.span.1..].chars().all(|c| matches!(c, '.' | ' '));
    (is_whole && named.is_sure).then_some(named)
}

/// "9 November 2026", "9th of November", "November 9, 2026".
fn with_name(text: &str, words: &[Token]) -> Option<NamedDate> {
    let first = words.first()?;
    if let Some(day) = day_of(&first.word) {
        let gap = usize::from(
            words
                .get(1)
                .is_some_and(|w| BETWEEN.contains(&w.word.as_str()) || is_ending(w)),
        );
        let name = words.get(1 + gap)?;
        let month = month_of(name).filter(|_| are_near(text, first, name))?;
        // "11. november"; but 2026 in "9 November 2026 guests" is taken for a year, too.
        let year = words.get(2 + gap).filter(|w| are_near(text, name, w));
        return date(
            month,
            day,
            year.and_then(year_of),
            first,
            year.filter(|w| year_of(w).is_some()).unwrap_or(name),
        );
    }
    let month = month_of(first)?;
    let number = words.get(1).filter(|w| are_near(text, first, w))?;
    let day = day_of(&number.word)?;
    let year = words
        .get(2)
        .filter(|w| are_near(text, number, w) && year_of(w).is_some());
    date(month, day, year.and_then(year_of), first, year.unwrap_or(number))
}

/// "9.11.", "9.11.2026", "9/11", "11/9/2026", "2026-11-09".
fn in_figures(text: &str, words: &[Token]) -> Vec<NamedDate> {
    let [first, second, rest @ ..] = words else {
        return Vec::new();
    };
    let raw = |a: &Token, b: &Token| text.get(a.span.1..b.span.0).unwrap_or_default();
    let between = |a: &Token, b: &Token| raw(a, b).trim_end();
    let is_number = |token: &Token| token.word.bytes().all(|b| b.is_ascii_digit());
    let behind = |token: &Token| text.get(token.span.1..).unwrap_or_default();
    let before = text.get(..first.span.0).unwrap_or_default().chars().next_back();
    let third = rest
        .first()
        .filter(|t| is_number(t) && raw(second, t) == raw(first, second));
    let year = third.and_then(year_of);
    let end = if year.is_some() {
        third.unwrap_or(second)
    } else {
        second
    };
    let number = |token: &Token| token.word.parse::<i8>().ok().filter(|_| token.word.len() <= 2);
    // A price, a version or a piece of a longer number is no date.
    if before.is_some_and(|c| matches!(c, '$' | '€' | '£' | '¥' | '.' | '/' | '-' | ',' | ':')) {
        return Vec::new();
    }
    match between(first, second) {
        "." if year.is_some() || (behind(second).starts_with('.') && third.is_none()) => {
            let found = number(second).zip(number(first));
            found
                .and_then(|(month, day)| date(month, day, year, first, end))
                .into_iter()
                .collect()
        }
        "/" if year.is_some() || !behind(second).starts_with('/') => {
            let Some((a, b)) = number(first).zip(number(second)) else {
                return Vec::new();
            };
            let both = [(a, b), (b, a)].into_iter().take(if a == b { 1 } else { 2 });
            let found = both.filter_map(|(month, day)| date(month, day, year, first, end));
            found
                .map(|named| NamedDate {
                    is_sure: false,
                    ..named
                })
                .collect()
        }
        "-" => {
            let third = rest.first().filter(|t| between(second, t) == "-");
            let found = third.and_then(|day| Some((year_of(first)?, number(second)?, number(day)?, day)));
            let found = found.and_then(|(year, month, day, end)| date(month, day, Some(year), first, end));
            found.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// "11月9日", "11월 9일".
fn with_signs(folded: &FoldedText) -> Vec<NamedDate> {
    let plain = &folded.plain;
    let signs = plain.char_indices().filter(|(_, c)| MONTH_SIGNS.contains(c));
    let found = signs.filter_map(|(at, sign)| {
        let before = plain[..at].trim_end();
        let figures = before.chars().rev().take_while(char::is_ascii_digit).count();
        let month = before[before.len() - figures..].parse::<i8>().ok()?;
        let rest = &plain[at + sign.len_utf8()..];
        let bare = rest.trim_start();
        let figures_of_day = bare.chars().take_while(char::is_ascii_digit).count();
        let day = bare[..figures_of_day].parse::<i8>().ok()?;
        let behind = bare[figures_of_day..].trim_start();
        let sign_of_day = behind.chars().next().filter(|c| DAY_SIGNS.contains(c))?;
        let end = plain.len() - behind.len() + sign_of_day.len_utf8();
        let span = folded.span(before.len() - figures, end);
        is_date(month, day).then_some(NamedDate {
            month,
            day,
            year: None,
            is_sure: true,
            span,
        })
    });
    found.collect()
}

fn date(month: i8, day: i8, year: Option<i16>, first: &Token, last: &Token) -> Option<NamedDate> {
    let span = (first.span.0, last.span.1);
    is_date(month, day).then_some(NamedDate {
        month,
        day,
        year,
        is_sure: true,
        span,
    })
}

/// Of a leap year, so that the twenty-ninth of February is one.
fn is_date(month: i8, day: i8) -> bool {
    Date::new(2024, month, day).is_ok()
}

fn day_of(word: &str) -> Option<i8> {
    let figures = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let ending = &word[figures.len()..];
    let is_day = figures.len() <= 2 && (ending.is_empty() || ENDINGS.contains(&ending));
    figures
        .parse()
        .ok()
        .filter(|day| is_day && (1..=31).contains(day))
}

/// An ending that stands apart, as in "9-го".
fn is_ending(token: &Token) -> bool {
    ENDINGS.contains(&token.word.as_str())
}

fn month_of(token: &Token) -> Option<i8> {
    let fits =
        |form: &&Form, whole: bool| (whole || form.is_beginning) && (token.capital || !form.needs_capital);
    let of_name = |name: &str, whole: bool| {
        let forms = MONTHS.get(name)?;
        forms.iter().find(|form| fits(form, whole)).map(|form| form.month)
    };
    let beginnings = token.word.char_indices().skip(3).map(|(at, _)| &token.word[..at]);
    let mut beginnings = beginnings.filter_map(|beginning| of_name(beginning, false));
    of_name(&token.word, true).or_else(|| beginnings.next())
}

fn year_of(token: &Token) -> Option<i16> {
    let year = token.word.parse().ok().filter(|_| token.word.len() == 4);
    year.filter(|year| (1900..=2100).contains(year))
}

/// True when nothing but spaces, dots, commas and the like, and small words, stands between them.
fn are_near(text: &str, first: &Token, second: &Token) -> bool {
    let between = text.get(first.span.1..second.span.0).unwrap_or_default();
    !between.contains(['\n', '!', '?', ';', ':', '(', ')'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(i8, i8, Option<i16>, &str)> {
        let dates = named_dates(text, &FoldedText::new(text));
        let shown = |d: NamedDate| (d.month, d.day, d.year, &text[d.span.0..d.span.1]);
        dates.into_iter().map(shown).collect()
    }

    #[test]
    fn dates_are_found_as_each_language_writes_them() {
        for (text, month, day, named) in [
            ("See you on 9 November!", 11, 9, "9 November"),
            ("See you on November 9th.", 11, 9, "November 9th"),
            ("On Nov. 9 we open", 11, 9, "Nov. 9"),
            ("the 9th of November", 11, 9, "9th of November"),
            ("Am 9. November gibt es Käse", 11, 9, "9. November"),
            ("Am 1. März", 3, 1, "1. März"),
            ("am 9.11. um zehn", 11, 9, "9.11"),
            ("Am 11.9. 20 Uhr", 9, 11, "11.9"),
            ("le 13 novembre", 11, 13, "13 novembre"),
            ("le 1er mai", 5, 1, "1er mai"),
            ("el 11 de marzo", 3, 11, "11 de marzo"),
            ("il 25 aprile", 4, 25, "25 aprile"),
            ("dia 2 de novembro", 11, 2, "2 de novembro"),
            ("op 4 mei", 5, 4, "4 mei"),
            ("22. juli i parken", 7, 22, "22. juli"),
            ("den 7 april", 4, 7, "7 april"),
            ("d. 9. april", 4, 9, "9. april"),
            ("już 1 sierpnia", 8, 1, "1 sierpnia"),
            ("только 9 ноября", 11, 9, "9 ноября"),
            ("22 июня", 6, 22, "22 июня"),
            ("24 лютого", 2, 24, "24 лютого"),
            ("9 აპრილს", 4, 9, "9 აპრილს"),
            ("11月9日セール", 11, 9, "11月9日"),
            ("３月１１日", 3, 11, "３月１１日"),
            ("11 月 9 号", 11, 9, "11 月 9 号"),
            ("4월 16일에", 4, 16, "4월 16일"),
        ] {
            assert_eq!(found(text), [(month, day, None, named)], "{text}");
        }
    }

    #[test]
    fn days_are_read_in_words() {
        for (text, month, day, named) in [
            ("until the third of September", 9, 3, "third of September"),
            ("on the twenty-first of May", 5, 21, "twenty-first of May"),
            ("am ersten Mai", 5, 1, "ersten Mai"),
            ("el once de septiembre", 9, 11, "once de septiembre"),
            ("le onze septembre", 9, 11, "onze septembre"),
            ("il venticinque aprile", 4, 25, "venticinque aprile"),
            ("vinte e cinco de abril", 4, 25, "vinte e cinco de abril"),
            ("Снова третье сентября", 9, 3, "третье сентября"),
            ("двадцать второго июня", 6, 22, "двадцать второго июня"),
            ("дев'яте травня", 5, 9, "дев'яте травня"),
            ("pierwszego sierpnia", 8, 1, "pierwszego sierpnia"),
        ] {
            assert_eq!(found(text), [(month, day, None, named)], "{text}");
        }
    }

    #[test]
    fn a_year_is_read_when_it_is_named() {
        for (text, year) in [
            ("9 November 2027", 2027),
            ("November 9, 2027", 2027),
            ("9.11.2027", 2027),
            ("2027-11-09", 2027),
        ] {
            assert_eq!(found(text), [(11, 9, Some(year), text)], "{text}");
        }
    }

    #[test]
    fn strokes_are_read_both_ways_round() {
        let both = [(9, 11, None, "9/11"), (11, 9, None, "9/11")];
        assert_eq!(found("Deals of 9/11!"), both);
        assert_eq!(found("on 27/1"), [(1, 27, None, "27/1")]);
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "for $9.11 only",
            "version 9.11.2",
            "9.11 euros",
            "you may 9 times",
            "we march 5 miles",
            "31 April",
            "9 people in November",
            "45 November",
            "1/2/3 go",
            "€9.11.",
            "12月",
            "the second may be free",
            "двадцать процентов в сентябре",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn every_language_names_twelve_months() {
        for line in include_str!("../../words/months.tsv")
            .lines()
            .filter(|l| !l.starts_with('#'))
        {
            assert_eq!(line.split('\t').count(), 13, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_dates_that_lie_in_it(text in "([0-9]{1,4}[./ -]?|[a-z月日 ]{0,4}|\\PC){0,12}") {
            for date in named_dates(&text, &FoldedText::new(&text)) {
                prop_assert!(text.get(date.span.0..date.span.1).is_some());
            }
        }
    }
}
