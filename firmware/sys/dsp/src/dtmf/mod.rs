//! DTMF, ITU-T Q.23 and Q.24: [`Receiver`] and [`Sender`].
//!
//! Digits are the characters `0`-`9`, `A`-`D`, `*` and `#`. Left out: early detection and removal of the digit from the audio.

mod frequency;
mod receiver;
mod sender;

pub use receiver::{Event, Receiver, ReceiverSettings};
pub(crate) use sender::refused;
pub use sender::{Sender, SenderSettings};

/// The sixteen digits in the order of Q.23: rows of 697, 770, 852 and 941 Hz, columns of 1209, 1336, 1477 and 1633 Hz.
pub const DIGITS: [char; 16] = ['1', '2', '3', 'A', '4', '5', '6', 'B', '7', '8', '9', 'C', '*', '0', '#', 'D'];
