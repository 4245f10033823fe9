//! MF R2 receiver (bell_r2_mf.c): when a signal begins and when it ends.
//!
//! It works in blocks of 133 samples (16.6 ms) and decides at the end of each. Its lowest level is -36.5 dBm0 a frequency, the
//! twist it bears 7 dB (Q.455 wants 5 dB for neighbours, 7 dB else). A block in which a signal begins or ends may be taken
//! for no signal, or for a short one at the wrong level: the register waits as Q.457 says.

use super::{Direction, Signal};
use crate::Error;
use crate::events::Events;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, Shared, in_callback, length};
use std::cell::Cell;
use std::ffi::{c_int, c_void};

/// Events between two polls.
const EVENTS: usize = 64;

// SAFETY: bell_r2_mf.c: `r2_mf_rx` writes the context only; the tables `mf_fwd_detect_desc` and `mf_back_detect_desc` are
// written by the first `r2_mf_rx_init`. No thread-local storage.
unsafe impl Movable for ffi::r2_mf_rx_state_t {}

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A signal is there.
    Begin(Signal),
    /// There is none any more.
    End,
}

#[derive(Debug)]
struct Heard {
    events: Events<Event>,
    current: Cell<Option<Signal>>,
}

/// Listens for the signals of one direction, 8000 samples a second.
#[derive(Debug)]
pub struct Receiver {
    handle: Handle<ffi::r2_mf_rx_state_t>,
    heard: Shared<Heard>,
}

unsafe extern "C" fn report(user_data: *mut c_void, code: c_int, _level: c_int, _delay: c_int) {
    let note = |heard: &Heard| {
        let signal = u8::try_from(code).ok().and_then(Signal::from_code);
        heard.current.set(signal);
        heard.events.push(signal.map_or(Event::End, Event::Begin));
    };
    // SAFETY: `Receiver::new` registered this with the state that it owns; bell_r2_mf.c calls it from `r2_mf_rx` only.
    unsafe { in_callback(user_data, (), note) }
}

impl Receiver {
    /// A receiver that has heard nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn new(direction: Direction) -> Result<Self, Error> {
        let heard = Shared::new(Heard { events: Events::new(EVENTS), current: Cell::new(None) });
        let user_data = heard.user_data();
        let forward = direction == Direction::Forward;
        // SAFETY: a null context makes r2_mf_rx_init allocate one; r2_mf_rx_free frees it. `heard` outlives the context, as
        // fields are dropped in order.
        let made = unsafe {
            Handle::new(
                "MF R2 receiver",
                || ffi::r2_mf_rx_init(std::ptr::null_mut(), forward, Some(report), user_data),
                ffi::r2_mf_rx_free,
            )
        };
        Ok(Self { handle: made?, heard })
    }

    /// Takes the next samples, as many as there are.
    pub fn rx(&mut self, samples: &[i16]) {
        for piece in samples.chunks(PIECE) {
            // SAFETY: the context is ours and reads `piece` within its length.
            unsafe { ffi::r2_mf_rx(self.handle.raw(), piece.as_ptr(), length(piece)) };
        }
    }

    /// The oldest event that was not polled yet. From one signal straight to another there is no [`Event::End`].
    pub fn poll_event(&mut self) -> Option<Event> {
        self.heard.get().events.pop()
    }

    /// What was there in the last whole block.
    pub fn current(&self) -> Option<Signal> {
        self.heard.get().current.get()
    }

    /// Events lost because nobody polled.
    pub fn lost(&self) -> u64 {
        self.heard.get().events.lost()
    }
}
