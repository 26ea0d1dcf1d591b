//! Invented posts, a few lines for each language, that must or must not touch a kind of event:
//! `kind<TAB>touch|free<TAB>text<TAB>word`. The word is the line of the vocabulary that is meant, or a part of the text
//! that must be met by whatever line; it is empty for `free`.

use crate::event::Event;
use crate::guard::fold::fold;
use crate::guard::news::touches;
use crate::guard::tests::event;
use crate::post::Part;

struct Sample {
    language: String,
    line: usize,
    kind: String,
    text: String,
    /// The line that must be met, or what must be met in the text; nothing may be met without it.
    word: Option<String>,
}

macro_rules! samples {
    ($($language:literal),+ $(,)?) => {
        [$(($language, include_str!(concat!("../../../words/samples/", $language, ".tsv")))),+]
    };
}

/// Each language with its file.
const FILES: [(&str, &str); 17] = samples![
    "da", "de", "en", "es", "fr", "it", "ja", "ka", "ko", "nb", "nl", "pl", "pt", "ru", "sv", "uk", "zh",
];

fn all() -> impl Iterator<Item = Sample> {
    FILES.into_iter().flat_map(|(language, text)| {
        let lines = text.lines().enumerate();
        let told = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        told.map(move |(i, line)| sample(language, i + 1, line))
    })
}

fn sample(language: &str, line: usize, text: &str) -> Sample {
    let fields: Vec<&str> = text.split('\t').collect();
    let word = match fields[..] {
        [_, "touch", _, word] if !word.is_empty() => Some(word.to_owned()),
        [_, "free", _, ""] => None,
        _ => panic!("{language}.tsv:{line}: not kind, touch or free, text, word, with a tab between them"),
    };
    Sample {
        language: language.to_owned(),
        line,
        kind: fields[0].to_owned(),
        text: fields[2].to_owned(),
        word,
    }
}

/// What is wrong with the sample, if anything.
fn complaint(sample: &Sample) -> Option<String> {
    let event = Event {
        kind: sample.kind.clone(),
        tags: Vec::new(),
        places: Vec::new(),
        ..event()
    };
    let part = Part {
        text: sample.text.clone(),
        ..Part::default()
    };
    let found = touches(&[part], &event, Some(&sample.language));
    let met: Vec<&str> = found.iter().map(|t| t.word.as_str()).collect();
    let right = match &sample.word {
        Some(word) => found
            .iter()
            .any(|t| t.word == *word || fold(&t.found).contains(&fold(word))),
        None => met.is_empty(),
    };
    let Sample {
        language, line, text, ..
    } = sample;
    (!right).then(|| {
        format!(
            "{language}.tsv:{line}: {text:?} met {met:?}, not {:?}",
            sample.word
        )
    })
}

#[test]
fn samples_touch_what_they_should_and_nothing_else() {
    let complaints: Vec<String> = all().filter_map(|sample| complaint(&sample)).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_kind_of_a_sample_has_words() {
    let kinds = crate::guard::words::all_kinds();
    for sample in all() {
        let Sample {
            language, line, kind, ..
        } = &sample;
        assert!(kinds.contains(kind.as_str()), "{language}.tsv:{line}: {kind}");
    }
}
