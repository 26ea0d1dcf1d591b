//! The durable store: the journal is the truth, sled is the queue that is made from it.
//!
//! | file | what it does |
//! | --- | --- |
//! | `store` | the port: reads here, writes by the writer's thread |
//! | `pending` | what a batch of writes is validated against |
//! | `touched` | what a batch comes to in sled |
//! | `replay` | brings sled up to the journal at open |
//! | `compare` | whether sled says what the journal says |
//! | `shelf`, `key`, `value` | what stands where in sled |

pub(crate) mod compare;
pub(crate) mod engine;
mod key;
pub(crate) mod pending;
pub(crate) mod replay;
pub(crate) mod shelf;
mod store;
mod touched;
mod value;

pub use store::SledStore;
