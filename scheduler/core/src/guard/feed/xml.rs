//! XML as a small tree, read with limits. Entities that a file defines itself are refused: they are how a small file
//! becomes a huge one. A `DOCTYPE` that only names a definition elsewhere is passed over, for nobody fetches it.

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use super::text::one_line;
use super::{DEPTH_MAX, ELEMENTS_MAX, Refusal};

/// An element. What stands between its children is joined into its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name without a prefix.
    pub(super) name: String,
    /// The address of its namespace; empty without one.
    pub(super) space: String,
    /// Its attributes by their names as written.
    pub(super) attributes: Vec<(String, String)>,
    /// Its text.
    pub(super) text: String,
    /// What stands in it.
    pub(super) children: Vec<Element>,
}

impl Element {
    /// The children of this name, whatever their namespace.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|c| c.name == name)
    }

    /// The text of the first child of this name, in one line; empty when there is none.
    pub(super) fn words(&self, name: &str) -> String {
        self.child(name).map(|c| one_line(&c.text)).unwrap_or_default()
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads a document.
///
/// # Errors
/// [`Refusal`]: not well-formed, too deep, too many elements, or with entities of its own.
pub(super) fn parse(text: &str) -> Result<Element, Refusal> {
    let mut reader = NsReader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut count = 0;
    loop {
        let at = position(&reader);
        let (space, event) = match reader.read_resolved_event() {
            Ok((space, event)) => (named(&space), event),
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(at);
                return Err(Refusal::at(format!("it is not well-formed XML: {error}"), at));
            }
        };
        match event {
            Event::Start(start) => {
                count += 1;
                within_limits(open.len() + 1, count, at)?;
                open.push(element(&start, space));
            }
            Event::Empty(start) => {
                count += 1;
                within_limits(open.len() + 1, count, at)?;
                let element = element(&start, space);
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => return Ok(element),
                }
            }
            Event::End(_) => {
                let Some(done) = open.pop() else {
                    return Err(Refusal::at(
                        "it is not well-formed XML: an element ends that never began",
                        at,
                    ));
                };
                match open.last_mut() {
                    Some(parent) => parent.children.push(done),
                    None => return Ok(done),
                }
            }
            Event::DocType(doctype) => refuse_entities(&doctype.into_inner(), at)?,
            Event::Eof => return Err(Refusal::at("it ends in the middle of an element", at)),
            other => add_text(&mut open, other),
        }
    }
}

fn position(reader: &NsReader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn named(space: &ResolveResult<'_>) -> String {
    match space {
        ResolveResult::Bound(namespace) => namespace.into_inner().to_owned(),
        ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
    }
}

fn within_limits(depth: usize, count: usize, at: usize) -> Result<(), Refusal> {
    if depth > DEPTH_MAX {
        return Err(Refusal::at(
            format!("its elements stand more than {DEPTH_MAX} deep"),
            at,
        ));
    }
    if count > ELEMENTS_MAX {
        return Err(Refusal::at(
            format!("it has more than {ELEMENTS_MAX} elements"),
            at,
        ));
    }
    Ok(())
}

fn refuse_entities(doctype: &str, at: usize) -> Result<(), Refusal> {
    if doctype.contains('[') || doctype.contains("<!") {
        return Err(Refusal::at(
            "it defines entities of its own (DOCTYPE), which is not read",
            at,
        ));
    }
    Ok(())
}

fn element(start: &BytesStart<'_>, space: String) -> Element {
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false).flatten() {
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_or_else(|_| attribute.value.to_string(), |v| v.into_owned());
        attributes.push((attribute.key.into_inner().to_owned(), value));
    }
    Element {
        name: start.local_name().into_inner().to_owned(),
        space,
        attributes,
        ..Element::default()
    }
}

fn add_text(open: &mut [Element], event: Event<'_>) {
    let Some(element) = open.last_mut() else {
        return;
    };
    match event {
        Event::Text(text) => element.text.push_str(&text.into_inner()),
        Event::CData(text) => element.text.push_str(&text.into_inner()),
        Event::GeneralRef(reference) => {
            let found = reference.resolve_char_ref().ok().flatten();
            let name = reference.into_inner();
            match (found, resolve_xml_entity(&name)) {
                (Some(c), _) => element.text.push(c),
                (None, Some(known)) => element.text.push_str(known),
                // Entities of HTML stand in feeds without being defined: the words are made plain later.
                (None, None) => element.text.push_str(&format!("&{name};")),
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_becomes_a_tree() {
        let root = parse(
            "<?xml version='1.0'?><!DOCTYPE rss PUBLIC 'x' 'y'><c:a xmlns:c='urn:c' k='1 &amp; 2'>x<b>y &lt;&#65;</b>\
             <![CDATA[<z>]]><c:d/></c:a>",
        )
        .unwrap();
        assert_eq!((root.name.as_str(), root.space.as_str()), ("a", "urn:c"));
        assert_eq!(root.text, "x<z>");
        assert_eq!(root.words("b"), "y <A");
        assert_eq!(root.attribute("k"), Some("1 & 2"));
        assert_eq!(root.child("d").unwrap().space, "urn:c");
    }

    #[test]
    fn bombs_depth_and_ill_formed_files_are_refused_with_their_place() {
        let bomb = "<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><l>&b;</l>";
        let deep = "<a>".repeat(100_000);
        let many = format!("<a>{}</a>", "<b/>".repeat(ELEMENTS_MAX + 1));
        for (text, says) in [
            (bomb, "entities of its own"),
            (&deep, "deep"),
            (&many, "more than 200000 elements"),
            ("<a><b></a>", "not well-formed"),
            ("<a>", "ends in the middle"),
            ("<a", "not well-formed"),
            ("</a>", "not well-formed"),
        ] {
            let refusal = parse(text).unwrap_err();
            assert!(refusal.why.contains(says), "{refusal}");
            assert!(refusal.at_byte.is_some(), "{refusal}");
        }
    }

    #[test]
    fn what_is_not_defined_stays_as_it_is_written() {
        assert_eq!(parse("<a>x&nbsp;y</a>").unwrap().text, "x&nbsp;y");
    }
}
