//! The tour of the README as commands.

use std::fmt::Write as _;

/// One command of the tour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// As it stands in the README, with its continuation lines.
    pub command: String,
    /// The exit code that it promises.
    pub code: i32,
}

/// The commands of all blocks after `<!-- tour -->`, in order. A line may end in `# exits N`.
///
/// # Panics
/// When a mark stands before something that is no `sh` block, or a promise is no number.
#[must_use]
pub fn steps(readme: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if line.trim() != "<!-- tour -->" {
            continue;
        }
        assert_eq!(
            lines.next(),
            Some("```sh"),
            "a tour mark stands before an sh block"
        );
        let mut command = String::new();
        for line in lines.by_ref().take_while(|line| *line != "```") {
            if line.starts_with('#') {
                continue;
            }
            command.push_str(line);
            if line.ends_with('\\') {
                command.push('\n');
                continue;
            }
            steps.push(step(&std::mem::take(&mut command)));
        }
    }
    steps
}

fn step(command: &str) -> Step {
    match command.split_once("# exits ") {
        Some((command, code)) => Step {
            command: command.trim().to_owned(),
            code: code.trim().parse().expect("a promised exit code is a number"),
        },
        None => Step {
            command: command.to_owned(),
            code: 0,
        },
    }
}

/// A script that runs all steps in one shell and writes a line `NUMBER CODE` for each into `codes.txt`.
#[must_use]
pub fn script(steps: &[Step]) -> String {
    let mut script = String::new();
    for (number, step) in steps.iter().enumerate() {
        let _ = writeln!(script, "{}\necho \"{number} $?\" >> \"$CODES\"", step.command);
    }
    script
}
