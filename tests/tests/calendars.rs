//! The calendars that come with the program: what each day must say, when it comes, and how they are added and renewed.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use rrule::RRuleSet;
use soundpost_core::guard::calendar::Calendar;
use soundpost_core::guard::calendar::shipped::{SHIPPED, Shipped};
use soundpost_core::guard::words::all_kinds;
use soundpost_tests::cli::bench::Bench;

/// The lists of movable days reach at least so far.
const LISTS_REACH: i16 = 2040;
/// More dates than a day has from 2000 to 2100.
const DATES_MAX: u16 = 600;

fn calendar(name: &str) -> Calendar {
    let shipped = Shipped::named(name).unwrap_or_else(|| panic!("{name} comes with the program"));
    Calendar::parse(name, shipped.file).unwrap_or_else(|error| panic!("{error}"))
}

fn all_dates(calendar: &Calendar, uid: &str) -> Vec<Date> {
    let number = calendar.days().iter().position(|d| d.uid == uid);
    let number = number.unwrap_or_else(|| panic!("{} has no {uid}", calendar.name));
    calendar.dates_of(number, date(2000, 1, 1), usize::from(DATES_MAX))
}

// --- what each day says ---

#[test]
fn every_day_has_a_source_a_reason_a_kind_and_words() {
    let kinds = all_kinds();
    let mut uids = BTreeMap::new();
    for shipped in SHIPPED {
        for day in calendar(shipped.name).days() {
            let uid = &day.uid;
            assert!(!day.source.is_empty(), "{uid} has no source");
            assert!(!day.summary.is_empty(), "{uid} does not say why");
            assert!(kinds.contains(day.kind.as_str()), "{uid} is of kind {}", day.kind);
            // The title itself counts as one.
            assert!(day.tags.len() >= 2, "{uid} has no words");
            let other = uids.insert(uid.clone(), shipped.name);
            assert_eq!(other, None, "{uid} stands twice");
        }
    }
}

#[test]
fn a_countrys_days_are_felt_there() {
    for shipped in SHIPPED.iter().filter(|s| s.name.len() == 2) {
        let country = shipped.name.to_uppercase();
        for day in calendar(shipped.name).days() {
            assert!(
                day.countries.contains(&country),
                "{} is not in {country}",
                day.uid
            );
            let of_others = day.regions.iter().find(|r| !r.starts_with(&country));
            assert_eq!(of_others, None, "{}", day.uid);
        }
    }
}

#[test]
fn a_day_comes_as_long_as_anybody_plans() {
    for shipped in SHIPPED {
        let calendar = calendar(shipped.name);
        for day in calendar.days() {
            let last = all_dates(&calendar, &day.uid).last().copied();
            assert!(
                last.is_some_and(|d| d.year() >= LISTS_REACH),
                "{} ends on {last:?}",
                day.uid
            );
        }
    }
}

// --- when it comes ---

/// One event of a file: its properties, with folded lines joined.
fn events(file: &str) -> Vec<BTreeMap<String, String>> {
    let unfolded = file.replace("\r\n", "\n").replace("\n ", "");
    let mut events = Vec::new();
    for block in unfolded.split("BEGIN:VEVENT\n").skip(1) {
        let lines = block.lines().take_while(|line| *line != "END:VEVENT");
        let pairs = lines.filter_map(|line| line.split_once(':'));
        events.push(pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect());
    }
    events
}

/// All rules are expanded by another program, too, and all lists are read by hand.
#[test]
fn another_program_finds_the_same_dates() {
    let mut rules = 0;
    for shipped in SHIPPED {
        let calendar = calendar(shipped.name);
        for event in events(shipped.file) {
            let begin = &event["DTSTART;VALUE=DATE"];
            let mut expected: Vec<String> = match event.get("RRULE") {
                Some(rule) => {
                    rules += 1;
                    let set: RRuleSet = format!("DTSTART:{begin}T000000Z\nRRULE:{rule}")
                        .parse()
                        .expect("a rule");
                    let dates = set.all(DATES_MAX).dates;
                    dates.iter().map(|d| d.format("%Y%m%d").to_string()).collect()
                }
                None => vec![begin.clone()],
            };
            if let Some(list) = event.get("RDATE;VALUE=DATE") {
                expected.extend(list.split(',').map(str::to_owned));
            }
            expected.retain(|d| ("2000".."2101").contains(&&d[..4]));
            let found = all_dates(&calendar, &event["UID"]);
            let found: Vec<String> = found.iter().map(|d| d.strftime("%Y%m%d").to_string()).collect();
            assert_eq!(found, expected, "{}", event["UID"]);
        }
    }
    assert!(rules > 100, "{rules} rules were compared");
}

/// A calendar, a day and its dates from 2027 to 2030, written down from almanacs, not from the files.
const ALMANAC: &[(&str, &str, [&str; 4])] = &[
    (
        "religious",
        "good-friday",
        ["2027-03-26", "2028-04-14", "2029-03-30", "2030-04-19"],
    ),
    (
        "religious",
        "orthodox-good-friday",
        ["2027-04-30", "2028-04-14", "2029-04-06", "2030-04-26"],
    ),
    (
        "religious",
        "radonitsa",
        ["2027-05-11", "2028-04-25", "2029-04-17", "2030-05-07"],
    ),
    (
        "religious",
        "ash-wednesday",
        ["2027-02-10", "2028-03-01", "2029-02-14", "2030-03-06"],
    ),
    (
        "religious",
        "yom-kippur",
        ["2027-10-11", "2028-09-30", "2029-09-19", "2030-10-07"],
    ),
    (
        "religious",
        "tisha-bav",
        ["2027-08-12", "2028-08-01", "2029-07-22", "2030-08-08"],
    ),
    (
        "il",
        "il-yom-hashoah",
        ["2027-05-04", "2028-04-24", "2029-04-12", "2030-04-30"],
    ),
    (
        "il",
        "il-yom-hazikaron",
        ["2027-05-11", "2028-05-01", "2029-04-18", "2030-05-07"],
    ),
    (
        "il",
        "il-rabin",
        ["2027-11-11", "2028-11-01", "2029-10-21", "2030-11-07"],
    ),
    (
        "us",
        "us-memorial-day",
        ["2027-05-31", "2028-05-29", "2029-05-28", "2030-05-27"],
    ),
    (
        "us",
        "us-mlk",
        ["2027-01-18", "2028-01-17", "2029-01-15", "2030-01-21"],
    ),
    (
        "de",
        "de-volkstrauertag",
        ["2027-11-14", "2028-11-19", "2029-11-18", "2030-11-17"],
    ),
    (
        "de",
        "de-totensonntag",
        ["2027-11-21", "2028-11-26", "2029-11-25", "2030-11-24"],
    ),
    (
        "gb",
        "gb-remembrance-sunday",
        ["2027-11-14", "2028-11-12", "2029-11-11", "2030-11-10"],
    ),
    (
        "ua",
        "ua-holodomor",
        ["2027-11-27", "2028-11-25", "2029-11-24", "2030-11-23"],
    ),
    (
        "ua",
        "ua-political-repressions",
        ["2027-05-16", "2028-05-21", "2029-05-20", "2030-05-19"],
    ),
    (
        "fr",
        "fr-deportation",
        ["2027-04-25", "2028-04-30", "2029-04-29", "2030-04-28"],
    ),
    (
        "fr",
        "fr-veldhiv",
        ["2027-07-18", "2028-07-16", "2029-07-22", "2030-07-21"],
    ),
    (
        "se",
        "se-alla-helgona",
        ["2027-11-06", "2028-11-04", "2029-11-03", "2030-11-02"],
    ),
];

#[test]
fn movable_days_come_when_almanacs_say() {
    for (name, uid, days) in ALMANAC {
        let found = all_dates(&calendar(name), &format!("{uid}@soundpost"));
        let found = found.iter().filter(|d| (2027..=2030).contains(&d.year()));
        let found: Vec<String> = found.map(ToString::to_string).collect();
        assert_eq!(found, *days, "{uid}");
    }
    // A leap year in which the sixth of November is a Saturday.
    let saints = all_dates(&calendar("se"), "se-alla-helgona@soundpost");
    assert!(saints.contains(&date(2032, 11, 6)) && !saints.contains(&date(2032, 10, 30)));
    let votes = all_dates(&calendar("us"), "us-election-day@soundpost");
    for day in [date(2026, 11, 3), date(2028, 11, 7), date(2030, 11, 5)] {
        assert!(votes.contains(&day), "{day}");
    }
}

// --- added, and renewed ---

#[test]
fn what_fits_the_accounts_is_offered_and_added() {
    let bench = Bench::with_accounts();
    let offers = bench.json(&["calendar", "list", "--available"]);
    let offers = offers["ok"]["calendar_offers"]
        .as_array()
        .expect("a list")
        .clone();
    assert_eq!(offers.len(), SHIPPED.len());
    let fits = |name: &str| {
        let offer = offers
            .iter()
            .find(|o| o["name"] == name)
            .expect("all are offered");
        offer["fits"].as_array().expect("a list").len()
    };
    assert_eq!((fits("no"), fits("world"), fits("jp")), (1, 2, 0));
    let added = bench.json(&["calendar", "add", "--for-accounts"]);
    let names = added["ok"]["calendars_changed"]["calendars"]
        .as_array()
        .expect("a list");
    let names: Vec<_> = names
        .iter()
        .map(|c| c["name"].as_str().expect("text").to_owned())
        .collect();
    assert_eq!(names, ["de", "no", "world"]);
    let again = bench.json(&["calendar", "add", "no"]);
    let left = again["ok"]["calendars_changed"]["left"][0]
        .as_str()
        .expect("text")
        .to_owned();
    assert_eq!(left, "no is in force already");
}

#[test]
fn a_name_that_is_none_adds_nothing() {
    let bench = Bench::with_accounts();
    let ran = bench.run(&["calendar", "add", "no", "narnia"]);
    assert_ne!(ran.code, 0, "{}", ran.out);
    assert!(
        ran.err.contains("no calendar 'narnia' comes with this program"),
        "{}",
        ran.err
    );
    let all = bench.json(&["calendar", "list"]);
    assert_eq!(all["ok"]["calendars"].as_array().map(Vec::len), Some(0));
}

/// As if a version before this one had added it.
fn older(name: &'static str, from: &str, to: &str) -> String {
    let file = Shipped::named(name).expect("it ships").file.replacen(from, to, 1);
    let file: &'static str = Box::leak(file.into_boxed_str());
    Shipped { name, file }.text()
}

#[test]
fn another_version_is_told_and_taken_on_request() {
    let bench = Bench::with_accounts();
    bench.file(
        "no.ics",
        older("no", "UID:no-25-juni@soundpost", "UID:no-gone@soundpost").as_bytes(),
    );
    let _ = bench.run(&["calendar", "import", "no.ics"]).well();
    let told = "this program comes with another version of it:  soundpost calendar update no";
    let notes = |bench: &Bench| bench.json(&["calendar", "list"])["ok"]["calendars"][0]["notes"].clone();
    assert_eq!(notes(&bench)[0], told);
    let doctor = bench.run(&["doctor"]).out;
    for words in [
        "no: this program comes with another version of it",
        "soundpost calendar update no",
    ] {
        assert!(doctor.contains(words), "{doctor}");
    }
    let add = bench.run(&["calendar", "add", "no"]).well();
    assert!(
        add.out.contains("no is in force in another version"),
        "{}",
        add.out
    );
    let update = bench.json(&["calendar", "update"]);
    let change = update["ok"]["calendars_changed"]["changes"][0]
        .as_str()
        .expect("text")
        .to_owned();
    assert!(
        change.starts_with("no: new: Årsdag for masseskytingen"),
        "{change}"
    );
    assert!(change.contains("gone: "), "{change}");
    assert_eq!(notes(&bench).as_array().map(Vec::len), Some(0));
}

#[test]
fn what_somebody_changed_is_theirs() {
    let bench = Bench::with_accounts();
    let changed = Shipped::named("no")
        .expect("it ships")
        .text()
        .replacen("high", "watch", 1);
    bench.file("no.ics", changed.as_bytes());
    let _ = bench.run(&["calendar", "import", "no.ics"]).well();
    for command in ["add", "update"] {
        let ran = bench.run(&["calendar", command, "no"]);
        assert_ne!(ran.code, 0, "{command}");
        assert!(ran.err.contains("calendar 'no' is your own"), "{}", ran.err);
    }
    let kept = bench.json(&["calendar", "list"]);
    assert_eq!(kept["ok"]["calendars"][0]["shipped"], false);
}

#[test]
fn who_queues_is_told_of_the_day_also_when_nothing_holds() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["calendar", "add", "no"]).well();
    let year = jiff::Zoned::now().year() + 1;
    let told = format!(
        "22 Jul {year} is a sensitive day in NO: 22. juli: minnedag for terrorangrepene (high, calendar no)"
    );
    let due = format!("{year}-07-22 12:00");
    let post = [
        "post",
        "Our opening hours.",
        "--to",
        "shop",
        "--at",
        &due,
        "--category",
        "info",
    ];
    let posted = bench.json(&post);
    let warning = posted["ok"]["posted"]["warnings"][0]
        .as_str()
        .expect("text")
        .to_owned();
    assert!(
        warning.starts_with("shop: ") && warning.ends_with(&told),
        "{warning}"
    );
    let id = posted["ok"]["posted"]["deliveries"][0]["id"]
        .as_str()
        .expect("text")
        .to_owned();
    let checked = bench.json(&["check", "--id", &id]);
    assert_eq!(checked["ok"]["checked"][0]["allowed"], true);
    let finding = checked["ok"]["checked"][0]["findings"][0]
        .as_str()
        .expect("text")
        .to_owned();
    assert!(finding.ends_with(&told), "{finding}");
    let away = bench.json(&["reschedule", &id, "--at", &format!("{year}-07-25 12:00")]);
    assert_eq!(away["ok"]["moved"]["hints"].as_array().map(Vec::len), Some(0));
    let evening = bench.json(&["reschedule", &id, "--at", &format!("{year}-07-21 19:00")]);
    let hint = evening["ok"]["moved"]["hints"][0]
        .as_str()
        .expect("text")
        .to_owned();
    assert!(hint.contains("it is shortly before "), "{hint}");
}

#[test]
fn a_date_in_the_text_is_told_when_it_is_queued_and_holds_only_on_the_day() {
    let bench = Bench::with_accounts();
    let _ = bench.run(&["calendar", "add", "no"]).well();
    let year = jiff::Zoned::now().year() + 1;
    let post = |text: &str, at: &str| {
        let posted = bench.json(&["post", text, "--to", "shop", "--at", at, "--category", "info"]);
        let warnings = posted["ok"]["posted"]["warnings"]
            .as_array()
            .expect("a list")
            .clone();
        warnings
            .iter()
            .map(|w| w.as_str().expect("text").to_owned())
            .collect::<Vec<_>>()
    };
    let before = post("Join us on 13.10.!", &format!("{year}-10-01 12:00"));
    assert_eq!(before.len(), 1, "{before:?}");
    assert!(before[0].starts_with("shop: \"13.10\" names "), "{before:?}");
    assert!(
        before[0].contains("Årsdag for angrepet på Kongsberg (watch, calendar no)"),
        "{before:?}"
    );
    let on_the_day = post("Today, 13. oktober: open house", &format!("{year}-10-13 12:00"));
    let held = on_the_day.iter().any(|w| w.contains("would be held"));
    assert!(held, "{on_the_day:?}");
    let without = post("Today: open house", &format!("{year}-10-13 12:00"));
    assert!(
        !without.iter().any(|w| w.contains("would be held")),
        "{without:?}"
    );
}
