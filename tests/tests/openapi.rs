//! What the Mastodon adapter asks, and what the imitation of Mastodon answers, fit the published description of the
//! API. The description is not ours to copy (GFDL 1.3): it is read from `SOUNDPOST_MASTODON_OPENAPI`, else from
//! `../shared/specs/mastodon` beside the checkout; without it the test says so and passes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::process::Command;

use serde_json::Value;
use soundpost_adapters::mastodon::Mastodon;
use soundpost_core::port::adapter::{Adapter, Outcome};
use soundpost_core::port::transport::{HttpRequest, Method};
use soundpost_fixtures::mastodon::{Imitation, Manners, TOKEN};
use soundpost_tests::adapter_promises::bench::{Bench, NOW, pass, picture, receipt, text};
use soundpost_tests::live::peer::new_folder;
use soundpost_tests::live::picture::png;
use soundpost_tests::openapi::OpenApi;

fn description() -> Option<OpenApi> {
    let beside = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/specs/mastodon/mastodon-openapi.reduced.json"
    );
    let path = std::env::var("SOUNDPOST_MASTODON_OPENAPI").unwrap_or_else(|_| beside.to_owned());
    match fs::read_to_string(&path) {
        Ok(text) => Some(OpenApi::read(&text).unwrap()),
        Err(error) => {
            eprintln!("not run: the description of Mastodon's API is not there ({path}: {error})");
            None
        }
    }
}

/// Every kind of request that the adapter makes.
async fn requests() -> Vec<HttpRequest> {
    let mastodon = Mastodon::new();
    let mut bench = Bench::of(&mastodon);
    for (name, value) in [
        ("visibility", "unlisted"),
        ("spoiler", "food"),
        ("sensitive", "true"),
    ] {
        bench.account.settings.insert(name.to_owned(), value.to_owned());
    }
    bench.replay.on("/api/v2/media", &["media_processing", "media"]);
    bench
        .replay
        .on("/api/v2/instance", &["instance_missing", "instance"]);
    let mut first = text("cake");
    first.media = vec![picture("a.png"), picture("b.png")];
    let parts = [first, text("more cake")];
    let staging = bench.stage(&mastodon, &parts).await;
    let mut receipts = Vec::new();
    for part in [1, 2] {
        let frozen = bench.compose(&mastodon, &parts, part, &receipts, staging.as_ref());
        let frozen = frozen.unwrap();
        let (pass, _flight) = pass(false);
        let Outcome::Accepted(accepted) = mastodon.publish(&bench.context(), &frozen, pass).await else {
            panic!("it was not accepted");
        };
        receipts.push(receipt(part, &accepted));
        mastodon.look_up(&bench.context(), &frozen, NOW).await;
    }
    // Words that are found are compared with the source.
    let plain = Bench::of(&mastodon);
    let mut full = text("Grüße 👋 to the world");
    full.media = vec![picture("cat.png")];
    let frozen = plain.frozen(&mastodon, &[full]).await;
    mastodon.look_up(&plain.context(), &frozen, NOW).await;
    mastodon.retract(&bench.context(), &receipts[0]).await;
    [bench.replay.seen(), plain.replay.seen()].concat()
}

#[tokio::test]
async fn what_the_adapter_asks_of_mastodon_is_as_described() {
    let Some(description) = description() else { return };
    let requests = requests().await;
    let faults: Vec<String> = requests
        .iter()
        .flat_map(|one| description.faults_of(one))
        .collect();
    assert_eq!(faults, Vec::<String>::new());
    let mut kinds: Vec<String> = requests.iter().map(kind).collect();
    kinds.sort();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "Delete statuses",
            "Get accounts",
            "Get instance",
            "Get media",
            "Get statuses",
            "Post media",
            "Post statuses",
        ],
        "each kind of request was made"
    );
}

fn kind(request: &HttpRequest) -> String {
    let noun = request.url.split('/').nth(5).unwrap_or_default();
    format!("{:?} {noun}", request.method)
}

#[tokio::test]
async fn a_request_that_is_not_as_described_is_seen() {
    let Some(description) = description() else { return };
    let posts = requests()
        .await
        .into_iter()
        .filter(|one| kind(one) == "Post statuses");
    let good = posts.min_by_key(|one| one.body.len()).unwrap();
    let changed = |body: &str| HttpRequest {
        body: body.as_bytes().to_vec(),
        ..good.clone()
    };
    let moved = |url: &str, method| HttpRequest::new(method, format!("https://social.example{url}"));
    for (request, says) in [
        (changed(r#"{"status":5}"#), "is not"),
        (changed(r#"{"language":"en"}"#), "anyOf"),
        (changed(r#"{"status":"x","visibility":"friends"}"#), "is not"),
        (
            changed(r#"{"status":"x","colour":"red"}"#),
            "'colour' is not described",
        ),
        (moved("/api/v1/toots", Method::Get), "not in the description"),
        (
            moved("/api/v1/accounts/1/statuses?limit=many", Method::Get),
            "integer",
        ),
        (
            moved("/api/v1/accounts/1/statuses?size=1", Method::Get),
            "'size' is not described",
        ),
    ] {
        let faults = description.faults_of(&request);
        assert!(
            faults.iter().any(|fault| fault.contains(says)),
            "{says}: {faults:?}"
        );
    }
}

#[test]
fn what_the_imitation_of_mastodon_answers_is_as_described() {
    let Some(description) = description() else { return };
    let folder = new_folder();
    let imitation = Imitation::start(folder.path(), Manners::default()).unwrap();
    let file = folder.path().join("grey.png");
    fs::write(&file, png(8, 8)).unwrap();
    let mut faults = Vec::new();
    let mut ask = |method: &str, path: &str, more: &[&str]| -> Value {
        let ran = Command::new("curl")
            .args(["--silent", "--request", method, "--oauth2-bearer", TOKEN])
            .args(["--write-out", "\n%{http_code}"])
            .args(more)
            .arg(format!("{}{path}", imitation.url()))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let (body, status) = said.rsplit_once('\n').unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        let path = path.split('?').next().unwrap();
        faults.extend(description.faults_of_answer(method, path, status.parse().unwrap(), &body));
        body
    };
    ask("GET", "/api/v2/instance", &[]);
    ask("GET", "/api/v1/instance", &[]);
    let me = ask("GET", "/api/v1/accounts/verify_credentials", &[]);
    let form = format!("file=@{};type=image/png", file.display());
    let media = ask(
        "POST",
        "/api/v2/media",
        &["--form", &form, "--form", "description=grey"],
    );
    let media = media["id"].as_str().unwrap();
    ask("GET", &format!("/api/v1/media/{media}"), &[]);
    let with_media = format!("status=hello https://example.com&media_ids[]={media}&spoiler_text=x");
    let first = ask("POST", "/api/v1/statuses", &["--data", &with_media]);
    let first = first["id"].as_str().unwrap();
    ask(
        "POST",
        "/api/v1/statuses",
        &["--data", &format!("status=more&in_reply_to_id={first}")],
    );
    ask(
        "POST",
        "/api/v1/statuses",
        &["--data", "status=x&scheduled_at=2099-01-01T00:00:00Z"],
    );
    ask("POST", "/api/v1/statuses", &["--data", &with_media]);
    ask(
        "POST",
        "/api/v1/statuses",
        &["--data", "status=x&in_reply_to_id=1"],
    );
    let me = me["id"].as_str().unwrap();
    ask("GET", &format!("/api/v1/accounts/{me}/statuses?limit=1"), &[]);
    for more in ["", "/context", "/source"] {
        ask("GET", &format!("/api/v1/statuses/{first}{more}"), &[]);
    }
    ask("DELETE", &format!("/api/v1/statuses/{first}"), &[]);
    ask("GET", &format!("/api/v1/statuses/{first}"), &[]);
    assert_eq!(faults, Vec::<String>::new(), "{faults:#?}");
}
