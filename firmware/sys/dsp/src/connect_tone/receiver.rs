//! Receiver of connect tones (modem_connect_tones.c): a notch and a comparison of what it leaves; for V.21 a demodulator.
//!
//! It expects audio without a constant offset, and hears from about -43 dBm0 on (V.21: -45.5). CNG, Bell answer and calling
//! tone are reported after 415 ms, ANS and ANSam after 550 ms, phase reversals with the third, the V.21 preamble with the
//! fifth flag. A receiver for answer tones may report ANS first and then, as reversals show, the other kind.
//!
//! In a pause it sleeps: once it has been fed [`SETTLED`] samples in a row that are all below what any tone is heard at, it has reported
//! the end of what was there, and more of them would only decay what is left in its filters.

use super::Tone;
use crate::Error;
use crate::events::Events;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, Shared, in_callback, length};
use std::ffi::{c_int, c_void};

/// Events between two polls.
const EVENTS: usize = 64;
/// The loudest sample of a pause: no tone of that peak (-57 dBm0) is heard, and the V.21 demodulator, whose power meter is not above the
/// square of it even at 4 kHz, has no carrier (off below 1216).
const QUIET: u16 = 32;
/// 200 ms: the slowest memory, a resonator at 15 Hz which tells ANSam from ANS half a second after either began, is 22 dB down.
const SETTLED: usize = 1600;

// SAFETY: modem_connect_tones.c, fsk.c, power_meter.c: `modem_connect_tones_rx` writes the context only (the V.21 demodulator is a
// part of it); no statics but constants. No thread-local storage. The demodulator's pointer to its own context is to memory
// that spandsp allocated, which stays where it is when the handle moves.
unsafe impl Movable for ffi::modem_connect_tones_rx_state_t {}

/// What one receiver listens for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Listen {
    /// [`Tone::Cng`].
    Cng,
    /// The four kinds of 2100 Hz.
    Answer,
    /// [`Tone::V21Preamble`].
    V21Preamble,
    /// 2100 Hz or V.21 preamble, whichever an answering fax sends first.
    AnswerOrPreamble,
    /// [`Tone::BellAnswer`].
    BellAnswer,
    /// [`Tone::Calling`].
    Calling,
}

impl Listen {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Cng, Self::Answer, Self::V21Preamble, Self::AnswerOrPreamble, Self::BellAnswer, Self::Calling];

    fn code(self) -> c_int {
        match self {
            Self::Cng => ffi::MODEM_CONNECT_TONES_FAX_CNG,
            Self::Answer => ffi::MODEM_CONNECT_TONES_ANS,
            Self::V21Preamble => ffi::MODEM_CONNECT_TONES_FAX_PREAMBLE,
            Self::AnswerOrPreamble => ffi::MODEM_CONNECT_TONES_FAX_CED_OR_PREAMBLE,
            Self::BellAnswer => ffi::MODEM_CONNECT_TONES_BELL_ANS,
            Self::Calling => ffi::MODEM_CONNECT_TONES_CALLING_TONE,
        }
    }
}

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A tone is there, or another kind than reported before.
    Begin {
        /// Which.
        tone: Tone,
        /// In dBm0.
        level_dbm0: i32,
    },
    /// It is over.
    End,
}

/// Listens in the audio of one channel, 8000 samples a second.
#[derive(Debug)]
pub struct Receiver {
    handle: Handle<ffi::modem_connect_tones_rx_state_t>,
    events: Shared<Events<Event>>,
    /// Samples of a pause that it was fed, up to the last one.
    quiet: usize,
}

unsafe extern "C" fn report(user_data: *mut c_void, code: c_int, level: c_int, _delay: c_int) {
    let note = |events: &Events<Event>| {
        let begin = |tone| Event::Begin { tone, level_dbm0: level };
        events.push(Tone::from_code(code).map_or(Event::End, begin));
    };
    // SAFETY: `Receiver::new` registered this with the state that it owns; modem_connect_tones.c calls it from
    // `modem_connect_tones_rx` only.
    unsafe { in_callback(user_data, (), note) }
}

impl Receiver {
    /// A receiver that has heard nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`].
    pub fn new(listen: Listen) -> Result<Self, Error> {
        let events = Shared::new(Events::new(EVENTS));
        let user_data = events.user_data();
        // SAFETY: a null context makes modem_connect_tones_rx_init allocate one; its destructor frees it. `events` outlives the
        // context, as fields are dropped in order.
        let made = unsafe {
            Handle::new(
                "connect tone receiver",
                || ffi::modem_connect_tones_rx_init(std::ptr::null_mut(), listen.code(), Some(report), user_data),
                ffi::modem_connect_tones_rx_free,
            )
        };
        Ok(Self { handle: made?, events, quiet: 0 })
    }

    /// Takes the next samples, as many as there are.
    pub fn rx(&mut self, samples: &[i16]) {
        for piece in samples.chunks(PIECE) {
            if self.sleeps(piece) {
                continue;
            }
            // SAFETY: the context is ours and reads `piece` within its length.
            unsafe { ffi::modem_connect_tones_rx(self.handle.raw(), piece.as_ptr(), length(piece)) };
        }
    }

    /// Whether a piece need not be heard, being more of a pause that has lasted.
    fn sleeps(&mut self, piece: &[i16]) -> bool {
        if piece.iter().any(|sample| sample.unsigned_abs() > QUIET) {
            self.quiet = 0;
            return false;
        }
        let settled = self.quiet >= SETTLED;
        if !settled {
            self.quiet += piece.len();
        }
        settled
    }

    /// The oldest event that was not polled yet.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.get().pop()
    }

    /// Events lost because nobody polled.
    pub fn lost(&self) -> u64 {
        self.events.get().lost()
    }
}
