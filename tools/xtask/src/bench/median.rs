//! From the rows of several runs to one row a figure: the median, and how far the runs lay apart.

use super::row::Row;

/// A figure over all runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The row with medians and ratio.
    pub row: Row,
    /// The smallest value of all runs.
    pub lowest: f64,
    /// The largest.
    pub highest: f64,
}

/// Runs that cannot be put together.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MergeError {
    /// A figure that a run left out would have a median of fewer runs than the others.
    #[error("{area}: {name} was printed by {found} of {runs} runs")]
    Uneven {
        /// Whose program.
        area: String,
        /// Which figure.
        name: String,
        /// How often.
        found: usize,
        /// Out of.
        runs: usize,
    },
}

/// The middle value, the mean of the two middle ones when their number is even; `None` without values.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    sorted.get(sorted.len() / 2 - 1).map(|lower| f64::midpoint(*lower, upper))
}

/// One summary a figure, in the order of the first run. A figure is told from others by name, unit and peer.
pub fn merge(runs: &[Vec<Row>]) -> Result<Vec<Summary>, MergeError> {
    let same = |a: &Row, b: &Row| a.name == b.name && a.unit == b.unit && a.peer == b.peer && a.area == b.area;
    let mut firsts: Vec<&Row> = Vec::new();
    for row in runs.iter().flatten() {
        if !firsts.iter().any(|first| same(first, row)) {
            firsts.push(row);
        }
    }
    let summarise = |first: &Row| {
        let all: Vec<&Row> = runs.iter().flatten().filter(|row| same(first, row)).collect();
        let complete = runs.iter().all(|run| run.iter().filter(|row| same(first, row)).count() == 1);
        let values: Vec<f64> = all.iter().map(|row| row.value).collect();
        let peers: Vec<f64> = all.iter().filter_map(|row| row.peer_value).collect();
        match median(&values) {
            Some(value) if complete => {
                let row = Row { value, peer_value: median(&peers), ..first.clone() }.with_ratio();
                let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
                Ok(Summary { row, lowest, highest: values.iter().copied().fold(f64::NEG_INFINITY, f64::max) })
            }
            Some(_) | None => {
                let (area, name) = (first.area.clone(), first.name.clone());
                Err(MergeError::Uneven { area, name, found: all.len(), runs: runs.len() })
            }
        }
    };
    firsts.into_iter().map(summarise).collect()
}
