//! Sender of connect tones (modem_connect_tones.c; the V.21 preamble by fsk.c), at -11 or -12 dBm0 (T.30: -12 to -15 at the
//! exchange, V.25 likewise; V.21 at -14).
//!
//! CNG and calling tone repeat for ever. The answer tones begin with 0.2 s of silence and last 2.6 s (ANS, Bell), 3.3 s (ANS
//! with reversals) or 5 s (ANSam). The V.21 preamble lasts 1 s (T.30 section 5.3.1: 1 s, within 15 %).

use super::Tone;
use crate::Error;
use crate::ffi;
use crate::fsk;
use crate::handle::{Handle, Movable, PIECE, length};

/// Flags of the preamble: 300 bits, 1 s.
const FLAGS: usize = 38;
/// 0.2 s of silence, as before the others.
const SILENCE: usize = 1600;

// SAFETY: modem_connect_tones.c, dds_int.c: `modem_connect_tones_tx` writes the context only; no statics but constants. No
// thread-local storage.
unsafe impl Movable for ffi::modem_connect_tones_tx_state_t {}

#[derive(Debug)]
enum Source {
    Tone(Handle<ffi::modem_connect_tones_tx_state_t>),
    Preamble { silence: usize, modem: fsk::Sender },
}

/// Sends one tone into the audio of one channel, 8000 samples a second.
#[derive(Debug)]
pub struct Sender {
    source: Source,
}

impl Sender {
    /// A sender that begins with the next sample.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn new(tone: Tone) -> Result<Self, Error> {
        if tone == Tone::V21Preamble {
            let mut modem = fsk::Sender::new(fsk::Modem::V21Channel2, -14)?;
            modem.push_flags(FLAGS)?;
            return Ok(Self { source: Source::Preamble { silence: SILENCE, modem } });
        }
        // SAFETY: a null context makes modem_connect_tones_tx_init allocate one; its destructor frees it.
        let made = unsafe {
            Handle::new(
                "connect tone sender",
                || ffi::modem_connect_tones_tx_init(std::ptr::null_mut(), tone.code()),
                ffi::modem_connect_tones_tx_free,
            )
        };
        Ok(Self { source: Source::Tone(made?) })
    }

    /// Fills `samples`, with silence behind the end of the tone, and says how many samples belong to it.
    pub fn tx(&mut self, samples: &mut [i16]) -> usize {
        match &mut self.source {
            Source::Tone(handle) => tone(handle, samples),
            Source::Preamble { silence, modem } => {
                let (before, rest) = samples.split_at_mut((*silence).min(samples.len()));
                before.fill(0);
                *silence -= before.len();
                before.len() + modem.tx(rest)
            }
        }
    }
}

fn tone(handle: &mut Handle<ffi::modem_connect_tones_tx_state_t>, samples: &mut [i16]) -> usize {
    let mut made = 0;
    for piece in samples.chunks_mut(PIECE) {
        // Between two bursts of CNG one sample is passed over by spandsp.
        piece.fill(0);
        // SAFETY: the context is ours and writes `piece` within its length.
        let now = unsafe { ffi::modem_connect_tones_tx(handle.raw(), piece.as_mut_ptr(), length(piece)) };
        made += usize::try_from(now).unwrap_or(0);
    }
    made
}
