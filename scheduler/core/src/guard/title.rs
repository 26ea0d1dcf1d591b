//! What the title of an event says: which kind it is, and where. A person who flags an event has one line and no time.
//!
//! The words of the kinds stand in `words/kinds.tsv`; the places come from the gazetteer. What is read is only proposed:
//! it is shown, with what changes it.

use std::sync::LazyLock;

use jiff::SignedDuration;

use super::fold::{FoldedText, Token, is_spaceless};
use super::gazetteer::{self, Located};
use super::words::word_parts;
use crate::event::Severity;

/// The kind of a title that names none.
pub const UNKNOWN: &str = "unknown";

/// When somebody is asked to look again at a critical event, unless they name another time.
pub const REVIEW_AFTER: SignedDuration = SignedDuration::from_mins(60);

/// What a title says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// The kind, with the words that named it.
    pub kind: Option<Named>,
    /// Other kinds that it names, less plainly.
    pub also: Vec<Named>,
    /// The places, in their order.
    pub places: Vec<Located>,
}

/// A kind that a title names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The kind.
    pub kind: &'static str,
    /// The words as the title has them.
    pub found: String,
}

/// Reads the title of an event.
pub fn understand(title: &str) -> Understood {
    let mut kinds = kinds_in(title).into_iter();
    Understood {
        kind: kinds.next(),
        also: kinds.collect(),
        places: gazetteer::find(title),
    }
}

/// How much an event of this kind silences at first, unless a person says otherwise. `docs/guard.md` has the table.
pub fn severity_of(kind: &str) -> Severity {
    match kind {
        "fire"
        | "flood"
        | "storm"
        | "epidemic"
        | "death_public_figure"
        | "domestic_violence"
        | "kidnapping"
        | "memorial_day"
        | "own_crisis" => Severity::High,
        "food_scandal" | "verdict" | "protest" | "election" | "religious_day" => Severity::Watch,
        // People were hurt, or nobody knows yet.
        _ => Severity::Critical,
    }
}

/// One way to name a kind.
#[derive(Debug)]
struct Phrase {
    kind: &'static str,
    words: Vec<String>,
    /// The last word may go on.
    is_open: bool,
}

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    parse(include_str!("../../words/kinds.tsv")).expect("a test of this package reads the file")
});

fn parse(text: &'static str) -> Result<Vec<Phrase>, String> {
    let mut phrases = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
        let [kind, _language, words] = fields[..] else {
            return Err(format!("line {}: {} fields instead of 3", i + 1, fields.len()));
        };
        for word in words.split(',').map(str::trim) {
            let is_open = word.ends_with('*');
            let words = word_parts(word.trim_end_matches('*'));
            if words.is_empty() {
                return Err(format!("line {}: a word is empty", i + 1));
            }
            phrases.push(Phrase { kind, words, is_open });
        }
    }
    Ok(phrases)
}

/// The kinds that a title names, the one it names most plainly first; each once.
fn kinds_in(title: &str) -> Vec<Named> {
    let text = FoldedText::new(title);
    let hits = PHRASES.iter().filter_map(|phrase| {
        let span = phrase.in_text(&text)?;
        Some((phrase, title.get(span.0..span.1)?))
    });
    let mut hits: Vec<(&Phrase, &str)> = hits.collect();
    // Stable: of two alike, the one that stands first in the file.
    hits.sort_by_key(|(phrase, _)| std::cmp::Reverse((phrase.words.len(), phrase.chars())));
    let mut out: Vec<Named> = Vec::new();
    for (phrase, found) in hits {
        if !out.iter().any(|named| named.kind == phrase.kind) {
            out.push(Named {
                kind: phrase.kind,
                found: found.to_owned(),
            });
        }
    }
    out
}

impl Phrase {
    fn chars(&self) -> usize {
        self.words.iter().map(|word| word.chars().count()).sum()
    }

    /// The bytes of the title where it stands.
    fn in_text(&self, text: &FoldedText) -> Option<(usize, usize)> {
        if is_spaceless(&self.words[0]) {
            let joined = self.words.join(" ");
            let at = text.plain.find(&joined)?;
            return Some(text.span(at, at + joined.len()));
        }
        let mut runs = text.words.windows(self.words.len());
        let run = runs.find(|run| self.is_run(run))?;
        Some((run.first()?.span.0, run.last()?.span.1))
    }

    fn is_run(&self, run: &[Token]) -> bool {
        let last = self.words.len() - 1;
        run.iter()
            .zip(&self.words)
            .enumerate()
            .all(|(i, (token, word))| match self.is_open && i == last {
                true => token.word.starts_with(word.as_str()),
                false => token.word == *word,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::words::all_kinds;

    #[test]
    fn every_line_names_a_kind_that_the_guard_knows() {
        let known = all_kinds();
        let phrases = parse(include_str!("../../words/kinds.tsv")).unwrap();
        for phrase in &phrases {
            assert!(known.contains(phrase.kind), "{}", phrase.kind);
        }
        assert!(parse("fire\tburn").unwrap_err().starts_with("line 1"));
        assert!(parse("fire\ten\tburn,,").unwrap_err().starts_with("line 1"));
    }

    #[test]
    fn every_kind_with_words_of_harm_can_be_named() {
        let without = ["unknown", "religious_day", "own_crisis"];
        for kind in all_kinds() {
            let is_named = PHRASES.iter().any(|p| p.kind == kind);
            assert_eq!(is_named, !without.contains(&kind), "{kind}");
        }
    }

    #[test]
    fn a_title_names_its_kind_in_the_languages_of_the_guard() {
        for (title, kind) in [
            ("shooting in Oslo", "shooting"),
            ("Gunman kills at least 12 at midnight screening", "shooting"),
            ("Schüsse in München", "shooting"),
            ("Amoklauf an Schule", "shooting"),
            ("Fusillade à Paris", "shooting"),
            ("Tiroteo en Ciudad de México", "shooting"),
            ("Skyting i Oslo sentrum", "shooting"),
            ("Стрельба в Казани", "shooting"),
            ("渋谷で銃撃", "shooting"),
            ("სროლა თბილისში", "shooting"),
            ("강남에서 총격 사건", "shooting"),
            ("Strzelanina w Gdańsku", "shooting"),
            ("Взрыв в Москве", "bombing"),
            ("Flom i Innlandet", "flood"),
            ("Waldbrand in Brandenburg", "fire"),
            ("Brand in Hamburg", "fire"),
            ("Trzęsienie ziemi w Turcji", "earthquake"),
            ("能登半島で地震", "earthquake"),
            ("Тайфун на Сахалине", "storm"),
            ("Повінь у Карпатах", "flood"),
            ("Naufrage au large de Lampedusa", "ship_disaster"),
            ("Halloween crowd crush in Seoul", "crowd_crush"),
            ("Germanwings plane crash", "plane_crash"),
            ("David Bowie dies", "death_public_figure"),
        ] {
            let named = understand(title).kind;
            assert_eq!(named.map(|n| n.kind), Some(kind), "{title}");
        }
    }

    #[test]
    fn the_longest_words_decide_and_the_others_are_named_too() {
        let quake = understand("Earthquake triggers tsunami off Japan");
        assert_eq!(quake.kind.unwrap().kind, "earthquake");
        assert_eq!(quake.also[0].kind, "tsunami");
        for (title, kind) in [
            ("Man opens fire in Oslo", "shooting"),
            ("Knife attack after storm warning", "stabbing"),
            ("Truck drives into crowd in Nice", "truck_attack"),
        ] {
            assert_eq!(understand(title).kind.unwrap().kind, kind, "{title}");
        }
    }

    #[test]
    fn a_title_without_such_words_names_no_kind() {
        for title in [
            "Firefox 99 is out",
            "Brand crisis at the kiosk",
            "Oslo",
            "",
            "\u{202e}\u{0}",
        ] {
            assert_eq!(understand(title).kind, None, "{title}");
        }
    }

    #[test]
    fn the_words_stand_as_the_title_has_them() {
        let understood = understand("Schießerei in Oslo");
        assert_eq!(understood.kind.unwrap().found, "Schießerei");
        let place = &understood.places[0];
        assert_eq!(
            (place.country.as_str(), place.region.as_deref()),
            ("NO", Some("NO-03"))
        );
    }
}
