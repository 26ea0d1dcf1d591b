//! The same words for several accounts: each network has its own culture, and who follows you twice reads it twice.

use std::collections::BTreeMap;

use crate::account::Account;
use crate::guard::fold::fold;
use crate::post::{Content, Part};

/// The accounts that would get the same words from this content, in groups of two or more. Case, accents and the like make
/// no difference.
pub fn alike<'a>(
    content: &Content,
    accounts: impl IntoIterator<Item = &'a Account>,
) -> Vec<Vec<&'a Account>> {
    let mut groups: BTreeMap<String, Vec<&Account>> = BTreeMap::new();
    for account in accounts {
        let words = folded(content.for_account(account));
        groups.entry(words).or_default().push(account);
    }
    let said = |(words, group): &(String, Vec<&Account>)| !words.is_empty() && group.len() > 1;
    let groups = groups.into_iter().filter(said);
    groups.map(|(_, group)| group).collect()
}

/// All words of these parts, without what differs only in form; empty when there are only pictures.
fn folded(parts: &[Part]) -> String {
    let texts: Vec<String> = parts.iter().map(|part| squeezed(&fold(&part.text))).collect();
    match texts.iter().all(String::is_empty) {
        true => String::new(),
        false => texts.join("\n"),
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::tests::account;

    fn part(text: &str) -> Vec<Part> {
        vec![Part {
            text: text.to_owned(),
            ..Part::default()
        }]
    }

    fn names(content: &Content, accounts: &[Account]) -> Vec<Vec<String>> {
        let groups = alike(content, accounts);
        let names = |group: &Vec<&Account>| group.iter().map(|a| a.name.clone()).collect();
        groups.iter().map(names).collect()
    }

    #[test]
    fn form_makes_no_difference_and_other_words_do() {
        let accounts = ["shop", "club", "blog"].map(account);
        let mut content = Content {
            parts: part("Our Café is open"),
            variants: [("club".to_owned(), part("our  CAFE is open"))].into(),
        };
        assert_eq!(names(&content, &accounts), [["shop", "club", "blog"]]);
        content.variants.insert("club".to_owned(), part("Come in"));
        assert_eq!(names(&content, &accounts), [["shop", "blog"]]);
        content.variants.insert("outbox".to_owned(), part("Hei"));
        assert_eq!(names(&content, &accounts[..2]), Vec::<Vec<String>>::new());
    }

    #[test]
    fn pictures_without_words_are_not_compared() {
        let accounts = ["shop", "club"].map(account);
        let content = Content {
            parts: part(" "),
            ..Content::default()
        };
        assert_eq!(names(&content, &accounts), Vec::<Vec<String>>::new());
    }
}
