//! What every network checks before anything is sent, from its capabilities alone.

use soundpost_core::port::adapter::{Capabilities, ComposeInput, Finding};
use soundpost_core::post::{Media, Part};

use super::count;

/// A finding that stops the post.
pub fn blocking(part: u16, field: &str, message: impl Into<String>) -> Finding {
    Finding {
        part,
        field: field.to_owned(),
        blocking: true,
        message: message.into(),
    }
}

/// A finding that is only worth a look.
pub fn worth_a_look(part: u16, field: &str, message: impl Into<String>) -> Finding {
    Finding {
        blocking: false,
        ..blocking(part, field, message)
    }
}

/// Everything in these parts that goes past the limits of a network. `network` is its name in sentences.
pub fn parts(parts: &[Part], network: &str, limits: &Capabilities) -> Vec<Finding> {
    let mut findings = Vec::new();
    if parts.is_empty() {
        findings.push(blocking(0, "parts", "there is nothing to send"));
    }
    if parts.len() > usize::from(limits.parts_max) {
        let message = format!(
            "{} parts are too many: {network} takes {}",
            parts.len(),
            limits.parts_max
        );
        findings.push(blocking(0, "parts", message));
    }
    for (number, part) in (1..).zip(parts) {
        text(part, number, network, limits, &mut findings);
        pictures(part, number, network, limits, &mut findings);
        if part.card.is_some() && !limits.link_card {
            findings.push(worth_a_look(
                number,
                "card",
                format!("{network} shows no link card: it is left out"),
            ));
        }
    }
    findings
}

/// The part that is to be composed.
///
/// # Errors
/// When there is no such part.
pub fn part<'a>(input: &ComposeInput<'a>) -> Result<&'a Part, String> {
    let index = usize::from(input.part).checked_sub(1);
    index
        .and_then(|index| input.parts.get(index))
        .ok_or_else(|| format!("there is no part {} among {}", input.part, input.parts.len()))
}

fn text(part: &Part, number: u16, network: &str, limits: &Capabilities, findings: &mut Vec<Finding>) {
    if part.text.trim().is_empty() && part.media.is_empty() && part.card.is_none() {
        findings.push(blocking(
            number,
            "text",
            "there is no text, no picture and no link: write something",
        ));
    }
    let bytes = limits
        .text_bytes_max
        .map(|max| (soundpost_core::port::adapter::TextUnit::Bytes, max));
    for (unit, max) in [Some((limits.text_unit, limits.text_max)), bytes]
        .into_iter()
        .flatten()
    {
        let long = count::too_long("the text", &part.text, network, unit, max);
        findings.extend(long.map(|message| blocking(number, "text", message)));
    }
}

fn pictures(part: &Part, number: u16, network: &str, limits: &Capabilities, findings: &mut Vec<Finding>) {
    if part.media.len() > usize::from(limits.images_max) {
        let message = format!(
            "{} pictures are too many: {network} takes {} in one post",
            part.media.len(),
            limits.images_max
        );
        findings.push(blocking(number, "media", message));
    }
    for media in &part.media {
        picture(media, number, network, limits, findings);
    }
}

fn picture(media: &Media, number: u16, network: &str, limits: &Capabilities, findings: &mut Vec<Finding>) {
    let name = &media.file_name;
    if media.size_bytes > limits.image_bytes_max {
        let message = format!(
            "{name} has {} bytes, {} too many: {network} takes {}; make it smaller",
            media.size_bytes,
            media.size_bytes - limits.image_bytes_max,
            limits.image_bytes_max
        );
        findings.push(blocking(number, "media", message));
    }
    if !limits.image_types.contains(&media.mime) {
        let known = limits.image_types.join(", ");
        let message = format!("{name} is {}: {network} takes {known}", media.mime);
        findings.push(blocking(number, "media", message));
    }
    if media.alt.trim().is_empty() {
        let message =
            format!("{name} has no alternative text: say what it shows, for people who cannot see it");
        findings.push(worth_a_look(number, "alt", message));
    }
    let what = format!("the alternative text of {name}");
    let long = count::too_long(&what, &media.alt, network, limits.text_unit, limits.alt_max);
    findings.extend(long.map(|message| blocking(number, "alt", message)));
}
