//! Tables that stay readable: columns where there is room, cards where there is not.

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle};

use super::screen::Screen;
use super::text::visible;

/// Narrower than this, a table of more columns than [`COLUMNS_NARROW_MAX`] is shown as cards.
const WIDTH_OF_COLUMNS: usize = 60;
const COLUMNS_NARROW_MAX: usize = 3;
/// With the one column that the table itself puts between cells, two spaces.
const GAP: u16 = 1;
const RULE: char = '─';

/// A table without borders, headings first, that fits the screen; cells are broken into lines where they must be.
/// On a narrow screen with many columns each row becomes a card: a line for each cell that is not empty, its heading
/// before it. Cells and headings are made [`visible`], so they cannot be painted. Ends without a line break; without
/// rows it is empty.
pub fn table(screen: &Screen, headings: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let headings: Vec<String> = headings
        .iter()
        .map(|heading| visible(heading).into_owned())
        .collect();
    if screen.width < WIDTH_OF_COLUMNS && headings.len() > COLUMNS_NARROW_MAX {
        return cards(screen, &headings, rows);
    }
    let mut table = empty(screen);
    table.set_header(headings);
    table.add_rows(rows.iter().map(|row| harmless(row)));
    let lines = lines(table);
    let heading_lines = lines.iter().position(|line| is_rule(line)).unwrap_or_default();
    let styles = screen.styles();
    let painted = lines.into_iter().enumerate().map(|(at, line)| match at {
        at if at < heading_lines => styles.bold(line).to_string(),
        at if at == heading_lines => styles.dim(line).to_string(),
        _ => line,
    });
    painted.collect::<Vec<_>>().join("\n")
}

fn cards(screen: &Screen, headings: &[String], rows: &[Vec<String>]) -> String {
    let mut table = empty(screen);
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            table.add_row([String::new(), String::new()]);
        }
        let named = headings.iter().cloned().zip(harmless(row));
        let filled = named.filter(|(_, cell)| !cell.trim().is_empty());
        table.add_rows(filled.map(|(heading, cell)| [heading, cell]));
    }
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    lines(table).join("\n")
}

fn harmless(row: &[String]) -> Vec<String> {
    row.iter().map(|cell| visible(cell).into_owned()).collect()
}

fn empty(screen: &Screen) -> Table {
    let rule = LineStyle::none().fill(RULE).junction(RULE);
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(rule));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(screen.width).unwrap_or(u16::MAX));
    table
}

fn lines(mut table: Table) -> Vec<String> {
    let last = table.column_count().saturating_sub(1);
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if at < last { GAP } else { 0 }));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect()
}

fn is_rule(line: &str) -> bool {
    !line.is_empty() && line.chars().all(|c| c == RULE)
}

#[cfg(test)]
mod tests;
