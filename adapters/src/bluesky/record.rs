//! A part as a record of `app.bsky.feed.post`. Pure.

use serde_json::{Value, json};
use soundpost_core::port::adapter::ComposeInput;
use soundpost_core::post::{Media, Part};

use super::facets::{self, Feature};
use super::stage::Staged;
use crate::kit::check;

/// The kind of record that a post is.
pub(super) const COLLECTION: &str = "app.bsky.feed.post";

/// The post as a record.
///
/// # Errors
/// A sentence for people: an earlier part is not public yet, or a picture was not staged.
pub(super) fn record(input: &ComposeInput<'_>, staged: &Staged) -> Result<Value, String> {
    let part = check::part(input)?;
    let mut record = json!({
        "$type": COLLECTION,
        "text": part.text,
        "createdAt": input.now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
    });
    if let Some(language) = input.language.or(input.account.language.as_deref()) {
        record["langs"] = json!([language]);
    }
    let facets = facets(&part.text, staged);
    if !facets.is_empty() {
        record["facets"] = facets.into();
    }
    if let Some(embed) = embed(part, staged)? {
        record["embed"] = embed;
    }
    if input.part > 1 {
        record["reply"] = json!({ "root": post_ref(input, 1)?, "parent": post_ref(input, input.part - 1)? });
    }
    Ok(record)
}

fn facets(text: &str, staged: &Staged) -> Vec<Value> {
    let facet = |span: facets::Span| {
        let feature = match span.feature {
            Feature::Link(uri) => json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri }),
            Feature::Tag(tag) => json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag }),
            Feature::Mention(handle) => {
                json!({ "$type": "app.bsky.richtext.facet#mention", "did": staged.mentions.get(&handle)? })
            }
        };
        Some(json!({ "index": { "byteStart": span.start, "byteEnd": span.end }, "features": [feature] }))
    };
    facets::find(text).into_iter().filter_map(facet).collect()
}

fn embed(part: &Part, staged: &Staged) -> Result<Option<Value>, String> {
    if !part.media.is_empty() {
        let images = part
            .media
            .iter()
            .map(|media| image(media, staged))
            .collect::<Result<Vec<_>, _>>()?;
        return Ok(Some(
            json!({ "$type": "app.bsky.embed.images", "images": images }),
        ));
    }
    let Some(card) = &part.card else { return Ok(None) };
    let external = match staged.cards.get(&card.url) {
        Some(external) => external.clone(),
        None if part.text.contains(&card.url) => return Ok(None),
        // Without a card the link would be lost.
        None => json!({ "uri": card.url, "title": card.url, "description": card.description }),
    };
    Ok(Some(
        json!({ "$type": "app.bsky.embed.external", "external": external }),
    ))
}

fn image(media: &Media, staged: &Staged) -> Result<Value, String> {
    let blob = staged.blobs.get(&media.sha256);
    let blob = blob.ok_or_else(|| format!("the picture {} was not staged", media.file_name))?;
    let mut image = json!({ "image": blob, "alt": media.alt });
    if let Some((width, height)) = media.pixels {
        image["aspectRatio"] = json!({ "width": width, "height": height });
    }
    Ok(image)
}

/// The name and hash of an earlier part, as a reply quotes them.
fn post_ref(input: &ComposeInput<'_>, part: u16) -> Result<Value, String> {
    let receipt = input.receipts.iter().find(|receipt| receipt.part == part);
    let missing = || {
        format!(
            "part {part} is not public yet, and part {} answers it",
            input.part
        )
    };
    let anchors = &receipt.ok_or_else(missing)?.anchors;
    match (anchors.get("uri"), anchors.get("cid")) {
        (Some(uri), Some(cid)) => Ok(json!({ "uri": uri, "cid": cid })),
        _ => Err(format!(
            "the receipt of part {part} lacks the post's name or hash"
        )),
    }
}
