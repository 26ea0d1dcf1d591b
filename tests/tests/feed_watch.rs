//! Watching feeds: how a server is asked, and what its words come to in the real program. All servers are on this
//! machine; TLS is not tried here.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use soundpost_adapters::feeds::HttpFeeds;
use soundpost_adapters::transport::{HttpOptions, HttpTransport};
use soundpost_core::feed::{Feed, FeedState};
use soundpost_core::gate::WritePass;
use soundpost_core::port::feed_source::{FeedSource, FetchError, Fetched};
use soundpost_core::port::transport::{HttpRequest, HttpResponse, Transport, TransportError};
use soundpost_tests::cli::bench::{Bench, poll};
use soundpost_tests::story::http::{Request, Response, Server};
use soundpost_tests::world::samples;

const FLOOD: &str = r#"{"version":"https://jsonfeed.org/version/1.1","title":"news","items":[
    {"id":"1","url":"https://news.example/flood","title":"Flood in Oslo"}]}"#;

fn http() -> Arc<HttpTransport> {
    Arc::new(HttpTransport::new(&HttpOptions::default()).expect("HTTP is set up"))
}

fn at(url: &str) -> Feed {
    Feed {
        url: url.to_owned(),
        allow_private: true,
        ..samples::feed("news")
    }
}

async fn ask(feed: &Feed, state: &FeedState) -> Result<Fetched, FetchError> {
    HttpFeeds::new(http()).fetch(feed.asked(), state).await
}

async fn why(feed: &Feed) -> String {
    ask(feed, &FeedState::default())
        .await
        .expect_err("it is refused")
        .why
}

fn with_header(status: u16, header: &str, body: &str) -> Response {
    Response {
        header: header.to_owned(),
        ..Response::new(status, body)
    }
}

// --- how a server is asked ---

#[tokio::test]
async fn what_was_read_before_is_asked_for_by_its_marks() {
    let server = Server::start(|_, request: &Request| {
        if request.head.to_ascii_lowercase().contains("if-none-match: \"7\"") {
            Response::new(304, "")
        } else {
            with_header(
                200,
                "etag: \"7\"\r\nlast-modified: Mon, 23 Nov 2026 08:00:00 GMT",
                FLOOD,
            )
        }
    });
    let feed = at(server.url());
    let first = ask(&feed, &FeedState::default()).await.expect("it is read");
    let Fetched::Body {
        bytes,
        etag,
        last_modified,
        ..
    } = first
    else {
        panic!("a body")
    };
    assert_eq!(bytes, FLOOD.as_bytes());
    let state = FeedState {
        etag,
        last_modified,
        ..FeedState::default()
    };
    assert_eq!(ask(&feed, &state).await, Ok(Fetched::Unchanged));
    let head = server.seen()[1].head.to_ascii_lowercase();
    assert!(head.contains("if-modified-since: mon, 23 nov 2026"), "{head}");
    assert!(head.contains("accept-encoding: identity"), "{head}");
}

#[tokio::test]
async fn redirects_are_followed_three_times_and_not_more() {
    let server = Server::start(|_, request| match request.line.as_str() {
        "GET /loop" => with_header(302, "location: /loop", ""),
        "GET /3" => with_header(301, "location: /2", ""),
        "GET /2" => with_header(307, "location: /1", ""),
        "GET /1" => with_header(308, "location: /feed", ""),
        _ => Response::new(200, FLOOD),
    });
    let followed = ask(&at(&format!("{}/3", server.url())), &FeedState::default()).await;
    assert!(matches!(followed, Ok(Fetched::Body { .. })), "{followed:?}");
    let looping = why(&at(&format!("{}/loop", server.url()))).await;
    assert!(looping.contains("more than 3 times"), "{looping}");
    assert_eq!(server.seen().iter().filter(|r| r.line == "GET /loop").count(), 4);
}

/// A public server that leads elsewhere; everything else is the real transport.
struct PublicRedirect {
    to: String,
    real: Arc<HttpTransport>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for PublicRedirect {
    async fn read(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.asked
            .lock()
            .expect("no test panics here")
            .push(request.url.clone());
        if request.url.contains("public.example") {
            return Ok(HttpResponse {
                status: 302,
                headers: BTreeMap::from([("location".to_owned(), self.to.clone())]),
                body: Vec::new(),
            });
        }
        self.real.read(request).await
    }

    async fn write(&self, _: HttpRequest, _: WritePass) -> Result<HttpResponse, TransportError> {
        unreachable!("a feed is only read")
    }
}

#[tokio::test]
async fn a_redirect_to_a_private_address_or_away_from_https_is_refused() {
    let server = Server::start(|_, _| Response::new(200, FLOOD));
    for (from, to, says) in [
        ("http://public.example/", server.url(), "private address"),
        (
            "http://public.example/",
            "http://169.254.169.254/meta",
            "private address",
        ),
        (
            "http://public.example/",
            "file:///etc/passwd",
            "not http or https",
        ),
        (
            "https://public.example/",
            "http://other.example/",
            "not encrypted",
        ),
    ] {
        let transport = Arc::new(PublicRedirect {
            to: to.to_owned(),
            real: http(),
            asked: Mutex::default(),
        });
        let feed = Feed {
            allow_private: false,
            ..at(from)
        };
        let refused = HttpFeeds::new(transport)
            .fetch(feed.asked(), &FeedState::default())
            .await;
        let why = refused.expect_err("it is refused").why;
        assert!(why.contains(says), "{to}: {why}");
    }
    assert!(server.seen().is_empty(), "nothing may reach it");
    let direct = Feed {
        allow_private: false,
        ..at(server.url())
    };
    assert!(why(&direct).await.contains("private address"));
}

#[tokio::test]
async fn slow_huge_packed_and_wrong_answers_are_refused() {
    let server = Server::start(|_, request| match request.line.as_str() {
        "GET /huge" => Response::new(200, "x".repeat(6 * 1024 * 1024)),
        "GET /packed" => with_header(200, "content-encoding: gzip", "\u{1f}\u{8b}"),
        "GET /page" => with_header(200, "content-type: text/html; charset=utf-8", "<html>"),
        "GET /busy" => with_header(503, "retry-after: 120", ""),
        _ => Response::new(404, ""),
    });
    for (path, says) in [
        ("huge", "longer than 5242880 bytes"),
        ("packed", "packed it (gzip)"),
        ("page", "a web page"),
        ("gone", "HTTP 404"),
    ] {
        let why = why(&at(&format!("{}/{path}", server.url()))).await;
        assert!(why.contains(says), "{path}: {why}");
    }
    let busy = ask(&at(&format!("{}/busy", server.url())), &FeedState::default()).await;
    assert_eq!(busy.expect_err("it is refused").retry_after_s, Some(120));
}

#[tokio::test]
async fn a_server_that_never_answers_costs_a_few_seconds_at_most() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let feed = at(&format!("http://{}/", silent.local_addr().expect("it listens")));
    let began = Instant::now();
    let source = HttpFeeds::new(http()).within(Duration::from_secs(1));
    let why = source
        .fetch(feed.asked(), &FeedState::default())
        .await
        .expect_err("no answer")
        .why;
    assert!(why.contains("longer than 1 s"), "{why}");
    assert!(began.elapsed() < Duration::from_secs(10));
}

// --- the real program ---

/// An alert of the kind that may be flagged, ending far ahead.
fn alert(id: &str, severity: &str) -> String {
    format!(
        "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>{id}</identifier>\
         <sender>alerts@met.example.no</sender><sent>2026-11-20T00:00:00Z</sent><status>Actual</status>\
         <msgType>Alert</msgType><scope>Public</scope><info><event>Flood</event><urgency>Immediate</urgency>\
         <severity>{severity}</severity><certainty>Observed</certainty><expires>2099-01-01T00:00:00Z</expires>\
         <headline>Flood \u{1b}[31min Oslo</headline><area><areaDesc>Oslo</areaDesc></area></info></alert>"
    )
}

/// A server whose one page a test changes.
fn page(first: &str) -> (Server, Arc<Mutex<String>>) {
    let page = Arc::new(Mutex::new(first.to_owned()));
    let shown = Arc::clone(&page);
    let server = Server::start(move |_, _| {
        let text = shown.lock().expect("no test panics here").clone();
        let status = if text.is_empty() { 500 } else { 200 };
        with_header(status, "content-type: application/xml", &text)
    });
    (server, page)
}

/// Watches this server as `met`, which may flag by itself.
fn add_met(bench: &Bench, server: &Server, more: &[&str]) {
    let line = [
        "feed",
        "add",
        "met",
        server.url(),
        "--allow-private",
        "--policy",
        "flag",
    ];
    let _ = bench.run(&[&line[..], more].concat()).well();
}

fn put(page: &Mutex<String>, text: &str) {
    text.clone_into(&mut page.lock().expect("no test panics here"));
}

const EMPTY: &str = "<rss version='2.0'><channel><title>none</title></channel></rss>";

#[test]
fn a_watched_feed_proposes_and_a_person_accepts() {
    let bench = Bench::with_accounts();
    let (server, page) = page(EMPTY);
    let _ = bench
        .run(&[
            "feed",
            "add",
            "met",
            server.url(),
            "--allow-private",
            "--every",
            "1",
        ])
        .well();
    let post = [
        "post",
        "See you in Oslo!",
        "--to",
        "shop",
        "--at",
        "+3h",
        "--category",
        "info",
    ];
    let _ = bench.run(&post).well();
    let daemon = bench.daemon();
    poll("the first reading", || {
        !bench.json(&["feed", "list"])["ok"]["feeds"][0]["last_ok"].is_null()
    });
    put(&page, &alert("a-1", "Severe"));
    // The next asking would come within a minute; the test asks at once, through the daemon.
    let refreshed = bench.json(&["feed", "refresh", "met"]);
    assert_eq!(
        refreshed["ok"]["feeds_refreshed"][0]["proposed"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let events = bench.json(&["event", "list"]);
    let event = &events["ok"]["events"][0];
    assert_eq!(
        (event["state"].as_str(), event["severity"].as_str()),
        (Some("proposed"), Some("high"))
    );
    let status = bench.run(&["status"]).well();
    assert!(status.out.contains("1 event is proposed"), "{}", status.out);
    assert!(!status.out.contains('\u{1b}'), "{:?}", status.out);
    assert_eq!(bench.queue()[0]["state"], "scheduled", "a proposal holds nothing");
    let id = event["id"].as_str().expect("an id is text");
    let shown = bench.json(&["event", "show", id]);
    assert_eq!(
        shown["ok"]["event_shown"]["would"].as_array().map(Vec::len),
        Some(1)
    );
    let accepted = bench.json(&["event", "accept", id, "--severity", "critical"]);
    assert_eq!(
        accepted["ok"]["event_changed"]["held"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(bench.queue()[0]["state"], "held");
    // The same alert again changes nothing.
    let again = bench.json(&["feed", "refresh"]);
    assert_eq!(
        again["ok"]["feeds_refreshed"][0]["changed"]
            .as_array()
            .map(Vec::len),
        Some(0)
    );
    drop(daemon);
}

#[test]
fn a_feed_that_may_flags_by_itself_and_ends_what_it_flagged() {
    let bench = Bench::with_accounts();
    let (server, page) = page(&alert("b-1", "Extreme"));
    let _ = bench.run(&["post", "Hello", "--to", "all", "--at", "+3h"]);
    let _ = bench
        .run(&["post", "Hello", "--to", "@all", "--at", "+3h"])
        .well();
    add_met(&bench, &server, &[]);
    let flagged = bench.json(&["feed", "refresh"]);
    let one = &flagged["ok"]["feeds_refreshed"][0];
    assert_eq!(one["flagged"].as_array().map(Vec::len), Some(1), "{flagged}");
    assert_eq!(
        one["held"].as_array().map(Vec::len),
        Some(1),
        "only who speaks to Norway"
    );
    assert_eq!(one["held"][0]["account"], "shop");
    let cancel = alert("b-2", "Extreme").replace(
        "<msgType>Alert",
        "<references>x,b-1,2026-11-20T00:00:00Z</references><msgType>Cancel",
    );
    put(&page, &cancel);
    let ended = bench.json(&["feed", "refresh"]);
    assert_eq!(
        ended["ok"]["feeds_refreshed"][0]["released"]
            .as_array()
            .map(Vec::len),
        Some(1),
        "{ended}"
    );
    let test = alert("b-3", "Extreme").replace("Actual", "Test");
    put(&page, &test);
    let drill = bench.json(&["feed", "refresh"]);
    assert_eq!(
        drill["ok"]["feeds_refreshed"][0]["flagged"]
            .as_array()
            .map(Vec::len),
        Some(0),
        "{drill}"
    );
}

#[test]
fn a_feed_leaves_what_a_person_changed_and_asks_for_another_look() {
    let bench = Bench::with_accounts();
    let (server, page) = page(&alert("c-1", "Severe"));
    add_met(&bench, &server, &["--flag-from", "high"]);
    let flagged = bench.json(&["feed", "refresh"]);
    let flagged = &flagged["ok"]["feeds_refreshed"][0]["flagged"];
    assert_eq!(flagged.as_array().map(Vec::len), Some(1), "{flagged}");
    let event = |bench: &Bench| bench.json(&["event", "list"])["ok"]["events"][0].clone();
    let id = event(&bench)["id"].as_str().expect("an id is text").to_owned();
    let change = ["event", "change", &id, "--severity", "watch", "--region", "NO-03"];
    let _ = bench.run(&change).well();
    put(&page, &alert("c-1", "Extreme"));
    let _ = bench.run(&["feed", "refresh"]).well();
    let after = event(&bench);
    assert_eq!(
        (&after["severity"], &after["area"], &after["wants_review"]),
        (&"watch".into(), &"NO, NO-03".into(), &true.into()),
        "{after}"
    );
}

#[test]
fn a_feed_that_fails_is_said_everywhere_and_keeps_its_back_off() {
    let bench = Bench::with_accounts();
    let (server, _page) = page("");
    let _ = bench
        .run(&["feed", "add", "met", server.url(), "--allow-private"])
        .well();
    let refused = bench.run(&["feed", "refresh"]);
    assert_eq!(refused.code, 11, "{refused:?}");
    let status = bench.run(&["status"]).well();
    assert!(status.out.contains("HTTP 500"), "{}", status.out);
    let feed = &bench.json(&["feed", "list"])["ok"]["feeds"][0];
    assert_eq!(
        (feed["failures"].as_u64(), feed["stale"].as_bool()),
        (Some(1), Some(false))
    );
    let _ = bench.run(&["feed", "remove", "met"]).well();
    assert_eq!(bench.run(&["feed", "refresh", "met"]).code, 4);
}

#[test]
fn a_watched_list_of_hashtags_is_asked_for_within_the_limits_of_feeds_and_holds() {
    let bench = Bench::with_accounts();
    let (server, page) = page(r#"[{"name":"Pizza","history":[]},{"name":"two"}]"#);
    let _ = bench
        .run(&["post", "Have some #pizza", "--to", "shop", "--at", "+3h"])
        .well();
    let _ = bench.run(&["trends", "add", "social", server.url()]).well();
    let private = bench.run(&["trends", "refresh"]);
    assert_eq!((private.code, server.seen().len()), (11, 0), "{private:?}");
    assert!(private.out.contains("--allow-private"), "{private:?}");
    let add = ["trends", "add", "social", server.url(), "--allow-private"];
    let added = bench.run(&add).well();
    assert!(added.out.contains("not read yet, holds nothing"), "{}", added.out);
    let read = bench.json(&["trends", "refresh", "social"]);
    let one = &read["ok"]["trends_refreshed"][0];
    assert_eq!(one["list"]["tags"], serde_json::json!(["pizza", "two"]), "{read}");
    assert_eq!(one["held"].as_array().map(Vec::len), Some(1));
    assert_eq!(bench.queue()[0]["state"], "held");
    put(&page, "Service unavailable, try again later");
    let failed = bench.run(&["trends", "refresh"]);
    assert_eq!(failed.code, 11, "{failed:?}");
    let status = bench.run(&["status"]).well();
    let status = status.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for says in [
        "1 failure since",
        "line 1 is no hashtag",
        "what was read before counts until",
    ] {
        assert!(status.contains(says), "{says}: {status}");
    }
    let by_hand = bench.run(&["trends", "set", "social", "-"]);
    assert_eq!(by_hand.code, 5, "{by_hand:?}");
    let _ = bench.run(&["trends", "remove", "social"]).well();
    assert_eq!(bench.run(&["trends", "refresh", "social"]).code, 4);
}

#[test]
fn guard_read_says_what_a_list_of_hashtags_is() {
    let bench = Bench::with_accounts();
    let list = soundpost_tests::house::files::root().join("fixtures/guard/trends.txt");
    let list = list.display().to_string();
    let said = bench.run(&["guard", "read", &list]).well();
    assert!(
        said.out
            .contains("a list of 3 hashtags that rise (one hashtag a line)"),
        "{}",
        said.out
    );
    assert!(said.out.contains("#aurora"), "{}", said.out);
    let json = bench.json(&["guard", "read", &list]);
    assert_eq!(
        json["ok"]["reading"]["hashtags"].as_array().map(Vec::len),
        Some(3)
    );
}
