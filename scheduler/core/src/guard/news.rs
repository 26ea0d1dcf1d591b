//! Does a text touch an event? It does when it names a place, a topic word or an entity of the event, or uses a
//! word of harm of its kind, in any spelling and inflection, double meanings included.
//!
//! The rules are those of `docs/guard.md`. A touch says which word of the event met which bytes of which field.

mod demonyms;
mod diminutive;
mod harm;
pub mod inflect;
mod peoples;
pub(super) mod places;
mod polish;
pub(super) mod probe;
mod romanise;
mod topic;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use jiff::civil::Date;

use harm::{Harm, Never};
use inflect::{Form, Speech, key};
use places::Place;
use polish::{has_polish_letters, is_spelled_alike};
use probe::Probe;
use topic::{Topic, in_hashtag};

use super::dates::{NamedDate, named_dates, sole_date};
use super::fold::{FoldedText, Token, is_spaceless, join};
use super::words::{vocabulary, word_parts};
use crate::delivery::Touch;
use crate::event::Event;
use crate::post::Part;

/// A name may be spread over at most so many words of the text.
const RUN_WORDS_MAX: usize = 6;
/// Tags of BCP 47 that name no language.
const NO_LANGUAGES: [&str; 4] = ["und", "mul", "zxx", ""];
/// More evidence than this helps nobody.
const TOUCHES_MAX: usize = 40;

/// What in these parts touches the event; empty when nothing does.
pub fn touches(parts: &[Part], event: &Event, language: Option<&str>) -> Vec<Touch> {
    Reader::new(parts, language).touches(event)
}

/// A word of harm in a text, with the line of the vocabulary that it met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarmFound {
    /// The kind of event.
    pub kind: &'static str,
    /// The word, and where it stands.
    pub touch: Touch,
    /// The language whose word it is.
    pub speech: Speech,
    /// Why the word is listed.
    pub why: &'static str,
}

/// The parts of a post, folded once, to be compared with many events.
#[derive(Debug)]
pub struct Reader {
    fields: Vec<Field>,
    speeches: Vec<Speech>,
    probes: OnceCell<Vec<Probe>>,
    harm: OnceCell<Harm>,
    /// The dates that the text names, each with its field.
    dates: OnceCell<Vec<(usize, NamedDate)>>,
}

/// One field of one part.
#[derive(Debug)]
struct Field {
    part: u16,
    name: &'static str,
    original: String,
    /// It is written with the letters of Polish.
    polish_letters: bool,
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
        let speeches = speeches(language, &folded, &raw);
        let fields = raw
            .iter()
            .zip(folded)
            .map(|(&(part, name, original), text)| Field {
                part,
                name,
                original: original.to_owned(),
                polish_letters: has_polish_letters(original),
                words: keyed(&text, &speeches),
                text,
            });
        Reader {
            fields: fields.collect(),
            speeches,
            probes: OnceCell::new(),
            harm: OnceCell::new(),
            dates: OnceCell::new(),
        }
    }

    /// The numbers under which words that may be in this text are found.
    pub(super) fn probes(&self) -> &[Probe] {
        self.probes.get_or_init(|| probe::of_text(self))
    }

    /// The kinds of event that this text has words of harm of.
    pub(super) fn harmful_kinds(&self) -> impl Iterator<Item = &'static str> {
        self.harm().keys().copied()
    }

    /// The languages whose words are looked for.
    pub fn speeches(&self) -> &[Speech] {
        &self.speeches
    }

    /// Every word of harm in the text, by kind, whatever happens in the world; each once.
    pub fn words_of_harm(&self) -> Vec<HarmFound> {
        let mut seen = BTreeSet::new();
        let all = self.harm().iter().flat_map(|(kind, touches)| {
            let touches = touches.iter().map(|(_, touch)| touch);
            touches.map(move |touch| (*kind, touch))
        });
        let all = all.filter(|(kind, t)| seen.insert((*kind, &t.word, t.part, &t.field, t.span)));
        let found = all.filter_map(|(kind, touch)| {
            let (speech, why) = self.listed(kind, &touch.word)?;
            Some(HarmFound {
                kind,
                touch: touch.clone(),
                speech,
                why,
            })
        });
        found.collect()
    }

    /// The language that lists a word of harm, and why.
    fn listed(&self, kind: &str, word: &str) -> Option<(Speech, &'static str)> {
        self.speeches.iter().find_map(|speech| {
            let lines = vocabulary(*speech)?.lines();
            let mut of_kind = lines.filter(|line| line.kinds.iter().any(|k| k == kind));
            Some((*speech, of_kind.find(|line| line.word == word)?.why.as_str()))
        })
    }

    /// The language in which the names of places are inflected.
    fn main_speech(&self) -> Speech {
        self.speeches.first().copied().unwrap_or(Speech::English)
    }

    fn harm(&self) -> &Harm {
        let find = || harm::find(&self.fields, &self.speeches, self.probes());
        self.harm.get_or_init(find)
    }

    /// What in the text touches the event.
    pub fn touches(&self, event: &Event) -> Vec<Touch> {
        let mut found = Vec::new();
        let never = Never::new(&self.speeches, &event.kind);
        let harm = self
            .harm()
            .get(event.kind.as_str())
            .map_or(&[][..], Vec::as_slice);
        let places: Vec<Place> = event.places.iter().map(|name| Place::new(name)).collect();
        for (number, field) in self.fields.iter().enumerate() {
            self.find_places(field, &places, &mut found);
            self.find_topics(field, "tag", &event.tags, &never, &mut found);
            self.find_topics(field, "entity", &event.entities, &never, &mut found);
            self.find_days(number, &event.tags, &mut found);
            let here = harm.iter().filter(|(of, _)| *of == number);
            found.extend(here.map(|(_, touch)| touch.clone()));
        }
        let mut seen = BTreeSet::new();
        found.retain(|t: &Touch| seen.insert((t.kind.clone(), t.part, t.field.clone(), t.span)));
        found.truncate(TOUCHES_MAX);
        found
    }

    /// Where the text names one of these dates, which are those of a day with this title.
    pub(super) fn dates_named(&self, dates: &[Date], title: &str) -> Vec<Touch> {
        let named = self.dates().iter();
        let hits = named.filter(|(_, named)| dates.iter().any(|date| named.may_be(*date)));
        hits.map(|(field, named)| self.fields[*field].touch("date", title, named.span))
            .collect()
    }

    /// The dates that the text names, each as it stands there.
    pub fn named_dates(&self) -> Vec<(&str, NamedDate)> {
        let words = |field: usize, span: (usize, usize)| self.fields[field].original.get(span.0..span.1);
        let dates = self.dates().iter();
        dates
            .filter_map(|(field, named)| Some((words(*field, named.span)?, *named)))
            .collect()
    }

    fn dates(&self) -> &[(usize, NamedDate)] {
        let of_field = |(number, field): (usize, &Field)| {
            // The address of a link is full of figures.
            let named = if field.name == "link" {
                Vec::new()
            } else {
                named_dates(&field.original, &field.text)
            };
            named
                .into_iter()
                .map(move |named| (number, named))
                .collect::<Vec<_>>()
        };
        self.dates
            .get_or_init(|| self.fields.iter().enumerate().flat_map(of_field).collect())
    }

    /// Topic words that are a date, written in another way: "3-го сентября" for "3 сентября".
    fn find_days(&self, number: usize, topics: &[String], found: &mut Vec<Touch>) {
        for topic in topics {
            let Some(day) = sole_date(topic) else { continue };
            let here = self.dates().iter().filter(|(field, _)| *field == number);
            let same = here.filter(|(_, named)| (named.month, named.day) == (day.month, day.day));
            let sure = same.filter(|(_, named)| {
                named.is_sure && (named.year.is_none() || day.year.is_none() || named.year == day.year)
            });
            found.extend(sure.map(|(_, named)| self.fields[number].touch("tag", topic, named.span)));
        }
    }

    fn find_places(&self, field: &Field, places: &[Place], found: &mut Vec<Touch>) {
        let main = self.main_speech();
        let tokens = &field.text.words;
        for place in places {
            for i in 0..tokens.len() {
                let count = place.at_start_of(&tokens[i..], main);
                let is_word = count == 1 && field.writes_capitals() && place.is_common_word(&tokens[i]);
                if count > 0 && !is_word {
                    let named = join(&tokens[i..i + count]);
                    found.push(field.touch("place", &place.name, named.span));
                }
            }
            for token in field.wholes() {
                if place.is_token(token, main) || in_hashtag(token, &word_parts(&place.name).concat()) {
                    found.push(field.touch("place", &place.name, token.span));
                }
            }
            for name in place.spaceless_names() {
                let spans = field.substrings(&name, &Never::default());
                found.extend(
                    spans
                        .into_iter()
                        .map(|span| field.touch("place", &place.name, span)),
                );
            }
        }
    }

    fn find_topics(
        &self,
        field: &Field,
        kind: &str,
        topics: &[String],
        never: &Never<'_>,
        found: &mut Vec<Touch>,
    ) {
        for topic in topics {
            for pattern in Topic::all(topic, &self.speeches) {
                let hits = pattern.hits(field, &self.speeches, never);
                found.extend(hits.into_iter().map(|(span, hashtag)| {
                    let kind = if hashtag && kind == "tag" { "hashtag" } else { kind };
                    field.touch(kind, topic, span)
                }));
                if is_spaceless(&pattern.joined) {
                    let spans = field.substrings(&pattern.joined, never);
                    found.extend(spans.into_iter().map(|span| field.touch(kind, topic, span)));
                }
            }
        }
    }
}

/// The language of the post, those that its scripts tell, the one it seems to be written in, and English.
fn speeches(language: Option<&str>, texts: &[FoldedText], raw: &[(u16, &'static str, &str)]) -> Vec<Speech> {
    let declared = language.filter(|tag| !NO_LANGUAGES.contains(tag));
    let declared = declared.map(|tag| Speech::of(tag).unwrap_or(Speech::Other));
    let mut out: Vec<Speech> = declared.into_iter().collect();
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
    let prose: String = raw.iter().flat_map(|(_, _, text)| [*text, "\n"]).collect();
    for speech in Speech::guessed(&prose, language.is_some())
        .into_iter()
        .chain([Speech::English])
    {
        if !out.contains(&speech) {
            out.push(speech);
        }
    }
    out.push(Speech::Emoji);
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

    /// False for a Polish word that only folding makes like another one.
    fn is_spelled_alike(&self, span: (usize, usize), wanted: &str, speech: Speech) -> bool {
        let found = self.original.get(span.0..span.1).unwrap_or_default();
        speech != Speech::Polish || !self.polish_letters || is_spelled_alike(found, wanted)
    }

    /// True when the text begins with a capital, so that names have one, too.
    fn writes_capitals(&self) -> bool {
        self.text.words.first().is_some_and(|first| first.capital)
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
    fn substrings(&self, wanted: &str, never: &Never<'_>) -> Vec<(usize, usize)> {
        let plain = &self.text.plain;
        if wanted.is_empty() || !plain.contains(wanted) {
            return Vec::new();
        }
        let others: Vec<(usize, usize)> = never
            .longer_than(wanted)
            .flat_map(|other| plain.match_indices(other))
            .map(|(start, other)| (start, start + other.len()))
            .collect();
        plain
            .match_indices(wanted)
            .map(|(start, hit)| (start, start + hit.len()))
            .filter(|hit| is_whole_number(plain, *hit))
            .filter(|hit| !others.iter().any(|other| other.0 <= hit.0 && hit.1 <= other.1))
            .map(|(start, end)| self.text.span(start, end))
            .collect()
    }
}

/// False when a number at either side of the range goes on outside of it: `8月6日` in `18月6日`.
fn is_whole_number(text: &str, (start, end): (usize, usize)) -> bool {
    let goes_on = |outer: Option<char>, inner: Option<char>| {
        outer.is_some_and(|c| c.is_ascii_digit()) && inner.is_some_and(|c| c.is_ascii_digit())
    };
    let (before, hit, behind) = (&text[..start], &text[start..end], &text[end..]);
    !goes_on(before.chars().next_back(), hit.chars().next())
        && !goes_on(behind.chars().next(), hit.chars().next_back())
}

#[cfg(test)]
mod tests;
