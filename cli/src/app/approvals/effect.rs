//! What an approval does: what it passes, what holds on in spite of it, and why it no longer lets a post go.

use jiff::Timestamp;
use soundpost_core::account::Account;
use soundpost_core::delivery::moves::Move;
use soundpost_core::delivery::{Approval, Delivery, HoldReason, State};
use soundpost_core::guard::approval::{Gap, gap};
use soundpost_core::guard::{self, Input, Verdict};
use soundpost_core::post::Post;

use super::content_of;
use crate::app::App;
use crate::app::explain::rule_words;
use crate::output::visible;

/// A delivery with all that it is judged by.
pub(super) struct Judged<'a> {
    pub delivery: &'a Delivery,
    pub post: &'a Post,
    pub account: &'a Account,
    pub goes_at: Timestamp,
}

impl App {
    /// What of the guard would hold it when it goes, with this approval or without any, whenever that ends.
    fn guard_holds(
        &self,
        judged: &Judged<'_>,
        approval: Option<&Approval>,
    ) -> (Vec<HoldReason>, Option<Timestamp>) {
        let Judged {
            delivery,
            post,
            account,
            goes_at,
        } = judged;
        let unending = approval.map(|approval| Approval {
            expires_at: Timestamp::MAX,
            ..approval.clone()
        });
        let input = Input {
            approval: unending.as_ref(),
            ..self.env.guard_input(delivery, account, post, *goes_at)
        };
        match guard::judge(&input, &self.env.store.world(), &self.env.zones) {
            Verdict::Allow { .. } | Verdict::Warn { .. } => (Vec::new(), None),
            Verdict::Hold {
                reasons,
                review_after,
            } => (reasons, review_after),
        }
    }

    /// What holds it on in spite of a word that is for one event.
    pub(super) fn still_held(&self, judged: &Judged<'_>, approval: &Approval) -> Option<Move> {
        let (mut reasons, review_after) = self.guard_holds(judged, Some(approval));
        let others = match judged.delivery.state() {
            State::Held { reasons, .. } => reasons.clone(),
            _ => Vec::new(),
        };
        let is_new = |reason: &HoldReason| !reason.ends_by_itself() && !reasons.contains(reason);
        let others = others.into_iter().filter(is_new);
        let others: Vec<HoldReason> = others.collect();
        let review_after = review_after.filter(|_| others.is_empty());
        reasons.extend(others);
        (!reasons.is_empty()).then_some(Move::Hold {
            reasons,
            review_after,
        })
    }

    /// What a person should know about their word: what it passes, how long, and what it does not do.
    pub(super) fn told(&self, judged: &Judged<'_>, approval: &Approval, left: Option<&Move>) -> Vec<String> {
        let teller = self.teller(&judged.account.zone);
        let (holds, _) = self.guard_holds(judged, None);
        let passed = holds.iter().filter_map(|hold| match hold {
            HoldReason::Event(hold) if approval.events.contains_key(&hold.event) => {
                Some(format!("{} event \"{}\"", hold.severity, visible(&hold.title)))
            }
            HoldReason::Rule(hold) if approval.rules.contains(&hold.key()) => {
                Some(format!("{} {}", rule_words(hold.rule), visible(&hold.limit)))
            }
            _ => None,
        });
        let passed: Vec<String> = passed.collect();
        let passed = match passed.as_slice() {
            [] => "nothing that the guard knows would hold it".to_owned(),
            some => format!("it passes: {}", some.join(", ")),
        };
        let mut told = vec![format!(
            "{passed}; good until {}, for these words, pictures, audience and events as they are",
            teller.instant(approval.expires_at)
        )];
        if let Some(Move::Hold { reasons, .. }) = left {
            let reasons = reasons.iter().map(|reason| teller.reason(reason));
            told.extend(reasons.map(|reason| format!("still held: {reason}")));
        }
        if judged.goes_at >= approval.expires_at {
            told.push(format!(
                "due {}, after that: what holds then, holds it again",
                teller.instant(judged.goes_at)
            ));
        }
        told
    }

    /// Why what somebody approved does not let a held delivery go, in sentences; empty when nobody had approved it.
    pub(in crate::app) fn approval_gaps(
        &self,
        delivery: &Delivery,
        post: &Post,
        account: &Account,
    ) -> Vec<String> {
        let (State::Held { reasons, .. }, Some(approval)) = (delivery.state(), &delivery.approval) else {
            return Vec::new();
        };
        let at = delivery.due.at.max(self.now());
        let world = self.env.store.world();
        let audience = post.audience.as_ref().unwrap_or(&account.audience);
        let open = self.open_events(&world, account, audience, at);
        let content = content_of(delivery, post, account);
        let teller = self.teller(&account.zone);
        let (by, why) = (visible(&approval.by), visible(&approval.reason));
        let mut told = Vec::new();
        for reason in reasons {
            let HoldReason::Event(hold) = reason else { continue };
            let event = open.iter().find(|event| event.id == hold.event);
            let said = match event.and_then(|event| gap(approval, event, &content, at)) {
                None => continue,
                Some(Gap::Ended(end)) => format!("{by} approved it ({why}) until {}", teller.instant(end)),
                Some(gap) => {
                    let title = visible(&hold.title);
                    format!("{by} approved it ({why}), which does not let it pass \"{title}\": {gap}")
                }
            };
            told.push(said);
        }
        told.dedup();
        told
    }
}
