//! Short ids: the shortest ending that tells them apart.

use std::collections::BTreeSet;

use soundpost_core::id::ENDING_CHARS_MIN;

/// How many characters from the end tell all of these ids apart: at least 4. The same id given twice counts once.
pub fn shorten(ids: &[String]) -> usize {
    let whole: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let longest = whole
        .iter()
        .map(|id| id.chars().count())
        .max()
        .unwrap_or_default();
    let told_apart = |&length: &usize| {
        let endings: BTreeSet<&str> = whole.iter().map(|id| ending(id, length)).collect();
        endings.len() == whole.len()
    };
    let found = (ENDING_CHARS_MIN..=longest).find(told_apart);
    found.unwrap_or(longest.max(ENDING_CHARS_MIN))
}

/// The last characters of an id; all of it when it is shorter.
pub fn ending(id: &str, length: usize) -> &str {
    let skipped = id.chars().count().saturating_sub(length);
    let start = id.char_indices().nth(skipped).map_or(id.len(), |(at, _)| at);
    &id[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(ids: &[&str]) -> usize {
        shorten(&ids.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn the_shortest_ending_that_is_unique_has_at_least_four_characters() {
        assert_eq!(length(&[]), 4);
        assert_eq!(length(&["0001abcd", "0002efgh"]), 4);
        assert_eq!(length(&["0001abcd", "0002abcd"]), 5);
        assert_eq!(length(&["0001abcd", "0001abcd"]), 4);
        assert_eq!(length(&["1abcd", "abcd"]), 5);
        assert_eq!(length(&["ab", "b"]), 4);
    }

    #[test]
    fn an_ending_is_cut_between_characters() {
        assert_eq!(ending("0001abcd", 4), "abcd");
        assert_eq!(ending("äöü", 2), "öü");
        assert_eq!(ending("ab", 4), "ab");
    }
}
