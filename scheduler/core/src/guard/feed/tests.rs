//! What the formats say, on files of the wild and on constructed ones. `tests/tests/feeds.rs` walks all files.

use super::*;

fn read_file(bytes: &[u8]) -> Reading {
    read(bytes, None, "en").unwrap()
}

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../../../../fixtures/feeds/", $name))
    };
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn alert(status: &str, message: &str, info: &str) -> String {
    format!(
        "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>id-2</identifier>\
         <sender>a@met.example.no</sender><sent>2026-11-20T00:00:00Z</sent><status>{status}</status>\
         <msgType>{message}</msgType><scope>Public</scope>\
         <references>a@met.example.no,id-1,2026-11-20T00:00:00Z</references>{info}</alert>"
    )
}

fn info(language: &str, severity: &str, urgency: &str, certainty: &str, area: &str) -> String {
    format!(
        "<info><language>{language}</language><event>Flood</event><urgency>{urgency}</urgency>\
         <severity>{severity}</severity><certainty>{certainty}</certainty>\
         <expires>2026-11-21T00:00:00Z</expires><headline>{language} flood</headline>\
         <area><areaDesc>{area}</areaDesc></area></info>"
    )
}

fn graded(severity: &str, urgency: &str, certainty: &str) -> Option<Severity> {
    let text = alert(
        "Actual",
        "Alert",
        &info("en", severity, urgency, certainty, "Oslo"),
    );
    let reading = read_file(text.as_bytes());
    reading.proposals.first().and_then(|p| p.severity)
}

#[test]
fn the_table_of_cap_is_kept() {
    for (severity, urgency, certainty, is) in [
        ("Extreme", "Immediate", "Observed", Some(Severity::Critical)),
        ("Extreme", "Expected", "Likely", Some(Severity::Critical)),
        ("Severe", "Immediate", "Likely", Some(Severity::High)),
        ("Extreme", "Future", "Possible", Some(Severity::Watch)),
        ("Severe", "Expected", "Possible", Some(Severity::Watch)),
        ("Moderate", "Expected", "Likely", Some(Severity::Watch)),
        ("Moderate", "Future", "Likely", None),
        ("Extreme", "Past", "Observed", None),
        ("Minor", "Immediate", "Observed", None),
        ("Unknown", "Unknown", "Unknown", None),
    ] {
        assert_eq!(
            graded(severity, urgency, certainty),
            is,
            "{severity} {urgency} {certainty}"
        );
    }
}

#[test]
fn tests_exercises_and_drafts_propose_nothing() {
    let worst = info("en", "Extreme", "Immediate", "Observed", "Oslo");
    for (status, message) in [
        ("Test", "Alert"),
        ("Exercise", "Alert"),
        ("Draft", "Alert"),
        ("System", "Alert"),
        ("", "Alert"),
        ("Actual", "Ack"),
        ("Actual", "Error"),
    ] {
        let reading = read_file(alert(status, message, &worst).as_bytes());
        assert!(reading.proposals.is_empty(), "{status} {message}");
        assert_eq!(reading.passed_over.len(), 1);
    }
}

#[test]
fn updates_and_cancellations_name_what_they_refer_to() {
    let worst = info("en", "Extreme", "Immediate", "Observed", "Oslo");
    let passed = info("en", "Minor", "Past", "Observed", "Oslo");
    for (message, info, is_over) in [
        ("Update", &worst, false),
        ("Cancel", &worst, true),
        ("Update", &passed, true),
    ] {
        let reading = read_file(alert("Actual", message, info).as_bytes());
        let proposal = &reading.proposals[0];
        assert_eq!(proposal.is_over, is_over, "{message}");
        assert_eq!(proposal.names, ["cap:id-2", "cap:id-1"]);
    }
}

#[test]
fn of_several_blocks_the_wanted_language_is_shown_and_all_areas_count() {
    let blocks = info("nb-NO", "Severe", "Immediate", "Observed", "Oslo; Bærum")
        + &info("en-GB", "Extreme", "Immediate", "Observed", "Drammen");
    let text = alert("Actual", "Alert", &blocks);
    let norwegian = read(text.as_bytes(), None, "nb").unwrap();
    assert_eq!(norwegian.proposals[0].title, "nb-NO flood");
    let other = read(text.as_bytes(), None, "ka").unwrap();
    let proposal = &other.proposals[0];
    assert_eq!(proposal.title, "en-GB flood");
    assert_eq!(proposal.severity, Some(Severity::Critical));
    assert_eq!(proposal.places, ["Oslo", "Bærum", "Drammen"]);
    assert_eq!(proposal.countries, ["NO"]);
    assert_eq!(proposal.kind, "flood");
    assert_eq!(proposal.ends_at, Some(at("2026-11-21T00:00:00Z")));
}

#[test]
fn cap_is_read_alone_inside_feeds_and_as_an_index() {
    let storm = read_file(file!("goog-thunderstorm.cap"));
    assert_eq!(storm.format, "CAP 1.2");
    let proposal = &storm.proposals[0];
    assert_eq!(
        (proposal.severity, proposal.kind.as_str()),
        (Some(Severity::High), "storm")
    );
    assert_eq!(proposal.regions, ["US-CA"]);
    let inside = read_file(file!("goog-amber.atom"));
    assert_eq!(inside.proposals[0].names, ["cap:http://doj.dc.gov/amber12345"]);
    let index = read_file(file!("goog-weather_index.atom"));
    assert_eq!(index.format, "CAP inside a feed");
    let latin = read_file(file!("goog-earthquake-iso8859-1.cap"));
    assert!(latin.passed_over[0].what.contains("Usulután"), "{latin:?}");
}

#[test]
fn the_weather_service_says_where_by_codes_and_until_when_by_ends() {
    let reading = read_file(file!("constructed-nws-active.geojson"));
    assert_eq!((reading.proposals.len(), reading.passed_over.len()), (3, 1));
    let [tornado, flood, cancelled] = reading.proposals.as_slice() else {
        panic!("three")
    };
    assert_eq!(tornado.severity, Some(Severity::Critical));
    assert_eq!(
        (tornado.kind.as_str(), tornado.regions.as_slice()),
        ("storm", ["US-OK".to_owned()].as_slice())
    );
    assert_eq!(flood.severity, Some(Severity::Watch));
    assert_eq!(flood.ends_at, Some(at("2024-05-08T01:00:00-05:00")));
    assert!(cancelled.is_over && cancelled.names.contains(&tornado.names[0]));
    let bare = read_file(file!("noaaitall-nws_alerts.json"));
    assert_eq!(bare.proposals[0].regions, ["US-TX"]);
}

#[test]
fn gdacs_proposes_orange_and_red_and_never_green() {
    let real = read_file(file!("exx-gdacs-1.xml"));
    assert_eq!(real.format, "GDACS");
    assert!(real.proposals.iter().all(|p| p.severity >= Some(Severity::High)));
    assert!(!real.passed_over.is_empty());
    let item = |level: &str, current: &str| {
        format!(
            "<rss xmlns:gdacs='http://www.gdacs.org'><channel><title>GDACS</title><item><title>t</title>\
             <gdacs:alertlevel>{level}</gdacs:alertlevel><gdacs:eventtype>TC</gdacs:eventtype>\
             <gdacs:eventid>7</gdacs:eventid><gdacs:eventname>IDAI-19</gdacs:eventname>\
             <gdacs:iscurrent>{current}</gdacs:iscurrent><gdacs:iso3>MOZ</gdacs:iso3>\
             <gdacs:country>Mozambique, Zimbabwe</gdacs:country>\
             <gdacs:fromdate>Thu, 14 Mar 2019 00:00:00 GMT</gdacs:fromdate></item></channel></rss>"
        )
    };
    let red = &read_file(item("Red", "true").as_bytes()).proposals[0];
    assert_eq!((red.severity, red.is_over), (Some(Severity::Critical), false));
    assert_eq!(red.names, ["gdacs:TC:7"]);
    assert_eq!(
        (red.countries.as_slice(), red.tags[0].as_str()),
        (["MZ".to_owned(), "ZW".to_owned()].as_slice(), "IDAI")
    );
    assert_eq!(red.starts_at, Some(at("2019-03-14T00:00:00Z")));
    let orange = &read_file(item("Orange", "false").as_bytes()).proposals[0];
    assert!(orange.severity == Some(Severity::High) && orange.is_over);
    assert!(read_file(item("Green", "true").as_bytes()).proposals.is_empty());
}

#[test]
fn earthquakes_are_graded_by_what_they_cost() {
    let quake = |alert: &str, sig: u32, felt: u32| {
        format!(
            r#"{{"type":"FeatureCollection","metadata":{{"title":"q"}},"features":[{{"id":"us1","properties":{{"mag":7,
            "place":"8km SW of Virginia City, Nevada","time":1559882986740,"alert":{alert},"sig":{sig},"felt":{felt},
            "ids":",nn1,us1,","tsunami":0,"title":"M 7"}}}}]}}"#
        )
    };
    for (alert, sig, felt, is) in [
        ("\"red\"", 0, 0, Some(Severity::Critical)),
        ("\"orange\"", 0, 0, Some(Severity::Critical)),
        ("\"yellow\"", 0, 0, Some(Severity::High)),
        ("\"green\"", 900, 900, None),
        ("null", 600, 101, Some(Severity::Watch)),
        ("null", 600, 100, None),
        ("null", 599, 500, None),
    ] {
        let reading = read_file(quake(alert, sig, felt).as_bytes());
        assert_eq!(
            reading.proposals.first().and_then(|p| p.severity),
            is,
            "{alert} {sig} {felt}"
        );
    }
    let reading = read_file(quake("\"red\"", 0, 0).as_bytes());
    let red = &reading.proposals[0];
    assert_eq!(red.names, ["usgs:us1", "usgs:nn1"]);
    assert_eq!(
        (red.regions[0].as_str(), red.places.as_slice()),
        (
            "US-NV",
            ["Virginia City".to_owned(), "Nevada".to_owned()].as_slice()
        )
    );
    let real = read_file(file!("usgs-significant_week.geojson"));
    assert_eq!(real.proposals.len() + real.passed_over.len(), 3);
}

#[test]
fn news_propose_what_names_harm_and_say_no_severity() {
    let reading = read_file(file!("constructed-en-shooting.atom"));
    assert_eq!(reading.format, "Google Alerts");
    assert_eq!((reading.proposals.len(), reading.passed_over.len()), (1, 2));
    let gunman = &reading.proposals[0];
    assert_eq!(gunman.severity, None);
    assert_eq!(
        gunman.title,
        "Gunman kills at least 12 at midnight screening in Aurora, Colorado"
    );
    assert_eq!(gunman.names[0], "url:news.example.com/us/aurora-cinema");
    assert_eq!(
        gunman.link.as_deref(),
        Some("https://news.example.com/us/aurora-cinema?ref=ga")
    );
    assert!(read_file(file!("constructed-empty.atom")).proposals.is_empty());
    let json = br#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1",
        "url":"https://a.example/1","title":"Flood in Valencia","content_text":"x"}]}"#;
    assert_eq!(read_file(json).proposals[0].kind, "flood");
}

#[test]
fn rss_is_read_whatever_version_it_says_and_in_any_encoding() {
    for begin in [
        "<rss>",
        "<rss version='2.0'>",
        "<rss version='0.94'>",
        "<!DOCTYPE rss><rss>",
    ] {
        let item = "<item><title>Flood</title><link>http://a.example/</link></item>";
        let reading = read_file(format!("{begin}<channel>{item}</channel></rss>").as_bytes());
        assert_eq!(reading.proposals.len(), 1, "{begin}");
    }
    let utf16: Vec<u8> =
        "\u{feff}<?xml version='1.0' encoding='utf-16'?><rss version='2.0'><channel><title>\u{fc}</title>\
                          </channel></rss>"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
    assert_eq!(read_file(&utf16).title, "\u{fc}");
    for empty in [
        file!("fp-enco-utf-16be-bom.xml").as_slice(),
        file!("fp-enco-big5.xml"),
    ] {
        assert!(
            read(empty, None, "en")
                .unwrap_err()
                .why
                .contains("without a channel")
        );
    }
}

#[test]
fn the_own_format_says_everything_and_bad_events_are_named() {
    let json = br#"{"soundpost_events":"1","title":"desk","events":[
        {"id":"a","title":"Fire","kind":"fire","places":["Oslo"],"countries":["NO"],"severity":"high",
         "ends_at":"2026-11-30T00:00:00Z"},
        {"id":"b","title":"x","kind":"fyre"},{"id":"c","title":"x","colour":"red"},{"id":"d","title":"x","over":true}]}"#;
    let reading = read_file(json);
    assert_eq!((reading.proposals.len(), reading.passed_over.len()), (2, 2));
    assert_eq!(reading.proposals[0].severity, Some(Severity::High));
    assert!(reading.proposals[1].is_over);
    assert!(reading.passed_over[0].why.contains("'fyre'") && reading.passed_over[1].why.contains("colour"));
    let other = read(br#"{"soundpost_events":"2","events":[]}"#, None, "en").unwrap_err();
    assert!(other.why.contains("version"), "{other}");
}

#[test]
fn what_is_no_feed_is_refused_with_the_reason() {
    let large = vec![b' '; BYTES_MAX + 1];
    let deep_json = "[".repeat(100_000);
    let deep_json = format!("{{\"a\":{deep_json}");
    for (bytes, says) in [
        (b"".as_slice(), "empty"),
        (b"  \n ", "empty"),
        (b"hello", "neither XML nor JSON"),
        (b"{\"a\":1", "no JSON"),
        (b"{\"a\":1}", "no JSON Feed"),
        (b"<html><body/></html>", "'html'"),
        (
            b"{\"features\":[{\"properties\":{\"name\":1}}]}",
            "neither alerts",
        ),
        (&large, "the most"),
        (deep_json.as_bytes(), "no JSON"),
        (file!("fp-enco-utf-32be-bom.xml"), "UTF-32"),
        (
            b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss version='2.0'>&x;</rss>",
            "entities",
        ),
    ] {
        let refusal = read(bytes, None, "en").unwrap_err();
        assert!(refusal.to_string().contains(says), "{refusal}");
    }
}

#[test]
fn many_items_are_read_up_to_the_limit() {
    let item = "<item><title>flood</title><link>http://a.example/1</link></item>";
    let feed = format!(
        "<rss version='2.0'><channel>{}</channel></rss>",
        item.repeat(ITEMS_MAX + 5)
    );
    let reading = read_file(feed.as_bytes());
    assert_eq!(reading.proposals.len(), ITEMS_MAX);
    assert_eq!(reading.passed_over[0].what, "5 more items");
}
