//! The screens of a bad night: `pause`, `resume`.

use soundpost_core::halt::Scope;

use super::lists::deliveries;
use super::shorts::Shorts;
use super::times::Times;
use super::{bullet, command, heading, wrap};
use crate::control::protocol::{DeliveryView, Paused, PlanLine, PlanView, Resumed, UnderWay};
use crate::output::{Screen, ending, visible};

/// How much of an order's id is written out to be copied: enough for all times.
const ORDER_CHARS: usize = 8;

/// Said at once, before anything is waited for.
pub fn set(screen: &Screen, scope: &Scope) -> String {
    let said = match scope {
        Scope::Everything => "Nothing new goes out. Waiting for what is under way.".to_owned(),
        narrower => format!(
            "Nothing new of {} goes out. Waiting for what is under way.",
            visible(&narrower.to_string())
        ),
    };
    let said = wrap(screen, &said, 5);
    format!("{} {said}\n", screen.styles().red("Set."))
}

/// One screen that says: stopped at, by whom; what was under way; what will not go; what is public; what is not under
/// our control; how to come back.
pub(super) fn paused(screen: &Screen, paused: &Paused) -> String {
    let styles = screen.styles();
    let title = if paused.proven {
        "STOPPED"
    } else {
        "ORDERED, NOT PROVEN"
    };
    let order = &paused.order;
    let mut text = format!("{}\n", styles.red(format!("{title}: {}", paused.scope_shown)));
    text.push_str(&format!(
        "{}\n",
        wrap(screen, &format!("by {} at {}", order.who, paused.at_shown), 0)
    ));
    text.push_str(&format!(
        "{}\n",
        wrap(screen, &format!("reason: {}", order.reason), 0)
    ));
    for said in paused.hints.iter().chain(&paused.proof) {
        text.push_str(&bullet(screen, said));
    }
    if order.review_at.is_some() {
        text.push_str(&bullet(
            screen,
            "status and the daemon remind of it from the time that you named; nothing starts by itself",
        ));
    }
    text.push_str(&under_way(screen, paused));
    text.push_str(&will_not_go(screen, paused));
    text.push_str(&last_day(screen, paused));
    text.push_str(&outside(screen, paused));
    for trouble in &paused.troubles {
        text.push_str(&format!(
            "{} {}\n",
            styles.yellow("trouble:"),
            wrap(screen, trouble, 9)
        ));
    }
    text.push_str(&heading(screen, "To come back"));
    text.push_str(&bullet(
        screen,
        "it shows the plan first, and sends nothing by itself:",
    ));
    let which = match order.scope {
        Scope::Everything => String::new(),
        // Without its id every pause would end.
        _ => format!(" --order {}", ending(&order.id.to_string(), ORDER_CHARS)),
    };
    text.push_str(&command(screen, 4, &format!("resume{which}")));
    text
}

fn will_not_go(screen: &Screen, paused: &Paused) -> String {
    let counts = match (paused.tonight, paused.this_week) {
        (Some(tonight), Some(week)) => format!("{tonight} in the next 12 hours, {week} in the next 7 days"),
        _ => "not known: the queue cannot be read".to_owned(),
    };
    format!("{}{}", heading(screen, "Will not go"), bullet(screen, &counts))
}

fn last_day(screen: &Screen, paused: &Paused) -> String {
    let Some(views) = &paused.last_day else {
        return heading(screen, "Became public in the last 24 hours: not known");
    };
    let mut text = heading(
        screen,
        &format!("Became public in the last 24 hours: {}", views.len()),
    );
    for view in views {
        let url = view.urls.first().map_or("", String::as_str);
        text.push_str(&bullet(
            screen,
            &format!("{}{}: \"{}\" {url}", view.account, partly(view), view.excerpt),
        ));
    }
    text
}

/// That a thread is public in part only.
fn partly(view: &DeliveryView) -> String {
    if view.public < usize::from(view.parts) {
        return format!(" ({} of {} public)", view.public, view.parts);
    }
    String::new()
}

/// What may still go, unless the silence is proven; then what had ended.
fn under_way(screen: &Screen, paused: &Paused) -> String {
    let (open, ended): (Vec<&UnderWay>, Vec<&UnderWay>) =
        paused.under_way.iter().partition(|w| w.may_still_go);
    let mut text = String::new();
    if !paused.proven {
        text.push_str(&may_still_go(screen, paused, &open));
    }
    if paused.proven || !ended.is_empty() {
        text.push_str(&heading(screen, &format!("Was under way: {}", ended.len())));
        text.push_str(&writes(screen, paused, &ended));
    }
    text
}

fn may_still_go(screen: &Screen, paused: &Paused, open: &[&UnderWay]) -> String {
    if paused.under_way.is_empty() && paused.tonight.is_none() {
        return heading(screen, "May still go: not known, the queue cannot be read");
    }
    let mut text = heading(screen, &format!("May still go: {}", open.len()));
    let rest = match open.is_empty() {
        true => "nothing: no write has begun that has no outcome",
        false => "these, and nothing else:",
    };
    text.push_str(&bullet(screen, rest));
    text.push_str(&writes(screen, paused, open));
    text
}

fn writes(screen: &Screen, paused: &Paused, writes: &[&UnderWay]) -> String {
    let shorts = Shorts::of(paused.under_way.iter().map(|w| &w.delivery));
    let mut text = String::new();
    for write in writes {
        let view = &write.delivery;
        let (id, became) = (shorts.delivery(view.id), &write.became);
        // Another user is not shown the text.
        let text_begins = match view.excerpt.as_str() {
            "" => String::new(),
            excerpt => format!(": \"{excerpt}\""),
        };
        let said = format!(
            "{id} part {} to {}: {became}{text_begins}",
            write.part, view.account
        );
        text.push_str(&bullet(screen, &said));
    }
    text
}

fn outside(screen: &Screen, paused: &Paused) -> String {
    let mut text = heading(screen, "Not under our control");
    if paused.outside.is_empty() {
        let said = "list what else speaks for you under 'outside' in config.toml, and it stands here";
        text.push_str(&bullet(screen, said));
    }
    for line in &paused.outside {
        text.push_str(&bullet(screen, line));
    }
    text
}

/// The plan of a resume.
pub(super) fn plan(screen: &Screen, view: &PlanView) -> String {
    let styles = screen.styles();
    let mut text = String::new();
    let ends = if view.left_shown.is_empty() {
        "paused"
    } else {
        "ends"
    };
    for order in &view.orders_shown {
        text.push_str(&format!("{}\n", wrap(screen, &format!("{ends}: {order}"), 0)));
    }
    text.push_str(&stays(screen, &view.left_shown));
    if let Some(why) = &view.switch_trouble {
        text.push_str(&format!(
            "{} {}\n",
            styles.red("the kill switch:"),
            wrap(screen, why, 17)
        ));
    }
    text.push_str(&heading(
        screen,
        &format!("The plan ({} posts). Nothing has changed yet.", view.lines.len()),
    ));
    let shorts = Shorts::of(view.lines.iter().map(|l| &l.delivery));
    let times = Times::of(view.lines.iter().map(|l| &l.delivery));
    for (line, item) in view.lines.iter().zip(&view.plan.items) {
        let choice = choice(&item.choice);
        let d = &line.delivery;
        let marks = if line.marks.is_empty() {
            String::new()
        } else {
            format!(" [{}]", line.marks.join(", "))
        };
        let id = shorts.delivery(d.id);
        let said = format!(
            "{choice}  {id} {}, {}{marks}: \"{}\"",
            d.account,
            due_in_plan(&times, line),
            d.excerpt
        );
        text.push_str(&format!("{:>3}  {}\n", line.number, wrap(screen, &said, 5)));
    }
    text.push_str(&times.footer(screen));
    if view.number.is_empty() {
        return text;
    }
    text.push_str(&heading(screen, "To resume"));
    text.push_str(&bullet(screen, "with exactly this plan:"));
    let (number, which) = (&view.number, which(view));
    text.push_str(&command(
        screen,
        4,
        &format!("resume{which} --apply --plan {number}"),
    ));
    text.push_str(&bullet(screen, "change it first, in your editor:"));
    text.push_str(&command(screen, 4, &format!("resume{which} --edit")));
    text
}

/// When it was or is due, and when it goes where limits make that later.
fn due_in_plan(times: &Times, line: &PlanLine) -> String {
    let due = times.due(&line.delivery);
    match &line.expected_shown {
        Some(expected) => format!(
            "{due}, goes {} for the limit of posts an hour",
            times.brief(expected)
        ),
        None => due,
    }
}

/// The orders that a resume leaves in force.
fn stays(screen: &Screen, left: &[String]) -> String {
    let mut text = String::new();
    for order in left {
        let styles = screen.styles();
        text.push_str(&format!(
            "{} {}\n",
            styles.red("stays paused:"),
            wrap(screen, order, 14)
        ));
    }
    text
}

/// What must be typed again, so that the same pauses are meant.
fn which(view: &PlanView) -> String {
    if view.left_shown.is_empty() {
        return String::new();
    }
    let orders = view.orders.iter().map(|order| order.id.to_string());
    orders
        .map(|id| format!(" --order {}", ending(&id, ORDER_CHARS)))
        .collect()
}

fn choice(choice: &soundpost_core::plan::Choice) -> String {
    use soundpost_core::plan::Choice;
    match choice {
        Choice::Send => "send".to_owned(),
        Choice::At(when) => format!("at {when}"),
        Choice::Rewrite => "rewrite".to_owned(),
        Choice::Drop => "drop".to_owned(),
        Choice::Miss => "miss".to_owned(),
        Choice::Keep => "keep".to_owned(),
    }
}

/// The answer to `resume --apply`.
pub(super) fn resumed(screen: &Screen, resumed: &Resumed) -> String {
    let mut text = format!("{}\n", screen.styles().green("RESUMED"));
    let all = &resumed.deliveries;
    if all.is_empty() {
        text.push_str("Nothing had to be decided: what is queued keeps its times.\n");
        text.push_str(&stays(screen, &resumed.left_shown));
        return text;
    }
    let in_state = |state: &str| all.iter().filter(|d| d.state == state).count();
    let said = format!(
        "{} of {} decided posts go out; the first one goes alone, the others after it with a gap. Dropped: {}.",
        in_state("scheduled"),
        all.len(),
        in_state("cancelled")
    );
    let missed = match in_state("missed") {
        0 => String::new(),
        n => format!(" Missed: {n}."),
    };
    let said = said + &missed;
    text.push_str(&format!("{}\n\n", wrap(screen, &said, 0)));
    let left: Vec<DeliveryView> = all.iter().filter(|d| d.state != "cancelled").cloned().collect();
    if !left.is_empty() {
        text.push_str(&deliveries(screen, &left));
    }
    text.push_str(&stays(screen, &resumed.left_shown));
    text
}
