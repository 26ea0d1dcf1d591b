//! Does a text touch an event? It does when it names a place, a topic word or an entity of the event, or uses a
//! word of harm of its kind, in any spelling and inflection, double meanings included.
//!
//! The rules are those of `docs/guard.md`. A touch says which word of the event met which bytes of which field.

pub mod inflect;
mod places;

use std::collections::BTreeSet;

use inflect::{Form, Speech, begins_compound, ends_compound, is_form, key};
use places::Place;

use super::fold::{FoldedText, Token, is_spaceless, join};
use super::words::{HarmWord, How, Vocabulary, vocabulary, word_parts};
use crate::delivery::Touch;
use crate::event::Event;
use crate::post::Part;

/// A name may be spread over at most so many words of the text.
const RUN_WORDS_MAX: usize = 6;
/// More evidence than this helps nobody.
const TOUCHES_MAX: usize = 40;

/// What people put before and behind a name in a hashtag.
const HASHTAG_BEFORE: [&str; 16] = [
    "prayfor",
    "prayersfor",
    "justicefor",
    "rip",
    "weare",
    "jesuis",
    "iam",
    "standwith",
    "westandwith",
    "supportfor",
    "help",
    "save",
    "stop",
    "love",
    "remember",
    "free",
];
const HASHTAG_BEHIND: [&str; 18] = [
    "strong",
    "shooting",
    "attack",
    "attacks",
    "bombing",
    "crash",
    "fire",
    "fires",
    "flood",
    "floods",
    "earthquake",
    "quake",
    "storm",
    "massacre",
    "tragedy",
    "victims",
    "explosion",
    "disaster",
];

/// What in these parts touches the event; empty when nothing does.
pub fn touches(parts: &[Part], event: &Event, language: Option<&str>) -> Vec<Touch> {
    Reader::new(parts, language).touches(event)
}

/// The parts of a post, folded once, to be compared with many events.
#[derive(Debug)]
pub struct Reader {
    fields: Vec<Field>,
    speeches: Vec<Speech>,
}

/// One field of one part.
#[derive(Debug)]
struct Field {
    part: u16,
    name: &'static str,
    original: String,
    text: FoldedText,
    /// Words first, then the extras.
    words: Vec<Word>,
}

/// A token with its keys, one for each of the reader's languages.
#[derive(Debug)]
struct Word {
    token: Token,
    keys: Vec<String>,
}

impl Word {
    fn form(&self, language: usize) -> Form<'_> {
        Form {
            word: &self.token.word,
            key: &self.keys[language],
        }
    }
}

impl Reader {
    /// Folds the text, alternative texts and link cards of all parts.
    pub fn new(parts: &[Part], language: Option<&str>) -> Reader {
        let mut raw: Vec<(u16, &'static str, &str)> = Vec::new();
        for (i, part) in parts.iter().enumerate() {
            let number = u16::try_from(i + 1).unwrap_or(u16::MAX);
            raw.push((number, "text", &part.text));
            raw.extend(part.media.iter().map(|m| (number, "alt", m.alt.as_str())));
            if let Some(card) = &part.card {
                raw.push((number, "link", &card.url));
                raw.push((number, "card", &card.title));
                raw.push((number, "card", &card.description));
            }
        }
        let folded: Vec<_> = raw.iter().map(|(_, _, text)| FoldedText::new(text)).collect();
        let speeches = speeches(language, &folded);
        let fields = raw
            .iter()
            .zip(folded)
            .map(|(&(part, name, original), text)| Field {
                part,
                name,
                original: original.to_owned(),
                words: keyed(&text, &speeches),
                text,
            });
        Reader {
            fields: fields.collect(),
            speeches,
        }
    }

    /// What in the text touches the event.
    pub fn touches(&self, event: &Event) -> Vec<Touch> {
        let mut found = Vec::new();
        for field in &self.fields {
            self.find_places(field, event, &mut found);
            self.find_topics(field, "tag", &event.tags, event, &mut found);
            self.find_topics(field, "entity", &event.entities, event, &mut found);
            self.find_harm(field, &event.kind, &mut found);
        }
        let mut seen = BTreeSet::new();
        found.retain(|t: &Touch| seen.insert((t.kind.clone(), t.part, t.field.clone(), t.span)));
        found.truncate(TOUCHES_MAX);
        found
    }

    fn find_places(&self, field: &Field, event: &Event, found: &mut Vec<Touch>) {
        let main = self.speeches.first().copied().unwrap_or(Speech::English);
        let tokens = &field.text.words;
        for place in event.places.iter().map(|name| Place::new(name)) {
            for i in 0..tokens.len() {
                let count = place.at_start_of(&tokens[i..], main);
                if count > 0 {
                    let named = join(&tokens[i..i + count]);
                    found.push(field.touch("place", place.name, named.span));
                }
            }
            for token in field.wholes() {
                if place.is_token(token, main) || in_hashtag(token, &word_parts(place.name).concat()) {
                    found.push(field.touch("place", place.name, token.span));
                }
            }
            for name in place.spaceless_names() {
                let spans = field.substrings(&name, &[]);
                found.extend(
                    spans
                        .into_iter()
                        .map(|span| field.touch("place", place.name, span)),
                );
            }
        }
    }

    fn find_topics(
        &self,
        field: &Field,
        kind: &str,
        topics: &[String],
        event: &Event,
        found: &mut Vec<Touch>,
    ) {
        let never = self.never(&event.kind);
        for topic in topics {
            for pattern in Topic::all(topic, &self.speeches) {
                let hits = pattern.hits(field, &self.speeches, &never);
                found.extend(hits.into_iter().map(|(span, hashtag)| {
                    let kind = if hashtag && kind == "tag" { "hashtag" } else { kind };
                    field.touch(kind, topic, span)
                }));
                if is_spaceless(&pattern.joined) {
                    let spans = field.substrings(&pattern.joined, &never);
                    found.extend(spans.into_iter().map(|span| field.touch(kind, topic, span)));
                }
            }
        }
    }

    fn find_harm(&self, field: &Field, kind: &str, found: &mut Vec<Touch>) {
        let never = self.never(kind);
        for (language, speech) in self.speeches.iter().enumerate() {
            let Some(vocabulary) = vocabulary(*speech) else {
                continue;
            };
            for word in vocabulary.of_kind(kind) {
                let spans = match word.how {
                    How::Substring => field.substrings(&word.folded.concat(), &never),
                    _ => field.harm_spans(word, language, *speech, &never),
                };
                found.extend(
                    spans
                        .into_iter()
                        .map(|span| field.touch("harm", &word.word, span)),
                );
            }
        }
    }

    /// The words that only look like harm, in the languages of the post. English words of a post in another
    /// language are checked against that language too: German `war` is no war.
    fn never(&self, kind: &str) -> Vec<&'static str> {
        let known = self.speeches.iter().filter_map(|speech| vocabulary(*speech));
        known
            .flat_map(|v: &'static Vocabulary| v.never(kind).collect::<Vec<_>>())
            .collect()
    }
}

/// The language of the post, those that its scripts tell, and English.
fn speeches(language: Option<&str>, texts: &[FoldedText]) -> Vec<Speech> {
    let mut out: Vec<Speech> = language.and_then(Speech::of).into_iter().collect();
    let scripts: BTreeSet<Speech> = texts
        .iter()
        .flat_map(|t| &t.words)
        .filter_map(|token| Speech::of_script(&token.word))
        .collect();
    let declared_is_cyrillic = matches!(out.first(), Some(Speech::Russian | Speech::Ukrainian));
    for speech in scripts {
        let han_in_japanese = speech == Speech::Chinese && out.contains(&Speech::Japanese);
        let settled = declared_is_cyrillic && speech == Speech::Russian;
        if !out.contains(&speech) && !han_in_japanese && !settled {
            out.push(speech);
        }
    }
    if !out.contains(&Speech::English) {
        out.push(Speech::English);
    }
    out
}

fn keyed(text: &FoldedText, speeches: &[Speech]) -> Vec<Word> {
    let tokens = text.words.iter().chain(&text.extras);
    let keyed = tokens.map(|token| Word {
        keys: speeches.iter().map(|s| key(*s, &token.word)).collect(),
        token: token.clone(),
    });
    keyed.collect()
}

impl Field {
    fn touch(&self, kind: &str, word: &str, span: (usize, usize)) -> Touch {
        Touch {
            kind: kind.to_owned(),
            word: word.to_owned(),
            found: self.original.get(span.0..span.1).unwrap_or_default().to_owned(),
            part: self.part,
            field: self.name.to_owned(),
            span,
        }
    }

    /// The words in order, without the extras.
    fn in_order(&self) -> &[Word] {
        &self.words[..self.text.words.len()]
    }

    /// The tokens that may be several words written together: hashtags, and words that were spaced out.
    fn wholes(&self) -> impl Iterator<Item = &Token> {
        let hashtags = self.text.words.iter().filter(|t| t.hashtag);
        self.text.extras.iter().chain(hashtags)
    }

    /// Where a folded text stands anywhere, unless it is a piece of a word that is another one.
    fn substrings(&self, wanted: &str, never: &[&str]) -> Vec<(usize, usize)> {
        let plain = &self.text.plain;
        if wanted.is_empty() {
            return Vec::new();
        }
        let others: Vec<(usize, usize)> = never
            .iter()
            .filter(|other| other.contains(wanted) && **other != wanted)
            .flat_map(|other| plain.match_indices(*other))
            .map(|(start, other)| (start, start + other.len()))
            .collect();
        plain
            .match_indices(wanted)
            .map(|(start, hit)| (start, start + hit.len()))
            .filter(|hit| !others.iter().any(|other| other.0 <= hit.0 && hit.1 <= other.1))
            .map(|(start, end)| self.text.span(start, end))
            .collect()
    }

    fn harm_spans(
        &self,
        harm: &HarmWord,
        language: usize,
        speech: Speech,
        never: &[&str],
    ) -> Vec<(usize, usize)> {
        let is_other = |token: &Token| never.contains(&token.word.as_str());
        if harm.folded.len() > 1 {
            let runs = self.in_order().windows(harm.folded.len());
            return runs
                .filter(|run| is_phrase(run, harm, language, speech))
                .map(|run| (run[0].token.span.0, run[run.len() - 1].token.span.1))
                .collect();
        }
        let hits = self.words.iter().filter(|w| !is_other(&w.token));
        hits.filter(|w| is_harm(w.form(language), harm, speech))
            .map(|w| w.token.span)
            .collect()
    }
}

fn is_harm(text: Form<'_>, harm: &HarmWord, speech: Speech) -> bool {
    let wanted = Form {
        word: &harm.folded[0],
        key: &harm.keys[0],
    };
    match harm.how {
        How::Exact => text.word == wanted.word,
        How::Prefix => text.word.starts_with(wanted.word),
        How::Stem => is_form(speech, text, wanted) || ends_compound(speech, text, wanted),
        How::Substring | How::Not => false,
    }
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

/// A topic word, or one of its spellings.
#[derive(Debug)]
struct Topic {
    words: Vec<String>,
    /// For each language the keys of the words.
    keys: Vec<Vec<String>>,
    joined: String,
    /// For each language the key of the words written together.
    joined_keys: Vec<String>,
    /// A beginning that is enough, such as `gedenk` of `Gedenktag`.
    root: Option<String>,
}

impl Topic {
    /// The spellings of a topic word.
    fn all(topic: &str, speeches: &[Speech]) -> Vec<Topic> {
        let mut spellings = vec![word_parts(topic.trim_start_matches('#'))];
        spellings.extend(spelled_out(topic));
        spellings.retain(|words| !words.is_empty());
        spellings.dedup();
        spellings
            .into_iter()
            .map(|words| Topic::new(words, speeches))
            .collect()
    }

    fn new(words: Vec<String>, speeches: &[Speech]) -> Topic {
        let joined = words.concat();
        Topic {
            keys: speeches
                .iter()
                .map(|s| words.iter().map(|w| key(*s, w)).collect())
                .collect(),
            joined_keys: speeches.iter().map(|s| key(*s, &joined)).collect(),
            root: day_root(&joined).filter(|_| speeches.iter().any(|s| s.compounds())),
            joined,
            words,
        }
    }

    /// Where the topic stands, and whether that is in a hashtag. Words that are another one are no form of it.
    fn hits(&self, field: &Field, speeches: &[Speech], never: &[&str]) -> Vec<((usize, usize), bool)> {
        let mut hits = Vec::new();
        for word in &field.words {
            if never.contains(&word.token.word.as_str()) && word.token.word != self.joined {
                continue;
            }
            let in_any = (0..speeches.len()).any(|l| self.is_word(word, l, speeches[l]));
            if in_any || in_hashtag(&word.token, &self.joined) {
                hits.push((word.token.span, word.token.hashtag));
            }
        }
        for start in 0..field.in_order().len() {
            hits.extend(self.run_from(&field.in_order()[start..], speeches));
        }
        hits
    }

    /// The topic written together, in any form.
    fn is_word(&self, word: &Word, language: usize, speech: Speech) -> bool {
        let wanted = Form {
            word: &self.joined,
            key: &self.joined_keys[language],
        };
        let text = word.form(language);
        let root = self.root.as_deref();
        is_form(speech, text, wanted)
            || ends_compound(speech, text, wanted)
            || begins_compound(speech, text.word, wanted.word)
            || root.is_some_and(|root| inflect::grows(text.word, root))
    }

    /// The topic as several words side by side: word by word in any form, or with the same letters.
    fn run_from(&self, words: &[Word], speeches: &[Speech]) -> Option<((usize, usize), bool)> {
        let mut end = None;
        if self.words.len() > 1 && words.len() >= self.words.len() {
            let whole = (0..speeches.len()).any(|l| {
                self.words
                    .iter()
                    .zip(&self.keys[l])
                    .zip(words)
                    .all(|((word, key), text)| is_form(speeches[l], text.form(l), Form { word, key }))
            });
            end = whole.then_some(self.words.len());
        }
        let end = end.or_else(|| same_letters(words, &self.joined))?;
        let run = &words[..end];
        let span = (run[0].token.span.0, run[end - 1].token.span.1);
        Some((span, run.iter().all(|w| w.token.hashtag)))
    }
}

/// The number of words, at least two, that have these letters when written together.
fn same_letters(words: &[Word], joined: &str) -> Option<usize> {
    let mut rest = joined;
    for (i, word) in words.iter().take(RUN_WORDS_MAX).enumerate() {
        rest = rest.strip_prefix(word.token.word.as_str())?;
        if rest.is_empty() {
            return (i > 0).then_some(i + 1);
        }
    }
    None
}

/// `#prayforboston`, `#bostonstrong`, `#boston2013`: the name with what people add to one.
fn in_hashtag(token: &Token, name: &str) -> bool {
    if !token.hashtag || name.chars().count() < 4 {
        return false;
    }
    let before = token.word.strip_suffix(name);
    let behind = token.word.strip_prefix(name);
    before.is_some_and(|b| HASHTAG_BEFORE.contains(&b))
        || behind.is_some_and(|b| HASHTAG_BEHIND.contains(&b) || is_year(b))
}

fn is_year(text: &str) -> bool {
    (text.len() == 2 || text.len() == 4) && text.bytes().all(|b| b.is_ascii_digit())
}

/// What the name of a memorial day is made from: `gedenk` of `Gedenktag`.
fn day_root(word: &str) -> Option<String> {
    let root = word.strip_suffix("tag").or_else(|| word.strip_suffix("dag"))?;
    (root.chars().count() >= 5).then(|| root.to_owned())
}

/// The name with `ä` as `ae` and so on, and the other way round, when that is another spelling.
fn spelled_out(name: &str) -> Option<Vec<String>> {
    let lower = name.to_lowercase();
    let pairs = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa")];
    let mut other = lower.clone();
    for (letter, pair) in pairs {
        other = other.replace(letter, pair);
    }
    if other == lower {
        for (_, pair) in pairs {
            other = other.replace(pair, &pair[..1]);
        }
    }
    (other != lower).then(|| word_parts(&other))
}

#[cfg(test)]
mod tests;
