//! MF R2 sender (bell_r2_mf.c): one signal, at -11 dBm0 a frequency (Q.454: -11.5, within 1 dB), until it is told otherwise.

use super::{Direction, Signal};
use crate::Error;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, length};
use std::ffi::c_char;

// SAFETY: bell_r2_mf.c, tone_generate.c: `r2_mf_tx` and `r2_mf_tx_put` write the context only; the tables
// `r2_mf_fwd_digit_tones` and `r2_mf_back_digit_tones` are written by the first `r2_mf_tx_init`. No thread-local storage.
unsafe impl Movable for ffi::r2_mf_tx_state_t {}

/// Sends the signals of one direction, 8000 samples a second.
#[derive(Debug)]
pub struct Sender {
    handle: Handle<ffi::r2_mf_tx_state_t>,
}

impl Sender {
    /// A sender that is silent.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn new(direction: Direction) -> Result<Self, Error> {
        let forward = direction == Direction::Forward;
        // SAFETY: a null context makes r2_mf_tx_init allocate one; r2_mf_tx_free frees it.
        let made =
            unsafe { Handle::new("MF R2 sender", || ffi::r2_mf_tx_init(std::ptr::null_mut(), forward), ffi::r2_mf_tx_free) };
        Ok(Self { handle: made? })
    }

    /// What is sent from the next sample on; `None` is silence.
    pub fn send(&mut self, signal: Option<Signal>) {
        let code = signal.map_or(0, Signal::code);
        // SAFETY: the context is ours; it looks the character up and stores the tones. All codes are ASCII.
        unsafe { ffi::r2_mf_tx_put(self.handle.raw(), code as c_char) };
    }

    /// Fills `samples`.
    pub fn tx(&mut self, samples: &mut [i16]) {
        for piece in samples.chunks_mut(PIECE) {
            piece.fill(0);
            // SAFETY: the context is ours and writes `piece` within its length.
            unsafe { ffi::r2_mf_tx(self.handle.raw(), piece.as_mut_ptr(), length(piece)) };
        }
    }
}
