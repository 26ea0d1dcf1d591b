//! A secret in every form in which it could be written down. The codings are written out here once more, so that
//! the search does not share a mistake with the program.

/// The letters of base64.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How much of a secret is looked for by itself: texts are cut.
const PIECE_BYTES: usize = 16;

/// Standard base64 without padding.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        let letters = (0..=three.len()).map(|at| LETTERS[(bits >> (18 - 6 * at)) as usize & 63]);
        text.extend(letters.map(char::from));
    }
    text
}

/// The other alphabet of base64.
#[must_use]
pub fn url_safe(text: &str) -> String {
    text.replace('+', "-").replace('/', "_")
}

/// Every byte in hexadecimal, behind this.
#[must_use]
pub fn hexadecimal(secret: &str, before: &str) -> String {
    secret.bytes().map(|byte| format!("{before}{byte:02x}")).collect()
}

/// Percent signs before every byte that is no letter or digit.
#[must_use]
pub fn percent(secret: &str) -> String {
    let coded = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    secret.bytes().map(coded).collect()
}

/// As it stands in JSON, without the quotes around it.
#[must_use]
pub fn json(secret: &str) -> String {
    let quoted = serde_json::Value::from(secret).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// As it stands in JSON when every character is escaped.
fn escaped(secret: &str) -> String {
    secret
        .encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect()
}

/// How a server writes a secret down, by number; there are [`WAYS`].
#[must_use]
pub fn written(secret: &str, way: usize) -> String {
    match way % WAYS {
        0 => secret.to_owned(),
        1 => base64(secret.as_bytes()),
        2 => url_safe(&base64(secret.as_bytes())) + "==",
        3 => format!("Basic {}", base64(format!("someone:{secret}").as_bytes())),
        4 => percent(secret),
        5 => hexadecimal(secret, "%").to_uppercase(),
        6 => hexadecimal(secret, ""),
        7 => json(secret),
        8 => escaped(secret),
        9 => percent(&json(secret)),
        _ => format!("{}{secret}", "x".repeat(370)),
    }
}

/// How many ways there are.
pub const WAYS: usize = 11;

/// All that must not be found of a secret: whole, its beginning and its end, in every coding.
#[must_use]
pub fn needles(secret: &str) -> Vec<String> {
    let mut all = forms(secret);
    if secret.len() >= 2 * PIECE_BYTES && secret.is_ascii() {
        all.extend(forms(&secret[..PIECE_BYTES]));
        all.extend(forms(&secret[secret.len() - PIECE_BYTES..]));
    }
    all.sort();
    all.dedup();
    all
}

fn forms(secret: &str) -> Vec<String> {
    let hex = [hexadecimal(secret, "%"), hexadecimal(secret, "")];
    let mut all = vec![secret.to_owned(), json(secret), escaped(secret), percent(secret)];
    all.push(percent(&json(secret)));
    all.extend(hex.iter().map(|hex| hex.to_uppercase()));
    all.extend(hex);
    for before in 0..3_usize {
        let bytes = [&b"\0\0\0"[..before], secret.as_bytes()].concat();
        let coded = base64(&bytes);
        // The letters that belong to the secret alone.
        let own = &coded[(before * 8).div_ceil(6)..bytes.len() * 8 / 6];
        all.extend([own.to_owned(), url_safe(own)]);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codings_are_those_of_the_world() {
        assert_eq!(base64(b"any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw");
        assert_eq!(url_safe(&base64(&[0xfb, 0xff])), "-_8");
        assert_eq!(hexadecimal("az", "%"), "%61%7a");
        assert_eq!(percent("a b/"), "a%20b%2F");
        let inside = base64(b"someone:a long secret!");
        assert!(
            needles("a long secret!")
                .iter()
                .any(|needle| inside.contains(needle.as_str()))
        );
    }
}
