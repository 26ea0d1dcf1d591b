//! What people get wrong, as data: each is refused on one screen, with what to do, and changes nothing.

/// One mistake.
#[derive(Debug, Clone, Copy)]
pub struct Mistake {
    /// What is typed after `soundpost`.
    pub typed: &'static [&'static str],
    /// The exit code.
    pub code: i32,
    /// Words that the error has.
    pub says: &'static [&'static str],
}

const fn mistake(typed: &'static [&'static str], code: i32, says: &'static [&'static str]) -> Mistake {
    Mistake { typed, code, says }
}

/// 400 characters, for a network that takes 300.
pub const LONG: &str = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

/// What looks like a password, and must never be repeated.
pub const SECRET: &str = "abcd-efgh-ijkl-mnop";

const USAGE: i32 = 2;
const BAD_INPUT: i32 = 3;
const NOT_FOUND: i32 = 4;
const CONFLICT: i32 = 5;

/// All of them. They need the accounts `shop`, `club` and `news` (Bluesky), the files `text.png`, `broken.ics` and
/// `not-utf8.txt`, the folder `folder`, and a post under the key `used`.
pub const MISTAKES: &[Mistake] = &[
    mistake(
        &["post", "x", "--to", "nobody", "--at", "+2h"],
        NOT_FOUND,
        &["no account 'nobody'", "shop", "nothing was queued"],
    ),
    mistake(
        &["post", "x", "--to", "@nobody", "--at", "+2h"],
        NOT_FOUND,
        &["'@nobody'", "nothing was queued"],
    ),
    mistake(
        &["post", "x", "--to", "shop", "--to", "nobody", "--at", "+2h"],
        NOT_FOUND,
        &["'nobody'", "nothing was queued"],
    ),
    mistake(
        &["post", LONG, "--to", "news", "--at", "+2h"],
        BAD_INPUT,
        &[
            "100 characters too long",
            "graphemes",
            "takes 300",
            "nothing was queued",
        ],
    ),
    mistake(
        &[
            "post",
            "x",
            "--to",
            "shop",
            "--at",
            "+2h",
            "--image",
            "missing.png",
        ],
        BAD_INPUT,
        &["missing.png", "is not there", "nothing was queued"],
    ),
    mistake(
        &["post", "x", "--to", "shop", "--at", "+2h", "--image", "folder"],
        BAD_INPUT,
        &["folder is not a file", "nothing was queued"],
    ),
    mistake(
        &["post", "x", "--to", "shop", "--at", "+2h", "--image", "text.png"],
        BAD_INPUT,
        &["text.png is no picture", "png, jpeg", "nothing was queued"],
    ),
    mistake(
        &["post", "x", "--to", "shop", "--at", "2020-01-01 09:00"],
        BAD_INPUT,
        &["in the past", "2020", "nothing was queued"],
    ),
    mistake(
        &["post", "x", "--to", "shop", "--at", "someday"],
        BAD_INPUT,
        &["'someday' is not a time", "tomorrow 9:00", "nothing was queued"],
    ),
    mistake(
        &["post", "x", "--to", "shop", "--at", "+2h", "--tz", "Europe/Berln"],
        BAD_INPUT,
        &[
            "'Europe/Berln'",
            "did you mean Europe/Berlin?",
            "nothing was queued",
        ],
    ),
    mistake(
        &["post", "", "--to", "shop", "--at", "+2h"],
        BAD_INPUT,
        &["empty", "nothing was queued"],
    ),
    mistake(
        &["post", "--to", "shop", "--at", "+2h"],
        BAD_INPUT,
        &["no text", "soundpost post"],
    ),
    mistake(
        &["post", "--file", "not-utf8.txt", "--to", "shop", "--at", "+2h"],
        BAD_INPUT,
        &["not UTF-8"],
    ),
    mistake(
        &["post", "x", "--to", "shop"],
        BAD_INPUT,
        &["--at", "--now", "nothing was queued"],
    ),
    mistake(
        &["post", "x", "--at", "+2h"],
        BAD_INPUT,
        &["--to NAME", "nothing was queued"],
    ),
    mistake(
        &["post", "other", "--to", "shop", "--at", "+2h", "--key", "used"],
        CONFLICT,
        &["'used' was used before", "nothing was queued"],
    ),
    mistake(
        &["calendar", "import", "broken.ics"],
        BAD_INPUT,
        &["line 1", "nothing was changed"],
    ),
    mistake(
        &["calendar", "import", "missing.ics"],
        BAD_INPUT,
        &["missing.ics", "nothing was changed"],
    ),
    mistake(
        &["event", "flag", "x", "--severity", "hihg"],
        USAGE,
        &["'hihg' is not a severity", "critical, high or watch"],
    ),
    mistake(&["why", "zzzzzz"], NOT_FOUND, &["'zzzzzz'", "soundpost queue"]),
    mistake(&["show", "zzzzzz.1"], NOT_FOUND, &["'zzzzzz'", "soundpost queue"]),
    mistake(&["cancel", "z"], BAD_INPUT, &["too short", "4 characters"]),
    mistake(&["event", "end", "zzzzzz"], NOT_FOUND, &["no event 'zzzzzz'"]),
    mistake(
        &["feed", "add", "a b", "https://met.example/"],
        BAD_INPUT,
        &["'a b' is no name", "letters"],
    ),
    mistake(
        &["feed", "add", "met", "ftp://met.example/"],
        BAD_INPUT,
        &["https://", "nothing was changed"],
    ),
    mistake(
        &[
            "feed",
            "add",
            "met",
            "https://met.example/",
            "--flag-from",
            "high",
        ],
        BAD_INPUT,
        &["--policy flag"],
    ),
    mistake(
        &[
            "feed",
            "add",
            "met",
            "https://met.example/",
            "--every",
            "30",
            "--stale-after",
            "40",
        ],
        BAD_INPUT,
        &["at least 3 times"],
    ),
    mistake(&["feed", "refresh", "met"], NOT_FOUND, &["'met'", "feed list"]),
    mistake(&["guard", "read", "missing.xml"], BAD_INPUT, &["missing.xml"]),
    mistake(
        &["guard", "read", "text.png"],
        BAD_INPUT,
        &["text.png", "neither XML nor JSON"],
    ),
    mistake(&["guard", "read", "broken.ics"], BAD_INPUT, &["line 1"]),
    mistake(&["guard", "eval", "missing.jsonl"], BAD_INPUT, &["missing.jsonl"]),
    mistake(
        &["guard", "eval", "broken.ics"],
        BAD_INPUT,
        &["line 1", "docs/guard.md"],
    ),
    mistake(&["event", "accept", "zzzzzz"], NOT_FOUND, &["no event 'zzzzzz'"]),
    mistake(&["event", "extend", "zzzzzz"], USAGE, &["--until"]),
    mistake(
        &["event", "propose", "x", "--kind", "fyre"],
        BAD_INPUT,
        &["'fyre' is not a kind", "fire"],
    ),
    mistake(
        &["event", "dismiss", "zzzzzz", "--reason", "x"],
        BAD_INPUT,
        &["a dismissal needs a reason"],
    ),
    mistake(&["queue", "--account", "nobody"], NOT_FOUND, &["'nobody'"]),
    mistake(
        &["queue", "--state", "waiting"],
        BAD_INPUT,
        &["'waiting' is not a state", "scheduled"],
    ),
    mistake(
        &["account", "add", "mastodom", "x"],
        BAD_INPUT,
        &["no network 'mastodom'", "outbox"],
    ),
    mistake(&["account", "add", "outbox", "shop"], CONFLICT, &["'shop'"]),
    mistake(
        &["account", "remove", "nobody"],
        NOT_FOUND,
        &["'nobody'", "soundpost account list"],
    ),
    mistake(
        &[
            "account",
            "add",
            "bluesky",
            "b",
            "--as",
            "a.bsky.social",
            "--credential",
            SECRET,
        ],
        BAD_INPUT,
        &["env:NAME or file:PATH", "chmod 600"],
    ),
    mistake(&["init"], CONFLICT, &["there is a queue", "--home"]),
    mistake(&["resume"], CONFLICT, &["paused"]),
    mistake(&["frobnicate"], USAGE, &["frobnicate", "--help"]),
];
