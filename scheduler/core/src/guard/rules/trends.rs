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

/// The longest hashtag that is one, in characters.
pub(crate) const TAG_CHARS_MAX: usize = 100;

/// One hashtag, with or without its sign, folded and without it.
pub(crate) fn tag(text: &str) -> Option<String> {
    let bare = text.strip_prefix(['#', '＃']).unwrap_or(text);
    let is_one = bare.chars().all(belongs)
        && bare.chars().any(char::is_alphanumeric)
        && bare.chars().count() <= TAG_CHARS_MAX;
    is_one.then(|| fold(bare))
}

/// True for what may stand in a hashtag; some scripts have signs that belong to the letter before them.
pub(crate) fn belongs(c: char) -> bool {
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
pub(crate) fn hashtags(text: &str) -> Vec<String> {
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
    fn a_hashtag_is_found_whole_in_any_case_and_not_within_a_word() {
        let found = hashtags("We say #WhyIStayed, you said ＃CAFÉ! Not a#b, nor #, but #नमस्ते.");
        assert_eq!(found, ["whyistayed", "cafe", fold("नमस्ते").as_str()]);
    }
}
