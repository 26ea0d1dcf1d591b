//! The names that a piece of Rust code uses. Comments, documentation and text in quotes do not
//! count.

use std::str::FromStr;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// One use of a path such as `std::env::var`. The names in `use std::{env, fs}` count one by one,
/// each with what stands before the brace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The line, from 1.
    pub line: usize,
    /// The path as written, without spaces and generic arguments.
    pub path: String,
    /// Whether it is in an item under `#[cfg(test)]` or `#[test]`.
    pub in_test: bool,
    /// Whether it is inside the brackets of an attribute.
    pub in_attribute: bool,
    /// Whether it calls a macro.
    pub is_macro: bool,
}

impl Mention {
    /// Whether `names`, one or more segments joined by `::`, are whole neighbouring segments of
    /// the path.
    #[must_use]
    pub fn names(&self, names: &str) -> bool {
        format!("::{}::", self.path).contains(&format!("::{names}::"))
    }
}

/// Every path in `text`, in order.
///
/// # Errors
///
/// Says where `text` is not made of Rust tokens.
pub fn mentions(text: &str) -> Result<Vec<Mention>, String> {
    let stream = TokenStream::from_str(text).map_err(|error| {
        let start = error.span().start();
        format!("line {}: {error}", start.line)
    })?;
    let mut walk = Walk { found: Vec::new() };
    walk.stream(stream, &Place::default());
    Ok(walk.found)
}

/// What surrounds a run of tokens.
#[derive(Debug, Clone, Default)]
struct Place {
    /// The path before the brace of a `use`, with its last `::`.
    prefix: String,
    in_test: bool,
    in_attribute: bool,
}

struct Walk {
    found: Vec<Mention>,
}

/// A path that may still grow.
#[derive(Default)]
struct Open {
    path: String,
    line: usize,
}

impl Walk {
    fn stream(&mut self, stream: TokenStream, outer: &Place) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut place = outer.clone();
        let mut test_until = None;
        let mut open = Open::default();
        for (at, token) in tokens.iter().enumerate() {
            if begins_test(&tokens, at) {
                test_until = Some(item_end(&tokens, at + 2));
            }
            place.in_test = outer.in_test || test_until.is_some_and(|end| at <= end);
            match token {
                TokenTree::Ident(ident) => {
                    if !open.path.ends_with("::") {
                        self.close(&mut open, &place, false);
                        open.path.clone_from(&outer.prefix);
                    }
                    let name = ident.to_string();
                    open.path.push_str(name.strip_prefix("r#").unwrap_or(&name));
                    open.line = ident.span().start().line;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    let doubled = punct.spacing() == Spacing::Joint && is_punct(tokens.get(at + 1), ':');
                    if doubled && !open.path.is_empty() {
                        open.path.push_str("::");
                    } else if !open.path.ends_with("::") {
                        self.close(&mut open, &place, false);
                    }
                }
                TokenTree::Punct(punct) => {
                    let is_macro = punct.as_char() == '!' && punct.spacing() == Spacing::Alone;
                    self.close(&mut open, &place, is_macro);
                }
                TokenTree::Literal(_) => self.close(&mut open, &place, false),
                TokenTree::Group(group) => self.group(group, &tokens[..at], &mut open, &place),
            }
        }
        self.close(&mut open, &place, false);
    }

    fn group(&mut self, group: &Group, before: &[TokenTree], open: &mut Open, place: &Place) {
        let mut inner = Place {
            prefix: String::new(),
            ..place.clone()
        };
        if group.delimiter() == Delimiter::Brace && open.path.ends_with("::") {
            inner.prefix = std::mem::take(&mut open.path);
        }
        self.close(open, place, false);
        if group.delimiter() == Delimiter::Bracket {
            let last = before.last();
            let inward = is_punct(last, '!') && is_punct(before.iter().rev().nth(1), '#');
            inner.in_attribute = place.in_attribute || inward || is_punct(last, '#');
        }
        self.stream(group.stream(), &inner);
    }

    fn close(&mut self, open: &mut Open, place: &Place, is_macro: bool) {
        let path = std::mem::take(&mut open.path);
        let path = path.trim_end_matches("::");
        if !path.is_empty() {
            self.found.push(Mention {
                line: open.line,
                path: path.to_owned(),
                in_test: place.in_test,
                in_attribute: place.in_attribute,
                is_macro,
            });
        }
    }
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

/// Whether `#[cfg(test)]`, alone or among other conditions, or `#[test]` begins at `at`.
fn begins_test(tokens: &[TokenTree], at: usize) -> bool {
    let Some(TokenTree::Group(group)) = tokens.get(at + 1) else {
        return false;
    };
    if !is_punct(tokens.get(at), '#') || group.delimiter() != Delimiter::Bracket {
        return false;
    }
    let condition: String = group.stream().to_string().split_whitespace().collect();
    if condition == "test" || condition.starts_with("tokio::test") {
        return true;
    }
    let Some(condition) = condition.strip_prefix("cfg(") else {
        return false;
    };
    let mut words = condition.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '"');
    words.any(|word| word == "test") && !condition.contains("not(")
}

/// The index of the last token of the item that begins at `from`: its body or its semicolon.
fn item_end(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_punct(Some(token), ';'),
    };
    let rest = tokens.get(from..).unwrap_or_default();
    rest.iter()
        .position(ends)
        .map_or(tokens.len(), |offset| from + offset)
}
