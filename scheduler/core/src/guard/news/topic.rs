//! Topic words and entities: in any form, together or apart, with or without `#`.

use super::harm::Never;
use super::inflect::{self, Form, Speech, begins_compound, ends_compound, is_form, key};
use super::places::sounds_alike_in_two_scripts;
use super::{Field, RUN_WORDS_MAX, Word};
use crate::guard::fold::{Token, is_spaceless};
use crate::guard::words::word_parts;

/// What people put before and behind a name in a hashtag.
pub(super) const HASHTAG_BEFORE: [&str; 16] = [
    "prayfor",
    "prayersfor",
    "justicefor",
    "rip",
    "weare",
    "jesuis",
    "iam",
    "standwith",
    "westandwith",
    "supportfor",
    "help",
    "save",
    "stop",
    "love",
    "remember",
    "free",
];
pub(super) const HASHTAG_BEHIND: [&str; 18] = [
    "strong",
    "shooting",
    "attack",
    "attacks",
    "bombing",
    "crash",
    "fire",
    "fires",
    "flood",
    "floods",
    "earthquake",
    "quake",
    "storm",
    "massacre",
    "tragedy",
    "victims",
    "explosion",
    "disaster",
];

/// From this length on a name is found inside a hashtag, whatever else is in it.
pub(super) const GLUED_CHARS_MIN: usize = 8;
/// Less is an ending: `#hamburgerin`.
const GLUED_REST_CHARS_MIN: usize = 3;

/// A topic word, or one of its spellings.
#[derive(Debug)]
pub(super) struct Topic {
    words: Vec<String>,
    /// Written together with its own letters.
    spelled: String,
    /// For each language the keys of the words.
    keys: Vec<Vec<String>>,
    pub(super) joined: String,
    /// For each language the key of the words written together.
    joined_keys: Vec<String>,
    /// A beginning that is enough, such as `gedenk` of `Gedenktag`.
    root: Option<String>,
}

impl Topic {
    /// The spellings of a topic word.
    pub(super) fn all(topic: &str, speeches: &[Speech]) -> Vec<Topic> {
        let spelled: String = topic.chars().filter(|c| c.is_alphanumeric()).collect();
        spellings(topic)
            .into_iter()
            .map(|words| Topic::new(words, &spelled, speeches))
            .collect()
    }

    fn new(words: Vec<String>, spelled: &str, speeches: &[Speech]) -> Topic {
        let joined = words.concat();
        Topic {
            spelled: spelled.to_owned(),
            keys: speeches
                .iter()
                .map(|s| words.iter().map(|w| key(*s, w)).collect())
                .collect(),
            joined_keys: speeches.iter().map(|s| key(*s, &joined)).collect(),
            root: day_root(&joined).filter(|_| speeches.iter().any(|s| s.compounds())),
            joined,
            words,
        }
    }

    /// Where the topic stands, and whether that is in a hashtag. Words that are another one are no form of it.
    pub(super) fn hits(
        &self,
        field: &Field,
        speeches: &[Speech],
        never: &Never<'_>,
    ) -> Vec<((usize, usize), bool)> {
        let mut hits = Vec::new();
        for word in &field.words {
            if never.has(&word.token.word) && word.token.word != self.joined {
                continue;
            }
            let in_any = (0..speeches.len()).any(|l| {
                self.is_word(word, l, speeches[l])
                    && field.is_spelled_alike(word.token.span, &self.spelled, speeches[l])
            });
            if in_any || self.is_in_another_script(&word.token) || in_hashtag(&word.token, &self.joined) {
                hits.push((word.token.span, word.token.hashtag));
            }
        }
        for start in 0..field.in_order().len() {
            hits.extend(self.run_from(&field.in_order()[start..], speeches));
        }
        hits
    }

    /// The topic written together, in any form.
    fn is_word(&self, word: &Word, language: usize, speech: Speech) -> bool {
        let wanted = Form {
            word: &self.joined,
            key: &self.joined_keys[language],
        };
        let text = word.form(language);
        let root = self.root.as_deref();
        is_form(speech, text, wanted)
            || ends_compound(speech, text, wanted)
            || begins_compound(speech, text.word, wanted.word)
            || root.is_some_and(|root| inflect::grows(text.word, root))
    }

    /// The topic as a name that stands in another script.
    fn is_in_another_script(&self, token: &Token) -> bool {
        token.capital && sounds_alike_in_two_scripts(&self.joined, &token.word)
    }

    /// The topic as several words side by side: word by word in any form, or with the same letters.
    fn run_from(&self, words: &[Word], speeches: &[Speech]) -> Option<((usize, usize), bool)> {
        let mut end = None;
        if self.words.len() > 1 && words.len() >= self.words.len() {
            let whole = (0..speeches.len()).any(|l| {
                self.words
                    .iter()
                    .zip(&self.keys[l])
                    .zip(words)
                    .all(|((word, key), text)| is_form(speeches[l], text.form(l), Form { word, key }))
            });
            end = whole.then_some(self.words.len());
        }
        let end = end.or_else(|| same_letters(words, &self.joined))?;
        let run = &words[..end];
        let span = (run[0].token.span.0, run[end - 1].token.span.1);
        Some((span, run.iter().all(|w| w.token.hashtag)))
    }
}

/// The spellings of a topic word, each as its folded words; none is empty.
pub(super) fn spellings(topic: &str) -> Vec<Vec<String>> {
    let mut spellings = vec![word_parts(topic.trim_start_matches('#'))];
    spellings.extend(spelled_out(topic));
    spellings.extend(lookalikes(topic));
    spellings.retain(|words| !words.is_empty());
    spellings.dedup();
    spellings
}

/// Capitals that look the same in Latin, Greek and Cyrillic letters, folded. A dot: that script has none.
const LOOKALIKES: [[char; 3]; 15] = [
    ['a', 'α', 'а'],
    ['b', 'β', 'в'],
    ['c', '.', 'с'],
    ['e', 'ε', 'е'],
    ['h', 'η', 'н'],
    ['i', 'ι', 'і'],
    ['k', 'κ', 'к'],
    ['m', 'μ', 'м'],
    ['n', 'ν', '.'],
    ['o', 'ο', 'о'],
    ['p', 'ρ', 'р'],
    ['t', 'τ', 'т'],
    ['x', 'χ', 'х'],
    ['y', 'υ', 'у'],
    ['z', 'ζ', '.'],
];

/// A name in capitals, in the letters of other scripts that look the same: `11-M`, `ΟΧΙ`.
fn lookalikes(topic: &str) -> Vec<Vec<String>> {
    if topic.chars().any(char::is_lowercase) || !topic.chars().any(char::is_alphabetic) {
        return Vec::new();
    }
    let words = word_parts(topic.trim_start_matches('#'));
    let spelled = (0..3).filter_map(|script: usize| {
        let other = |c: char| {
            let row = LOOKALIKES.iter().find(|row| row.contains(&c));
            if c.is_alphabetic() {
                row.map(|row| row[script]).filter(|c| *c != '.')
            } else {
                Some(c)
            }
        };
        let words = words.iter().map(|word| word.chars().map(other).collect());
        words.collect::<Option<Vec<String>>>()
    });
    spelled.filter(|other| *other != words).collect()
}

/// The number of words, at least two, that have these letters when written together.
fn same_letters(words: &[Word], joined: &str) -> Option<usize> {
    let mut rest = joined;
    for (i, word) in words.iter().take(RUN_WORDS_MAX).enumerate() {
        // Korean hangs endings on to the last word.
        if i > 0 && is_spaceless(rest) && word.token.word.starts_with(rest) {
            return Some(i + 1);
        }
        rest = rest.strip_prefix(word.token.word.as_str())?;
        if rest.is_empty() {
            return (i > 0).then_some(i + 1);
        }
    }
    None
}

/// `#prayforboston`, `#bostonstrong`, `#boston2013`: the name with what people add to one.
pub(super) fn in_hashtag(token: &Token, name: &str) -> bool {
    if !token.hashtag || name.chars().count() < 4 {
        return false;
    }
    if is_glued(&token.word, name) {
        return true;
    }
    let before = token.word.strip_suffix(name);
    let behind = token.word.strip_prefix(name);
    before.is_some_and(|b| HASHTAG_BEFORE.contains(&b))
        || behind.is_some_and(|b| HASHTAG_BEHIND.contains(&b) || is_year(b))
}

/// `#anzacdaysale`: a name that is too long to be in a hashtag by chance, with another word before or behind it.
fn is_glued(hashtag: &str, name: &str) -> bool {
    let Some((before, behind)) = hashtag.split_once(name) else {
        return false;
    };
    let rest = before.chars().count() + behind.chars().count();
    name.chars().count() >= GLUED_CHARS_MIN && rest >= GLUED_REST_CHARS_MIN
}

fn is_year(text: &str) -> bool {
    (text.len() == 2 || text.len() == 4) && text.bytes().all(|b| b.is_ascii_digit())
}

/// What the name of a memorial day is made from: `gedenk` of `Gedenktag`.
pub(super) fn day_root(word: &str) -> Option<String> {
    let root = word.strip_suffix("tag").or_else(|| word.strip_suffix("dag"))?;
    (root.chars().count() >= 5).then(|| root.to_owned())
}

/// The name with `ä` as `ae` and so on, and the other way round, when that is another spelling.
pub(super) fn spelled_out(name: &str) -> Option<Vec<String>> {
    let lower = name.to_lowercase();
    let pairs = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa")];
    let mut other = lower.clone();
    for (letter, pair) in pairs {
        other = other.replace(letter, pair);
    }
    if other == lower {
        for (_, pair) in pairs {
            other = other.replace(pair, &pair[..1]);
        }
    }
    (other != lower).then(|| word_parts(&other))
}
