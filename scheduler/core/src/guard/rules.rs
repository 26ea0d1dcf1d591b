//! The rules that an account, a campaign or the configuration sets: when nothing goes out, and how much does.
//!
//! They need no event. [`order`] states in which order all rules are asked.

pub mod caps;
pub mod limits;
pub mod order;
pub mod rhythm;
pub mod same_text;
pub mod settings;
pub mod trends;
pub mod windows;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Input, approval};
use crate::delivery::{Approval, Delivery, RuleHold};
use crate::id::DeliveryId;
use rhythm::Rhythm;
use settings::RuleSettings;

/// What these rules look at besides the post and its account.
#[derive(Debug, Clone)]
pub struct Scene<'a> {
    /// What the configuration says.
    pub settings: &'a RuleSettings,
    /// Which one it is: it does not count beside itself.
    pub delivery: DeliveryId,
    /// When its account speaks.
    pub rhythm: Arc<Rhythm>,
    /// The campaign it belongs to.
    pub campaign: Option<&'a str>,
    /// True when a person has confirmed that these words go out at this moment, through a pause.
    pub is_statement: bool,
    /// True when a person sent it at the moment at which it was written.
    pub is_by_hand: bool,
    /// True when a part of it is public: what has begun is not torn apart by a rule that was known before.
    pub is_mid_thread: bool,
}

impl<'a> Scene<'a> {
    /// The scene of a delivery.
    pub fn of(delivery: &'a Delivery, settings: &'a RuleSettings, rhythm: Arc<Rhythm>) -> Scene<'a> {
        Scene {
            settings,
            delivery: delivery.id,
            rhythm,
            campaign: delivery.campaign.as_deref(),
            is_statement: delivery.statement.is_some(),
            is_by_hand: delivery.is_by_hand(),
            is_mid_thread: delivery.is_mid_thread(),
        }
    }

    /// True when no rule of this kind stands in its way.
    pub(super) fn goes_on(&self) -> bool {
        self.is_statement || self.is_mid_thread
    }
}

/// The holds that no person has seen and let this content through in spite of, for now.
fn without_approved(mut holds: Vec<RuleHold>, input: &Input<'_>) -> Vec<RuleHold> {
    if let (Some(given), false) = (input.approval, holds.is_empty()) {
        let content = approval::content_sha256(input.parts, input.audience, input.account.id);
        holds.retain(|hold| !covers(given, hold, &content, input.at));
    }
    holds
}

fn covers(given: &Approval, hold: &RuleHold, content_sha256: &str, at: Timestamp) -> bool {
    at < given.expires_at && given.content_sha256 == content_sha256 && given.rules.contains(&hold.key())
}

/// What an approval keeps of these holds.
pub fn keys<'a>(holds: impl IntoIterator<Item = &'a RuleHold>) -> BTreeSet<String> {
    holds.into_iter().map(RuleHold::key).collect()
}
