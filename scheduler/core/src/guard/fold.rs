//! Folding: the same word written in several ways becomes one, and every folded word knows the bytes it came from.
//!
//! Compatibility forms, case, accents, zero-width characters and letters that are spaced out are folded away. What
//! makes another letter to its readers stays: й, ї, the voiced marks of kana.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Letters in a row that stand alone before they count as one word spaced out.
const SPACED_LETTERS_MIN: usize = 3;
/// Longer words are cut for comparing; no vocabulary has any.
const WORD_CHARS_MAX: usize = 60;

/// A word of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The folded word.
    pub word: String,
    /// Its bytes in the original.
    pub span: (usize, usize),
    /// The word begins with a capital, or is in a script that has none.
    pub capital: bool,
    /// It stands in a hashtag.
    pub hashtag: bool,
}

/// A text, folded and cut into words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoldedText {
    /// The words in order; a hashtag in camel case gives its parts.
    pub words: Vec<Token>,
    /// More readings of the same letters: hashtags as a whole, words that were spaced out; and pictures.
    pub extras: Vec<Token>,
    /// The whole text folded, for scripts without spaces.
    pub plain: String,
    /// For each byte of `plain` the bytes in the original.
    origin: Vec<(usize, usize)>,
}

impl FoldedText {
    /// Folds a text.
    pub fn new(text: &str) -> FoldedText {
        let mut out = FoldedText::default();
        for (start, cluster) in text.grapheme_indices(true) {
            let folded = fold(cluster);
            out.origin
                .extend(folded.bytes().map(|_| (start, start + cluster.len())));
            out.plain.push_str(&folded);
        }
        out.cut_into_words(text);
        out.join_spaced_letters();
        out
    }

    /// The bytes of the original that a range of `plain` came from.
    pub fn span(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.origin.get(start).map_or(0, |o| o.0);
        let last = self.origin.get(end.saturating_sub(1)).map_or(first, |o| o.1);
        (first, last)
    }

    fn cut_into_words(&mut self, text: &str) {
        let mut hashtag = false;
        let mut run: Vec<(usize, &str)> = Vec::new();
        for (start, cluster) in text.grapheme_indices(true) {
            if is_wordlike(cluster) {
                let other_script = run
                    .last()
                    .is_some_and(|(_, before)| is_spaceless(before) != is_spaceless(cluster));
                if other_script {
                    self.add_run(&run, hashtag);
                    run.clear();
                }
                run.push((start, cluster));
                continue;
            }
            if is_invisible(cluster) {
                continue;
            }
            self.add_run(&run, hashtag);
            run.clear();
            hashtag = matches!(cluster, "#" | "＃");
            self.add_pictures(start, cluster);
        }
        self.add_run(&run, hashtag);
    }

    fn add_run(&mut self, run: &[(usize, &str)], hashtag: bool) {
        if run.is_empty() {
            return;
        }
        let parts = if hashtag { camel_parts(run) } else { vec![run] };
        if parts.len() > 1 {
            self.extras.extend(token(run, hashtag));
        }
        for part in parts {
            self.words.extend(token(part, hashtag));
        }
    }

    /// Each picture is a word of its own, without its colour of skin.
    fn add_pictures(&mut self, start: usize, cluster: &str) {
        let pictures = cluster.chars().filter(|c| is_picture(*c));
        self.extras.extend(pictures.map(|c| Token {
            word: c.to_string(),
            span: (start, start + cluster.len()),
            capital: false,
            hashtag: false,
        }));
    }

    /// `s h o o t` gives the extra word `shoot`, also when `I` or `a` stands before it; `P R I C E  W A R` gives both
    /// words.
    fn join_spaced_letters(&mut self) {
        let mut joined = Vec::new();
        for run in self.words.chunk_by(|a, b| is_single(a) && is_single(b)) {
            let narrowest = run.windows(2).map(|pair| gap(&pair[0], &pair[1])).min();
            let words = run.chunk_by(|a, b| Some(gap(a, b)) == narrowest);
            for letters in words.filter(|word| word.len() < run.len()).chain([run]) {
                for skip in 0..=1 {
                    joined.extend(joined_letters(letters.get(skip..).unwrap_or_default()));
                }
            }
        }
        self.extras.extend(joined);
    }
}

fn joined_letters(letters: &[Token]) -> Option<Token> {
    (letters.len() >= SPACED_LETTERS_MIN).then(|| join(letters))
}

/// The bytes between two words.
fn gap(before: &Token, after: &Token) -> usize {
    after.span.0.saturating_sub(before.span.1)
}

/// Tokens side by side as one word.
pub fn join(tokens: &[Token]) -> Token {
    let word: String = tokens.iter().map(|t| t.word.as_str()).collect();
    Token {
        word: word.chars().take(WORD_CHARS_MAX).collect(),
        span: (
            tokens.first().map_or(0, |t| t.span.0),
            tokens.last().map_or(0, |t| t.span.1),
        ),
        capital: tokens.first().is_some_and(|t| t.capital),
        hashtag: tokens.iter().all(|t| t.hashtag),
    }
}

/// A word or a whole text, folded: compatibility forms, lower case, without accents.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase().replace('`', "'");
    }
    let lower: String = text.nfkc().flat_map(lower_case).collect();
    let mut bare = String::with_capacity(lower.len());
    let mut base = ' ';
    for c in lower.nfd() {
        if is_accent(c) {
            let other_letter = matches!((base, c), ('и' | 'у', '\u{306}') | ('і', '\u{308}'));
            if other_letter {
                bare.push(c);
            }
            continue;
        }
        base = c;
        if !is_hidden(c) {
            bare.push(c);
        }
    }
    let mut out = String::with_capacity(bare.len());
    bare.nfc().for_each(|c| push_plain(&mut out, c));
    out
}

fn lower_case(c: char) -> impl Iterator<Item = char> {
    // The dotted capital I of Turkish would leave a stray dot.
    let c = if c == 'İ' { 'i' } else { c };
    c.to_lowercase()
}

/// Letters that readers take for a plain one, without a decomposition in Unicode.
fn push_plain(out: &mut String, c: char) {
    match c {
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        'ø' => out.push('o'),
        'ł' => out.push('l'),
        'đ' | 'ð' => out.push('d'),
        'ı' => out.push('i'),
        'ς' => out.push('σ'),
        '’' | '‘' | 'ʼ' | '`' | '´' => out.push('\''),
        c => out.push(c),
    }
}

/// Georgian letters count as lower case in Unicode, but its readers know no capitals.
fn is_georgian(c: char) -> bool {
    ('\u{10d0}'..='\u{10ff}').contains(&c)
}

fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Characters that leave no trace on the screen.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

fn is_invisible(cluster: &str) -> bool {
    cluster.chars().all(|c| is_hidden(c) || is_combining_mark(c))
}

fn is_wordlike(cluster: &str) -> bool {
    cluster.chars().any(char::is_alphanumeric)
}

fn is_picture(c: char) -> bool {
    let tints = '\u{1f3fb}'..='\u{1f3ff}';
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
        && !tints.contains(&c)
}

fn is_single(token: &Token) -> bool {
    let mut chars = token.word.chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none() && !is_spaceless(&token.word)
}

/// True for scripts that are written without spaces between words, or, as Korean, with endings that hang on to
/// any word.
pub fn is_spaceless(word: &str) -> bool {
    word.chars().any(|c| {
        matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}'
            | '\u{1780}'..='\u{17ff}' | '\u{ac00}'..='\u{d7af}' | '\u{3005}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}')
    })
}

fn token(run: &[(usize, &str)], hashtag: bool) -> Option<Token> {
    let (first, last) = (run.first()?, run.last()?);
    let original: String = run.iter().map(|(_, c)| *c).collect();
    let word: String = fold(&original).chars().take(WORD_CHARS_MAX).collect();
    let capital = original
        .chars()
        .find(|c| c.is_alphabetic())
        .is_none_or(|c| !c.is_lowercase() || is_georgian(c));
    (!word.is_empty()).then_some(Token {
        word,
        span: (first.0, last.0 + last.1.len()),
        capital,
        hashtag,
    })
}

/// The parts of a run in camel case: `WhyIStayed`, `RIPPrince`, `Aurora2012`.
fn camel_parts<'a, 't>(run: &'a [(usize, &'t str)]) -> Vec<&'a [(usize, &'t str)]> {
    let kinds: Vec<Letter> = run.iter().map(|(_, c)| Letter::of(c)).collect();
    let mut parts = Vec::new();
    let mut start = 0;
    for i in 1..run.len() {
        let next_is_lower = kinds.get(i + 1) == Some(&Letter::Lower);
        let cut = match (kinds[i - 1], kinds[i]) {
            (Letter::Lower, Letter::Upper) => true,
            (Letter::Upper, Letter::Upper) => next_is_lower,
            (Letter::Digit, Letter::Digit) => false,
            (Letter::Digit, _) | (_, Letter::Digit) => true,
            _ => false,
        };
        if cut {
            parts.push(&run[start..i]);
            start = i;
        }
    }
    parts.push(&run[start..]);
    parts
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letter {
    Upper,
    Lower,
    Digit,
}

impl Letter {
    fn of(cluster: &str) -> Letter {
        match cluster.chars().next() {
            Some(c) if c.is_numeric() => Letter::Digit,
            Some(c) if c.is_uppercase() => Letter::Upper,
            _ => Letter::Lower,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        FoldedText::new(text).words.into_iter().map(|t| t.word).collect()
    }

    fn extras(text: &str) -> Vec<String> {
        FoldedText::new(text).extras.into_iter().map(|t| t.word).collect()
    }

    #[test]
    fn spellings_of_one_word_are_one() {
        for (text, folded) in [
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("Düsseldorf", "dusseldorf"),
            ("Utøya", "utoya"),
            ("Ёлка", "елка"),
            ("Йога", "йога"),
            ("Київ", "київ"),
            ("Ｓｈｏｏｔ", "shoot"),
            ("sho\u{200b}ot", "shoot"),
            ("sho\u{ad}ot", "shoot"),
            ("İstanbul", "istanbul"),
            ("Diyarbakır", "diyarbakir"),
            ("爆弾が", "爆弾が"),
            ("ﬁre", "fire"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn words_are_cut_at_everything_that_is_no_letter_or_digit() {
        assert_eq!(words("Don't 9/11 $9.11"), ["don", "t", "9", "11", "9", "11"]);
        assert_eq!(words("sho\u{200b}ot!"), ["shoot"]);
    }

    #[test]
    fn hashtags_give_their_parts_and_stay_whole() {
        assert_eq!(words("#WhyIStayed"), ["why", "i", "stayed"]);
        assert_eq!(extras("#WhyIStayed"), ["whyistayed"]);
        assert_eq!(words("#RIPPrince #Jan25"), ["rip", "prince", "jan", "25"]);
        assert_eq!(words("WhyIStayed"), ["whyistayed"]);
    }

    #[test]
    fn letters_that_are_spaced_out_join() {
        assert!(extras("We s h o o t now").contains(&"shoot".to_owned()));
        assert!(extras("I s-h-o-o-t").contains(&"shoot".to_owned()));
        let two = extras("a P R I C E  W A R on all");
        assert!(
            ["price", "war"]
                .iter()
                .all(|word| two.contains(&(*word).to_owned())),
            "{two:?}"
        );
        assert!(extras("a b").is_empty());
    }

    #[test]
    fn pictures_are_words_of_their_own() {
        assert_eq!(extras("Hot \u{1f525}\u{fe0f} deals"), ["\u{1f525}"]);
        assert_eq!(extras("\u{1f44d}\u{1f3fd}"), ["\u{1f44d}"]);
        assert_eq!(
            extras("\u{2764}\u{fe0f}\u{200d}\u{1f525}"),
            ["\u{2764}", "\u{1f525}"]
        );
    }

    #[test]
    fn spans_point_into_the_original() {
        let text = "Große Ｂombe";
        let folded = FoldedText::new(text);
        let (start, end) = folded.words[1].span;
        assert_eq!(&text[start..end], "Ｂombe");
        assert!(folded.words[1].capital);
    }

    proptest! {
        #[test]
        fn any_text_folds_and_its_spans_lie_on_letters(text in "\\PC{0,60}") {
            let folded = FoldedText::new(&text);
            for token in folded.words.iter().chain(&folded.extras) {
                prop_assert!(text.get(token.span.0..token.span.1).is_some());
            }
        }
    }
}
