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
        replaced(text, &id.to_string(), &self.delivery(id))
    }
}

/// A text with an id replaced by another way to write it, but for addresses: those must lead where they led.
pub(super) fn replaced(text: &str, id: &str, shown: &str) -> String {
    let word = |word: &str| {
        if word.contains("://") {
            word.to_owned()
        } else {
            word.replace(id, shown)
        }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_shortened_in_words_and_never_in_an_address() {
        let text = "0001abcd.1 is public: file:///outbox/0001abcd.1-1/ (0001abcd.1)";
        assert_eq!(
            replaced(text, "0001abcd.1", "abcd.1"),
            "abcd.1 is public: file:///outbox/0001abcd.1-1/ (abcd.1)"
        );
    }
}
