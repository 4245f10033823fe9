//! MF R1 sender (bell_r2_mf.c): 68 ms of signal and 68 ms of pause at -7 dBm0 a frequency, KP 100 ms (Q.323).

use super::Signal;
use crate::Error;
use crate::dtmf::refused;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, length};
use std::ffi::c_char;

/// `MAX_BELL_MF_DIGITS` of bell_r2_mf.h.
const QUEUE: usize = 128;

// SAFETY: bell_r2_mf.c, tone_generate.c, queue.c: `bell_mf_tx` and `bell_mf_tx_put` write the context only; the table
// `bell_mf_digit_tones` is written by the first `bell_mf_tx_init`. No thread-local storage.
unsafe impl Movable for ffi::bell_mf_tx_state_t {}

/// Sends signals into the audio of one channel, 8000 samples a second.
#[derive(Debug)]
pub struct Sender {
    handle: Handle<ffi::bell_mf_tx_state_t>,
}

impl Sender {
    /// A sender with nothing to send.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn new() -> Result<Self, Error> {
        // SAFETY: a null context makes bell_mf_tx_init allocate one; bell_mf_tx_free frees it.
        let made = unsafe { Handle::new("MF R1 sender", || ffi::bell_mf_tx_init(std::ptr::null_mut()), ffi::bell_mf_tx_free) };
        Ok(Self { handle: made? })
    }

    /// Queues signals, all or none.
    ///
    /// # Errors
    ///
    /// [`Error::NotADigit`] for a digit above 9, [`Error::QueueFull`] above 128 that wait.
    pub fn push(&mut self, signals: &[Signal]) -> Result<(), Error> {
        let mut codes = [0_u8; QUEUE];
        let room = codes.get_mut(..signals.len()).ok_or(Error::QueueFull { wanted: signals.len(), room: QUEUE })?;
        for (code, signal) in room.iter_mut().zip(signals) {
            *code = signal.code()?;
        }
        // SAFETY: the context is ours; as many characters are read as `room` has, never a terminating zero.
        let over = unsafe { ffi::bell_mf_tx_put(self.handle.raw(), room.as_ptr().cast::<c_char>(), length(room)) };
        refused(over, signals.len())
    }

    /// Fills `samples`, with silence behind the last signal's pause, and says how many samples belong to signals and pauses.
    pub fn tx(&mut self, samples: &mut [i16]) -> usize {
        let mut made = 0;
        for piece in samples.chunks_mut(PIECE) {
            piece.fill(0);
            // SAFETY: the context is ours and writes `piece` within its length.
            let now = unsafe { ffi::bell_mf_tx(self.handle.raw(), piece.as_mut_ptr(), length(piece)) };
            made += usize::try_from(now).unwrap_or(0);
        }
        made
    }
}
