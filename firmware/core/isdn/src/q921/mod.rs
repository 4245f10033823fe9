//! Q.921 (LAPD): multiple frame acknowledged operation on a point-to-point link.
//!
//! States and reactions are those of Q.921 annex B from state 4 on (the TEI is fixed on a primary rate interface).
//! Left out: TEI management, the modulo 8 single-frame mode, and XID parameter negotiation (received XID is ignored).
//!
//! ```
//! # use std::time::Instant;
//! # fn drive(now: Instant, received: &[u8]) {
//! use isdn::{Side, q921};
//!
//! let mut link = q921::Link::new(Side::User, q921::Config::new(Side::User));
//! link.establish(now);                // DL-ESTABLISH request
//! link.handle_frame(now, received);   // from the D-channel
//! link.handle_timeout(now);           // a spurious call does nothing
//! while let Some(frame) = link.poll_transmit() { /* to the D-channel */ }
//! while let Some(event) = link.poll_event() { /* to layer 3 */ }
//! let wake = link.poll_timeout();
//! # }
//! ```

mod frame;
mod link;
mod multiframe;
mod received;
mod timer;

use std::time::Duration;

pub use frame::{Address, Body, Frame, Malformed, Supervisory, Unnumbered};
pub use link::Link;
pub use timer::{TIMERS, Timer, TimerRow};

use crate::Side;

/// SAPI of call control (Q.921 table 2).
pub const SAPI_CALL_CONTROL: u8 = 0;
/// TEI of a point-to-point primary rate link.
pub const TEI_PRIMARY_RATE: u8 = 0;

/// Parameters of a link (Q.921 5.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Name of the span, for log lines.
    pub name: String,
    /// T200: 1 s by default.
    pub t200: Duration,
    /// T203: 10 s by default.
    pub t203: Duration,
    /// N200: how often a command is repeated, 3 by default.
    pub n200: u8,
    /// N201: octets in an information field, 260 by default.
    pub n201: usize,
    /// k: unacknowledged I frames at a time, 1 to 127; 7 by default on a 64 kbit/s D-channel.
    pub window: u8,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: String::new(),
            t200: Timer::T200.default_duration(),
            t203: Timer::T203.default_duration(),
            n200: 3,
            n201: 260,
            window: 7,
        }
    }
}

impl Config {
    /// Defaults by side: T203 of the two sides is one second apart, so that they do not poll each other at once.
    #[must_use]
    pub fn new(side: Side) -> Self {
        let offset = Duration::from_millis(500);
        let defaults = Self::default();
        let t203 = match side {
            Side::User => defaults.t203 + offset,
            Side::Network => defaults.t203.saturating_sub(offset),
        };
        Self { t203, ..defaults }
    }
}

/// What the link tells layer 3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The link is up (DL-ESTABLISH indication or confirm).
    Established,
    /// The established link was set up anew, by either end. Q.921 tells layer 3 only when messages may be `lost`
    /// (DL-ESTABLISH indication); the rest is for those who want to know that the far end may have restarted.
    Reset {
        /// Whether an I frame was unacknowledged.
        lost: bool,
    },
    /// The link is down (DL-RELEASE indication or confirm).
    Released,
    /// A message (DL-DATA indication).
    Data(Vec<u8>),
    /// An unacknowledged message (DL-UNIT DATA indication).
    UnitData(Vec<u8>),
    /// Something went wrong (MDL-ERROR indication). What had to be done about it is done.
    Error(MdlError),
}

/// Error codes of the MDL-ERROR indication (Q.921 table II.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MdlError {
    /// A supervisory response with F=1 that nobody asked for.
    A,
    /// A DM with F=1 that nobody asked for.
    B,
    /// A UA with F=1 that nobody asked for.
    C,
    /// A UA with F=0.
    D,
    /// A DM with F=0: the far end has left multiple frame operation.
    E,
    /// A SABME on an established link: the far end started anew.
    F,
    /// N200 repeats of SABME were not answered.
    G,
    /// N200 repeats of DISC were not answered.
    H,
    /// N200 polls were not answered.
    I,
    /// N(R) acknowledges what was not sent.
    J,
    /// The far end sent FRMR.
    K,
    /// An undefined control field.
    L,
    /// An information field where none is permitted.
    M,
    /// A frame of wrong length.
    N,
    /// An information field longer than N201.
    O,
}

/// Why [`Link::data`] did not take a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The link is not established.
    #[error("the data link is down")]
    Down,
    /// The message is longer than N201.
    #[error("message of {octets} octets exceeds n201 of {n201}")]
    TooLong {
        /// Its length.
        octets: usize,
        /// The limit.
        n201: usize,
    },
}

/// Counters of a link since it was created.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Frames of any kind sent.
    pub frames_sent: u64,
    /// Frames of any kind received, well formed and for this link.
    pub frames_received: u64,
    /// I frames sent for the first time.
    pub i_sent: u64,
    /// I frames sent again.
    pub i_repeated: u64,
    /// I frames received in sequence.
    pub i_received: u64,
    /// I frames received out of sequence, or while busy, and dropped.
    pub i_dropped: u64,
    /// REJ sent.
    pub rej_sent: u64,
    /// REJ received.
    pub rej_received: u64,
    /// RNR received.
    pub rnr_received: u64,
    /// T200 expired.
    pub t200_expired: u64,
    /// T203 expired.
    pub t203_expired: u64,
    /// Bytes that were no frame.
    pub malformed: u64,
    /// Frames with another SAPI or TEI.
    pub not_for_us: u64,
    /// Commands marked as responses and the reverse: a looped line, or both ends on the same side.
    pub wrong_direction: u64,
    /// Of these, copies of the command that was sent last, back so soon that the line must be looped.
    pub looped: u64,
    /// Of these, SABME that are no such copies: the far end is on this end's side.
    pub same_side: u64,
    /// SABME received.
    pub sabme_received: u64,
    /// DISC received.
    pub disc_received: u64,
    /// DM received.
    pub dm_received: u64,
    /// Frames which the state ignores.
    pub ignored: u64,
    /// MDL-ERROR indications.
    pub errors: u64,
    /// Times the link came up or was set up anew.
    pub established: u64,
    /// Times the link went down.
    pub released: u64,
}
