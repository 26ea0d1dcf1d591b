//! Which words of a text met an event, so that people see them where they stand.

use soundpost_core::delivery::Touch;
use soundpost_core::post::Part;

use crate::control::protocol::MarkedText;

/// The fields of these parts that touch something, each with the bytes that do, in the order of the post.
pub(super) fn marks<'a>(parts: &[Part], touches: impl IntoIterator<Item = &'a Touch>) -> Vec<MarkedText> {
    let mut fields = fields(parts);
    for touch in touches {
        // Several pictures have one name for their texts: the one that has the words there is meant.
        let is_there = |field: &&mut MarkedText| {
            field.part == touch.part
                && field.field == touch.field
                && field.text.get(touch.span.0..touch.span.1) == Some(touch.found.as_str())
        };
        if let Some(field) = fields.iter_mut().find(is_there)
            && !field.spans.contains(&touch.span)
        {
            field.spans.push(touch.span);
        }
    }
    fields.retain(|field| !field.spans.is_empty());
    fields
}

fn fields(parts: &[Part]) -> Vec<MarkedText> {
    let mut fields = Vec::new();
    for (part, number) in parts.iter().zip(1..) {
        let mut add = |field: &str, text: &str| {
            fields.push(MarkedText {
                part: number,
                field: field.to_owned(),
                text: text.to_owned(),
                spans: Vec::new(),
            });
        };
        add("text", &part.text);
        part.media.iter().for_each(|media| add("alt", &media.alt));
        if let Some(card) = &part.card {
            add("link", &card.url);
            add("card", &card.title);
            add("card", &card.description);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(field: &str, found: &str, span: (usize, usize)) -> Touch {
        Touch {
            kind: "harm".to_owned(),
            word: found.to_owned(),
            found: found.to_owned(),
            part: 1,
            field: field.to_owned(),
            span,
        }
    }

    #[test]
    fn each_field_has_its_own_marks_and_those_without_are_left_out() {
        let part = Part {
            text: "Shoot, shoot".to_owned(),
            ..Part::default()
        };
        let quiet = Part {
            text: "Nothing".to_owned(),
            ..Part::default()
        };
        let touches = [
            touch("text", "Shoot", (0, 5)),
            touch("text", "shoot", (7, 12)),
            touch("text", "Shoot", (0, 5)),
            touch("alt", "gun", (0, 3)),
        ];
        let marks = marks(&[part, quiet], &touches);
        assert_eq!(marks.len(), 1);
        assert_eq!(marks[0].spans, [(0, 5), (7, 12)]);
    }
}
