//! An event that nobody confirms gets milder, and is over in the end: what was critical on Monday must not silence a
//! queue for ever because nobody remembered to end it.
//!
//! The schedule counts from the flag, or from the last confirmation. It is worked out from the clock each time, so a
//! program that did not run in between knows it as well. An event that has an end of its own keeps its severity.

use jiff::{SignedDuration, Timestamp};

use super::{Event, Severity};

/// Critical for so long, then high.
pub const CRITICAL_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// High until so long after the flag, then watch.
pub const HIGH_LASTS: SignedDuration = SignedDuration::from_hours(72);
/// Watch until so long after the flag, then over.
pub const WATCH_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One step of an event that gets milder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// What it is from then on; none = over.
    pub severity: Option<Severity>,
}

impl Event {
    /// How much it silences at this instant.
    pub fn severity_at(&self, at: Timestamp) -> Severity {
        let taken = self.steps().into_iter().take_while(|step| step.at <= at);
        taken
            .filter_map(|step| step.severity)
            .last()
            .unwrap_or(self.severity)
    }

    /// True once it has ended because nobody confirmed it.
    pub(super) fn has_faded_at(&self, at: Timestamp) -> bool {
        self.steps().last().is_some_and(|end| end.at <= at)
    }

    /// All its steps, in order. An end that lies beyond all time is none.
    pub fn steps(&self) -> Vec<Step> {
        let Some(from) = self.decays_from else {
            return Vec::new();
        };
        let from = from.max(self.starts_at);
        [
            (CRITICAL_LASTS, Some(Severity::High)),
            (HIGH_LASTS, Some(Severity::Watch)),
            (WATCH_LASTS, None),
        ]
        .into_iter()
        .filter(|(_, severity)| severity.is_none_or(|s| s < self.severity))
        .filter_map(|(lasts, severity)| {
            let at = from.checked_add(lasts).ok()?;
            Some(Step { at, severity })
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::event;
    use super::*;

    fn hours(count: i64) -> Timestamp {
        let flagged: Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
        flagged.checked_add(SignedDuration::from_hours(count)).unwrap()
    }

    fn decaying(severity: Severity) -> Event {
        Event {
            severity,
            decays_from: Some(hours(0)),
            ..event()
        }
    }

    #[test]
    fn what_nobody_confirms_gets_milder_and_ends() {
        for (severity, after_hours, then) in [
            (Severity::Critical, 0, Some(Severity::Critical)),
            (Severity::Critical, 23, Some(Severity::Critical)),
            (Severity::Critical, 24, Some(Severity::High)),
            (Severity::Critical, 71, Some(Severity::High)),
            (Severity::Critical, 72, Some(Severity::Watch)),
            (Severity::Critical, 167, Some(Severity::Watch)),
            (Severity::Critical, 168, None),
            (Severity::High, 25, Some(Severity::High)),
            (Severity::High, 72, Some(Severity::Watch)),
            (Severity::Watch, 100, Some(Severity::Watch)),
            (Severity::Watch, 168, None),
        ] {
            let (event, at) = (decaying(severity), hours(after_hours));
            let now = event.counts_at(at).then(|| event.severity_at(at));
            assert_eq!(now, then, "{severity} after {after_hours} h");
        }
    }

    #[test]
    fn a_confirmation_begins_the_schedule_anew() {
        let event = Event {
            decays_from: Some(hours(20)),
            ..decaying(Severity::Critical)
        };
        assert_eq!(event.severity_at(hours(43)), Severity::Critical);
        assert_eq!(event.severity_at(hours(44)), Severity::High);
    }

    #[test]
    fn without_a_schedule_nothing_changes() {
        let event = event();
        assert!(event.steps().is_empty() && event.counts_at(hours(10_000)));
        assert_eq!(event.severity_at(hours(10_000)), event.severity);
    }

    #[test]
    fn an_event_of_the_end_of_time_has_no_step_beyond_it() {
        let event = Event {
            decays_from: Some(Timestamp::MAX),
            ..event()
        };
        assert!(event.steps().is_empty());
    }
}
