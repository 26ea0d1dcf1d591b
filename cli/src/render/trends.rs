//! Screens of lists of hashtags that rise.

use super::feeds::failures;
use super::lists::deliveries;
use super::{bullet, command, heading};
use crate::control::protocol::{TrendsSet, TrendsView, TrendsWatched};
use crate::output::Screen;

/// More hashtags than this are not named in a line.
const NAMED_MAX: usize = 20;

/// All lists.
pub(super) fn list(screen: &Screen, lists: &[TrendsView]) -> String {
    if lists.is_empty() {
        return "No trends are set. To set some:  soundpost trends set NAME FILE\n\
                To have some read again and again:  soundpost trends add NAME URL\n"
            .to_owned();
    }
    lists.iter().map(|list| one(screen, list)).collect()
}

/// The answer to `trends set`.
pub(super) fn set(screen: &Screen, set: &TrendsSet) -> String {
    let mut text = one(screen, &set.list);
    if !set.held.is_empty() {
        text.push_str(&heading(screen, "held now"));
        text.push_str(&deliveries(screen, &set.held));
    }
    text
}

/// The answer to `trends add`.
pub(super) fn added(screen: &Screen, list: &TrendsView) -> String {
    let mut text = one(screen, list);
    text.push_str("\nthe daemon asks for it within a minute; to ask now:\n");
    text.push_str(&command(screen, 2, &format!("trends refresh {}", list.name)));
    text
}

/// The answer to `trends refresh`.
pub(super) fn refreshed(screen: &Screen, all: &[TrendsSet]) -> String {
    if all.is_empty() {
        return "No trends are watched.\n".to_owned();
    }
    let mut text: String = all.iter().map(|one_of| one(screen, &one_of.list)).collect();
    let held: Vec<_> = all.iter().flat_map(|one_of| one_of.held.clone()).collect();
    if !held.is_empty() {
        text.push_str(&heading(screen, &format!("held now: {}", held.len())));
        text.push_str(&deliveries(screen, &held));
    }
    text
}

/// The lines of `status` about lists that are too old, or cannot be read.
pub(super) fn troubles(screen: &Screen, lists: &[TrendsView]) -> String {
    let line = |list: &TrendsView| Some(bullet(screen, &trouble(list)?));
    lists.iter().filter_map(line).collect()
}

fn trouble(list: &TrendsView) -> Option<String> {
    let name = &list.name;
    let Some(watched) = &list.watched else {
        let said = format!(
            "trends {name}: set {}, too old to hold anything; set them anew, or: soundpost trends remove {name}",
            list.set_shown
        );
        return list.is_old.then_some(said);
    };
    let counts = match (&list.old_shown, list.is_old) {
        (None, _) => "never read, so they hold nothing".to_owned(),
        (Some(_), true) => "too old to hold anything".to_owned(),
        (Some(until), false) => format!("what was read before counts until {until}"),
    };
    let why = failing(watched);
    match (why, list.is_old) {
        (Some(why), _) => Some(format!("trends {name}: {why}; {counts}")),
        (None, true) => Some(format!("trends {name}: {}; {counts}", reading(watched))),
        (None, false) => None,
    }
}

fn failing(watched: &TrendsWatched) -> Option<String> {
    let why = watched.trouble.as_ref()?;
    let counted = failures(watched.failures, watched.failing_since.as_deref());
    Some(format!("{counted}: {why}"))
}

fn one(screen: &Screen, list: &TrendsView) -> String {
    let styles = screen.styles();
    let is_failing = list.watched.as_ref().is_some_and(|w| w.trouble.is_some());
    let how = match (list.is_old, &list.old_shown, is_failing) {
        (true, ..) => styles.yellow("too old, holds nothing"),
        (false, None, true) => styles.yellow("cannot be read, holds nothing"),
        (false, None, false) => styles.dim("not read yet, holds nothing"),
        (false, Some(_), true) => styles.yellow("holds, but cannot be read"),
        (false, Some(_), false) => styles.green("holds"),
    };
    let mut text = format!("{}: {how}\n", styles.bold(&list.name));
    let mut facts = vec![tags(list)];
    match &list.watched {
        Some(watched) => {
            facts.push(watched.url.clone());
            facts.push(reading(watched));
            facts.extend(failing(watched));
        }
        None => facts.push(format!("set {} by {}", list.set_shown, list.set_by)),
    }
    let until = list.old_shown.as_ref().filter(|_| !list.is_old);
    facts.extend(until.map(|until| format!("it counts until {until}")));
    let facts = facts.iter().filter(|fact| !fact.is_empty());
    text.extend(facts.map(|fact| bullet(screen, fact)));
    text
}

fn tags(list: &TrendsView) -> String {
    let (named, more) = list.tags.split_at(list.tags.len().min(NAMED_MAX));
    let mut tags: Vec<String> = named.iter().map(|tag| format!("#{tag}")).collect();
    tags.extend((!more.is_empty()).then(|| format!("and {} more", more.len())));
    let was_read = list.watched.as_ref().is_some_and(|w| w.read_at.is_some());
    match tags.is_empty() && was_read {
        true => "nothing rises there".to_owned(),
        false => tags.join(" "),
    }
}

/// `read Mon 10:00 (trends of Mastodon: 10 hashtags); each 15 min, next Mon 10:15`.
fn reading(watched: &TrendsWatched) -> String {
    let read = match &watched.read_shown {
        Some(at) if watched.said.is_empty() => format!("read {at}"),
        Some(at) => format!("read {at} ({})", watched.said),
        None => "never read".to_owned(),
    };
    let next = watched.next.as_ref();
    let next = next.map_or_else(String::new, |at| format!(", next {at}"));
    format!("{read}; each {} min{next}", watched.every_min)
}
