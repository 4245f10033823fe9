//! Tones by which fax machines and modems meet: [`Receiver`] for one kind, and [`Sender`].
//!
//! | tone | what | clause |
//! |---|---|---|
//! | [`Tone::Cng`] | 1100 Hz, 0.5 s of every 3.5 s: a calling fax | T.30 section 4.3.3.3 |
//! | [`Tone::Ced`] | 2100 Hz: an answering fax or modem (ANS) | T.30 section 4.3.3.2, V.25 |
//! | [`Tone::CedPhaseReversed`] | the same, reversed every 450 ms: also disables echo cancellers | V.25, G.168 |
//! | [`Tone::AnsAm`] | 2100 Hz, amplitude modulated by 15 Hz | V.8 |
//! | [`Tone::AnsAmPhaseReversed`] | both: the answer of a V.34 modem or fax | V.8 |
//! | [`Tone::V21Preamble`] | flags at 300 bit/s before each fax message | T.30 section 5.3.1 |
//! | [`Tone::BellAnswer`] | 2225 Hz: an answering Bell modem | |
//! | [`Tone::Calling`] | 1300 Hz, 0.6 s of every 2.6 s: a calling modem | V.25 |
//!
//! V.8's CI and CM, and what fax machines say in V.21, are for the modems themselves.

mod receiver;
mod sender;

pub use receiver::{Event, Listen, Receiver};
pub use sender::Sender;

use crate::ffi;
use std::ffi::c_int;

/// A tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Calling fax.
    Cng,
    /// Answering fax or modem: ANS.
    Ced,
    /// ANS with phase reversals.
    CedPhaseReversed,
    /// ANSam.
    AnsAm,
    /// ANSam with phase reversals.
    AnsAmPhaseReversed,
    /// V.21 channel 2 flags.
    V21Preamble,
    /// Bell modem's answer.
    BellAnswer,
    /// Calling modem.
    Calling,
}

impl Tone {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Cng,
        Self::Ced,
        Self::CedPhaseReversed,
        Self::AnsAm,
        Self::AnsAmPhaseReversed,
        Self::V21Preamble,
        Self::BellAnswer,
        Self::Calling,
    ];

    /// spandsp's number.
    fn code(self) -> c_int {
        match self {
            Self::Cng => ffi::MODEM_CONNECT_TONES_FAX_CNG,
            Self::Ced => ffi::MODEM_CONNECT_TONES_ANS,
            Self::CedPhaseReversed => ffi::MODEM_CONNECT_TONES_ANS_PR,
            Self::AnsAm => ffi::MODEM_CONNECT_TONES_ANSAM,
            Self::AnsAmPhaseReversed => ffi::MODEM_CONNECT_TONES_ANSAM_PR,
            Self::V21Preamble => ffi::MODEM_CONNECT_TONES_FAX_PREAMBLE,
            Self::BellAnswer => ffi::MODEM_CONNECT_TONES_BELL_ANS,
            Self::Calling => ffi::MODEM_CONNECT_TONES_CALLING_TONE,
        }
    }

    /// The tone of that number; `None` for "no tone" too.
    fn from_code(code: c_int) -> Option<Self> {
        Self::ALL.into_iter().find(|tone| tone.code() == code && code != ffi::MODEM_CONNECT_TONES_NONE)
    }
}
