//! Where a block's time goes: the clock is read between the parts, in the place where they are done.
//!
//! A part measured by itself, over and over, would have its tables and its branches to itself; here each finds the caches as the others
//! left them. Reading the clock costs some 30 ns a mark, so blocks that are timed as a whole are not watched.

use std::time::{Duration, Instant};

/// What a block's work consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Canceller and reference ring.
    Echo,
    /// Receiver, key onset and gate.
    Dtmf,
    /// Receivers of connect tones, both ways.
    Fax,
    /// Decoding and encoding outside of the other parts.
    G711,
    /// Packetiser, jitter buffer, concealment, meter, RTCP.
    Stream,
    /// Both ways.
    Srtp,
    /// Digits for either end that nobody keys, copies, polls.
    Rest,
}

impl Part {
    pub(crate) const ALL: [Self; 7] = [Self::Echo, Self::Dtmf, Self::Fax, Self::G711, Self::Stream, Self::Srtp, Self::Rest];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Echo => "echo canceller and its reference",
            Self::Dtmf => "DTMF receiver and gate",
            Self::Fax => "fax detectors, both ways",
            Self::G711 => "G.711",
            Self::Stream => "RTP stream, both ways",
            Self::Srtp => "SRTP, both ways",
            Self::Rest => "the rest",
        }
    }
}

/// Told at the end of each part.
pub(crate) trait Probe {
    fn done(&mut self, part: Part);
}

/// Looks at no clock.
pub(crate) struct Blind;

impl Probe for Blind {
    fn done(&mut self, _: Part) {}
}

/// Time by the wall of each part.
pub(crate) struct Watch {
    times: [Duration; Part::ALL.len()],
    last: Instant,
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self { times: [Duration::ZERO; Part::ALL.len()], last: Instant::now() }
    }

    /// What was done since the last mark is nobody's.
    pub(crate) fn begin(&mut self) {
        self.last = Instant::now();
    }

    pub(crate) fn all(&self) -> Duration {
        self.times.iter().sum()
    }

    /// Of 1.
    pub(crate) fn share(&self, part: Part) -> f64 {
        self.times[part as usize].as_secs_f64() / self.all().as_secs_f64()
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.times.iter_mut().zip(other.times).for_each(|(sum, time)| *sum += time);
    }
}

impl Probe for Watch {
    fn done(&mut self, part: Part) {
        let now = Instant::now();
        self.times[part as usize] += now - self.last;
        self.last = now;
    }
}
