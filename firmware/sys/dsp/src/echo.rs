//! spandsp's line echo canceller (echo.c), as the other one that may be chosen: 16 to 128 ms.
//!
//! A least-mean-squares filter in the time domain; its cost grows with the tail. It does not claim to meet ITU-T G.168, and it
//! loses its echo path in double talk. The box's own canceller is `media::echo`.
//!
//! The filter assumes that the echo is no louder than what causes it, and adapts only while what is sent is louder than what
//! comes back.

use crate::Error;
use crate::error::within;
use crate::ffi;
use crate::handle::{Handle, Movable};
use std::ffi::c_int;

/// The shortest tail that it can have, milliseconds.
pub const SHORTEST_TAIL_MS: u16 = 16;
/// Samples in a millisecond.
const PER_MS: u16 = 8;

// SAFETY: echo.c as changed in spandsp-sys/CHANGES.md: `echo_can_update`, `echo_can_flush` and `echo_can_adaption_mode` write the
// context only. (Before, every sample counted up a variable that all cancellers of the process shared.) No thread-local storage.
unsafe impl Movable for ffi::echo_can_state_t {}

/// What it does beside cancelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancellerSettings {
    /// The longest echo it covers, 16 to 128 ms.
    pub tail_ms: u16,
    /// Mutes what is left of the echo while it is small.
    pub suppress_residue: bool,
    /// Puts noise in its place, as loud as what was left when muting began: often nothing. Needs `suppress_residue`.
    pub comfort_noise: bool,
    /// A high-pass at 160 Hz in what comes from the line, against a constant offset.
    pub high_pass: bool,
}

impl Default for CancellerSettings {
    fn default() -> Self {
        Self { tail_ms: 128, suppress_residue: false, comfort_noise: false, high_pass: false }
    }
}

/// Takes the echo of one channel out of what comes from its line, 8000 samples a second.
#[derive(Debug)]
pub struct Canceller {
    handle: Handle<ffi::echo_can_state_t>,
    mode: c_int,
}

impl Canceller {
    /// One that knows nothing of the line yet.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for the tail, [`Error::NoMemory`].
    pub fn new(settings: CancellerSettings) -> Result<Self, Error> {
        within("tail in ms", settings.tail_ms.into(), SHORTEST_TAIL_MS.into(), 128.0)?;
        let modes = [
            (true, ffi::ECHO_CAN_USE_ADAPTION),
            (settings.suppress_residue, ffi::ECHO_CAN_USE_NLP),
            (settings.comfort_noise, ffi::ECHO_CAN_USE_CNG),
            (settings.high_pass, ffi::ECHO_CAN_USE_RX_HPF),
        ];
        let mode = modes.into_iter().filter(|(on, _)| *on).fold(0, |all, (_, one)| all | one);
        let taps = c_int::from(settings.tail_ms * PER_MS);
        // SAFETY: echo_can_init allocates a context for `taps` samples, which echo_can_free frees.
        let made = unsafe { Handle::new("echo canceller", || ffi::echo_can_init(taps, mode), ffi::echo_can_free) };
        Ok(Self { handle: made?, mode })
    }

    /// Cleans `line`, the samples from the line, in place. `reference` are those that were on the line at the same time, sent
    /// to it.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] when the two are not of the same length.
    pub fn process(&mut self, reference: &[i16], line: &mut [i16]) -> Result<(), Error> {
        if reference.len() != line.len() {
            return Err(Error::Length { what: "reference samples", found: reference.len(), expected: line.len() });
        }
        let context = self.handle.raw();
        for (sent, received) in reference.iter().zip(line) {
            // SAFETY: the context is ours for as long as we are borrowed.
            *received = unsafe { ffi::echo_can_update(context, *sent, *received) };
        }
        Ok(())
    }

    /// Adapts or not, for instance not while the reference is in doubt. What was learnt stays.
    pub fn set_adapting(&mut self, adapting: bool) {
        let mode = if adapting { self.mode } else { self.mode & !ffi::ECHO_CAN_USE_ADAPTION };
        // SAFETY: the context is ours; it stores a number.
        unsafe { ffi::echo_can_adaption_mode(self.handle.raw(), mode) };
    }

    /// Forgets the line.
    pub fn reset(&mut self) {
        // SAFETY: the context is ours; its arrays are cleared within their lengths.
        unsafe { ffi::echo_can_flush(self.handle.raw()) };
    }
}
