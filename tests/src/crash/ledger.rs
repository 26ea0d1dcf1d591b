//! What a process acknowledged before it was killed, line by line.
//!
//! | line | means |
//! |---|---|
//! | `post N DELIVERIES CHARS` | this post was added |
//! | `d ID VERSION STATE` | this delivery was made or moved |
//! | `event N`, `halt N`, `lifted N` | flagged, ordered, lifted |
//! | `claim TOKEN ID` | a lane holds this; not durable |
//! | `broken WHAT` | something that must never be |

use std::collections::{BTreeMap, BTreeSet};

use soundpost_core::id::DeliveryId;

/// A post that was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// How many deliveries it has.
    pub deliveries: usize,
    /// How long its text is.
    pub chars: usize,
}

/// All acknowledgements of all rounds in one folder.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// How many lines were acknowledgements.
    pub acknowledged: u64,
    /// Posts by number.
    pub posts: BTreeMap<u128, Added>,
    /// The state of each version of each delivery.
    pub states: BTreeMap<(DeliveryId, u64), String>,
    /// Events by number.
    pub events: BTreeSet<u128>,
    /// Orders by number.
    pub halts: BTreeSet<u128>,
    /// Orders that were lifted.
    pub lifted: BTreeSet<u128>,
    /// The newest claims; they end with their process.
    pub claims: Vec<(u64, DeliveryId)>,
}

impl Ledger {
    /// Takes what a killed process said.
    ///
    /// # Panics
    /// When it reported what must never be, or a line does not read.
    pub fn take(&mut self, lines: &[String]) {
        self.claims.clear();
        for line in lines {
            self.line(line)
                .unwrap_or_else(|| panic!("the writer said: {line}"));
        }
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["ready"] => return Some(()),
            ["claim", token, id] => {
                self.claims.push((token.parse().ok()?, id.parse().ok()?));
                return Some(());
            }
            ["post", n, deliveries, chars] => {
                let deliveries = deliveries.parse().ok()?;
                let chars = chars.parse().ok()?;
                self.posts.insert(n.parse().ok()?, Added { deliveries, chars });
            }
            ["d", id, version, state] => {
                let place = (id.parse().ok()?, version.parse().ok()?);
                let before = self.states.insert(place, state.to_owned());
                assert!(
                    before.is_none(),
                    "version {version} of {id} was acknowledged twice"
                );
            }
            ["event", n] => drop(self.events.insert(n.parse().ok()?)),
            ["halt", n] => drop(self.halts.insert(n.parse().ok()?)),
            ["lifted", n] => drop(self.lifted.insert(n.parse().ok()?)),
            _ => return None,
        }
        self.acknowledged += 1;
        Some(())
    }
}
