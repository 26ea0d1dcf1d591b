//! Due times of one screen: the zone is said once where it is the same for all.

use crate::control::protocol::DeliveryView;
use crate::output::Screen;

use super::wrap;

/// The zone that the times of one screen share.
pub(super) struct Times {
    /// `(+01:00, Europe/Berlin)`, when all say the same.
    common: Option<String>,
    any: bool,
}

impl Times {
    /// For these deliveries.
    pub(super) fn of<'a>(views: impl IntoIterator<Item = &'a DeliveryView>) -> Times {
        Times::of_texts(
            views.into_iter().flat_map(|view| {
                std::iter::once(view.due_shown.as_str()).chain(view.expected_shown.as_deref())
            }),
        )
    }

    /// For these times as people read them.
    pub(super) fn of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Times {
        let mut zones = texts.into_iter().filter_map(zone_of);
        let first = zones.next();
        let same = first.filter(|first| zones.all(|zone| zone == *first));
        Times {
            common: same.map(str::to_owned),
            any: first.is_some(),
        }
    }

    /// A time without its zone where all share it, else without the zone's name.
    pub(super) fn brief(&self, text: &str) -> String {
        let Some(zone) = zone_of(text) else {
            return text.to_owned();
        };
        if self.common.as_deref() == Some(zone) {
            return text.replace(&format!(" {zone}"), "");
        }
        let offset = zone
            .trim_matches(['(', ')'])
            .split(',')
            .next()
            .unwrap_or_default();
        text.replace(zone, offset)
    }

    /// When a delivery is due.
    pub(super) fn due(&self, view: &DeliveryView) -> String {
        let due = self.brief(&view.due_shown);
        match &view.expected_shown {
            Some(expected) => format!("{due} (expected {})", self.brief(expected)),
            None => due,
        }
    }

    /// The line that says which zone the times are in; empty when there are none.
    pub(super) fn footer(&self, screen: &Screen) -> String {
        let said = match &self.common {
            Some(zone) => format!("times: {}", zone.trim_matches(['(', ')'])),
            None if self.any => "times: each account's own, with the offset from UTC".to_owned(),
            None => return String::new(),
        };
        format!("{}\n", screen.styles().dim(wrap(screen, &said, 0)))
    }
}

/// The bracket with offset and zone: `(+01:00, Europe/Berlin)`.
fn zone_of(text: &str) -> Option<&str> {
    let start = text.find(" (+").or_else(|| text.find(" (-"))? + 1;
    let length = text[start..].find(')')? + 1;
    Some(&text[start..start + length])
}

#[cfg(test)]
mod tests {
    use super::*;

    const OSLO: &str = "Sun 22 Nov 23:48 (+01:00, Europe/Oslo), in 39 min";
    const ROME: &str = "Mon 23 Nov 09:00 (+01:00, Europe/Rome), in 11 h";

    #[test]
    fn a_zone_that_all_share_is_said_once() {
        let times = Times::of_texts([OSLO, OSLO]);
        assert_eq!(times.brief(OSLO), "Sun 22 Nov 23:48, in 39 min");
        assert_eq!(times.footer(&Screen::plain(80)), "times: +01:00, Europe/Oslo\n");
    }

    #[test]
    fn zones_that_differ_leave_the_offset() {
        let times = Times::of_texts([OSLO, ROME]);
        assert_eq!(times.brief(OSLO), "Sun 22 Nov 23:48 +01:00, in 39 min");
        assert!(times.footer(&Screen::plain(80)).contains("each account's own"));
        assert_eq!(times.brief("now"), "now");
        assert_eq!(Times::of_texts(["now"]).footer(&Screen::plain(80)), "");
    }
}
