//! The screen of `recent`.

use super::shorts::Shorts;
use super::times::Times;
use super::{bullet, command, heading, more, wrap};
use crate::control::protocol::{Recent, RecentView};
use crate::output::Screen;

/// What became public lately: one card each, and the one command that takes back what touches.
pub(super) fn recent(screen: &Screen, recent: &Recent) -> String {
    let views = recent.posts.iter().map(|p| &p.delivery);
    let shorts = Shorts::of(views.chain(&recent.unsure));
    let shown = recent.posts.iter().map(|p| p.at_shown.as_str());
    let times = Times::of_texts(shown.chain([recent.since_shown.as_str()]));
    let mut text = String::new();
    if recent.posts.is_empty() {
        text.push_str(&nothing(screen, recent, &times));
    } else {
        text.push_str(&title(screen, recent, &times));
    }
    for post in &recent.posts {
        text.push_str(&card(screen, &shorts, &times, post));
    }
    text.push_str(&more(screen, recent.more));
    text.push_str(&unsure(screen, &shorts, recent));
    if let Some(take_back) = &recent.take_back_touching {
        text.push_str(&heading(screen, "Take back all of these that touch"));
        let ids = recent.posts.iter().map(|p| p.delivery.id);
        let short = ids.fold(take_back.clone(), |line, id| shorts.within(&line, id));
        text.push_str(&command(screen, 2, &short.replace("WHY", "\"WHY\"")));
    }
    text
}

fn title(screen: &Screen, recent: &Recent, times: &Times) -> String {
    let touching = recent.posts.iter().filter(|p| p.touches).count();
    let since = times.brief(&recent.since_shown);
    let said = format!("{} became public since {since}", recent.posts.len() + recent.more);
    let styles = screen.styles();
    let mut text = format!("{}\n", styles.bold(wrap(screen, &said, 0)));
    let touch = match touching {
        0 => "none of these touches an event that counts now".to_owned(),
        1 => "1 of these touches an event that counts now".to_owned(),
        n => format!("{n} of these touch an event that counts now"),
    };
    let touch = wrap(screen, &touch, 0);
    if touching > 0 {
        text.push_str(&format!("{}\n", styles.red(touch)));
    } else {
        text.push_str(&format!("{touch}\n"));
    }
    text.push_str(&times.footer(screen));
    text
}

fn nothing(screen: &Screen, recent: &Recent, times: &Times) -> String {
    let of_that = if recent.narrowed { " of that" } else { "" };
    let since = times.brief(&recent.since_shown);
    let said = format!(
        "Nothing{of_that} became public since {since}. Further back:  soundpost recent --since \"7 days ago\""
    );
    format!("{}\n", wrap(screen, &said, 0))
}

fn card(screen: &Screen, shorts: &Shorts, times: &Times, post: &RecentView) -> String {
    let styles = screen.styles();
    let view = &post.delivery;
    let id = shorts.delivery(view.id);
    let said = format!(
        "{} ({}), {}: {}",
        view.account,
        view.network,
        times.brief(&post.at_shown),
        times.brief(&post.standing)
    );
    let indent = id.chars().count() + 1;
    let mut text = format!("\n{} {}\n", styles.bold(&id), wrap(screen, &said, indent));
    let words = format!("\"{}\" {}", view.excerpt, view.urls.join(" "));
    text.push_str(&bullet(screen, words.trim_end()));
    for met in &post.events {
        let said = bullet(screen, &met.said);
        let said = said.trim_end();
        if met.words.is_empty() {
            text.push_str(&format!("{}\n", styles.yellow(said)));
        } else {
            text.push_str(&format!("{}\n", styles.red(said)));
        }
    }
    if let Some(approved) = &post.approved {
        text.push_str(&bullet(screen, &format!("let through by {approved}")));
    }
    if let Some(by_hand) = &post.by_hand {
        text.push_str(&bullet(screen, by_hand));
    }
    if let Some(take_back) = &post.take_back {
        let take_back = shorts.within(take_back, view.id).replace("WHY", "\"WHY\"");
        text.push_str(&command(screen, 4, &take_back));
    }
    text
}

fn unsure(screen: &Screen, shorts: &Shorts, recent: &Recent) -> String {
    if recent.unsure.is_empty() {
        return String::new();
    }
    let title = format!("May be public too, no answer came: {}", recent.unsure.len());
    let mut text = heading(screen, &title);
    for view in &recent.unsure {
        let id = shorts.delivery(view.id);
        let said = format!("{id} {} ({}): \"{}\"", view.account, view.network, view.excerpt);
        text.push_str(&bullet(screen, &said));
        text.push_str(&command(screen, 4, &format!("why {id}")));
    }
    text
}
