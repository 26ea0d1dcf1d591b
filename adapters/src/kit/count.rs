//! Counting text the way networks do, and saying by how much it is too long.

use soundpost_core::port::adapter::TextUnit;
use unicode_segmentation::UnicodeSegmentation as _;

/// The length of a text in this unit.
pub fn length(text: &str, unit: TextUnit) -> usize {
    match unit {
        TextUnit::Graphemes => text.graphemes(true).count(),
        TextUnit::CodePoints => text.chars().count(),
        TextUnit::Bytes => text.len(),
    }
}

/// What the unit is called in messages.
pub fn unit_name(unit: TextUnit) -> &'static str {
    match unit {
        TextUnit::Graphemes => "graphemes (what people see as one character)",
        TextUnit::CodePoints => "Unicode code points",
        TextUnit::Bytes => "bytes of UTF-8",
    }
}

/// A sentence when `text` is longer than the network takes, and nothing when it fits. `what` begins the sentence,
/// as in "the text".
pub fn too_long(what: &str, text: &str, network: &str, unit: TextUnit, max: u32) -> Option<String> {
    let length = length(text, unit);
    let over = length.checked_sub(max as usize).filter(|over| *over > 0)?;
    let (word, plural) = match unit {
        TextUnit::Bytes => ("byte", if over == 1 { "" } else { "s" }),
        _ => ("character", if over == 1 { "" } else { "s" }),
    };
    Some(format!(
        "{what} is {over} {word}{plural} too long: {network} counts {length} {} and takes {max}",
        unit_name(unit)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_one_grapheme_seven_code_points_and_25_bytes() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(length(family, TextUnit::Graphemes), 1);
        assert_eq!(length(family, TextUnit::CodePoints), 7);
        assert_eq!(length(family, TextUnit::Bytes), 25);
    }

    #[test]
    fn a_text_at_the_limit_fits_and_one_more_does_not() {
        let at = "é".repeat(300);
        assert_eq!(
            too_long("the text", &at, "Bluesky", TextUnit::Graphemes, 300),
            None
        );
        let over = too_long("the text", &(at + "!"), "Bluesky", TextUnit::Graphemes, 300).unwrap();
        assert!(
            over.starts_with("the text is 1 character too long: Bluesky counts 301 graphemes"),
            "{over}"
        );
        assert!(over.ends_with("takes 300"), "{over}");
    }
}
