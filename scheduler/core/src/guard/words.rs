//! The harm vocabulary: which words of which language belong to which kind of event.
//!
//! The words stand in plain text files, one a line, that people who do not program can read and correct:
//! `kind<TAB>word<TAB>how<TAB>why`. See `scheduler/core/words/README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::fold::{fold, is_spaceless};
use super::news::inflect::{Speech, key};
use super::news::probe::{self, Probe};

/// How a word of the vocabulary is compared with a word of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The very word, after folding.
    Exact,
    /// In any inflection, and as the last part of a compound in languages that have these.
    Stem,
    /// Every word that begins so.
    Prefix,
    /// Anywhere, for scripts without spaces.
    Substring,
    /// Never: another word that only looks like one. Names a kind, or `*` for all kinds.
    Not,
}

impl How {
    fn read(text: &str) -> Option<How> {
        match text {
            "exact" => Some(How::Exact),
            "stem" => Some(How::Stem),
            "prefix" => Some(How::Prefix),
            "substring" => Some(How::Substring),
            "not" => Some(How::Not),
            _ => None,
        }
    }
}

/// One line of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarmWord {
    /// The kinds of event; `*` = all, for words that are another one.
    pub kinds: Vec<String>,
    /// As it stands in the file.
    pub word: String,
    /// The words of it, folded; more than one for phrases.
    pub folded: Vec<String>,
    /// The keys of inflection, one for each word.
    pub keys: Vec<String>,
    /// How it is compared.
    pub how: How,
    /// Why it is there.
    pub why: String,
}

/// The vocabulary of one language.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// The language.
    pub speech: Speech,
    words: Vec<HarmWord>,
    /// The numbers of the words, in order; see [`Vocabulary::candidates`].
    probes: Vec<(Probe, usize)>,
    never: BTreeMap<String, BTreeSet<String>>,
    /// Beginnings of words that are another one, whatever follows.
    never_beginnings: BTreeMap<String, BTreeSet<String>>,
}

impl Vocabulary {
    /// Reads a file of words.
    ///
    /// # Errors
    ///
    /// A sentence with the number of the line that cannot be read.
    pub fn parse(speech: Speech, text: &str) -> Result<Vocabulary, String> {
        let mut out = Vocabulary {
            speech,
            words: Vec::new(),
            probes: Vec::new(),
            never: BTreeMap::new(),
            never_beginnings: BTreeMap::new(),
        };
        for (i, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let found = read_line(speech, line).map_err(|why| format!("line {}: {why}", i + 1))?;
            out.add(found);
        }
        out.probes.sort_unstable();
        Ok(out)
    }

    fn add(&mut self, word: HarmWord) {
        if word.how == How::Not {
            let bare = word.word.trim_end_matches(ANY_ENDING);
            let never = if bare == word.word {
                &mut self.never
            } else {
                &mut self.never_beginnings
            };
            for kind in word.kinds {
                never.entry(kind).or_default().insert(fold(bare));
            }
            return;
        }
        let number = self.words.len();
        let probes = probe::of_harm(self.speech, &word);
        self.probes.extend(probes.into_iter().map(|p| (p, number)));
        self.words.push(word);
    }

    /// All words that hold, in the order of the file.
    pub fn lines(&self) -> impl Iterator<Item = &HarmWord> {
        self.words.iter()
    }

    /// The words of a kind of event.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a HarmWord> {
        self.words
            .iter()
            .filter(move |w| w.kinds.iter().any(|k| k == kind))
    }

    /// The words that may stand in a text, in the order of the file. `probes` are the text's numbers, in order.
    pub(super) fn candidates(&self, probes: &[Probe]) -> impl Iterator<Item = &HarmWord> {
        let mut found = BTreeSet::new();
        let mut text = probes.iter().peekable();
        for (probe, number) in &self.probes {
            while text.next_if(|p| *p < probe).is_some() {}
            if text.peek() == Some(&probe) {
                found.insert(*number);
            }
        }
        found.into_iter().map(|number| &self.words[number])
    }

    /// True when this folded word is another one than it looks, for this kind.
    pub fn is_never(&self, kind: &str, word: &str) -> bool {
        let sets = [self.never.get("*"), self.never.get(kind)];
        let beginnings = [self.never_beginnings.get("*"), self.never_beginnings.get(kind)];
        sets.into_iter().flatten().any(|set| set.contains(word))
            || beginnings
                .into_iter()
                .flatten()
                .any(|set| begins_with_any(word, set))
    }

    /// The folded words that are another one than they look, for this kind.
    pub fn never(&self, kind: &str) -> impl Iterator<Item = &str> {
        let sets = [self.never.get("*"), self.never.get(kind)];
        sets.into_iter().flatten().flatten().map(String::as_str)
    }

    /// The kinds of event that have words here.
    pub fn kinds(&self) -> BTreeSet<&str> {
        self.words
            .iter()
            .flat_map(|w| &w.kinds)
            .map(String::as_str)
            .collect()
    }
}

/// Kinds of event that have no words of harm of their own: only the event's own tags and places touch.
const KINDS_WITHOUT_WORDS: [&str; 8] = [
    "unknown",
    "memorial_day",
    "religious_day",
    "election",
    "verdict",
    "protest",
    "kidnapping",
    "own_crisis",
];

/// At the end of a word that is another one: whatever follows.
const ANY_ENDING: char = '*';

/// Longer phrases are folded with all care.
const SIMPLE_BYTES_MAX: usize = 60;

/// What a line may say instead of the long list: all kinds of event in which people lose their lives.
const DEADLY: &str = "deadly";
/// The kinds that [`DEADLY`] stands for.
const DEADLY_KINDS: [&str; 19] = [
    "shooting",
    "bombing",
    "terror_attack",
    "fire",
    "flood",
    "storm",
    "tsunami",
    "landslide",
    "earthquake",
    "plane_crash",
    "train_crash",
    "ship_disaster",
    "truck_attack",
    "building_collapse",
    "crowd_crush",
    "stabbing",
    "epidemic",
    "domestic_violence",
    "war",
];

/// Every kind of event that there is.
pub fn all_kinds() -> BTreeSet<&'static str> {
    let with_words = vocabulary(Speech::English)
        .into_iter()
        .flat_map(Vocabulary::kinds);
    KINDS_WITHOUT_WORDS.into_iter().chain(with_words).collect()
}

/// True when the word, or a beginning of it, is one of these.
fn begins_with_any(word: &str, beginnings: &BTreeSet<String>) -> bool {
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.into_iter().any(|end| beginnings.contains(&word[..end]))
}

fn read_line(speech: Speech, line: &str) -> Result<HarmWord, String> {
    let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
    let [kind, word, how, why] = fields[..] else {
        return Err(format!(
            "{} fields instead of 4: kind, word, how, why, with a tab between them",
            fields.len()
        ));
    };
    let how =
        How::read(how).ok_or_else(|| format!("'{how}' is none of exact, stem, prefix, substring, not"))?;
    let folded: Vec<String> = word_parts(word);
    if kind.is_empty() || folded.is_empty() {
        return Err("kind and word must not be empty".to_owned());
    }
    Ok(HarmWord {
        kinds: kinds(kind),
        word: word.to_owned(),
        keys: folded.iter().map(|w| key(speech, w)).collect(),
        folded,
        how,
        why: why.to_owned(),
    })
}

/// The kinds that the first field of a line names, each once.
fn kinds(field: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for name in field.split(',').map(str::trim) {
        let named = if name == DEADLY {
            &DEADLY_KINDS[..]
        } else {
            &[name]
        };
        for kind in named {
            if !out.iter().any(|k| k == kind) {
                out.push((*kind).to_owned());
            }
        }
    }
    out
}

/// The folded words of a phrase, or the one picture that it is.
pub fn word_parts(phrase: &str) -> Vec<String> {
    if is_simple(phrase) {
        return phrase.split_whitespace().map(fold).collect();
    }
    walked(phrase)
}

fn walked(phrase: &str) -> Vec<String> {
    let folded = super::fold::FoldedText::new(phrase);
    let tokens = if folded.words.is_empty() {
        folded.extras
    } else {
        folded.words
    };
    tokens.into_iter().map(|t| t.word).collect()
}

/// Words of letters with a space between them, in a script that has spaces: they need no walk over their clusters.
fn is_simple(phrase: &str) -> bool {
    let plain = phrase.chars().all(|c| c.is_alphabetic() || c == ' ');
    plain && phrase.len() <= SIMPLE_BYTES_MAX && !is_spaceless(phrase)
}

macro_rules! vocabularies {
    ($($speech:ident $file:literal),+ $(,)?) => {
        [$((Speech::$speech, LazyLock::new(|| {
            let text = include_str!(concat!("../../words/", $file, ".tsv"));
            Vocabulary::parse(Speech::$speech, text).expect("the files are read by a test of this package")
        }))),+]
    };
}

/// All vocabularies that come with the program; each is read when the first text in its language comes.
static ALL: [(Speech, LazyLock<Vocabulary>); 18] = vocabularies![
    English "en", German "de", French "fr", Spanish "es", Norwegian "nb", Swedish "sv", Danish "da",
    Dutch "nl", Italian "it", Portuguese "pt", Polish "pl", Russian "ru", Ukrainian "uk", Georgian "ka",
    Japanese "ja", Chinese "zh", Korean "ko", Emoji "emoji",
];

/// The vocabulary of a language, if there is one.
pub fn vocabulary(speech: Speech) -> Option<&'static Vocabulary> {
    ALL.iter()
        .find(|(of, _)| *of == speech)
        .map(|(_, vocabulary)| &**vocabulary)
}

#[cfg(test)]
mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_can_be_read_and_says_why() {
        for (_, vocabulary) in &ALL {
            for kind in vocabulary.kinds() {
                for word in vocabulary.of_kind(kind) {
                    assert!(!word.why.is_empty(), "{:?} {}", vocabulary.speech, word.word);
                }
            }
        }
    }

    #[test]
    fn english_covers_the_table_of_kinds() {
        let english = vocabulary(Speech::English).unwrap();
        let others = ["death_public_figure", "food_scandal"];
        for kind in DEADLY_KINDS.iter().chain(&others) {
            assert!(english.of_kind(kind).count() >= 4, "{kind}");
        }
    }

    #[test]
    fn deadly_stands_for_every_kind_in_which_people_die() {
        let line = "deadly,death_public_figure,fire\tcoffin\tstem\twhy";
        let vocabulary = Vocabulary::parse(Speech::English, line).unwrap();
        let kinds = vocabulary.kinds();
        assert_eq!(kinds.len(), DEADLY_KINDS.len() + 1, "{kinds:?}");
        assert!(kinds.contains("fire") && kinds.contains("death_public_figure"));
        assert_eq!(vocabulary.of_kind("fire").count(), 1);
    }

    #[test]
    fn simple_phrases_are_cut_as_all_others() {
        for phrase in [
            "Straße brennt",
            "mener å ha",
            "გული",
            "Й Ї ё",
            "s h o o t",
            "ﬁre",
            "İzmir",
            "  two  words ",
        ] {
            assert!(is_simple(phrase), "{phrase}");
            assert_eq!(word_parts(phrase), walked(phrase), "{phrase}");
        }
        for phrase in ["don't", "9 11", "爆弾", "🔥", "#Fire"] {
            assert!(!is_simple(phrase), "{phrase}");
        }
    }

    #[test]
    fn another_word_may_be_named_with_all_its_endings() {
        let lines = "fire\tfirm*\tnot\twhy\nfire\tfirefox\tnot\twhy";
        let vocabulary = Vocabulary::parse(Speech::English, lines).unwrap();
        for (word, never) in [
            ("firm", true),
            ("firms", true),
            ("fir", false),
            ("firefoxes", false),
        ] {
            assert_eq!(vocabulary.is_never("fire", word), never, "{word}");
        }
        assert!(!vocabulary.is_never("flood", "firms"));
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = Vocabulary::parse(Speech::English, "# a\nfire\tburn\tstem\n").unwrap_err();
        assert!(error.starts_with("line 2: 3 fields"), "{error}");
        let error = Vocabulary::parse(Speech::English, "fire\tburn\tsometimes\twhy").unwrap_err();
        assert!(error.contains("'sometimes' is none of"), "{error}");
    }

    /// Companies, products and houses that have had a bad day with a scheduled post. A list that names one of them would
    /// judge the sender, and not the words.
    const BRANDS: [&str; 44] = [
        "American Apparel",
        "American Rifleman",
        "BVG",
        "Burger King",
        "Burger King Norge",
        "Burger King UK",
        "Catraca Livre",
        "Celeb Boutique",
        "Cheerios",
        "Corona Extra",
        "Crocs",
        "Danske Bank",
        "Disney",
        "Disney Deutschland",
        "Four Loko",
        "Frontier Airlines",
        "Gap",
        "Germanwings",
        "Joan Rivers",
        "KFC",
        "KFC Deutschland",
        "KFC UK",
        "Kenneth Cole",
        "King Soopers",
        "Kinnan",
        "Lufthansa",
        "Maker's Mark",
        "MisterAssur",
        "NRA",
        "NRA Women",
        "Netshoes",
        "Notre Dame Football",
        "Prinzenrolle",
        "Ruter",
        "Sears",
        "SpaghettiOs",
        "Spirit Airlines",
        "Subway",
        "Tesco",
        "Urban Outfitters",
        "ZTM Poznań",
        "Авиасейлс",
        "ディズニー",
        "ディズニー・ジャパン",
    ];

    #[test]
    fn no_word_and_no_exception_is_the_name_of_a_brand() {
        let brands: BTreeSet<String> = BRANDS.iter().map(|name| fold(name)).collect();
        for (_, vocabulary) in &ALL {
            let words = vocabulary.words.iter().map(|w| fold(&w.word));
            let exceptions = vocabulary.never.values().flatten().cloned();
            let named: Vec<String> = words.chain(exceptions).filter(|w| brands.contains(w)).collect();
            assert!(named.is_empty(), "{:?}: {named:?}", vocabulary.speech);
        }
    }
}
