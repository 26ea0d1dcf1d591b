use jiff::tz::TimeZoneDatabase;
use proptest::prelude::*;

use super::*;

const SAMPLE: &str = include_str!("../../../../../fixtures/calendars/sensitive-days.ics");
const BROKEN: &str = include_str!("../../../../../fixtures/calendars/broken.ics");

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn titles_at(calendar: &Calendar, instant: &str, zone: &str) -> Vec<String> {
    let events = calendar.events_at(at(instant), zone, &TimeZoneDatabase::bundled());
    events.into_iter().map(|e| e.title).collect()
}

fn with(event: &str) -> Result<Calendar, CalendarError> {
    let head = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:a\nSUMMARY:A day\n";
    Calendar::parse("days", &format!("{head}{event}\nEND:VEVENT\nEND:VCALENDAR\n"))
}

#[test]
fn the_sample_holds_on_its_days_and_only_there() {
    let sample = Calendar::parse("sample", SAMPLE).unwrap();
    assert_eq!(sample.skipped(), [""; 0]);
    assert_eq!(sample.day_count(), 5);
    for (instant, zone, count) in [
        ("2026-11-09T12:00:00Z", "Europe/Berlin", 1),
        ("2026-11-10T12:00:00Z", "Europe/Berlin", 0),
        ("2031-09-11T16:00:00Z", "America/New_York", 1),
        ("2027-07-22T10:00:00Z", "Europe/Oslo", 1),
        ("2027-03-26T10:00:00Z", "Europe/Berlin", 1),
        ("2028-04-14T10:00:00Z", "Europe/Berlin", 1),
        ("2027-04-14T10:00:00Z", "Europe/Berlin", 0),
        ("2026-11-15T10:00:00Z", "Europe/Berlin", 1),
    ] {
        assert_eq!(titles_at(&sample, instant, zone).len(), count, "{instant}");
    }
}

#[test]
fn a_whole_day_is_the_day_of_the_account() {
    let sample = Calendar::parse("sample", SAMPLE).unwrap();
    for (instant, zone, open) in [
        ("2026-11-08T22:59:59Z", "Europe/Berlin", false),
        ("2026-11-08T23:00:00Z", "Europe/Berlin", true),
        ("2026-11-09T22:59:59Z", "Europe/Berlin", true),
        ("2026-11-09T23:00:00Z", "Europe/Berlin", false),
        ("2026-11-09T23:00:00Z", "America/New_York", true),
        ("2026-11-08T11:00:00Z", "Nowhere/Unknown", true),
    ] {
        assert_eq!(
            !titles_at(&sample, instant, zone).is_empty(),
            open,
            "{instant} {zone}"
        );
    }
}

#[test]
fn an_occurrence_is_an_event_with_the_properties_and_a_lasting_id() {
    let zones = TimeZoneDatabase::bundled();
    let sample = Calendar::parse("sample", SAMPLE).unwrap();
    let look = || {
        sample
            .events_at(at("2026-11-09T12:00:00Z"), "Europe/Berlin", &zones)
            .remove(0)
    };
    let event = look();
    assert_eq!(event.countries, ["DE", "AT"]);
    assert_eq!(event.kind, "memorial_day");
    assert!(event.tags.contains(&"Kristallnacht".to_owned()));
    assert_eq!(event.id, look().id);
    let next_year = sample
        .events_at(at("2027-11-09T12:00:00Z"), "Europe/Berlin", &zones)
        .remove(0);
    assert_ne!(event.id, next_year.id);
    assert!(event.counts_at(event.starts_at) && event.counts_at(event.ends_at.unwrap()));
}

#[test]
fn next_lists_in_order() {
    let sample = Calendar::parse("sample", SAMPLE).unwrap();
    let zones = TimeZoneDatabase::bundled();
    let next = sample.next(at("2026-11-22T21:00:00Z"), 3, "Europe/Berlin", &zones);
    let starts: Vec<_> = next.iter().map(|e| e.starts_at.to_string()).collect();
    assert_eq!(
        starts,
        [
            "2027-03-25T23:00:00Z",
            "2027-07-21T22:00:00Z",
            "2027-09-10T22:00:00Z"
        ]
    );
}

#[test]
fn times_with_a_zone_are_instants() {
    let calendar =
        with("DTSTART;TZID=America/New_York:20261123T090000\nDTEND;TZID=America/New_York:20261123T100000");
    let calendar = calendar.unwrap();
    assert_eq!(
        titles_at(&calendar, "2026-11-23T14:30:00Z", "Europe/Berlin").len(),
        1
    );
    assert_eq!(
        titles_at(&calendar, "2026-11-23T15:00:00Z", "Europe/Berlin").len(),
        0
    );
}

#[test]
fn exceptions_of_a_series_count() {
    let calendar =
        with("DTSTART;VALUE=DATE:20261101\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20261108").unwrap();
    assert_eq!(
        titles_at(&calendar, "2026-11-08T12:00:00Z", "Europe/Berlin").len(),
        0
    );
    assert_eq!(
        titles_at(&calendar, "2026-11-15T12:00:00Z", "Europe/Berlin").len(),
        1
    );
    assert_eq!(
        titles_at(&calendar, "2026-11-29T12:00:00Z", "Europe/Berlin").len(),
        0
    );
}

#[test]
fn errors_say_where_what_and_what_to_do() {
    for (result, expected) in [
        (Calendar::parse("days", "<html></html>"), "no BEGIN:VCALENDAR"),
        (
            Calendar::parse("days", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
            "no events",
        ),
        (
            Calendar::parse("days", BROKEN),
            "line 4: BEGIN:VEVENT is never closed",
        ),
        (
            with("DTSTART;VALUE=DATE:19990101"),
            "no day between 2000 and 2100",
        ),
        (
            with("X-SOUNDPOST-SEVERITY:huge\nDTSTART;VALUE=DATE:20270101"),
            "line 6: 'huge' is not a severity",
        ),
        (
            with("X-SOUNDPOST-COUNTRIES:Germany\nDTSTART;VALUE=DATE:20270101"),
            "'Germany' of 'A day' is not a country",
        ),
        (
            with("X-SOUNDPOST-REGIONS:Texas\nDTSTART;VALUE=DATE:20270101"),
            "not a region",
        ),
        (
            with("DTSTART:20270101T000000\nRRULE:FREQ=SECONDLY"),
            "line 5: 'A day' comes too often",
        ),
        (
            with("DTSTART:20270101T000000\nRRULE:FREQ=DAILY"),
            "comes too often",
        ),
        (with("DESCRIPTION:without a date"), "MissingDtStart"),
    ] {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_stored_calendar_that_cannot_be_read_holds_everything() {
    let calendar = Calendar::stored("days", "nonsense");
    let events = calendar.events_at(
        at("2026-11-22T21:00:00Z"),
        "Europe/Berlin",
        &TimeZoneDatabase::bundled(),
    );
    assert_eq!(events[0].severity, Severity::Critical);
    assert!(events[0].title.contains("cannot be read"), "{}", events[0].title);
}

#[test]
fn a_rule_that_never_comes_ends() {
    let calendar = with("DTSTART;VALUE=DATE:20260201\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
    assert!(calendar.is_err());
}

/// The text with a line dropped, doubled, or cut in the middle, at some four places each.
fn damaged(text: &str) -> impl Iterator<Item = String> {
    let lines: Vec<&str> = text.lines().collect();
    let step = lines.len() / 4 + 1;
    let places = (0..lines.len()).step_by(step).collect::<Vec<_>>();
    places.into_iter().flat_map(move |i| {
        let cut = lines[i]
            .chars()
            .take(lines[i].chars().count() / 2)
            .collect::<String>();
        [String::new(), format!("{0}\n{0}", lines[i]), cut].map(|line| {
            let mut lines = lines.clone();
            lines[i] = &line;
            lines.join("\n")
        })
    })
}

/// The samples of other programs, when they lie beside the checkout; none may make the reader panic.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test reads its cases from outside the repository"
)]
fn files_of_other_programs_do_no_harm() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/feeds/ics");
    let Ok(files) = std::fs::read_dir(folder) else {
        println!("skipped: no folder of samples");
        return;
    };
    let (mut read, mut refused) = (0, 0);
    for path in files.map(|f| f.unwrap().path()) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        damaged(&text).for_each(|text| drop(Calendar::parse("damaged", &text)));
        match Calendar::parse("sample", &text) {
            Ok(calendar) => {
                read += 1;
                calendar.next(
                    Timestamp::UNIX_EPOCH,
                    5,
                    "Europe/Berlin",
                    &TimeZoneDatabase::bundled(),
                );
            }
            Err(error) => {
                refused += 1;
                assert!(!error.what_to_do.is_empty());
            }
        }
    }
    println!("{read} read, {refused} refused");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_a_calendar_or_an_error(text in "\\PC{0,200}") {
        let _ = Calendar::parse("any", &text);
        let framed = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{text}\nEND:VEVENT\nEND:VCALENDAR");
        let _ = Calendar::parse("any", &framed);
    }

    #[test]
    fn any_changed_file_is_a_calendar_or_an_error(
        place in 0..SAMPLE.len(), length in 0..8usize, put in "[A-Z0-9:;=,\\-\n]{0,6}"
    ) {
        let end = (place + length).min(SAMPLE.len());
        if SAMPLE.is_char_boundary(place) && SAMPLE.is_char_boundary(end) {
            let changed = format!("{}{put}{}", &SAMPLE[..place], &SAMPLE[end..]);
            let _ = Calendar::parse("any", &changed);
        }
    }

    #[test]
    fn any_rule_ends(
        freq in "(YEARLY|MONTHLY|WEEKLY|DAILY)", interval in 0..500u32,
        rest in "(;BYMONTH=[0-9]{1,2})?(;BYMONTHDAY=-?[0-9]{1,2})?(;BYDAY=(-?[0-9])?(MO|SU))?(;COUNT=[0-9]{1,9})?(;BYSETPOS=-?[0-9]{1,3})?"
    ) {
        let _ = with(&format!("DTSTART;VALUE=DATE:19380301\nRRULE:FREQ={freq};INTERVAL={interval}{rest}"));
    }
}
