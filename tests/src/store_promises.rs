//! What every store must do, as ordinary functions over a store: call them for each implementation.
//!
//! The names begin with the promise that they check: `d..` as in the design, `p..` as in the trait's own list.

pub mod build;
pub mod claims;
pub mod durable;
pub mod imports;
pub mod reads;
pub mod refusals;
pub mod writes;

use std::sync::Arc;

use soundpost_core::gate::Epoch;
use soundpost_core::port::store::Store;

/// A fresh, empty store, and the epoch that it was given.
#[derive(Clone)]
pub struct Fresh {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The epoch that it raises.
    pub epoch: Arc<Epoch>,
}
