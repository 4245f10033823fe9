//! Jitter buffer for audio of an octet a timestamp unit (G.711, G.722 at 64 kbit/s, clear mode): packets in by timestamp, 10 ms blocks out.
//!
//! A [`ring`] addressed by RTP timestamp, so packets of any length, in any order, meet in the right place. The caller has
//! already sorted out duplicates ([`crate::reception`]) and conceals what [`Buffer::pull`] says is missing
//! ([`crate::concealment`]).
//!
//! **Time is the line's.** The buffer counts the blocks pulled; a packet's delay is the number of the first pull that can
//! have it, less its timestamp ([`delay`]). What the thread that pulls does late is jitter like any other.
//!
//! **Adaptive depth** ([`Mode::Adaptive`]). Wanted is the smallest delay for which all but one packet in 170 of the last 512
//! were in time; while the jitter is small, where it costs little, a block more, so that drift is noticed before packets
//! are late.
//!
//! - *Grow at once:* a block that is not there when due is concealed while the play position stands still. If its packet
//!   comes meanwhile and the buffer is to be deeper, the packet is played whole and the buffer is deeper by that time; if
//!   not, what was concealed of it is cut off. If it never comes, the position jumps over as much of the hole as was
//!   concealed, and the depth is what it was. While the depth is less than wanted, the concealment may go on for two
//!   blocks more. When the buffer was empty it becomes deeper by the whole wait: there was nothing to play.
//! - *Otherwise in silence:* a block is inserted where the audio has been quiet for 30 ms when the depth is less than
//!   wanted, and left out there when it has been more than wanted for a while (the longer the smaller the surplus is). In a
//!   hole a block is left out too: there is nothing to lose. Audio that is never quiet loses a block each 10 s at most.
//! - After announced silence the next packet starts playout at the wanted delay.
//!
//! **Fixed depth** ([`Mode::Fixed`]):
//!
//! - **Empty when a block is due:** the first time the play position stays where it is, so that a sender whose clock is
//!   slow inserts one block; it moves on from the second block, so that an outage does not add delay.
//! - **Always too full:** when even the lowest fill of 2 s is a block above the depth, one block is left out, in the next
//!   quiet place or 4 s later.
//!
//! **Data** ([`Mode::Data`]): as fixed, but nothing is left out until a burst overfills it.
//!
//! All of them:
//!
//! - **Far too full** (a burst after an outage): the oldest audio is dropped down to the depth.
//! - **Always late, or empty for long:** playout starts anew with the next packet.
//! - **A timestamp far off** counts only when the next packet continues there.
//!
//! Left out: slips shorter than a block; codecs that are not one octet a timestamp unit (a packet ring for them can use [`delay`]).

mod buffer;
pub mod delay;
mod loudness;
mod playout;
mod ring;

pub use buffer::Buffer;

use crate::Law;

/// Longest payload accepted: 200 ms, the largest packet time that peers announce.
pub const LONGEST_PAYLOAD: usize = 1600;

/// How deep the buffer is. Depths are brought into 10 to 200 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Follows the jitter.
    Adaptive {
        /// Audio that waits before playout starts for the first time, in ms; 40 is usual.
        start_ms: u16,
        /// The least that the fastest packets wait, in ms; 10 is usual.
        least_ms: u16,
        /// The most that they wait, in ms.
        most_ms: u16,
    },
    /// Always the same, but for slips that keep up with the sender's clock.
    Fixed {
        /// Audio that waits before playout starts, in ms.
        depth_ms: u16,
    },
    /// Always the same, and nothing is put in or left out but when it is empty or overfull: fax and data.
    Data {
        /// Audio that waits before playout starts, in ms.
        depth_ms: u16,
    },
}

impl Mode {
    /// Voice: 40 ms at first, then 10 to 200 ms.
    pub const VOICE: Self = Self::Adaptive { start_ms: 40, least_ms: 10, most_ms: 200 };
}

/// What the octets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Samples of this law, whose loudness can be seen.
    Companded(Law),
    /// Anything else: never quiet, and this octet stands for what is missing.
    Opaque(u8),
}

/// Counts of what the buffer did, since it was made.
///
/// Blocks pulled since playout started = blocks that the play position moved on + `slips_inserted` - `slips_dropped` -
/// `overflow_blocks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JitterCounters {
    /// Packets wholly behind the play position.
    pub late: u64,
    /// Times that the oldest audio was dropped because a burst arrived.
    pub overflows: u64,
    /// Blocks that these dropped.
    pub overflow_blocks: u64,
    /// Times that playout started anew because all packets were late.
    pub resyncs: u64,
    /// Times that the timestamps jumped and stayed there.
    pub timestamp_jumps: u64,
    /// Packets with a timestamp far off, not played.
    pub stray_timestamps: u64,
    /// Blocks due while the buffer was empty.
    pub underruns: u64,
    /// Blocks in which samples were missing although later ones had come: lost or late packets.
    pub concealed: u64,
    /// Blocks by which playout fell behind: for clock drift, for a deeper buffer.
    pub slips_inserted: u64,
    /// Blocks left out: for clock drift, for a shallower buffer.
    pub slips_dropped: u64,
}

/// What a block for the line was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Played {
    /// Received audio, whole.
    Audio,
    /// Received audio with holes, or nothing but a hole.
    Concealed,
    /// The buffer was empty although audio was expected.
    Underrun,
    /// Put in between received audio in a quiet place.
    Inserted,
    /// Nothing was expected: before the start, while filling, in announced silence.
    Idle,
}

/// How long packets wait, in the words of RFC 3611 section 4.7.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Wait of a packet that came with the mean delay, in ms ("jitter buffer nominal delay").
    pub nominal_ms: u16,
    /// Wait of the earliest packet of the last 512, in ms ("jitter buffer maximum delay").
    pub maximum_ms: u16,
    /// The largest maximum that the mode allows, in ms ("jitter buffer absolute maximum delay").
    pub absolute_maximum_ms: u16,
}

/// Signed distance on the circle of timestamps.
const fn distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from).cast_signed()
}
