//! One secret, in all the forms in which a server may repeat it, and a text without any of them.
//!
//! A secret is looked for as it is, in base64 at every alignment (both alphabets, with and without padding, so also
//! inside a Basic header), and in hexadecimal. The text is looked through as it is, and with its percent signs, its
//! backslashes and its `&amp;`s undone, up to three times over. Upper and lower case count as the same. Of a long
//! secret a piece is enough, because texts of servers are cut.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::plain::Plain;

/// What stands in place of a secret.
pub const MARK: &str = "[secret]";

/// Shorter secrets are not looked for: what is so short stands in innocent words too.
pub const SECRET_BYTES_MIN: usize = 8;

/// Of a longer secret a piece of this length is taken out too.
pub const PIECE_BYTES_MIN: usize = 12;

/// Base64 of [`PIECE_BYTES_MIN`] bytes.
const PIECE_BASE64_MIN: usize = PIECE_BYTES_MIN / 3 * 4;

/// Letters of base64 beside a secret that have bits of it too.
const BASE64_MARGIN: usize = 3;

/// How many codings may be wrapped around each other.
const CODINGS_MAX: usize = 3;

/// One way to write a secret.
struct Form {
    letters: Vec<u8>,
    /// How much of it must be met.
    piece: usize,
    /// Where pieces begin, in the order of their letters.
    starts: Vec<usize>,
    is_base64: bool,
}

impl Form {
    fn new(letters: &[u8], piece_min: usize, is_base64: bool) -> Form {
        let letters: Vec<u8> = letters.iter().copied().map(folded).collect();
        // One that is only a little longer is met as a whole or not at all: its pieces could be ordinary words.
        let short = letters.len() < piece_min + piece_min / 3;
        let piece = if short { letters.len() } else { piece_min };
        let mut starts: Vec<usize> = (0..=letters.len() - piece).collect();
        starts.sort_unstable_by_key(|&start| &letters[start..start + piece]);
        Form {
            starts,
            piece,
            letters,
            is_base64,
        }
    }

    fn begins(&self, text: &[u8]) -> bool {
        let Some(text) = text.get(..self.piece) else {
            return false;
        };
        let piece = |&start: &usize| self.letters[start..start + self.piece].cmp(text);
        self.starts.binary_search_by(piece).is_ok()
    }
}

/// One secret, ready to be looked for. It is not printed.
pub(super) struct Needle {
    forms: Vec<Form>,
}

impl Needle {
    /// Makes a secret ready; none when it is too short to be told from innocent words.
    pub(super) fn new(secret: &[u8]) -> Option<Needle> {
        if secret.len() < SECRET_BYTES_MIN {
            return None;
        }
        let mut forms = vec![
            Form::new(secret, PIECE_BYTES_MIN, false),
            Form::new(&hexadecimal(secret), 2 * PIECE_BYTES_MIN, false),
        ];
        forms.extend((0..3).map(|before| Form::new(&base64(secret, before), PIECE_BASE64_MIN, true)));
        Some(Needle { forms })
    }

    /// The bytes of a text that have the secret in them.
    fn spans(&self, text: &Plain, original: &[u8], found: &mut Vec<(usize, usize)>) {
        for at in 0..text.letters.len() {
            for form in self.forms.iter().filter(|form| form.begins(&text.letters[at..])) {
                let span = text.span(at, at + form.piece);
                found.push(if form.is_base64 {
                    widened(original, span)
                } else {
                    span
                });
            }
        }
    }
}

/// A text in which [`MARK`] stands in place of every secret; none when there is none in it.
pub(super) fn concealed<'a>(text: &str, needles: impl Iterator<Item = &'a Needle> + Clone) -> Option<String> {
    let mut found = Vec::new();
    let mut plains = vec![Plain::of(text)];
    for _ in 0..=CODINGS_MAX {
        let coded: Vec<Plain> = plains.iter().flat_map(Plain::decoded).collect();
        for mut plain in std::mem::replace(&mut plains, coded) {
            plain
                .letters
                .iter_mut()
                .for_each(|letter| *letter = folded(*letter));
            needles
                .clone()
                .for_each(|needle| needle.spans(&plain, text.as_bytes(), &mut found));
        }
    }
    (!found.is_empty()).then(|| without(text, found))
}

fn without(text: &str, mut found: Vec<(usize, usize)>) -> String {
    found.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut end = None;
    for (from, until) in found {
        let (from, until) = (text.floor_char_boundary(from), text.ceil_char_boundary(until));
        if end.is_none_or(|end| from > end) {
            out.push_str(&text[end.unwrap_or_default()..from]);
            out.push_str(MARK);
        }
        end = end.max(Some(until));
    }
    out.push_str(&text[end.unwrap_or_default()..]);
    out
}

/// Upper and lower case, and the two alphabets of base64, made one. A space may have been a plus sign.
fn folded(letter: u8) -> u8 {
    match letter {
        b'-' | b' ' => b'+',
        b'_' => b'/',
        letter => letter.to_ascii_lowercase(),
    }
}

fn hexadecimal(secret: &[u8]) -> Vec<u8> {
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]);
    secret.iter().flat_map(digits).collect()
}

/// The letters of base64 that a secret has to itself when so many bytes stand before it.
fn base64(secret: &[u8], before: usize) -> Vec<u8> {
    let bytes = [&[0; 3][..before], secret].concat();
    let letters = STANDARD_NO_PAD.encode(&bytes).into_bytes();
    let first = (before * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    letters[first..last].to_vec()
}

fn widened(text: &[u8], (from, until): (usize, usize)) -> (usize, usize) {
    let is_base64 = |at: usize| {
        text.get(at)
            .is_some_and(|c| c.is_ascii_alphanumeric() || b"+/-_".contains(c))
    };
    let left = (1..=BASE64_MARGIN.min(from)).take_while(|by| is_base64(from - by));
    let right = (0..BASE64_MARGIN).take_while(|by| is_base64(until + by));
    let mut end = until + right.count();
    while text.get(end) == Some(&b'=') {
        end += 1;
    }
    (from - left.count(), end)
}

#[cfg(test)]
mod tests;
