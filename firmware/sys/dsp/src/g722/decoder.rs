//! G.722 decoder (g722.c).

use super::{AudioRate, BIT_RATE};
use crate::Error;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, length};

// SAFETY: g722.c, vector_int.c: `g722_decode` writes the context only; all tables are constant. No thread-local storage.
unsafe impl Movable for ffi::g722_decode_state_t {}

/// Decodes one stream. Any octets are valid.
#[derive(Debug)]
pub struct Decoder {
    handle: Handle<ffi::g722_decode_state_t>,
    rate: AudioRate,
}

impl Decoder {
    /// A decoder at the start of a stream.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn new(rate: AudioRate) -> Result<Self, Error> {
        // SAFETY: a null context makes g722_decode_init allocate one; g722_decode_free frees it.
        let made = unsafe {
            Handle::new(
                "G.722 decoder",
                || ffi::g722_decode_init(std::ptr::null_mut(), BIT_RATE, rate.options()),
                ffi::g722_decode_free,
            )
        };
        Ok(Self { handle: made?, rate })
    }

    /// Decodes all of `octets` into all of `samples`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] unless there are [`AudioRate::samples_per_octet`] samples for each octet.
    pub fn decode(&mut self, octets: &[u8], samples: &mut [i16]) -> Result<(), Error> {
        let per_octet = self.rate.samples_per_octet();
        let expected = octets.len().saturating_mul(per_octet);
        if samples.len() != expected {
            return Err(Error::Length { what: "samples to decode into", found: samples.len(), expected });
        }
        for (from, to) in octets.chunks(PIECE).zip(samples.chunks_mut(PIECE * per_octet)) {
            // SAFETY: the context is ours; it reads `from` and writes `per_octet` samples for each, as many as `to` has.
            unsafe { ffi::g722_decode(self.handle.raw(), to.as_mut_ptr(), from.as_ptr(), length(from)) };
        }
        Ok(())
    }
}
