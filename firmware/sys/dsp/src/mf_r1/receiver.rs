//! MF R1 receiver (bell_r2_mf.c).
//!
//! It works in blocks of 120 samples (15 ms) and wants two alike for a digit, four for KP, after two that were different. Its
//! lowest level is -30.5 dBm0 a frequency, the twist it bears 6 dB.

use super::Signal;
use crate::Error;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, length};
use std::ffi::c_char;

// SAFETY: bell_r2_mf.c: `bell_mf_rx` and `bell_mf_rx_get` write the context only; the table `bell_mf_detect_desc` is written by
// the first `bell_mf_rx_init`. No thread-local storage.
unsafe impl Movable for ffi::bell_mf_rx_state_t {}

/// Listens for signals in the audio of one channel, 8000 samples a second.
#[derive(Debug)]
pub struct Receiver {
    handle: Handle<ffi::bell_mf_rx_state_t>,
}

impl Receiver {
    /// A receiver that has heard nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn new() -> Result<Self, Error> {
        // SAFETY: a null context makes bell_mf_rx_init allocate one; bell_mf_rx_free frees it.
        let made = unsafe {
            Handle::new(
                "MF R1 receiver",
                || ffi::bell_mf_rx_init(std::ptr::null_mut(), None, std::ptr::null_mut()),
                ffi::bell_mf_rx_free,
            )
        };
        Ok(Self { handle: made? })
    }

    /// Takes the next samples. Up to 128 signals wait to be polled; more are lost.
    pub fn rx(&mut self, samples: &[i16]) {
        for piece in samples.chunks(PIECE) {
            // SAFETY: the context is ours and reads `piece` within its length.
            unsafe { ffi::bell_mf_rx(self.handle.raw(), piece.as_ptr(), length(piece)) };
        }
    }

    /// The oldest signal that was not polled yet.
    pub fn poll_signal(&mut self) -> Option<Signal> {
        // One character and the zero that bell_mf_rx_get writes behind it.
        let mut code = [0_u8; 2];
        // SAFETY: the context is ours; with `max` of 1 at most two characters are written.
        let count = unsafe { ffi::bell_mf_rx_get(self.handle.raw(), code.as_mut_ptr().cast::<c_char>(), 1) };
        let [code, _] = code;
        (count == 1).then(|| Signal::from_code(code)).flatten()
    }
}
