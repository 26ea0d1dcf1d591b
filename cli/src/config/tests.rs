//! What is understood, and that what is not is shown with its line.

use std::fs;

use super::*;

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(Path::new("/h/config.toml"), text).map_err(|error| error.to_string())
}

#[test]
fn nothing_means_the_defaults() {
    let config = parse("").unwrap();
    assert_eq!(config, Config::default());
    assert_eq!(
        (config.lanes, config.publish_deadline_s, config.backlog_gap_s),
        (16, 30, 15)
    );
    assert_eq!(config.freshness.minutes(Category::Greeting), 15);
    assert_eq!(config.freshness.seconds(Category::Promo), 3600);
}

#[test]
fn every_key_is_understood() {
    let config = parse(
        r#"
lanes = 4
log = "json"
log_level = "debug"
switch_group = "press"
resume_group = "leads"
store_identity = "shop"
default_zone = "Europe/Berlin"
outside = ["the newsletter tool", "the agency"]
publish_deadline_s = 60
backlog_gap_s = 0
[freshness]
default_minutes = 30
greeting_minutes = 5
support_minutes = 240
[rules]
quiet = "22:00-07:00"
blackout = ["2027-01-01..2027-01-01", "2026-12-24 18:00..2026-12-27 08:00"]
sells_in_ten = 2
humor_per_week = 0
gap_min = 20
caps = "hold"
same_text = false
posts_per_day = { mastodon = 3 }
[campaigns.winter-sale]
quiet = "20:00-10:00"
"#,
    )
    .unwrap();
    assert_eq!(
        (config.lanes, config.log, config.log_level),
        (4, LogFormat::Json, LogLevel::Debug)
    );
    assert_eq!(config.default_zone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(config.outside.len(), 2);
    assert_eq!(config.publish_deadline(), Duration::from_secs(60));
    assert_eq!(config.backlog_gap(), Duration::ZERO);
    let minutes = |category| config.freshness.minutes(category);
    assert_eq!(minutes(Category::Info), 30);
    assert_eq!(
        (minutes(Category::Greeting), minutes(Category::Support)),
        (5, 240)
    );
    let rules = config.rule_settings();
    assert_eq!(rules.windows.quiet, "22:00-07:00".parse().ok());
    assert_eq!(
        rules.windows.blackouts[0].to_string(),
        "2026-12-24 18:00..2026-12-27 08:00"
    );
    let limits = &rules.limits;
    assert_eq!(
        (limits.sells_in_ten, limits.humor_per_week, limits.gap_min),
        (Some(2), Some(0), Some(20))
    );
    assert_eq!(
        (
            rules.caps.map(|caps| caps.to_string()),
            rules.posts_per_day["mastodon"]
        ),
        (Some("hold".to_owned()), 3)
    );
    assert_eq!(rules.same_text, Some(false));
    assert_eq!(rules.campaigns["winter-sale"].quiet, "20:00-10:00".parse().ok());
}

#[test]
fn what_is_not_understood_is_shown_with_file_line_text_and_what_is_allowed() {
    let cases = [
        ("lanes = 4\nlane = 5", 2, "lane = 5", "`lanes`"),
        ("lanes = 0", 1, "0 is not from 1 to 256", "a number from 1 to 256"),
        (
            "\nlanes = \"four\"",
            2,
            "lanes = \"four\"",
            "a number from 1 to 256",
        ),
        ("log = \"loud\"", 1, "loud", "\"pretty\" or \"json\""),
        (
            "default_zone = \"Berlin\"",
            1,
            "'Berlin' is not a known time zone",
            "\"Europe/Berlin\"",
        ),
        ("outside = \"x\"", 1, "outside = \"x\"", "a list of texts"),
        (
            "[freshness]\npromo_minutes = 99999",
            2,
            "99999 is not",
            "minutes from 1 to 10080",
        ),
        (
            "[freshness]\nparty_minutes = 9",
            2,
            "party_minutes",
            "promo_minutes",
        ),
        (
            "[rules]\nquiet = \"late\"",
            2,
            "'late' are no quiet hours",
            "22:00-07:00",
        ),
        (
            "[campaigns.sale]\nblackout = [\"2026-12-24\"]",
            2,
            "'2026-12-24' is not a window",
            "a list of windows",
        ),
        (
            "[rules]\ncaps = \"loud\"",
            2,
            "'loud' is neither warn nor hold",
            "\"warn\" or \"hold\"",
        ),
        (
            "[rules]\ngap_min = 2000",
            2,
            "2000 is not from 0 to 1440",
            "0 (no gap)",
        ),
        ("lanes = ", 1, "lanes =", "1 to 256"),
        ("[fresh]", 1, "[fresh]", "`freshness`"),
    ];
    for (text, line, fault, allowed) in cases {
        let shown = parse(text).unwrap_err();
        assert!(
            shown.starts_with(&format!("/h/config.toml, line {line}: ")),
            "{shown}"
        );
        assert!(shown.contains(fault) && shown.contains(allowed), "{shown}");
        assert!(!shown.contains('\n'), "{shown}");
    }
}

#[test]
fn control_characters_of_the_file_do_not_reach_the_terminal() {
    let shown = parse("lanes = 1 # \u{202e}\nlog = \"\u{202e}yrev\"").unwrap_err();
    assert!(shown.contains("<U+202E>yrev"), "{shown}");
}

#[test]
fn a_missing_file_means_the_defaults_and_a_folder_in_its_place_is_an_error() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(Config::load(home.path()), Ok(Config::default()));
    fs::create_dir(path_in(home.path())).unwrap();
    assert!(
        Config::load(home.path())
            .unwrap_err()
            .to_string()
            .contains("config.toml: cannot be read")
    );
}

#[test]
fn every_top_level_key_is_in_the_table_of_keys() {
    let shown = parse("x = 1").unwrap_err();
    for (key, _) in KEYS.iter().filter(|(key, _)| !key.starts_with('*')) {
        assert!(shown.contains(&format!("`{key}`")), "{key} is not a key: {shown}");
    }
    let names = shown
        .split("expected one of ")
        .nth(1)
        .unwrap()
        .matches("`, ")
        .count()
        + 1;
    let top_level = KEYS.iter().filter(|(key, _)| !key.starts_with('*')).count();
    assert_eq!(names, top_level, "a key is missing in KEYS: {shown}");
}
