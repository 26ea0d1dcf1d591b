//! What is known about where the output goes.

use std::env;
use std::io::{self, IsTerminal};

use anstream::{AutoStream, ColorChoice};

use super::style::Styles;

/// The width when nothing says another.
pub const WIDTH_DEFAULT: usize = 80;
/// Narrower screens are laid out for this width.
pub const WIDTH_MIN: usize = 45;

/// Where the output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Columns, at least [`WIDTH_MIN`].
    pub width: usize,
    /// Whether colour and bold are wanted.
    pub color: bool,
    /// Whether JSON is wanted in place of text for people.
    pub json: bool,
}

impl Screen {
    /// The standard output: the terminal's width, else `$COLUMNS`, else 80. Colour only on a terminal, and as
    /// `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` say.
    pub fn detect(json: bool) -> Screen {
        let out = io::stdout();
        let terminal = out.is_terminal().then(terminal_size::terminal_size).flatten();
        let columns = env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.trim().parse().ok());
        let color = AutoStream::choice(&out) != ColorChoice::Never;
        Screen {
            width: width(terminal.map(|(width, _)| usize::from(width.0)), columns),
            color: color && !json,
            json,
        }
    }

    /// A plain screen of this width.
    pub fn plain(columns: usize) -> Screen {
        Screen {
            width: width(None, Some(columns)),
            color: false,
            json: false,
        }
    }

    /// The styles to be used on it.
    pub fn styles(&self) -> Styles {
        Styles { color: self.color }
    }
}

fn width(terminal: Option<usize>, columns: Option<usize>) -> usize {
    let known = terminal.or(columns).filter(|&width| width > 0);
    known.unwrap_or(WIDTH_DEFAULT).clamp(WIDTH_MIN, u16::MAX.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_comes_before_the_variable_and_nothing_is_too_narrow() {
        assert_eq!(width(Some(120), Some(60)), 120);
        assert_eq!(width(None, Some(60)), 60);
        assert_eq!(width(None, None), 80);
        assert_eq!(width(None, Some(0)), 80);
        assert_eq!(width(Some(20), None), 45);
    }
}
