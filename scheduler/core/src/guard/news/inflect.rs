//! Inflection: when are two folded words forms of the same one?
//!
//! Languages with a Snowball stemmer compare stems. The others, and the Slavic languages with it, also compare the
//! beginning: the word without its last vowels and at most four letters more.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rust_stemmers::{Algorithm, Stemmer};
use whatlang::{Detector, Lang};

/// A language that the guard knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum Speech {
    English,
    German,
    French,
    Spanish,
    Norwegian,
    Swedish,
    Danish,
    Dutch,
    Italian,
    Portuguese,
    Polish,
    Russian,
    Ukrainian,
    Georgian,
    Japanese,
    Chinese,
    Korean,
    /// A language that has no list of words: only the event's own words are looked for, and English ones.
    Other,
    /// Pictures, which every language uses.
    Emoji,
}

/// The languages that are told apart by their words.
const LATIN: [(Lang, Speech); 11] = [
    (Lang::Eng, Speech::English),
    (Lang::Deu, Speech::German),
    (Lang::Fra, Speech::French),
    (Lang::Spa, Speech::Spanish),
    (Lang::Nob, Speech::Norwegian),
    (Lang::Swe, Speech::Swedish),
    (Lang::Dan, Speech::Danish),
    (Lang::Nld, Speech::Dutch),
    (Lang::Ita, Speech::Italian),
    (Lang::Por, Speech::Portuguese),
    (Lang::Pol, Speech::Polish),
];

/// Shorter words have no forms but themselves.
const WORD_CHARS_MIN: usize = 3;
/// The shortest beginning that carries a word.
const STEM_CHARS_MIN: usize = 4;
/// The shortest word that is looked for at the end of a compound.
const COMPOUND_WORD_CHARS_MIN: usize = 4;

/// What Hebrew and Arabic hang before a word: and, the, in, to, as, from, that.
const PARTICLES: &str = "והבלכמשوفبلكاس";
/// At most so many of them.
const PARTICLES_MAX: usize = 4;

/// What Slavic languages put before a verb.
pub(super) const PREFIXES_OF_VERBS: [&str; 13] = [
    "з", "с", "за", "по", "на", "вы", "ви", "от", "z", "za", "po", "na", "wy",
];

impl Speech {
    /// All of them.
    pub const ALL: [Speech; 19] = [
        Speech::English,
        Speech::German,
        Speech::French,
        Speech::Spanish,
        Speech::Norwegian,
        Speech::Swedish,
        Speech::Danish,
        Speech::Dutch,
        Speech::Italian,
        Speech::Portuguese,
        Speech::Polish,
        Speech::Russian,
        Speech::Ukrainian,
        Speech::Georgian,
        Speech::Japanese,
        Speech::Chinese,
        Speech::Korean,
        Speech::Other,
        Speech::Emoji,
    ];

    /// Its English name.
    pub fn name(self) -> &'static str {
        match self {
            Speech::English => "English",
            Speech::German => "German",
            Speech::French => "French",
            Speech::Spanish => "Spanish",
            Speech::Norwegian => "Norwegian",
            Speech::Swedish => "Swedish",
            Speech::Danish => "Danish",
            Speech::Dutch => "Dutch",
            Speech::Italian => "Italian",
            Speech::Portuguese => "Portuguese",
            Speech::Polish => "Polish",
            Speech::Russian => "Russian",
            Speech::Ukrainian => "Ukrainian",
            Speech::Georgian => "Georgian",
            Speech::Japanese => "Japanese",
            Speech::Chinese => "Chinese",
            Speech::Korean => "Korean",
            Speech::Other => "another language",
            Speech::Emoji => "pictures",
        }
    }

    /// The language of a BCP 47 tag.
    pub fn of(tag: &str) -> Option<Speech> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Some(match primary.to_ascii_lowercase().as_str() {
            "en" => Speech::English,
            "de" | "gsw" | "nds" | "lb" => Speech::German,
            "fr" => Speech::French,
            "es" | "gl" | "ast" | "ca" => Speech::Spanish,
            "nb" | "no" | "nn" => Speech::Norwegian,
            "sv" => Speech::Swedish,
            "da" => Speech::Danish,
            "nl" | "af" => Speech::Dutch,
            "it" => Speech::Italian,
            "pt" => Speech::Portuguese,
            "pl" => Speech::Polish,
            "ru" | "be" => Speech::Russian,
            "uk" => Speech::Ukrainian,
            "ka" => Speech::Georgian,
            "ja" => Speech::Japanese,
            "zh" | "yue" => Speech::Chinese,
            "ko" => Speech::Korean,
            _ => return None,
        })
    }

    /// The language of Latin letters that a text seems to be written in. Where the post says its language, only a
    /// guess without doubt counts beside it: a German account that posts in French.
    pub fn guessed(text: &str, is_declared: bool) -> Option<Speech> {
        let known = LATIN.iter().map(|(lang, _)| *lang).collect();
        let guess = Detector::with_allowlist(known).detect(text)?;
        if is_declared && !guess.is_reliable() {
            return None;
        }
        LATIN
            .iter()
            .find(|(lang, _)| *lang == guess.lang())
            .map(|(_, speech)| *speech)
    }

    /// The language that a script alone tells, when it does.
    pub fn of_script(word: &str) -> Option<Speech> {
        word.chars().find_map(|c| match c {
            'і' | 'ї' | 'є' | 'ґ' => Some(Speech::Ukrainian),
            '\u{400}'..='\u{4ff}' => Some(Speech::Russian),
            '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}' => Some(Speech::Georgian),
            '\u{3040}'..='\u{30ff}' => Some(Speech::Japanese),
            '\u{4e00}'..='\u{9fff}' => Some(Speech::Chinese),
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => Some(Speech::Korean),
            // From Greek and Armenian to the scripts of India, Thailand and Ethiopia.
            '\u{370}'..='\u{3ff}'
            | '\u{530}'..='\u{109f}'
            | '\u{1200}'..='\u{137f}'
            | '\u{1780}'..='\u{17ff}' => Some(Speech::Other),
            _ => None,
        })
    }

    fn algorithm(self) -> Option<Algorithm> {
        Some(match self {
            Speech::English => Algorithm::English,
            Speech::German => Algorithm::German,
            Speech::French => Algorithm::French,
            Speech::Spanish => Algorithm::Spanish,
            Speech::Norwegian => Algorithm::Norwegian,
            Speech::Swedish => Algorithm::Swedish,
            Speech::Danish => Algorithm::Danish,
            Speech::Dutch => Algorithm::Dutch,
            Speech::Italian => Algorithm::Italian,
            Speech::Portuguese => Algorithm::Portuguese,
            Speech::Russian => Algorithm::Russian,
            _ => return None,
        })
    }

    /// Words grow by endings that no stemmer here knows.
    pub fn grows_by_endings(self) -> bool {
        matches!(
            self,
            Speech::Polish | Speech::Russian | Speech::Ukrainian | Speech::Georgian | Speech::Other
        )
    }

    /// Words are written together.
    pub fn compounds(self) -> bool {
        matches!(
            self,
            Speech::German | Speech::Norwegian | Speech::Swedish | Speech::Danish | Speech::Dutch
        )
    }
}

thread_local! {
    /// Stemmers are small but take a while to make; they hold no state between words.
    static STEMMERS: RefCell<BTreeMap<Speech, Stemmer>> = const { RefCell::new(BTreeMap::new()) };
}

/// What all forms of a folded word have in common; the word itself when no stemmer knows it.
pub fn key(speech: Speech, word: &str) -> String {
    let Some(algorithm) = speech.algorithm() else {
        return word.to_owned();
    };
    let fits = |c: char| match speech {
        Speech::Russian => ('а'..='я').contains(&c),
        _ => c.is_ascii_lowercase(),
    };
    if !word.chars().all(fits) || word.chars().count() < WORD_CHARS_MIN {
        return word.to_owned();
    }
    let stem = STEMMERS.with_borrow_mut(|stemmers| {
        let stemmer = stemmers
            .entry(speech)
            .or_insert_with(|| Stemmer::create(algorithm));
        stemmer.stem(word).into_owned()
    });
    match speech {
        Speech::English => english_root(word, stem),
        Speech::German => verb_root(stem, "ung"),
        Speech::Norwegian | Speech::Swedish | Speech::Danish => verb_root(stem, "ing"),
        _ => stem,
    }
}

/// The verb of a noun that is made from one: `sprengen` of `Sprengung`, `skyte` of `skyting`.
fn verb_root(stem: String, ending: &str) -> String {
    match stem.strip_suffix(ending) {
        Some(root) if root.chars().count() >= STEM_CHARS_MIN => root.to_owned(),
        _ => stem,
    }
}

/// `implosion` and `implode`, `collision` and `collide` share a root that the stemmer keeps apart.
fn english_root(word: &str, stem: String) -> String {
    let derived = word.contains("sion") || word.contains("sive");
    match stem.strip_suffix('s') {
        Some(root) if derived && root.len() >= STEM_CHARS_MIN => format!("{root}d"),
        _ => stem,
    }
}

/// A folded word with its key, in one language.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// The word.
    pub word: &'a str,
    /// Its key.
    pub key: &'a str,
}

/// True when `text` is a form of `wanted`.
pub fn is_form(speech: Speech, text: Form<'_>, wanted: Form<'_>) -> bool {
    if text.word == wanted.word {
        return true;
    }
    let short = wanted.word.chars().count() < WORD_CHARS_MIN || text.word.len() < 2;
    if short || wanted.word.chars().any(char::is_numeric) {
        return false;
    }
    text.key == wanted.key
        || (speech.grows_by_endings() && grows(text.word, wanted.word))
        || without_particles(text.word).any(|rest| rest == wanted.word)
}

/// True when `text` is a compound whose last part is a form of `wanted`.
pub fn ends_compound(speech: Speech, text: Form<'_>, wanted: Form<'_>) -> bool {
    let long_enough = wanted.word.chars().count() >= COMPOUND_WORD_CHARS_MIN;
    let ends = |text: &str, tail: &str| {
        let head = text.strip_suffix(tail).map_or(0, |head| head.chars().count());
        head >= 3 && tail.chars().count() >= 3
    };
    speech.compounds() && long_enough && (ends(text.word, wanted.word) || ends(text.key, wanted.key))
}

/// True when `text` is a compound whose first part is `wanted`.
pub fn begins_compound(speech: Speech, text: &str, wanted: &str) -> bool {
    let rest = text.strip_prefix(wanted).map_or(0, |rest| rest.chars().count());
    speech.compounds() && wanted.chars().count() >= 5 && rest >= 3
}

/// True when `text` is the beginning of `wanted` with at most four other letters behind it, and perhaps a verb's
/// prefix before.
pub fn grows(text: &str, wanted: &str) -> bool {
    let stem = without_end_vowels(wanted);
    let stem_chars = stem.chars().count();
    if stem_chars < STEM_CHARS_MIN {
        return false;
    }
    let more_max = if stem_chars == STEM_CHARS_MIN { 3 } else { 4 };
    let begins = |text: &str| {
        text.strip_prefix(stem)
            .is_some_and(|rest| rest.chars().count() <= more_max)
    };
    begins(text)
        || stem_chars > STEM_CHARS_MIN
            && PREFIXES_OF_VERBS
                .iter()
                .any(|prefix| text.strip_prefix(prefix).is_some_and(begins))
        || without_particles(text).any(begins)
}

/// Hebrew and Arabic write "in", "to", "and", "the" together with the next word: what is left without them.
pub(super) fn without_particles(word: &str) -> impl Iterator<Item = &str> {
    let mut ends = 0;
    for c in word.chars().take(PARTICLES_MAX) {
        if !PARTICLES.contains(c) {
            break;
        }
        ends += 1;
    }
    let starts = word.char_indices().map(|(at, _)| at).skip(1).take(ends);
    let rests = starts.map(|at| &word[at..]);
    rests.filter(|rest| rest.chars().count() >= WORD_CHARS_MIN)
}

/// The word without the vowels at its end, but not shorter than a stem.
pub fn without_end_vowels(word: &str) -> &str {
    let mut stem = word;
    for _ in 0..2 {
        let shorter = stem.strip_suffix(is_vowel).unwrap_or(stem);
        if shorter.chars().count() >= STEM_CHARS_MIN {
            stem = shorter;
        }
    }
    stem
}

fn is_vowel(c: char) -> bool {
    "aeiouyаеиоуыэюяьйіїєაეიოუ".contains(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(speech: Speech, a: &str, b: &str) -> bool {
        let (ka, kb) = (key(speech, a), key(speech, b));
        is_form(speech, Form { word: a, key: &ka }, Form { word: b, key: &kb })
    }

    #[test]
    fn forms_of_a_word_are_known() {
        for (speech, text, word) in [
            (Speech::English, "shooters", "shooter"),
            (Speech::English, "implode", "implosion"),
            (Speech::English, "collided", "collision"),
            (Speech::French, "votez", "vote"),
            (Speech::Russian, "голодная", "голод"),
            (Speech::Ukrainian, "зголодніли", "голод"),
            (Speech::Polish, "powstan", "powstanie"),
            (Speech::Georgian, "აპრილის", "აპრილი"),
        ] {
            assert!(same(speech, text, word), "{text} {word}");
        }
    }

    #[test]
    fn the_language_of_a_post_that_does_not_say_it_is_guessed() {
        for (text, speech) in [
            (
                "Heute gibt es in allen Läden eine Bombenstimmung und dazu Kaffee",
                Speech::German,
            ),
            (
                "Ce week-end nos prix explosent dans tous les magasins",
                Speech::French,
            ),
            (
                "Este fin de semana nuestras ofertas son la bomba",
                Speech::Spanish,
            ),
            (
                "Questo fine settimana i nostri prezzi sono una bomba",
                Speech::Italian,
            ),
            ("W ten weekend nasze ceny to prawdziwa bomba", Speech::Polish),
            (
                "Good morning, have a great weekend with all of us",
                Speech::English,
            ),
        ] {
            assert_eq!(Speech::guessed(text, false), Some(speech), "{text}");
        }
        assert_eq!(Speech::guessed("", false), None);
        assert_eq!(
            Speech::guessed("Bon", true),
            None,
            "a doubtful guess adds nothing to what is said"
        );
    }

    #[test]
    fn words_that_merely_contain_the_letters_are_others() {
        for (speech, text, word) in [
            (Speech::English, "firefox", "fire"),
            (Speech::English, "prinsesstarta", "prince"),
            (Speech::German, "kronender", "corona"),
            (Speech::Norwegian, "askoy", "ask"),
        ] {
            assert!(!same(speech, text, word), "{text} {word}");
        }
    }

    #[test]
    fn compounds_end_with_the_word() {
        let form = |w: &'static str| Form { word: w, key: w };
        assert!(ends_compound(Speech::German, form("preisbombe"), form("bombe")));
        assert!(!ends_compound(Speech::English, form("preisbombe"), form("bombe")));
        assert!(begins_compound(Speech::Norwegian, "virusfrykten", "virus"));
        assert!(!begins_compound(Speech::Norwegian, "askoy", "ask"));
    }

    proptest! {
        #[test]
        fn any_word_has_a_key(word in "[a-zа-я]{0,60}|\\PC{0,20}") {
            for speech in [Speech::English, Speech::German, Speech::French, Speech::Spanish,
                Speech::Norwegian, Speech::Swedish, Speech::Danish, Speech::Dutch, Speech::Italian,
                Speech::Portuguese, Speech::Russian, Speech::Polish] {
                let _ = key(speech, &word);
            }
        }
    }
}
