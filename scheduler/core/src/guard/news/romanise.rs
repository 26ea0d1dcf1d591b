//! Korean and kana in Latin letters, so that `이태원` is known in `Itaewon` and `ヒロシマ` in `Hiroshima`.
//!
//! One character at a time. Han characters have no sound that can be told without a dictionary; such names stand in
//! `words/places.txt` and the gazetteer.

const SYLLABLES: std::ops::RangeInclusive<char> = '\u{ac00}'..='\u{d7a3}';
const VOWELS: u32 = 21;
const ENDS: u32 = 28;

const KOREAN_STARTS: [&str; 19] = [
    "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h",
];
const KOREAN_VOWELS: [&str; 21] = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi",
    "yu", "eu", "ui", "i",
];
const KOREAN_ENDS: [&str; 28] = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t",
    "ng", "t", "t", "k", "t", "p", "t",
];

const KANA: [(char, &str); 72] = [
    ('あ', "a"),
    ('い', "i"),
    ('う', "u"),
    ('え', "e"),
    ('お', "o"),
    ('か', "ka"),
    ('き', "ki"),
    ('く', "ku"),
    ('け', "ke"),
    ('こ', "ko"),
    ('が', "ga"),
    ('ぎ', "gi"),
    ('ぐ', "gu"),
    ('げ', "ge"),
    ('ご', "go"),
    ('さ', "sa"),
    ('し', "shi"),
    ('す', "su"),
    ('せ', "se"),
    ('そ', "so"),
    ('ざ', "za"),
    ('じ', "ji"),
    ('ず', "zu"),
    ('ぜ', "ze"),
    ('ぞ', "zo"),
    ('た', "ta"),
    ('ち', "chi"),
    ('つ', "tsu"),
    ('て', "te"),
    ('と', "to"),
    ('だ', "da"),
    ('ぢ', "ji"),
    ('づ', "zu"),
    ('で', "de"),
    ('ど', "do"),
    ('な', "na"),
    ('に', "ni"),
    ('ぬ', "nu"),
    ('ね', "ne"),
    ('の', "no"),
    ('は', "ha"),
    ('ひ', "hi"),
    ('ふ', "fu"),
    ('へ', "he"),
    ('ほ', "ho"),
    ('ば', "ba"),
    ('び', "bi"),
    ('ぶ', "bu"),
    ('べ', "be"),
    ('ぼ', "bo"),
    ('ぱ', "pa"),
    ('ぴ', "pi"),
    ('ぷ', "pu"),
    ('ぺ', "pe"),
    ('ぽ', "po"),
    ('ま', "ma"),
    ('み', "mi"),
    ('む', "mu"),
    ('め', "me"),
    ('も', "mo"),
    ('や', "ya"),
    ('ゆ', "yu"),
    ('よ', "yo"),
    ('わ', "wa"),
    ('を', "o"),
    ('ん', "n"),
    ('ら', "ra"),
    ('り', "ri"),
    ('る', "ru"),
    ('れ', "re"),
    ('ろ', "ro"),
    ('っ', ""),
];

/// A syllable of Korean, or a sign of kana, in Latin letters.
pub(super) fn romanised(c: char) -> Option<String> {
    if SYLLABLES.contains(&c) {
        return Some(korean(u32::from(c) - u32::from(*SYLLABLES.start())));
    }
    kana(c).map(str::to_owned)
}

fn korean(number: u32) -> String {
    let at = |list: &[&'static str], index: u32| {
        usize::try_from(index)
            .ok()
            .and_then(|i| list.get(i).copied())
            .unwrap_or_default()
    };
    [
        at(&KOREAN_STARTS, number / (VOWELS * ENDS)),
        at(&KOREAN_VOWELS, number / ENDS % VOWELS),
        at(&KOREAN_ENDS, number % ENDS),
    ]
    .concat()
}

/// Katakana are read as the hiragana that they stand beside; small signs that change the one before are left out.
fn kana(c: char) -> Option<&'static str> {
    let c = match c {
        '\u{30a1}'..='\u{30f6}' => char::from_u32(u32::from(c) - 0x60)?,
        'ー' => return Some(""),
        c => c,
    };
    KANA.iter().find(|(sign, _)| *sign == c).map(|(_, latin)| *latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_maps_write_them() {
        for (name, latin) in [
            ("이태원", "itaewon"),
            ("진도", "jindo"),
            ("무안", "muan"),
            ("ヒロシマ", "hiroshima"),
            ("くまもと", "kumamoto"),
        ] {
            let read: String = name.chars().filter_map(romanised).collect();
            assert_eq!(read, latin, "{name}");
        }
    }
}
