//! Places: the same name in other languages, scripts and inflections.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::demonyms;
use super::inflect::{Speech, without_end_vowels, without_particles};
use super::peoples::{has_root_of, is_case_of, is_made_from};
use super::romanise::romanised;
use crate::guard::fold::{Token, is_spaceless};
use crate::guard::gazetteer;
use crate::guard::words::word_parts;

/// Shorter names only count with a capital and without any ending.
const NAME_CHARS_MIN: usize = 4;
/// From this length on a name may lose its last vowel, be written in lower case, or in another script.
const LONG_NAME_CHARS_MIN: usize = 5;
/// Of shorter names no adjective is made.
const MAKING_CHARS_MIN: usize = 3;

/// What people add to the name of a place to speak of its things and people.
const ENDINGS: [&str; 71] = [
    "s", "es", "n", "an", "ans", "ian", "ians", "er", "ers", "ern", "erin", "ese", "ite", "ites", "i",
    "isch", "ische", "ischen", "ischer", "isches", "ischem", "sche", "schen", "scher", "se", "sk", "ske",
    "skt", "ar", "are", "ere", "eren", "erne", "ien", "iens", "ienne", "iennes", "ais", "aise", "aises",
    "ois", "oise", "in", "ine", "ano", "anos", "ana", "anas", "eno", "enos", "ena", "enas", "ense", "enses",
    "ino", "inos", "ina", "inas", "esa", "esi", "iano", "iana", "iani", "iane", "ska", "ski", "skie",
    "skiej", "skiego", "skim", "skich",
];

/// The articles that stand before names of places.
const ARTICLES: [&str; 12] = [
    "the", "den", "de", "het", "le", "la", "les", "el", "los", "las", "il", "lo",
];

/// What stands between a town and its river.
const BEFORE_RIVERS: [&str; 15] = [
    "am", "an", "aan", "im", "in", "bei", "ob", "op", "upon", "on", "under", "sur", "sous", "vid", "ved",
];

/// Words that only say what kind of place it is.
const KINDS_OF_PLACE: [&str; 18] = [
    "county",
    "city",
    "province",
    "prefecture",
    "oblast",
    "region",
    "district",
    "kommune",
    "fylke",
    "landkreis",
    "island",
    "islands",
    "state",
    "область",
    "область",
    "район",
    "край",
    "მუნიციპალიტეტი",
];

static COMMON_WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let text = include_str!("../../../words/names-that-are-words.txt");
    let lines = text.lines().filter(|l| !l.starts_with('#'));
    lines.flat_map(str::split_whitespace).map(str::to_owned).collect()
});

/// A place with the other names it has.
#[derive(Debug, Clone)]
pub(in crate::guard) struct Place {
    /// As the event names it.
    pub(in crate::guard) name: String,
    /// All names, each as its folded words.
    names: Vec<Vec<String>>,
    /// The lists of places have it.
    is_known: bool,
}

impl Place {
    /// Looks up the other names of a place.
    pub(in crate::guard) fn new(name: &str) -> Place {
        let own = word_parts(name);
        let mut names: Vec<Vec<String>> = vec![own.clone()];
        names.extend(super::topic::spelled_out(name));
        if let [rest @ .., kind] = own.as_slice()
            && !rest.is_empty()
            && KINDS_OF_PLACE.contains(&kind.as_str())
            && rest.iter().map(|w| w.chars().count()).sum::<usize>() >= NAME_CHARS_MIN
        {
            names.push(rest.to_vec());
        }
        let others = gazetteer::other_names(&names);
        let is_known = !others.is_empty();
        names.extend(others);
        let bare: Vec<Vec<String>> = names.iter().filter_map(|name| without_article(name)).collect();
        names.extend(bare);
        let heads: Vec<Vec<String>> = names.iter().filter_map(|name| without_river(name)).collect();
        names.extend(heads);
        names.retain(|n| !n.is_empty());
        names.sort();
        names.dedup();
        Place {
            name: name.to_owned(),
            names,
            is_known,
        }
    }

    /// All names, each as its folded words.
    pub(super) fn names(&self) -> &[Vec<String>] {
        &self.names
    }

    /// The names for scripts without spaces.
    pub(super) fn spaceless_names(&self) -> impl Iterator<Item = String> {
        self.names
            .iter()
            .map(|n| n.concat())
            .filter(|n| is_spaceless(n) && n.chars().count() >= 2)
    }

    /// The number of tokens from the first on that name this place; 0 = none.
    pub(super) fn at_start_of(&self, tokens: &[Token], speech: Speech) -> usize {
        let lengths = self
            .names
            .iter()
            .filter(|name| is_here(name, tokens, speech))
            .map(Vec::len);
        lengths.max().unwrap_or(0)
    }

    /// True when a word in lower case is rather a common one than the name, which no list of places has. Only for texts that write names with a capital.
    pub(super) fn is_common_word(&self, token: &Token) -> bool {
        let is_name = !self.is_known && self.names.iter().any(|name| name.concat() == token.word);
        is_name && !token.capital && !token.hashtag
    }

    /// True when this one token (perhaps a hashtag as a whole) is the name written together.
    pub(super) fn is_token(&self, token: &Token, speech: Speech) -> bool {
        self.names
            .iter()
            .any(|name| is_named(&name.concat(), token, speech))
    }
}

fn is_here(name: &[String], tokens: &[Token], speech: Speech) -> bool {
    let [first @ .., last] = name else { return false };
    let Some(found) = tokens.get(..name.len()) else {
        return false;
    };
    let Some(end) = found.last() else { return false };
    if first.is_empty() {
        return is_named(last, end, speech);
    }
    let inflected = |a: &str, b: &str| a == b || has_root_of(a, b, speech);
    let same_start = first.iter().zip(found).all(|(a, b)| inflected(a, &b.word));
    same_start && (inflected(last, &end.word) || is_longer(last, &end.word, speech).is_some())
}

/// The name of a place behind its article, which its adjectives are made from: `Haagse` of `Den Haag`.
fn without_article(name: &[String]) -> Option<Vec<String>> {
    let [article, rest] = name else { return None };
    let is_name = ARTICLES.contains(&article.as_str())
        && rest.chars().count() >= NAME_CHARS_MIN
        && !COMMON_WORDS.contains(rest);
    is_name.then(|| vec![rest.clone()])
}

/// The name of a town before the river, the sea or the hill that tells it from others: `Alphen` of `Alphen aan den Rijn`.
fn without_river(name: &[String]) -> Option<Vec<String>> {
    let [town, between, _, ..] = name else { return None };
    let is_town = BEFORE_RIVERS.contains(&between.as_str())
        && town.chars().count() >= LONG_NAME_CHARS_MIN
        && !COMMON_WORDS.contains(town);
    is_town.then(|| vec![town.clone()])
}

/// True when the token is this name, in any form that a reader would recognise.
fn is_named(name: &str, token: &Token, speech: Speech) -> bool {
    let chars = name.chars().count();
    if token.word == name {
        let clear = chars >= NAME_CHARS_MIN && !COMMON_WORDS.contains(name);
        return token.capital || clear;
    }
    if chars >= MAKING_CHARS_MIN && is_made_from(name, &token.word, speech) {
        return true;
    }
    if chars >= MAKING_CHARS_MIN && token.capital && is_case_of(name, &token.word, speech) {
        return true;
    }
    if chars < NAME_CHARS_MIN || COMMON_WORDS.contains(&token.word) && !token.capital {
        return false;
    }
    if without_particles(&token.word).any(|rest| rest == name || is_longer(name, rest, speech).is_some()) {
        return true;
    }
    match is_longer(name, &token.word, speech) {
        Some(stem_chars) => token.capital || stem_chars >= LONG_NAME_CHARS_MIN,
        None => chars >= LONG_NAME_CHARS_MIN && token.capital && sounds_alike(name, &token.word),
    }
}

/// When the word is the name with an ending: how many letters of the name are left.
fn is_longer(name: &str, word: &str, speech: Speech) -> Option<usize> {
    let short = without_end_vowels(name);
    let slavic = Speech::of_script(name)
        .or(Some(speech))
        .is_some_and(Speech::grows_by_endings);
    let mut stems = vec![name];
    if name.chars().count() >= LONG_NAME_CHARS_MIN {
        stems.push(short);
        stems.extend(name.strip_suffix('s'));
    }
    let simple = stems.into_iter().find_map(|stem| {
        let rest = word.strip_prefix(stem)?;
        let known = ENDINGS.contains(&rest) || (slavic && is_case_ending(rest));
        let chars = stem.chars().count();
        (known && chars >= NAME_CHARS_MIN).then_some(chars)
    });
    simple.or_else(|| demonyms::stem_chars(name, word))
}

/// An ending of a language with many cases, or of an adjective made with -sk-.
fn is_case_ending(rest: &str) -> bool {
    let chars = rest.chars().count();
    chars <= 4 || (chars <= 7 && ["ск", "ськ", "цк"].iter().any(|s| rest.contains(s)))
}

/// True when both names are read the same, in one script or in two.
fn sounds_alike(name: &str, word: &str) -> bool {
    let (name_sound, word_sound) = (sound(name), sound(word));
    if name_sound == word_sound {
        return true;
    }
    sounds_alike_in_two_scripts(name, word)
}

/// True when a name in one script is read as a word in another one, perhaps with an ending.
pub(super) fn sounds_alike_in_two_scripts(name: &str, word: &str) -> bool {
    if name.is_ascii() == word.is_ascii() {
        return false;
    }
    let (name_sound, word_sound) = (sound(name), sound(word));
    if !name_sound.is_ascii() || !word_sound.is_ascii() {
        return false;
    }
    let stem = without_end_vowels(&name_sound);
    let rest = word_sound.strip_prefix(stem).map(|rest| rest.chars().count());
    stem.chars().count() >= LONG_NAME_CHARS_MIN && rest.is_some_and(|rest| rest <= 4)
}

/// The name in plain Latin letters, without what spelling differs in.
pub(super) fn sound(word: &str) -> String {
    let mut latin = String::new();
    word.chars()
        .for_each(|c| latin.push_str(&romanised(c).unwrap_or_else(|| to_latin(c))));
    let plain = latin
        .replace("sch", "sh")
        .replace("tch", "ch")
        .replace("tsch", "ch")
        .replace("ph", "f")
        .replace("th", "t")
        .replace("kh", "h")
        .replace("ou", "u")
        .replace("ck", "k");
    let mut out = String::new();
    for c in plain.chars() {
        let c = match c {
            'c' | 'q' => 'k',
            'w' => 'v',
            'y' | 'j' => 'i',
            'z' => 's',
            c => c,
        };
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}

fn to_latin(c: char) -> String {
    let latin = match c {
        'а' | 'ა' => "a",
        'б' | 'ბ' => "b",
        'в' | 'ვ' => "v",
        'г' | 'ґ' | 'გ' => "g",
        'д' | 'დ' => "d",
        'е' | 'э' | 'є' | 'ე' => "e",
        'ж' | 'ჟ' => "zh",
        'з' | 'ზ' => "z",
        'и' | 'й' | 'і' | 'ї' | 'ы' | 'ი' => "i",
        'к' | 'კ' | 'ქ' | 'ყ' => "k",
        'л' | 'ლ' => "l",
        'м' | 'მ' => "m",
        'н' | 'ნ' => "n",
        'о' | 'ო' => "o",
        'п' | 'პ' | 'ფ' => "p",
        'р' | 'რ' => "r",
        'с' | 'ს' => "s",
        'т' | 'ტ' | 'თ' => "t",
        'у' | 'უ' => "u",
        'ф' => "f",
        'х' | 'ხ' | 'ჰ' => "h",
        'ц' | 'ც' | 'წ' => "ts",
        'ч' | 'ჩ' | 'ჭ' => "ch",
        'ш' | 'შ' => "sh",
        'щ' => "shch",
        'ю' => "iu",
        'я' => "ia",
        'ь' | 'ъ' => "",
        'ღ' => "gh",
        'ძ' => "dz",
        'ჯ' => "j",
        c => return c.to_string(),
    };
    latin.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::fold::FoldedText;

    fn named(place: &str, text: &str, speech: Speech) -> bool {
        let tokens = FoldedText::new(text).words;
        let place = Place::new(place);
        (0..tokens.len()).any(|i| place.at_start_of(&tokens[i..], speech) > 0)
    }

    #[test]
    fn names_of_a_place_are_recognised() {
        for (place, text, speech) in [
            ("Cairo", "nach Kairo", Speech::German),
            ("Alpen", "Les Alpes", Speech::French),
            ("Осетия", "Осетинские пироги", Speech::Russian),
            ("Москва", "в Москве", Speech::Russian),
            ("Beslan", "в Беслане", Speech::Russian),
            ("თბილისი", "თბილისში", Speech::Georgian),
            ("Paris", "les cafés parisiens", Speech::French),
            ("Berlin", "Berliner Weiße", Speech::German),
            ("Düsseldorf", "Duesseldorf", Speech::German),
            ("Duesseldorf", "Düsseldorf", Speech::German),
            ("Osage County", "in Osage", Speech::English),
            ("New York", "a New York story", Speech::English),
            ("Nice", "Hello Nice", Speech::English),
            ("Denver", "our denver store", Speech::English),
            ("Den Haag", "Haagse hopjes", Speech::Dutch),
            ("რაჭა", "რაჭული ლორი", Speech::Georgian),
        ] {
            assert!(named(place, text, speech), "{place} in {text}");
        }
    }

    #[test]
    fn other_words_are_no_places() {
        for (place, text, speech) in [
            ("Nice", "a nice bag", Speech::English),
            ("Nice", "nicer bags", Speech::English),
            ("Ask", "Askøy", Speech::Norwegian),
            ("Boulder", "a boulder in the garden", Speech::English),
            ("New York", "a new story", Speech::English),
            ("Santa Catarina", "Santa is here", Speech::English),
            ("Rome", "romance", Speech::English),
        ] {
            assert!(!named(place, text, speech), "{place} in {text}");
        }
    }
}
