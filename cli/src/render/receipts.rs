//! Receipts: for people, and as comma-separated values (RFC 4180) for those who keep records.

use super::times::Times;
use super::{bullet, more, wrap};
use crate::app::error::{AppError, Kind};
use crate::control::protocol::{ReceiptView, Receipts};
use crate::output::{Screen, ending, shorten, visible};

/// The columns of the export; new ones are only ever added at the end.
const COLUMNS: [&str; 20] = [
    "network",
    "account",
    "remote_id",
    "url",
    "server_time",
    "recorded_at",
    "body_sha256",
    "verdict",
    "approved_by",
    "approval_reason",
    "through_pause_by",
    "through_pause_reason",
    "queued_by",
    "delivery",
    "part",
    "parts",
    "found_by_look_up",
    "gone_at",
    "excerpt",
    "post",
];

/// A line for each part, with all that proves it.
pub(super) fn receipts(screen: &Screen, receipts: &Receipts) -> String {
    let shown = receipts.receipts.iter().map(|r| r.at_shown.as_str());
    let times = Times::of_texts(shown.chain([receipts.period_shown.as_str()]));
    let period = times.brief(&receipts.period_shown);
    if receipts.receipts.is_empty() {
        let said = if receipts.narrowed {
            format!("No receipt of that, {period}. All there are:  soundpost receipts --limit 0")
        } else {
            "No receipt yet: nothing has become public. What waits:  soundpost queue".to_owned()
        };
        return format!("{}\n", wrap(screen, &said, 0));
    }
    let count = receipts.receipts.len() + receipts.more;
    let title = wrap(screen, &format!("{count} receipts, newest first, {period}"), 0);
    let mut text = format!("{}\n{}", screen.styles().bold(title), times.footer(screen));
    let ids: Vec<String> = receipts
        .receipts
        .iter()
        .map(|r| r.delivery.post.to_string())
        .collect();
    let length = shorten(&ids);
    for receipt in &receipts.receipts {
        text.push_str(&card(screen, length, &times, receipt));
    }
    text.push_str(&more(screen, receipts.more));
    text
}

fn card(screen: &Screen, length: usize, times: &Times, receipt: &ReceiptView) -> String {
    let post = receipt.delivery.post.to_string();
    let id = format!("{}.{}", ending(&post, length), receipt.delivery.n);
    let said = format!(
        "{} ({}), {}{}",
        receipt.account,
        receipt.network,
        times.brief(&receipt.at_shown),
        part(receipt)
    );
    let indent = id.chars().count() + 1;
    let mut text = format!(
        "\n{} {}\n",
        screen.styles().bold(&id),
        wrap(screen, &said, indent)
    );
    text.push_str(&bullet(screen, &format!("\"{}\"", receipt.excerpt)));
    for line in proof(receipt, times) {
        text.push_str(&bullet(screen, &line));
    }
    text
}

fn part(receipt: &ReceiptView) -> String {
    if receipt.parts == 1 {
        return String::new();
    }
    format!(", part {} of {}", receipt.part, receipt.parts)
}

fn proof(receipt: &ReceiptView, times: &Times) -> Vec<String> {
    let mut lines = Vec::new();
    match (receipt.remote_id.as_str(), &receipt.url) {
        ("", None) => {}
        ("", Some(url)) => lines.push(url.clone()),
        (id, None) => lines.push(format!("the network calls it {id}")),
        (id, Some(url)) => lines.extend([format!("the network calls it {id}"), url.clone()]),
    }
    if let Some(at) = &receipt.server_time {
        lines.push(format!("the network's time: {at}"));
    }
    lines.push(format!("SHA-256 of what was sent: {}", receipt.body_sha256));
    lines.push(format!("the guard said: {}", receipt.verdict));
    lines.push(format!("queued by {}", receipt.queued_by));
    let people = [
        ("let through by", &receipt.approved_by, &receipt.approval_reason),
        (
            "sent through the pause by",
            &receipt.through_pause_by,
            &receipt.through_pause_reason,
        ),
    ];
    for (did, who, why) in people {
        if let (Some(who), Some(why)) = (who, why) {
            lines.push(format!("{did} {who}: {why}"));
        }
    }
    if receipt.found_by_look_up {
        lines.push("the answer was lost; looking found it".to_owned());
    }
    if let Some(at) = &receipt.gone_shown {
        lines.push(format!("no longer public since {}", times.brief(at)));
    }
    lines
}

/// The receipts as comma-separated values, with a line of names first. Text is made safe to print; what a spreadsheet
/// would take for a formula gets an apostrophe before it.
///
/// # Errors
/// [`AppError`] when the lines cannot be made, which is a fault of the program.
pub fn csv(receipts: &[ReceiptView]) -> Result<String, AppError> {
    let failed = |error: String| AppError::new(Kind::Store, format!("the table cannot be made: {error}"));
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|e| failed(e.to_string()))?;
    for receipt in receipts {
        writer
            .write_record(row(receipt))
            .map_err(|e| failed(e.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|e| failed(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| failed(e.to_string()))
}

fn row(receipt: &ReceiptView) -> [String; 20] {
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        receipt.network.clone(),
        receipt.account.clone(),
        receipt.remote_id.clone(),
        or_empty(&receipt.url),
        or_empty(&receipt.server_time),
        receipt.at.clone(),
        receipt.body_sha256.clone(),
        receipt.verdict.clone(),
        or_empty(&receipt.approved_by),
        or_empty(&receipt.approval_reason),
        or_empty(&receipt.through_pause_by),
        or_empty(&receipt.through_pause_reason),
        receipt.queued_by.clone(),
        receipt.delivery.to_string(),
        receipt.part.to_string(),
        receipt.parts.to_string(),
        receipt.found_by_look_up.to_string(),
        or_empty(&receipt.gone_at),
        receipt.excerpt.clone(),
        receipt.delivery.post.to_string(),
    ]
    .map(|cell| harmless(&cell))
}

fn harmless(cell: &str) -> String {
    let cell = visible(cell);
    if cell.starts_with(['=', '+', '-', '@']) {
        return format!("'{cell}");
    }
    cell.into_owned()
}

#[cfg(test)]
mod tests {
    use soundpost_core::id::{DeliveryId, Id, PostId};

    use super::*;

    fn receipt() -> ReceiptView {
        ReceiptView {
            delivery: DeliveryId {
                post: PostId(Id::from_u128(7)),
                n: 1,
            },
            part: 1,
            parts: 1,
            account: "shop".to_owned(),
            network: "outbox".to_owned(),
            remote_id: "=1+1".to_owned(),
            url: None,
            server_time: None,
            at: "2026-11-23T08:00:00Z".to_owned(),
            at_shown: String::new(),
            body_sha256: "ab".to_owned(),
            verdict: "no open events, \"quoted\"\nand more".to_owned(),
            queued_by: "anna".to_owned(),
            approved_by: Some("bo\u{202e}b".to_owned()),
            approval_reason: Some("a, b".to_owned()),
            through_pause_by: None,
            through_pause_reason: None,
            found_by_look_up: false,
            gone_at: None,
            gone_shown: None,
            excerpt: "hello".to_owned(),
        }
    }

    #[test]
    fn the_table_reads_back_with_quotes_commas_and_nothing_that_acts() {
        let table = csv(&[receipt()]).unwrap();
        assert!(table.ends_with("\r\n") && !table.contains('\u{202e}'));
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let row = reader.records().next().unwrap().unwrap();
        let cell = |name: &str| row.get(names.iter().position(|n| n == name).unwrap()).unwrap();
        assert_eq!(cell("remote_id"), "'=1+1");
        assert_eq!(cell("verdict"), "no open events, \"quoted\"↵and more");
        assert_eq!(cell("approval_reason"), "a, b");
        assert_eq!(cell("approved_by"), "bo<U+202E>b");
        assert_eq!(cell("delivery"), receipt().delivery.to_string());
    }
}
