//! The screen of `doctor`: the worst first, each with what it means and what to do; good news is one line.

use super::{bullet, wrap};
use crate::doctor::{Finding, Severity};
use crate::output::Screen;

/// All findings, for people.
pub fn doctor(screen: &Screen, findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        if finding.severity > Severity::Ok {
            text.push_str(&trouble(screen, finding));
        }
    }
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Ok) {
        let said = wrap(screen, &format!("{}: {}", finding.what, finding.found), 4);
        text.push_str(&format!("{}  {said}\n", screen.styles().green("ok")));
    }
    text.push_str(&format!("\n{}\n", wrap(screen, &summary(findings), 0)));
    text
}

fn trouble(screen: &Screen, finding: &Finding) -> String {
    let styles = screen.styles();
    let word = finding.severity.name();
    let painted = match finding.severity {
        Severity::Damage => styles.red(word),
        Severity::Warning => styles.yellow(word),
        Severity::Note | Severity::Ok => styles.dim(word),
    };
    let first = format!("{word}  {}: {}", finding.what, finding.found);
    let whole = wrap(screen, &first, 2);
    let said = whole.strip_prefix(word).unwrap_or(&whole);
    let mut text = format!("{painted}{said}\n");
    let about = [("at", &finding.place), ("means", &finding.means)];
    for (name, said) in about {
        if let Some(said) = said {
            let whole = wrap(screen, &format!("  {name}: {said}"), 4);
            let said = whole.strip_prefix(name).unwrap_or(&whole);
            text.push_str(&format!("  {}{said}\n", styles.dim(name)));
        }
    }
    for next in &finding.next {
        text.push_str(&bullet(screen, next));
    }
    text.push('\n');
    text
}

fn summary(findings: &[Finding]) -> String {
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    match (count(Severity::Damage), count(Severity::Warning)) {
        (0, 0) => "No damage.".to_owned(),
        (0, warnings) => format!("No damage; {warnings} to look at."),
        (damaged, 0) => format!("{damaged} damaged."),
        (damaged, warnings) => format!("{damaged} damaged; {warnings} more to look at."),
    }
}

/// The same as JSON: a list.
pub fn doctor_json(findings: &[Finding]) -> serde_json::Value {
    findings.iter().map(one).collect::<Vec<_>>().into()
}

fn one(finding: &Finding) -> serde_json::Value {
    let ok = finding.severity <= Severity::Note;
    serde_json::json!({
        "what": finding.what,
        "ok": ok,
        "seen": if ok { finding.found.as_str() } else { "" },
        "trouble": (!ok).then_some(&finding.found),
        "severity": finding.severity,
        "code": finding.code,
        "place": finding.place,
        "means": finding.means,
        "next": finding.next,
    })
}
