//! FSK modems with bytes in start-stop framing (one start bit, eight data bits lowest first, one stop bit), as caller id uses
//! them: [`Receiver`] and [`Sender`].
//!
//! Caller id by ETSI EN 300 659 is V.23 forward, by Telcordia GR-30 Bell 202. What the bytes mean, the checksum and the
//! timing against ringing are left to the line's machine.

mod receiver;
mod sender;

pub use receiver::{Event, Receiver};
pub use sender::Sender;

use crate::ffi;
use std::ffi::c_int;

/// Frequencies and speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Modem {
    /// 1200 bit/s, mark 1200 Hz, space 2200 Hz.
    Bell202,
    /// V.23 mode 2, forward channel: 1200 bit/s, mark 1300 Hz, space 2100 Hz.
    V23Forward,
    /// V.23 backward channel: 75 bit/s, mark 390 Hz, space 450 Hz.
    V23Backward,
    /// V.21 channel 1: 300 bit/s, mark 980 Hz, space 1180 Hz.
    V21Channel1,
    /// V.21 channel 2: 300 bit/s, mark 1650 Hz, space 1850 Hz.
    V21Channel2,
}

impl Modem {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Bell202, Self::V23Forward, Self::V23Backward, Self::V21Channel1, Self::V21Channel2];

    /// Bits a second.
    pub fn bit_rate(self) -> u32 {
        match self {
            Self::Bell202 | Self::V23Forward => 1200,
            Self::V23Backward => 75,
            Self::V21Channel1 | Self::V21Channel2 => 300,
        }
    }

    /// What to tell fsk.c so that -30 dBm0 is the least level. Its measure of power falls off towards low frequencies, by some
    /// 10 dB at 420 Hz.
    fn cutoff_dbm0(self) -> f32 {
        match self {
            Self::V23Backward => -40.0,
            Self::Bell202 | Self::V23Forward | Self::V21Channel1 | Self::V21Channel2 => -30.0,
        }
    }

    /// spandsp's constants for it, of static lifetime.
    fn spec(self) -> *const ffi::fsk_spec_t {
        let preset: c_int = match self {
            Self::Bell202 => ffi::FSK_BELL202,
            Self::V23Forward => ffi::FSK_V23CH1,
            Self::V23Backward => ffi::FSK_V23CH2,
            Self::V21Channel1 => ffi::FSK_V21CH1,
            Self::V21Channel2 => ffi::FSK_V21CH2,
        };
        // SAFETY: a constant array of the library, never written; all positions above are below its length of eleven.
        let presets = unsafe { &*std::ptr::addr_of!(ffi::preset_fsk_specs) };
        usize::try_from(preset).ok().and_then(|at| presets.get(at)).map_or(std::ptr::null(), std::ptr::from_ref)
    }
}
