//! All that a call to an adapter may need, with a recorded network behind it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use soundpost_core::account::{Account, AccountStatus, CredentialRef};
use soundpost_core::frozen::{Frozen, Staging, sha256_hex};
use soundpost_core::gate::{Epoch, Flight, Gate, InFlight, WritePass};
use soundpost_core::halt::{HaltOrder, Subject, SwitchState};
use soundpost_core::id::{AccountId, DeliveryId, Id, OrderId, PostId, SendKey};
use soundpost_core::port::adapter::{Accepted, Adapter, ComposeInput, Context};
use soundpost_core::port::clock::Clock;
use soundpost_core::port::entropy::Entropy;
use soundpost_core::port::media::MediaSource;
use soundpost_core::port::switch::{Switch, SwitchError};
use soundpost_core::port::vault::{Secret, Vault};
use soundpost_core::post::{Audience, Media, Part};
use soundpost_core::receipt::Receipt;
use soundpost_fixtures::replay::{Recording, Replay};

/// The instant of every call.
pub const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

const DELIVERY: DeliveryId = DeliveryId {
    post: PostId(Id::from_u128(0x0197_0000_0000_0000_0000_0000_0000_0001)),
    n: 1,
};
const PICTURE: &[u8] = b"not really a picture";

/// All that a call may need, with a recorded network behind it.
pub struct Bench {
    /// The account.
    pub account: Account,
    /// The network.
    pub replay: Replay,
    /// What was recorded of it.
    pub recording: Recording,
    session: Mutex<Option<Secret>>,
    entropy: AtomicU64,
}

impl Bench {
    /// A bench for this adapter, by its recording.
    pub fn of(adapter: &dyn Adapter) -> Bench {
        let network = adapter.describe().network;
        let recording = Recording::of(network);
        Bench {
            account: account(network, &recording),
            replay: Replay::new(&recording),
            recording,
            session: Mutex::default(),
            entropy: AtomicU64::new(1),
        }
    }

    /// The context of a call.
    pub fn context(&self) -> Context<'_> {
        Context {
            account: &self.account,
            transport: &self.replay,
            vault: self,
            media: self,
            clock: self,
            entropy: self,
        }
    }

    /// The session that the adapter saved last.
    pub fn saved_session(&self) -> Option<Secret> {
        self.session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Panics when a secret of the recording appears in a text.
    ///
    /// # Panics
    /// Then.
    pub fn assert_no_secret(&self, text: &str) {
        for needle in &self.recording.needles {
            assert!(!text.contains(needle.as_str()), "a secret appears in {text}");
        }
    }

    /// Stages these parts if the adapter wants that.
    ///
    /// # Panics
    /// When it does not work.
    pub async fn stage(&self, adapter: &dyn Adapter, parts: &[Part]) -> Option<Staging> {
        if !adapter.needs_staging(parts) {
            return None;
        }
        Some(
            adapter
                .stage(&self.context(), parts)
                .await
                .expect("staging works"),
        )
    }

    /// Composes one part.
    ///
    /// # Errors
    /// What the adapter says.
    pub fn compose(
        &self,
        adapter: &dyn Adapter,
        parts: &[Part],
        part: u16,
        receipts: &[Receipt],
        staging: Option<&Staging>,
    ) -> Result<Frozen, String> {
        adapter.compose(&ComposeInput {
            account: &self.account,
            language: Some("en"),
            parts,
            part,
            receipts,
            staging,
            send_key: SendKey(Id::from_u128(
                0x01a0_c4a3_1000_0000_0000_0000_0000_0000 | u128::from(part),
            )),
            now: NOW,
            delivery: DELIVERY.to_string(),
        })
    }

    /// Stages and composes the first of these parts, by way of the store: through JSON.
    ///
    /// # Panics
    /// When it does not work.
    pub async fn frozen(&self, adapter: &dyn Adapter, parts: &[Part]) -> Frozen {
        let staging = self.stage(adapter, parts).await;
        let frozen = self
            .compose(adapter, parts, 1, &[], staging.as_ref())
            .expect("it can be composed");
        let stored = serde_json::to_string(&frozen).expect("it can be stored");
        serde_json::from_str(&stored).expect("it can be loaded")
    }
}

fn account(network: &str, recording: &Recording) -> Account {
    Account {
        id: AccountId(Id::from_u128(42)),
        name: "the-account".to_owned(),
        network: network.to_owned(),
        server: recording.account.server.clone(),
        identity: recording.account.identity.clone(),
        credential: CredentialRef::None,
        zone: "Europe/Oslo".to_owned(),
        audience: Audience::default(),
        language: Some("en".to_owned()),
        category: None,
        groups: Vec::new(),
        settings: recording.account.settings.clone(),
        rules: soundpost_core::guard::rules::settings::AccountRules::default(),
        status: AccountStatus::Active,
        added_at: NOW,
        shadow: None,
    }
}

impl Vault for Bench {
    fn credential(&self, _: &Account) -> Result<Secret, String> {
        let credential = self.recording.account.credential.clone();
        credential
            .map(Secret::new)
            .ok_or_else(|| "there is none".to_owned())
    }

    fn session(&self, _: &Account) -> Option<Secret> {
        self.saved_session()
    }

    fn save_session(&self, _: &Account, session: &Secret) -> Result<(), String> {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session.clone());
        Ok(())
    }
}

impl MediaSource for Bench {
    fn read(&self, sha256: &str) -> Result<Vec<u8>, String> {
        if sha256 == sha256_hex(PICTURE) {
            return Ok(PICTURE.to_vec());
        }
        Err("no such media".to_owned())
    }
}

impl Entropy for Bench {
    fn u64(&self) -> u64 {
        self.entropy.fetch_add(1, Ordering::SeqCst)
    }
}

#[async_trait]
impl Clock for Bench {
    fn now(&self) -> Timestamp {
        NOW
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

/// A switch that never changes.
struct Fixed(SwitchState);

impl Switch for Fixed {
    fn read(&self) -> SwitchState {
        self.0.clone()
    }

    fn order(&self, _: &HaltOrder) -> Result<(), SwitchError> {
        Err(SwitchError("this switch never changes".to_owned()))
    }

    fn lift(&self, _: &[OrderId]) -> Result<(), SwitchError> {
        Err(SwitchError("this switch never changes".to_owned()))
    }
}

/// A pass for one write, and the lane's side of it; `halted` = the gate will refuse it.
pub fn pass(halted: bool) -> (WritePass, Flight) {
    let state = if halted {
        SwitchState::Unreadable("a test".to_owned())
    } else {
        SwitchState::Running
    };
    let gate = Gate::new(Arc::new(Epoch::default()), Arc::new(Fixed(state)));
    let subject = Subject {
        network: "any".to_owned(),
        account: AccountId(Id::from_u128(42)),
        campaign: None,
        through: std::collections::BTreeSet::new(),
    };
    gate.pass(
        InFlight {
            delivery: DELIVERY,
            part: 1,
        },
        subject,
        gate.epoch(),
    )
}

/// A part with these words.
pub fn text(words: &str) -> Part {
    Part {
        text: words.to_owned(),
        ..Part::default()
    }
}

/// A picture that the bench has.
pub fn picture(file_name: &str) -> Media {
    Media {
        sha256: sha256_hex(PICTURE),
        file_name: file_name.to_owned(),
        mime: "image/png".to_owned(),
        size_bytes: PICTURE.len() as u64,
        alt: "a cat".to_owned(),
        pixels: Some((40, 30)),
    }
}

/// A part with words and, where the network takes one, a picture.
pub fn full_part(adapter: &dyn Adapter) -> Part {
    Part {
        media: vec![picture("cat.png"); usize::from(adapter.describe().capabilities.images_max.min(1))],
        ..text("Grüße 👋 to the world")
    }
}

/// The receipt of a part that the network has accepted.
pub fn receipt(part: u16, accepted: &Accepted) -> Receipt {
    Receipt {
        part,
        remote_id: accepted.remote_id.clone(),
        url: accepted.url.clone(),
        server_time: accepted.server_time,
        at: NOW,
        body_sha256: String::new(),
        verdict: "allowed".to_owned(),
        anchors: accepted.anchors.clone(),
        found_by_look_up: false,
        gone_at: None,
    }
}
