//! The screen of `review`.

use super::lists::state;
use super::shorts::{Shorts, replaced};
use super::times::Times;
use super::{bullet, command, ready, wrap};
use crate::control::protocol::{Review, ReviewGroup, ReviewItem};
use crate::output::{Screen, ending, shorten};

/// The short names on this screen.
struct Names {
    shorts: Shorts,
    times: Times,
    event_chars: usize,
}

impl Names {
    fn of(review: &Review) -> Names {
        let items = review.groups.iter().flat_map(|group| &group.items);
        let events: Vec<String> = review.groups.iter().filter_map(|g| g.event.clone()).collect();
        Names {
            shorts: Shorts::of(items.clone().map(|item| &item.delivery)),
            times: Times::of(items.map(|item| &item.delivery)),
            event_chars: shorten(&events),
        }
    }

    fn event<'a>(&self, id: &'a str) -> &'a str {
        ending(id, self.event_chars)
    }

    /// A command with the ids of this group made short.
    fn within(&self, words: &str, group: &ReviewGroup) -> String {
        let items = group.items.iter().map(|item| item.delivery.id);
        let short = items.fold(words.to_owned(), |line, id| self.shorts.within(&line, id));
        match &group.event {
            Some(id) => replaced(&short, id, self.event(id)),
            None => short,
        }
    }
}

/// All that needs a person.
pub(super) fn review(screen: &Screen, review: &Review) -> String {
    let names = Names::of(review);
    let mut text = paused(screen, review);
    if review.groups.is_empty() {
        let said = match review.narrowed {
            true => "Nothing of that needs you. All there is:  soundpost review",
            false => "Nothing needs you.",
        };
        text.push_str(&format!("{}\n", wrap(screen, said, 0)));
        return text;
    }
    text.push_str(&title(screen, review));
    text.push_str(&names.times.footer(screen));
    for (group, number) in review.groups.iter().zip(1..) {
        text.push_str(&card(screen, &names, group, number));
    }
    text
}

fn title(screen: &Screen, review: &Review) -> String {
    let posts = match review.deliveries {
        0 => "no post needs you".to_owned(),
        1 => "1 post needs you".to_owned(),
        n => format!("{n} posts need you"),
    };
    let questions = match review.groups.len() {
        1 => "1 question".to_owned(),
        n => format!("{n} questions"),
    };
    let said = format!("{posts}; {questions}, the most urgent first");
    format!("{}\n", screen.styles().bold(wrap(screen, &said, 0)))
}

fn paused(screen: &Screen, review: &Review) -> String {
    let styles = screen.styles();
    let mut text = String::new();
    match (&review.switch_trouble, review.halts_shown.is_empty()) {
        (None, true) => return text,
        (Some(why), _) => text.push_str(&format!("{} {}\n", styles.red("STOPPED"), wrap(screen, why, 8))),
        (None, false) => text.push_str(&format!("{}\n", styles.red("PAUSED"))),
    }
    text.extend(review.halts_shown.iter().map(|order| bullet(screen, order)));
    let said = "until it is resumed nothing is let go here; the plan asks about all that waits:";
    text.push_str(&format!("{}\n", wrap(screen, said, 0)));
    text.push_str(&command(screen, 2, "resume"));
    text.push('\n');
    text
}

/// One reason, with all that it is about and what can be done.
fn card(screen: &Screen, names: &Names, group: &ReviewGroup, number: usize) -> String {
    let styles = screen.styles();
    let called = match &group.event {
        Some(id) => format!("{} ({})", group.title, names.event(id)),
        None => group.title.clone(),
    };
    let count = match group.items.len() + group.more {
        0 => String::new(),
        n => format!(": {n}"),
    };
    let said = wrap(screen, &format!("{number}. {called}{count}"), 0);
    let mut text = format!("\n{}\n", styles.bold(said));
    let about = group.about.iter().map(|line| names.times.brief(line));
    text.extend(about.map(|line| bullet(screen, &line)));
    if let Some(decides) = &group.decides_shown {
        let decides = bullet(screen, &names.times.brief(decides));
        text.push_str(&format!("{}\n", styles.yellow(decides.trim_end())));
    }
    for items in by_evidence(&group.items) {
        text.extend(items.iter().map(|item| line(screen, names, group, item)));
        if let Some(first) = items.first() {
            let also = first.also.iter().map(|said| format!("also: {said}"));
            let said = first.evidence.iter().cloned().chain(also);
            text.extend(said.map(|said| deeper(screen, &names.times.brief(&names.within(&said, group)))));
        }
    }
    if group.more > 0 {
        text.push_str(&format!(
            "  {}\n",
            wrap(screen, &format!("{} more; --limit 0 shows all", group.more), 2)
        ));
    }
    text + &moves(screen, names, group)
}

/// Those about which the same is said, together, in order of the first.
fn by_evidence(items: &[ReviewItem]) -> Vec<Vec<&ReviewItem>> {
    let mut groups: Vec<Vec<&ReviewItem>> = Vec::new();
    let said = |item: &ReviewItem| (item.evidence.clone(), item.also.clone());
    for item in items {
        match groups.iter_mut().find(|of| said(of[0]) == said(item)) {
            Some(of) => of.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}

fn line(screen: &Screen, names: &Names, group: &ReviewGroup, item: &ReviewItem) -> String {
    let view = &item.delivery;
    let id = names.shorts.delivery(view.id);
    let due = names.times.due(view);
    let standing = match group.kind.as_str() {
        "unknown" | "broken_thread" | "proposal" => format!(" [{}]", state(view)),
        _ => String::new(),
    };
    let said = format!("{id} {}, {due}{standing}: \"{}\"", view.account, view.excerpt);
    format!("    {}\n", wrap(screen, &said, 4))
}

fn deeper(screen: &Screen, said: &str) -> String {
    format!("      {}\n", screen.styles().dim(wrap(screen, said, 6)))
}

/// What can be done: about all of it, and about one, here the first.
fn moves(screen: &Screen, names: &Names, group: &ReviewGroup) -> String {
    let first = group.items.first().map(|item| item.delivery.next.as_slice());
    let one: &[String] = first.filter(|_| group.kind != "proposal").unwrap_or_default();
    let mut text = String::new();
    let lists = match group.items.len() + group.more {
        0 | 1 => vec![("you can:", [&group.next, one].concat())],
        _ => vec![
            ("you can, at once:", group.next.clone()),
            ("or one by one, here the first:", one.to_vec()),
        ],
    };
    for (said, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        text.push_str(&format!("  {}\n", screen.styles().dim(said)));
        text.extend(
            list.iter()
                .map(|words| command(screen, 4, &ready(&names.within(words, group)))),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(kind: &str) -> ReviewGroup {
        ReviewGroup {
            kind: kind.to_owned(),
            title: "held by anna: wait".to_owned(),
            about: Vec::new(),
            event: None,
            decides_at: None,
            decides_shown: None,
            items: Vec::new(),
            more: 0,
            next: vec!["event list".to_owned()],
        }
    }

    #[test]
    fn what_needs_nobody_is_said_and_a_narrowed_question_says_where_all_is() {
        let mut review = Review {
            deliveries: 0,
            groups: Vec::new(),
            halts_shown: Vec::new(),
            switch_trouble: None,
            narrowed: false,
        };
        let screen = Screen::plain(45);
        assert_eq!(super::review(&screen, &review), "Nothing needs you.\n");
        review.narrowed = true;
        assert!(super::review(&screen, &review).contains("soundpost review"));
        review.groups = vec![group("person")];
        let text = super::review(&screen, &review);
        assert!(text.contains("no post needs you; 1 question"), "{text}");
        assert!(text.contains("soundpost event list"), "{text}");
    }
}
