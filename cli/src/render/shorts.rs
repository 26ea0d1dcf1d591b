//! Short ids: the endings that tell the ids on one screen apart.

use soundpost_core::id::DeliveryId;

use crate::control::protocol::DeliveryView;
use crate::output::{ending, shorten};

/// Shortens the ids of one screen.
pub(super) struct Shorts {
    length: usize,
}

impl Shorts {
    /// For these deliveries.
    pub(super) fn of<'a>(views: impl IntoIterator<Item = &'a DeliveryView>) -> Shorts {
        let ids: Vec<String> = views.into_iter().map(|v| v.id.post.to_string()).collect();
        Shorts {
            length: shorten(&ids),
        }
    }

    /// A delivery's short id.
    pub(super) fn delivery(&self, id: DeliveryId) -> String {
        let post = id.post.to_string();
        format!("{}.{}", ending(&post, self.length), id.n)
    }

    /// A text with the delivery's id in full made short.
    pub(super) fn within(&self, text: &str, id: DeliveryId) -> String {
        text.replace(&id.to_string(), &self.delivery(id))
    }
}
