//! `receipts`: the proof of what is public, or was, a line for each part.

use std::cmp::Reverse;

use jiff::Timestamp;
use soundpost_core::delivery::Delivery;
use soundpost_core::post::Post;
use soundpost_core::receipt::Receipt;

use super::App;
use super::error::AppError;
use super::find::limit_of;
use super::recent::{Period, is_narrowed};
use super::view::excerpt;
use crate::control::protocol::{PublicAsk, ReceiptView, Receipts};
use crate::output::visible;

impl App {
    /// The receipts that were asked for, newest first.
    ///
    /// # Errors
    /// As [`App::recent`].
    pub async fn receipts(&self, ask: &PublicAsk) -> Result<Receipts, AppError> {
        let period = self.period(ask, None)?;
        let found = self.published(ask, period).await?;
        let mut all: Vec<(&Delivery, &Receipt)> = found
            .iter()
            .flat_map(|d| d.receipts.iter().map(move |r| (d, r)))
            .filter(|(_, r)| period.has(r.at))
            .collect();
        all.sort_by_key(|(delivery, receipt)| Reverse((receipt.at, delivery.id, receipt.part)));
        let more = all.len().saturating_sub(limit_of(ask.limit));
        all.truncate(limit_of(ask.limit));
        let mut receipts = Vec::with_capacity(all.len());
        for (delivery, receipt) in all {
            let post = self.env.store.post(delivery.id.post).await?;
            receipts.push(self.receipt_view(delivery, receipt, post.as_ref()));
        }
        Ok(Receipts {
            receipts,
            more,
            period_shown: self.period_shown(period),
            narrowed: is_narrowed(ask) || ask.since.is_some() || ask.until.is_some(),
        })
    }

    fn period_shown(&self, period: Period) -> String {
        let teller = self.teller(&self.zone);
        let since = (period.since > Timestamp::MIN).then(|| teller.instant(period.since));
        let until = (period.until < Timestamp::MAX).then(|| teller.instant(period.until));
        match (since, until) {
            (None, None) => "since the queue was made".to_owned(),
            (Some(since), None) => format!("since {since}"),
            (None, Some(until)) => format!("until {until}"),
            (Some(since), Some(until)) => format!("from {since} to {until}"),
        }
    }

    fn receipt_view(&self, delivery: &Delivery, receipt: &Receipt, post: Option<&Post>) -> ReceiptView {
        let world = self.env.store.world();
        let account = world.accounts.get(&delivery.account);
        let zone = account.map_or(self.zone.as_str(), |a| a.zone.as_str());
        let teller = self.teller(zone);
        let approval = delivery.approval.as_ref();
        let statement = delivery.statement.as_ref();
        ReceiptView {
            delivery: delivery.id,
            part: receipt.part,
            parts: delivery.parts_total,
            account: account.map_or_else(|| delivery.account.to_string(), |a| a.name.clone()),
            network: delivery.network.clone(),
            remote_id: receipt.remote_id.clone(),
            url: receipt.url.clone(),
            server_time: receipt.server_time.map(|at| at.to_string()),
            at: receipt.at.to_string(),
            at_shown: teller.instant(receipt.at),
            body_sha256: receipt.body_sha256.clone(),
            verdict: receipt.verdict.clone(),
            queued_by: post.map_or_else(String::new, |p| p.created_by.to_string()),
            approved_by: approval.map(|a| a.by.clone()),
            approval_reason: approval.map(|a| a.reason.clone()),
            through_pause_by: statement.map(|s| s.by.clone()),
            through_pause_reason: statement.map(|s| s.reason.clone()),
            found_by_look_up: receipt.found_by_look_up,
            gone_at: receipt.gone_at.map(|at| at.to_string()),
            gone_shown: receipt
                .gone_at
                .map(|at| visible(&teller.instant(at)).into_owned()),
            excerpt: excerpt(delivery, post, account, receipt.part),
        }
    }
}
