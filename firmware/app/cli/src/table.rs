//! Columns of text. Numbers stand right, the rest left; widths are counted in characters.

/// Where a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    Left,
    Right,
}

/// A table being filled row by row.
pub(crate) struct Table<const N: usize> {
    columns: [(&'static str, Stand); N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(columns: [(&'static str, Stand); N]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| printable(&cell)));
    }

    /// The table's lines, or `empty` in one line when it has no row.
    pub(crate) fn print(&self, empty: &str) -> String {
        if self.rows.is_empty() {
            return format!("{empty}\n");
        }
        let heads = self.columns.map(|(head, _)| head.to_uppercase());
        let widths: [usize; N] = std::array::from_fn(|column| {
            std::iter::once(&heads).chain(&self.rows).map(|row| row[column].chars().count()).max().unwrap_or_default()
        });
        std::iter::once(&heads).chain(&self.rows).map(|row| self.line(row, &widths)).collect()
    }

    fn line(&self, row: &[String; N], widths: &[usize; N]) -> String {
        let cells = row.iter().zip(widths).zip(&self.columns).map(|((cell, &width), (_, stand))| match stand {
            Stand::Left => format!("{cell:<width$}"),
            Stand::Right => format!("{cell:>width$}"),
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    }
}

/// Text with control characters made visible: numbers, names and messages come from strangers, and a terminal obeys
/// escape sequences.
pub(crate) fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() { safe.extend(character.escape_unicode()) } else { safe.push(character) }
    }
    safe
}
