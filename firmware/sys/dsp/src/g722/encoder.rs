//! G.722 encoder (g722.c).

use super::{AudioRate, BIT_RATE};
use crate::Error;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, length};

// SAFETY: g722.c, vector_int.c: `g722_encode` writes the context only; all tables are constant. No thread-local storage.
unsafe impl Movable for ffi::g722_encode_state_t {}

/// Encodes one stream.
#[derive(Debug)]
pub struct Encoder {
    handle: Handle<ffi::g722_encode_state_t>,
    rate: AudioRate,
}

impl Encoder {
    /// An encoder at the start of a stream.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn new(rate: AudioRate) -> Result<Self, Error> {
        // SAFETY: a null context makes g722_encode_init allocate one; g722_encode_free frees it.
        let made = unsafe {
            Handle::new(
                "G.722 encoder",
                || ffi::g722_encode_init(std::ptr::null_mut(), BIT_RATE, rate.options()),
                ffi::g722_encode_free,
            )
        };
        Ok(Self { handle: made?, rate })
    }

    /// Encodes all of `samples` into all of `octets`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] unless there are [`AudioRate::samples_per_octet`] samples for each octet.
    pub fn encode(&mut self, samples: &[i16], octets: &mut [u8]) -> Result<(), Error> {
        let per_octet = self.rate.samples_per_octet();
        let expected = octets.len().saturating_mul(per_octet);
        if samples.len() != expected {
            return Err(Error::Length { what: "samples to encode", found: samples.len(), expected });
        }
        for (from, to) in samples.chunks(PIECE * per_octet).zip(octets.chunks_mut(PIECE)) {
            // SAFETY: the context is ours; it reads `from` and writes one octet for `per_octet` samples, as many as `to` has.
            unsafe { ffi::g722_encode(self.handle.raw(), to.as_mut_ptr(), from.as_ptr(), length(from)) };
        }
        Ok(())
    }
}
