//! Which journal entries tell the story of a delivery.

use soundpost_core::change::Change;
use soundpost_core::id::DeliveryId;

/// True for the moves of this delivery, and for its post's beginning and revisions.
pub(crate) fn is_about(change: &Change, id: DeliveryId) -> bool {
    match change {
        Change::Moved { delivery, .. } => delivery.id == id,
        Change::PostAdded { post } => post.id == id.post,
        Change::PostRevised { post, .. } => *post == id.post,
        _ => false,
    }
}
