//! All that the scheduler needs from outside, in one place. `cli/src/wire_up.rs` builds it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use crate::account::Account;
use crate::adapter_table::AdapterTable;
use crate::delivery::Delivery;
use crate::dispatch::guard_input;
use crate::gate::Gate;
use crate::guard::Input;
use crate::guard::rules::Scene;
use crate::guard::rules::settings::RuleSettings;
use crate::pace::Pace;
use crate::port::adapter::Context;
use crate::port::clock::Clock;
use crate::port::entropy::Entropy;
use crate::port::media::MediaSource;
use crate::port::store::Store;
use crate::port::transport::Transport;
use crate::port::vault::Vault;
use crate::post::{Category, Post};

/// How late a post may go when nothing else is said, in seconds.
pub const FRESHNESS_S: u32 = 60 * 60;
/// How late a greeting may go, in seconds.
pub const GREETING_FRESHNESS_S: u32 = 15 * 60;

/// What the configuration decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How late a post of a category may go, in seconds.
    pub freshness_s: BTreeMap<Category, u32>,
    /// How late any other may go, in seconds.
    pub freshness_default_s: u32,
    /// The rules that hold for all accounts and for campaigns.
    pub rules: RuleSettings,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            freshness_s: BTreeMap::from([(Category::Greeting, GREETING_FRESHNESS_S)]),
            freshness_default_s: FRESHNESS_S,
            rules: RuleSettings::default(),
        }
    }
}

impl Settings {
    /// How late a post of this category may go, in seconds.
    pub fn freshness_of(&self, category: Category) -> u32 {
        self.freshness_s
            .get(&category)
            .copied()
            .unwrap_or(self.freshness_default_s)
    }
}

/// All that the scheduler needs from outside.
pub struct Environment {
    /// Where posts wait.
    pub store: Arc<dyn Store>,
    /// The networks.
    pub adapters: AdapterTable,
    /// HTTP.
    pub transport: Arc<dyn Transport>,
    /// Credentials.
    pub vault: Arc<dyn Vault>,
    /// The bytes of media.
    pub media: Arc<dyn MediaSource>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The gate of this process.
    pub gate: Arc<Gate>,
    /// The zone database.
    pub zones: TimeZoneDatabase,
    /// Spreads what is late.
    pub pace: Pace,
    /// The configuration.
    pub settings: Settings,
}

impl Environment {
    /// What the guard looks at for this delivery, with what the rules that need no event look at.
    pub fn guard_input<'a>(
        &'a self,
        delivery: &'a Delivery,
        account: &'a Account,
        post: &'a Post,
        at: Timestamp,
    ) -> Input<'a> {
        let rhythm = self.store.rhythm(delivery.account);
        Input {
            scene: Some(Scene::of(delivery, &self.settings.rules, rhythm)),
            ..guard_input(delivery, account, post, at)
        }
    }

    /// What a call to this account's adapter gets.
    pub fn context<'a>(&'a self, account: &'a Account) -> Context<'a> {
        Context {
            account,
            transport: &*self.transport,
            vault: &*self.vault,
            media: &*self.media,
            clock: &*self.clock,
            entropy: &*self.entropy,
        }
    }
}
