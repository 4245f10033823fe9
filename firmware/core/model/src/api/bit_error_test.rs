//! A bit-error test of one timeslot in software, as the control API shows it.

use serde::{Deserialize, Serialize};

/// The pseudo-random sequence of 2^15-1 bits (ITU-T O.150 5.3) is sent on a timeslot that no call has, and looked for in what comes
/// back: from a loop, or from a far end that sends the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BitErrorTest {
    /// The timeslot under test.
    pub timeslot: u8,
    /// Whether the sequence is recognised now.
    pub in_sync: bool,
    /// Bits compared.
    pub bits: u64,
    /// Of these, bits that were wrong.
    pub errors: u64,
    /// Times that the sequence was lost: a slip, an interruption, or a fifth of the bits wrong.
    pub losses: u64,
    /// Blocks that this box itself lost or had nothing to send for: losses of the sequence may come from them.
    pub missed_blocks: u64,
}

/// `PUT` [`super::path::SPAN_BIT_ERROR_TEST`]: what to test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BitErrorTestRequest {
    /// A B-channel that no call has.
    pub timeslot: u8,
}
