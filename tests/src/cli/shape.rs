//! The shape of JSON: which keys, and what kind of value each has.

use std::collections::BTreeMap;

use serde_json::Value;

/// The shape of a value: objects as `{key: shape}`, lists as `[shape of the first]`, and the names of kinds.
#[must_use]
pub fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "string".to_owned(),
        Value::Array(items) => format!("[{}]", items.first().map(shape).unwrap_or_default()),
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            let fields: Vec<String> = sorted
                .iter()
                .map(|(key, value)| format!("{key}: {}", shape(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}

/// The keys that `docs/json.md` lists under the heading of this name: the first cell of its table.
///
/// # Panics
/// When there is no such heading.
#[must_use]
pub fn documented(document: &str, name: &str) -> Vec<String> {
    let heading = format!("### `{name}`");
    let after = document
        .split_once(&format!("{heading}\n"))
        .unwrap_or_else(|| panic!("docs/json.md has no heading {heading}"))
        .1;
    let section = after.split("\n#").next().unwrap_or_default();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut keys: Vec<String> = cells
        .filter_map(|cell| cell.split_once('`').map(|(key, _)| key.to_owned()))
        .collect();
    keys.sort();
    keys
}

/// The keys of an object, sorted; of a list, those of its first.
///
/// # Panics
/// When it is neither, or the list is empty.
#[must_use]
pub fn keys(value: &Value) -> Vec<String> {
    let value = value.as_array().map_or(value, |list| &list[0]);
    let object = value
        .as_object()
        .unwrap_or_else(|| panic!("{value} is no object"));
    let mut keys: Vec<String> = object.keys().cloned().collect();
    keys.sort();
    keys
}
