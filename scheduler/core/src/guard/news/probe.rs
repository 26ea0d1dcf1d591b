//! Which events may a text touch at all? Texts and the words of events are both turned into numbers; an event
//! whose numbers do not meet those of the text cannot touch it. What meets is compared word by word afterwards, so
//! that numbers that meet by chance do no harm.
//!
//! The cost depends on the length of the text, not on the number of events.

use super::demonyms;
use super::diminutive::base_keys;
use super::inflect::{PREFIXES_OF_VERBS, Speech, key, without_end_vowels, without_particles};
use super::places::{Place, sound};
use super::topic::{GLUED_CHARS_MIN, HASHTAG_BEFORE, HASHTAG_BEHIND, day_root, spellings};
use super::{Field, RUN_WORDS_MAX, Reader};
use crate::guard::dates::{NamedDate, sole_date};
use crate::guard::fold::{Token, is_spaceless};
use crate::guard::words::{HarmWord, How};

/// Shorter beginnings of a word are no word.
const PREFIX_CHARS_MIN: usize = 2;
/// What is left of a name in all its forms.
const BEGINNING_CHARS: usize = 3;
/// Of a shorter name less is left: `орла` of `Орёл`.
const SHORT_NAME_CHARS_MAX: usize = 4;
/// The shortest part at either side of a compound.
const COMPOUND_PART_CHARS_MIN: usize = 3;

/// A word as a number.
pub(in crate::guard) type Probe = u64;

/// FNV-1a, one byte at a time, so that all beginnings of a word cost one walk over it.
#[derive(Clone, Copy)]
struct Hash(u64);

impl Hash {
    const EMPTY: Hash = Hash(0xcbf2_9ce4_8422_2325);

    fn add(self, text: &str) -> Hash {
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Hash(text.bytes().fold(self.0, step))
    }
}

fn whole(word: &str) -> Probe {
    Hash::EMPTY.add(word).0
}

/// The numbers under which a topic word or an entity is found.
pub(in crate::guard) fn of_topic(topic: &str) -> Vec<Probe> {
    let mut probes = Vec::new();
    for words in spellings(topic) {
        let joined = words.concat();
        add_forms(&joined, &mut probes);
        add_forms(&words[0], &mut probes);
        probes.extend(day_root(&joined).map(|root| whole(without_end_vowels(&root))));
        let sounds = sound(&joined);
        probes.extend([whole(&sounds), whole(without_end_vowels(&sounds))]);
        add_opening(&joined, &mut probes);
    }
    probes.extend(sole_date(topic).map(|date| of_date(&date)));
    settled(probes)
}

fn of_date(date: &NamedDate) -> Probe {
    whole(&format!("{}/{}", date.month, date.day))
}

/// The numbers under which a place is found.
pub(in crate::guard) fn of_place(place: &Place) -> Vec<Probe> {
    let mut probes = Vec::new();
    for name in place.names() {
        let joined = name.concat();
        let sounds = sound(&joined);
        probes.extend([
            whole(&joined),
            whole(&name[0]),
            whole(without_end_vowels(&joined)),
            whole(&sounds),
            whole(without_end_vowels(&sounds)),
        ]);
        probes.extend(joined.strip_suffix('s').map(whole));
        probes.extend(demonyms::stems(&joined).iter().map(|stem| whole(stem)));
        probes.push(made_from(&beginning(&name[0])));
        add_opening(&joined, &mut probes);
    }
    probes.extend(of_topic(&place.name));
    settled(probes)
}

/// The numbers under which a word of harm is found.
pub(in crate::guard) fn of_harm(speech: Speech, harm: &HarmWord) -> Vec<Probe> {
    let first = &harm.folded[0];
    let joined = harm.folded.concat();
    let mut probes = vec![
        whole(first),
        whole(&key(speech, first)),
        whole(without_end_vowels(first)),
    ];
    if harm.how == How::Substring {
        add_opening(&joined, &mut probes);
    }
    settled(probes)
}

/// The numbers of a text, in order.
pub(super) fn of_text(reader: &Reader) -> Vec<Probe> {
    let mut probes = Vec::new();
    for field in &reader.fields {
        for word in &field.words {
            add_token(&word.token, &mut probes);
            for (speech, key) in reader.speeches.iter().zip(&word.keys) {
                add_key(*speech, &word.token.word, key, &mut probes);
            }
        }
        add_made(field, reader.main_speech(), &mut probes);
        add_runs(field, &mut probes);
        add_windows(&field.text.plain, &mut probes);
    }
    probes.extend(reader.dates().iter().map(|(_, date)| of_date(date)));
    settled(probes)
}

/// As much of a name as is left in all words that are made from it, and in all its cases.
fn beginning(name: &str) -> String {
    let chars = if name.chars().count() > SHORT_NAME_CHARS_MAX {
        BEGINNING_CHARS
    } else {
        PREFIX_CHARS_MIN
    };
    name.chars().take(chars).collect()
}

/// The number of what words that are made from a name have in common with it; only languages that make such words by
/// rules look for it, so that it costs the others nothing.
fn made_from(beginning: &str) -> Probe {
    Hash::EMPTY.add("\u{1}").add(beginning).0
}

/// The beginnings of words that may be made from a name.
fn add_made(field: &Field, main: Speech, probes: &mut Vec<Probe>) {
    for word in &field.words {
        let word = word.token.word.as_str();
        if main == Speech::Polish || Speech::of_script(word).is_some_and(Speech::grows_by_endings) {
            let beginnings =
                [PREFIX_CHARS_MIN, BEGINNING_CHARS].map(|chars| word.chars().take(chars).collect::<String>());
            probes.extend(beginnings.iter().map(|beginning| made_from(beginning)));
        }
    }
}

fn settled(mut probes: Vec<Probe>) -> Vec<Probe> {
    probes.sort_unstable();
    probes.dedup();
    probes
}

fn add_forms(word: &str, probes: &mut Vec<Probe>) {
    probes.push(whole(word));
    probes.push(whole(without_end_vowels(word)));
    probes.extend(Speech::ALL.iter().map(|speech| whole(&key(*speech, word))));
}

/// For scripts without spaces: the first two letters, or the only one.
fn add_opening(joined: &str, probes: &mut Vec<Probe>) {
    if is_spaceless(joined) {
        let opening: String = joined.chars().take(2).collect();
        probes.push(whole(&opening));
    }
}

fn add_token(token: &Token, probes: &mut Vec<Probe>) {
    let word = token.word.as_str();
    add_prefixes(word, probes);
    for prefix in PREFIXES_OF_VERBS {
        if let Some(rest) = word.strip_prefix(prefix) {
            add_prefixes(rest, probes);
        }
    }
    without_particles(word).for_each(|rest| add_prefixes(rest, probes));
    add_prefixes(&sound(word), probes);
    if token.hashtag {
        add_pieces(word, probes);
        probes.extend(
            HASHTAG_BEFORE
                .iter()
                .filter_map(|b| word.strip_prefix(b))
                .map(whole),
        );
        probes.extend(
            HASHTAG_BEHIND
                .iter()
                .filter_map(|b| word.strip_suffix(b))
                .map(whole),
        );
        probes.extend(
            [2, 4]
                .into_iter()
                .filter_map(|digits| without_year(word, digits))
                .map(whole),
        );
    }
}

/// The word without the digits of a year at its end.
fn without_year(word: &str, digits: usize) -> Option<&str> {
    let (name, year) = word.split_at_checked(word.len().checked_sub(digits)?)?;
    year.bytes().all(|b| b.is_ascii_digit()).then_some(name)
}

fn add_prefixes(word: &str, probes: &mut Vec<Probe>) {
    let mut hash = Hash::EMPTY;
    for (i, c) in word.chars().enumerate() {
        hash = hash.add(c.encode_utf8(&mut [0; 4]));
        if i + 1 >= PREFIX_CHARS_MIN {
            probes.push(hash.0);
        }
    }
    probes.push(hash.0);
}

fn add_key(speech: Speech, word: &str, key: &str, probes: &mut Vec<Probe>) {
    probes.push(whole(key));
    for base in base_keys(speech, word) {
        probes.push(whole(&base));
        if speech.compounds() {
            add_suffixes(&base, probes);
        }
    }
    if speech.compounds() {
        add_suffixes(word, probes);
        add_suffixes(key, probes);
    }
}

/// A hashtag may have a long name in it: `#happyveteransday`, `#myveteransdaysale`.
fn add_pieces(word: &str, probes: &mut Vec<Probe>) {
    for at in word.char_indices().map(|(at, _)| at).skip(1) {
        add_long_prefixes(&word[at..], probes);
    }
}

fn add_long_prefixes(word: &str, probes: &mut Vec<Probe>) {
    let mut hash = Hash::EMPTY;
    for (i, c) in word.chars().enumerate() {
        hash = hash.add(c.encode_utf8(&mut [0; 4]));
        if i + 1 >= GLUED_CHARS_MIN {
            probes.push(hash.0);
        }
    }
}

fn add_suffixes(word: &str, probes: &mut Vec<Probe>) {
    let count = word.chars().count();
    let starts = word.char_indices().enumerate();
    for (i, (at, _)) in starts.skip(COMPOUND_PART_CHARS_MIN) {
        if count - i >= COMPOUND_PART_CHARS_MIN {
            probes.push(whole(&word[at..]));
        }
    }
}

/// Several words written together.
fn add_runs(field: &Field, probes: &mut Vec<Probe>) {
    let words = field.in_order();
    for start in 0..words.len() {
        let mut hash = Hash::EMPTY;
        for word in words[start..].iter().take(RUN_WORDS_MAX) {
            hash = hash.add(&word.token.word);
            probes.push(hash.0);
        }
    }
}

/// Each letter, and each pair of letters, of a text with a script without spaces.
fn add_windows(plain: &str, probes: &mut Vec<Probe>) {
    if !is_spaceless(plain) {
        return;
    }
    let mut before: Option<char> = None;
    for c in plain.chars() {
        let own = &mut [0; 4];
        let own = c.encode_utf8(own);
        probes.push(whole(own));
        if let Some(before) = before {
            let first = &mut [0; 4];
            probes.push(Hash::EMPTY.add(before.encode_utf8(first)).add(own).0);
        }
        before = Some(c);
    }
}
