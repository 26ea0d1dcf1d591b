//! From flags and files to the content of a post.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use soundpost_core::intake::Draft;
use soundpost_core::post::{Audience, Content, LinkCard, Part};

use super::Ctx;
use crate::app::error::AppError;
use crate::args::{Target, Words};
use crate::os::media::MediaFolder;

/// The largest text that is read from a file or standard input.
const TEXT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The content that these words describe. Pictures are put aside under the hash of their bytes.
///
/// # Errors
/// [`AppError`] when a file is missing or does not read, or flags do not fit together.
pub fn content(ctx: &Ctx, words: &Words) -> Result<Content, AppError> {
    let mut parts = parts(words)?;
    attach_images(ctx, words, &mut parts)?;
    if let Some(url) = &words.card {
        parts[0].card = Some(LinkCard {
            url: url.clone(),
            title: words.card_title.clone().unwrap_or_default(),
            description: words.card_description.clone().unwrap_or_default(),
        });
    }
    let variants = variants(words, &parts)?;
    Ok(Content { parts, variants })
}

/// The draft that these words and this target describe; without `--at` it is due now.
///
/// # Errors
/// As [`content`].
pub fn draft(ctx: &Ctx, words: &Words, target: &Target) -> Result<Draft, AppError> {
    let own_audience = !target.countries.is_empty() || !target.regions.is_empty();
    let upper = |codes: &[String]| codes.iter().map(|c| c.to_ascii_uppercase()).collect();
    let after = target.after.as_ref().map(|id| id.parse());
    Ok(Draft {
        content: content(ctx, words)?,
        to: target.to.clone(),
        when: target.at.clone().unwrap_or_else(|| "now".to_owned()),
        zone: target.tz.clone(),
        category: target.category,
        campaign: target.campaign.clone(),
        language: target.language.clone(),
        audience: own_audience.then(|| Audience {
            countries: upper(&target.countries),
            regions: upper(&target.regions),
            languages: Vec::new(),
        }),
        key: None,
        freshness_s: target.fresh.map(|minutes| minutes.saturating_mul(60)),
        after: after.transpose().map_err(|_| {
            AppError::bad_input(
                "--after needs the id of a delivery in full, such as soundpost show prints it",
            )
        })?,
        draft: false,
        same_text: target.same_text,
    })
}

fn parts(words: &Words) -> Result<Vec<Part>, AppError> {
    let texts = match (&words.file, words.text.as_deref()) {
        (Some(file), _) => split(&read_file(file)?),
        (None, Some("-")) => split(&read_input()?),
        (None, Some(text)) => vec![text.to_owned()],
        (None, None) if words.images.is_empty() && words.card.is_none() => {
            return Err(AppError::bad_input("the post has no text")
                .help("soundpost post \"Hello\" --to ACCOUNT, or --file FILE, or - for standard input"));
        }
        (None, None) => vec![String::new()],
    };
    let all = texts.into_iter().chain(words.parts.iter().cloned());
    Ok(all
        .map(|text| Part {
            text,
            ..Part::default()
        })
        .collect())
}

/// A line of three dashes begins the next part.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in text.lines() {
        if line.trim_end() == "---" {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    parts
        .iter()
        .map(|part| part.trim_matches('\n').to_owned())
        .collect()
}

/// A text file.
///
/// # Errors
/// [`AppError`] when it cannot be read, is too long, or is no text.
pub(super) fn read_file(file: &Path) -> Result<String, AppError> {
    let opened = std::fs::File::open(file);
    let opened = opened.map_err(|e| AppError::bad_input(format!("cannot read '{}': {e}", file.display())))?;
    read_text(opened, &format!("'{}'", file.display()))
}

/// Standard input.
///
/// # Errors
/// [`AppError`] when it cannot be read, is too long, or is no text.
pub(super) fn read_input() -> Result<String, AppError> {
    read_text(std::io::stdin().lock(), "standard input")
}

fn read_text(from: impl Read, name: &str) -> Result<String, AppError> {
    let mut bytes = Vec::new();
    let read = from.take(TEXT_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|e| AppError::bad_input(format!("cannot read {name}: {e}")))?;
    if bytes.len() as u64 > TEXT_BYTES_MAX {
        return Err(AppError::bad_input(format!("{name} is longer than 4 MiB")));
    }
    String::from_utf8(bytes).map_err(|_| AppError::bad_input(format!("{name} is not UTF-8 text")))
}

fn attach_images(ctx: &Ctx, words: &Words, parts: &mut [Part]) -> Result<(), AppError> {
    if words.alts.len() > words.images.len() {
        return Err(AppError::bad_input(format!(
            "{} --alt for {} --image: give one --alt for each --image, in the same order",
            words.alts.len(),
            words.images.len()
        )));
    }
    let folder = MediaFolder::open(&ctx.home);
    for (i, typed) in words.images.iter().enumerate() {
        let (number, file) = part_and_file(typed);
        let count = parts.len();
        let part = parts.get_mut(number - 1);
        let part = part.ok_or_else(|| {
            AppError::bad_input(format!(
                "--image {typed}: the post has {count} parts, not {number}"
            ))
        })?;
        let alt = words.alts.get(i).map_or("", String::as_str);
        let media = folder.put(Path::new(file), alt);
        part.media
            .push(media.map_err(|e| AppError::bad_input(e.to_string()).help("nothing was queued"))?);
    }
    Ok(())
}

/// `2:photo.png` means the second part; a path that begins with digits and a colon is written `./2:photo.png`.
fn part_and_file(typed: &str) -> (usize, &str) {
    match typed.split_once(':') {
        Some((number, file)) => match number.parse() {
            Ok(number) if number > 0 => (number, file),
            _ => (1, typed),
        },
        None => (1, typed),
    }
}

fn variants(words: &Words, parts: &[Part]) -> Result<BTreeMap<String, Vec<Part>>, AppError> {
    let mut variants = BTreeMap::new();
    for typed in &words.variants {
        let pair = typed.split_once('=');
        let (name, text) =
            pair.ok_or_else(|| AppError::bad_input(format!("--variant '{typed}' is not NAME=TEXT")))?;
        let first = parts.first().cloned().unwrap_or_default();
        let texts = split(text).into_iter().enumerate();
        let parts = texts.map(|(i, text)| match i {
            0 => Part {
                text,
                ..first.clone()
            },
            _ => Part {
                text,
                ..Part::default()
            },
        });
        variants.insert(name.to_owned(), parts.collect());
    }
    Ok(variants)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_dashes_begin_a_part() {
        assert_eq!(split("a\nb\n---\n\nc\n"), ["a\nb", "c"]);
        assert_eq!(split("one"), ["one"]);
    }

    #[test]
    fn an_image_may_name_its_part() {
        assert_eq!(part_and_file("2:a.png"), (2, "a.png"));
        assert_eq!(part_and_file("a.png"), (1, "a.png"));
        assert_eq!(part_and_file("C:a.png"), (1, "C:a.png"));
        assert_eq!(part_and_file("0:a.png"), (1, "0:a.png"));
    }
}
