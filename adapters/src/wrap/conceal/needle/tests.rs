//! Every form of a secret, everywhere in a text; and what must stay.

use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;

fn shown(text: &str, secret: &str) -> String {
    let needles: Vec<Needle> = Needle::new(secret.as_bytes()).into_iter().collect();
    concealed(text, needles.iter()).unwrap_or_else(|| text.to_owned())
}

/// Percent signs before every byte that is no letter or digit; with `all`, before every byte.
fn percent(text: &str, all: bool) -> String {
    let coded = |byte: u8| match byte {
        b if b.is_ascii_alphanumeric() && !all => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    };
    text.bytes().map(coded).collect()
}

const SECRET: &str = "s\"cr/et & wörd?>";

#[test]
fn every_form_is_taken_out_and_the_words_around_it_stay() {
    let json = serde_json::to_string(SECRET).unwrap();
    let hex: String = SECRET.bytes().map(|b| format!("{b:02X}")).collect();
    let slashes = json.trim_matches('"').replace('/', "\\/");
    let numbers: String = SECRET.encode_utf16().map(|u| format!("\\u{u:04x}")).collect();
    let html = SECRET
        .replace('&', "&amp;")
        .replace('"', "&#34;")
        .replace('>', "&#x3E;");
    let forms = [
        SECRET.to_owned(),
        SECRET.to_ascii_uppercase(),
        json.trim_matches('"').to_owned(),
        slashes,
        numbers,
        html,
        percent(SECRET, false),
        percent(SECRET, true).to_lowercase(),
        percent(&percent(SECRET, true), false),
        percent(SECRET, false).replace("%20", "+"),
        hex,
        STANDARD.encode(SECRET),
        URL_SAFE.encode(SECRET),
        URL_SAFE_NO_PAD.encode(SECRET),
        percent(STANDARD.encode(SECRET).trim_end_matches('='), false),
    ];
    for form in forms {
        let text = format!("no: '{form}', said it");
        assert_eq!(shown(&text, SECRET), "no: '[secret]', said it", "{form}");
    }
}

#[test]
fn a_basic_header_keeps_nothing_of_the_password() {
    for user in ["a", "ab", "abc", "someone"] {
        for end in ["", ";", "..", "..."] {
            let header = STANDARD.encode(format!("{user}:{SECRET}{end}"));
            let shown = shown(&format!("Basic {header} is wrong"), SECRET);
            let (before, after) = shown.split_once(MARK).unwrap();
            let kept = STANDARD_NO_PAD.decode(before.trim_start_matches("Basic ").get(..4).unwrap_or(""));
            assert!(kept.is_ok_and(|kept| !kept.ends_with(b"s")), "{shown}");
            assert!(after.len() <= " is wrong".len() + 4, "{shown}");
        }
    }
}

#[test]
fn a_piece_of_a_long_secret_is_enough() {
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkaWQ6cGxjOng";
    assert_eq!(
        shown(&format!("begins with '{}", &token[..20]), token),
        "begins with '[secret]"
    );
    assert_eq!(shown(&token[30..], token), MARK);
    assert_eq!(shown(&token[..11], token), &token[..11], "too short to tell");
    assert_eq!(shown(&format!("{token}{token}"), token), MARK);
    assert_eq!(shown(&format!("{token} {token}"), token), "[secret] [secret]");
}

#[test]
fn a_short_secret_blanks_no_innocent_words() {
    assert_eq!(shown("a cat sat", "a"), "a cat sat");
    assert_eq!(shown("1234567", "1234567"), "1234567");
    assert_eq!(shown("x12345678x", "12345678"), "x[secret]x");
    let words = "the correct word for a horse";
    assert_eq!(shown(words, "correct horse"), words);
}

#[test]
fn nothing_breaks_on_half_a_code() {
    for text in [
        "%",
        "%2",
        "%zz",
        "\\",
        "\\u12",
        "\\ud83d",
        "\\ud83d\\u0041",
        "&",
        "&#;",
        "&#x110000;",
        "%+1",
    ] {
        assert_eq!(shown(text, SECRET), text);
    }
}

proptest! {
    #[test]
    fn it_is_gone_wherever_it_stands(
        secret in "[!-~äß€ ]{8,60}",
        before in "\\PC{0,20}",
        after in "\\PC{0,20}",
        form in 0..5_u8,
    ) {
        prop_assume!(secret.len() >= SECRET_BYTES_MIN);
        let coded = match form {
            0 => secret.clone(),
            1 => percent(&secret, false),
            2 => serde_json::to_string(&secret).unwrap(),
            3 => STANDARD.encode(&secret),
            _ => URL_SAFE_NO_PAD.encode(format!("{before}:{secret}")),
        };
        let shown = shown(&format!("{before}{coded}{after}"), &secret);
        prop_assert!(shown.contains(MARK));
        prop_assert!(!shown.contains(&coded));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[%\\\\&#;xu0-9a-f\u{e4}\u{1f600} ]{0,80}", secret in "[%\\\\&#;xu0-9a-f]{8,20}") {
        shown(&text, &secret);
    }
}
