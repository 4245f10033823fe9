//! What stands before the components when the profile is networking extensions: for whom they are, in which protocol, and what to do
//! with an invoke that is not understood (ECMA-165 and ISO/IEC 11582; in public networks Q.932).
//!
//! Left out: routing by the network facility extension. A gateway is the end of the private network, so that what reaches it is for it.

use super::ber::{self, Malformed, Reader, Tag};
use super::party;
use crate::number::Number;

/// `[10]`: network facility extension.
const NETWORK_FACILITY: Tag = Tag::context_constructed(10);
/// `[18]`: network protocol profile.
const PROTOCOL: Tag = Tag::context(18);
/// `[11]`: interpretation.
const INTERPRETATION: Tag = Tag::context(11);

/// Which exchange of a private network is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entity {
    /// 0: the one where the call begins or ends.
    End,
    /// 1: any on the way.
    Any,
    /// Any other value.
    Other(i32),
}

impl Entity {
    const fn from_code(code: i32) -> Self {
        match code {
            0 => Self::End,
            1 => Self::Any,
            other => Self::Other(other),
        }
    }

    const fn code(self) -> i32 {
        match self {
            Self::End => 0,
            Self::Any => 1,
            Self::Other(code) => code,
        }
    }
}

/// From which exchange and for which (network facility extension).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NetworkFacility {
    /// Who sent it.
    pub source: Entity,
    /// The sender's address.
    pub source_address: Option<Number>,
    /// Who is to read it.
    pub destination: Entity,
    /// The reader's address.
    pub destination_address: Option<Number>,
}

impl NetworkFacility {
    /// From one end of a call to the other, as names and diversions go.
    pub const END_TO_END: Self =
        Self { source: Entity::End, source_address: None, destination: Entity::End, destination_address: None };

    fn read(fields: &mut Reader<'_>) -> Result<Self, Malformed> {
        let source = Entity::from_code(fields.take(Tag::context(0))?.integer()?);
        let source_address = read_address(fields, 1)?;
        let destination = Entity::from_code(fields.take(Tag::context(2))?.integer()?);
        let destination_address = read_address(fields, 3)?;
        Ok(Self { source, source_address, destination, destination_address })
    }

    fn emit(&self) -> Vec<u8> {
        let fields = [
            ber::integer(Tag::context(0), self.source.code()),
            emit_address(self.source_address.as_ref(), 1),
            ber::integer(Tag::context(2), self.destination.code()),
            emit_address(self.destination_address.as_ref(), 3),
        ];
        ber::value(NETWORK_FACILITY, &fields.concat())
    }
}

fn read_address(fields: &mut Reader<'_>, tag: u32) -> Result<Option<Number>, Malformed> {
    let Some(address) = fields.optional(Tag::context_constructed(tag))? else { return Ok(None) };
    party::take_number(&mut address.reader()?).map(Some)
}

/// An address that cannot be written is left out: it is optional.
fn emit_address(address: Option<&Number>, tag: u32) -> Vec<u8> {
    let number = address.and_then(party::emit_number);
    number.map(|number| ber::value(Tag::context_constructed(tag), &number)).unwrap_or_default()
}

/// What to do with an invoke that is not recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interpretation {
    /// 0: pass over it.
    Discard,
    /// 1: clear the call.
    ClearCall,
    /// 2: reject it. Also meant when nothing is said.
    Reject,
    /// Any other value; taken as reject.
    Other(i32),
}

impl Interpretation {
    const fn from_code(code: i32) -> Self {
        match code {
            0 => Self::Discard,
            1 => Self::ClearCall,
            2 => Self::Reject,
            other => Self::Other(other),
        }
    }

    const fn code(self) -> i32 {
        match self {
            Self::Discard => 0,
            Self::ClearCall => 1,
            Self::Reject => 2,
            Self::Other(code) => code,
        }
    }
}

/// The three fields, each of which may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Extension {
    /// From which exchange and for which; also `None` when it came and could not be read.
    pub network: Option<NetworkFacility>,
    /// Protocol of what follows, 0 to 254; remote operations when it is missing.
    pub protocol: Option<i32>,
    /// What to do with an invoke that is not recognised.
    pub interpretation: Option<Interpretation>,
}

impl Extension {
    pub(super) fn take(values: &mut Reader<'_>) -> Result<Self, Malformed> {
        let network = values.optional(NETWORK_FACILITY)?;
        // What is said of the exchanges is not acted on, so that one that cannot be read (an NSAP address, say) spoils nothing.
        let network = network.and_then(|network| NetworkFacility::read(&mut network.reader().ok()?).ok());
        let protocol = values.optional(PROTOCOL)?.map(|protocol| protocol.integer()).transpose()?;
        let interpretation = values.optional(INTERPRETATION)?.map(|value| value.integer()).transpose()?;
        Ok(Self { network, protocol, interpretation: interpretation.map(Interpretation::from_code) })
    }

    pub(super) fn emit(&self) -> Vec<u8> {
        let network = self.network.as_ref().map(NetworkFacility::emit).unwrap_or_default();
        let protocol = self.protocol.map(|protocol| ber::integer(PROTOCOL, protocol)).unwrap_or_default();
        let interpretation = self.interpretation.map(|value| ber::integer(INTERPRETATION, value.code())).unwrap_or_default();
        [network, protocol, interpretation].concat()
    }
}
