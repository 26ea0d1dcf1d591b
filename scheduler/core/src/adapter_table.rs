//! Finding the adapter of an account by its network's name.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::port::adapter::Adapter;

/// The adapters that this program knows, by network name.
#[derive(Clone, Default)]
pub struct AdapterTable(BTreeMap<String, Arc<dyn Adapter>>);

impl AdapterTable {
    /// A table of these adapters.
    pub fn new(adapters: impl IntoIterator<Item = Arc<dyn Adapter>>) -> AdapterTable {
        AdapterTable(
            adapters
                .into_iter()
                .map(|a| (a.describe().network.to_owned(), a))
                .collect(),
        )
    }

    /// The adapter of this network.
    pub fn get(&self, network: &str) -> Option<&Arc<dyn Adapter>> {
        self.0.get(network)
    }

    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Adapter>> {
        self.0.values()
    }

    /// All names, for messages.
    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}
