//! FSK receiver (fsk.c): bytes, and when the carrier comes and goes.
//!
//! fsk.c finds the bits, by their transitions; bytes are put together here. (It has a mode of its own for that, which lost or
//! garbled most bytes that came back to back at 1200 bit/s.) A byte counts when its stop bit was there; else it is a framing error, and
//! the next space begins another. Speech makes some: the caller looks for a message with a checksum.

use super::Modem;
use crate::Error;
use crate::events::Events;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, Shared, in_callback, length};
use std::cell::Cell;
use std::ffi::{c_int, c_void};

/// Events between two polls: two seconds at 1200 bit/s.
const EVENTS: usize = 256;

// SAFETY: fsk.c, power_meter.c, dds_int.c: `fsk_rx` and `fsk_rx_fillin` write the context only; `preset_fsk_specs` and the sine
// table are constant. No thread-local storage.
unsafe impl Movable for ffi::fsk_rx_state_t {}

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A signal loud enough (-30 dBm0 or more) is there; what it is remains to be seen.
    CarrierUp,
    /// It is gone.
    CarrierDown,
    /// A byte.
    Byte(u8),
}

/// Listens in the audio of one channel, 8000 samples a second.
#[derive(Debug)]
pub struct Receiver {
    handle: Handle<ffi::fsk_rx_state_t>,
    framing: Shared<Framing>,
}

/// Where a byte begins and ends.
#[derive(Debug)]
struct Framing {
    events: Events<Event>,
    /// The bits since the start bit, the first lowest, above a 1 that marks how many there are; 0 between bytes.
    byte: Cell<u16>,
    errors: Cell<u32>,
}

/// Nothing but the mark.
const STARTED: u16 = 1;
/// The mark after eight bits.
const EIGHT: u16 = 1 << 8;

impl Framing {
    fn bit(&self, mark: bool) {
        match (self.byte.get(), mark) {
            (0, true) => {}
            (0, false) => self.byte.set(STARTED),
            (byte, _) if byte & EIGHT == 0 => self.byte.set(byte << 1 | u16::from(mark)),
            (byte, true) => {
                self.byte.set(0);
                // The first bit is the lowest, and came to lie highest.
                let [_, low] = byte.to_be_bytes();
                self.events.push(Event::Byte(low.reverse_bits()));
            }
            (_, false) => {
                self.byte.set(0);
                self.errors.set(self.errors.get().saturating_add(1));
            }
        }
    }

    fn carrier(&self, event: Event) {
        self.byte.set(0);
        self.events.push(event);
    }
}

unsafe extern "C" fn put_bit(user_data: *mut c_void, bit: c_int) {
    let note = |framing: &Framing| match bit {
        ffi::SIG_STATUS_CARRIER_UP => framing.carrier(Event::CarrierUp),
        ffi::SIG_STATUS_CARRIER_DOWN => framing.carrier(Event::CarrierDown),
        0 => framing.bit(false),
        1 => framing.bit(true),
        _ => {}
    };
    // SAFETY: `Receiver::new` registered this with the state that it owns; fsk.c calls it from `fsk_rx` only.
    unsafe { in_callback(user_data, (), note) }
}

impl Receiver {
    /// A receiver that has heard nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn new(modem: Modem) -> Result<Self, Error> {
        let framing = Framing { events: Events::new(EVENTS), byte: Cell::new(0), errors: Cell::new(0) };
        let framing = Shared::new(framing);
        let user_data = framing.user_data();
        // SAFETY: a null context makes fsk_rx_init allocate one; fsk_rx_free frees it. The spec is static and read only in the
        // call. `framing` outlives the context, as fields are dropped in order.
        let made = unsafe {
            Handle::new(
                "FSK receiver",
                || ffi::fsk_rx_init(std::ptr::null_mut(), modem.spec(), ffi::FSK_FRAME_MODE_ASYNC, Some(put_bit), user_data),
                ffi::fsk_rx_free,
            )
        };
        let mut handle = made?;
        // SAFETY: the context is ours; it stores two numbers.
        unsafe { ffi::fsk_rx_set_signal_cutoff(handle.raw(), modem.cutoff_dbm0()) };
        Ok(Self { handle, framing })
    }

    /// Takes the next samples, as many as there are.
    pub fn rx(&mut self, samples: &[i16]) {
        for piece in samples.chunks(PIECE) {
            // SAFETY: the context is ours and reads `piece` within its length.
            unsafe { ffi::fsk_rx(self.handle.raw(), piece.as_ptr(), length(piece)) };
        }
    }

    /// In place of samples that were lost: carrier and bit timing stay.
    pub fn fill_in(&mut self, samples: usize) {
        let samples = c_int::try_from(samples.min(PIECE)).unwrap_or(0);
        // SAFETY: the context is ours; fsk_rx_fillin writes it only.
        unsafe { ffi::fsk_rx_fillin(self.handle.raw(), samples) };
    }

    /// The oldest event that was not polled yet.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.framing.get().events.pop()
    }

    /// Bytes so far whose stop bit was missing.
    pub fn framing_errors(&self) -> u32 {
        self.framing.get().errors.get()
    }

    /// Events lost because nobody polled.
    pub fn lost(&self) -> u64 {
        self.framing.get().events.lost()
    }
}
