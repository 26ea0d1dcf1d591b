//! The events that need a person: proposals, and open ones that somebody wanted to look at again.

use std::cmp::Reverse;

use jiff::Zoned;
use soundpost_core::delivery::StateName;
use soundpost_core::event::{Event, Stage};
use soundpost_core::id::{AccountId, EventId};

use super::cause::Cause;
use super::{Group, Member};
use crate::app::App;
use crate::app::error::AppError;
use crate::control::protocol::{DeliveryView, ReviewItem};

/// Of so many proposals it is said what they would hold; of more only how many there are.
const PROPOSALS_MAX: usize = 20;

impl App {
    /// The proposals of events, with what they would hold.
    pub(super) async fn proposals(
        &self,
        account: Option<AccountId>,
        event: Option<EventId>,
    ) -> Result<Vec<Group>, AppError> {
        let now = self.now();
        let world = self.env.store.world();
        let is_open = |e: &&Event| e.stage == Stage::Proposed && !e.is_over_at(now);
        let mut all: Vec<&Event> = world.events.values().filter(is_open).collect();
        all.retain(|e| event.is_none_or(|id| e.id == id));
        all.sort_by_key(|e| (Reverse(e.severity), e.flagged_at, e.id));
        let left = all.len().saturating_sub(PROPOSALS_MAX);
        let name = account
            .and_then(|id| world.accounts.get(&id))
            .map(|a| a.name.as_str());
        let mut groups = Vec::new();
        for event in all.into_iter().take(PROPOSALS_MAX) {
            let mut would = self.would_be_held(event).await?;
            would.retain(|view| name.is_none_or(|name| view.account == name));
            if name.is_none() || !would.is_empty() {
                groups.push(self.proposal(event, would).await?);
            }
        }
        if left > 0 {
            let mut group = Group::of(Cause::new("proposal", format!("{left} more events are proposed")));
            group.next = vec!["event list".to_owned()];
            groups.push(group);
        }
        Ok(groups)
    }

    async fn proposal(&self, event: &Event, would: Vec<DeliveryView>) -> Result<Group, AppError> {
        let (view, id) = (self.event_view(event, 0), event.id);
        let title = format!(
            "{} event \"{}\" is proposed, and holds nothing",
            view.severity, view.title
        );
        let mut group = Group::of(Cause {
            about: vec![
                format!("{}; area: {}; {}", view.source, view.area, view.window),
                match would.len() {
                    0 => "it would hold nothing of what waits now".to_owned(),
                    n => format!("it would hold {n} of what waits or is held"),
                },
            ],
            event: Some(id),
            key: id.to_string(),
            ..Cause::new("proposal", title)
        });
        // The first that waits goes at its time, unless somebody accepts before.
        group.decides = [
            "unless somebody accepts it, this post goes",
            "unless somebody accepts it, the first of these goes",
        ];
        let waits = |v: &&DeliveryView| StateName::ALL.iter().any(|s| s.waits() && s.name() == v.state);
        let due = |v: &DeliveryView| v.due.parse::<Zoned>().ok().map(|due| due.timestamp());
        group.decides_at = would.iter().filter(waits).filter_map(due).min();
        for view in would {
            if let Some(delivery) = self.env.store.delivery(view.id).await? {
                group.members.push(Member {
                    delivery,
                    item: would_item(view),
                });
            }
        }
        group.next = [
            "event show ID",
            "event accept ID",
            "event dismiss ID --reason WHY",
        ]
        .map(|words| words.replace("ID", &id.to_string()))
        .into();
        Ok(group)
    }

    /// The open events that somebody wanted to look at by now.
    pub(super) fn events_to_look_at(&self, account: Option<AccountId>, event: Option<EventId>) -> Vec<Group> {
        let now = self.now();
        let world = self.env.store.world();
        let is_due = |e: &&Event| {
            e.stage == Stage::Open && !e.is_over_at(now) && e.review_at.is_some_and(|at| at <= now)
        };
        let all = world.events.values().filter(is_due);
        let all = all.filter(|e| account.is_none() && event.is_none_or(|id| e.id == id));
        all.map(|event| self.to_look_at(event)).collect()
    }

    fn to_look_at(&self, event: &Event) -> Group {
        let (view, id) = (self.event_view(event, 0), event.id.to_string());
        let mut about = vec![format!("{}; area: {}; {}", view.source, view.area, view.window)];
        about.extend(
            (!view.decays.is_empty()).then(|| format!("if nobody confirms it: {}", view.decays.join(", "))),
        );
        let mut group = Group::of(Cause {
            about,
            event: Some(event.id),
            key: id.clone(),
            ..Cause::new(
                "event_to_look_at",
                format!("{} event \"{}\": is it still so?", view.severity, view.title),
            )
        });
        group.decides = ["somebody wanted to look at it"; 2];
        group.decides_at = event.review_at;
        let confirm = event.decays_from.map(|_| "event confirm ID");
        let words = confirm
            .into_iter()
            .chain(["event extend ID --review +1h", "event end ID"]);
        group.next = words.map(|words| words.replace("ID", &id)).collect();
        group
    }
}

fn would_item(view: DeliveryView) -> ReviewItem {
    ReviewItem {
        evidence: view.note.clone(),
        also: Vec::new(),
        good_until: None,
        good_until_shown: None,
        delivery: view,
    }
}
