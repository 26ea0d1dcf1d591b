//! Adjectives and people of a place in the languages of the West: `Winnender` of Winnenden, `Bastiais` of Bastia,
//! `Trollhättebor` of Trollhättan. Most are made from what is left of the name and an ending.

use super::inflect::without_end_vowels;

/// The shortest beginning of a name that carries it.
const STEM_CHARS_MIN: usize = 4;
/// For endings that other words have, too.
const LONG_STEM_CHARS_MIN: usize = 5;
/// For the people of the north, whose towns are short: `Umebor` of Umeå.
const NORDIC_STEM_CHARS_MIN: usize = 3;

/// Behind any beginning of the name.
const ENDINGS: [&str; 109] = [
    // French and Romance
    "ais", "aise", "aises", "ois", "oise", "oises", "nais", "naise", "naises", "ain", "ains", "aine", "aines",
    "een", "eens", "eenne", "eennes", "ien", "iens", "ienne", "iennes", "in", "ins", "ine", "ines", "ard",
    "ards", "arde", "ardes", "es", "esa", "eses", "esas", "ese", "esi", "eno", "ena", "enos", "enas", "ense",
    "enses", "ino", "ina", "inos", "inas", "ini", "ano", "ana", "anos", "anas", "ani", "ane", "iano", "iana",
    "iani", "tano", "tana", "tanos", "tanas", "teco", "teca", "tecos", "tecas", "eiro", "eira", "eiros",
    "eiras", "asco", "asca", "aschi", "asche", "itano", "itana", "itani", "itane", "giano", "giana", "giani",
    "giane", // English
    "ian", "ians", "nian", "nians", "onian", "onians", "itan", "itans", "sider", "siders",
    // German and Dutch
    "er", "ers", "ner", "ners", "nerin", "aner", "anern", "enser", "ensern", "naar", "naars", "naren",
    "enaar", "enaars", "enaren", "aars", "nees", "nese", "se", "sche",
];

/// Behind five letters of the name: the short ones are found in many words.
const LONG_STEM_ENDINGS: [&str; 34] = [
    "ero", "era", "eros", "eras", "ita", "itas", "ista", "istas", "der", "ders", "ter", "ters", "aar",
    "aren", "ern", "erin", "erinnen", "erse", "ing", "inger", "ingen", "ingene", "ingerne", "ingar",
    "ingarna", "it", "iter", "iten", "iterna", "isk", "iska", "iske", "otto", "otti",
];

/// What the North calls the people of a town; a letter may stand before it: `Lundabor`.
const PEOPLE_OF_THE_NORTH: [&str; 29] = [
    "bo",
    "bor",
    "bon",
    "bos",
    "bons",
    "bors",
    "borna",
    "bornas",
    "boar",
    "boen",
    "boer",
    "boere",
    "boerne",
    "boernes",
    "borger",
    "borgere",
    "borgerne",
    "vaering",
    "vaeringen",
    "vaeringer",
    "vaeringene",
    "ensere",
    "enseren",
    "enserne",
    "ensernes",
    "ensers",
    "ensare",
    "ensarna",
    "ensisk",
];

/// How many letters of the name are left in this word, when it is the adjective or the people of the place.
pub(super) fn stem_chars(name: &str, word: &str) -> Option<usize> {
    let made = stems(name).into_iter().filter_map(|stem| {
        let rest = word.strip_prefix(stem.as_str())?;
        let chars = stem.chars().count();
        is_ending(rest, chars, &stem, name).then_some(chars)
    });
    made.max()
}

fn is_ending(rest: &str, stem_chars: usize, stem: &str, name: &str) -> bool {
    // Siegener, and not Sieger, is who lives in Siegen.
    let is_cut_german =
        name.strip_suffix("en") == Some(stem) && matches!(rest, "er" | "ers" | "ern" | "erin");
    let long = stem_chars >= LONG_STEM_CHARS_MIN;
    is_person_of_the_north(rest)
        || stem_chars >= STEM_CHARS_MIN && ENDINGS.contains(&rest) && (long || !is_cut_german)
        || long && LONG_STEM_ENDINGS.contains(&rest)
}

fn is_person_of_the_north(rest: &str) -> bool {
    let bare = rest.strip_prefix(['a', 'e', 's']);
    [Some(rest), bare]
        .into_iter()
        .flatten()
        .any(|rest| PEOPLE_OF_THE_NORTH.contains(&rest))
}

/// What may be left of a name before such an ending.
pub(super) fn stems(name: &str) -> Vec<String> {
    let mut bare = vec![name, without_end_vowels(name)];
    bare.extend(name.strip_suffix(|c| "aeiouy".contains(c)));
    for end in ["s", "es", "is", "en", "an", "n", "et"] {
        bare.extend(name.strip_suffix(end));
    }
    let mut stems: Vec<String> = bare.iter().flat_map(|stem| spelled_for_vowel(stem)).collect();
    stems.retain(|stem| stem.chars().count() >= NORDIC_STEM_CHARS_MIN);
    stems.sort();
    stems.dedup();
    stems
}

/// How a stem is written before a vowel: `Lorca` - `lorqu-`, `Malaga` - `malagu-`, `Lucca` - `lucch-`,
/// `Amsterdam` - `amsterdamm-`.
fn spelled_for_vowel(stem: &str) -> Vec<String> {
    let mut out = vec![stem.to_owned()];
    match stem.chars().next_back() {
        Some('c') => {
            out.push(format!("{}qu", &stem[..stem.len() - 1]));
            out.push(format!("{stem}h"));
        }
        Some('g') => {
            out.push(format!("{stem}u"));
            out.push(format!("{stem}h"));
        }
        _ => {}
    }
    let last = stem.chars().next_back();
    out.extend(
        last.filter(|c| "lmnprst".contains(*c))
            .map(|c| format!("{stem}{c}")),
    );
    if let Some(start) = stem.strip_suffix("el") {
        out.push(format!("{start}l"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjectives_and_people_of_a_place_are_known() {
        for (name, word) in [
            ("minneapolis", "minneapolitans"),
            ("toronto", "torontonian"),
            ("sydney", "sydneysiders"),
            ("winnenden", "winnender"),
            ("wendlingen", "wendlingerinnen"),
            ("dresden", "dresdner"),
            ("hannover", "hannoveraner"),
            ("kassel", "kassler"),
            ("bastia", "bastiaises"),
            ("toulouse", "toulousaines"),
            ("lyon", "lyonnais"),
            ("pamplona", "pamplonesas"),
            ("lorca", "lorquinos"),
            ("malaga", "malaguenas"),
            ("lucca", "lucchesi"),
            ("bergamo", "bergamaschi"),
            ("leiden", "leidenaren"),
            ("rotterdam", "rotterdammers"),
            ("trollhattan", "trollhattebor"),
            ("umea", "umeborna"),
            ("lund", "lundaborna"),
            ("nyborg", "nyborgensernes"),
            ("harstad", "harstadvaeringer"),
        ] {
            assert!(stem_chars(name, word).is_some(), "{word} of {name}");
        }
    }

    #[test]
    fn other_words_are_made_from_no_place() {
        for (name, word) in [
            ("siegen", "sieger"),
            ("singen", "singer"),
            ("lund", "lunch"),
            ("bastia", "basta"),
            ("como", "comoda"),
            ("genova", "genomar"),
            ("houston", "house"),
        ] {
            assert!(stem_chars(name, word).is_none(), "{word} of {name}");
        }
    }
}
