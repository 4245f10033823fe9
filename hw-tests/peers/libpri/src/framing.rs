//! E1 or T1: how many timeslots, which of them is the D-channel, and the law of the audio (ITU-T G.704, ETS 300 402-1, G.711).
//!
//! libpri has a switch type of EuroISDN for each; they differ in nothing that matters here. Left out: J1. That a span of a group
//! may have audio in the timeslot of the D-channel too is in `channel.rs`.

use clap::ValueEnum;

use crate::g711::Law;

/// What kind of primary rate interface it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Framing {
    /// 31 timeslots, D-channel in 16, A-law.
    #[default]
    E1,
    /// 24 timeslots, D-channel in 24, mu-law.
    T1,
}

impl Framing {
    /// The timeslot of the D-channel.
    #[must_use]
    pub const fn d_channel(self) -> u8 {
        match self {
            Self::E1 => 16,
            Self::T1 => 24,
        }
    }

    /// The last timeslot; the first is 1.
    #[must_use]
    pub const fn last_slot(self) -> u8 {
        match self {
            Self::E1 => 31,
            Self::T1 => 24,
        }
    }

    /// The law of its audio.
    #[must_use]
    pub const fn law(self) -> Law {
        match self {
            Self::E1 => Law::A,
            Self::T1 => Law::Mu,
        }
    }

    /// Whether the timeslot is there and carries audio.
    #[must_use]
    pub const fn is_b_channel(self, slot: u8) -> bool {
        slot >= 1 && slot <= self.last_slot() && slot != self.d_channel()
    }

    /// All B-channels, lowest first.
    pub fn b_channels(self) -> impl DoubleEndedIterator<Item = u8> {
        (1..=self.last_slot()).filter(move |slot| self.is_b_channel(*slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e1_has_thirty_and_t1_twenty_three_b_channels() {
        assert_eq!(Framing::E1.b_channels().collect::<Vec<_>>(), (1..=15).chain(17..=31).collect::<Vec<_>>());
        assert_eq!(Framing::T1.b_channels().collect::<Vec<_>>(), (1..=23).collect::<Vec<_>>());
        assert!(!Framing::T1.is_b_channel(0) && !Framing::E1.is_b_channel(32));
    }
}
