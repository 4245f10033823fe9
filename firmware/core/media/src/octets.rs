//! Checked reading and writing of big-endian fields. No index, no panic: a short buffer is a value.

use thiserror::Error;

/// The buffer handed in is too small for what was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("buffer of {have} octets is too small for {needed}")]
pub struct NoRoom {
    /// Octets that the whole would take.
    pub needed: usize,
    /// Octets that the buffer has.
    pub have: usize,
}

/// Takes fields off the front of a slice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*taken)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[octet]| octet)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }
}

/// Puts fields into a slice, remembering when one did not fit.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl<'a> Writer<'a> {
    pub(crate) const fn new(buffer: &'a mut [u8]) -> Self {
        Self { buffer, length: 0 }
    }

    pub(crate) fn put(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        if let Some(target) = self.buffer.get_mut(self.length..end) {
            target.copy_from_slice(bytes);
        }
        self.length = end;
    }

    pub(crate) fn zeros(&mut self, count: usize) {
        let end = self.length.saturating_add(count);
        if let Some(target) = self.buffer.get_mut(self.length..end) {
            target.fill(0);
        }
        self.length = end;
    }

    pub(crate) const fn finish(self) -> Result<usize, NoRoom> {
        if self.length <= self.buffer.len() {
            Ok(self.length)
        } else {
            Err(NoRoom { needed: self.length, have: self.buffer.len() })
        }
    }
}
