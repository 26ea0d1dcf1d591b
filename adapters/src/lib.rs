//! One file per network, and what they share. A new network is one file, one `mod` line and one row in [`all`];
//! `outbox.rs` is the example to copy.

pub mod feeds;
pub mod kit;
pub mod server_clock;
pub mod transport;
pub mod wrap;

use std::path::Path;
use std::sync::Arc;

use soundpost_core::port::adapter::Adapter;

pub mod bluesky;
pub mod mastodon;
pub mod outbox;
pub mod webhook;

/// The table of networks. Outboxes without a folder of their own live below `outbox_root`.
pub fn all(outbox_root: &Path) -> Vec<Arc<dyn Adapter>> {
    vec![
        Arc::new(bluesky::Bluesky::new()),
        Arc::new(mastodon::Mastodon::new()),
        Arc::new(outbox::Outbox::new(outbox_root)),
        Arc::new(webhook::Webhook::new()),
    ]
}
