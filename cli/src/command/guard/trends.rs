//! What `guard read` says of a list of hashtags that rise.

use soundpost_core::guard::feed::trends::Rising;

use crate::command::Ctx;
use crate::output::visible;
use crate::render::{self, bullet, wrap};

/// More hashtags than this are not named.
const NAMED_MAX: usize = 10;

/// True when all of it is hashtags or terms: news have titles of many words.
pub(super) fn is_whole(rising: &Rising) -> bool {
    !rising.tags.is_empty() && rising.passed_over == 0
}

/// Says what the list is, and the first of its hashtags.
pub(super) fn say(ctx: &Ctx, rising: &Rising) {
    if ctx.screen.json {
        let value = serde_json::json!({
            "format": rising.format, "hashtags": rising.tags, "passed_over": rising.passed_over,
        });
        return ctx.say(&render::json_of("reading", &value));
    }
    let count = match rising.tags.len() {
        1 => "1 hashtag that rises".to_owned(),
        n => format!("{n} hashtags that rise"),
    };
    let title = format!("a list of {count} ({})", visible(&rising.format));
    let mut out = format!("{}\n", wrap(&ctx.screen, &title, 0));
    let (named, more) = rising.tags.split_at(rising.tags.len().min(NAMED_MAX));
    let mut tags: Vec<String> = named.iter().map(|tag| format!("#{tag}")).collect();
    tags.extend((!more.is_empty()).then(|| format!("and {} more", more.len())));
    if !tags.is_empty() {
        out.push_str(&bullet(&ctx.screen, &tags.join(" ")));
    }
    if rising.passed_over > 0 {
        let passed = format!("passed over, as neither hashtag nor term: {}", rising.passed_over);
        out.push_str(&bullet(&ctx.screen, &passed));
    }
    ctx.say(&out);
}
