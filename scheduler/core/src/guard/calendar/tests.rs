use jiff::tz::TimeZoneDatabase;
use proptest::prelude::*;

use super::*;
use crate::post::Audience;

const SAMPLE: &str = include_str!("../../../../../fixtures/calendars/sensitive-days.ics");
const BROKEN: &str = include_str!("../../../../../fixtures/calendars/broken.ics");

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn titles_at(calendar: &Calendar, instant: &str, zone: &str) -> Vec<String> {
    let zones = TimeZoneDatabase::bundled();
    let events = calendar.events_at(at(instant), &Viewpoint::zone(zone, &zones));
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
fn a_whole_day_is_the_day_of_the_account_and_the_evening_before() {
    let sample = Calendar::parse("sample", SAMPLE).unwrap();
    for (instant, zone, open) in [
        ("2026-11-08T16:59:59Z", "Europe/Berlin", false),
        ("2026-11-08T17:00:00Z", "Europe/Berlin", true),
        ("2026-11-09T22:59:59Z", "Europe/Berlin", true),
        ("2026-11-09T23:00:00Z", "Europe/Berlin", false),
        ("2026-11-09T23:00:00Z", "America/New_York", true),
        ("2026-11-08T05:00:00Z", "Nowhere/Unknown", true),
        ("2026-11-10T11:59:59Z", "Nowhere/Unknown", true),
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
            .events_at(
                at("2026-11-09T12:00:00Z"),
                &Viewpoint::zone("Europe/Berlin", &zones),
            )
            .remove(0)
    };
    let event = look();
    assert_eq!(event.countries, ["DE", "AT"]);
    assert_eq!(event.kind, "memorial_day");
    assert!(event.tags.contains(&"Kristallnacht".to_owned()));
    assert_eq!(event.id, look().id);
    let next_year = sample
        .events_at(
            at("2027-11-09T12:00:00Z"),
            &Viewpoint::zone("Europe/Berlin", &zones),
        )
        .remove(0);
    assert_ne!(event.id, next_year.id);
    assert!(event.counts_at(event.starts_at) && event.counts_at(event.ends_at.unwrap()));
}

#[test]
fn next_lists_in_order() {
    let sample = Calendar::parse("sample", SAMPLE).unwrap();
    let zones = TimeZoneDatabase::bundled();
    let berlin = Viewpoint::zone("Europe/Berlin", &zones);
    let next = sample.next(at("2026-11-22T21:00:00Z"), 3, &berlin);
    let starts: Vec<_> = next.iter().map(|c| c.begins_at.to_string()).collect();
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
        (
            with("X-SOUNDPOST-KIND:flod\nDTSTART;VALUE=DATE:20270101"),
            "line 6: 'flod' is not a kind of event; use one of: bombing,",
        ),
        (
            with("DTSTART;VALUE=DATE:20270101\nX-SOUNDPOST-LEAD-HOURS:a day"),
            "line 7: 'a day' is not a number of hours; give X-SOUNDPOST-LEAD-HOURS a whole number from 0 to 240",
        ),
        (
            with("DTSTART;VALUE=DATE:20270101\nX-SOUNDPOST-TAIL-HOURS:241"),
            "line 7: '241' is not a number of hours",
        ),
    ] {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_stored_calendar_that_cannot_be_read_holds_everything() {
    let calendar = Calendar::stored("days", "nonsense");
    let zones = TimeZoneDatabase::bundled();
    let seen = Viewpoint::zone("Europe/Berlin", &zones);
    let events = calendar.events_at(at("2026-11-22T21:00:00Z"), &seen);
    assert_eq!(events[0].severity, Severity::Critical);
    assert!(events[0].title.contains("cannot be read"), "{}", events[0].title);
}

/// What an older version took must not begin to hold everything because this one asks more.
#[test]
fn a_stored_calendar_with_words_that_older_versions_took_is_read() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:A day\nDTSTART;VALUE=DATE:20270101\n\
                X-SOUNDPOST-KIND:flod\nX-SOUNDPOST-LEAD-HOURS:some\nEND:VEVENT\nEND:VCALENDAR\n";
    assert!(Calendar::parse("days", text).is_err());
    let calendar = Calendar::stored("days", text);
    assert_eq!(titles_at(&calendar, "2026-12-31T20:00:00Z", "UTC"), ["A day"]);
    assert_eq!(calendar.days()[0].lead_hours, LEAD_HOURS_DEFAULT);
}

#[test]
fn a_day_counts_from_its_lead_to_its_tail() {
    let hours = "X-SOUNDPOST-LEAD-HOURS:30\nX-SOUNDPOST-TAIL-HOURS:2\nDTSTART;VALUE=DATE:20270808";
    let calendar = with(hours).unwrap();
    for (instant, open) in [
        ("2027-08-06T17:59:59Z", false),
        ("2027-08-06T18:00:00Z", true),
        ("2027-08-09T01:59:59Z", true),
        ("2027-08-09T02:00:00Z", false),
    ] {
        assert_eq!(
            !titles_at(&calendar, instant, "UTC").is_empty(),
            open,
            "{instant}"
        );
    }
    let zones = TimeZoneDatabase::bundled();
    let next = calendar.next(at("2027-08-01T00:00:00Z"), 1, &Viewpoint::zone("UTC", &zones));
    assert_eq!(next[0].begins_at, at("2027-08-08T00:00:00Z"));
    assert_eq!(next[0].ends_at, at("2027-08-09T00:00:00Z"));
    assert_eq!(next[0].first.to_string(), "2027-08-08");
    assert_eq!(next[0].first, next[0].last);
}

/// The countries of a day, the zone of an account, the countries of its audience; from when to when the day counts.
type Seen = (
    &'static str,
    &'static str,
    &'static [&'static str],
    [&'static str; 2],
);

const SEEN: &[Seen] = &[
    // At home.
    (
        "DE,AT",
        "Europe/Berlin",
        &["DE"],
        ["2027-11-08T23:00:00Z", "2027-11-09T23:00:00Z"],
    ),
    // A shop in New York that writes to Germany.
    (
        "DE,AT",
        "America/New_York",
        &["DE"],
        ["2027-11-08T23:00:00Z", "2027-11-09T23:00:00Z"],
    ),
    // To Germany and at home: the day is only Germany's.
    (
        "DE,AT",
        "America/New_York",
        &["DE", "US"],
        ["2027-11-08T23:00:00Z", "2027-11-09T23:00:00Z"],
    ),
    // To everybody: where the account is, too.
    (
        "DE,AT",
        "America/New_York",
        &[],
        ["2027-11-08T23:00:00Z", "2027-11-10T05:00:00Z"],
    ),
    // A country is at home in the account's own zone.
    (
        "US",
        "America/New_York",
        &["US"],
        ["2027-11-09T05:00:00Z", "2027-11-10T05:00:00Z"],
    ),
    // From Detroit to Honolulu.
    (
        "US",
        "Europe/Berlin",
        &["US"],
        ["2027-11-09T05:00:00Z", "2027-11-10T10:00:00Z"],
    ),
    // Two countries, one at home.
    (
        "JP,GB",
        "Europe/London",
        &["GB", "JP"],
        ["2027-11-08T15:00:00Z", "2027-11-10T00:00:00Z"],
    ),
    // A day of all, for two countries.
    (
        "*",
        "Europe/London",
        &["GB", "JP"],
        ["2027-11-08T15:00:00Z", "2027-11-10T00:00:00Z"],
    ),
    // A day of all, for all: where the account is.
    (
        "*",
        "Europe/London",
        &[],
        ["2027-11-09T00:00:00Z", "2027-11-10T00:00:00Z"],
    ),
    // A zone that nobody knows.
    (
        "*",
        "Nowhere/Unknown",
        &[],
        ["2027-11-08T10:00:00Z", "2027-11-10T12:00:00Z"],
    ),
];

/// The day of a country is that country's, wherever the account is: from its begin in the easternmost to its end in the
/// westernmost zone of the countries that the day and the audience share.
#[test]
fn a_whole_day_is_the_day_of_those_who_read() {
    let zones = TimeZoneDatabase::bundled();
    for (countries, account, audience, window) in SEEN {
        let countries = format!("X-SOUNDPOST-COUNTRIES:{countries}");
        let day = format!("DTSTART;VALUE=DATE:20271109\nX-SOUNDPOST-LEAD-HOURS:0\n{countries}");
        let day = with(&day).unwrap();
        let audience = Audience {
            countries: audience.iter().map(|c| (*c).to_owned()).collect(),
            ..Audience::default()
        };
        let seen = Viewpoint::audience(account, &audience, &zones);
        let is_open = |instant| !day.events_at(instant, &seen).is_empty();
        let second = SignedDuration::from_secs(1);
        let [begins, ends] = window.map(at);
        let found = [begins - second, begins, ends - second, ends].map(is_open);
        assert_eq!(
            found,
            [false, true, true, false],
            "{countries} {account} {audience:?}"
        );
    }
}

#[test]
fn who_is_not_in_its_area_does_not_see_it() {
    let calendar = with("DTSTART;VALUE=DATE:20271109\nX-SOUNDPOST-COUNTRIES:DE").unwrap();
    let zones = TimeZoneDatabase::bundled();
    let audience = Audience {
        countries: vec!["NO".to_owned()],
        ..Audience::default()
    };
    let seen = Viewpoint::audience("Europe/Berlin", &audience, &zones);
    assert!(calendar.events_at(at("2027-11-09T12:00:00Z"), &seen).is_empty());
    assert!(calendar.now(at("2027-11-09T12:00:00Z"), &seen).is_empty());
}

#[test]
fn a_list_of_dates_that_ends_is_told_and_a_rule_is_not() {
    let text = |dates: &str| with(dates).unwrap();
    let list = text("DTSTART;VALUE=DATE:20260403\nRDATE;VALUE=DATE:20270326,20280414");
    let ending = |calendar: &Calendar, today: &str| {
        let lists = calendar.ending_lists(today.parse().unwrap());
        lists.iter().map(|list| list.last.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ending(&list, "2027-04-14"), [""; 0]);
    assert_eq!(ending(&list, "2027-04-15"), ["2028-04-14"]);
    assert_eq!(ending(&list, "2035-01-01"), ["2028-04-14"]);
    let rule = text("DTSTART;VALUE=DATE:20260403\nRRULE:FREQ=YEARLY");
    assert_eq!(ending(&rule, "2035-01-01"), [""; 0]);
    let once = text("DTSTART;VALUE=DATE:20260403");
    assert_eq!(ending(&once, "2026-04-01"), [""; 0]);
    let weekly = text("DTSTART;VALUE=DATE:20260403\nRRULE:FREQ=WEEKLY;COUNT=9");
    assert_eq!(ending(&weekly, "2026-04-01"), [""; 0]);
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
                let zones = TimeZoneDatabase::bundled();
                let seen = Viewpoint::zone("Europe/Berlin", &zones);
                calendar.next(Timestamp::UNIX_EPOCH, 5, &seen);
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

    /// Only what is near is looked at: it must be all that a look at everything finds.
    #[test]
    fn what_is_near_is_all_that_counts(
        day in 0..4_000_i64, hour in 0..24_i64, lead in 0..=240_u16, tail in 0..=240_u16, length in 1..60_i64
    ) {
        let zones = TimeZoneDatabase::bundled();
        let end = jiff::civil::date(2020, 1, 30) + jiff::Span::new().days(length);
        let long = with(&format!(
            "DTSTART;VALUE=DATE:20200130\nDTEND;VALUE=DATE:{}\nRRULE:FREQ=MONTHLY;INTERVAL=5\n\
             X-SOUNDPOST-LEAD-HOURS:{lead}\nX-SOUNDPOST-TAIL-HOURS:{tail}",
            end.strftime("%Y%m%d")
        )).unwrap();
        let instant = at("2020-01-01T00:00:00Z") + SignedDuration::from_hours(day * 24 + hour);
        for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "Nowhere/Unknown"] {
            let seen = Viewpoint::zone(zone, &zones);
            let counts = |o: &&Occurrence| {
                let (starts, ends) = seen.window(o, &long.days[o.day]);
                starts <= instant && instant < ends
            };
            let all = long.occurrences.iter().filter(counts).count();
            prop_assert_eq!(long.events_at(instant, &seen).len(), all);
            let ahead = long.occurrences.iter().find(|o| seen.window(o, &long.days[o.day]).1 > instant);
            let next = long.next(instant, 1, &seen);
            prop_assert_eq!(next.first().map(|c| c.event.starts_at), ahead.map(|o| seen.window(o, &long.days[o.day]).0));
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
