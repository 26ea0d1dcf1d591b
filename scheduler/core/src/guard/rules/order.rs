//! The one order in which everything is asked and named. `docs/guard.md` has it as a table; halts and freshness come
//! before all of it, in `dispatch.rs`.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use super::caps::{self, Counted};
use super::{trends, windows};
use crate::delivery::HoldReason;
use crate::guard::{Input, Verdict, judge_events};
use crate::world::World;

/// The verdict on a post at an instant: windows first, then sensitive days and events, hashtags that rise, limits.
pub(in crate::guard) fn verdict(input: &Input<'_>, world: &World, zones: &TimeZoneDatabase) -> Verdict {
    let (windows, counted, trends) = match &input.scene {
        Some(scene) => (
            windows::holds(input, scene, zones),
            caps::count(input, scene, zones),
            trends::holds(input, scene, world),
        ),
        None => (Vec::new(), Counted::default(), Vec::new()),
    };
    let events = judge_events(input, world, zones);
    let mut ends: Vec<Option<Timestamp>> = Vec::new();
    ends.extend(windows.iter().chain(&counted.holds).map(|hold| hold.until));
    ends.extend(trends.iter().map(|hold| hold.until));
    ends.extend((!events.holds.is_empty()).then_some(events.review_after));
    let windows = windows.into_iter().map(HoldReason::Rule);
    let by_event = events.holds.into_iter().map(HoldReason::Event);
    let trends = trends.into_iter().map(HoldReason::Rule);
    let limits = counted.holds.into_iter().map(HoldReason::Rule);
    let reasons: Vec<HoldReason> = windows.chain(by_event).chain(trends).chain(limits).collect();
    let evidence = events.evidence;
    match (reasons.is_empty(), counted.findings.is_empty()) {
        (true, true) => Verdict::Allow { evidence },
        (true, false) => Verdict::Warn {
            evidence,
            findings: counted.findings,
        },
        (false, _) => Verdict::Hold {
            reasons,
            review_after: last(&ends),
        },
    }
}

/// Looked at again when the last of them has ended; never by itself when one of them does not end by itself.
fn last(ends: &[Option<Timestamp>]) -> Option<Timestamp> {
    let ends = ends.iter().copied().collect::<Option<Vec<_>>>()?;
    ends.into_iter().max()
}
