//! The real program against a server that lies (promises D2, D5 and D7): see [`soundpost_tests::lies`]. It drives
//! `target/debug/soundpost`: `cargo build` first.

use std::time::Duration;

use serde_json::Value;
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
        println!("{test}: round {round}");
        play(lies, &mut dice);
    }
}

/// One test for each lie, alone. A lie that is not about the answer to a post is told while the answers are kept: they
/// are what it could make worse.
macro_rules! alone {
    ($($name:ident: $($lie:ident)+;)*) => {
        $(
            #[test]
            fn $name() {
                rounds_of(stringify!($name), &[$(Lie::$lie),+]);
            }
        )*

        #[test]
        fn every_lie_has_a_test() {
            let tested = [$($(Lie::$lie),+),*];
            let untested: Vec<Lie> = Lie::ALL.into_iter().filter(|lie| !tested.contains(lie)).collect();
            assert!(untested.is_empty(), "{untested:?}");
        }
    };
}

alone! {
    an_answer_that_is_dropped: DropAnswer;
    an_answer_that_never_comes: KeepAnswer;
    a_500_after_the_post_was_made: Answer500;
    a_503_after_the_post_was_made: Answer503;
    a_429_after_the_post_was_made: Answer429;
    pictures_that_are_refused_although_the_post_was_made: RefuseMediaThoughMade;
    a_400_to_a_picture_that_a_post_has: RefuseUsedMediaWith400 DropAnswer;
    keys_that_are_not_looked_at: IgnoreKeys DropAnswer;
    keys_that_are_forgotten: ForgetKeysAtRestart DropAnswer;
    a_server_that_keeps_nothing_until_later: IgnoreScheduledAt DropAnswer;
    a_list_that_lags: ListLags DropAnswer;
}

#[test]
fn all_lies_together() {
    rounds_of("all lies", &Lie::ALL);
}

/// The list lags for longer than is looked, the server ignores keys, and a person looks too early. The picture, which a
/// post has already, gives the first attempt away: it is found, and there is one post.
#[test]
fn a_person_who_looked_too_early_makes_no_second_post_of_a_picture() {
    for refuses in [Lie::RefuseUsedMediaWith400, Lie::IgnoreScheduledAt] {
        let lies = [Lie::DropAnswer, Lie::ListLags, Lie::IgnoreKeys, refuses];
        let scene = Lying::new(&lies, Duration::from_secs(18));
        let _daemon = scene.home.daemon();
        let post = scene.post(&["look"], true);
        let soon = Duration::from_secs(40);
        until("a person is asked", soon, || {
            let delivery = scene.home.delivery(&post);
            (delivery["state"] == "unknown" && is_settled(&delivery)).then_some(())
        });
        assert_eq!(scene.copies("look"), 1);
        scene.home.ok(&["retry", &post, "--not-there"]);
        let published: Value = scene.home.await_state(&post, "published", soon);
        assert_eq!(scene.copies("look"), 1, "{published}");
        assert_eq!(scene.server().asked(), 2, "{published}");
    }
}
