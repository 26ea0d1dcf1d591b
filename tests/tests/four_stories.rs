//! The four posts that Soundpost was made for, in their sequence, on a clock that the test drives.

use jiff::{SignedDuration, Zoned};
use soundpost_tests::story::four::{ELSEWHERE, Stories};
use soundpost_tests::story::transcript::{assert_told, compare, kept_file};

const PROGRAM: &str = env!("CARGO_BIN_EXE_soundpost-under-test");
/// The name of the transcript.
const STORY: &str = "four-stories";

/// Years pass; no daemon runs.
fn skip_to(stories: &Stories, when: &str) {
    let when: Zoned = when.parse().expect("a time with its zone");
    let left = when.timestamp().duration_since(stories.office.now());
    assert!(left > SignedDuration::ZERO);
    stories.office.skip(left);
}

fn told(columns: usize) {
    let stories = Stories::open(PROGRAM, columns);
    stories.aurora();
    assert_eq!(stories.public(), [ELSEWHERE], "one post, in another country");
    skip_to(&stories, "2013-01-15T18:30[Europe/London]");
    stories.hay();
    skip_to(&stories, "2022-11-07T10:00[Europe/Berlin]");
    stories.cheese();
    assert_eq!(
        stories.public(),
        [ELSEWHERE],
        "nothing that hurts went out in all these years"
    );
    compare(STORY, columns, stories.told.borrow().text()).expect("the stories go as they are kept");
}

#[test]
fn the_four_stories_on_a_phone() {
    told(45);
}

#[test]
fn the_four_stories_on_a_wide_screen() {
    told(100);
}

#[test]
fn the_readme_tells_the_four_stories_as_they_went() {
    assert_told("The four posts it was made for", 3, &kept_file(STORY, 100)).unwrap();
}
