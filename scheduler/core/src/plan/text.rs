//! The plan of a resume as a text that a person edits, and back.

use super::{Choice, Item, Plan, PlanError};

const HEAD: &str = "# What happens to each post when you resume. Change the first word of a line:\n\
     #   send      goes out: soon and paced if its time has passed, else as planned\n\
     #   at WHEN   goes out at another time:  at \"tomorrow 9:00\"\n\
     #   rewrite   waits until you have edited and released it\n\
     #   keep      stays held\n\
     #   drop      does not go out\n\
     #   miss      counts as missed: somebody decides later\n\
     # Lines that begin with # are ignored. Do not change the numbers.\n";

impl Plan {
    /// The plan as lines that a person edits; `about` describes one delivery.
    pub fn to_text(&self, about: impl Fn(&Item) -> String) -> String {
        let mut text = format!("{HEAD}plan {}\n", self.number());
        if self.is_named {
            let orders: Vec<String> = self.orders.iter().map(ToString::to_string).collect();
            text.push_str(&format!("ends {}\n", orders.join(" ")));
        }
        for item in &self.items {
            let (word, number) = (word(&item.choice), item.number);
            text.push_str(&format!("{word} {number} # {}\n", about(item)));
        }
        text
    }

    /// The plan with the choices of an edited text.
    ///
    /// # Errors
    /// [`PlanError`] names the line; also when the text is of another plan.
    pub fn with_text(&self, text: &str) -> Result<Plan, PlanError> {
        let mut plan = self.clone();
        let mut seen = vec![false; plan.items.len()];
        for (i, raw) in text.lines().enumerate() {
            let line = raw.split('#').next().unwrap_or("").trim();
            if line.is_empty() || line.starts_with("ends ") {
                continue;
            }
            if let Some(number) = line.strip_prefix("plan ") {
                self.is_called(number.trim()).map_err(|why| at_line(i, &why))?;
                continue;
            }
            let (choice, number) = read_line(line).map_err(|why| at_line(i, &why))?;
            let slot = number.checked_sub(1).and_then(|at| seen.get_mut(at));
            match slot {
                Some(slot) if !*slot => *slot = true,
                Some(_) => return Err(PlanError::Numbers(format!("number {number} stands twice"))),
                None => return Err(PlanError::Numbers(format!("number {number} is not in the plan"))),
            }
            plan.items[number - 1].choice = choice;
        }
        match seen.iter().position(|seen| !seen) {
            Some(missing) => {
                let number = missing + 1;
                Err(PlanError::Numbers(format!(
                    "number {number} is missing: a plan decides about every post"
                )))
            }
            None => Ok(plan),
        }
    }

    fn is_called(&self, number: &str) -> Result<(), String> {
        let own = self.number();
        if own == number {
            return Ok(());
        }
        Err(format!(
            "this is plan {number}, and it would be carried out as plan {own}"
        ))
    }
}

/// The number of the plan that a text was written for; none when the text does not say.
pub fn number_in(text: &str) -> Option<&str> {
    text.lines()
        .find_map(|line| line.strip_prefix("plan "))
        .map(str::trim)
}

/// The ids of the orders that a text says it ends; empty when it says nothing, which means all.
pub fn orders_in(text: &str) -> Vec<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("ends "));
    line.into_iter()
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect()
}

fn at_line(i: usize, why: &str) -> PlanError {
    PlanError::Line {
        line: i + 1,
        why: why.to_owned(),
    }
}

fn word(choice: &Choice) -> String {
    match choice {
        Choice::Send => "send".to_owned(),
        Choice::At(when) => format!("at \"{when}\""),
        Choice::Rewrite => "rewrite".to_owned(),
        Choice::Drop => "drop".to_owned(),
        Choice::Miss => "miss".to_owned(),
        Choice::Keep => "keep".to_owned(),
    }
}

fn read_line(line: &str) -> Result<(Choice, usize), String> {
    let (words, number) = line
        .rsplit_once(' ')
        .ok_or("a line is a word and a number, such as 'send 3'")?;
    let number = number
        .parse()
        .map_err(|_| format!("'{number}' is not a number of the plan"))?;
    let words = words.trim();
    let choice = match words {
        "send" => Choice::Send,
        "rewrite" => Choice::Rewrite,
        "drop" => Choice::Drop,
        "miss" => Choice::Miss,
        "keep" => Choice::Keep,
        _ => match words.strip_prefix("at ") {
            Some(when) => Choice::At(when.trim().trim_matches('"').to_owned()),
            None => {
                return Err(format!(
                    "'{words}' is not send, at WHEN, rewrite, keep, drop or miss"
                ));
            }
        },
    };
    Ok((choice, number))
}
