//! FSK sender (fsk.c): bytes and the runs of bits before a caller id message.
//!
//! ```
//! use dsp::fsk::{Modem, Sender};
//! let mut sender = Sender::new(Modem::V23Forward, -14)?;
//! sender.push_seizure(300)?; // EN 300 659-1: channel seizure, then mark, then the message
//! sender.push_mark(180)?;
//! sender.push_bytes(b"\x80\x02\x01\x00\x7d")?;
//! let mut block = [0; 160];
//! while sender.tx(&mut block) == block.len() { /* to the line */ }
//! # Ok::<(), dsp::Error>(())
//! ```

use super::Modem;
use crate::Error;
use crate::error::within;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, Shared, in_callback, length};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ffi::{c_int, c_void};

/// Bits that may wait: a message of 258 bytes with seizure and mark has 3060.
const QUEUE: usize = 4096;

// SAFETY: fsk.c, dds_int.c: `fsk_tx`, `fsk_tx_restart` and `fsk_tx_power` write the context only; `preset_fsk_specs` and the
// sine table are constant. No thread-local storage.
unsafe impl Movable for ffi::fsk_tx_state_t {}

#[derive(Debug)]
struct Waiting {
    bits: RefCell<VecDeque<bool>>,
    /// True once fsk_tx was told that there is no more: it must be restarted.
    ended: Cell<bool>,
}

/// Sends into the audio of one channel, 8000 samples a second.
#[derive(Debug)]
pub struct Sender {
    handle: Handle<ffi::fsk_tx_state_t>,
    waiting: Shared<Waiting>,
    modem: Modem,
    level_dbm0: i8,
}

unsafe extern "C" fn get_bit(user_data: *mut c_void) -> c_int {
    let next = |waiting: &Waiting| {
        let bit = waiting.bits.try_borrow_mut().ok().and_then(|mut bits| bits.pop_front());
        bit.map_or_else(
            || {
                waiting.ended.set(true);
                ffi::SIG_STATUS_END_OF_DATA
            },
            c_int::from,
        )
    };
    // SAFETY: `Sender::new` registered this with the state that it owns; fsk.c calls it from `fsk_tx` only.
    unsafe { in_callback(user_data, ffi::SIG_STATUS_END_OF_DATA, next) }
}

impl Sender {
    /// A sender with nothing to send, at -40 to 0 dBm0.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for the level, [`Error::NoMemory`].
    pub fn new(modem: Modem, level_dbm0: i8) -> Result<Self, Error> {
        within("level in dBm0", level_dbm0.into(), -40.0, 0.0)?;
        let waiting = Shared::new(Waiting { bits: RefCell::new(VecDeque::with_capacity(QUEUE)), ended: Cell::new(false) });
        let user_data = waiting.user_data();
        // SAFETY: a null context makes fsk_tx_init allocate one; fsk_tx_free frees it. The spec is static and read only in the
        // call. `waiting` outlives the context, as fields are dropped in order.
        let made = unsafe {
            Handle::new(
                "FSK sender",
                || ffi::fsk_tx_init(std::ptr::null_mut(), modem.spec(), Some(get_bit), user_data),
                ffi::fsk_tx_free,
            )
        };
        let mut handle = made?;
        // SAFETY: the context is ours; it stores a number.
        unsafe { ffi::fsk_tx_power(handle.raw(), level_dbm0.into()) };
        Ok(Self { handle, waiting, modem, level_dbm0 })
    }

    /// Queues bytes in start-stop framing, all or none.
    ///
    /// # Errors
    ///
    /// [`Error::QueueFull`], in bits.
    pub fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let framed = |byte: &u8| {
            let byte = *byte;
            let data = (0..8).map(move |place| byte >> place & 1 == 1);
            std::iter::once(false).chain(data).chain(std::iter::once(true))
        };
        self.push(bytes.len().saturating_mul(10), bytes.iter().flat_map(framed))
    }

    /// Queues `bits` alternating bits, the first a space: channel seizure.
    ///
    /// # Errors
    ///
    /// [`Error::QueueFull`].
    pub fn push_seizure(&mut self, bits: usize) -> Result<(), Error> {
        self.push(bits, (0..bits).map(|at| at % 2 == 1))
    }

    /// Queues `bits` of mark.
    ///
    /// # Errors
    ///
    /// [`Error::QueueFull`].
    pub fn push_mark(&mut self, bits: usize) -> Result<(), Error> {
        self.push(bits, std::iter::repeat_n(true, bits))
    }

    /// Queues `flags` HDLC flags back to back, as before a fax message.
    ///
    /// # Errors
    ///
    /// [`Error::QueueFull`], in bits.
    pub fn push_flags(&mut self, flags: usize) -> Result<(), Error> {
        let count = flags.saturating_mul(8);
        self.push(count, (0..count).map(|at| !matches!(at % 8, 0 | 7)))
    }

    fn push(&mut self, count: usize, new: impl Iterator<Item = bool>) -> Result<(), Error> {
        let waiting = self.waiting.get();
        let mut bits = waiting.bits.borrow_mut();
        let room = QUEUE - bits.len().min(QUEUE);
        if count > room {
            return Err(Error::QueueFull { wanted: count, room });
        }
        bits.extend(new);
        drop(bits);
        if waiting.ended.replace(false) {
            // SAFETY: the context is ours; both calls store numbers in it, the spec is static.
            unsafe {
                ffi::fsk_tx_restart(self.handle.raw(), self.modem.spec());
                ffi::fsk_tx_power(self.handle.raw(), self.level_dbm0.into());
            }
        }
        Ok(())
    }

    /// Fills `samples`, with silence behind the last bit, and says how many samples belong to bits.
    pub fn tx(&mut self, samples: &mut [i16]) -> usize {
        let mut made = 0;
        for piece in samples.chunks_mut(PIECE) {
            piece.fill(0);
            // SAFETY: the context is ours and writes `piece` within its length.
            let now = unsafe { ffi::fsk_tx(self.handle.raw(), piece.as_mut_ptr(), length(piece)) };
            made += usize::try_from(now).unwrap_or(0);
        }
        made
    }

    /// Bits that wait.
    pub fn waiting(&self) -> usize {
        self.waiting.get().bits.borrow().len()
    }
}
