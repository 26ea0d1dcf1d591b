//! Counting: how many posts on this day, how many that sell, how many jokes, how close to the next one.
//!
//! Before a post is queued, all that is public or promised around it counts. When it would go, only what is public: a
//! post of tomorrow takes nobody's place today.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

use super::limits::{Caps, InForce, in_words};
use super::rhythm::Beat;
use super::{Scene, without_approved};
use crate::delivery::{RuleHold, RuleName};
use crate::guard::Input;
use crate::post::Category;

/// The run of posts in which those that sell are counted.
const RUN: usize = 10;
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the limits say of a post.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// What holds it, where the account says that limits hold.
    pub(super) holds: Vec<RuleHold>,
    /// What is worth a look.
    pub(super) findings: Vec<RuleHold>,
}

/// Counts around this post. What a person sends at this moment, what has begun, and statements are never held.
pub(super) fn count(input: &Input<'_>, scene: &Scene<'_>, zones: &TimeZoneDatabase) -> Counted {
    if scene.is_mid_thread || scene.is_statement {
        return Counted::default();
    }
    let in_force = InForce::of(input.account, scene.settings);
    let mut counted = Counted::default();
    if in_force.caps == Caps::Hold && !scene.is_by_hand {
        let public = Around::new(input, scene, zones, true);
        counted.holds = without_approved(public.found(&in_force), input);
    }
    let all = Around::new(input, scene, zones, false);
    counted.findings = all.found(&in_force);
    counted.findings.extend(all.too_close(&in_force));
    let is_held = |finding: &RuleHold| counted.holds.iter().any(|hold| hold.rule == finding.rule);
    counted.findings.retain(|finding| !is_held(finding));
    counted
}

/// A post among the others of its account.
struct Around<'a> {
    at: Timestamp,
    category: Category,
    zone: TimeZone,
    /// The others, the nearest first.
    before: Vec<&'a Beat>,
    /// The others from this instant on, the nearest first.
    after: Vec<&'a Beat>,
}

impl<'a> Around<'a> {
    fn new(
        input: &Input<'_>,
        scene: &'a Scene<'_>,
        zones: &TimeZoneDatabase,
        only_public: bool,
    ) -> Around<'a> {
        let counts = |beat: &&Beat| beat.id != scene.delivery && (beat.is_public || !only_public);
        Around {
            at: input.at,
            category: input.category,
            zone: zones.get(&input.account.zone).unwrap_or(TimeZone::UTC),
            before: nearest(scene.rhythm.before(input.at).filter(counts), input.at),
            after: nearest(scene.rhythm.from(input.at).filter(counts), input.at),
        }
    }

    /// What is beyond a limit, but for the gap.
    fn found(&self, in_force: &InForce) -> Vec<RuleHold> {
        let rules = [
            RuleName::PostsPerDay,
            RuleName::SellsInTen,
            RuleName::HumorPerWeek,
        ];
        let found = rules.into_iter().filter_map(|rule| {
            let limit = in_force.limit(rule)?;
            let max = usize::try_from(limit.max).unwrap_or(usize::MAX);
            let (found, until) = match rule {
                RuleName::PostsPerDay => self.on_this_day(max)?,
                RuleName::SellsInTen => self.selling(max)?,
                _ => self.joking(max)?,
            };
            Some(RuleHold {
                rule,
                source: limit.source.clone(),
                limit: in_words(rule, limit.max),
                found,
                until,
            })
        });
        found.collect()
    }

    fn others(&self) -> impl Iterator<Item = &Beat> {
        self.before.iter().chain(&self.after).copied()
    }

    fn on_this_day(&self, max: usize) -> Option<(String, Option<Timestamp>)> {
        let date = self.zone.to_datetime(self.at).date();
        let same = self
            .others()
            .filter(|beat| self.zone.to_datetime(beat.at).date() == date);
        let count = same.count() + 1;
        let midnight = date
            .tomorrow()
            .ok()
            .and_then(|day| day.to_zoned(self.zone.clone()).ok());
        let found = format!("it is one of {count} on {}", date.strftime("%a %-d %b %Y"));
        (count > max).then(|| (found, midnight.map(|midnight| midnight.timestamp())))
    }

    /// The worst of all runs of ten that it is in.
    fn selling(&self, max: usize) -> Option<(String, Option<Timestamp>)> {
        if !sells(self.category) {
            return None;
        }
        let sell = |beats: &[&Beat]| -> Vec<bool> {
            let near = beats.iter().take(RUN - 1);
            near.map(|beat| sells(beat.category)).collect()
        };
        let before = sell(&self.before).into_iter().rev();
        let run: Vec<bool> = before.chain([true]).chain(sell(&self.after)).collect();
        let of = |run: &[bool]| run.iter().filter(|sells| **sells).count();
        let length = run.len().min(RUN);
        let count = run.windows(length).map(of).max().unwrap_or(1);
        let found =
            format!("{count} of {length} do, with this one; if it does not sell, say so with --category");
        (count > max).then_some((found, None))
    }

    fn joking(&self, max: usize) -> Option<(String, Option<Timestamp>)> {
        if self.category != Category::Humor {
            return None;
        }
        let near =
            |beat: &&Beat| beat.category == Category::Humor && beat.at.duration_since(self.at).abs() < WEEK;
        let mut jokes: Vec<Timestamp> = self.others().filter(near).map(|beat| beat.at).collect();
        jokes.push(self.at);
        jokes.sort_unstable();
        let within = |first: &Timestamp| {
            let so_far = jokes
                .iter()
                .filter(|at| *at >= first && at.duration_since(*first) < WEEK);
            so_far.count()
        };
        let count = jokes.iter().map(within).max().unwrap_or(1);
        // The jokes before it leave the week one after another, until there is room.
        let first_of_those = jokes.len().checked_sub(max + 1).and_then(|n| jokes.get(n));
        let until = first_of_those.and_then(|at| at.checked_add(WEEK).ok());
        (count > max).then(|| (format!("{count} within 7 days, with this one"), until))
    }

    /// By hand, or where limits came later than the promise, posts may be closer than they should.
    fn too_close(&self, in_force: &InForce) -> Option<RuleHold> {
        let limit = in_force.limit(RuleName::Gap)?;
        let gap = SignedDuration::from_mins(i64::from(limit.max));
        let before = self.before.first().map(|beat| self.at.duration_since(beat.at));
        let after = self.after.first().map(|beat| beat.at.duration_since(self.at));
        let nearest = before.into_iter().chain(after).min()?;
        let minutes = nearest.as_mins();
        (nearest < gap).then(|| RuleHold {
            rule: RuleName::Gap,
            source: limit.source.clone(),
            limit: in_words(RuleName::Gap, limit.max),
            found: format!("the nearest is {minutes} min away"),
            until: None,
        })
    }
}

/// The first of these, which begin with the nearest: those of a week, and as many as a run has.
fn nearest<'a>(beats: impl Iterator<Item = &'a Beat>, at: Timestamp) -> Vec<&'a Beat> {
    let is_near = |(n, beat): &(usize, &Beat)| *n < RUN - 1 || beat.at.duration_since(at).abs() <= WEEK;
    beats
        .enumerate()
        .take_while(is_near)
        .map(|(_, beat)| beat)
        .collect()
}

/// The categories that sell.
fn sells(category: Category) -> bool {
    matches!(category, Category::Promo | Category::Product)
}
