//! Screens of feeds.

use soundpost_core::feed::PUSHED;

use super::lists::deliveries;
use super::{bullet, command, heading, wrap};
use crate::control::protocol::{FeedRefreshed, FeedView};
use crate::output::Screen;

/// All feeds, each with how it is doing.
pub(super) fn list(screen: &Screen, feeds: &[FeedView]) -> String {
    if feeds.is_empty() {
        return "No feed is watched. To watch one:  soundpost feed add NAME URL\n".to_owned();
    }
    feeds.iter().map(|feed| one(screen, feed)).collect()
}

/// The answer to `feed add`.
pub(super) fn added(screen: &Screen, feed: &FeedView) -> String {
    let mut text = one(screen, feed);
    if feed.url == PUSHED {
        let said = format!(
            "its source sends signed messages to /feeds/{} at events_listen of config.toml; docs/guard.md tells how",
            feed.name
        );
        text.push_str(&format!("\n{}\n", wrap(screen, &said, 0)));
        return text;
    }
    text.push_str("\nthe daemon asks it within a minute; to ask it now:\n");
    text.push_str(&command(screen, 2, &format!("feed refresh {}", feed.name)));
    text
}

fn one(screen: &Screen, feed: &FeedView) -> String {
    let styles = screen.styles();
    let how = match (feed.stale, &feed.trouble, &feed.last_ok) {
        (true, _, _) => styles.red("STALE"),
        (false, Some(_), _) => styles.yellow("failing"),
        (false, None, Some(_)) => styles.green("read"),
        (false, None, None) => styles.dim("not asked yet"),
    };
    let mut text = format!("{}: {how}\n", styles.bold(&feed.name));
    let mut facts = vec![feed.url.clone()];
    let countries = if feed.countries.is_empty() {
        String::new()
    } else {
        format!("; what names no country is about {}", feed.countries.join(", "))
    };
    facts.push(format!("{}{countries}", feed.policy));
    facts.push(health(feed));
    if !feed.said.is_empty() {
        facts.push(format!("it said: {}", feed.said));
    }
    text.extend(facts.iter().map(|fact| bullet(screen, fact)));
    text
}

/// `3 failures since Mon 10:00`.
pub(super) fn failures(count: u32, since: Option<&str>) -> String {
    let counted = match count {
        1 => "1 failure".to_owned(),
        n => format!("{n} failures"),
    };
    since.map_or_else(|| counted.clone(), |since| format!("{counted} since {since}"))
}

/// How a feed is doing, in a sentence.
pub(super) fn health(feed: &FeedView) -> String {
    let read = feed
        .last_ok
        .as_ref()
        .map_or_else(|| "never read".to_owned(), |at| format!("last read {at}"));
    let trouble = match &feed.trouble {
        Some(why) => format!(
            "; {}: {why}",
            failures(feed.failures, feed.failing_since.as_deref())
        ),
        None => String::new(),
    };
    let next = feed
        .next
        .as_ref()
        .map_or_else(String::new, |at| format!("; asked next {at}"));
    let stale = match feed.when_stale.as_str() {
        "hold" => "posts wait",
        _ => "it is reported",
    };
    format!(
        "{read}{trouble}{next}; each {} min; after {} min without, {stale}",
        feed.every_min, feed.stale_after_min
    )
}

/// The lines of `status` about feeds that somebody should look at.
pub(super) fn troubles(screen: &Screen, feeds: &[FeedView]) -> String {
    let line = |feed: &FeedView| {
        let word = if feed.stale { "STALE feed" } else { "feed" };
        bullet(screen, &format!("{word} {}: {}", feed.name, health(feed)))
    };
    let in_trouble = feeds.iter().filter(|f| f.stale || f.trouble.is_some());
    in_trouble.map(line).collect()
}

/// The answer to `feed refresh`.
pub(super) fn refreshed(screen: &Screen, all: &[FeedRefreshed]) -> String {
    let styles = screen.styles();
    if all.is_empty() {
        return "No feed is watched.\n".to_owned();
    }
    let mut text = String::new();
    for one in all {
        let said = match &one.trouble {
            Some(why) => format!("{}: {}", styles.red("not read"), why),
            None if one.said.is_empty() => "read".to_owned(),
            None => one.said.clone(),
        };
        text.push_str(&format!(
            "{}: {}\n",
            styles.bold(&one.name),
            wrap(screen, &said, one.name.len() + 2)
        ));
        for (word, titles) in [
            ("proposed", &one.proposed),
            ("flagged", &one.flagged),
            ("changed", &one.changed),
        ] {
            text.extend(
                titles
                    .iter()
                    .map(|title| bullet(screen, &format!("{word}: \"{title}\""))),
            );
        }
    }
    let held: Vec<_> = all.iter().flat_map(|one| one.held.clone()).collect();
    if !held.is_empty() {
        text.push_str(&heading(screen, &format!("held now: {}", held.len())));
        text.push_str(&deliveries(screen, &held));
    }
    let released: Vec<_> = all.iter().flat_map(|one| one.released.clone()).collect();
    if !released.is_empty() {
        text.push_str(&heading(screen, &format!("goes again: {}", released.len())));
        text.push_str(&deliveries(screen, &released));
    }
    if all.iter().any(|one| !one.proposed.is_empty()) {
        text.push_str("\nto see what is proposed:\n");
        text.push_str(&command(screen, 2, "event list"));
    }
    text
}
