//! What a caller did wrong, or that there is no memory. Signals from the line never cause an error.

/// Why a call was refused. Nothing was done then.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// spandsp could not allocate the context.
    #[error("no memory for {component}")]
    NoMemory {
        /// Which, as in "DTMF receiver".
        component: &'static str,
    },
    /// A setting beyond what the component can do.
    #[error("{what} is {value}, must be {low} to {high}")]
    OutOfRange {
        /// Which, with its unit.
        what: &'static str,
        /// As given.
        value: f64,
        /// The least.
        low: f64,
        /// The most.
        high: f64,
    },
    /// A character that is no digit of this signalling.
    #[error("no digit of this signalling: {0:?}")]
    NotADigit(char),
    /// A slice whose length does not fit.
    #[error("{what}: {found} given, {expected} wanted")]
    Length {
        /// Of which.
        what: &'static str,
        /// As given.
        found: usize,
        /// As it must be.
        expected: usize,
    },
    /// More than the queue has room for.
    #[error("{wanted} more do not fit into the queue, {room} would")]
    QueueFull {
        /// How many were to go in.
        wanted: usize,
        /// How many may.
        room: usize,
    },
    /// Segments or frequencies of a supervisory tone that cannot be told apart or are too many.
    #[error("supervisory tone {tone}: {why}")]
    BadTone {
        /// Its position in the list.
        tone: usize,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// The value, when it is in the range. NaN is in none.
pub(crate) fn within(what: &'static str, value: f64, low: f64, high: f64) -> Result<f64, Error> {
    if value >= low && value <= high { Ok(value) } else { Err(Error::OutOfRange { what, value, low, high }) }
}
