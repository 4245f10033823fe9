//! ITU-T G.722 at 64 kbit/s: [`Encoder`] and [`Decoder`].
//!
//! The audio side is 16000 samples a second, or 8000 where the other leg is a telephone line: then the upper band is left out,
//! and the octets remain G.722 for everybody. An octet stands for 1/8000 s either way (RFC 3551 section 4.5.2 gives its RTP
//! clock as 8000). Left out: 56 and 48 kbit/s.

mod decoder;
mod encoder;

pub use decoder::Decoder;
pub use encoder::Encoder;

use crate::ffi;
use std::ffi::c_int;

const BIT_RATE: c_int = 64_000;

/// Samples a second of the audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AudioRate {
    /// 16000: two samples an octet.
    Wide,
    /// 8000: one sample an octet.
    Narrow,
}

impl AudioRate {
    /// Samples for one octet.
    pub fn samples_per_octet(self) -> usize {
        match self {
            Self::Wide => 2,
            Self::Narrow => 1,
        }
    }

    fn options(self) -> c_int {
        match self {
            Self::Wide => 0,
            Self::Narrow => ffi::G722_SAMPLE_RATE_8000,
        }
    }
}
