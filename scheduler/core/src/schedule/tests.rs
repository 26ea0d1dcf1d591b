use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use proptest::prelude::*;

use super::*;

fn zones() -> TimeZoneDatabase {
    TimeZoneDatabase::bundled()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Reads in Berlin on Sunday 22 November 2026, 22:00 there.
fn berlin(text: &str) -> Result<Due, WhenError> {
    resolve(text, at("2026-11-22T21:00:00Z"), "Europe/Berlin", &zones())
}

fn instant(text: &str) -> String {
    berlin(text).map_or_else(|e| format!("error: {e}"), |d| d.at.to_string())
}

#[test]
fn every_accepted_form_is_read() {
    for (text, expected) in [
        ("now", "2026-11-22T21:00:00Z"),
        ("+90m", "2026-11-22T22:30:00Z"),
        ("+2h30m", "2026-11-22T23:30:00Z"),
        ("+1d", "2026-11-23T21:00:00Z"),
        ("in 2 hours", "2026-11-22T23:00:00Z"),
        ("2026-11-23 09:00", "2026-11-23T08:00:00Z"),
        ("2026-11-23 9:00", "2026-11-23T08:00:00Z"),
        ("2026-11-23T09:00:30", "2026-11-23T08:00:30Z"),
        ("2026-11-23T09:00Z", "2026-11-23T09:00:00Z"),
        ("2026-11-23T09:00:00-05:00", "2026-11-23T14:00:00Z"),
        ("2026-11-23T09:00[America/New_York]", "2026-11-23T14:00:00Z"),
        ("2026-11-23T09:00-05:00[America/New_York]", "2026-11-23T14:00:00Z"),
        ("23:00", "2026-11-22T22:00:00Z"),
        ("09:00", "2026-11-23T08:00:00Z"),
        ("today 23:30", "2026-11-22T22:30:00Z"),
        ("tomorrow 9:00", "2026-11-23T08:00:00Z"),
        ("Tomorrow at 09:00", "2026-11-23T08:00:00Z"),
        ("mon 9:00", "2026-11-23T08:00:00Z"),
        ("friday 17:30", "2026-11-27T16:30:00Z"),
        ("sun 23:00", "2026-11-22T22:00:00Z"),
        ("sun 9:00", "2026-11-29T08:00:00Z"),
    ] {
        assert_eq!(instant(text), expected, "{text}");
    }
}

#[test]
fn a_named_zone_is_kept_and_an_offset_is_shown_in_the_accounts_zone() {
    assert_eq!(
        berlin("2026-11-23T09:00[america/new_york]").unwrap().zone,
        "America/New_York"
    );
    let due = berlin("2026-11-23T09:00-05:00").unwrap();
    assert_eq!((due.zone.as_str(), due.wall.hour()), ("Europe/Berlin", 15));
}

#[test]
fn errors_say_what_to_do() {
    assert!(matches!(berlin("soon"), Err(WhenError::Unreadable { .. })));
    assert!(instant("soon").contains("tomorrow 9:00"));
    assert!(instant("2026-11-23").contains("no time of day"));
    assert!(instant("2026-11-23T09:00+05:00[Europe/Berlin]").contains("does not have this offset"));
    assert!(
        instant("2026-11-22 21:55").contains("5 min ago"),
        "{}",
        instant("2026-11-22 21:55")
    );
    assert!(matches!(
        berlin("2036-12-23 09:00"),
        Err(WhenError::TooFar { .. })
    ));
    assert!(matches!(
        berlin("+99999999999999999999d"),
        Err(WhenError::Unreadable { .. })
    ));
}

#[test]
fn a_minute_ago_still_counts() {
    assert!(berlin("2026-11-22T20:59:10Z").is_ok());
    assert!(matches!(
        berlin("2026-11-22T20:58:50Z"),
        Err(WhenError::Past { .. })
    ));
}

#[test]
fn a_mistyped_zone_is_suggested() {
    for (typed, meant) in [
        ("Europe/Berln", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
    ] {
        let error = resolve("now", at("2026-11-22T21:00:00Z"), typed, &zones()).unwrap_err();
        assert!(
            error.to_string().contains(&format!("did you mean {meant}?")),
            "{error}"
        );
    }
}

#[test]
fn gaps_take_the_later_and_folds_the_earlier_reading() {
    let now = at("2026-01-01T00:00:00Z");
    for (zone, text, expected, gap) in [
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30:00Z", true),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z", false),
        (
            "America/New_York",
            "2026-03-08 02:30",
            "2026-03-08T07:30:00Z",
            true,
        ),
        (
            "America/New_York",
            "2026-11-01 01:30",
            "2026-11-01T05:30:00Z",
            false,
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-04 02:15",
            "2026-10-03T15:45:00Z",
            true,
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-05 01:45",
            "2026-04-04T14:45:00Z",
            false,
        ),
    ] {
        let due = resolve(text, now, zone, &zones()).unwrap();
        assert_eq!(due.at, at(expected), "{zone} {text}");
        assert_eq!(
            matches!(due.adjusted, Some(Adjusted::Gap { .. })),
            gap,
            "{zone} {text}"
        );
        assert!(due.adjusted.is_some(), "{zone} {text}");
        assert_eq!(recompute(&due, &zones()).unwrap(), due);
    }
    let plain = resolve("2026-11-01 02:30", now, "America/New_York", &zones()).unwrap();
    assert_eq!(plain.adjusted, None);
}

#[test]
fn the_second_reading_of_a_fold_survives_a_new_zone_database() {
    let now = at("2026-01-01T00:00:00Z");
    let due = resolve("2026-10-25T02:30+01:00", now, "Europe/Berlin", &zones()).unwrap();
    assert_eq!(recompute(&due, &zones()).unwrap(), due);
}

#[test]
fn a_day_is_a_day_of_the_calendar() {
    let now = at("2026-10-24T10:00:00Z");
    let due = resolve("+1d", now, "Europe/Berlin", &zones()).unwrap();
    assert_eq!(due.at, at("2026-10-25T11:00:00Z"));
}

#[test]
fn machines_read_rfc_9557_and_can_give_it_back() {
    let due = berlin("2026-11-23 09:00").unwrap();
    assert_eq!(rfc9557(&due), "2026-11-23T09:00:00+01:00[Europe/Berlin]");
    assert_eq!(berlin(&rfc9557(&due)).unwrap(), due);
    assert_eq!(due_at(due.at, "Europe/Berlin", &zones()), due);
}

#[test]
fn the_past_is_allowed_where_it_is_asked_for() {
    let now = at("2026-11-22T21:00:00Z");
    assert!(resolve_any("2026-11-20 09:00", now, "Europe/Berlin", &zones()).is_ok());
}

#[test]
fn people_read_times_in_words() {
    let now = at("2026-11-22T21:00:00Z");
    let due = berlin("2026-11-23 09:00").unwrap();
    assert_eq!(
        show(&due, now),
        "Mon 23 Nov 09:00 (+01:00, Europe/Berlin), in 11 h"
    );
    let next_year = berlin("2027-06-01 09:00").unwrap();
    assert!(show(&next_year, now).starts_with("Tue 1 Jun 2027 09:00 (+02:00"));
    let shown = show_instant(now, "Asia/Kolkata", &zones(), now);
    assert_eq!(shown, "Mon 23 Nov 02:30 (+05:30, Asia/Kolkata), now");
    for (seconds, text) in [
        (12_000, "in 3 h 20 min"),
        (-300, "5 min ago"),
        (40, "in 40 s"),
        (2_000_000, "in 23 d"),
    ] {
        assert_eq!(ago_or_in(now + SignedDuration::from_secs(seconds), now), text);
    }
    let gap = resolve(
        "2026-03-29 02:30",
        at("2026-03-28T00:00:00Z"),
        "Europe/Berlin",
        &zones(),
    );
    assert!(show(&gap.unwrap(), now).ends_with("the clocks skip 02:30 that day"));
}

proptest! {
    #[test]
    fn any_text_is_a_due_time_or_an_error(text in ".{0,40}") {
        let _ = resolve(&text, at("2026-11-22T21:00:00Z"), "Europe/Berlin", &zones());
    }

    #[test]
    fn any_likely_text_is_a_due_time_or_an_error(
        text in "(\\+|in |today |mon )?[0-9]{1,12}[-:dhm ][0-9]{0,6}[-:T ]?[0-9:]{0,8}(Z|\\+[0-9]{2}:00)?(\\[[A-Za-z/]{0,12}\\])?"
    ) {
        if let Ok(due) = berlin(&text) {
            prop_assert_eq!(recompute(&due, &zones()).unwrap().at, due.at);
        }
    }

    #[test]
    fn any_zone_name_is_known_or_an_error(name in ".{0,20}") {
        let _ = resolve("now", at("2026-11-22T21:00:00Z"), &name, &zones());
    }
}
