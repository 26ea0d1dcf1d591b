//! A network, behind one trait. `adapters/src/outbox.rs` is the example to copy.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::frozen::{Frozen, Staging};
use crate::gate::WritePass;
use crate::id::SendKey;
use crate::port::clock::Clock;
use crate::port::entropy::Entropy;
use crate::port::media::MediaSource;
use crate::port::transport::Transport;
use crate::port::vault::Vault;
use crate::post::Part;
use crate::receipt::Receipt;

/// What a call may need from outside.
pub struct Context<'a> {
    /// The account that is served.
    pub account: &'a Account,
    /// HTTP.
    pub transport: &'a dyn Transport,
    /// Credentials and session tokens.
    pub vault: &'a dyn Vault,
    /// The bytes of media.
    pub media: &'a dyn MediaSource,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Randomness, for multipart borders and the like.
    pub entropy: &'a dyn Entropy,
}

/// How a network counts the length of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextUnit {
    /// What people see as one character (extended grapheme clusters).
    Graphemes,
    /// Unicode code points.
    CodePoints,
    /// Bytes of UTF-8.
    Bytes,
}

/// Whether a repeated send of the same frozen bytes is harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Dedupe {
    /// It would be a second post.
    None,
    /// The network recognises our key for this long.
    ByKey {
        /// Seconds from the first send.
        honoured_s: u32,
    },
}

/// What a look-up can prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookUpPower {
    /// The adapter cannot look.
    None,
    /// It can find the post, but not seeing it proves nothing.
    FindsOnly,
    /// The network reads its own writes: not there twice within two minutes is proof of absence.
    ProvesAbsence,
}

/// What a network can do and where its limits are. The default is "cannot".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// The longest text of one part.
    pub text_max: u32,
    /// How the network counts it.
    pub text_unit: TextUnit,
    /// The longest text in bytes of UTF-8, where the network has that limit too.
    pub text_bytes_max: Option<u32>,
    /// The most parts of a thread; 1 = no threads.
    pub parts_max: u16,
    /// The most pictures in one part.
    pub images_max: u16,
    /// The largest picture, in bytes.
    pub image_bytes_max: u64,
    /// The media types that it takes.
    pub image_types: Vec<String>,
    /// The longest alternative text, in `text_unit`.
    pub alt_max: u32,
    /// True when it shows a card under a link.
    pub link_card: bool,
    /// True when it prepares things at the network before the visible write.
    pub stages: bool,
    /// How long a staging may be relied on, in seconds.
    pub staging_s: u32,
    /// Whether a repeated send is harmless.
    pub dedupe: Dedupe,
    /// What a look-up can prove.
    pub look_up: LookUpPower,
    /// True when it can take a post back.
    pub retract: bool,
    /// True when it can say whose account it is.
    pub whoami: bool,
    /// True when it signs in and refreshes a session.
    pub login: bool,
    /// True when it can tell how a post does.
    pub metrics: bool,
    /// Visible writes that the network allows one account in an hour; 0 = not known.
    pub writes_per_hour_max: u32,
}

impl Default for Capabilities {
    fn default() -> Capabilities {
        Capabilities {
            text_max: 0,
            text_unit: TextUnit::Graphemes,
            text_bytes_max: None,
            parts_max: 1,
            images_max: 0,
            image_bytes_max: 0,
            image_types: Vec::new(),
            alt_max: 0,
            link_card: false,
            stages: false,
            staging_s: 0,
            dedupe: Dedupe::None,
            look_up: LookUpPower::None,
            retract: false,
            whoami: false,
            login: false,
            metrics: false,
            writes_per_hour_max: 0,
        }
    }
}

/// What a network is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// The name that people type.
    pub network: &'static str,
    /// One line for people.
    pub about: &'static str,
    /// What `--server` means for it, and an example; none = it takes no server.
    pub server_hint: Option<&'static str>,
    /// True when the address of the server may hold a secret, as in its path or query: people are shown only its
    /// origin.
    pub server_is_secret: bool,
    /// Names in what it saves as its session that hold no secret, such as a handle. Every other value in there is
    /// taken out of all that it says.
    pub session_facts: &'static [&'static str],
    /// What `--as` (the identity) means for it; none = it takes no identity.
    pub identity_hint: Option<&'static str>,
    /// What the credential is; none = it needs none.
    pub credential_hint: Option<&'static str>,
    /// Settings it knows: name and meaning.
    pub settings: &'static [(&'static str, &'static str)],
    /// What it can do.
    pub capabilities: Capabilities,
}

/// Something that the network would not take, found before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which part, from 1; 0 = the post as a whole.
    pub part: u16,
    /// Which field: `text`, `media`, `alt`, `card`, `parts`.
    pub field: String,
    /// True = it cannot go; false = worth a look.
    pub blocking: bool,
    /// What is wrong, how the network counts, by how much, and what to do.
    pub message: String,
}

/// What `compose` works from.
#[derive(Debug, Clone)]
pub struct ComposeInput<'a> {
    /// The account.
    pub account: &'a Account,
    /// The language of the text.
    pub language: Option<&'a str>,
    /// All parts.
    pub parts: &'a [Part],
    /// Which part to compose, from 1.
    pub part: u16,
    /// Receipts of the parts before it.
    pub receipts: &'a [Receipt],
    /// What was staged, if the adapter stages.
    pub staging: Option<&'a Staging>,
    /// This part's send key.
    pub send_key: SendKey,
    /// The instant to write into the post.
    pub now: Timestamp,
    /// The delivery, written `<post>.<n>`.
    pub delivery: String,
}

/// What became of one visible write.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The network has it.
    Accepted(Box<Accepted>),
    /// Surely not sent.
    NotSent(NotSent),
    /// The network refused it; sending the same again would not help.
    Refused {
        /// What it said.
        why: String,
        /// Which field, if it said so.
        field: Option<String>,
    },
    /// The network said later.
    Later {
        /// When, if it said so.
        at: Option<Timestamp>,
        /// What it said.
        why: String,
    },
    /// The account needs a new login.
    LoginNeeded {
        /// What it said.
        why: String,
    },
    /// It may have arrived.
    Unknown {
        /// What happened.
        why: String,
    },
    /// The network refused what was staged for it, or says that a post has it already: this attempt or an earlier one
    /// may be public all the same. It is looked for; what is sent after that is staged anew.
    StagingRefused {
        /// What it said.
        why: String,
    },
}

/// The network's proof of a part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accepted {
    /// The network's name for it.
    pub remote_id: String,
    /// Where people can see it.
    pub url: Option<String>,
    /// The network's own time of it.
    pub server_time: Option<Timestamp>,
    /// What later parts need.
    pub anchors: std::collections::BTreeMap<String, String>,
}

/// Why something was surely not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSent {
    /// The network could not be reached.
    Network(String),
    /// The gate stopped it before its first byte.
    Stopped,
    /// The network has forgotten what was staged, and surely published nothing: stage again.
    MediaGone(String),
}

/// What a look-up found.
#[derive(Debug, Clone, PartialEq)]
pub enum LookUp {
    /// It is public.
    Found(Box<Accepted>),
    /// It is not there. Whether that proves anything is in the capabilities.
    NotThere,
    /// It could not tell.
    CannotTell(String),
    /// The account needs a new login first.
    LoginNeeded(String),
}

/// Why staging did not work.
#[derive(Debug, Clone, PartialEq)]
pub enum StageError {
    /// The network could not be reached, or said later: try again.
    Later {
        /// When, if it said so.
        at: Option<Timestamp>,
        /// What happened.
        why: String,
    },
    /// The network refused the media.
    Refused(String),
    /// The account needs a new login.
    LoginNeeded(String),
    /// A media file here is missing or damaged.
    MediaGone(String),
    /// The adapter does not stage.
    Unsupported,
}

/// What became of taking a post back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retracted {
    /// It is not there (any more).
    Gone,
    /// Try again.
    Later(String),
    /// It will not work by itself.
    Refused(String),
    /// The adapter cannot.
    Unsupported,
}

/// Who an account is, by the network's own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name to show, such as a handle.
    pub name: String,
    /// The network's stable id of it.
    pub id: String,
}

/// Why a question about the account was not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The login is wrong or has ended.
    #[error("{0}")]
    LoginNeeded(String),
    /// The network could not be reached.
    #[error("{0}")]
    Network(String),
    /// The adapter cannot.
    #[error("this network does not offer that")]
    Unsupported,
}

/// One network.
///
/// 1. `check` and `compose` are pure: the same input gives the same answer.
/// 2. `publish` makes exactly one visible write, through `Transport::write` or after `pass.admit()`, and never
///    retries. What cannot be shown unsent is `Unknown`.
/// 3. `publish` and `look_up` work from the frozen bytes alone.
/// 4. `stage` shows nothing to the public and may be repeated.
/// 5. What is not declared in the capabilities answers Unsupported; what is declared works.
/// 6. No secret appears in an outcome, a finding or an error.
#[async_trait]
pub trait Adapter: Send + Sync {
    /// What the network is and can do.
    fn describe(&self) -> &Description;

    /// What the network would not take. Pure.
    fn check(&self, parts: &[Part], account: &Account) -> Vec<Finding>;

    /// The bytes of one part. Pure.
    ///
    /// # Errors
    /// A sentence for people when the part cannot be composed from what is there.
    fn compose(&self, input: &ComposeInput<'_>) -> Result<Frozen, String>;

    /// The one visible write.
    async fn publish(&self, cx: &Context<'_>, frozen: &Frozen, pass: WritePass) -> Outcome;

    /// Whether a repeated send of these bytes from this account is harmless, where that differs from what the
    /// capabilities say of the network.
    fn dedupe(&self, account: &Account, frozen: &Frozen) -> Dedupe {
        let _ = (account, frozen);
        self.describe().capabilities.dedupe
    }

    /// The network's own name of the post at this address, where the address tells it.
    fn remote_id_of(&self, url: &str) -> Option<String> {
        let _ = url;
        None
    }

    /// True when these parts need staging.
    fn needs_staging(&self, parts: &[Part]) -> bool {
        let _ = parts;
        false
    }

    /// Uploads media and prepares cards. Invisible, repeatable, may run ahead of time.
    ///
    /// # Errors
    /// [`StageError`].
    async fn stage(&self, cx: &Context<'_>, parts: &[Part]) -> Result<Staging, StageError> {
        let _ = (cx, parts);
        Err(StageError::Unsupported)
    }

    /// Whether the fenced part is public, by this attempt or an earlier one. `first_fenced_at` is when the part was
    /// fenced for the first time: nothing of it can be older.
    async fn look_up(&self, cx: &Context<'_>, frozen: &Frozen, first_fenced_at: Timestamp) -> LookUp {
        let _ = (cx, frozen, first_fenced_at);
        LookUp::CannotTell("this network cannot be asked".to_owned())
    }

    /// Takes one part back. Repeatable; not there = gone.
    async fn retract(&self, cx: &Context<'_>, receipt: &Receipt) -> Retracted {
        let _ = (cx, receipt);
        Retracted::Unsupported
    }

    /// Whose account it is, by the network's own word. Signs in if needed.
    ///
    /// # Errors
    /// [`AccountError`].
    async fn whoami(&self, cx: &Context<'_>) -> Result<Identity, AccountError> {
        let _ = cx;
        Err(AccountError::Unsupported)
    }

    /// Renews the session if it ends within this time.
    ///
    /// # Errors
    /// [`AccountError`].
    async fn refresh_login(&self, cx: &Context<'_>, ends_within: SignedDuration) -> Result<(), AccountError> {
        let _ = (cx, ends_within);
        Err(AccountError::Unsupported)
    }
}

/// What a network can do for this account and these bytes.
pub fn capabilities_for(adapter: &dyn Adapter, account: &Account, frozen: &Frozen) -> Capabilities {
    Capabilities {
        dedupe: adapter.dedupe(account, frozen),
        ..adapter.describe().capabilities.clone()
    }
}
