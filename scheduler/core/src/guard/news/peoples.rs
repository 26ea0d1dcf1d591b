//! What is made from the name of a place by rules: its adjective and its people, and the cases in which the name itself
//! changes. `пермских` of `Пермь`, `gdańszczan` of `Gdańsk`, `თბილისელი` of `თბილისი`; `Lądka` of `Lądek`, `Харкова` of
//! `Харків`.
//!
//! All words are folded. What the rules do not give, such as `нижегородский`, stands in `words/places.txt`.

use super::inflect::Speech;

/// Less is left of no name.
const STEM_CHARS_MIN: usize = 3;
/// People are only made from a name of which so much is left.
const PEOPLE_STEM_CHARS_MIN: usize = 4;

const CYRILLIC_VOWELS: &str = "аеиоуыэюяіїєьй";
const LATIN_VOWELS: &str = "aeiouy";

/// What stands between a name and the `ск` of its adjective: `ялтинский`, `орловский`.
const BEFORE_SK: [&str; 11] = ["", "ь", "ов", "ев", "єв", "ин", "ін", "ен", "ан", "ян", "им"];
/// The last letter of a name, and what it becomes together with the `ск`: `рижский`, `ризький`, `елецкий`.
const WITH_SK: [(char, &[&str]); 11] = [
    ('г', &["жск", "зьк"]),
    ('ж', &["жск", "зьк"]),
    ('з', &["зьк"]),
    ('к', &["цк", "цьк", "ск", "ськ"]),
    ('ц', &["цк", "цьк"]),
    ('ч', &["цк", "цьк"]),
    ('с', &["ськ", "ск"]),
    ('ш', &["ськ"]),
    ('х', &["ськ"]),
    ('т', &["тск", "цьк"]),
    ('д', &["дск"]),
];
/// Behind a name: its people.
const PEOPLE: [&str; 16] = [
    "чан", "ян", "лян", "ит", "ич", "як", "ячк", "ц", "ец", "инц", "инец", "овц", "овец", "евц", "анц",
    "анец",
];
/// Of these, what is clear behind a short name, too: `ялтинцы`.
const CLEAR_PEOPLE: [&str; 6] = ["чан", "инц", "инец", "овц", "овец", "евц"];

/// The same for Polish: `łódzki`, `nyski`, `kłodzki`, `elbląski`.
const BEFORE_POLISH_SK: [&str; 7] = ["", "ow", "ew", "in", "ian", "an", "ij"];
const WITH_POLISH_SK: [(char, &[&str]); 9] = [
    ('s', &["sk"]),
    ('z', &["sk", "zk"]),
    ('g', &["sk"]),
    ('h', &["sk"]),
    ('k', &["sk", "ck"]),
    ('c', &["ck", "eck"]),
    ('t', &["ck"]),
    ('d', &["dzk"]),
    ('l', &["lsk"]),
];
const POLISH_PEOPLE: [&str; 10] = [
    "ian", "an", "jan", "owian", "czan", "szczan", "iak", "ak", "owiak", "iank",
];

/// What Georgian puts behind a place: things from there, and people.
const GEORGIAN: [&str; 4] = ["ულ", "ურ", "ელ", "ველ"];
const GEORGIAN_ENDING_CHARS_MAX: usize = 6;

/// True when the word is the adjective of this place, or its people, in any form.
pub(super) fn is_made_from(name: &str, word: &str, speech: Speech) -> bool {
    match family(name, speech) {
        Some(Family::Cyrillic) => is_cyrillic_adjective(name, word) || is_cyrillic_people(name, word),
        Some(Family::Polish) => is_polish_adjective(name, word) || is_polish_people(name, word),
        Some(Family::Georgian) => is_georgian(name, word),
        None => false,
    }
}

/// True when the word is a case of this name in which the end of the name itself changes.
pub(super) fn is_case_of(name: &str, word: &str, speech: Speech) -> bool {
    let changed = match family(name, speech) {
        Some(Family::Cyrillic) => cyrillic_changes(name),
        Some(Family::Polish) => polish_changes(name),
        _ => return false,
    };
    changed.iter().any(|stem| {
        let rest = word.strip_prefix(stem.as_str());
        stem.chars().count() >= 2 && rest.is_some_and(|rest| is_vowel_ending(rest, 3))
    })
}

/// True when both have the same root, for the words inside a name of several: `Нижнего` of `Нижний`.
pub(super) fn has_root_of(name: &str, word: &str, speech: Speech) -> bool {
    let Some(family) = family(name, speech) else {
        return false;
    };
    let root = match family {
        Family::Polish => root(name, LATIN_VOWELS),
        _ => root(name, CYRILLIC_VOWELS),
    };
    let rest = word.strip_prefix(root).map(|rest| rest.chars().count());
    rest.is_some_and(|rest| rest <= 4) || is_case_of(name, word, speech)
}

/// The languages that make such words alike.
#[derive(Clone, Copy)]
enum Family {
    Cyrillic,
    Polish,
    Georgian,
}

fn family(name: &str, speech: Speech) -> Option<Family> {
    match Speech::of_script(name) {
        Some(Speech::Russian | Speech::Ukrainian) => Some(Family::Cyrillic),
        Some(Speech::Georgian) => Some(Family::Georgian),
        None if speech == Speech::Polish => Some(Family::Polish),
        _ => None,
    }
}

/// The name without the vowels at its end, at most two.
fn root<'a>(name: &'a str, vowels: &str) -> &'a str {
    let mut root = name;
    for _ in 0..2 {
        let shorter = root.strip_suffix(|c| vowels.contains(c)).unwrap_or(root);
        if shorter.chars().count() >= STEM_CHARS_MIN {
            root = shorter;
        }
    }
    root
}

/// A stem and its last letter apart.
fn apart(stem: &str) -> Option<(&str, char)> {
    let last = stem.chars().next_back()?;
    Some((stem.strip_suffix(last)?, last))
}

/// An ending that begins with a vowel.
fn is_vowel_ending(rest: &str, chars_max: usize) -> bool {
    let vowel = rest
        .chars()
        .next()
        .is_some_and(|c| CYRILLIC_VOWELS.contains(c) || LATIN_VOWELS.contains(c));
    vowel && rest.chars().count() <= chars_max
}

/// True when the word is one of these beginnings with an ending.
fn grows_from(word: &str, beginnings: &[String], chars_max: usize) -> bool {
    beginnings.iter().any(|beginning| {
        word.strip_prefix(beginning.as_str())
            .is_some_and(|rest| is_vowel_ending(rest, chars_max))
    })
}

/// The beginnings of adjectives: what may stand before the `sk`, and what the last letter becomes with it.
fn adjectives(stem: &str, before: &[&str], sk: &[&str], with: &[(char, &[&str])]) -> Vec<String> {
    let mut out: Vec<String> = before
        .iter()
        .flat_map(|before| sk.iter().map(move |sk| format!("{stem}{before}{sk}")))
        .collect();
    if let Some((rest, last)) = apart(stem) {
        let changes = with.iter().filter(|(letter, _)| *letter == last);
        out.extend(changes.flat_map(|(_, to)| to.iter().map(|to| format!("{rest}{to}"))));
    }
    out
}

fn is_cyrillic_adjective(name: &str, word: &str) -> bool {
    let stem = root(name, CYRILLIC_VOWELS);
    let stems = cyrillic_changes(name).into_iter().chain([stem.to_owned()]);
    let of = |stem: String| adjectives(&stem, &BEFORE_SK, &["ск", "ськ"], &WITH_SK);
    let mut beginnings: Vec<String> = stems.flat_map(of).collect();
    // `Омск`, `Луцьк` and `Донецк` have it already.
    if ["ск", "цк", "ськ", "цьк", "зьк"]
        .iter()
        .any(|sk| stem.ends_with(sk))
    {
        beginnings.push(stem.to_owned());
    }
    grows_from(word, &beginnings, 3)
}

fn is_cyrillic_people(name: &str, word: &str) -> bool {
    let stem = root(name, CYRILLIC_VOWELS);
    let bare = ["ськ", "цьк", "ск", "цк"]
        .iter()
        .find_map(|sk| stem.strip_suffix(sk));
    [Some(stem), bare].into_iter().flatten().any(|stem| {
        let long = stem.chars().count() >= PEOPLE_STEM_CHARS_MIN;
        let people = if long { &PEOPLE[..] } else { &CLEAR_PEOPLE[..] };
        let rest = word.strip_prefix(stem);
        stem.chars().count() >= STEM_CHARS_MIN && rest.is_some_and(|rest| is_people(rest, people))
    })
}

/// One of these endings with a case behind it, or with the `к` of women.
fn is_people(rest: &str, people: &[&str]) -> bool {
    people.iter().any(|people| {
        let ending = rest.strip_prefix(people);
        ending.is_some_and(|e| e.is_empty() || is_vowel_ending(e, 4) || is_of_women(e))
    })
}

fn is_of_women(ending: &str) -> bool {
    ending.starts_with(['к', 'k']) && ending.chars().count() <= 4
}

/// `Харків` - `Харков-`, `Ріг` - `Рог-`, `Елец` - `Ельц-`, `Прага` - `Праз-`.
fn cyrillic_changes(name: &str) -> Vec<String> {
    let stem = root(name, CYRILLIC_VOWELS);
    let mut out = opened(stem);
    let mut stems = vec![name.to_owned(), stem.to_owned()];
    stems.extend(out.iter().cloned());
    for (from, to) in [
        ("ець", "ц"),
        ("ець", "ьц"),
        ("ец", "ц"),
        ("ец", "ьц"),
        ("єць", "йц"),
        ("ок", "к"),
        ("ек", "к"),
        ("ел", "л"),
        ("аг", "аз"),
        ("иг", "из"),
        ("ог", "оз"),
        ("к", "ц"),
        ("г", "з"),
        ("х", "с"),
    ] {
        let starts = stems.iter().filter_map(|name| name.strip_suffix(from));
        out.extend(starts.map(|start| format!("{start}{to}")));
    }
    out
}

/// The closed last syllable of Ukrainian with the vowel that it has when it opens.
fn opened(stem: &str) -> Vec<String> {
    let Some((start, last)) = apart(stem) else {
        return Vec::new();
    };
    let Some((start, vowel)) = apart(start) else {
        return Vec::new();
    };
    let open: &[&str] = match vowel {
        'і' => &["о", "е"],
        'ї' => &["є"],
        _ => &[],
    };
    open.iter().map(|open| format!("{start}{open}{last}")).collect()
}

fn is_polish_adjective(name: &str, word: &str) -> bool {
    let stem = root(name, LATIN_VOWELS);
    let mut beginnings = adjectives(stem, &BEFORE_POLISH_SK, &["sk"], &WITH_POLISH_SK);
    if stem.ends_with(['c', 'z']) {
        beginnings.push(format!("{stem}k"));
    }
    if let Some(start) = stem.strip_suffix("ek") {
        beginnings.push(format!("{start}eck"));
    }
    if ["sk", "ck", "zk"].iter().any(|sk| stem.ends_with(sk)) {
        beginnings.push(stem.to_owned());
    }
    grows_from(word, &beginnings, 4)
}

fn is_polish_people(name: &str, word: &str) -> bool {
    let stem = root(name, LATIN_VOWELS);
    let endings = ["sk", "zk", "ck", "k", "c"];
    let mut bare = endings.iter().filter_map(|sk| stem.strip_suffix(sk));
    let of = |stem: &str, people: &[&str]| {
        let rest = word.strip_prefix(stem);
        stem.chars().count() >= STEM_CHARS_MIN && rest.is_some_and(|rest| is_people(rest, people))
    };
    (stem.chars().count() >= PEOPLE_STEM_CHARS_MIN && of(stem, &POLISH_PEOPLE))
        || bare.any(|stem| of(stem, &["czan", "szczan"]))
}

/// `Lądek` - `Lądk-`, `Mielec` - `Mielc-`, `Sopot` - `Sopoc-`, `Stargard` - `Stargardz-`, `Praga` - `Pradz-`.
fn polish_changes(name: &str) -> Vec<String> {
    let stem = root(name, LATIN_VOWELS);
    let mut out = Vec::new();
    for (from, to) in [
        ("ek", "k"),
        ("iec", "c"),
        ("ec", "c"),
        ("t", "c"),
        ("d", "dz"),
        ("r", "rz"),
        ("k", "c"),
        ("g", "dz"),
        ("ch", "sz"),
    ] {
        out.extend(stem.strip_suffix(from).map(|start| format!("{start}{to}")));
    }
    out
}

fn is_georgian(name: &str, word: &str) -> bool {
    let stem = name.strip_suffix(['ა', 'ი', 'ე', 'ო', 'უ']).unwrap_or(name);
    let Some(rest) = word.strip_prefix(stem) else {
        return false;
    };
    let made = GEORGIAN.iter().any(|ending| rest.starts_with(ending));
    made && stem.chars().count() >= STEM_CHARS_MIN && rest.chars().count() <= GEORGIAN_ENDING_CHARS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjectives_and_people_of_a_place_are_known() {
        for (name, word) in [
            ("пермь", "пермских"),
            ("пермь", "пермяков"),
            ("тула", "тульские"),
            ("орск", "орскому"),
            ("рига", "рижские"),
            ("рига", "ризький"),
            ("калуга", "калужская"),
            ("елец", "елецкого"),
            ("ялта", "ялтинцам"),
            ("орел", "орловский"),
            ("кемерово", "кемеровчанам"),
            ("каховка", "каховських"),
            ("одеса", "одеськими"),
            ("луцьк", "луцька"),
            ("вінниця", "вінницькою"),
            ("суми", "сумський"),
            ("одеса", "одеситам"),
            ("тула", "тульское"),
            ("чита", "читинской"),
            ("запоріжжя", "запоріжжям"),
        ] {
            let speech = Speech::Russian;
            let is = is_made_from(name, word, speech) || has_root_of(name, word, speech);
            assert!(is, "{word} of {name}");
        }
        for (name, word) in [
            ("gdansk", "gdanszczanom"),
            ("gdansk", "gdanskiego"),
            ("nysa", "nyskie"),
            ("klodzko", "klodzkiej"),
            ("elblag", "elblaskim"),
            ("lodz", "lodzkich"),
            ("lodz", "lodzianie"),
            ("plock", "plocczanie"),
            ("katowice", "katowiczanom"),
            ("katowice", "katowickie"),
            ("siedlce", "siedleckiego"),
            ("krakow", "krakowianka"),
            ("stargard", "stargardzki"),
            ("warszawa", "warszawiakow"),
            ("szczekociny", "szczekocinska"),
        ] {
            assert!(is_made_from(name, word, Speech::Polish), "{word} of {name}");
        }
        for (name, word) in [
            ("თბილისი", "თბილისელებო"),
            ("რაჭა", "რაჭული"),
            ("რაჭა", "რაჭველები"),
            ("გორი", "გორელი"),
        ] {
            assert!(is_made_from(name, word, Speech::Georgian), "{word} of {name}");
        }
    }

    #[test]
    fn a_name_may_change_at_its_end() {
        for (name, word, speech) in [
            ("харків", "харкова", Speech::Ukrainian),
            ("ріг", "розі", Speech::Ukrainian),
            ("ріг", "рогу", Speech::Ukrainian),
            ("елец", "ельца", Speech::Russian),
            ("каховка", "каховці", Speech::Ukrainian),
            ("прага", "празі", Speech::Ukrainian),
            ("ladek", "ladka", Speech::Polish),
            ("mielec", "mielca", Speech::Polish),
            ("sopot", "sopocie", Speech::Polish),
            ("орел", "орла", Speech::Russian),
        ] {
            assert!(is_case_of(name, word, speech), "{word} of {name}");
        }
    }

    #[test]
    fn other_words_are_made_from_no_place() {
        for (name, word, speech) in [
            ("пермь", "перманент", Speech::Russian),
            ("магнитогорск", "магниты", Speech::Russian),
            ("тула", "туловище", Speech::Russian),
            ("орел", "орех", Speech::Russian),
            ("суми", "сумка", Speech::Ukrainian),
            ("рим", "римейк", Speech::Russian),
            ("nysa", "nyski", Speech::English),
            ("lodz", "lodowka", Speech::Polish),
            ("თბილისი", "თბილი", Speech::Georgian),
            ("шові", "шов", Speech::Ukrainian),
        ] {
            let is = is_made_from(name, word, speech) || is_case_of(name, word, speech);
            assert!(!is, "{word} of {name}");
        }
    }
}
