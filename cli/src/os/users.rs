//! Names of users and groups.

use std::env;
use std::fs;
use std::process::Command;

/// The name of the user that this process runs as, for people to read in records; not proof of anything.
pub fn user_name() -> String {
    let uid = rustix::process::geteuid().as_raw();
    name_of(&read("/etc/passwd"), uid)
        .or_else(|| said_by("id", &["-un"]))
        .or_else(|| env::var("SUDO_USER").or_else(|_| env::var("USER")).ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| format!("uid {uid}"))
}

/// The name of the user with this number, or `uid N`.
pub fn name_of_user(uid: u32) -> String {
    name_of(&read("/etc/passwd"), uid)
        .or_else(|| said_by("id", &["-un", &uid.to_string()]))
        .unwrap_or_else(|| format!("uid {uid}"))
}

/// The number of the user with this name, when there is one.
pub fn user_id(name: &str) -> Option<u32> {
    number_of(&read("/etc/passwd"), name).or_else(|| number_of(&said_by("getent", &["passwd", name])?, name))
}

/// The number of a group that is given by name or number.
///
/// # Errors
/// A fragment, when there is no such group.
pub fn group_id(group: &str) -> Result<u32, String> {
    group
        .parse()
        .ok()
        .or_else(|| number_of(&read("/etc/group"), group))
        .or_else(|| number_of(&said_by("getent", &["group", group])?, group))
        .ok_or_else(|| {
            format!("cannot be shared: there is no group '{group}' (a group's number is accepted too)")
        })
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// Asks the system's own directory, which may hold more than the files in `/etc`.
fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}

fn name_of(table: &str, number: u32) -> Option<String> {
    let number = number.to_string();
    let mut lines = table.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let line = lines.find(|fields| fields.get(2) == Some(&number.as_str()))?;
    line.first().map(|name| (*name).to_owned())
}

fn number_of(table: &str, name: &str) -> Option<u32> {
    let mut lines = table.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let line = lines.find(|fields| fields.first() == Some(&name))?;
    line.get(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "root:x:0:0::/:/bin/sh\nanna:x:1000:100::/home/anna:/bin/sh\nbroken\n";

    #[test]
    fn names_and_numbers_are_found_in_the_systems_tables() {
        assert_eq!(name_of(TABLE, 1000).as_deref(), Some("anna"));
        assert_eq!(name_of(TABLE, 7), None);
        assert_eq!(number_of(TABLE, "anna"), Some(1000));
        assert_eq!(number_of(TABLE, "broken"), None);
        assert!(!user_name().is_empty());
    }

    #[test]
    fn a_group_may_be_a_number_and_an_unknown_one_is_named() {
        assert_eq!(group_id("1234"), Ok(1234));
        assert!(group_id("no such group").unwrap_err().contains("'no such group'"));
    }
}
