//! Small things: `trenecito` is a train, `Bömbchen` a bomb, `vlammetje` a flame. Stemmers keep them apart.

use super::inflect::{Speech, key};

/// The shortest beginning that carries a word.
const BASE_CHARS_MIN: usize = 4;
/// Where the ending alone makes sure that it is a small thing.
const SURE_BASE_CHARS_MIN: usize = 3;

/// Endings of small things, the longest first, each with how much of the word must be left.
fn endings(speech: Speech) -> &'static [(&'static str, usize)] {
    const LONG: usize = BASE_CHARS_MIN;
    const SHORT: usize = SURE_BASE_CHARS_MIN;
    match speech {
        Speech::German => &[("chens", LONG), ("chen", LONG), ("leins", LONG), ("lein", LONG)],
        Speech::Dutch => &[
            ("etjes", SHORT),
            ("etje", SHORT),
            ("tjes", SHORT),
            ("tje", SHORT),
            ("pjes", SHORT),
            ("pje", SHORT),
            ("jes", SHORT),
            ("je", SHORT),
        ],
        Speech::Spanish => &[
            ("ecitos", SHORT),
            ("ecitas", SHORT),
            ("ecito", SHORT),
            ("ecita", SHORT),
            ("citos", LONG),
            ("citas", LONG),
            ("cito", LONG),
            ("cita", LONG),
            ("itos", LONG),
            ("itas", LONG),
            ("ito", LONG),
            ("ita", LONG),
        ],
        Speech::Portuguese => &[
            ("zinhos", SHORT),
            ("zinhas", SHORT),
            ("zinho", SHORT),
            ("zinha", SHORT),
            ("inhos", LONG),
            ("inhas", LONG),
            ("inho", LONG),
            ("inha", LONG),
        ],
        Speech::Italian => &[
            ("ino", LONG),
            ("ini", LONG),
            ("ina", LONG),
            ("ine", LONG),
            ("etto", LONG),
            ("etti", LONG),
            ("etta", LONG),
            ("ette", LONG),
        ],
        _ => &[],
    }
}

/// The keys of what this may be a small one of; none when it is no small thing.
pub(super) fn base_keys(speech: Speech, word: &str) -> Vec<String> {
    let found = endings(speech).iter().find_map(|(ending, chars_min)| {
        let base = word.strip_suffix(ending)?;
        (base.chars().count() >= *chars_min).then_some(base)
    });
    let mut keys: Vec<String> = found
        .into_iter()
        .flat_map(bases)
        .flat_map(|base| {
            // A stemmer sees the vowel that the ending has taken away.
            let whole = ["", "a", "o", "e"].map(|vowel| format!("{base}{vowel}"));
            whole.map(|word| key(speech, &word))
        })
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// True for the infinitive of a verb, which no small thing is made from: `Plätzchen` is not from `platzen`.
pub(super) fn is_verb(speech: Speech, word: &str) -> bool {
    let endings: &[&str] = match speech {
        Speech::German | Speech::Dutch => &["en"],
        Speech::Spanish | Speech::Portuguese => &["ar", "er", "ir"],
        Speech::Italian => &["are", "ere", "ire"],
        _ => &[],
    };
    endings.iter().any(|ending| word.ends_with(ending))
}

/// `fueguito` - `fueg`, `barquita` - `barc`, `bommetje` - `bom`.
fn bases(base: &str) -> Vec<String> {
    let mut out = vec![base.to_owned()];
    out.extend(base.strip_suffix("gu").map(|start| format!("{start}g")));
    out.extend(base.strip_suffix("qu").map(|start| format!("{start}c")));
    if let Some(last) = base.chars().next_back()
        && let Some(start) = base.strip_suffix(last)
        && start.ends_with(last)
    {
        out.push(start.to_owned());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_things_are_things() {
        for (speech, small, word) in [
            (Speech::Spanish, "trenecito", "tren"),
            (Speech::Spanish, "bombitas", "bomba"),
            (Speech::Spanish, "fueguito", "fuego"),
            (Speech::Italian, "trenini", "treno"),
            (Speech::Italian, "bombetta", "bomba"),
            (Speech::Portuguese, "trenzinho", "tren"),
            (Speech::Portuguese, "bombinhas", "bomba"),
            (Speech::Dutch, "vlammetje", "vlam"),
            (Speech::Dutch, "golfjes", "golf"),
            (Speech::German, "bombchen", "bombe"),
            (Speech::German, "messerchen", "messer"),
        ] {
            let keys = base_keys(speech, small);
            assert!(keys.contains(&key(speech, word)), "{small} of {word}: {keys:?}");
        }
    }

    #[test]
    fn what_only_ends_so_is_no_small_thing() {
        for (speech, word) in [
            (Speech::English, "ballerina"),
            (Speech::German, "machen"),
            (Speech::Spanish, "visita"),
            (Speech::Portuguese, "vinho"),
            (Speech::Italian, "cucina"),
        ] {
            assert!(base_keys(speech, word).is_empty(), "{word}");
        }
    }
}
