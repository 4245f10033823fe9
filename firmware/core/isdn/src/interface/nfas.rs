//! Settings of a group: the spans that are signalled for by D-channels of other spans (Q.931 annex F, non-associated signalling).
//!
//! The span that the rest of the settings describes has interface identifier 0 and the D-channel that is preferred. Any of the others may
//! have a D-channel that stands by. Left out: QSIG, whose channel identification has no octet 3.1, a preferred D-channel on a span with
//! another identifier than 0, and spans of both framings in one group.

use super::Framing;
use crate::q931::Variant;

/// Highest interface identifier that can be configured: seven bits in octet 3.1 (Q.931 4.5.13), of which all ones is left alone.
pub const MAX_INTERFACE: u8 = 126;

/// The further spans of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nfas {
    /// In the order in which their D-channels, where they have one, take over.
    pub spans: Vec<NfasSpan>,
}

/// A further span of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NfasSpan {
    /// Interface identifier, 1 to [`MAX_INTERFACE`], as agreed with the far end (Q.931 4.5.13).
    pub interface: u8,
    /// Whether it has a D-channel, which stands by.
    pub d_channel: bool,
    /// Usable B-channels by number.
    pub channels: Vec<u8>,
    /// B-channels that calls must not use, from the beginning.
    pub out_of_service: Vec<u8>,
}

impl NfasSpan {
    /// A span with a D-channel that stands by: the D-channel's slot is no B-channel, whether it serves or not (Q.931 F.2.1).
    #[must_use]
    pub fn with_backup(interface: u8, framing: Framing) -> Self {
        Self { interface, d_channel: true, channels: framing.b_channels(), out_of_service: Vec::new() }
    }

    /// A span without a D-channel: every slot is a B-channel.
    #[must_use]
    pub fn bearers_only(interface: u8, framing: Framing) -> Self {
        let mut channels = framing.b_channels();
        channels.push(framing.d_channel());
        channels.sort_unstable();
        Self { interface, d_channel: false, channels, out_of_service: Vec::new() }
    }
}

/// Why a group cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadGroup {
    /// Out of range.
    #[error("{0} is no interface identifier: 1 to {MAX_INTERFACE} is")]
    Identifier(u8),
    /// Two spans have it.
    #[error("interface identifier {0} names two spans")]
    Twice(u8),
    /// Channel identification of this variant has no octet 3.1.
    #[error("{0:?} cannot name the span of a channel")]
    Variant(Variant),
}

impl Nfas {
    /// Whether the group can be, for a far end that speaks `variant`.
    ///
    /// # Errors
    /// [`BadGroup`]: an interface with such a group is the span of the first D-channel alone.
    pub fn check(&self, variant: Variant) -> Result<(), BadGroup> {
        if variant == Variant::Qsig {
            return Err(BadGroup::Variant(variant));
        }
        for (index, span) in self.spans.iter().enumerate() {
            if span.interface == 0 || span.interface > MAX_INTERFACE {
                return Err(BadGroup::Identifier(span.interface));
            }
            if self.spans.iter().take(index).any(|before| before.interface == span.interface) {
                return Err(BadGroup::Twice(span.interface));
            }
        }
        Ok(())
    }
}
