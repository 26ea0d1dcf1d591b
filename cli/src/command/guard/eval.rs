//! `guard eval`: judges labelled cases, each on its own event, and says how well. Needs no queue.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use soundpost_core::guard::eval::Case;
use soundpost_core::guard::eval::score::Evaluation;

use crate::app::error::AppError;
use crate::args::GuardEval;
use crate::command::Ctx;
use crate::exit_code::ExitCode;
use crate::output::visible;
use crate::render::evaluation;

/// A line may have so many bytes.
const LINE_BYTES_MAX: u64 = 1024 * 1024;
/// After so many bad lines the file is not read on.
const BAD_LINES_MAX: usize = 20;

/// `guard eval`.
///
/// # Errors
/// [`AppError`] when the file cannot be read, or has a line that is no case; names each such line.
pub(super) fn eval(ctx: &Ctx, args: &GuardEval) -> Result<ExitCode, AppError> {
    let (file, name) = open(&args.file)?;
    let evaluation = read(file, &name)?;
    if ctx.screen.json {
        ctx.say(&evaluation::json(&evaluation));
    } else {
        ctx.say(&evaluation::screen(&ctx.screen, &evaluation));
    }
    Ok(ExitCode::Ok)
}

fn open(file: &Path) -> Result<(Box<dyn BufRead>, String), AppError> {
    if file == Path::new("-") {
        return Ok((Box::new(io::stdin().lock()), "standard input".to_owned()));
    }
    let name = format!("'{}'", visible(&file.display().to_string()));
    let opened = File::open(file).map_err(|e| AppError::bad_input(format!("cannot read {name}: {e}")))?;
    Ok((Box::new(BufReader::new(opened)), name))
}

fn read(mut file: impl BufRead, name: &str) -> Result<Evaluation, AppError> {
    let mut evaluation = Evaluation::default();
    let mut bad = Vec::new();
    let mut number = 0;
    while bad.len() < BAD_LINES_MAX {
        let line = next_line(&mut file);
        let line = line.map_err(|e| AppError::bad_input(format!("cannot read {name}: {e}")))?;
        let Some(line) = line else { break };
        number += 1;
        match case(&line) {
            Ok(Some(case)) => evaluation.add(case),
            Ok(None) => {}
            Err(why) => bad.push(format!("line {number}: {}", visible(&why))),
        }
        // What is left of a line that is too long would be read as another one.
        if line.len() as u64 > LINE_BYTES_MAX {
            break;
        }
    }
    if !bad.is_empty() {
        return Err(no_cases(name, bad));
    }
    if evaluation.all.cases() == 0 {
        return Err(AppError::bad_input(format!("{name} has no cases")).help(FORMAT));
    }
    Ok(evaluation)
}

const FORMAT: &str = "docs/guard.md says what a case looks like; nothing was judged";

fn no_cases(name: &str, details: Vec<String>) -> AppError {
    let message = match details.len() {
        1 => format!("a line of {name} is no case"),
        BAD_LINES_MAX => format!("{BAD_LINES_MAX} lines of {name} are no cases, or more: it was not read on"),
        n => format!("{n} lines of {name} are no cases"),
    };
    AppError {
        details,
        ..AppError::bad_input(message).help(FORMAT)
    }
}

/// The next line with its end; at most one byte more than a line may have.
fn next_line(file: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = file.take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut line)?;
    Ok((read > 0).then_some(line))
}

/// The case of a line; none when the line is empty.
fn case(line: &[u8]) -> Result<Option<Case>, String> {
    if line.len() as u64 > LINE_BYTES_MAX {
        return Err(format!("longer than {LINE_BYTES_MAX} bytes"));
    }
    let text = std::str::from_utf8(line).map_err(|_| "not UTF-8 text".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    match text.trim() {
        "" => Ok(None),
        text => Case::read(text).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_counted_from_one_and_empty_ones_are_passed_over() {
        let error = read(&b"\xef\xbb\xbf\n\r\n{}\n\xff\nnull\n"[..], "'f'").unwrap_err();
        assert_eq!(error.message, "3 lines of 'f' are no cases");
        let lines: Vec<&str> = error
            .details
            .iter()
            .map(|d| d.split(':').next().unwrap())
            .collect();
        assert_eq!(lines, ["line 3", "line 4", "line 5"]);
    }

    #[test]
    fn a_file_without_cases_or_with_an_endless_line_is_refused() {
        assert_eq!(read(&b"\n\n"[..], "'f'").unwrap_err().message, "'f' has no cases");
        let endless = vec![b'a'; 3 * 1024 * 1024];
        let error = read(&endless[..], "'f'").unwrap_err();
        assert_eq!(error.details, ["line 1: longer than 1048576 bytes"]);
        let many = "x\n".repeat(100);
        assert_eq!(
            read(many.as_bytes(), "'f'").unwrap_err().details.len(),
            BAD_LINES_MAX
        );
    }
}
