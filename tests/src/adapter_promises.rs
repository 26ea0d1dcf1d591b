//! What every adapter promises, as functions over `&dyn Adapter`. A new network needs no code here: its account,
//! its recorded replies and what they mean stand in `fixtures/networks/<network>.json`.

use jiff::SignedDuration;
use soundpost_core::port::adapter::{
    AccountError, Adapter, LookUp, LookUpPower, NotSent, Outcome, Retracted, StageError,
};
use soundpost_core::port::transport::Phase;
use soundpost_core::post::{Media, Part};
use soundpost_fixtures::replay::{Case, Recording};

use self::bench::{Bench, NOW, full_part, pass, picture, receipt, text};

pub mod bench;

/// The word for an outcome in the recordings.
pub fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted(_) => "accepted",
        Outcome::NotSent(NotSent::Network(_)) => "not sent",
        Outcome::NotSent(NotSent::Stopped) => "stopped",
        Outcome::NotSent(NotSent::MediaGone(_)) => "media gone",
        Outcome::Refused { .. } => "refused",
        Outcome::Later { .. } => "later",
        Outcome::LoginNeeded { .. } => "login needed",
        Outcome::Unknown { .. } => "unknown",
        Outcome::StagingRefused { .. } => "staging refused",
    }
}

/// The word for what a look-up found in the recordings.
pub fn look_up_word(answer: &LookUp) -> &'static str {
    match answer {
        LookUp::Found(_) => "found",
        LookUp::NotThere => "not there",
        LookUp::CannotTell(_) => "cannot tell",
        LookUp::LoginNeeded(_) => "login needed",
    }
}

/// Promise 1: `check` and `compose` are pure, and a part without faults has no finding that stops it.
///
/// # Panics
/// When the promise is broken.
pub async fn check_and_compose_are_pure(adapter: &dyn Adapter) {
    let bench = Bench::of(adapter);
    let parts = [full_part(adapter)];
    let findings = adapter.check(&parts, &bench.account);
    assert_eq!(findings, adapter.check(&parts, &bench.account));
    assert_eq!(findings, [], "a part without faults");
    let staging = bench.stage(adapter, &parts).await;
    let asked = bench.replay.seen().len();
    let compose = || bench.compose(adapter, &parts, 1, &[], staging.as_ref());
    let frozen = compose().expect("it can be composed");
    assert_eq!(Ok(&frozen), compose().as_ref());
    assert_eq!(bench.replay.seen().len(), asked, "composing asks nobody");
    assert!(
        bench.compose(adapter, &parts, 2, &[], staging.as_ref()).is_err(),
        "there is no part 2"
    );
}

/// Limits are found before anything is sent: too long, too many, too large, nothing at all.
///
/// # Panics
/// When one is not.
pub fn limits_are_found_by_check(adapter: &dyn Adapter) {
    let bench = Bench::of(adapter);
    let limits = &adapter.describe().capabilities;
    let at = "é".repeat(limits.text_max as usize);
    let stops = |parts: &[Part]| {
        adapter
            .check(parts, &bench.account)
            .into_iter()
            .find(|f| f.blocking)
    };
    assert_eq!(stops(&[text(&at)]), None, "a text at the limit fits");
    let long = stops(&[text(&(at + "éé"))]).expect("a text over the limit is found");
    assert_eq!((long.part, long.field.as_str()), (1, "text"));
    assert!(long.message.contains("2 characters too long"), "{}", long.message);
    assert!(
        long.message.contains(&limits.text_max.to_string()),
        "{}",
        long.message
    );
    let many = vec![text("x"); usize::from(limits.parts_max) + 1];
    assert_eq!(stops(&many).map(|f| f.field).as_deref(), Some("parts"));
    assert!(stops(&[text("  ")]).is_some(), "nothing at all is found");
    assert!(stops(&[]).is_some(), "no part at all is found");
    let with = |media: Vec<Media>| [Part { media, ..text("x") }];
    let many = with(vec![picture("a.png"); usize::from(limits.images_max) + 1]);
    assert_eq!(stops(&many).map(|f| f.field).as_deref(), Some("media"));
    let mut large = picture("a.png");
    large.size_bytes = limits.image_bytes_max + 1;
    assert!(
        stops(&with(vec![large])).is_some(),
        "a picture that is too large is found"
    );
    let mut odd = picture("a.xyz");
    odd.mime = "application/x-odd".to_owned();
    assert!(
        stops(&with(vec![odd])).is_some(),
        "a type that it does not take is found"
    );
    if limits.images_max > 0 {
        let mut silent = picture("a.png");
        silent.alt = String::new();
        let findings = adapter.check(&with(vec![silent]), &bench.account);
        assert!(
            findings.iter().any(|f| f.field == "alt" && !f.blocking),
            "a missing alternative text is mentioned"
        );
    }
}

/// Promises 2 and 3: from the frozen bytes alone `publish` makes one visible write and proves it; so does a look-up.
///
/// # Panics
/// When a promise is broken.
pub async fn publish_writes_once(adapter: &dyn Adapter) {
    let bench = Bench::of(adapter);
    let frozen = bench.frozen(adapter, &[full_part(adapter)]).await;
    let (pass, flight) = pass(false);
    let outcome = adapter.publish(&bench.context(), &frozen, pass).await;
    let Outcome::Accepted(accepted) = outcome else {
        panic!("it was not accepted: {outcome:?}");
    };
    assert!(flight.close());
    assert!(bench.replay.visible_writes() <= 1);
    assert!(!accepted.remote_id.is_empty());
    if adapter.describe().capabilities.look_up != LookUpPower::None {
        let found = adapter.look_up(&bench.context(), &frozen, NOW).await;
        assert_eq!(found, LookUp::Found(accepted), "a look-up finds the same");
    }
}

/// Promise 2: when the gate refuses, nothing becomes visible.
///
/// # Panics
/// When the promise is broken.
pub async fn a_refused_write_shows_nothing(adapter: &dyn Adapter) {
    let bench = Bench::of(adapter);
    let frozen = bench.frozen(adapter, &[full_part(adapter)]).await;
    let (pass, flight) = pass(true);
    let outcome = adapter.publish(&bench.context(), &frozen, pass).await;
    assert_eq!(outcome, Outcome::NotSent(NotSent::Stopped));
    assert!(!flight.close());
    assert_eq!(bench.replay.visible_writes(), 0);
    let speaks_http = !bench.recording.routes.is_empty();
    if !speaks_http && adapter.describe().capabilities.look_up == LookUpPower::ProvesAbsence {
        assert_eq!(
            adapter.look_up(&bench.context(), &frozen, NOW).await,
            LookUp::NotThere
        );
    }
}

/// Promise 2: what every recorded answer to the visible write means, each with one write at most.
///
/// # Panics
/// When the adapter makes something else of one.
pub async fn every_recorded_answer_has_its_outcome(adapter: &dyn Adapter) {
    for Case {
        name,
        routes,
        outcome: expected,
    } in Recording::of(adapter.describe().network).publish
    {
        let bench = Bench::of(adapter);
        bench.replay.route(&routes);
        let frozen = bench.frozen(adapter, &[full_part(adapter)]).await;
        let (pass, _flight) = pass(false);
        let outcome = adapter.publish(&bench.context(), &frozen, pass).await;
        assert_eq!(outcome_word(&outcome), expected, "{name}: {outcome:?}");
        assert!(bench.replay.visible_writes() <= 1, "{name}: it was written twice");
        bench.assert_no_secret(&format!("{outcome:?} {frozen:?}"));
    }
}

/// The same for the look-up, which writes nothing.
///
/// # Panics
/// When the adapter makes something else of one.
pub async fn every_recorded_look_up_has_its_answer(adapter: &dyn Adapter) {
    for Case {
        name,
        routes,
        outcome: expected,
    } in Recording::of(adapter.describe().network).look_up
    {
        let bench = Bench::of(adapter);
        bench.replay.route(&routes);
        let frozen = bench.frozen(adapter, &[full_part(adapter)]).await;
        let answer = adapter.look_up(&bench.context(), &frozen, NOW).await;
        assert_eq!(look_up_word(&answer), expected, "{name}: {answer:?}");
        assert_eq!(
            bench.replay.visible_writes(),
            0,
            "{name}: a look-up writes nothing"
        );
        bench.assert_no_secret(&format!("{answer:?}"));
    }
}

/// Promise 2: the phase of a lost answer decides, for the visible write as before it.
///
/// # Panics
/// When the promise is broken.
pub async fn a_lost_answer_is_unknown_and_an_unsent_one_is_not(adapter: &dyn Adapter) {
    for (phase, expected) in [(Phase::MaybeSent, "unknown"), (Phase::NotSent, "not sent")] {
        let bench = Bench::of(adapter);
        if bench.recording.routes.is_empty() {
            return;
        }
        let frozen = bench.frozen(adapter, &[full_part(adapter)]).await;
        for url_part in bench.recording.routes.keys() {
            bench.replay.fail(url_part, phase);
        }
        let (pass, _flight) = pass(false);
        let outcome = adapter.publish(&bench.context(), &frozen, pass).await;
        assert_eq!(outcome_word(&outcome), expected, "{outcome:?}");
        let told = adapter.look_up(&bench.context(), &frozen, NOW).await;
        assert!(
            matches!(told, LookUp::CannotTell(_)),
            "an answer that is lost proves no absence: {told:?}"
        );
    }
}

/// Promise 4: staging shows nothing and may be repeated.
///
/// # Panics
/// When the promise is broken.
pub async fn staging_is_invisible_and_repeatable(adapter: &dyn Adapter) {
    let bench = Bench::of(adapter);
    let parts = [full_part(adapter)];
    let first = bench.stage(adapter, &parts).await;
    let second = bench.stage(adapter, &parts).await;
    assert_eq!(first, second);
    assert_eq!(bench.replay.visible_writes(), 0);
    if let Some(staging) = first {
        bench.assert_no_secret(&format!("{staging:?}"));
    }
}

/// Promise 5: what is declared works, and what is not answers that it is not offered.
///
/// # Panics
/// When the promise is broken.
pub async fn declared_works_and_undeclared_is_refused(adapter: &dyn Adapter) {
    let bench = Bench::of(adapter);
    let cx = bench.context();
    let can = adapter.describe().capabilities.clone();
    let parts = [full_part(adapter)];
    let frozen = bench.frozen(adapter, &parts).await;
    let (pass, _flight) = pass(false);
    let Outcome::Accepted(accepted) = adapter.publish(&cx, &frozen, pass).await else {
        panic!("it was not accepted");
    };
    if can.stages {
        assert!(adapter.stage(&cx, &parts).await.is_ok());
    } else {
        assert!(!adapter.needs_staging(&parts));
        assert_eq!(adapter.stage(&cx, &parts).await, Err(StageError::Unsupported));
    }
    let found = adapter.look_up(&cx, &frozen, NOW).await;
    assert_eq!(
        matches!(found, LookUp::Found(_)),
        can.look_up != LookUpPower::None,
        "{found:?}"
    );
    let name = adapter.whoami(&cx).await;
    assert_eq!(name.is_ok(), can.whoami, "{name:?}");
    assert_eq!(name == Err(AccountError::Unsupported), !can.whoami);
    let login = adapter.refresh_login(&cx, SignedDuration::from_hours(3)).await;
    assert_eq!(
        login,
        if can.login {
            Ok(())
        } else {
            Err(AccountError::Unsupported)
        }
    );
    for _ in 0..2 {
        let gone = adapter.retract(&cx, &receipt(1, &accepted)).await;
        assert_eq!(
            gone,
            if can.retract {
                Retracted::Gone
            } else {
                Retracted::Unsupported
            }
        );
    }
    bench.assert_no_secret(&format!(
        "{name:?} {found:?} {accepted:?} {:?}",
        bench.replay.seen()
    ));
}

/// Every promise, one after the other.
///
/// # Panics
/// When one is broken.
pub async fn all(adapter: &dyn Adapter) {
    check_and_compose_are_pure(adapter).await;
    limits_are_found_by_check(adapter);
    a_refused_write_shows_nothing(adapter).await;
    every_recorded_answer_has_its_outcome(adapter).await;
    every_recorded_look_up_has_its_answer(adapter).await;
    a_lost_answer_is_unknown_and_an_unsent_one_is_not(adapter).await;
    staging_is_invisible_and_repeatable(adapter).await;
    publish_writes_once(adapter).await;
    declared_works_and_undeclared_is_refused(adapter).await;
}
