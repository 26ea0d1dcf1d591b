//! A text with its codings undone, which still knows where each byte came from.

/// A way to undo a coded character at the beginning of bytes: what it stands for, and how many bytes it takes.
type Decode = fn(&[u8]) -> Option<(Vec<u8>, usize)>;

/// Bytes, and for each the bytes of the original that it stands for.
pub(super) struct Plain {
    pub(super) letters: Vec<u8>,
    from: Vec<usize>,
    until: Vec<usize>,
}

impl Plain {
    /// A text as it is.
    pub(super) fn of(text: &str) -> Plain {
        Plain {
            letters: text.as_bytes().to_vec(),
            from: (0..text.len()).collect(),
            until: (1..=text.len()).collect(),
        }
    }

    /// Where the bytes `start..end` stand in the original.
    pub(super) fn span(&self, start: usize, end: usize) -> (usize, usize) {
        (self.from[start], self.until[end - 1])
    }

    /// The same with one coding undone, for each coding that there is.
    pub(super) fn decoded(&self) -> Vec<Plain> {
        let codings: [Decode; 3] = [percent, backslash, entity];
        codings
            .into_iter()
            .filter_map(|coding| self.undone(coding))
            .collect()
    }

    fn undone(&self, coding: Decode) -> Option<Plain> {
        let mut out = Plain {
            letters: Vec::with_capacity(self.letters.len()),
            from: Vec::new(),
            until: Vec::new(),
        };
        let mut at = 0;
        while let Some(&letter) = self.letters.get(at) {
            let (letters, taken) = coding(&self.letters[at..]).unwrap_or_else(|| (vec![letter], 1));
            for letter in letters {
                out.letters.push(letter);
                out.from.push(self.from[at]);
                out.until.push(self.until[at + taken - 1]);
            }
            at += taken;
        }
        (out.letters.len() != self.letters.len()).then_some(out)
    }
}

/// As in addresses.
fn percent(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let digits = bytes.strip_prefix(b"%")?.get(..2)?;
    Some((vec![u8::try_from(number(digits, 16)?).ok()?], 3))
}

/// As in JSON.
fn backslash(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    match bytes.strip_prefix(b"\\")? {
        [b'u', rest @ ..] => escaped(rest),
        [letter, ..] => Some((vec![control(*letter)?], 2)),
        [] => None,
    }
}

/// The letter behind a backslash in JSON.
fn control(letter: u8) -> Option<u8> {
    match letter {
        b'"' | b'\\' | b'/' | b'\'' => Some(letter),
        b'b' => Some(8),
        b'f' => Some(12),
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b't' => Some(b'\t'),
        _ => None,
    }
}

/// Four digits, or two times four for what UTF-16 writes as a pair.
fn escaped(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let high = number(rest.get(..4)?, 16)?;
    if let Some(c) = char::from_u32(high) {
        return Some((c.to_string().into_bytes(), 6));
    }
    let low = rest.get(4..10)?.strip_prefix(b"\\u")?;
    let pair = [high, number(low, 16)?].map(|half| u16::try_from(half).unwrap_or_default());
    let text = String::from_utf16(&pair).ok()?;
    Some((text.into_bytes(), 12))
}

/// As in HTML.
fn entity(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let rest = bytes.strip_prefix(b"&")?;
    let end = rest.iter().take(9).position(|&c| c == b';')?;
    let c = match &rest[..end] {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(number(digits, 16)?)?,
        [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
        _ => return None,
    };
    Some((c.to_string().into_bytes(), end + 2))
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let plain = digits.iter().all(u8::is_ascii_alphanumeric);
    let text = std::str::from_utf8(digits).ok().filter(|_| plain)?;
    u32::from_str_radix(text, radix).ok()
}
