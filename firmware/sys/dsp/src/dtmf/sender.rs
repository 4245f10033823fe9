//! DTMF sender (dtmf.c): digits with the pauses between them, into blocks of any length.

use super::DIGITS;
use crate::Error;
use crate::error::within;
use crate::ffi;
use crate::handle::{Handle, Movable, PIECE, length};
use std::ffi::{c_char, c_int};

const COMPONENT: &str = "DTMF sender";
/// `MAX_DTMF_DIGITS` of dtmf.h.
const QUEUE: usize = 128;
/// Above this two tones exceed the codec's range (+3.14 dBm0).
const LOUDEST: i8 = -3;

// SAFETY: dtmf.c, tone_generate.c, queue.c: `dtmf_tx` and `dtmf_tx_put` write the context only; the table `dtmf_digit_tones` is
// written by the first `dtmf_tx_init`. No thread-local storage. dds_float.c has constant tables only.
unsafe impl Movable for ffi::dtmf_tx_state_t {}

/// How digits are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderSettings {
    /// Level of the low frequency, -40 to -3 dBm0.
    pub level_dbm0: i8,
    /// By how many dB the high frequency is louder, -8 to 4; neither may exceed -3 dBm0.
    pub twist_db: i8,
    /// Length of a digit, 20 to 10,000 ms.
    pub on_ms: u16,
    /// Length of the pause after it, 20 to 10,000 ms.
    pub off_ms: u16,
}

impl Default for SenderSettings {
    /// Q.24 wants at least 40 ms of each; 70 ms are common in networks.
    fn default() -> Self {
        Self { level_dbm0: -10, twist_db: 2, on_ms: 70, off_ms: 70 }
    }
}

/// Sends digits into the audio of one channel, 8000 samples a second.
#[derive(Debug)]
pub struct Sender {
    handle: Handle<ffi::dtmf_tx_state_t>,
}

impl Sender {
    /// A sender with nothing to send.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a setting, [`Error::NoMemory`].
    pub fn new(settings: SenderSettings) -> Result<Self, Error> {
        let SenderSettings { level_dbm0, twist_db, on_ms, off_ms } = settings;
        within("twist in dB", twist_db.into(), -8.0, 4.0)?;
        within("level in dBm0", level_dbm0.into(), -40.0, LOUDEST.into())?;
        within("level of the high frequency in dBm0", f64::from(level_dbm0) + f64::from(twist_db), -48.0, LOUDEST.into())?;
        within("length of a digit in ms", on_ms.into(), 20.0, 10_000.0)?;
        within("length of a pause in ms", off_ms.into(), 20.0, 10_000.0)?;
        // SAFETY: a null context makes dtmf_tx_init allocate one; dtmf_tx_free frees it.
        let made = unsafe {
            Handle::new(COMPONENT, || ffi::dtmf_tx_init(std::ptr::null_mut(), None, std::ptr::null_mut()), ffi::dtmf_tx_free)
        };
        let mut handle = made?;
        // SAFETY: the context is ours; both only store numbers in it.
        unsafe {
            ffi::dtmf_tx_set_level(handle.raw(), level_dbm0.into(), twist_db.into());
            ffi::dtmf_tx_set_timing(handle.raw(), on_ms.into(), off_ms.into());
        }
        Ok(Self { handle })
    }

    /// Queues digits, all or none.
    ///
    /// # Errors
    ///
    /// [`Error::NotADigit`], or [`Error::QueueFull`] above 128 that wait.
    pub fn push(&mut self, digits: &str) -> Result<(), Error> {
        if let Some(stranger) = digits.chars().find(|digit| !DIGITS.contains(digit)) {
            return Err(Error::NotADigit(stranger));
        }
        if digits.len() > QUEUE {
            return Err(Error::QueueFull { wanted: digits.len(), room: QUEUE });
        }
        let count = length(digits.as_bytes());
        // SAFETY: the context is ours; `count` characters of ASCII are read, never a terminating zero.
        let over = unsafe { ffi::dtmf_tx_put(self.handle.raw(), digits.as_ptr().cast::<c_char>(), count) };
        refused(over, digits.len())
    }

    /// Fills `samples`, with silence behind the last digit's pause, and says how many samples belong to digits and pauses.
    pub fn tx(&mut self, samples: &mut [i16]) -> usize {
        let mut made = 0;
        for piece in samples.chunks_mut(PIECE) {
            piece.fill(0);
            // SAFETY: the context is ours and writes `piece` within its length.
            let now = unsafe { ffi::dtmf_tx(self.handle.raw(), piece.as_mut_ptr(), length(piece)) };
            made += usize::try_from(now).unwrap_or(0);
        }
        made
    }
}

/// What `dtmf_tx_put` and `bell_mf_tx_put` return: 0, or how many did not fit.
pub(crate) fn refused(over: c_int, wanted: usize) -> Result<(), Error> {
    match usize::try_from(over) {
        Ok(0) => Ok(()),
        Ok(over) => Err(Error::QueueFull { wanted, room: wanted.saturating_sub(over) }),
        Err(_) => Err(Error::QueueFull { wanted, room: 0 }),
    }
}
