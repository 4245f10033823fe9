//! What [`Capture`](crate::Capture) and [`Playback`](crate::Playback) ask of a sound card, so that tests can be one.

use crate::{Fault, Offer};
use std::fmt;

/// Which way sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the card's input to us.
    Capture,
    /// From us to the card's output.
    Playback,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Capture => "capture",
            Self::Playback => "playback",
        })
    }
}

/// How a card was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// ALSA's name of what was opened: the name asked for, or `plug` in front of it.
    pub device: String,
    /// Samples that the card moves at a time, at 8000 Hz.
    pub period: usize,
    /// Samples that its buffer holds.
    pub buffer: usize,
    /// What the card offers instead of 8000 Hz, mono, 16 bit, when `plug` converts.
    pub converted_from: Option<Offer>,
}

/// One direction of a sound card, 8000 Hz, mono, 16 bit. No call waits.
pub trait Stream: Send {
    /// How it was opened.
    fn setup(&self) -> &Setup;

    /// Samples in its buffer: recorded and not yet read, or written and not yet played.
    ///
    /// # Errors
    ///
    /// What stopped it; this is where a fault shows first.
    fn queued(&mut self) -> Result<usize, Fault>;

    /// Reads samples; how many.
    ///
    /// # Errors
    ///
    /// [`Fault::Busy`] when there are none.
    fn read(&mut self, samples: &mut [i16]) -> Result<usize, Fault>;

    /// Writes samples; how many had room.
    ///
    /// # Errors
    ///
    /// [`Fault::Busy`] when there is no room.
    fn write(&mut self, samples: &[i16]) -> Result<usize, Fault>;

    /// Empties its buffer and makes it ready to start, after a fault too.
    ///
    /// # Errors
    ///
    /// It cannot be made ready.
    fn prepare(&mut self) -> Result<(), Fault>;

    /// Lets it run.
    ///
    /// # Errors
    ///
    /// It is not ready.
    fn start(&mut self) -> Result<(), Fault>;

    /// Goes on where a suspended machine stopped it.
    ///
    /// # Errors
    ///
    /// [`Fault::Busy`] while the card is not awake yet; another one when it has to be prepared instead.
    fn resume(&mut self) -> Result<(), Fault>;
}
