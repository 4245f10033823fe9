//! A session of libsrtp for one direction and any SSRC, with one or two master keys.
//!
//! ```text
//! let mut session = Session::open(Direction::Outbound, policy, &[keys]);
//! let mut buffer = Buffer::of(&packet);
//! let length = session.protect(&mut buffer, 0)?;      // with the first master key
//! ```

use std::ffi::{c_int, c_void};
use std::ptr::NonNull;

use media::srtp::{Keys, Policy, Suite};

use crate::ffi::{self, PeerKey};

/// Which way a session's packets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// libsrtp opens what comes.
    Inbound,
    /// libsrtp protects what goes.
    Outbound,
}

/// libsrtp's `srtp_err_status_t`, never 0. 7: authentication failed, 9: replayed, 10: too old, 25: unknown MKI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status(pub i32);

/// Room for a packet of any length here and what libsrtp writes behind it, aligned as it wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[repr(C, align(16))]
pub struct Buffer {
    octets: [u8; Self::ROOM],
    length: usize,
}

impl Buffer {
    /// Octets of the longest packet with its trailer.
    pub const ROOM: usize = 2048;

    /// With that packet in it.
    #[track_caller]
    #[must_use]
    pub fn of(packet: &[u8]) -> Self {
        let mut buffer = Self { octets: [0; Self::ROOM], length: 0 };
        buffer.set(packet);
        buffer
    }

    /// Another packet.
    #[track_caller]
    pub fn set(&mut self, packet: &[u8]) {
        self.octets[..packet.len()].copy_from_slice(packet);
        self.length = packet.len();
    }

    /// The packet.
    #[must_use]
    pub fn packet(&self) -> &[u8] {
        &self.octets[..self.length]
    }
}

/// A session of libsrtp.
#[derive(Debug)]
pub struct Session {
    raw: NonNull<c_void>,
    use_mki: c_int,
}

impl Session {
    /// All MKIs must have one length. Panics when libsrtp refuses: the arguments are the test's.
    #[track_caller]
    #[must_use]
    pub fn open(direction: Direction, policy: Policy, keys: &[Keys]) -> Self {
        let native: Vec<_> = keys.iter().map(native).collect();
        let length = keys.first().map_or(0, |keys| keys.mki().length());
        assert!(keys.iter().all(|keys| keys.mki().length() == length), "mkis of several lengths");
        let number = |count: usize| c_int::try_from(count).unwrap_or(c_int::MAX);
        let inbound = c_int::from(direction == Direction::Inbound);
        let short_tag = c_int::from(policy.suite == Suite::AesCm128HmacSha1_32);
        // SAFETY: `native` holds as many keys as said and outlives the call; libsrtp copies what it needs of them.
        let raw = unsafe { ffi::peer_open(inbound, short_tag, number(length), native.as_ptr(), number(native.len())) };
        let raw = NonNull::new(raw).unwrap_or_else(|| panic!("libsrtp refuses {policy:?} with {} keys", keys.len()));
        Self { raw, use_mki: c_int::from(length > 0) }
    }

    /// Protects an RTP packet with the master key of that place.
    ///
    /// # Errors
    /// libsrtp's status.
    pub fn protect(&mut self, buffer: &mut Buffer, key: u32) -> Result<(), Status> {
        let (session, use_mki) = (self.raw.as_ptr(), self.use_mki);
        // SAFETY: `call` hands a packet with room behind it for the longest trailer, and the session is open.
        call(buffer, |packet, length| unsafe { ffi::peer_protect(session, packet, length, use_mki, key) })
    }

    /// Protects an RTCP compound with the master key of that place.
    ///
    /// # Errors
    /// libsrtp's status.
    pub fn protect_rtcp(&mut self, buffer: &mut Buffer, key: u32) -> Result<(), Status> {
        let (session, use_mki) = (self.raw.as_ptr(), self.use_mki);
        // SAFETY: as in `protect`.
        call(buffer, |packet, length| unsafe { ffi::peer_protect_rtcp(session, packet, length, use_mki, key) })
    }

    /// Opens an SRTP packet.
    ///
    /// # Errors
    /// libsrtp's status.
    pub fn unprotect(&mut self, buffer: &mut Buffer) -> Result<(), Status> {
        let (session, use_mki) = (self.raw.as_ptr(), self.use_mki);
        // SAFETY: `call` hands a packet of the length that it says, and the session is open.
        call(buffer, |packet, length| unsafe { ffi::peer_unprotect(session, packet, length, use_mki) })
    }

    /// Opens an SRTCP packet.
    ///
    /// # Errors
    /// libsrtp's status.
    pub fn unprotect_rtcp(&mut self, buffer: &mut Buffer) -> Result<(), Status> {
        let (session, use_mki) = (self.raw.as_ptr(), self.use_mki);
        // SAFETY: as in `unprotect`.
        call(buffer, |packet, length| unsafe { ffi::peer_unprotect_rtcp(session, packet, length, use_mki) })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the session is open and nobody else has it.
        unsafe { ffi::peer_close(self.raw.as_ptr()) }
    }
}

fn native(keys: &Keys) -> PeerKey {
    let mut mki = [0; 4];
    mki[..keys.mki().length()].copy_from_slice(keys.mki().as_bytes());
    PeerKey { inline_key: *keys.inline(), mki }
}

fn call(buffer: &mut Buffer, work: impl FnOnce(*mut c_void, *mut c_int) -> c_int) -> Result<(), Status> {
    // SAFETY: it takes and changes nothing.
    let trailer = usize::try_from(unsafe { ffi::peer_max_trailer() }).unwrap_or(usize::MAX);
    assert!(buffer.length + trailer <= Buffer::ROOM, "a packet of {} octets leaves no room", buffer.length);
    let mut length = c_int::try_from(buffer.length).unwrap_or(0);
    let status = work(buffer.octets.as_mut_ptr().cast(), &raw mut length);
    if status != 0 {
        return Err(Status(status));
    }
    buffer.length = usize::try_from(length).unwrap_or(0);
    Ok(())
}
