//! `guard words`: the words of a text that the guard knows, by kind, each with why it is listed.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use soundpost_core::guard::gazetteer::Located;
use soundpost_core::guard::news::HarmFound;
use soundpost_core::guard::news::inflect::Speech;

use super::{bullet, heading, json_of, wrap};
use crate::output::{Screen, marked};

/// What the guard knows of a text.
#[derive(Debug)]
pub struct TextWords {
    /// The text.
    pub text: String,
    /// The languages whose words were looked for.
    pub languages: Vec<Speech>,
    /// The words of harm.
    pub harm: Vec<HarmFound>,
    /// The places.
    pub places: Vec<Located>,
}

/// As JSON.
pub fn json(found: &TextWords) -> String {
    let harm = found.harm.iter().map(|h| {
        json!({
            "kind": h.kind, "word": h.touch.word, "found": h.touch.found, "span": h.touch.span,
            "language": h.speech.name(), "why": h.why,
        })
    });
    let places = found.places.iter().map(|p| {
        json!({ "found": p.found, "name": p.name, "country": p.country, "region": p.region, "span": p.span })
    });
    let languages: Vec<&str> = found.languages.iter().map(|l| l.name()).collect();
    let value = json!({
        "languages": languages,
        "harm": harm.collect::<Vec<Value>>(),
        "places": places.collect::<Vec<Value>>(),
    });
    json_of("words", &value)
}

/// For people.
pub fn screen(screen: &Screen, found: &TextWords) -> String {
    let harm = found.harm.iter().map(|h| h.touch.span);
    let spans: Vec<(usize, usize)> = harm.chain(found.places.iter().map(|p| p.span)).collect();
    let mut out = format!("{}\n", marked(screen, &found.text, &spans, 0));
    let languages: Vec<&str> = found.languages.iter().map(|l| l.name()).collect();
    let read = format!("Read as: {}.", languages.join(", "));
    out.push_str(&format!("\n{}\n", wrap(screen, &read, 0)));
    let mut kinds: BTreeMap<&str, Vec<&HarmFound>> = BTreeMap::new();
    for word in &found.harm {
        kinds.entry(word.kind).or_default().push(word);
    }
    for (kind, words) in kinds {
        out.push_str(&heading(screen, kind));
        out.extend(sentences(&words).iter().map(|said| bullet(screen, said)));
    }
    if !found.places.is_empty() {
        out.push_str(&heading(screen, "places"));
        out.extend(found.places.iter().map(|p| bullet(screen, &place(p))));
    }
    if found.harm.is_empty() {
        out.push_str("\nNo word of harm.\n");
    }
    let said = "It would touch an event of these kinds, or one that names these places, in its area. An event's own tags and \
                names touch, too.";
    if !spans.is_empty() {
        out.push_str(&format!("\n{}\n", wrap(screen, said, 0)));
    }
    out
}

/// Each once, in the order of the text.
fn sentences(words: &[&HarmFound]) -> Vec<String> {
    let mut words = words.to_vec();
    words.sort_by_key(|word| word.touch.span);
    let mut out = Vec::new();
    for word in words {
        let said = format!(
            "\"{}\" is \"{}\" ({}): {}",
            word.touch.found,
            word.touch.word,
            word.speech.name(),
            word.why
        );
        if !out.contains(&said) {
            out.push(said);
        }
    }
    out
}

fn place(place: &Located) -> String {
    let code = place.region.as_deref().unwrap_or(&place.country);
    format!("\"{}\" is {} ({code})", place.found, place.name)
}
