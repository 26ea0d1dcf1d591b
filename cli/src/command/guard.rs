//! `guard read`: what a file would propose, without a queue. `guard eval`: how well the guard judges.
//! `guard words`: what of a text it knows. `guard shadow`: where it only watches.
//! `guard hygiene`: what became of what it held. `guard drill`: what an event would do that has not happened.

mod eval;
mod trends;
mod words;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use soundpost_core::guard::calendar::{Calendar, Viewpoint};
use soundpost_core::guard::feed::merge::is_news;
use soundpost_core::guard::feed::{self, Proposal, Reading};
use soundpost_core::schedule;

use super::{Ctx, ask_and_show};
use crate::app::error::AppError;
use crate::app::log::Log;
use crate::args::{GuardCommand, GuardDrill, GuardHygiene, GuardRead, GuardShadow, Turn};
use crate::control::protocol::{Answer, Ask, DrillAsk, ShadowAsk};
use crate::exit_code::ExitCode;
use crate::os;
use crate::output::{Screen, visible};
use crate::render::{self, bullet, heading, wrap};
use crate::wire_up;

/// How many of the items that propose nothing are shown with their names for each reason.
const PASSED_SHOWN: usize = 3;
/// How many days of a calendar are shown.
const DAYS_SHOWN: usize = 5;

/// `guard`.
///
/// # Errors
/// [`AppError`] when the file cannot be read, with why and where.
pub async fn guard(ctx: &Ctx, command: GuardCommand) -> Result<ExitCode, AppError> {
    match command {
        GuardCommand::Drill(args) => drill(ctx, args).await,
        GuardCommand::Hygiene(args) => hygiene(ctx, &args),
        GuardCommand::Shadow(args) => shadow(ctx, args).await,
        GuardCommand::Read(args) => read(ctx, &args),
        GuardCommand::Eval(args) => eval::eval(ctx, &args),
        GuardCommand::Words(args) => words::words(ctx, &args),
    }
}

/// Asks as a flag would ask, and measures how long the answer takes.
async fn drill(ctx: &Ctx, args: GuardDrill) -> Result<ExitCode, AppError> {
    let began = Instant::now();
    let ask = DrillAsk { title: args.title };
    let mut answer = ctx.ask(Ask::GuardDrill(ask)).await?;
    if let Answer::Drill(drill) = &mut answer {
        drill.answer_us = u64::try_from(began.elapsed().as_micros()).ok();
    }
    ctx.show(&answer);
    Ok(ExitCode::Ok)
}

/// Reads the journal itself, as `log` does.
fn hygiene(ctx: &Ctx, args: &GuardHygiene) -> Result<ExitCode, AppError> {
    let log = Log::open(&ctx.home, wire_up::log_surroundings(&ctx.home)?)?;
    let now = ctx.surroundings.clock.now();
    ctx.show(&Answer::Hygiene(log.hygiene(args.days, now)?));
    Ok(ExitCode::Ok)
}

async fn shadow(ctx: &Ctx, args: GuardShadow) -> Result<ExitCode, AppError> {
    if args.release && args.turn == Some(Turn::Off) {
        return Err(AppError::bad_input(
            "--release goes with: soundpost guard shadow on",
        ));
    }
    let ask = ShadowAsk {
        turn: args.turn.map(|turn| turn == Turn::On),
        accounts: args.account,
        release: args.release,
        why: args.reason.unwrap_or_default(),
    };
    ask_and_show(ctx, Ask::GuardShadow(ask)).await
}

fn read(ctx: &Ctx, args: &GuardRead) -> Result<ExitCode, AppError> {
    let file = args.file.display();
    let refused = |why: String| AppError::bad_input(format!("cannot read '{file}': {}", visible(&why)));
    let bytes = bytes(&args.file).map_err(|e| refused(e.to_string()))?;
    if let Some(text) = calendar_text(&bytes) {
        return calendar(ctx, &args.file, &text);
    }
    let reading = feed::read(&bytes, args.content_type.as_deref(), &args.language);
    let rising = feed::trends::read(&bytes, args.content_type.as_deref());
    match (&reading, rising) {
        (Err(_), Ok(rising)) => {
            trends::say(ctx, &rising);
            return Ok(ExitCode::Ok);
        }
        (Ok(reading), Ok(rising)) if reading.proposals.is_empty() && trends::is_whole(&rising) => {
            trends::say(ctx, &rising);
            return Ok(ExitCode::Ok);
        }
        (Err(_), Err(refusal)) if bytes.trim_ascii_start().starts_with(b"[") => {
            return Err(refused(refusal.to_string()));
        }
        _ => {}
    }
    let reading = reading.map_err(|refusal| refused(refusal.to_string()))?;
    if ctx.screen.json {
        let now = ctx.surroundings.clock.now();
        ctx.say(&render::json_of("reading", &as_json(&reading, now)));
    } else {
        ctx.say(&screen(ctx, &reading)?);
    }
    Ok(ExitCode::Ok)
}

/// At most one byte more than a feed may have: the reader then says that it is too large.
fn bytes(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = feed::BYTES_MAX as u64 + 1;
    File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn calendar_text(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.trim_start_matches('\u{feff}');
    let begins = text
        .trim_start()
        .get(..15)?
        .eq_ignore_ascii_case("BEGIN:VCALENDAR");
    begins.then(|| text.to_owned())
}

fn calendar(ctx: &Ctx, file: &Path, text: &str) -> Result<ExitCode, AppError> {
    let name = file
        .file_stem()
        .map_or_else(|| "calendar".to_owned(), |s| s.to_string_lossy().into_owned());
    let calendar = Calendar::parse(&name, text).map_err(|e| AppError::bad_input(visible(&e.to_string())))?;
    let zones = os::zones::database().map_err(AppError::bad_input)?;
    let zone = os::zones::system_zone_name();
    let now = ctx.surroundings.clock.now();
    let next = calendar.next(now, DAYS_SHOWN, &Viewpoint::zone(&zone, &zones));
    let days: Vec<String> = next
        .iter()
        .map(|c| {
            let at = schedule::show_instant(c.begins_at, &zone, &zones, now);
            let day = c.day;
            format!(
                "{at}: {} ({}, {})",
                visible(&day.title),
                day.severity,
                day.countries.join(", ")
            )
        })
        .collect();
    let skipped: Vec<String> = calendar
        .skipped()
        .iter()
        .map(|s| visible(s).into_owned())
        .collect();
    if ctx.screen.json {
        let value = serde_json::json!({
            "format": "iCalendar", "title": name, "days": calendar.day_count(), "next": days, "skipped": skipped,
        });
        ctx.say(&render::json_of("reading", &value));
        return Ok(ExitCode::Ok);
    }
    let title = format!("iCalendar: {} days; the next:", calendar.day_count());
    let mut out = format!("{}\n", wrap(&ctx.screen, &title, 0));
    out.extend(days.iter().map(|day| bullet(&ctx.screen, day)));
    if !skipped.is_empty() {
        out.push_str(&heading(&ctx.screen, &format!("passed over: {}", skipped.len())));
        out.extend(skipped.iter().map(|s| bullet(&ctx.screen, s)));
    }
    ctx.say(&out);
    Ok(ExitCode::Ok)
}

fn as_json(reading: &Reading, now: Timestamp) -> serde_json::Value {
    let proposal = |p: &Proposal| {
        serde_json::json!({
            "names": p.names, "title": p.title, "summary": p.summary, "kind": p.kind, "tags": p.tags,
            "places": p.places, "countries": p.countries, "regions": p.regions, "severity": p.severity,
            "because": p.because, "starts_at": p.starts_at, "ends_at": p.ends_at, "link": p.link, "over": p.is_over,
            "proposed": is_news(p, now),
        })
    };
    let passed = reading
        .passed_over
        .iter()
        .map(|p| serde_json::json!({ "what": p.what, "why": p.why }));
    serde_json::json!({
        "format": reading.format,
        "title": reading.title,
        "proposals": reading.proposals.iter().map(proposal).collect::<Vec<_>>(),
        "passed_over": passed.collect::<Vec<_>>(),
    })
}

fn screen(ctx: &Ctx, reading: &Reading) -> Result<String, AppError> {
    let screen = &ctx.screen;
    let title = match reading.title.as_str() {
        "" => reading.format.clone(),
        title => format!("{}: {title}", reading.format),
    };
    let mut out = format!("{}\n", wrap(screen, &title, 0));
    let zones = os::zones::database().map_err(AppError::bad_input)?;
    let (zone, now) = (os::zones::system_zone_name(), ctx.surroundings.clock.now());
    let at = |at| schedule::show_instant(at, &zone, &zones, now);
    let (news, past): (Vec<&Proposal>, Vec<&Proposal>) = reading
        .proposals
        .iter()
        .partition(|proposal| is_news(proposal, now));
    out.push_str(&heading(screen, &format!("would be proposed: {}", news.len())));
    out.push_str(&proposals(screen, &news, &at));
    if !past.is_empty() {
        let title = format!(
            "over, or begun more than three days ago, and not proposed: {}",
            past.len()
        );
        out.push_str(&heading(screen, &title));
        out.push_str(&proposals(screen, &past, &at));
    }
    out.push_str(&passed_over(ctx, reading));
    Ok(out)
}

fn proposals(screen: &Screen, proposals: &[&Proposal], at: &impl Fn(Timestamp) -> String) -> String {
    let mut out = String::new();
    for proposal in proposals {
        let word = match (proposal.is_over, proposal.severity) {
            (true, _) => "over".to_owned(),
            (false, Some(severity)) => severity.to_string(),
            (false, None) => "severity not said".to_owned(),
        };
        let said = format!("{}: {}", screen.styles().bold(word), visible(&proposal.title));
        out.push_str(&bullet(screen, &said));
        let detail = |text: &str| format!("    {}\n", wrap(screen, text, 4));
        let words: Vec<&str> = proposal
            .places
            .iter()
            .chain(&proposal.tags)
            .map(String::as_str)
            .collect();
        let touches = if words.is_empty() {
            String::new()
        } else {
            format!("; touches: {}", words.join(", "))
        };
        out.push_str(&detail(&format!(
            "kind {}; area {}{touches}",
            proposal.kind,
            area(proposal)
        )));
        let window = match (proposal.starts_at, proposal.ends_at) {
            (None, None) => String::new(),
            (Some(from), None) => format!("; from {}", at(from)),
            (None, Some(until)) => format!("; until {}", at(until)),
            (Some(from), Some(until)) => format!("; from {} until {}", at(from), at(until)),
        };
        out.push_str(&detail(&format!("{}{window}", proposal.because)));
    }
    out
}

fn area(proposal: &Proposal) -> String {
    match (proposal.countries.as_slice(), proposal.regions.as_slice()) {
        ([], _) => "not said".to_owned(),
        (countries, []) => countries.join(", "),
        (countries, regions) => format!("{} ({})", countries.join(", "), regions.join(", ")),
    }
}

/// Each reason once, with how many there are and the first of them.
fn passed_over(ctx: &Ctx, reading: &Reading) -> String {
    if reading.passed_over.is_empty() {
        return String::new();
    }
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for passed in &reading.passed_over {
        match reasons.iter_mut().find(|(why, _)| *why == passed.why) {
            Some((_, whats)) => whats.push(&passed.what),
            None => reasons.push((&passed.why, vec![&passed.what])),
        }
    }
    reasons.sort_by_key(|(_, whats)| std::cmp::Reverse(whats.len()));
    let title = format!("passed over: {}", reading.passed_over.len());
    let mut out = heading(&ctx.screen, &title);
    for (why, whats) in reasons {
        let shown: Vec<String> = whats
            .iter()
            .take(PASSED_SHOWN)
            .map(|w| format!("\"{}\"", visible(w)))
            .collect();
        let more = match whats.len().saturating_sub(PASSED_SHOWN) {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let said = format!("{}: {}{more}", visible(why), shown.join(", "));
        out.push_str(&bullet(&ctx.screen, &said));
    }
    out
}
