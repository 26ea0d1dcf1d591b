//! `post --now --through-pause`: the official statement, the one thing that a person may send while paused.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use soundpost_core::account::Account;
use soundpost_core::delivery::{Approval, Delivery};
use soundpost_core::guard::approval::event_digest;
use soundpost_core::halt::{HaltOrder, SwitchState};
use soundpost_core::id::{AccountId, DeliveryId, EventId, OrderId};
use soundpost_core::intake::TakenIn;
use soundpost_core::port::store::{Query, Write};
use soundpost_core::statement::{STATEMENT_LASTS, Statement, confirmation_code};

use super::App;
use super::approvals::{content_of, says_why};
use super::error::{AppError, Kind};
use crate::control::protocol::{Answer, Posted, StatementAsk, StatementView};
use crate::output::visible;
use crate::wire_up::IDENTITY;

/// All that a person looks at before they confirm, and that the confirmation is bound to.
struct Shown {
    content_sha256: String,
    orders: Vec<HaltOrder>,
    events: BTreeMap<EventId, String>,
    view: StatementView,
}

impl App {
    /// Shows what would go out through the pause; queues it when it was confirmed as it stands.
    ///
    /// # Errors
    /// [`AppError`] without a reason, when nothing is paused, when more than one account is named, when the switch
    /// cannot be read or the store is a copy, or when what was confirmed is not what would go out now.
    pub async fn statement(&self, who: &str, ask: StatementAsk) -> Result<Answer, AppError> {
        if let Some(repeated) = self.queued_before(who, &ask.draft).await? {
            return Ok(Answer::Posted(repeated));
        }
        says_why(&ask.reason, "a statement")?;
        let taken = self.take_in(who, &ask.draft).await?;
        let shown = self.shown(&taken).await?;
        match &ask.confirmed {
            None => Ok(Answer::Statement(shown.view)),
            Some(code) if *code == shown.view.code => {
                let posted = self.queue_statement(who, &ask.reason, taken, shown).await?;
                Ok(Answer::Posted(posted))
            }
            Some(_) => Err(AppError::conflict(
                "what was confirmed is not what would go out now: the text, the pause or an event changed, or it went out already",
            )
            .help("nothing was queued; run it again without --confirm, and look")),
        }
    }

    async fn shown(&self, taken: &TakenIn) -> Result<Shown, AppError> {
        let [delivery] = &taken.deliveries[..] else {
            return Err(AppError::bad_input("a statement goes to one account at a time")
                .help("name one account with --to, and repeat it for the next"));
        };
        let world = self.env.store.world();
        let account = world
            .accounts
            .get(&delivery.account)
            .ok_or_else(|| AppError::new(Kind::NotFound, "its account is not there any more"))?;
        let orders = self.orders_to_pass(delivery, account)?;
        let content_sha256 = content_of(delivery, &taken.post, account);
        let audience = taken.post.audience.as_ref().unwrap_or(&account.audience);
        let events: BTreeMap<EventId, String> = self
            .open_events(&world, account, audience, self.now())
            .iter()
            .map(|event| (event.id, event_digest(event, self.now())))
            .collect();
        let before = self.let_through_before(account.id, &content_sha256).await?;
        let through: BTreeSet<OrderId> = orders.iter().map(|o| o.id).collect();
        let parts = taken
            .post
            .revision(delivery.revision)
            .content
            .for_account(account);
        let teller = self.teller(&self.zone);
        let order_words = |o: &HaltOrder| {
            let (who, why) = (visible(&o.who), visible(&o.reason));
            format!("paused by {who} {}: {why}", teller.instant(o.at))
        };
        let view = StatementView {
            account: account.name.clone(),
            network: account.network.clone(),
            parts: parts.iter().map(|p| p.text.clone()).collect(),
            pictures: parts.iter().map(|p| p.media.len()).sum(),
            paused: orders.iter().map(order_words).collect(),
            held: self.verdict(taken, delivery, true).hold.map(|(_, words)| words),
            code: confirmation_code(&content_sha256, account.id, &through, &events, &before),
            before: before.iter().map(ToString::to_string).collect(),
        };
        Ok(Shown {
            content_sha256,
            orders,
            events,
            view,
        })
    }

    /// The deliveries by which these very words went to this account through a pause before, or still do.
    async fn let_through_before(
        &self,
        account: AccountId,
        content_sha256: &str,
    ) -> Result<Vec<DeliveryId>, AppError> {
        let query = Query {
            account: Some(account),
            ..Query::default()
        };
        let all = self.env.store.list(&query).await?;
        let is_same = |d: &&Delivery| {
            d.statement
                .as_ref()
                .is_some_and(|s| s.content_sha256 == content_sha256)
        };
        Ok(all.iter().filter(is_same).map(|d| d.id).collect())
    }

    /// The orders that stand against it, all of which a person may pass.
    fn orders_to_pass(&self, delivery: &Delivery, account: &Account) -> Result<Vec<HaltOrder>, AppError> {
        if let SwitchState::Unreadable(why) = self.env.gate.switch_state() {
            let error = format!("the kill switch cannot be read, so nothing passes it: {why}");
            return Err(AppError::new(Kind::Paused, error).help("soundpost doctor --restore-switch"));
        }
        let subject = delivery.subject();
        let (orders, _) = self.orders();
        let orders: Vec<HaltOrder> = orders.into_iter().filter(|o| o.scope.covers(&subject)).collect();
        if orders.is_empty() {
            let error = format!("nothing is paused for account '{}'", account.name);
            return Err(AppError::bad_input(error).help("nothing was queued; leave --through-pause off"));
        }
        if let Some(copied) = orders.iter().find(|o| o.who == IDENTITY) {
            let error = format!("nothing passes this pause: {}", copied.reason);
            return Err(AppError::new(Kind::Paused, error).help("soundpost doctor --adopt"));
        }
        Ok(orders)
    }

    async fn queue_statement(
        &self,
        who: &str,
        reason: &str,
        taken: TakenIn,
        shown: Shown,
    ) -> Result<Posted, AppError> {
        let now = self.now();
        let expires_at = now.checked_add(STATEMENT_LASTS).unwrap_or(Timestamp::MAX);
        let mut deliveries = taken.deliveries.clone();
        for delivery in &mut deliveries {
            delivery.promised_at = delivery.due.at;
            delivery.statement = Some(Statement {
                by: who.to_owned(),
                reason: reason.to_owned(),
                at: now,
                expires_at,
                content_sha256: shown.content_sha256.clone(),
                through: shown.orders.iter().map(|o| o.id).collect(),
            });
            delivery.approval = shown.view.held.is_some().then(|| Approval {
                by: who.to_owned(),
                reason: reason.to_owned(),
                at: now,
                expires_at,
                content_sha256: shown.content_sha256.clone(),
                events: shown.events.clone(),
                sources: BTreeSet::new(),
                rules: BTreeSet::new(),
            });
        }
        let post = Box::new(taken.post);
        let written = self
            .write(who, reason, Write::AddPost { post, deliveries })
            .await?;
        Ok(Posted {
            post: written
                .deliveries
                .first()
                .map(|d| d.id.post.to_string())
                .unwrap_or_default(),
            paused: false,
            deliveries: self.views(&written.deliveries).await?,
            repeated: written.repeated,
            warnings: Vec::new(),
            daemon: self.is_daemon,
        })
    }
}
