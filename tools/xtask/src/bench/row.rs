//! One figure of a benchmark, as a bench program prints it and as `--json` gives it: one JSON object a line.
//!
//! A program prints `{"area","name","unit","value","better","target","peer","peer_value"}`; `target` and the peer fields may be
//! null or left out. The ratio is worked out here, after the medians.

use serde::{Deserialize, Serialize};

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Times, memory.
    Lower,
    /// Rates, channels.
    Higher,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The area's name, as in `call`.
    pub area: String,
    /// What is measured.
    pub name: String,
    /// Its unit, as in `us`.
    pub unit: String,
    /// The figure.
    pub value: f64,
    /// Which way is good.
    pub better: Better,
    /// What the design or an issue asks for.
    #[serde(default)]
    pub target: Option<f64>,
    /// Who else was measured, in the same run or (said in the name) recorded.
    #[serde(default)]
    pub peer: Option<String>,
    /// The peer's figure in the same run.
    #[serde(default)]
    pub peer_value: Option<f64>,
    /// Ours divided by the peer's.
    #[serde(default)]
    pub ratio: Option<f64>,
}

/// Why a line is no row.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// Not JSON, or not this object.
    #[error("not a row: {line}")]
    Shape {
        /// What was printed.
        line: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A program speaks for its own area only.
    #[error("a row of area {found} from the program of area {expected}")]
    Area {
        /// Whose program it is.
        expected: String,
        /// What the row says.
        found: String,
    },
    /// Infinite figures mean a division by zero in the program.
    #[error("{name} is not a finite number")]
    NotFinite {
        /// The figure.
        name: String,
    },
}

impl Row {
    /// Parses a line that the program of `area` printed.
    pub fn parse(area: &str, line: &str) -> Result<Self, RowError> {
        let shape = |source| RowError::Shape { line: line.to_owned(), source };
        let row: Self = serde_json::from_str(line).map_err(shape)?;
        if row.area != area {
            return Err(RowError::Area { expected: area.to_owned(), found: row.area });
        }
        let finite = [Some(row.value), row.peer_value, row.target].into_iter().flatten().all(f64::is_finite);
        if finite { Ok(row) } else { Err(RowError::NotFinite { name: row.name }) }
    }

    /// Whether the target is met; `None` where there is none.
    pub fn meets_target(&self) -> Option<bool> {
        self.target.map(|target| match self.better {
            Better::Lower => self.value <= target,
            Better::Higher => self.value >= target,
        })
    }

    /// The same row with its ratio; none without a peer's figure or with a peer's figure of zero.
    pub(super) fn with_ratio(self) -> Self {
        let ratio = self.peer_value.filter(|value| *value != 0.0).map(|value| self.value / value);
        Self { ratio, ..self }
    }
}
