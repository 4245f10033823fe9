//! The rows as a table for people: a missed target is printed as missed, never dropped.

use super::median::Summary;

const HEADINGS: [&str; 9] = ["area", "name", "value", "unit", "range", "target", "peer", "peer value", "ratio"];
/// Columns of figures stand to the right.
const RIGHT: [bool; 9] = [false, false, true, false, true, true, false, true, true];

/// Four significant digits, without an exponent.
fn figure(value: f64) -> String {
    let magnitude = value.abs();
    let decimals = if magnitude >= 1000.0 || value == 0.0 {
        0
    } else if magnitude >= 100.0 {
        1
    } else if magnitude >= 10.0 {
        2
    } else if magnitude >= 0.1 {
        3
    } else {
        6
    };
    format!("{value:.decimals$}")
}

fn cells(summary: &Summary) -> [String; 9] {
    let row = &summary.row;
    let optional = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), figure);
    let target = match (row.target, row.meets_target()) {
        (Some(target), Some(true)) => format!("{} met", figure(target)),
        (Some(target), _) => format!("{} MISSED", figure(target)),
        (None, _) => "-".to_owned(),
    };
    [
        row.area.clone(),
        row.name.clone(),
        figure(row.value),
        row.unit.clone(),
        format!("{}..{}", figure(summary.lowest), figure(summary.highest)),
        target,
        row.peer.clone().unwrap_or_else(|| "-".to_owned()),
        optional(row.peer_value),
        optional(row.ratio),
    ]
}

/// The table, headings first, one line a figure.
pub fn table(summaries: &[Summary]) -> String {
    let rows: Vec<[String; 9]> = std::iter::once(HEADINGS.map(str::to_owned)).chain(summaries.iter().map(cells)).collect();
    let mut widths = [0; 9];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; 9]| {
        let columns = row.iter().zip(widths).zip(RIGHT);
        let padded: Vec<_> = columns
            .map(|((cell, width), right)| if right { format!("{cell:>width$}") } else { format!("{cell:<width$}") })
            .collect();
        format!("{}\n", padded.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
