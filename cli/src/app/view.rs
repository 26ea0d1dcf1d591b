//! Deliveries, events and accounts as people and programs see them.

use jiff::Timestamp;
use soundpost_core::account::{Account, AccountStatus};
use soundpost_core::adapter_table::AdapterTable;
use soundpost_core::address::{has_login, origin};
use soundpost_core::delivery::{Delivery, HoldReason, State};
use soundpost_core::event::{Event, Source, Stage};
use soundpost_core::halt::{HaltCause, Scope};
use soundpost_core::post::{Audience, Post};
use soundpost_core::schedule;

use super::App;
use super::error::AppError;
use super::explain::Teller;
use crate::control::protocol::{AccountView, DeliveryView, EventView};
use crate::output::{ending, visible};

/// How much of a pause's id is written out to be copied: enough for all times.
const ORDER_CHARS: usize = 8;
/// How much of a text stands in a list, in characters.
const EXCERPT_CHARS: usize = 60;

impl App {
    /// Says instants in this zone.
    pub fn teller<'a>(&'a self, zone: &'a str) -> Teller<'a> {
        Teller {
            zone,
            zones: &self.env.zones,
            now: self.now(),
            is_daemon: self.is_daemon,
        }
    }

    /// These deliveries as people see them.
    ///
    /// # Errors
    /// [`AppError`] when the store cannot be read.
    pub async fn views(&self, deliveries: &[Delivery]) -> Result<Vec<DeliveryView>, AppError> {
        let mut views = Vec::with_capacity(deliveries.len());
        let mut last: Option<Post> = None;
        for delivery in deliveries {
            if last.as_ref().is_none_or(|post| post.id != delivery.id.post) {
                last = self.env.store.post(delivery.id.post).await?;
            }
            views.push(self.view(delivery, last.as_ref()));
        }
        Ok(views)
    }

    /// One delivery as people see it.
    pub fn view(&self, delivery: &Delivery, post: Option<&Post>) -> DeliveryView {
        let world = self.env.store.world();
        let account = world.accounts.get(&delivery.account);
        let zone = account.map_or(self.zone.as_str(), |a| a.zone.as_str());
        let teller = self.teller(zone);
        let later = delivery.promised_at > delivery.due.at;
        DeliveryView {
            id: delivery.id,
            account: account.map_or_else(|| delivery.account.to_string(), |a| a.name.clone()),
            network: delivery.network.clone(),
            state: delivery.state_name().to_string(),
            due: schedule::rfc9557(&delivery.due),
            due_shown: schedule::show(&delivery.due, self.now()),
            expected_shown: later.then(|| teller.instant(delivery.promised_at)),
            excerpt: excerpt(delivery, post, account, 1),
            category: delivery.category,
            public: delivery.receipts.iter().filter(|r| r.gone_at.is_none()).count(),
            parts: delivery.parts_total,
            urls: delivery.receipts.iter().filter_map(|r| r.url.clone()).collect(),
            note: self.note(&teller, delivery, post, account),
            next: next_moves(delivery),
        }
    }

    /// Why it stands where it stands; when somebody had approved it, also why that does not let it go.
    fn note(
        &self,
        teller: &Teller<'_>,
        delivery: &Delivery,
        post: Option<&Post>,
        account: Option<&Account>,
    ) -> Vec<String> {
        let mut note = teller.note(delivery);
        if let (Some(post), Some(account)) = (post, account) {
            note.extend(self.approval_gaps(delivery, post, account));
        }
        note
    }

    /// How the text of a part begins, the first part being 1.
    pub fn part_excerpt(&self, delivery: &Delivery, post: Option<&Post>, part: u16) -> String {
        let world = self.env.store.world();
        excerpt(delivery, post, world.accounts.get(&delivery.account), part)
    }

    /// One event as people see it.
    pub fn event_view(&self, event: &Event, holds: usize) -> EventView {
        let teller = self.teller(&self.zone);
        let from = teller.instant(event.starts_at);
        let words = event.places.iter().chain(&event.tags).chain(&event.entities);
        let now = self.now();
        let decays = decays(event, now, &teller);
        EventView {
            id: event.id.to_string(),
            title: visible(&event.title).into_owned(),
            kind: event.kind.clone(),
            severity: event.severity_at(now),
            area: area(event),
            words: words.map(|w| visible(w).into_owned()).collect(),
            window: format!("from {from} {}", until(event, now, &teller)),
            decays,
            source: source(event),
            state: event_state(event, now).to_owned(),
            since: teller.instant(event.flagged_at),
            review: event.review_at.map(|at| teller.instant(at)),
            wants_review: event_state(event, now) == "open" && event.review_at.is_some_and(|at| at <= now),
            also: event
                .sources
                .iter()
                .map(|s| visible(&s.to_string()).into_owned())
                .collect(),
            link: event.link.as_deref().map(|l| visible(l).into_owned()),
            summary: visible(&event.summary).into_owned(),
            dismissed: dismissed(event, &teller),
            counts: event.counts_at(now),
            holds,
        }
    }

    /// One account as people see it. Where the server's address may hold a secret, only its origin is shown.
    pub fn account_view(&self, account: &Account, verified: Option<String>) -> AccountView {
        AccountView {
            name: account.name.clone(),
            network: account.network.clone(),
            identity: account.identity.clone().unwrap_or_default(),
            server: shown_server(&self.env.adapters, account),
            credential: account.credential.to_string(),
            zone: account.zone.clone(),
            audience: audience(&account.audience),
            groups: account.groups.clone(),
            calendars: self.calendars_to_add(account),
            status: match &account.status {
                AccountStatus::Active if account.shadow.is_some() => {
                    "active; the guard only watches".to_owned()
                }
                AccountStatus::Active => "active".to_owned(),
                AccountStatus::LoginNeeded { why, .. } => format!("needs a login: {}", visible(why)),
                AccountStatus::Removed { .. } => "removed".to_owned(),
            },
            verified,
        }
    }
}

/// When an event stops to count.
pub(super) fn until(event: &Event, now: Timestamp, teller: &Teller<'_>) -> String {
    let faded_at = event.steps().last().map(|step| step.at);
    match (event.ended_at.or(event.ends_at), faded_at) {
        (Some(at), _) => format!("until {}", teller.instant(at)),
        (None, Some(at)) if at <= now => format!("until {}", teller.instant(at)),
        (None, Some(at)) if event.stage == Stage::Proposed => {
            let at = teller.instant(at);
            format!("on; accepted now, it would be over {at}, unless somebody confirms it")
        }
        (None, Some(at)) => format!("until {}, unless somebody confirms it", teller.instant(at)),
        (None, None) => "until somebody ends it".to_owned(),
    }
}

/// The steps that an open event still takes unless somebody confirms it.
fn decays(event: &Event, now: Timestamp, teller: &Teller<'_>) -> Vec<String> {
    if event.stage != Stage::Open || event.ended_at.is_some() {
        return Vec::new();
    }
    let ahead = event.steps().into_iter().filter(|step| step.at > now);
    ahead
        .map(|step| match step.severity {
            Some(severity) => format!("{severity} from {}", teller.instant(step.at)),
            None => format!("over {}", teller.instant(step.at)),
        })
        .collect()
}

/// The server of an account; where its address may hold a secret, the origin alone.
pub(super) fn shown_server(adapters: &AdapterTable, account: &Account) -> Option<String> {
    let adapter = adapters.get(&account.network);
    // Of a network that this program does not know, nobody can say that it is harmless.
    let secret = adapter.is_none_or(|a| a.describe().server_is_secret);
    match &account.server {
        Some(server) if secret => Some(origin(server)),
        server => server.as_deref().map(without_login),
    }
}

/// An address that an old store holds with a password in it is shown without.
fn without_login(server: &str) -> String {
    if has_login(server) {
        origin(server)
    } else {
        server.to_owned()
    }
}

/// The area of an event, for people.
pub fn area(event: &Event) -> String {
    if event.countries.iter().any(|c| c == "*") {
        return "everywhere".to_owned();
    }
    let all: Vec<&str> = event
        .countries
        .iter()
        .chain(&event.regions)
        .map(String::as_str)
        .collect();
    all.join(", ")
}

/// An audience, for people.
pub(super) fn audience(audience: &Audience) -> String {
    if audience.countries.is_empty() {
        return "the whole world".to_owned();
    }
    let all: Vec<&str> = audience
        .countries
        .iter()
        .chain(&audience.regions)
        .map(String::as_str)
        .collect();
    all.join(", ")
}

/// The beginning of a part's text, made safe to print.
pub(super) fn excerpt(
    delivery: &Delivery,
    post: Option<&Post>,
    account: Option<&Account>,
    part: u16,
) -> String {
    let Some(post) = post else {
        return String::new();
    };
    let content = &post.revision(delivery.revision).content;
    let parts = account.map_or(content.parts.as_slice(), |a| content.for_account(a));
    let text = parts.get(usize::from(part).saturating_sub(1));
    shortened(text.map_or("", |p| p.text.as_str()))
}

/// The beginning of a text on one line, made safe to print.
pub(super) fn shortened(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(EXCERPT_CHARS).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    visible(&short).into_owned()
}

/// Where an event comes from, and who decided about it.
fn source(event: &Event) -> String {
    let from = match (&event.source, &event.stage) {
        (Source::Person { name }, Stage::Proposed) => format!("proposed by {}", visible(name)),
        (source, _) => visible(&source.to_string()).into_owned(),
    };
    match (&event.decided_by, &event.stage) {
        (Some(by), Stage::Open) if event.ended_at.is_none() => format!("{from}, accepted by {}", visible(by)),
        _ => from,
    }
}

/// Where an event stands, in one word.
fn event_state(event: &Event, now: Timestamp) -> &'static str {
    match event.stage {
        Stage::Dismissed { .. } => "dismissed",
        _ if event.is_over_at(now) => "over",
        Stage::Proposed => "proposed",
        Stage::Open => "open",
    }
}

fn dismissed(event: &Event, teller: &Teller<'_>) -> Option<String> {
    let Stage::Dismissed { by, why, at } = &event.stage else {
        return None;
    };
    let (by, why) = (visible(by), visible(why));
    Some(format!("dismissed by {by} {}: {why}", teller.instant(*at)))
}

fn is_stale_source(reason: &HoldReason) -> bool {
    matches!(reason, HoldReason::StaleSource { .. })
}

/// The commands that make sense for a delivery in its state.
pub fn next_moves(delivery: &Delivery) -> Vec<String> {
    let id = delivery.id.to_string();
    let all = move_words(delivery).iter();
    let words = |words: &&str| match *words {
        "resume" => resume_words(delivery),
        words => words.replace("ID", &id),
    };
    all.map(words).collect()
}

/// The resume that ends the pauses which hold this delivery, and no other.
pub(super) fn resume_words(delivery: &Delivery) -> String {
    let State::Held { reasons, .. } = delivery.state() else {
        return "resume".to_owned();
    };
    let narrower = reasons.iter().filter_map(|reason| match reason {
        HoldReason::Halt(HaltCause::Order(order)) if order.scope != Scope::Everything => Some(order),
        _ => None,
    });
    let halts = reasons
        .iter()
        .filter(|reason| matches!(reason, HoldReason::Halt(_)))
        .count();
    let orders: Vec<String> = narrower
        .map(|order| format!(" --order {}", ending(&order.id.to_string(), ORDER_CHARS)))
        .collect();
    if orders.len() < halts {
        return "resume".to_owned();
    }
    format!("resume{}", orders.concat())
}

/// The same, with `ID` for the delivery.
pub(super) fn move_words(delivery: &Delivery) -> &'static [&'static str] {
    match delivery.state() {
        State::Held { reasons, .. } if reasons.iter().any(|r| matches!(r, HoldReason::Halt(_))) => {
            &["resume"]
        }
        State::Held { .. } if delivery.is_mid_thread() => {
            &["approve ID --reason WHY", "release ID", "retract ID", "cancel ID"]
        }
        State::Held { reasons, .. } if reasons.iter().any(is_stale_source) => {
            &["approve ID --reason WHY", "release ID", "rewrite ID", "cancel ID"]
        }
        State::Held { reasons, .. } if reasons.iter().all(|r| r.ends_by_itself() || r.rule().is_some()) => &[
            "approve ID --reason WHY",
            "reschedule ID --at WHEN",
            "rewrite ID",
            "cancel ID",
        ],
        State::Held { .. } => &["release ID", "reschedule ID --at WHEN", "rewrite ID", "cancel ID"],
        State::Missed { .. } => &["reschedule ID --at WHEN", "release ID --at now", "cancel ID"],
        State::Failed { .. } => &["retry ID", "rewrite ID", "cancel ID"],
        State::Unknown { look_at: None, .. } => &["found ID --url URL", "retry ID --not-there", "cancel ID"],
        State::Draft => &["release ID"],
        _ => &[],
    }
}
