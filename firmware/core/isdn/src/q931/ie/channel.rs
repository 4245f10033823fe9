//! Channel identification (Q.931 4.5.13) in the form of the primary rate interface.
//!
//! The basic rate form (B1, B2) is invalid here. Channel numbers are timeslots on E1 (1 to 31, 16 is the D-channel) and
//! channels on T1 (1 to 24).

use super::Invalid;

/// Octet 3: interface identifier present (explicit interface, as with several spans under one D-channel).
const INTERFACE_PRESENT: u8 = 0x40;
/// Octet 3: other interface type, that is primary rate.
const PRIMARY_RATE: u8 = 0x20;
/// Octet 3: the indicated channel is exclusive.
const EXCLUSIVE: u8 = 0x08;
/// Octet 3: the D-channel is meant.
const D_CHANNEL: u8 = 0x04;
/// Octet 3.2: channels are given as a slot map.
const SLOT_MAP: u8 = 0x10;
/// Octet 3.2: B-channel units.
const CHANNEL_TYPE_B: u8 = 0x03;

/// Which channels an element names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelSelection {
    /// No channel.
    None,
    /// Any channel.
    Any,
    /// These channel numbers; one for a 64 kbit/s call.
    Numbers(Vec<u8>),
    /// A slot map: four octets on E1, three on T1, highest channels first.
    Map(Vec<u8>),
}

/// Channel identification element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelIdentification {
    /// No other channel than the named will do.
    pub exclusive: bool,
    /// The D-channel is meant.
    pub d_channel: bool,
    /// Interface identifier, 0 to 127; without one the span is meant whose D-channel carries the message.
    pub interface: Option<u8>,
    /// Which channels.
    pub selection: ChannelSelection,
}

impl ChannelIdentification {
    /// One B-channel by its number, on the span whose D-channel carries the message: `A1 83 nn` preferred, `A9 83 nn` exclusive.
    #[must_use]
    pub fn one(slot: u8, exclusive: bool) -> Self {
        Self { exclusive, d_channel: false, interface: None, selection: ChannelSelection::Numbers(vec![slot]) }
    }

    /// The channel numbers named, ascending; empty for none and any.
    #[must_use]
    pub fn slots(&self) -> Vec<u8> {
        match &self.selection {
            ChannelSelection::None | ChannelSelection::Any => Vec::new(),
            ChannelSelection::Numbers(numbers) => numbers.clone(),
            ChannelSelection::Map(octets) => {
                // Figure 4-19: the last octet holds channels 8 to 1 on T1, timeslots 7 to 0 on E1.
                let lowest: u8 = if octets.len() == 3 { 1 } else { 0 };
                let bits = octets.iter().rev().flat_map(|octet| (0..8).map(move |bit| octet >> bit & 1 != 0));
                (lowest..).zip(bits).filter(|(_, set)| *set).map(|(slot, _)| slot).collect()
            }
        }
    }

    /// One that ends where its channel would follow, which is invalid but where a whole span is meant.
    pub(crate) fn decode_without_channel(bytes: &[u8]) -> Option<Self> {
        let (first, interface) = match bytes {
            [first] if first & INTERFACE_PRESENT == 0 => (*first, None),
            [first, octet] if first & INTERFACE_PRESENT != 0 && octet & 0x80 != 0 => (*first, Some(octet & 0x7f)),
            _ => return None,
        };
        let indicated = first & PRIMARY_RATE != 0 && first & 3 == 1;
        let selection = ChannelSelection::Numbers(Vec::new());
        indicated.then_some(Self { exclusive: first & EXCLUSIVE != 0, d_channel: false, interface, selection })
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        let (&first, mut rest) = bytes.split_first().ok_or(Invalid)?;
        if first & PRIMARY_RATE == 0 {
            return Err(Invalid);
        }
        let mut interface = None;
        if first & INTERFACE_PRESENT != 0 {
            let (&octet, after) = rest.split_first().ok_or(Invalid)?;
            if octet & 0x80 == 0 {
                return Err(Invalid);
            }
            interface = Some(octet & 0x7f);
            rest = after;
        }
        let selection = match first & 3 {
            0 => ChannelSelection::None,
            1 if first & D_CHANNEL != 0 && rest.is_empty() => ChannelSelection::Numbers(Vec::new()),
            1 => Self::decode_selection(rest)?,
            3 => ChannelSelection::Any,
            _ => return Err(Invalid),
        };
        Ok(Self { exclusive: first & EXCLUSIVE != 0, d_channel: first & D_CHANNEL != 0, interface, selection })
    }

    fn decode_selection(bytes: &[u8]) -> Result<ChannelSelection, Invalid> {
        let (&octet, rest) = bytes.split_first().ok_or(Invalid)?;
        let itu_coding = octet & 0x60 == 0;
        if octet & 0x80 == 0 || !itu_coding || octet & 0x0f != CHANNEL_TYPE_B || rest.is_empty() {
            return Err(Invalid);
        }
        if octet & SLOT_MAP != 0 {
            return if matches!(rest.len(), 3 | 4) { Ok(ChannelSelection::Map(rest.to_vec())) } else { Err(Invalid) };
        }
        // Bit 8 marks the last number; some switches leave it 0, and then the element's end does.
        let mut numbers = Vec::new();
        for octet in rest {
            numbers.push(octet & 0x7f);
            if octet & 0x80 != 0 {
                break;
            }
        }
        Ok(ChannelSelection::Numbers(numbers))
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let selection = match &self.selection {
            ChannelSelection::None => 0,
            ChannelSelection::Numbers(_) | ChannelSelection::Map(_) => 1,
            ChannelSelection::Any => 3,
        };
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        let mut bytes = vec![
            0x80 | PRIMARY_RATE
                | flag(self.interface.is_some(), INTERFACE_PRESENT)
                | flag(self.exclusive, EXCLUSIVE)
                | flag(self.d_channel, D_CHANNEL)
                | selection,
        ];
        bytes.extend(self.interface.map(|interface| 0x80 | interface));
        match &self.selection {
            ChannelSelection::None | ChannelSelection::Any => {}
            ChannelSelection::Numbers(numbers) => {
                if let Some((last, others)) = numbers.split_last() {
                    bytes.push(0x80 | CHANNEL_TYPE_B);
                    bytes.extend(others.iter().map(|number| number & 0x7f));
                    bytes.push(0x80 | last);
                }
            }
            ChannelSelection::Map(octets) => {
                bytes.push(0x80 | SLOT_MAP | CHANNEL_TYPE_B);
                bytes.extend(octets);
            }
        }
        bytes
    }
}
