//! `guard words`: which words of harm, places and pictures a text has. Needs no queue.

use std::io::Read as _;

use soundpost_core::guard::gazetteer;
use soundpost_core::guard::news::Reader;
use soundpost_core::post::Part;

use crate::app::error::AppError;
use crate::app::events::check_words;
use crate::args::GuardWords;
use crate::command::Ctx;
use crate::exit_code::ExitCode;
use crate::render::words::{self, TextWords};

/// More than this is no post.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;

/// `guard words`.
///
/// # Errors
/// [`AppError`] when the text cannot be read, or there is no such kind.
pub(super) fn words(ctx: &Ctx, args: &GuardWords) -> Result<ExitCode, AppError> {
    if let Some(kind) = &args.kind {
        check_words(kind, &[], &[])?;
    }
    let text = text(&args.text)?;
    let part = Part {
        text: text.clone(),
        ..Part::default()
    };
    let reader = Reader::new(&[part], args.language.as_deref());
    let mut harm = reader.words_of_harm();
    if let Some(kind) = &args.kind {
        harm.retain(|found| found.kind == kind);
    }
    let found = TextWords {
        languages: reader.speeches().to_vec(),
        harm,
        places: gazetteer::find(&text),
        text,
    };
    if ctx.screen.json {
        ctx.say(&words::json(&found));
    } else {
        ctx.say(&words::screen(&ctx.screen, &found));
    }
    Ok(ExitCode::Ok)
}

fn text(typed: &str) -> Result<String, AppError> {
    if typed != "-" {
        return Ok(typed.to_owned());
    }
    let mut text = String::new();
    let read = std::io::stdin()
        .lock()
        .take(TEXT_BYTES_MAX)
        .read_to_string(&mut text);
    read.map_err(|e| AppError::bad_input(format!("cannot read standard input: {e}")))?;
    Ok(text)
}
