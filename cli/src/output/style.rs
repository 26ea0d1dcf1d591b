//! Bold and colours, which are nothing when they are not wanted.

use std::fmt::{self, Display};

use anstyle::AnsiColor;

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// What to read first.
    Bold,
    /// Something is wrong, or silent.
    Red,
    /// Something wants a look.
    Yellow,
    /// Something went well.
    Green,
    /// What may be skipped.
    Dim,
    /// The words that are meant.
    Underlined,
}

impl Style {
    fn ansi(self) -> anstyle::Style {
        match self {
            Style::Bold => anstyle::Style::new().bold(),
            Style::Red => AnsiColor::Red.on_default(),
            Style::Yellow => AnsiColor::Yellow.on_default(),
            Style::Green => AnsiColor::Green.on_default(),
            Style::Dim => anstyle::Style::new().dimmed(),
            Style::Underlined => anstyle::Style::new().underline(),
        }
    }
}

/// The styles of one screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Styles {
    /// Whether they show.
    pub color: bool,
}

impl Styles {
    /// This text in this style. What comes from outside goes through [`visible`](super::visible) before.
    pub fn paint<T: Display>(self, style: Style, text: T) -> Painted<T> {
        let style = if self.color {
            style.ansi()
        } else {
            anstyle::Style::new()
        };
        Painted { style, text }
    }

    /// In bold.
    pub fn bold<T: Display>(self, text: T) -> Painted<T> {
        self.paint(Style::Bold, text)
    }

    /// In red.
    pub fn red<T: Display>(self, text: T) -> Painted<T> {
        self.paint(Style::Red, text)
    }

    /// In yellow.
    pub fn yellow<T: Display>(self, text: T) -> Painted<T> {
        self.paint(Style::Yellow, text)
    }

    /// In green.
    pub fn green<T: Display>(self, text: T) -> Painted<T> {
        self.paint(Style::Green, text)
    }

    /// Paler than the rest.
    pub fn dim<T: Display>(self, text: T) -> Painted<T> {
        self.paint(Style::Dim, text)
    }
}

/// A text with its style; print it.
#[derive(Debug, Clone, Copy)]
pub struct Painted<T> {
    style: anstyle::Style,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.style.render())?;
        self.text.fmt(f)?;
        write!(f, "{}", self.style.render_reset())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_a_style_is_nothing() {
        let (plain, color) = (Styles { color: false }, Styles { color: true });
        assert_eq!(plain.red("stop").to_string(), "stop");
        assert_eq!(color.red("stop").to_string(), "\u{1b}[31mstop\u{1b}[0m");
        assert_eq!(format!("{:>6}", plain.dim("stop")), "  stop");
    }
}
