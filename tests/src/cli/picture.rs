//! A terminal's output as a moving picture: SVG that any browser plays, made of nothing but the text.

use std::fmt::Write as _;

const LINE_PX: usize = 18;
const COLUMN_PX: usize = 8;
const MARGIN_PX: usize = 16;
/// How many lines are seen at once.
const LINES_SEEN: usize = 34;
/// How long one scene stays.
const SCENE_S: usize = 5;

/// The picture of this output of 80 columns. A scene begins at each numbered line, and lasts until the next has room.
#[must_use]
pub fn picture(ansi: &str) -> String {
    let lines: Vec<&str> = ansi.trim().lines().collect();
    let scenes = scenes(&lines);
    let (width, height) = (
        80 * COLUMN_PX + 2 * MARGIN_PX,
        LINES_SEEN * LINE_PX + 2 * MARGIN_PX,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:space=\"preserve\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-label=\"soundpost demo\">\n<style>\n\
         text {{ font: 13px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d8dee9; \
         white-space: pre }}\n.bold {{ font-weight: bold; fill: #fff }} .dim {{ fill: #7b8794 }} \
         .red {{ fill: #ff6b6b }} .green {{ fill: #7bd88f }} .yellow {{ fill: #ffd866 }}\n\
         #roll {{ animation: roll {}s steps(1) infinite }}\n@keyframes roll {{\n",
        scenes.len() * SCENE_S
    );
    for (at, first) in scenes.iter().enumerate() {
        let percent = at * 10_000 / scenes.len();
        let _ = writeln!(
            svg,
            "{}.{:02}% {{ transform: translateY(-{}px) }}",
            percent / 100,
            percent % 100,
            first * LINE_PX
        );
    }
    let _ = write!(
        svg,
        "}}\n</style>\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#1d2129\"/>\n\
         <svg x=\"{MARGIN_PX}\" y=\"{MARGIN_PX}\" width=\"{}\" height=\"{}\">\n<g id=\"roll\">\n",
        80 * COLUMN_PX,
        LINES_SEEN * LINE_PX
    );
    for (at, line) in lines.iter().enumerate() {
        let _ = writeln!(
            svg,
            "<text y=\"{}\">{}</text>",
            (at + 1) * LINE_PX - 5,
            spans(line)
        );
    }
    svg.push_str("</g>\n</svg>\n</svg>\n");
    svg
}

/// The first lines of the scenes.
fn scenes(lines: &[&str]) -> Vec<usize> {
    let is_act = |line: &str| {
        let text = plain(line);
        text.split_once(". ")
            .is_some_and(|(number, _)| number.parse::<u8>().is_ok())
    };
    let mut scenes = vec![0];
    let mut last = 0;
    for (at, line) in lines.iter().enumerate() {
        let overflows = at >= last + LINES_SEEN;
        if at > 0 && (is_act(line) || overflows) {
            last = if overflows { at.saturating_sub(4) } else { at };
            scenes.push(last);
        }
    }
    scenes
}

/// A line without its styles.
#[must_use]
pub fn plain(line: &str) -> String {
    pieces(line).into_iter().map(|(_, text)| text).collect()
}

fn spans(line: &str) -> String {
    let mut out = String::new();
    for (class, text) in pieces(line) {
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        if class.is_empty() {
            out.push_str(&text);
        } else {
            let _ = write!(out, "<tspan class=\"{class}\">{text}</tspan>");
        }
    }
    out
}

/// Pieces of a line, each with the name of its style.
fn pieces(line: &str) -> Vec<(&'static str, String)> {
    let mut pieces = Vec::new();
    let mut class = "";
    let mut rest = line;
    while let Some((text, after)) = rest.split_once("\u{1b}[") {
        pieces.push((class, text.to_owned()));
        let (code, after) = after.split_once('m').unwrap_or((after, ""));
        class = match code {
            "1" => "bold",
            "2" => "dim",
            "31" => "red",
            "32" => "green",
            "33" => "yellow",
            _ => "",
        };
        rest = after;
    }
    pieces.push((class, rest.to_owned()));
    pieces.retain(|(_, text)| !text.is_empty());
    pieces
}
