use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::account::{AccountStatus, CredentialRef};
use crate::event::Source;
use crate::id::{AccountId, EventId, Id};

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|w| (*w).to_owned()).collect()
}

pub(super) fn account(name: &str) -> Account {
    Account {
        id: AccountId(Id::from_u128(7)),
        name: name.to_owned(),
        network: "outbox".to_owned(),
        server: None,
        identity: None,
        credential: CredentialRef::None,
        zone: "Europe/Berlin".to_owned(),
        audience: Audience::default(),
        language: Some("en".to_owned()),
        category: None,
        groups: Vec::new(),
        settings: BTreeMap::new(),
        rules: rules::settings::AccountRules::default(),
        status: AccountStatus::Active,
        added_at: Timestamp::UNIX_EPOCH,
        shadow: None,
    }
}

/// A shooting in Colorado, high, from 20 November on.
pub(super) fn event() -> Event {
    let source = Source::Person {
        name: "kim".to_owned(),
    };
    let (id, since) = (EventId(Id::from_u128(9)), at("2026-11-20T00:00:00Z"));
    Event {
        kind: "shooting".to_owned(),
        tags: words(&["cinema", "dark knight"]),
        places: words(&["Aurora", "Colorado"]),
        countries: words(&["US"]),
        regions: words(&["US-CO"]),
        ..Event::new(id, "Shooting in a cinema", Severity::High, since, source)
    }
}

struct Case {
    account: Account,
    audience: Audience,
    category: Category,
    parts: Vec<Part>,
    approval: Option<Approval>,
    at: Timestamp,
}

impl Case {
    fn new(text: &str) -> Case {
        Case {
            account: account("shop"),
            audience: Audience {
                countries: words(&["US"]),
                ..Audience::default()
            },
            category: Category::Info,
            parts: vec![Part {
                text: text.to_owned(),
                ..Part::default()
            }],
            approval: None,
            at: at("2026-11-22T21:00:00Z"),
        }
    }

    fn input(&self) -> Input<'_> {
        Input {
            at: self.at,
            account: &self.account,
            category: self.category,
            audience: &self.audience,
            language: Some("en"),
            parts: &self.parts,
            approval: self.approval.as_ref(),
            scene: None,
        }
    }

    fn rule(&self, event: &Event) -> Rule {
        judge_event(&self.input(), event).0
    }

    fn approve(&mut self, event: &Event) {
        let content_sha256 = approval::content_sha256(&self.parts, &self.audience, self.account.id);
        self.approval = Some(Approval {
            by: "kim".to_owned(),
            reason: "read it".to_owned(),
            at: at("2026-11-22T20:00:00Z"),
            expires_at: at("2026-11-23T20:00:00Z"),
            content_sha256,
            events: BTreeMap::from([(
                event.id,
                approval::event_digest(event, at("2026-11-22T20:00:00Z")),
            )]),
            sources: std::collections::BTreeSet::new(),
            rules: std::collections::BTreeSet::new(),
        });
    }
}

fn world(events: Vec<Event>) -> World {
    World {
        events: events.into_iter().collect(),
        ..World::default()
    }
}

#[test]
fn rule_1_the_window_decides_first() {
    let case = Case::new("shoot");
    let critical = Event {
        severity: Severity::Critical,
        ..event()
    };
    let later = Event {
        starts_at: at("2026-11-23T00:00:00Z"),
        ..critical.clone()
    };
    let over = Event {
        ends_at: Some(at("2026-11-22T20:59:59Z")),
        ..critical.clone()
    };
    let ended = Event {
        ended_at: Some(at("2026-11-21T00:00:00Z")),
        ..critical
    };
    for event in [later, over, ended] {
        assert_eq!(case.rule(&event), Rule::OutOfWindow);
    }
}

#[test]
fn rule_2_other_accounts_are_not_concerned() {
    let case = Case::new("shoot");
    let other = Event {
        accounts: words(&["brand"]),
        ..event()
    };
    assert_eq!(case.rule(&other), Rule::OtherAccount);
    let own = Event {
        accounts: words(&["brand", "Shop"]),
        ..event()
    };
    assert_eq!(case.rule(&own), Rule::Topic);
}

#[test]
fn rule_3_areas_must_meet() {
    let mut case = Case::new("shoot");
    for (countries, regions, meets) in [
        (&["US"][..], &[][..], true),
        (&["US"], &["US-CO"], true),
        (&["us"], &["us-co"], true),
        (&["US"], &["US-NY"], false),
        (&["US", "CA"], &["CA-ON"], true),
        (&["DE"], &[], false),
        (&[], &[], true),
        (&[], &["US-NY"], true),
    ] {
        case.audience.countries = words(countries);
        case.audience.regions = words(regions);
        let met = case.rule(&event()) != Rule::NoAreaOverlap;
        assert_eq!(met, meets, "{countries:?} {regions:?}");
    }
    case.audience.countries = words(&["DE"]);
    let everywhere = Event {
        countries: words(&["*"]),
        regions: Vec::new(),
        ..event()
    };
    assert_eq!(case.rule(&everywhere), Rule::Topic);
}

#[test]
fn rule_4_a_persons_approval_lets_pass_and_is_bound() {
    let event = event();
    let mut case = Case::new("shoot");
    case.approve(&event);
    assert_eq!(case.rule(&event), Rule::ApprovedByPerson);
    let worse = Event {
        severity: Severity::Critical,
        ..event.clone()
    };
    assert_eq!(case.rule(&worse), Rule::ScopeAll);
    let other = Event {
        id: EventId(Id::from_u128(10)),
        ..event.clone()
    };
    assert_eq!(case.rule(&other), Rule::Topic);
    case.at = at("2026-11-23T20:00:00Z");
    assert_eq!(case.rule(&event), Rule::Topic);
    case.at = at("2026-11-22T21:00:00Z");
    case.parts[0].text.push('!');
    assert_eq!(case.rule(&event), Rule::Topic);
}

#[test]
fn rules_5_to_8_follow_the_severity() {
    let mut case = Case::new("Buns at nine");
    let with = |severity| Event { severity, ..event() };
    for category in Category::ALL {
        case.category = category;
        assert_eq!(case.rule(&with(Severity::Critical)), Rule::ScopeAll);
        let sells = sells_or_cheers(category);
        let expected = if sells { Rule::Category } else { Rule::NoTopic };
        assert_eq!(case.rule(&with(Severity::High)), expected, "{category}");
        assert_eq!(case.rule(&with(Severity::Watch)), Rule::NoTopic, "{category}");
    }
    let case = Case::new("Come to the cinema");
    assert_eq!(case.rule(&with(Severity::High)), Rule::Topic);
    assert_eq!(case.rule(&with(Severity::Watch)), Rule::Topic);
}

#[test]
fn all_holding_events_are_named_worst_first() {
    let critical = Event {
        severity: Severity::Critical,
        id: EventId(Id::from_u128(3)),
        ..event()
    };
    let watch = Event {
        severity: Severity::Watch,
        id: EventId(Id::from_u128(1)),
        ends_at: Some(at("2026-12-01T00:00:00Z")),
        ..event()
    };
    let case = Case::new("Killer deals in Colorado");
    let zones = TimeZoneDatabase::bundled();
    let said = judge_events(&case.input(), &world(vec![watch.clone(), critical]), &zones);
    let (events, review_after) = (said.holds, said.review_after);
    let severities: Vec<_> = events.iter().map(|e| e.severity).collect();
    assert_eq!(severities, [Severity::Critical, Severity::Watch]);
    assert_eq!(review_after, None);
    assert_eq!(events[1].area, "US (US-CO)");
    let verdict = judge(&case.input(), &world(vec![watch.clone()]), &zones);
    let Verdict::Hold { review_after, .. } = verdict else {
        panic!("held");
    };
    assert_eq!(review_after, watch.ends_at);
}

#[test]
fn an_allow_says_what_was_looked_at() {
    let mut case = Case::new("Killer deals");
    let zones = TimeZoneDatabase::bundled();
    let verdict = judge(&case.input(), &World::default(), &zones);
    let expected = "no open events and no calendars: none holds".to_owned();
    assert_eq!(verdict, Verdict::Allow { evidence: expected });
    case.approve(&event());
    let Verdict::Allow { evidence } = judge(&case.input(), &world(vec![event()]), &zones) else {
        panic!("allowed");
    };
    assert_eq!(
        evidence,
        "1 open event and no calendars: none holds; 1 approved by kim (read it)"
    );
}

#[test]
fn a_calendars_day_holds_where_its_readers_are() {
    let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20261123\r\n\
        SUMMARY:A day\r\nX-SOUNDPOST-COUNTRIES:US\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let calendar = calendar::Calendar::parse("days", text).unwrap();
    let world = World {
        calendars: BTreeMap::from([("days".to_owned(), Arc::new(calendar))]),
        ..World::default()
    };
    let zones = TimeZoneDatabase::bundled();
    let mut case = Case::new("New hats");
    case.category = Category::Promo;
    case.audience = Audience::default();
    for (instant, held) in [
        // The post is for everybody: from six hours before midnight in Berlin, where the account is, to midnight in Honolulu.
        ("2026-11-22T16:59:59Z", false),
        ("2026-11-22T17:00:00Z", true),
        ("2026-11-24T09:59:59Z", true),
        ("2026-11-24T10:00:00Z", false),
    ] {
        case.at = at(instant);
        let verdict = judge(&case.input(), &world, &zones);
        assert_eq!(matches!(verdict, Verdict::Hold { .. }), held, "{instant}");
    }
}
