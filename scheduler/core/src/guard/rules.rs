//! The rules that an account, a campaign or the configuration sets: when nothing goes out, and how much does.
//!
//! They need no event. [`order`] states in which order all rules are asked.

pub mod order;
pub mod settings;
pub mod windows;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::delivery::{Approval, Delivery, RuleHold};
use settings::RuleSettings;

/// What these rules look at besides the post and its account.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// What the configuration says.
    pub settings: &'a RuleSettings,
    /// The campaign it belongs to.
    pub campaign: Option<&'a str>,
    /// True when a person has confirmed that these words go out at this moment, through a pause.
    pub is_statement: bool,
    /// True when a part of it is public: what has begun is not torn apart by a rule that was known before.
    pub is_mid_thread: bool,
}

impl<'a> Scene<'a> {
    /// The scene of a delivery.
    pub fn of(delivery: &'a Delivery, settings: &'a RuleSettings) -> Scene<'a> {
        Scene {
            settings,
            campaign: delivery.campaign.as_deref(),
            is_statement: delivery.statement.is_some(),
            is_mid_thread: delivery.is_mid_thread(),
        }
    }

    /// True when no rule of this kind stands in its way.
    pub(super) fn goes_on(&self) -> bool {
        self.is_statement || self.is_mid_thread
    }
}

/// True when a person has seen this rule hold this content, and let it through for now.
pub(super) fn is_approved(
    hold: &RuleHold,
    approval: Option<&Approval>,
    content_sha256: &str,
    at: Timestamp,
) -> bool {
    approval.is_some_and(|a| {
        at < a.expires_at && a.content_sha256 == content_sha256 && a.rules.contains(&hold.key())
    })
}

/// What an approval keeps of these holds.
pub fn keys<'a>(holds: impl IntoIterator<Item = &'a RuleHold>) -> BTreeSet<String> {
    holds.into_iter().map(RuleHold::key).collect()
}
