//! `review`: all that needs a person, grouped by reason, the most urgent first, with what can be done about it.

mod cause;
mod world;

use std::collections::BTreeMap;

use jiff::Timestamp;
use soundpost_core::delivery::{Delivery, State, StateName};
use soundpost_core::id::EventId;
use soundpost_core::port::store::{Query, ending_like};
use soundpost_core::world::World;

use super::App;
use super::error::AppError;
use super::events::events_of;
use super::find::{check_ending, limit_of, one_of};
use super::view::{move_words, resume_words};
use crate::control::protocol::{DeliveryView, Review, ReviewAsk, ReviewGroup, ReviewItem};
use cause::{Cause, Causes, Rank};

/// A command names so many ids at most.
const IDS_MAX: usize = 8;

/// Deliveries with one cause.
struct Group {
    cause: Cause,
    members: Vec<Member>,
    decides_at: Option<Timestamp>,
    /// What happens then: to the one, to the first of many.
    decides: [&'static str; 2],
    next: Vec<String>,
}

struct Member {
    delivery: Delivery,
    item: ReviewItem,
}

impl App {
    /// All that needs a person.
    ///
    /// # Errors
    /// [`AppError`] when there is no such account or event, or the store cannot be read.
    pub async fn review(&self, ask: &ReviewAsk) -> Result<Review, AppError> {
        let account = self.account_typed(ask.account.as_deref())?;
        let mut found = self.env.store.list(&Query::in_states(needing())).await?;
        let event = match &ask.event {
            Some(typed) => Some(self.event_like(typed, &found)?),
            None => None,
        };
        found.retain(|d| account.is_none_or(|id| d.account == id));
        found.retain(|d| event.is_none_or(|id| events_of(d).contains(&id)));
        let zone = self.shared_zone(&found);
        let of_account = ask
            .account
            .as_ref()
            .map_or_else(String::new, |name| format!(" --account {name}"));
        let mut groups = self.by_cause(&found, event, &zone, &of_account).await?;
        groups.extend(self.proposals(account, event).await?);
        groups.extend(self.events_to_look_at(account, event));
        groups.sort_by_key(|g| (g.cause.rank, g.decides_at.is_none(), g.decides_at, g.first_due()));
        let (halts, switch_trouble) = self.orders();
        let limit = limit_of(ask.limit);
        Ok(Review {
            deliveries: found.len(),
            groups: groups
                .into_iter()
                .map(|g| self.group_view(g, limit, &zone))
                .collect(),
            halts_shown: halts.iter().map(|order| self.order_shown(order)).collect(),
            switch_trouble,
            narrowed: account.is_some() || event.is_some(),
        })
    }

    /// The event whose id ends like this: one that was flagged, or the day of a calendar that holds one of these.
    pub(super) fn event_like(&self, typed: &str, held: &[Delivery]) -> Result<EventId, AppError> {
        check_ending(typed)?;
        let world = self.env.store.world();
        let days = held.iter().flat_map(events_of);
        let mut all: Vec<EventId> = world.events.keys().copied().chain(days).collect();
        all.sort_unstable();
        all.dedup();
        let found = one_of(typed, "event", &ending_like(all, typed));
        found.map_err(|error| {
            error.help("soundpost review shows what holds; soundpost event list, what is flagged")
        })
    }

    /// The zone of all of these accounts, where they have one zone; else that of the configuration.
    fn shared_zone(&self, found: &[Delivery]) -> String {
        let world = self.env.store.world();
        let accounts = found.iter().filter_map(|d| world.accounts.get(&d.account));
        let mut zones = accounts.map(|account| account.zone.as_str());
        match zones.next() {
            Some(first) if zones.all(|zone| zone == first) => first.to_owned(),
            _ => self.zone.clone(),
        }
    }

    async fn by_cause(
        &self,
        found: &[Delivery],
        wanted: Option<EventId>,
        zone: &str,
        of_account: &str,
    ) -> Result<Vec<Group>, AppError> {
        let world = self.env.store.world();
        let views = self.views(found).await?;
        let mut groups: BTreeMap<(&'static str, String), Group> = BTreeMap::new();
        for (delivery, view) in found.iter().zip(views) {
            let account = world.accounts.get(&delivery.account);
            let causes = Causes {
                here: self.teller(zone),
                there: self.teller(account.map_or(self.zone.as_str(), |a| a.zone.as_str())),
                world: &world,
                account: &view.account.clone(),
            };
            let Some((cause, mut also)) = causes.of(delivery, wanted) else {
                continue;
            };
            if let (Some(account), Some(_)) = (account, &delivery.approval) {
                let post = self.env.store.post(delivery.id.post).await?;
                also.extend(
                    post.iter()
                        .flat_map(|post| self.approval_gaps(delivery, post, account)),
                );
            }
            let item = self.item(delivery, view, &cause, also, &causes);
            let member = Member {
                delivery: delivery.clone(),
                item,
            };
            let group = groups.entry((cause.kind, cause.key.clone()));
            group.or_insert_with(|| Group::of(cause)).members.push(member);
        }
        let mut groups: Vec<Group> = groups.into_values().collect();
        for group in &mut groups {
            group.decide(self.now());
            group.next = self.group_moves(group, &world, of_account);
        }
        Ok(groups)
    }

    fn item(
        &self,
        delivery: &Delivery,
        view: DeliveryView,
        cause: &Cause,
        also: Vec<String>,
        causes: &Causes<'_>,
    ) -> ReviewItem {
        let until = Some(delivery.fresh_until()).filter(|at| is_held(delivery) && *at >= self.now());
        let id = delivery.id.to_string();
        let moves = self.moves_now(delivery).into_iter();
        ReviewItem {
            evidence: cause.evidence.clone(),
            also,
            good_until: until.map(|at| at.to_string()),
            good_until_shown: until.map(|at| causes.there.instant(at)),
            delivery: DeliveryView {
                next: moves.map(|words| words.replace("ID", &id)).collect(),
                ..view
            },
        }
    }

    /// What can be done about it now, with `ID` for the delivery: while it is paused nothing is let go, and what is too
    /// late needs a new time.
    fn moves_now(&self, delivery: &Delivery) -> Vec<String> {
        let is_paused = self.is_paused_for(delivery);
        let is_late = is_held(delivery) && self.now() > delivery.fresh_until();
        let lets_go = |words: &str| {
            ["approve", "release", "reschedule", "retry"]
                .iter()
                .any(|w| words.starts_with(w))
        };
        let words = move_words(delivery).iter();
        let words = words.filter(|words| !(is_paused && lets_go(words)));
        words
            .map(|words| match *words {
                "resume" => resume_words(delivery),
                "release ID" if is_late => "release ID --at now".to_owned(),
                "approve ID --reason WHY" if is_late => "approve ID --reason WHY --at now".to_owned(),
                words => words.to_owned(),
            })
            .collect()
    }

    /// What can be done about all of a group at once; `of_account` narrows what names them all.
    fn group_moves(&self, group: &Group, world: &World, of_account: &str) -> Vec<String> {
        let mut next = Vec::new();
        if let Some(id) = group.cause.event {
            let event = world.events.get(&id);
            next.extend(
                event
                    .filter(|e| e.ended_at.is_none())
                    .map(|_| format!("event end {id}")),
            );
        }
        match group.cause.kind {
            "pause" => next.push("resume".to_owned()),
            "login" => {
                let account = group.members.first().map(|m| m.item.delivery.account.clone());
                next.extend(account.map(|name| format!("account login {name}")));
            }
            "stale_source" => next.push("feed refresh".to_owned()),
            _ => {}
        }
        match (group.members.len(), group.cause.event) {
            (0 | 1, _) => {}
            (_, Some(id)) => next.extend(self.common_moves(group, &format!("--held-by {id}{of_account}"))),
            (2..=IDS_MAX, None) => next.extend(self.common_moves(group, &ids(group))),
            _ => {}
        }
        next
    }

    /// The moves that all of a group have in common, for what names them all.
    fn common_moves(&self, group: &Group, all_named: &str) -> Vec<String> {
        let all: Vec<Vec<String>> = group
            .members
            .iter()
            .map(|m| self.moves_now(&m.delivery))
            .collect();
        let takes_many = |words: &&String| {
            words.contains("ID") && !words.starts_with("rewrite") && !words.starts_with("found")
        };
        let first = all.first().into_iter().flatten();
        let common = first
            .filter(takes_many)
            .filter(|words| all.iter().all(|of| of.contains(words)));
        common.map(|words| words.replace("ID", all_named)).collect()
    }

    fn group_view(&self, group: Group, limit: usize, zone: &str) -> ReviewGroup {
        let mut items: Vec<ReviewItem> = group.members.into_iter().map(|m| m.item).collect();
        let all = items.len();
        items.truncate(limit);
        let teller = self.teller(zone);
        let [of_one, of_many] = group.decides;
        let decides = if all == 1 { of_one } else { of_many };
        ReviewGroup {
            kind: group.cause.kind.to_owned(),
            title: group.cause.title,
            about: group.cause.about,
            event: group.cause.event.map(|id| id.to_string()),
            decides_at: group.decides_at.map(|at| at.to_string()),
            decides_shown: group
                .decides_at
                .map(|at| format!("{decides} {}", teller.instant(at))),
            more: all - items.len(),
            items,
            next: group.next,
        }
    }
}

/// The ids of a group, as a command takes them.
fn ids(group: &Group) -> String {
    let ids: Vec<String> = group.members.iter().map(|m| m.delivery.id.to_string()).collect();
    ids.join(" ")
}

impl Group {
    fn of(cause: Cause) -> Group {
        Group {
            cause,
            members: Vec::new(),
            decides_at: None,
            decides: ["it is too late after", "the first of these is too late after"],
            next: Vec::new(),
        }
    }

    fn first_due(&self) -> Option<Timestamp> {
        self.members.iter().map(|m| m.delivery.due.at).min()
    }

    /// When the first of them is too late.
    fn decide(&mut self, now: Timestamp) {
        let held = self.members.iter().map(|m| &m.delivery).filter(|d| is_held(d));
        let until = held.map(Delivery::fresh_until).filter(|at| *at >= now);
        self.decides_at = until.min().filter(|_| self.cause.rank == Rank::Waits);
        self.members.sort_by_key(|m| (m.delivery.due.at, m.delivery.id));
    }
}

fn needing() -> impl Iterator<Item = StateName> {
    StateName::ALL.into_iter().filter(|s| s.needs_person())
}

fn is_held(delivery: &Delivery) -> bool {
    matches!(delivery.state(), State::Held { .. })
}
