//! sled, the index: whether it opens, how far it has come, and whether it says what the journal says.

use soundpost_core::id::StoreId;
use soundpost_store::examine::{Differences, Flaw, SledFound};

use super::Patient;
use super::finding::{Finding, count_of, or_ok};
use super::journal::flaw_words;
use crate::output::visible;

const WHAT: &str = "sled";
const REBUILD: &str = "soundpost doctor --rebuild";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let folder = patient.path("sled");
    let Some(found) = &patient.sled else {
        let why = match &patient.owner {
            Some(owner) => format!("not looked at: process {} has it open", owner.pid),
            None => "not looked at: the lock of the queue was not to be had".to_owned(),
        };
        return vec![Finding::note("sled_not_looked_at", WHAT, why).at(&folder)];
    };
    let mut findings = match found {
        SledFound::Missing => vec![
            Finding::note("sled_missing", WHAT, "is not there")
                .means(format!("{}; the next start makes it anew", safe(patient))),
        ],
        SledFound::NotAFolder => vec![
            Finding::damage("sled_no_folder", WHAT, "is not a folder")
                .means(safe(patient))
                .next(REBUILD),
        ],
        SledFound::Broken(why) => vec![
            Finding::damage(
                "sled_broken",
                WHAT,
                format!("does not open: {}", without_advice(why)),
            )
            .means(safe(patient))
            .next(REBUILD),
        ],
        SledFound::Opens {
            store,
            applied_seq,
            differences,
            bad_bodies,
            ..
        } => opens(patient, *store, *applied_seq, differences, bad_bodies),
    };
    for path in &patient.sled_leftovers {
        let finding = Finding::note("sled_leftover", WHAT, "a snapshot was never finished").at(path);
        findings.push(finding.means("nothing reads it"));
    }
    findings
        .into_iter()
        .map(|finding| {
            if finding.place.is_some() {
                finding
            } else {
                finding.at(&folder)
            }
        })
        .collect()
}

/// What the journal makes good. It must be whole for that.
fn safe(patient: &Patient<'_>) -> &'static str {
    let survey = &patient.journal.survey;
    if survey.fault.is_none() && survey.torn.is_none() && survey.first_seq <= 1 {
        "nothing acknowledged is lost: the journal has all of it"
    } else {
        "look at the journal first: it is not whole either"
    }
}

/// The store's errors end with what to do, which stands in a place of its own here.
fn without_advice(why: &str) -> String {
    let why = why.split(": rebuild it from the journal").next().unwrap_or(why);
    visible(why.trim_end_matches(" backtrace ()")).into_owned()
}

fn opens(
    patient: &Patient<'_>,
    store: Option<StoreId>,
    applied: u64,
    differences: &Result<Differences, String>,
    bad_bodies: &[(String, Flaw)],
) -> Vec<Finding> {
    let last = patient.journal.survey.head.map_or(0, |head| head.last_seq);
    if let Some(other) = store.filter(|id| patient.store_id().is_some_and(|own| own != *id)) {
        let finding = Finding::damage("sled_foreign", WHAT, format!("belongs to store {other}"));
        return vec![finding.means(safe(patient)).next(REBUILD)];
    }
    if applied > last && patient.journal.survey.fault.is_none() {
        return vec![ahead(applied, last)];
    }
    let mut findings = Vec::new();
    match differences {
        Ok(found) if found.count > 0 => findings.push(differs(patient, found)),
        Err(why) if patient.journal.survey.fault.is_none() && patient.journal.bodies.is_empty() => findings
            .push(
                Finding::damage(
                    "sled_broken",
                    WHAT,
                    format!("cannot be read: {}", without_advice(why)),
                )
                .means(safe(patient))
                .next(REBUILD),
            ),
        _ => {}
    }
    for (name, flaw) in bad_bodies {
        let (_, text) = flaw_words(flaw);
        let finding = Finding::damage("sled_value", WHAT, format!("a large value of it {text}"));
        findings.push(
            finding
                .at(&patient.path("bodies").join(name))
                .means(safe(patient))
                .next(REBUILD),
        );
    }
    let good = match last.saturating_sub(applied) {
        _ if patient.journal.survey.fault.is_some() => {
            format!("opens, and has entry {applied}; the journal cannot be compared")
        }
        0 => "says what the journal says".to_owned(),
        behind => {
            let entries = count_of(usize::try_from(behind).unwrap_or(usize::MAX), "entry", "entries");
            format!("{entries} behind the journal, as after a crash; the next start brings it up")
        }
    };
    or_ok(findings, Finding::ok(WHAT, good))
}

fn ahead(applied: u64, last: u64) -> Finding {
    let text = format!(
        "has entry {applied}, and the journal ends at entry {last}: that has lost its newest entries"
    );
    Finding::damage("sled_ahead", WHAT, text)
        .means(format!(
            "{} lost: what was queued then is gone, and what was sent may still stand in the queue",
            match applied - last {
                1 => format!("entry {applied} is"),
                _ => format!("entries {} to {applied} are", last + 1),
            }
        ))
        .next("put the whole data folder back from a backup, if there is a newer one")
        .next("else:  soundpost doctor --rebuild   (keeps the old folder, and pauses everything)")
        .next("look at the accounts, then:  soundpost resume")
}

fn differs(patient: &Patient<'_>, found: &Differences) -> Finding {
    let named = found.named.join(", ");
    let more = found.count.saturating_sub(found.named.len());
    let more = if more > 0 {
        format!(", and {more} more")
    } else {
        String::new()
    };
    let text = format!(
        "differs from the journal in {}: {}{more}",
        found.count,
        visible(&named)
    );
    Finding::damage("sled_differs", WHAT, text)
        .means(format!(
            "{}; the daemon does not start, so that nothing goes out twice",
            safe(patient)
        ))
        .next(REBUILD)
}
