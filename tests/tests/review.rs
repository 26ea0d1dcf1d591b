//! `review`: what needs a person stands there once, under one reason, the most urgent first, with commands that work.

use soundpost_cli::app::error::Kind;
use soundpost_cli::args::Cli;
use soundpost_cli::args::clap::Parser as _;
use soundpost_cli::control::protocol::{AccountRulesAsk, EventAsk, Review, ReviewAsk, ReviewGroup};
use soundpost_core::event::Severity;
use soundpost_core::port::adapter::{Capabilities, LookUpPower};
use soundpost_fixtures::build::{NETWORK, post, thread};
use soundpost_fixtures::network::{FakeNetwork, Sending};
use soundpost_tests::world::office::{Office, event};

fn blind(capabilities: &mut Capabilities) {
    capabilities.look_up = LookUpPower::None;
}

async fn review(office: &Office) -> Review {
    let all = ReviewAsk::default();
    office.app.review(&all).await.expect("the store can be read")
}

fn kinds(review: &Review) -> Vec<&str> {
    review.groups.iter().map(|group| group.kind.as_str()).collect()
}

fn group<'a>(review: &'a Review, kind: &str) -> &'a ReviewGroup {
    let found = review.groups.iter().find(|group| group.kind == kind);
    found.unwrap_or_else(|| panic!("no {kind} in {:?}", kinds(review)))
}

fn cinema(title: &str, severity: Severity) -> EventAsk {
    EventAsk {
        tags: vec!["cinema".to_owned()],
        ..event(title, severity)
    }
}

#[tokio::test]
async fn a_window_stands_in_the_title_with_its_times() {
    let office = Office::new(1).await;
    let _ = office.post(post("good evening").at(50)).await;
    let window = AccountRulesAsk {
        name: "a1".to_owned(),
        blackouts: vec!["2026-11-22 12:30..2026-11-22 13:00".parse().unwrap()],
        ..AccountRulesAsk::default()
    };
    office.app.account_set("anna", window).await.expect("it is set");
    let title = &group(&review(&office).await, "rule").title.clone();
    assert_eq!(
        title,
        "the blackout window 2026-11-22 12:30..2026-11-22 13:00 (UTC)"
    );
}

#[tokio::test]
async fn one_event_with_many_posts_is_one_group_and_each_says_which_words() {
    let office = Office::new(2).await;
    for minutes in [300, 200, 100] {
        let text = format!("our cinema night {minutes}");
        let _ = office.post_all(post(&text).to("@all").at(minutes)).await;
    }
    let fire = office.flag(cinema("a fire", Severity::Watch)).await;
    let review = review(&office).await;
    assert_eq!((review.deliveries, kinds(&review)), (6, vec!["event"]));
    let group = &review.groups[0];
    assert_eq!(group.event.as_deref(), Some(fire.as_str()));
    assert!(
        group.next.contains(&format!("event end {fire}")),
        "{:?}",
        group.next
    );
    let due: Vec<&str> = group.items.iter().map(|i| i.delivery.due.as_str()).collect();
    assert!(due.is_sorted(), "the first due stands first: {due:?}");
    for item in &group.items {
        assert_eq!(item.evidence, ["rule topic, it says \"cinema\" (tag)"]);
    }
    let fresh_until = office.delivery(group.items[0].delivery.id).await.fresh_until();
    assert_eq!(group.decides_at, Some(fresh_until.to_string()));
}

#[tokio::test]
async fn what_may_be_public_comes_first_and_what_is_missed_last() {
    let network = FakeNetwork::with(NETWORK, blind);
    network.script([Sending::LoseAnswer, Sending::Refuse("too long".to_owned())]);
    let office = Office::on(network, 1).await;
    let unknown = office.post(post("one")).await;
    let failed = office.post(post("two").at(2)).await;
    office.scene.run_minutes(5).await;
    let late = office.post(post("three").at(10).fresh_min(5)).await;
    let kept = office.post(post("four").at(100)).await;
    let ids = [kept.to_string()];
    office.app.hold("anna", &ids, "ask kim").await.expect("it waits");
    office.scene.jump_and_trust(jiff::SignedDuration::from_mins(30));
    office.scene.run_minutes(1).await;
    let review = review(&office).await;
    let listed: Vec<(&str, &str)> = review
        .groups
        .iter()
        .map(|g| (g.kind.as_str(), g.items[0].delivery.excerpt.as_str()))
        .collect();
    assert_eq!(
        listed,
        [
            ("unknown", "one"),
            ("person", "four"),
            ("failed", "two"),
            ("missed", "three")
        ],
        "{unknown} {kept} {failed} {late}"
    );
}

#[tokio::test]
async fn the_one_that_is_too_late_first_stands_before_the_one_that_is_worse() {
    let office = Office::new(2).await;
    let _ = office.post(post("our cinema night").to("a1").at(500)).await;
    let _ = office.post(post("our picnic").to("a2").at(100)).await;
    let ask = EventAsk {
        accounts: vec!["a1".to_owned()],
        ..event("a quake", Severity::Critical)
    };
    office.flag(ask).await;
    let picnic = EventAsk {
        tags: vec!["picnic".to_owned()],
        ..event("a storm", Severity::Watch)
    };
    office.flag(picnic).await;
    let titles: Vec<String> = review(&office)
        .await
        .groups
        .into_iter()
        .map(|g| g.title)
        .collect();
    assert_eq!(titles, ["watch event \"a storm\"", "critical event \"a quake\""]);
}

#[tokio::test]
async fn a_proposal_is_as_urgent_as_the_first_post_that_it_would_hold() {
    let office = Office::new(1).await;
    let soon = office.post(post("our cinema night").at(30)).await;
    let kept = office.post(post("a post").at(50)).await;
    let ids = [kept.to_string()];
    office.app.hold("anna", &ids, "ask kim").await.expect("it waits");
    let ask = cinema("a fire", Severity::Watch);
    office
        .app
        .event_propose("anna", ask)
        .await
        .expect("it is proposed");
    let ask = event("a rumour", Severity::Watch);
    office
        .app
        .event_propose("anna", ask)
        .await
        .expect("it is proposed");
    let review = review(&office).await;
    assert_eq!(kinds(&review), ["proposal", "person", "proposal"]);
    assert_eq!(review.deliveries, 1, "a proposal holds nothing");
    let first = &review.groups[0];
    assert_eq!(first.items[0].delivery.id, soon);
    let due = office.delivery(soon).await.due.at;
    assert_eq!(first.decides_at, Some(due.to_string()));
    assert_eq!(review.groups[2].decides_at, None);
}

#[tokio::test]
async fn a_thread_that_stopped_in_the_middle_stands_there_as_that_and_not_under_its_event() {
    let office = Office::new(1).await;
    let fails = std::iter::repeat_n(Sending::NotSent, 3);
    office
        .network()
        .script(std::iter::once(Sending::Accept).chain(fails));
    let id = office.post(thread(&["one", "two"])).await;
    office.scene.run_minutes(0).await;
    office.flag(event("a quake", Severity::Critical)).await;
    office.scene.run_minutes(30).await;
    assert_eq!(office.network().texts(), ["one"]);
    let review = review(&office).await;
    let item = &group(&review, "broken_thread").items[0];
    assert_eq!((review.groups.len(), item.delivery.id), (1, id));
    assert!(item.also[0].contains("a quake"), "{item:?}");
}

#[tokio::test]
async fn account_and_event_narrow_it_and_unknown_names_are_refused() {
    let office = Office::new(2).await;
    let _ = office.post_all(post("our cinema night").to("@all").at(100)).await;
    let fire = office.flag(cinema("a fire", Severity::Watch)).await;
    let quake = office.flag(event("a quake", Severity::Critical)).await;
    let ask = |account: Option<&str>, event: Option<&str>| ReviewAsk {
        account: account.map(str::to_owned),
        event: event.map(str::to_owned),
        limit: 1,
    };
    let one = office
        .app
        .review(&ask(Some("a2"), None))
        .await
        .expect("there is a2");
    assert_eq!((one.deliveries, one.narrowed), (1, true));
    assert_eq!(one.groups[0].items[0].delivery.account, "a2");
    // Both are held by both; who asks about the milder event is told of that one.
    let of_fire = office
        .app
        .review(&ask(None, Some(&fire)))
        .await
        .expect("it is flagged");
    let [group] = &of_fire.groups[..] else {
        panic!("one group: {of_fire:?}")
    };
    assert_eq!(group.event.as_deref(), Some(fire.as_str()));
    assert_eq!((group.items.len(), group.more), (1, 1), "no more than asked for");
    assert!(group.items[0].also[0].contains("a quake"), "{:?}", group.items[0]);
    let all = review(&office).await;
    assert_eq!(all.groups[0].event.as_deref(), Some(quake.as_str()), "the worst");
    let nobody = office
        .app
        .review(&ask(Some("a9"), None))
        .await
        .expect_err("no a9");
    let nothing = office
        .app
        .review(&ask(None, Some("zzzz")))
        .await
        .expect_err("no zzzz");
    assert_eq!((nobody.kind, nothing.kind), (Kind::NotFound, Kind::NotFound));
}

#[tokio::test]
async fn while_it_is_paused_nothing_is_offered_that_is_refused() {
    let office = Office::new(1).await;
    let id = office.post(post("hello").at(100)).await;
    office.flag(event("a quake", Severity::Critical)).await;
    let offered = |review: &Review| group(review, "event").items[0].delivery.next.join(", ");
    assert!(offered(&review(&office).await).contains("approve"));
    office.pause_all().await;
    let paused = review(&office).await;
    assert_eq!(offered(&paused), format!("rewrite {id}, cancel {id}"));
    assert_eq!(paused.halts_shown.len(), 1);
}

#[tokio::test]
async fn an_event_that_somebody_wanted_to_look_at_is_a_question_too() {
    let office = Office::new(1).await;
    let ask = EventAsk {
        review: Some("+1h".to_owned()),
        ..event("a quake", Severity::Critical)
    };
    let quake = office.flag(ask).await;
    assert!(review(&office).await.groups.is_empty());
    office.scene.run_minutes(61).await;
    let review = review(&office).await;
    assert_eq!(kinds(&review), ["event_to_look_at"]);
    assert!(review.groups[0].next.contains(&format!("event confirm {quake}")));
}

#[tokio::test]
async fn every_move_that_is_offered_can_be_typed() {
    let network = FakeNetwork::with(NETWORK, blind);
    network.script([Sending::LoseAnswer]);
    let office = Office::on(network, 1).await;
    let _ = office.post(post("one")).await;
    office.scene.run_minutes(1).await;
    for text in ["our cinema night", "our cinema day"] {
        let _ = office.post(post(text).at(100)).await;
    }
    office.flag(cinema("a fire", Severity::Watch)).await;
    let review = review(&office).await;
    let of_groups = review.groups.iter().flat_map(|g| &g.next);
    let items = review.groups.iter().flat_map(|g| &g.items);
    let moves: Vec<&String> = of_groups.chain(items.flat_map(|i| &i.delivery.next)).collect();
    assert!(moves.len() > 10, "{moves:?}");
    for words in moves {
        let line = format!("soundpost {words}");
        let text = if words.starts_with("rewrite") {
            Some("new")
        } else {
            None
        };
        let parsed = Cli::try_parse_from(line.split(' ').chain(text));
        assert!(parsed.is_ok(), "{words}");
    }
}
