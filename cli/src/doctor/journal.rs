//! The journal: whether it can be read to its end, and if not, where, why, and what is lost behind that place.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use soundpost_core::clock_doubt::DOUBT_MS;
use soundpost_store::examine::{Flaw, SledFound};
use soundpost_store::journal::{JournalError, Survey};

use super::Patient;
use super::finding::{Finding, count_of, or_ok, size};
use crate::output::visible;

const WHAT: &str = "journal";
const LARGE: &str = "large values";
const BACKUP: &str = "put the whole data folder back from a backup";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let found = &patient.journal;
    let survey = &found.survey;
    let folder = patient.path("journal");
    let mut findings = Vec::new();
    findings.extend(survey.fault.as_ref().map(|fault| broken(patient, survey, fault)));
    findings.extend(torn(patient, survey));
    if survey.first_seq > 1 {
        let text = format!("begins at entry {}: the older ones are missing", survey.first_seq);
        findings.push(
            Finding::damage("journal_beginning_lost", WHAT, text)
                .at(&folder)
                .means("what sled has is all that is known of them; never rebuild it")
                .next(BACKUP),
        );
    }
    for (seq, why) in &found.flaws {
        findings.push(
            Finding::damage(
                "entry_unreadable",
                WHAT,
                format!("entry {seq} cannot be understood: {}", visible(why)),
            )
            .at(&folder)
            .means("a newer program wrote it, or it was changed")
            .next("use the newest program; else put the whole data folder back from a backup"),
        );
    }
    for name in &survey.strange {
        let text = format!("a file that is no part of it: {}", visible(name));
        findings.push(Finding::note("journal_strange_file", WHAT, text).at(&folder.join(name)));
    }
    let entries = survey.head.map_or(0, |head| head.last_seq);
    let newest = found.newest_at.map(|at| format!(", the newest of {}", shown(at)));
    let good = format!(
        "can be read to its end: {entries} entries in {} ({}){}",
        count_of(survey.segments, "segment", "segments"),
        size(survey.bytes),
        newest.unwrap_or_default()
    );
    let mut findings = or_ok(findings, Finding::ok(WHAT, good));
    findings.extend(large_values(patient));
    findings.extend(clock(patient));
    findings
}

/// An instant for people, in the zone of the system.
fn shown(at: Timestamp) -> String {
    let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%a %-d %b %Y %H:%M:%S %Z").to_string()
}

fn segment(patient: &Patient<'_>, number: u64) -> PathBuf {
    patient.path("journal").join(format!("{number:08}.seg"))
}

fn broken(patient: &Patient<'_>, survey: &Survey, fault: &JournalError) -> Finding {
    let folder = patient.path("journal");
    let detail = survey
        .detail
        .as_ref()
        .map(|detail| format!(" ({detail})"))
        .unwrap_or_default();
    let code = match fault {
        JournalError::NoJournal => "journal_missing",
        JournalError::Io { source, .. } if source.kind() == ErrorKind::NotFound => "journal_missing",
        JournalError::MissingSegment { .. } => "journal_gap",
        JournalError::BrokenHeader { .. } => "journal_segment",
        JournalError::ChainMismatch { .. } => "journal_chain",
        JournalError::BrokenFrame { .. } => "journal_frame",
        JournalError::UnknownVersion { .. } => "journal_newer",
        _ => "journal_unreadable",
    };
    let mut finding = Finding::damage(code, WHAT, format!("{}{detail}", text_of(fault)));
    finding = match fault.place() {
        Some((number, byte)) => finding.at_byte(&segment(patient, number), byte),
        None => finding.at(&folder),
    };
    let next_seq = survey.head.map_or(1, |head| head.last_seq + 1);
    finding = finding
        .means(lost(patient, next_seq))
        .next("soundpost pause \"the journal is damaged\"");
    if let Some(kept) = kept_aside(patient).filter(|_| code == "journal_missing") {
        finding = finding.next(format!(
            "a cut was broken off: put back what it kept aside, then cut again:  mv {} {}",
            kept.display(),
            folder.display()
        ));
    }
    finding = finding.next(BACKUP);
    let can_cut = fault.place().is_some() && next_seq > 1;
    if can_cut && patient.sled.is_some() {
        finding = finding.next(format!(
            "or give up entry {next_seq} and all after it:  soundpost doctor --cut-journal-at {next_seq}   (keeps \
             everything aside, stays paused)"
        ));
    }
    finding
}

/// The newest journal that a cut set aside.
fn kept_aside(patient: &Patient<'_>) -> Option<PathBuf> {
    let items = fs::read_dir(patient.home).ok()?.flatten();
    let dated = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.strip_prefix("journal.").is_some_and(|rest| rest != "new") && path.is_dir()
    };
    items.map(|item| item.path()).filter(dated).max()
}

fn text_of(fault: &JournalError) -> String {
    let text = fault.to_string();
    text.strip_prefix("journal ")
        .or_else(|| text.strip_prefix("journal: "))
        .unwrap_or(&text)
        .to_owned()
}

fn lost(patient: &Patient<'_>, next_seq: u64) -> String {
    let since = match patient.journal.newest_at {
        Some(at) => format!("what was queued, sent or decided after {} may be lost", shown(at)),
        None => "nothing of it can be read".to_owned(),
    };
    let behind = patient.journal.survey.stranded.as_ref().map(|stranded| {
        let when = patient
            .journal
            .stranded_at
            .map(|(first, last)| format!(", of {} to {}", shown(first), shown(last)));
        format!(
            "; behind that place {} entries are whole ({} to {}{})",
            stranded.entries,
            stranded.first.0,
            stranded.last.0,
            when.unwrap_or_default()
        )
    });
    format!(
        "the program does not start, so nothing goes out twice; {since}, from entry {next_seq} on{}",
        behind.unwrap_or_default()
    )
}

fn torn(patient: &Patient<'_>, survey: &Survey) -> Option<Finding> {
    // Beside an owner it is a frame that is being written.
    let cut = survey.torn.filter(|_| patient.owner.is_none())?;
    let last_seq = survey.head?.last_seq;
    let text = format!(
        "ends in {} that were never finished, after entry {}",
        size(cut.bytes),
        last_seq
    );
    let place = segment(patient, cut.segment);
    match applied(patient) {
        // Said where sled is looked at: the journal has lost entries.
        Some(applied) if applied > last_seq => return None,
        Some(_) => {}
        None => return Some(
            Finding::warning("journal_tail_doubtful", WHAT, text)
                .at_byte(&place, cut.offset)
                .means("a crash leaves that, and so does decay of the newest entries; only sled could tell: the next start pauses everything")
                .next("look at the accounts, then:  soundpost resume"),
        ),
    }
    Some(
        Finding::note("journal_torn", WHAT, text)
            .at_byte(&place, cut.offset)
            .means("nothing acknowledged is lost: it is the trace of a crash, and the next start cuts it"),
    )
}

/// How far the journal had come, by what sled says.
fn applied(patient: &Patient<'_>) -> Option<u64> {
    match &patient.sled {
        Some(SledFound::Opens {
            store: Some(store),
            applied_seq,
            ..
        }) if patient.store_id() == Some(*store) => Some(*applied_seq),
        _ => None,
    }
}

fn large_values(patient: &Patient<'_>) -> Vec<Finding> {
    let folder = patient.path("bodies");
    let bad = |(seq, name, flaw): &(u64, String, Flaw)| {
        let (code, text) = flaw_words(flaw);
        Finding::damage(code, LARGE, format!("that of entry {seq} {text}"))
            .at(&folder.join(name))
            .means("the queue goes on, but its story cannot be told, and sled could not be made anew")
            .next("put that file back from a backup: its name is the SHA-256 of its bytes")
    };
    let findings: Vec<Finding> = patient.journal.bodies.iter().map(bad).collect();
    let named = patient.journal.named_bodies.len();
    or_ok(
        findings,
        Finding::ok(LARGE, format!("{named} that the journal names are whole")),
    )
}

/// The code and the words for what is wrong with a large value.
pub(super) fn flaw_words(flaw: &Flaw) -> (&'static str, String) {
    match flaw {
        Flaw::NoName | Flaw::Missing => ("value_missing", "is missing".to_owned()),
        Flaw::OtherBytes => (
            "value_changed",
            "was changed: its bytes no longer have that hash".to_owned(),
        ),
        Flaw::Unreadable(why) => ("value_unreadable", format!("cannot be read: {why}")),
    }
}

fn clock(patient: &Patient<'_>) -> Option<Finding> {
    let newest = patient.journal.newest_at?;
    let now = patient.surroundings.clock.now();
    let behind_ms = newest.as_millisecond() - now.as_millisecond();
    if behind_ms <= DOUBT_MS {
        return Some(Finding::ok("clock", "not behind the newest entry of the journal"));
    }
    let text = format!(
        "says {}, and the newest entry was written {}",
        shown(now),
        shown(newest)
    );
    Some(
        Finding::warning("clock_behind", "clock", text)
            .means("the next start pauses everything, and nothing is lost")
            .next("set the clock, then:  soundpost resume"),
    )
}
