//! What surrounds every adapter, whatever the network.

pub mod conceal;
pub mod deadline;
pub mod trace;

use std::sync::Arc;

use soundpost_core::port::adapter::Adapter;

/// The adapter with deadlines, its secrets concealed, and traces around it: what the program uses.
pub fn wrapped(adapter: Arc<dyn Adapter>, limits: deadline::Limits) -> Arc<dyn Adapter> {
    let bounded = deadline::Deadline::new(adapter, limits);
    let silent = conceal::Conceal::new(Arc::new(bounded));
    Arc::new(trace::Trace::new(Arc::new(silent)))
}
