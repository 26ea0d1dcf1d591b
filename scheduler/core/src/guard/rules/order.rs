//! The one order in which everything is asked and named. `docs/guard.md` has it as a table; halts and freshness come
//! before all of it, in `dispatch.rs`.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use super::windows;
use crate::delivery::HoldReason;
use crate::guard::{Input, Verdict, judge_events};
use crate::world::World;

/// The verdict on a post at an instant: windows first, then sensitive days and events.
pub(in crate::guard) fn verdict(input: &Input<'_>, world: &World, zones: &TimeZoneDatabase) -> Verdict {
    let windows = match &input.scene {
        Some(scene) => windows::holds(input, scene, zones),
        None => Vec::new(),
    };
    let events = judge_events(input, world, zones);
    let mut ends: Vec<Option<Timestamp>> = windows.iter().map(|hold| hold.until).collect();
    ends.extend((!events.holds.is_empty()).then_some(events.review_after));
    let windows = windows.into_iter().map(HoldReason::Rule);
    let reasons: Vec<HoldReason> = windows
        .chain(events.holds.into_iter().map(HoldReason::Event))
        .collect();
    if reasons.is_empty() {
        return Verdict::Allow {
            evidence: events.evidence,
        };
    }
    // Looked at again when the last of them has ended; never by itself when one of them does not end by itself.
    let ends = ends.into_iter().collect::<Option<Vec<_>>>();
    Verdict::Hold {
        reasons,
        review_after: ends.and_then(|ends| ends.into_iter().max()),
    }
}
