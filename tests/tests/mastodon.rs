//! Mastodon and webhooks: what they promise beyond the suite of all networks, by recorded answers; and the real
//! program against an imitation of a Mastodon server and a receiver of webhooks, neither of them ours. The second
//! kind runs where `SOUNDPOST_TEST_PEERS` names the folder `tests/peers`, and needs `cargo build --bin soundpost`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../src/mastodon/live.rs"]
mod live;
#[path = "../src/mastodon/live_webhook.rs"]
mod live_webhook;
#[path = "../src/mastodon/peer.rs"]
mod peer;
#[path = "../src/mastodon/replayed.rs"]
mod replayed;
