//! The requests of DAHDI that the peer needs, by `include/dahdi/user.h`.

use std::ffi::c_int;
use std::fs::File;
use std::os::fd::AsRawFd as _;

const CODE: u8 = 0xda;

/// `struct dahdi_params`: a channel as it is configured.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Params {
    /// Its number.
    pub channo: c_int,
    /// Its span.
    pub spanno: c_int,
    /// Its place in the span, from 1: the timeslot.
    pub chanpos: c_int,
    /// One of the `SIG_` values.
    pub sigtype: c_int,
    unused: [c_int; 6],
    /// One of the `LAW_` values.
    pub curlaw: c_int,
    idlebits: c_int,
    name: [u8; 40],
    times: [c_int; 11],
    /// `ALARM_` bits of its span.
    pub chan_alarms: u32,
}

impl Params {
    const fn empty() -> Self {
        Self {
            channo: 0,
            spanno: 0,
            chanpos: 0,
            sigtype: 0,
            unused: [0; 6],
            curlaw: 0,
            idlebits: 0,
            name: [0; 40],
            times: [0; 11],
            chan_alarms: 0,
        }
    }
}

/// `struct dahdi_bufferinfo`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Buffers {
    tx_policy: c_int,
    rx_policy: c_int,
    count: c_int,
    size: c_int,
    full: [c_int; 2],
}

/// Clear channel, for audio.
pub const SIG_CLEAR: c_int = 0x80;
/// Frames with FCS, HDLC in the kernel.
pub const SIG_HDLC_FCS: c_int = 0x380;
/// Mu-law.
pub const LAW_MU: c_int = 1;
/// A-law.
pub const LAW_A: c_int = 2;
/// What a flush empties: both buffers and the queue of events.
static FLUSH_ALL: c_int = 7;
/// What turns a mode on.
static ON: c_int = 1;

/// The alarms of a span, by their bits; the last three are details of RED.
pub const ALARMS: [(u32, &str); 9] = [
    (1 << 0, "RECOVER"),
    (1 << 1, "LOOPBACK"),
    (1 << 2, "YELLOW"),
    (1 << 3, "RED"),
    (1 << 4, "BLUE"),
    (1 << 5, "NOTOPEN"),
    (1 << 8, "LOS"),
    (1 << 9, "LFA"),
    (1 << 10, "LMFA"),
];

/// `errno` of a read or write while an event waits (ELAST).
pub const EVENT_WAITS: i32 = 500;

/// Events of a channel: HDLC abort, overrun and bad FCS.
pub const EVENTS_BAD_FRAME: std::ops::RangeInclusive<c_int> = 6..=8;
/// No room for what arrived.
pub const EVENT_READ_OVERRUN: c_int = 29;
/// Nothing there to be sent.
pub const EVENT_WRITE_UNDERRUN: c_int = 30;

mod raw {
    use super::{Buffers, CODE, Params};
    use std::ffi::c_int;

    nix::ioctl_write_ptr!(flush, CODE, 3, c_int);
    nix::ioctl_readwrite!(get_params, CODE, 5, Params);
    nix::ioctl_read!(get_event, CODE, 8, c_int);
    nix::ioctl_write_ptr!(set_buffers, CODE, 27, Buffers);
    nix::ioctl_write_ptr!(audio_mode, CODE, 32, c_int);
    nix::ioctl_write_ptr!(specify, CODE, 38, c_int);
    nix::ioctl_write_ptr!(buffer_events, CODE, 105, c_int);
}

/// Makes the file, `/dev/dahdi/channel` just opened, a channel.
pub fn specify(file: &File, channel: c_int) -> nix::Result<()> {
    // SAFETY: the descriptor is open, and DAHDI_SPECIFY reads one int.
    unsafe { raw::specify(file.as_raw_fd(), &raw const channel) }.map(drop)
}

/// How the channel is configured, and its alarms.
pub fn params(file: &File) -> nix::Result<Params> {
    let mut params = Params::empty();
    // SAFETY: the descriptor is open, and DAHDI_GET_PARAMS writes one struct dahdi_params, which `Params` mirrors.
    unsafe { raw::get_params(file.as_raw_fd(), &raw mut params) }?;
    Ok(params)
}

/// The next event, 0 for none.
pub fn event(file: &File) -> nix::Result<c_int> {
    let mut event = 0;
    // SAFETY: the descriptor is open, and DAHDI_GETEVENT writes one int.
    unsafe { raw::get_event(file.as_raw_fd(), &raw mut event) }?;
    Ok(event)
}

/// `count` buffers of `size` bytes each way; sending begins with the first that is written.
pub fn set_buffers(file: &File, count: c_int, size: c_int) -> nix::Result<()> {
    let buffers = Buffers { tx_policy: 0, rx_policy: 0, count, size, full: [0; 2] };
    // SAFETY: the descriptor is open, and DAHDI_SET_BUFINFO reads one struct dahdi_bufferinfo, which `Buffers` mirrors.
    unsafe { raw::set_buffers(file.as_raw_fd(), &raw const buffers) }.map(drop)
}

/// Audio: silence instead of all ones when nothing is there to be sent.
pub fn audio_mode(file: &File) -> nix::Result<()> {
    // SAFETY: the descriptor is open, and DAHDI_AUDIOMODE reads one int.
    unsafe { raw::audio_mode(file.as_raw_fd(), &raw const ON) }.map(drop)
}

/// Underruns and overruns become events.
pub fn buffer_events(file: &File) -> nix::Result<()> {
    // SAFETY: the descriptor is open, and DAHDI_BUFFER_EVENTS reads one int.
    unsafe { raw::buffer_events(file.as_raw_fd(), &raw const ON) }.map(drop)
}

/// Forgets what has arrived, what waits to be sent, and events.
pub fn flush(file: &File) -> nix::Result<()> {
    // SAFETY: the descriptor is open, and DAHDI_FLUSH reads one int.
    unsafe { raw::flush(file.as_raw_fd(), &raw const FLUSH_ALL) }.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers hold the sizes: 0xc088da05 is DAHDI_GET_PARAMS, 0x4018da1b DAHDI_SET_BUFINFO.
    #[test]
    fn structures_have_the_sizes_of_the_kernel() {
        assert_eq!((size_of::<Params>(), size_of::<Buffers>()), (136, 24));
        assert_eq!(std::mem::offset_of!(Params, curlaw), 40);
        assert_eq!(std::mem::offset_of!(Params, chan_alarms), 132);
        assert_eq!(nix::request_code_readwrite!(CODE, 5, size_of::<Params>()), 0xc088_da05);
        assert_eq!(nix::request_code_write!(CODE, 27, size_of::<Buffers>()), 0x4018_da1b);
    }
}
