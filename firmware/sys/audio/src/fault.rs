//! What a running stream can meet, by the error numbers of ALSA.

use nix::errno::Errno;
use std::fmt;
use std::io;

/// Why a call on a [`Stream`](crate::Stream) came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The card's buffer ran over or dry (EPIPE).
    Xrun,
    /// The machine was suspended (ESTRPIPE).
    Suspended,
    /// Nothing to read, no room, or not awake yet (EAGAIN).
    Busy,
    /// The card is no more (ENODEV).
    Unplugged,
    /// Any other error number.
    Refused(i32),
}

impl Fault {
    /// What an error number of ALSA, as a positive value, means for a stream.
    pub fn from_errno(errno: i32) -> Self {
        match errno {
            errno if errno == Errno::EPIPE as i32 => Self::Xrun,
            errno if errno == Errno::ESTRPIPE as i32 => Self::Suspended,
            errno if errno == Errno::EAGAIN as i32 || errno == Errno::EINTR as i32 => Self::Busy,
            errno if errno == Errno::ENODEV as i32 || errno == Errno::ENXIO as i32 => Self::Unplugged,
            other => Self::Refused(other),
        }
    }
}

/// Why a stream is of no use until it is opened anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Loss {
    /// The card was pulled, or its driver was removed.
    Unplugged,
    /// The card refuses to go on, with this error number.
    Refused(i32),
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unplugged => f.write_str("the sound card is unplugged: plug it in and open it again"),
            Self::Refused(errno) => {
                write!(f, "the sound card refuses to go on: {}; open it again", io::Error::from_raw_os_error(*errno))
            }
        }
    }
}
