//! Where is that? Names of countries, regions and cities in many languages, with their ISO codes.
//!
//! The names stand in `words/gazetteer.tsv` (made from public data) and `words/places.txt` (written by hand, without
//! codes). They serve two ends: the same place is recognised by any of its names, and a title such as "shooting in
//! Oslo" tells a country.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::fold::{FoldedText, Token, fold, is_spaceless};
use super::news::inflect::{Speech, without_end_vowels};
use super::words::word_parts;

/// A name has at most so many words.
const NAME_WORDS_MAX: usize = 5;
/// Shorter names are not looked for in a text: too many are words.
const NAME_CHARS_MIN: usize = 3;

/// The longest name in a script without spaces.
const SPACELESS_CHARS_MAX: usize = 12;
/// Shorter words are not looked for in another case.
const INFLECTED_CHARS_MIN: usize = 5;
/// An ending of a case has at most so many letters.
const ENDING_CHARS_MAX: usize = 3;

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceKind {
    /// A country; its code is of ISO 3166-1.
    Country,
    /// A part of a country; its code is of ISO 3166-2.
    Region,
    /// A city; its code is that of its region if known, else of its country.
    City,
}

/// One place of the gazetteer.
#[derive(Debug)]
struct Row {
    /// What it is and its code; none for rows that only list names.
    located: Option<(PlaceKind, &'static str)>,
    /// The name that comes first in the file.
    name: &'static str,
    /// All names, each as its folded words.
    names: Vec<Vec<String>>,
}

/// A place that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// As the text has it.
    pub found: String,
    /// Its English name.
    pub name: String,
    /// What it is.
    pub kind: PlaceKind,
    /// Its country, ISO 3166-1.
    pub country: String,
    /// Its region, ISO 3166-2, when known.
    pub region: Option<String>,
    /// Where in the text.
    pub span: (usize, usize),
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let by_hand = lines(include_str!("../../words/places.txt")).filter_map(|line| row(None, line));
    let made = lines(include_str!("../../words/gazetteer.tsv")).filter_map(|line| {
        let mut fields = line.splitn(3, '\t');
        let kind = match fields.next()? {
            "country" => PlaceKind::Country,
            "region" => PlaceKind::Region,
            _ => PlaceKind::City,
        };
        row(Some((kind, fields.next()?)), fields.next()?)
    });
    by_hand.chain(made).collect()
});

/// For each name the rows that have it.
static ROWS_OF: LazyLock<BTreeMap<&'static [String], Vec<usize>>> = LazyLock::new(|| {
    let mut out: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
    for (number, row) in ROWS.iter().enumerate() {
        for name in &row.names {
            out.entry(name).or_default().push(number);
        }
    }
    out
});

/// The names of one word without their last vowels, in scripts whose languages change endings.
static STEMS: LazyLock<BTreeMap<&'static str, usize>> = LazyLock::new(|| {
    let mut out = BTreeMap::new();
    for (number, row) in ROWS.iter().enumerate().filter(|(_, row)| row.located.is_some()) {
        for name in &row.names {
            let changes = Speech::of_script(&name[0]).is_some_and(Speech::grows_by_endings);
            if let ([word], true) = (name.as_slice(), changes) {
                out.entry(without_end_vowels(word)).or_insert(number);
            }
        }
    }
    out
});

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

fn row(located: Option<(PlaceKind, &'static str)>, names: &'static str) -> Option<Row> {
    let spelled: Vec<&str> = names.split(',').map(str::trim).collect();
    let read: Vec<Vec<String>> = spelled
        .iter()
        .map(|name| parts(name))
        .filter(|n| !n.is_empty())
        .collect();
    (!read.is_empty()).then(|| Row {
        located,
        name: spelled[0],
        names: read,
    })
}

/// The folded words of a name; plain ones without the whole walk of folding.
fn parts(name: &str) -> Vec<String> {
    if !name.is_ascii() {
        return word_parts(name);
    }
    let words = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty());
    words.map(str::to_ascii_lowercase).collect()
}

/// All other names of the places that have one of these names.
pub(super) fn other_names(names: &[Vec<String>]) -> Vec<Vec<String>> {
    let rows: BTreeSet<usize> = names
        .iter()
        .filter_map(|n| ROWS_OF.get(n.as_slice()))
        .flatten()
        .copied()
        .collect();
    rows.into_iter()
        .flat_map(|row| ROWS[row].names.iter().cloned())
        .collect()
}

/// The places that a text names, in its order. A longer name wins over those inside it ("New York", not "York"), a
/// country over a region, and that over a city. Names are taken with a capital only.
pub fn find(text: &str) -> Vec<Located> {
    let tokens = FoldedText::new(text).words;
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let longest = (1..=NAME_WORDS_MAX.min(tokens.len() - at)).rev();
        let whole = longest
            .into_iter()
            .find_map(|count| located(text, &tokens[at..at + count]));
        if let Some((count, place)) = whole {
            found.push(place);
            at += count;
            continue;
        }
        found.extend(inside(text, &tokens[at]));
        found.extend(inflected(text, &tokens[at]));
        at += 1;
    }
    found
}

/// The places inside a word of a script without spaces.
fn inside(text: &str, token: &Token) -> Vec<Located> {
    let mut found = Vec::new();
    if !is_spaceless(&token.word) {
        return found;
    }
    let original = text.get(token.span.0..token.span.1).unwrap_or_default();
    let starts: Vec<usize> = original
        .char_indices()
        .map(|(i, _)| i)
        .chain([original.len()])
        .collect();
    let mut at = 0;
    while at + 1 < starts.len() {
        let ends = (at + 2..starts.len().min(at + 1 + SPACELESS_CHARS_MAX)).rev();
        let name = ends.into_iter().find_map(|end| {
            let name = &original[starts[at]..starts[end]];
            best(&[fold(name)]).map(|best| (end, name, best))
        });
        let Some((end, name, (row, kind, code))) = name else {
            at += 1;
            continue;
        };
        let start = token.span.0 + starts[at];
        found.push(place(name, row, kind, code, (start, start + name.len())));
        at = end;
    }
    found
}

/// A place in another case, in languages that change the endings of names.
fn inflected(text: &str, token: &Token) -> Option<Located> {
    let changes = Speech::of_script(&token.word).is_some_and(Speech::grows_by_endings);
    let chars: Vec<usize> = token.word.char_indices().map(|(i, _)| i).collect();
    if !changes || !token.capital || chars.len() < INFLECTED_CHARS_MIN {
        return None;
    }
    let stems = chars
        .iter()
        .rev()
        .take(ENDING_CHARS_MAX)
        .map(|end| &token.word[..*end]);
    let row = stems
        .into_iter()
        .chain([token.word.as_str()])
        .find_map(|stem| STEMS.get(stem))?;
    let (row, kind, code) = as_region(coded(&ROWS[*row])?);
    let found = text.get(token.span.0..token.span.1)?;
    Some(place(found, row, kind, code, token.span))
}

/// The place of a name alone, such as one that a person typed.
pub fn locate(name: &str) -> Option<Located> {
    let words = word_parts(name);
    best(&words).map(|(row, kind, code)| place(name, row, kind, code, (0, name.len())))
}

fn located(text: &str, tokens: &[Token]) -> Option<(usize, Located)> {
    let words: Vec<String> = tokens.iter().map(|t| t.word.clone()).collect();
    let letters: usize = words.iter().map(|w| w.chars().count()).sum();
    let spaceless = is_spaceless(&words[0]);
    if !tokens[0].capital || (letters < NAME_CHARS_MIN && !spaceless) {
        return None;
    }
    let (row, kind, code) = best(&words)?;
    let span = (tokens[0].span.0, tokens[tokens.len() - 1].span.1);
    let found = text.get(span.0..span.1)?;
    Some((tokens.len(), place(found, row, kind, code, span)))
}

/// A row with what it is and its code.
type Coded = (&'static Row, PlaceKind, &'static str);

/// The row with a code that has this name: a country first, then a region, then the largest city.
fn best(words: &[String]) -> Option<Coded> {
    let named = ROWS_OF.get(words)?;
    let direct = named.iter().filter_map(|row| coded(&ROWS[*row]));
    // A name of the rows written by hand leads to its other names, and those to a code.
    let by_hand = named.iter().filter(|row| ROWS[**row].located.is_none());
    let others = by_hand.flat_map(|row| namesakes(&ROWS[*row]));
    let found = direct
        .min_by_key(|(_, kind, _)| *kind)
        .or_else(|| others.min_by_key(|(_, kind, _)| *kind))?;
    Some(as_region(found))
}

/// The rows with codes that share a name with this one.
fn namesakes(row: &'static Row) -> impl Iterator<Item = Coded> {
    let rows = row.names.iter().filter_map(|name| ROWS_OF.get(name.as_slice()));
    rows.flatten().filter_map(|row| coded(&ROWS[*row]))
}

/// A city that is a region of its own, such as Tokyo, has the region's code.
fn as_region(found: Coded) -> Coded {
    let (row, kind, country) = found;
    if kind != PlaceKind::City || country.contains('-') {
        return found;
    }
    let same_country = |code: &str| code.split_once('-').is_some_and(|(of, _)| of == country);
    let region = namesakes(row).find(|(_, kind, code)| *kind == PlaceKind::Region && same_country(code));
    region.map_or(found, |(_, _, code)| (row, kind, code))
}

fn coded(row: &'static Row) -> Option<Coded> {
    row.located.map(|(kind, code)| (row, kind, code))
}

fn place(found: &str, row: &Row, kind: PlaceKind, code: &str, span: (usize, usize)) -> Located {
    Located {
        found: found.to_owned(),
        name: row.name.to_owned(),
        kind,
        country: code.split('-').next().unwrap_or(code).to_owned(),
        region: code.contains('-').then(|| code.to_owned()),
        span,
    }
}

/// The country of an English or other name, such as a feed gives it.
pub fn country_of(name: &str) -> Option<String> {
    let folded = fold(name);
    locate(&folded)
        .filter(|l| l.kind == PlaceKind::Country)
        .map(|l| l.country)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<String> {
        find(text)
            .into_iter()
            .map(|l| l.region.unwrap_or(l.country))
            .collect()
    }

    #[test]
    fn a_title_tells_where_it_was() {
        for (title, expected) in [
            ("Shooting in Oslo", vec!["NO-03"]),
            ("Wildfires near Denver, Colorado", vec!["US-CO", "US-CO"]),
            ("Überschwemmung in Bayern", vec!["DE-BY"]),
            ("Взрыв в городе Санкт-Петербург", vec!["RU-SPE"]),
            ("東京で地震", vec!["JP-13"]),
            ("Взрыв в Москве", vec!["RU-MOW"]),
            ("აფეთქება თბილისში", vec!["GE-TB"]),
            ("서울에서 화재", vec!["KR-11"]),
            ("Earthquake in New York", vec!["US-NY"]),
            ("a nice bag", vec![]),
        ] {
            assert_eq!(codes(title), expected, "{title}");
        }
    }

    #[test]
    fn names_in_other_languages_lead_to_the_code() {
        for (name, country) in [
            ("Norwegen", "NO"),
            ("ノルウェー", "NO"),
            ("Deutschland", "DE"),
            ("საქართველო", "GE"),
        ] {
            assert_eq!(country_of(name).as_deref(), Some(country), "{name}");
        }
        assert_eq!(locate("München").and_then(|l| l.region).as_deref(), Some("DE-BY"));
        assert_eq!(country_of("Atlantis"), None);
    }
}
