//! A B-channel, and the spans whose B-channels one interface has: one, or a group of several (Q.931 annex F).
//!
//! A span is named by its interface identifier (Q.931 4.5.13, which libpri calls DS1): 0 has the first D-channel, the further ones are 1, 2
//! and so on. In JSON a channel of the first span is its bare timeslot, as where there is no group, and one of another `"span/slot"`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

use crate::framing::Framing;

/// A B-channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "Word")]
pub struct Channel {
    /// Interface identifier of its span.
    pub interface: u8,
    /// Its timeslot.
    pub slot: u8,
}

impl From<u8> for Channel {
    fn from(slot: u8) -> Self {
        Self { interface: 0, slot }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.interface {
            0 => write!(f, "{}", self.slot),
            interface => write!(f, "{interface}/{}", self.slot),
        }
    }
}

impl FromStr for Channel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse().map_err(|error| format!("{text:?}: {error}"));
        match text.split_once('/') {
            Some((interface, slot)) => Ok(Self { interface: number(interface)?, slot: number(slot)? }),
            None => number(text).map(Self::from),
        }
    }
}

impl Serialize for Channel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.interface == 0 { serializer.serialize_u8(self.slot) } else { serializer.collect_str(self) }
    }
}

/// As a request writes it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Slot(u8),
    Named(String),
}

impl TryFrom<Word> for Channel {
    type Error = String;

    fn try_from(word: Word) -> Result<Self, String> {
        match word {
            Word::Slot(slot) => Ok(slot.into()),
            Word::Named(text) => text.parse(),
        }
    }
}

/// Whether a further span of a group has a D-channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Further {
    /// It stands by for the first.
    WithDChannel,
    /// Every timeslot is a B-channel.
    BearersOnly,
}

/// The spans of one interface, or group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spans {
    framing: Framing,
    further: Vec<Further>,
}

impl From<Framing> for Spans {
    /// One span.
    fn from(framing: Framing) -> Self {
        Self::new(framing, Vec::new())
    }
}

impl Spans {
    /// Span 0 and those of `further`, numbered from 1 in this order, all of one framing.
    #[must_use]
    pub const fn new(framing: Framing, further: Vec<Further>) -> Self {
        Self { framing, further }
    }

    /// Their framing.
    #[must_use]
    pub const fn framing(&self) -> Framing {
        self.framing
    }

    /// Interface identifier of each, and whether it has a D-channel.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = (u8, bool)> {
        let further = (1..=u8::MAX).zip(&self.further).map(|(interface, further)| (interface, *further == Further::WithDChannel));
        [(0, true)].into_iter().chain(further.collect::<Vec<_>>())
    }

    /// Whether the channel is there and carries audio.
    #[must_use]
    pub fn is_b_channel(&self, channel: Channel) -> bool {
        let framing = self.framing;
        self.all().any(|(interface, d_channel)| {
            let audio = framing.is_b_channel(channel.slot) || (!d_channel && channel.slot == framing.d_channel());
            interface == channel.interface && audio
        })
    }

    /// All B-channels, by span, then by timeslot.
    pub fn b_channels(&self) -> impl DoubleEndedIterator<Item = Channel> {
        let slots = 1..=self.framing.last_slot();
        let of = move |(interface, _)| slots.clone().map(move |slot| Channel { interface, slot });
        self.all().flat_map(of).filter(|channel| self.is_b_channel(*channel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channel_of_the_first_span_is_a_number_and_any_other_names_its_span() {
        for (json, channel) in [("7", Channel::from(7)), ("\"2/24\"", Channel { interface: 2, slot: 24 })] {
            assert_eq!(serde_json::to_string(&channel).ok().as_deref(), Some(json));
            assert_eq!(serde_json::from_str::<Channel>(json).ok(), Some(channel));
        }
        assert!(serde_json::from_str::<Channel>("\"2/300\"").is_err() && serde_json::from_str::<Channel>("\"\"").is_err());
    }

    #[test]
    fn group_has_every_slot_of_the_span_without_a_d_channel() {
        let spans = Spans::new(Framing::T1, vec![Further::WithDChannel, Further::BearersOnly]);
        let on = |interface| spans.b_channels().filter(|channel| channel.interface == interface).count();
        assert_eq!((on(0), on(1), on(2), on(3)), (23, 23, 24, 0));
        assert!(
            !spans.is_b_channel(Channel { interface: 1, slot: 24 }) && spans.is_b_channel(Channel { interface: 2, slot: 24 })
        );
    }
}
