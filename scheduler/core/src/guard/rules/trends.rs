//! Hashtags that rise right now, from a list that somebody keeps. A tag that rises may have turned sour: `#WhyIStayed` was
//! about violence, and a pizza brand did not look. Whoever wants to use it looks first.

use std::collections::BTreeSet;

use unicode_normalization::char::is_combining_mark;

use super::{Scene, without_approved};
use crate::delivery::{RuleHold, RuleName, RuleSource};
use crate::guard::Input;
use crate::guard::fold::fold;
use crate::trends::TrendsList;
use crate::world::World;

/// How many hashtags one list has at most.
pub const TAGS_MAX: usize = 1000;

/// Why a text is no list of hashtags.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrendError {
    /// It looks like JSON and is no list of texts.
    #[error("it is neither one hashtag a line nor a JSON list of hashtags, such as [\"#one\", \"#two\"]")]
    Unreadable,
    /// A line is no hashtag.
    #[error("line {line} is no hashtag: '{text}'")]
    NoTag {
        /// Which line or entry, from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// There are too many.
    #[error("there are more than {TAGS_MAX} hashtags")]
    TooMany,
    /// There is none.
    #[error("there is no hashtag in it")]
    Empty,
}

/// The hashtags of a list, one a line or as a JSON list, with or without `#`, folded.
///
/// # Errors
/// [`TrendError`] says what it is not.
pub fn read(text: &str) -> Result<Vec<String>, TrendError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let lines: Vec<String> = if text.starts_with(['[', '{']) {
        serde_json::from_str(text).map_err(|_| TrendError::Unreadable)?
    } else {
        text.lines().map(str::to_owned).collect()
    };
    let mut tags = BTreeSet::new();
    for (line, number) in lines.iter().zip(1..) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let tag = tag(line).ok_or_else(|| TrendError::NoTag {
            line: number,
            text: line.chars().take(60).collect(),
        })?;
        tags.insert(tag);
        if tags.len() > TAGS_MAX {
            return Err(TrendError::TooMany);
        }
    }
    match tags.is_empty() {
        true => Err(TrendError::Empty),
        false => Ok(tags.into_iter().collect()),
    }
}

/// One hashtag, folded, without its sign.
fn tag(line: &str) -> Option<String> {
    let bare = line.strip_prefix(['#', '＃']).unwrap_or(line);
    (bare.chars().all(belongs) && bare.chars().any(char::is_alphanumeric)).then(|| fold(bare))
}

/// True for what may stand in a hashtag; some scripts have signs that belong to the letter before them.
fn belongs(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}')
}

/// The hashtags of this post that rise by a list that is new enough, unless a person let them through. A person looks at
/// them: they never end by themselves. None for what has begun to go out, and for a statement that a person has confirmed.
pub(super) fn holds(input: &Input<'_>, scene: &Scene<'_>, world: &World) -> Vec<RuleHold> {
    let lists = world.trends.values().filter(|list| list.counts_at(input.at));
    let lists: Vec<&TrendsList> = lists.collect();
    if lists.is_empty() || scene.goes_on() {
        return Vec::new();
    }
    let texts = input.parts.iter().map(|part| part.text.as_str());
    let said: BTreeSet<String> = texts.flat_map(hashtags).collect();
    let mut holds = Vec::new();
    for list in lists {
        holds.extend(
            said.iter()
                .filter(|tag| list.tags.binary_search(tag).is_ok())
                .map(|tag| RuleHold {
                    rule: RuleName::Trend,
                    source: RuleSource::Trends {
                        name: list.name.clone(),
                    },
                    limit: format!("#{tag}"),
                    found: String::new(),
                    until: None,
                }),
        );
    }
    without_approved(holds, input)
}

/// The hashtags of a text, whole and folded.
fn hashtags(text: &str) -> Vec<String> {
    let signs = text.match_indices(['#', '＃']);
    let tags = signs.filter_map(|(at, sign)| {
        let before = text.get(..at)?.chars().next_back();
        let rest = text.get(at + sign.len()..)?;
        let run: String = rest.chars().take_while(|c| belongs(*c)).collect();
        tag(&run).filter(|_| before.is_none_or(|c| !belongs(c)))
    });
    tags.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_lines_or_json_with_or_without_the_sign() {
        let tags = ["breaking", "cafe", "whyistayed"];
        assert_eq!(read("#WhyIStayed\n\n  Café\n#breaking\n#Breaking").unwrap(), tags);
        assert_eq!(read(r##"["#WhyIStayed", "café", "breaking"]"##).unwrap(), tags);
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_line() {
        let no_tag = |line, text: &str| TrendError::NoTag {
            line,
            text: text.to_owned(),
        };
        assert_eq!(read("#one\ntwo words"), Err(no_tag(2, "two words")));
        assert_eq!(read("#"), Err(no_tag(1, "#")));
        assert_eq!(read(r#"{"tags": []}"#), Err(TrendError::Unreadable));
        assert_eq!(read(" \n "), Err(TrendError::Empty));
        let many: String = (0..=TAGS_MAX).map(|n| format!("#t{n}\n")).collect();
        assert_eq!(read(&many), Err(TrendError::TooMany));
    }

    #[test]
    fn a_hashtag_is_found_whole_in_any_case_and_not_within_a_word() {
        let found = hashtags("We say #WhyIStayed, you said ＃CAFÉ! Not a#b, nor #, but #नमस्ते.");
        assert_eq!(found, ["whyistayed", "cafe", fold("नमस्ते").as_str()]);
    }
}
