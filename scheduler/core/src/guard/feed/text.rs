//! Bytes of any encoding become text in UTF-8; text with markup becomes plain.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};

use super::Refusal;

/// How far into the bytes a declaration of the encoding is looked for.
const DECLARATION_BYTES_MAX: usize = 512;

/// The text in UTF-8, without a byte-order mark. A mark decides, then what the server said, then what the file says.
///
/// # Errors
/// [`Refusal`] for an encoding that is not known, or bytes that it cannot be.
pub(super) fn decode(bytes: &[u8], content_type: Option<&str>) -> Result<String, Refusal> {
    if bytes.starts_with(&[0xff, 0xfe, 0, 0]) || bytes.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Err(Refusal::new("it is UTF-32, which nothing on the web may be"));
    }
    let (encoding, from) = match Encoding::for_bom(bytes) {
        Some((encoding, bom_bytes)) => (encoding, bom_bytes),
        None => (guessed(bytes, content_type)?, 0),
    };
    let rest = &bytes[from..];
    let (text, had_errors) = encoding.decode_without_bom_handling(rest);
    if had_errors {
        let at = encoding
            .decode_without_bom_handling_and_without_replacement(rest)
            .is_none()
            .then(|| text.find('\u{fffd}'))
            .flatten();
        return Err(Refusal {
            why: format!("its bytes are not {}, which it says it is", encoding.name()),
            at_byte: at,
        });
    }
    match text.find('\0') {
        Some(at) => Err(Refusal::at("it holds zero bytes: no feed does", at)),
        None => Ok(text.into_owned()),
    }
}

fn guessed(bytes: &[u8], content_type: Option<&str>) -> Result<&'static Encoding, Refusal> {
    // Without a mark, UTF-16 shows by where its zeros stand.
    match bytes {
        [0, b'<' | b'{', ..] => return Ok(UTF_16BE),
        [b'<' | b'{', 0, ..] => return Ok(UTF_16LE),
        _ => {}
    }
    let label = content_type
        .and_then(|t| labelled(&t.to_ascii_lowercase(), "charset="))
        .or_else(|| declared(bytes));
    let Some(label) = label else {
        return Ok(UTF_8);
    };
    let known = Encoding::for_label(label.as_bytes());
    let known = known.ok_or_else(|| Refusal::new(format!("its encoding '{label}' is not known")))?;
    // Whoever could read the declaration as letters did not read UTF-16.
    Ok(if known == UTF_16BE || known == UTF_16LE {
        UTF_8
    } else {
        known
    })
}

/// What the declaration of an XML file says: `<?xml version="1.0" encoding="...">`.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES_MAX)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let declaration = head.trim_start().strip_prefix("<?xml")?;
    let declaration = declaration.split_once("?>").map_or(declaration, |(d, _)| d);
    let after = declaration
        .split_once("encoding")?
        .1
        .trim_start()
        .strip_prefix('=')?;
    let value: String = after
        .trim_start()
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| !matches!(c, '"' | '\'') && !c.is_whitespace())
        .collect();
    (!value.is_empty()).then_some(value)
}

fn labelled(text: &str, before: &str) -> Option<String> {
    let value = text.split_once(before)?.1;
    let value = value.split(';').next()?.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}

/// The words of a text that may hold HTML, in one line.
pub(super) fn plain(text: &str) -> String {
    let mut words = String::new();
    for Ok(token) in Tokenizer::new_with_emitter(text, DefaultEmitter::<()>::default()) {
        match token {
            Token::String(bytes) => words.push_str(&String::from_utf8_lossy(&bytes)),
            // Markup around a word stands inside it, a line break between words.
            Token::StartTag(tag) if matches!(&**tag.name, b"br" | b"p" | b"div" | b"li") => words.push(' '),
            _ => {}
        }
    }
    one_line(&words)
}

/// White space of any kind becomes one space.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text; three dots say that there was more.
pub(super) fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(chars_max - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_mark_server_and_declaration() {
        let utf16: Vec<u8> = "\u{feff}<a>ü</a>"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xfc</a>".as_slice();
        let unmarked: Vec<u8> = "<a>ü</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, server) in [
            (utf16.as_slice(), None),
            (latin, None),
            (unmarked.as_slice(), None),
            (b"<a>\xfc</a>".as_slice(), Some("text/xml; charset=windows-1252")),
            ("\u{feff}<a>ü</a>".as_bytes(), Some("text/xml; charset=latin1")),
        ] {
            let text = decode(bytes, server).unwrap();
            assert!(text.contains("<a>ü</a>") && !text.contains('\u{feff}'), "{text}");
        }
    }

    #[test]
    fn bytes_that_cannot_be_read_are_refused() {
        for (bytes, says) in [
            (b"<a>\xff\xff</a>".as_slice(), "not UTF-8"),
            (b"<?xml encoding='klingon'?><a/>", "'klingon' is not known"),
            (b"\xff\xfe\0\0<\0\0\0", "UTF-32"),
            (b"<a>\0</a>", "zero bytes"),
        ] {
            let refusal = decode(bytes, None).unwrap_err();
            assert!(refusal.why.contains(says), "{refusal}");
        }
    }

    #[test]
    fn markup_and_entities_become_words() {
        assert_eq!(
            plain("12 killed in <b>Aurora</b>&#39;s&nbsp;cinema<br>Colorado <script>x</script>"),
            "12 killed in Aurora's cinema Colorado x"
        );
        assert_eq!(plain("a < b & c"), "a < b & c");
        assert_eq!(cut("abcdef", 4), "abc…");
    }
}
