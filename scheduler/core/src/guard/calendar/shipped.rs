//! The calendars that come with the program, and how a stored one is known as one of them.
//!
//! A calendar that somebody adds is stored like an imported one, with one line more: its name and a digest of the rest.
//! While the digest is right nobody has changed it, and a newer version may take its place. One that was changed by
//! hand is its owner's.

use sha2::{Digest, Sha256};

use super::Calendar;

/// The property that marks a calendar that was added.
const MARK: &str = "X-SOUNDPOST-SHIPPED:";
/// So many letters of the digest are kept.
const DIGEST_CHARS: usize = 16;

/// One calendar that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// Its name: a country's code in small letters, `world` or `religious`.
    pub name: &'static str,
    /// The file.
    pub file: &'static str,
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(Shipped { name: $name, file: include_str!(concat!("../../../calendars/", $name, ".ics")) }),*]
    };
}

/// All of them, by name.
pub const SHIPPED: &[Shipped] = shipped![
    "at",
    "de",
    "es",
    "fr",
    "gb",
    "ge",
    "il",
    "jp",
    "no",
    "pl",
    "religious",
    "ru",
    "se",
    "ua",
    "us",
    "world",
];

/// What a stored calendar is to those that come with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody's own: imported, or changed by hand.
    Own,
    /// One of these, as it comes with this version.
    Current(Shipped),
    /// One of these, as an older or newer version had it.
    Other(Shipped),
}

impl Shipped {
    /// The one with this name, in capitals or not.
    pub fn named(name: &str) -> Option<Shipped> {
        let is_it = |s: &&Shipped| s.name.eq_ignore_ascii_case(name);
        SHIPPED.iter().find(is_it).copied()
    }

    /// The text that is stored when somebody adds it.
    pub fn text(&self) -> String {
        let mark = format!("{MARK}{} {}\n", self.name, digest(self.file));
        let at = self.file.find("BEGIN:VEVENT").unwrap_or(self.file.len());
        format!("{}{mark}{}", &self.file[..at], &self.file[at..])
    }

    /// The calendar as somebody has it who adds it.
    pub fn calendar(&self) -> Calendar {
        Calendar::stored(self.name, &self.text())
    }
}

impl Calendar {
    /// Whether it is one that comes with the program, and whether this version has another one of that name.
    pub fn origin(&self) -> Origin {
        let Some(shipped) = untouched(self.text()).and_then(Shipped::named) else {
            return Origin::Own;
        };
        match shipped.text() == self.text() {
            _ if shipped.name != self.name => Origin::Own,
            true => Origin::Current(shipped),
            false => Origin::Other(shipped),
        }
    }
}

/// The name in the mark of a text that nobody has changed since it was added.
fn untouched(text: &str) -> Option<&str> {
    let at = text.find(MARK)?;
    let line = text[at..].split_inclusive('\n').next()?;
    let (name, told) = line.strip_prefix(MARK)?.trim_end().split_once(' ')?;
    let rest = format!("{}{}", &text[..at], &text[at + line.len()..]);
    (digest(&rest) == told).then_some(name)
}

fn digest(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    hex[..DIGEST_CHARS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_read_and_nothing_is_passed_over() {
        for shipped in SHIPPED {
            let calendar = Calendar::parse(shipped.name, shipped.file).unwrap();
            assert_eq!(calendar.skipped(), [""; 0], "{}", shipped.name);
            assert!(!calendar.title.is_empty(), "{}", shipped.name);
            assert_eq!(
                Calendar::parse(shipped.name, &shipped.text()).unwrap().days(),
                calendar.days()
            );
        }
    }

    #[test]
    fn what_was_added_is_known_until_somebody_changes_it() {
        let de = Shipped::named("DE").unwrap();
        assert_eq!(de.calendar().origin(), Origin::Current(de));
        let changed = de.text().replace("Volkstrauertag", "Trauertag");
        assert_eq!(Calendar::stored("de", &changed).origin(), Origin::Own);
        assert_eq!(Calendar::stored("de", de.file).origin(), Origin::Own);
        assert_eq!(Calendar::stored("mine", &de.text()).origin(), Origin::Own);
    }

    #[test]
    fn another_version_is_known_as_one() {
        let de = Shipped::named("de").unwrap();
        let file: &'static str = Box::leak(de.file.replace("Volkstrauertag", "Trauertag").into_boxed_str());
        let older = Shipped { name: "de", file };
        assert_eq!(older.calendar().origin(), Origin::Other(de));
    }
}
