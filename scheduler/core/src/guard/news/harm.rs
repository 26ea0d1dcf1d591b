//! Words of harm: all that a text has of them, found once, whatever events it is compared with later.

use std::collections::BTreeMap;

use super::diminutive::{base_keys, is_verb};
use super::inflect::{Form, Speech, ends_compound, is_form};
use super::probe::Probe;
use super::{Field, Word};
use crate::delivery::Touch;
use crate::guard::words::{HarmWord, How, Vocabulary, vocabulary};

/// The words that only look like harm of a kind, in the languages of a text.
#[derive(Debug, Default, Clone)]
pub(super) struct Never<'a> {
    vocabularies: Vec<&'static Vocabulary>,
    kind: &'a str,
}

impl<'a> Never<'a> {
    /// English words of a post in another language are checked against that language too: German `war` is no war.
    pub(super) fn new(speeches: &[Speech], kind: &'a str) -> Never<'a> {
        Never {
            vocabularies: speeches.iter().filter_map(|speech| vocabulary(*speech)).collect(),
            kind,
        }
    }

    /// True when this very word is another one.
    pub(super) fn has(&self, word: &str) -> bool {
        self.vocabularies.iter().any(|v| v.is_never(self.kind, word))
    }

    /// The other words that this one is a piece of.
    pub(super) fn longer_than(&self, wanted: &str) -> impl Iterator<Item = &'static str> {
        let all = self.vocabularies.iter().flat_map(|v| v.never(self.kind));
        all.filter(move |other| other.len() > wanted.len() && other.contains(wanted))
    }
}

/// What a text has of the words of harm: for each kind of event its touches, with the number of the field.
pub(super) type Harm = BTreeMap<&'static str, Vec<(usize, Touch)>>;

/// Finds all words of harm of all kinds. `probes` are the numbers of the whole text.
pub(super) fn find(fields: &[Field], speeches: &[Speech], probes: &[Probe]) -> Harm {
    let mut harm = Harm::new();
    for (language, speech) in speeches.iter().enumerate() {
        let Some(vocabulary) = vocabulary(*speech) else {
            continue;
        };
        for word in vocabulary.candidates(probes) {
            for kind in &word.kinds {
                let never = Never::new(speeches, kind);
                for (number, field) in fields.iter().enumerate() {
                    let spans = spans(field, word, language, *speech, &never);
                    let touches = spans
                        .into_iter()
                        .map(|s| (number, field.touch("harm", &word.word, s)));
                    harm.entry(kind).or_default().extend(touches);
                }
            }
        }
    }
    harm.retain(|_, touches| !touches.is_empty());
    harm
}

fn spans(
    field: &Field,
    harm: &HarmWord,
    language: usize,
    speech: Speech,
    never: &Never<'_>,
) -> Vec<(usize, usize)> {
    if harm.how == How::Substring {
        return field.substrings(&harm.folded.concat(), never);
    }
    if harm.folded.len() > 1 {
        let runs = field.in_order().windows(harm.folded.len());
        return runs
            .filter(|run| is_phrase(run, harm, language, speech))
            .map(|run| (run[0].token.span.0, run[run.len() - 1].token.span.1))
            .collect();
    }
    let hits = field.words.iter().filter(|w| !never.has(&w.token.word));
    hits.filter(|w| is_harm(w.form(language), harm, speech))
        .filter(|w| field.is_spelled_alike(w.token.span, &harm.word, speech))
        .map(|w| w.token.span)
        .collect()
}

fn is_harm(text: Form<'_>, harm: &HarmWord, speech: Speech) -> bool {
    let wanted = Form {
        word: &harm.folded[0],
        key: &harm.keys[0],
    };
    match harm.how {
        How::Exact => text.word == wanted.word,
        How::Prefix => text.word.starts_with(wanted.word),
        How::Stem => {
            is_form(speech, text, wanted)
                || ends_compound(speech, text, wanted)
                || is_small(speech, text, wanted)
        }
        How::Substring | How::Not => false,
    }
}

/// `trenecito` of `tren`; in a compound, too: `Preisbömbchen`.
fn is_small(speech: Speech, text: Form<'_>, wanted: Form<'_>) -> bool {
    if is_verb(speech, wanted.word) {
        return false;
    }
    let keys = base_keys(speech, text.word);
    keys.iter().any(|key| {
        let base = Form { word: key, key };
        key == wanted.key || ends_compound(speech, base, wanted)
    })
}

fn is_phrase(run: &[Word], harm: &HarmWord, language: usize, speech: Speech) -> bool {
    run.iter()
        .zip(harm.folded.iter().zip(&harm.keys))
        .all(|(text, (word, key))| {
            let wanted = Form { word, key };
            match harm.how {
                How::Stem => is_form(speech, text.form(language), wanted),
                How::Prefix => text.token.word.starts_with(word.as_str()),
                _ => text.token.word == *word,
            }
        })
}
