//! A folder with a store in it that outlives the process that opened it.

use std::sync::Arc;

use soundpost_core::actor::Actor;
use soundpost_core::gate::Epoch;
use soundpost_core::port::store::Store;
use soundpost_fixtures::build::BEGIN;
use soundpost_fixtures::world::store_id;
use tempfile::TempDir;

/// A folder with a store in it; it goes when this is dropped.
pub struct Disk(TempDir);

impl Default for Disk {
    fn default() -> Disk {
        Disk::new()
    }
}

impl Disk {
    /// A new store in a temporary folder.
    pub fn new() -> Disk {
        let home = tempfile::tempdir().expect("a temporary folder");
        let by = Actor::Person("anna".to_owned());
        soundpost_store::open::create(home.path(), store_id(), by, BEGIN).expect("a new store");
        Disk(home)
    }

    /// Opens the store; whoever had it open must be gone.
    pub fn open(&self, epoch: Arc<Epoch>) -> Arc<dyn Store> {
        let (store, _) = soundpost_store::open::open(self.0.path(), epoch).expect("the store opens");
        store
    }
}
