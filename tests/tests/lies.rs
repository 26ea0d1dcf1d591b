//! The real program against a server that lies (promises D2, D5 and D7): see [`soundpost_tests::lies`]. It drives
//! `target/debug/soundpost`: `cargo build` first.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use soundpost_fixtures::mastodon::Lie;
use soundpost_tests::crash::dice::Dice;
use soundpost_tests::lies::round::play;
use soundpost_tests::lies::scene::{Lying, is_settled};
use soundpost_tests::live::poll::until;

fn rounds() -> u64 {
    let given = std::env::var("SOUNDPOST_LIES_ROUNDS").ok();
    given.and_then(|given| given.trim().parse().ok()).unwrap_or(1)
}

fn rounds_of(test: &str, lies: &[Lie]) {
    let mut dice = Dice::announced(test);
    for round in 1..=rounds() {
        let from = format!("{test}: round {round} of {dice:?}");
        // What a thread prints belongs to the test that started it: the panic carries all that is to be known.
        if let Err(why) = catch_unwind(AssertUnwindSafe(|| play(lies, &mut dice))) {
            panic!("{from}: {}", words_of(&*why));
        }
    }
}

fn words_of(why: &(dyn Any + Send)) -> &str {
    let owned = why.downcast_ref::<String>().map(String::as_str);
    owned
        .or_else(|| why.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words")
}

/// What plays a test.
type Play = Box<dyn FnOnce() + Send>;
type Started = BTreeMap<&'static str, JoinHandle<()>>;

/// Waits for the test of this name. They mostly wait, for look-ups and for lists that lag, so all of them are started
/// together; only the one where the command line names tests.
fn await_end(test: &'static str) {
    static STARTED: OnceLock<Mutex<Started>> = OnceLock::new();
    let started = STARTED.get_or_init(|| {
        let names_some = std::env::args().skip(1).any(|word| !word.starts_with('-'));
        let wanted = all().into_iter().filter(|(name, _)| !names_some || *name == test);
        Mutex::new(wanted.map(|(name, play)| (name, thread::spawn(play))).collect())
    });
    let own = started
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(test);
    let own = own.unwrap_or_else(|| thread::spawn(all().remove(test).expect("it is among them all")));
    if let Err(why) = own.join() {
        panic!("{}", words_of(&*why));
    }
}

/// One test for each lie, with one other where it would do no harm alone: a key that the server knows would make a
/// repeat harmless, and a server that answers truly is not asked again.
macro_rules! plays {
    (
        lies { $($name:ident: $($lie:ident)+;)* }
        looked_too_early { $($other:ident)* }
    ) => {
        $(
            #[test]
            fn $name() {
                await_end(stringify!($name));
            }
        )*

        fn all() -> BTreeMap<&'static str, Play> {
            BTreeMap::from([
                $((stringify!($name), Box::new(|| rounds_of(stringify!($name), &[$(Lie::$lie),+])) as Play),)*
                ("all_lies_together", Box::new(|| rounds_of("all_lies_together", &Lie::ALL))),
                $((concat!("looked_too_early: ", stringify!($other)), Box::new(|| looked_too_early(Lie::$other))),)*
            ])
        }

        #[test]
        fn a_person_who_looked_too_early_makes_no_second_post_of_a_picture() {
            $(await_end(concat!("looked_too_early: ", stringify!($other)));)*
        }

        #[test]
        fn every_lie_has_a_test() {
            let tested = [$($(Lie::$lie),+),*];
            let untested: Vec<Lie> = Lie::ALL.into_iter().filter(|lie| !tested.contains(lie)).collect();
            assert!(untested.is_empty(), "{untested:?}");
        }
    };
}

plays! {
    lies {
    an_answer_that_is_dropped: DropAnswer IgnoreKeys;
    an_answer_that_never_comes: KeepAnswer IgnoreKeys;
    a_500_after_the_post_was_made: Answer500 IgnoreKeys;
    a_503_after_the_post_was_made: Answer503 IgnoreKeys;
    a_429_after_the_post_was_made: Answer429 IgnoreKeys;
    pictures_that_are_refused_although_the_post_was_made: RefuseMediaThoughMade IgnoreKeys;
    a_400_to_a_picture_that_a_post_has: RefuseUsedMediaWith400 DropAnswer;
    keys_that_are_not_looked_at: IgnoreKeys DropAnswer;
    keys_that_are_forgotten: ForgetKeysAtRestart DropAnswer;
    a_server_that_keeps_nothing_until_later: IgnoreScheduledAt DropAnswer;
    a_list_that_lags: ListLags DropAnswer;
    a_clock_that_is_wrong: WrongClock DropAnswer;
    }
    looked_too_early { RefuseUsedMediaWith400 IgnoreScheduledAt }
}

#[test]
fn all_lies_together() {
    await_end("all_lies_together");
}

/// The list lags for longer than is looked, the server ignores keys, and a person looks too early. The picture, which a
/// post has already, gives the first attempt away: it is found, and there is one post. Servers say so with 400 or 422.
fn looked_too_early(refusal: Lie) {
    let lies = [Lie::DropAnswer, Lie::ListLags, Lie::IgnoreKeys, refusal];
    let scene = Lying::new(&lies, Duration::from_secs(21));
    let _daemon = scene.home.daemon();
    let post = scene.post(&["look"], true);
    let soon = Duration::from_secs(60);
    until("a person is asked", soon, || {
        let delivery = scene.home.delivery(&post);
        (delivery["state"] == "unknown" && is_settled(&delivery)).then_some(())
    });
    assert_eq!(scene.copies("look"), 1);
    scene.home.ok(&["retry", &post, "--not-there"]);
    let published = scene.home.await_state(&post, "published", soon);
    assert_eq!(scene.copies("look"), 1, "{published}");
    assert_eq!(scene.server().asked(), 2, "{published}");
}

#[test]
fn a_server_whose_clock_is_wrong_is_named_by_status() {
    let scene = Lying::new(&[Lie::WrongClock], Duration::ZERO);
    let _daemon = scene.home.daemon();
    let post = scene.post(&["on time"], false);
    scene
        .home
        .await_state(&post, "published", Duration::from_secs(60));
    let status = scene.home.ok(&["status"]);
    let said = status["status"]["clock_differs"][0].as_str().unwrap_or_default();
    assert!(said.starts_with("the clock of 127.0.0.1 is "), "{status}");
    assert!(said.contains(" min ahead of this machine's"), "{said}");
}
