//! The letters of Polish: folding makes `mieście` begin like `mięso`, and a reader never takes one for the other.
//!
//! Only where a text is written with these letters are they compared. Who has none on the keyboard is compared folded.

use unicode_normalization::UnicodeNormalization;

/// Letters of Polish, each with the plain one that it is folded to.
const POLISH_LETTERS: [(char, char); 9] = [
    ('ą', 'a'),
    ('ć', 'c'),
    ('ę', 'e'),
    ('ł', 'l'),
    ('ń', 'n'),
    ('ó', 'o'),
    ('ś', 's'),
    ('ź', 'z'),
    ('ż', 'z'),
];
/// These change into the plain letter within one word: `łódź` and `łodzi`.
const POLISH_CHANGES: &str = "ćńóśźł";

/// True when a text is written with the letters of Polish, and not with plain ones for want of them.
pub(super) fn has_polish_letters(text: &str) -> bool {
    let lower = text.chars().flat_map(char::to_lowercase);
    // Others have ó as well.
    let mut letters = lower.filter(|c| *c != 'ó');
    letters.any(|c| POLISH_LETTERS.iter().any(|(letter, _)| *letter == c))
}

/// False when only folding makes the beginnings of two Polish words alike: `mieście` is no form of `mięso`. The
/// last vowel is an ending, and not compared: `falą` is a form of `fala`.
pub(super) fn is_spelled_alike(text: &str, wanted: &str) -> bool {
    let text: Vec<char> = text.nfc().flat_map(char::to_lowercase).collect();
    let stem = wanted.trim_end_matches(is_vowel);
    for (at, wanted) in stem.chars().flat_map(char::to_lowercase).enumerate() {
        let Some(&letter) = text.get(at) else { return true };
        if letter == wanted {
            continue;
        }
        if plain(letter) != plain(wanted) {
            return true;
        }
        let softened = matches!(wanted, 'ć' | 'ń' | 'ś' | 'ź') && letter == plain(wanted);
        let changes = letter == plain(wanted) || wanted == plain(letter);
        let of_these = POLISH_CHANGES.contains(letter) || POLISH_CHANGES.contains(wanted);
        if !changes || !of_these || softened && text.get(at + 1) != Some(&'i') {
            return false;
        }
    }
    true
}

fn plain(letter: char) -> char {
    let of = POLISH_LETTERS.iter().find(|(of, _)| *of == letter);
    of.map_or(letter, |(_, plain)| *plain)
}

/// What Polish words end with, and lose in other cases.
fn is_vowel(c: char) -> bool {
    "aąeęioóuy".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polish_words_are_compared_with_their_own_letters() {
        for (text, wanted, alike) in [
            ("mieście", "mięso", false),
            ("Miesiąc", "mięso", false),
            ("mięsny", "mięso", true),
            ("powodzenia", "powódź", false),
            ("powodzią", "powódź", true),
            ("Powódź", "powódź", true),
            ("drzwi", "drż", false),
            ("łodzi", "łódź", true),
            ("zapowiedź", "powódź", true),
        ] {
            assert_eq!(is_spelled_alike(text, wanted), alike, "{text} {wanted}");
        }
        assert!(has_polish_letters("Świnia") && !has_polish_letters("Powodzi coraz"));
    }
}
