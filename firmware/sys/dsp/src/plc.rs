//! Packet loss concealment for narrow-band speech (plc.c, after the idea of ITU-T G.711 appendix I).
//!
//! The last pitch cycle before a hole is repeated, fading to silence in 50 ms; where the signal returns, a quarter of a cycle
//! is blended. Nothing is delayed: what leads into the hole is left as it was.

use crate::Error;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, length};

/// After as much concealed audio as this all is silence, and spandsp need not count on.
const SILENT_AFTER: usize = PIECE;

// SAFETY: plc.c: `plc_rx` and `plc_fillin` write the context only; no statics, no thread-local storage.
unsafe impl Movable for ffi::plc_state_t {}

/// Conceals the holes of one direction of one call, 8000 samples a second.
#[derive(Debug)]
pub struct Concealer {
    handle: Handle<ffi::plc_state_t>,
    /// Samples concealed since the last good ones.
    missing: usize,
}

impl Concealer {
    /// One that has heard nothing: a hole at first is silence.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn new() -> Result<Self, Error> {
        // SAFETY: a null context makes plc_init allocate one; plc_free frees it.
        let made = unsafe { Handle::new("loss concealer", || ffi::plc_init(std::ptr::null_mut()), ffi::plc_free) };
        Ok(Self { handle: made?, missing: 0 })
    }

    /// Passes good samples; the first ones behind a hole are blended in place.
    pub fn good(&mut self, samples: &mut [i16]) {
        if !samples.is_empty() {
            self.missing = 0;
        }
        for piece in samples.chunks_mut(PIECE) {
            // SAFETY: the context is ours and works on `piece` within its length.
            unsafe { ffi::plc_rx(self.handle.raw(), piece.as_mut_ptr(), length(piece)) };
        }
    }

    /// Fills a hole.
    pub fn fill(&mut self, samples: &mut [i16]) {
        for piece in samples.chunks_mut(PIECE) {
            if self.missing > SILENT_AFTER {
                piece.fill(0);
                continue;
            }
            self.missing += piece.len();
            // SAFETY: the context is ours and writes `piece` within its length.
            unsafe { ffi::plc_fillin(self.handle.raw(), piece.as_mut_ptr(), length(piece)) };
        }
    }
}
