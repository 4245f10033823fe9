//! DTMF receiver (dtmf.c): when a digit begins, how loud it is, and how long it was.
//!
//! It works in blocks of 102 samples (12.75 ms) and wants two in a row, so a digit is reported 26 to 39 ms after it began and
//! ends as late. A single spoilt block within a digit is passed over. Below 17 ms nothing is taken for a digit (Q.24 has 20
//! to 25 ms by administration; some of 18 ms are heard here).

use super::frequency::{Recent, Twist};
use crate::error::within;
use crate::events::Events;
use crate::ffi;
use crate::handle::{Handle, Movable, Shared, in_callback, length};
use crate::{Error, SAMPLE_RATE};
use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};

const COMPONENT: &str = "DTMF receiver";
/// Events between two polls: more than eight seconds of the fastest digits.
const EVENTS: usize = 256;
/// `DTMF_SAMPLES_PER_BLOCK` of dtmf.c, which decides at the end of each.
const BLOCK: usize = 102;
/// How far dtmf.c errs about a twist: what leaks from one group into the other, and what a frequency off its filter loses. The
/// exact comparison is `frequency`'s.
const MARGIN_DB: f32 = 4.0;
/// dtmf.c takes the mean square of its samples for a sine's peak, and so reports 3 dB too little.
const MEAN_TO_SINE_DB: c_int = 3;

// SAFETY: dtmf.c: `dtmf_rx` and `dtmf_rx_fillin` write the context only; the tables `dtmf_detect_row` and `_col` are written by
// the first `dtmf_rx_init`. No thread-local storage. tone_detect.c (Goertzel filters) has no statics but constants.
unsafe impl Movable for ffi::dtmf_rx_state_t {}

/// What is taken for a digit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReceiverSettings {
    /// Notches at 350 and 440 Hz, for digits over a North American dial tone.
    pub dial_tone_filter: bool,
    /// By how many dB the low group may be louder than the high one, 0 to 20.
    pub twist_db: f32,
    /// By how many dB the high group may be louder than the low one, 0 to 20.
    pub reverse_twist_db: f32,
    /// The least level of each frequency, -60 to -10 dBm0.
    pub threshold_dbm0: f32,
}

impl Default for ReceiverSettings {
    /// The twist that Q.24 has for North America.
    fn default() -> Self {
        Self { dial_tone_filter: false, twist_db: 8.0, reverse_twist_db: 4.0, threshold_dbm0: -42.0 }
    }
}

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A digit is there.
    Begin {
        /// One of [`DIGITS`](super::DIGITS).
        digit: char,
        /// Both frequencies together, in dBm0.
        level_dbm0: i32,
    },
    /// It is over.
    End {
        /// The same digit.
        digit: char,
        /// From report to report, in samples: about as long as the digit was, in steps of 102.
        samples: u32,
    },
}

#[derive(Debug)]
struct Heard {
    events: Events<Event>,
    /// The digit that was begun and not ended.
    digit: Cell<Option<char>>,
    recent: RefCell<Recent>,
    twist: Twist,
}

impl Heard {
    /// What dtmf.c found, unless its frequencies are too far off.
    fn accepted(&self, code: c_int) -> Option<char> {
        let digit = u8::try_from(code).ok().filter(|code| *code != 0).map(char::from)?;
        self.recent.try_borrow().is_ok_and(|recent| recent.fits(digit, self.twist)).then_some(digit)
    }
}

/// Listens for digits in the audio of one channel, 8000 samples a second.
#[derive(Debug)]
pub struct Receiver {
    handle: Handle<ffi::dtmf_rx_state_t>,
    heard: Shared<Heard>,
    /// Samples that dtmf.c has of a block not decided yet.
    begun: usize,
}

unsafe extern "C" fn report(user_data: *mut c_void, code: c_int, level: c_int, delay: c_int) {
    let note = |heard: &Heard| {
        if let Some(digit) = heard.digit.take() {
            heard.events.push(Event::End { digit, samples: u32::try_from(delay).unwrap_or(0) });
        }
        if let Some(digit) = heard.accepted(code) {
            heard.digit.set(Some(digit));
            heard.events.push(Event::Begin { digit, level_dbm0: level.saturating_add(MEAN_TO_SINE_DB) });
        }
    };
    // SAFETY: `Receiver::new` registered this with the state that it owns; dtmf.c calls it from `dtmf_rx` only.
    unsafe { in_callback(user_data, (), note) }
}

impl Receiver {
    /// A receiver that has heard nothing.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a setting, [`Error::NoMemory`].
    pub fn new(settings: ReceiverSettings) -> Result<Self, Error> {
        within("twist in dB", settings.twist_db.into(), 0.0, 20.0)?;
        within("reverse twist in dB", settings.reverse_twist_db.into(), 0.0, 20.0)?;
        within("threshold in dBm0", settings.threshold_dbm0.into(), -60.0, -10.0)?;
        let heard = Shared::new(Heard {
            events: Events::new(EVENTS),
            digit: Cell::new(None),
            recent: RefCell::new(Recent::new()),
            twist: Twist::of_db(settings.reverse_twist_db, settings.twist_db),
        });
        // SAFETY: a null context makes dtmf_rx_init allocate one; dtmf_rx_free frees it.
        let made = unsafe {
            Handle::new(COMPONENT, || ffi::dtmf_rx_init(std::ptr::null_mut(), None, std::ptr::null_mut()), ffi::dtmf_rx_free)
        };
        let mut handle = made?;
        let user_data = heard.user_data();
        // SAFETY: the context is ours; `heard` outlives it, as fields are dropped in order. The logging state is a part of the
        // context.
        unsafe {
            let log = ffi::dtmf_rx_get_logging_state(handle.raw());
            ffi::span_log_set_level(log, ffi::SPAN_LOG_NONE);
            ffi::span_log_set_message_handler(log, None, std::ptr::null_mut());
            ffi::dtmf_rx_set_realtime_callback(handle.raw(), Some(report), user_data);
            ffi::dtmf_rx_parms(
                handle.raw(),
                settings.dial_tone_filter.into(),
                settings.twist_db + MARGIN_DB,
                settings.reverse_twist_db + MARGIN_DB,
                settings.threshold_dbm0,
            );
        }
        Ok(Self { handle, heard, begun: 0 })
    }

    /// Takes the next samples, as many as there are.
    pub fn rx(&mut self, samples: &[i16]) {
        let mut rest = samples;
        while !rest.is_empty() {
            // Up to the end of a block, where a digit may be found: its samples must be known by then.
            let (piece, after) = rest.split_at(rest.len().min(BLOCK - self.begun));
            self.heard.get().recent.borrow_mut().push(piece);
            // SAFETY: the context is ours and reads `piece` within its length.
            unsafe { ffi::dtmf_rx(self.handle.raw(), piece.as_ptr(), length(piece)) };
            self.begun = (self.begun + piece.len()) % BLOCK;
            rest = after;
        }
    }

    /// In place of samples that were lost: a digit in progress stays in progress.
    pub fn fill_in(&mut self, samples: usize) {
        let samples = c_int::try_from(samples.min(SAMPLE_RATE)).unwrap_or(0);
        // SAFETY: the context is ours; dtmf_rx_fillin only resets its filters.
        unsafe { ffi::dtmf_rx_fillin(self.handle.raw(), samples) };
        self.begun = 0;
        self.heard.get().recent.borrow_mut().gap();
    }

    /// The oldest event that was not polled yet.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.heard.get().events.pop()
    }

    /// Events lost because nobody polled.
    pub fn lost(&self) -> u64 {
        self.heard.get().events.lost()
    }
}
