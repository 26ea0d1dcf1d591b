//! What is queued: sends without an outcome, what waits for a person, and rules of time zones that changed.

use soundpost_core::delivery::{Delivery, StateName};
use soundpost_core::port::store::{Query, Store as _};
use soundpost_core::schedule::recompute;

use super::Patient;
use super::finding::Finding;
use crate::os::zones;

const WHAT: &str = "deliveries";

pub(super) async fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let all = patient
        .journal
        .store
        .list(&Query::open())
        .await
        .unwrap_or_default();
    let count = |state: StateName| {
        all.iter()
            .filter(|delivery| delivery.state_name() == state)
            .count()
    };
    let mut findings = vec![Finding::ok(WHAT, format!("{} have not ended", all.len()))];
    findings.extend(attempting(patient, count(StateName::Attempting)));
    findings.extend(unknown(count(StateName::Unknown)));
    findings.extend(failed(count(StateName::Failed)));
    findings.extend(rezoned(&all));
    findings
}

fn attempting(patient: &Patient<'_>, count: usize) -> Option<Finding> {
    let is_abandoned = count > 0 && patient.owner.is_none();
    is_abandoned.then(|| {
        Finding::note("attempting", WHAT, format!("{count} were being sent when the last process ended"))
            .means("they may be public; the next start looks at the network for each, and sends none of them blindly")
            .next("soundpost queue --state attempting")
    })
}

fn unknown(count: usize) -> Option<Finding> {
    (count > 0).then(|| {
        Finding::note(
            "unknown",
            WHAT,
            format!("{count} are unknown: the answer of the network was lost"),
        )
        .means("each is looked up, and never sent again blindly; where that cannot tell, a person decides")
        .next("soundpost queue --state unknown")
    })
}

fn failed(count: usize) -> Option<Finding> {
    (count > 0).then(|| {
        Finding::note("failed", WHAT, format!("{count} failed and wait for a person"))
            .means("they do not go out by themselves")
            .next("soundpost queue --state failed")
    })
}

fn rezoned(all: &[Delivery]) -> Option<Finding> {
    let zones = zones::database().ok()?;
    let waiting = all
        .iter()
        .filter(|delivery| delivery.state_name().waits() && !delivery.is_mid_thread());
    let moved = waiting
        .filter(|delivery| recompute(&delivery.due, &zones).is_ok_and(|due| due.at != delivery.due.at))
        .count();
    (moved > 0).then(|| {
        Finding::note(
            "zones_changed",
            WHAT,
            format!("the rules of the time zone of {moved} changed"),
        )
        .means("their time of day stays; the next start of the daemon computes the instants anew")
    })
}
