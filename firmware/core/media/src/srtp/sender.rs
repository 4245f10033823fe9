//! The sending side: from RTP and RTCP to SRTP and SRTCP.

use super::error::{ProtectError, RekeyError};
use super::header::{self, BadHeader, RTCP_CLEAR, RtpHeader};
use super::index;
use super::keys::Keys;
use super::policy::Policy;
use super::replay::{Stale, Window};
use super::session::Session;
use super::sources::{Progress, SENDER_SOURCES, Source, Sources};
use crate::octets::NoRoom;

/// Set in front of the SRTCP index when the packet is encrypted (RFC 3711 section 3.4).
pub(super) const E_BIT: u32 = 1 << 31;
/// The SRTCP index has 31 bits.
pub(super) const LAST_RTCP_INDEX: u32 = E_BIT - 1;

/// What a [`Sender`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SenderStats {
    /// RTP packets protected.
    pub rtp: u64,
    /// RTCP compounds protected.
    pub rtcp: u64,
    /// Refused: cut, not of version 2, or in a buffer without room behind them.
    pub malformed: u64,
    /// Refused: their index was used before, or is too old to know.
    pub repeated: u64,
    /// Refused: no index left.
    pub exhausted: u64,
    /// Refused: one SSRC too many.
    pub too_many_sources: u64,
}

/// Protects what one end sends: all its SSRCs, with one master key at a time.
#[derive(Debug)]
pub struct Sender {
    policy: Policy,
    session: Session,
    sources: Sources,
    stats: SenderStats,
}

impl Sender {
    /// Derives the session keys. All roll-over counters and SRTCP indices begin at 0.
    #[must_use]
    pub fn new(policy: Policy, keys: &Keys) -> Self {
        let sources = Sources::new(SENDER_SOURCES);
        Self { policy, session: Session::new(keys), sources, stats: SenderStats::default() }
    }

    /// From the next packet on these keys are used. Roll-over counters and SRTCP indices go on (RFC 3711 section 3.3.1).
    ///
    /// # Errors
    /// [`RekeyError`] when the MKI has another length than that of the session.
    pub fn rekey(&mut self, keys: &Keys) -> Result<(), RekeyError> {
        check_mki_length(&self.session, keys)?;
        self.session = Session::new(keys);
        Ok(())
    }

    /// What was agreed.
    #[must_use]
    pub const fn policy(&self) -> Policy {
        self.policy
    }

    /// What it did so far.
    #[must_use]
    pub const fn stats(&self) -> SenderStats {
        self.stats
    }

    /// Takes up a roll-over counter: that of a session which another sender with the same key began. Never to be set back.
    ///
    /// # Errors
    /// [`ProtectError::TooOld`] for a counter below the present one, [`ProtectError::TooManySources`].
    pub fn set_roll_over_counter(&mut self, ssrc: u32, counter: u32) -> Result<(), ProtectError> {
        let mut source = self.sources.look(ssrc);
        let (present, highest) = match source.rtp {
            Progress::Starting(counter) => (counter, index::join(counter, 0)),
            Progress::Running(window) => (index::roll_over(window.highest()), window.highest()),
        };
        if counter < present {
            return Err(ProtectError::TooOld { ssrc, index: index::join(counter, 0), highest });
        }
        if counter > present {
            source.rtp = Progress::Starting(counter);
        }
        self.keep(source)
    }

    /// Takes up an SRTCP index: that of the next compound. Never to be set back.
    ///
    /// # Errors
    /// [`ProtectError::TooOld`] for an index that was used or passed over, [`ProtectError::KeyExhausted`] for one of more
    /// than 31 bits, [`ProtectError::TooManySources`].
    pub fn set_rtcp_index(&mut self, ssrc: u32, index: u32) -> Result<(), ProtectError> {
        if index > LAST_RTCP_INDEX {
            return Err(ProtectError::KeyExhausted { ssrc });
        }
        let mut source = self.sources.look(ssrc);
        let next = next_rtcp_index(source.rtcp);
        if u64::from(index) < next {
            return Err(ProtectError::TooOld { ssrc, index: index.into(), highest: next.saturating_sub(1) });
        }
        source.rtcp = Progress::Starting(index);
        self.keep(source)
    }

    /// Protects the RTP packet of `length` octets at the front of `packet`; the octets behind it are room for what is added,
    /// [`Policy::rtp_overhead`] of them. Gives the length of the SRTP packet.
    ///
    /// # Errors
    /// [`ProtectError`]; the packet is then as it was.
    pub fn protect(&mut self, packet: &mut [u8], length: usize) -> Result<usize, ProtectError> {
        let result = self.protect_rtp(packet, length);
        self.stats.count(result, |stats| &mut stats.rtp);
        result
    }

    /// Protects the RTCP compound of `length` octets at the front of `packet`, as [`Sender::protect`] does, with
    /// [`Policy::rtcp_overhead`].
    ///
    /// # Errors
    /// [`ProtectError`]; the packet is then as it was.
    pub fn protect_rtcp(&mut self, packet: &mut [u8], length: usize) -> Result<usize, ProtectError> {
        let result = self.protect_report(packet, length);
        self.stats.count(result, |stats| &mut stats.rtcp);
        result
    }

    fn protect_rtp(&mut self, packet: &mut [u8], length: usize) -> Result<usize, ProtectError> {
        let (body, trailer) = split(packet, length, self.policy.rtp_overhead(self.session.mki))?;
        let header = header::rtp(body).map_err(|bad| refused(bad, length))?;
        let index = self.rtp_index(&header)?;
        let RtpHeader { ssrc, length: clear, .. } = header;
        let protection = &self.session.rtp;
        if self.policy.encrypt_rtp {
            protection.cipher.apply(ssrc, index, body.get_mut(clear..).unwrap_or_default());
        }
        let code = protection.authentication.code(body, &index::roll_over(index).to_be_bytes());
        fill(trailer, self.session.mki.as_bytes().iter().chain(&code));
        let mut source = self.sources.look(ssrc);
        source.rtp.accept(index);
        self.sources.keep(source);
        Ok(length + trailer.len())
    }

    /// The index of a packet, which must be a new one.
    fn rtp_index(&self, header: &RtpHeader) -> Result<u64, ProtectError> {
        let RtpHeader { ssrc, sequence, .. } = *header;
        match self.sources.look(ssrc).rtp {
            Progress::Starting(_) if !self.sources.has_room_for(ssrc) => {
                Err(ProtectError::TooManySources { ssrc, most: SENDER_SOURCES })
            }
            Progress::Starting(counter) => Ok(index::join(counter, sequence)),
            Progress::Running(window) => {
                let index = index::estimate(window.highest(), sequence).ok_or(ProtectError::KeyExhausted { ssrc })?;
                check_new(&window, ssrc, index).map(|()| index)
            }
        }
    }

    fn protect_report(&mut self, packet: &mut [u8], length: usize) -> Result<usize, ProtectError> {
        let (body, trailer) = split(packet, length, self.policy.rtcp_overhead(self.session.mki))?;
        let ssrc = header::rtcp(body).map_err(|bad| refused(bad, length))?;
        let mut source = self.sources.look(ssrc);
        if !self.sources.has_room_for(ssrc) {
            return Err(ProtectError::TooManySources { ssrc, most: SENDER_SOURCES });
        }
        let index = u32::try_from(next_rtcp_index(source.rtcp)).unwrap_or(u32::MAX);
        if index > LAST_RTCP_INDEX {
            return Err(ProtectError::KeyExhausted { ssrc });
        }
        let protection = &self.session.rtcp;
        let mut e_bit = 0;
        if self.policy.encrypt_rtcp {
            protection.cipher.apply(ssrc, index.into(), body.get_mut(RTCP_CLEAR..).unwrap_or_default());
            e_bit = E_BIT;
        }
        let stated = (e_bit | index).to_be_bytes();
        let code = protection.authentication.code(body, &stated);
        fill(trailer, stated.iter().chain(self.session.mki.as_bytes()).chain(&code));
        source.rtcp.accept(index.into());
        self.sources.keep(source);
        Ok(length + trailer.len())
    }

    fn keep(&mut self, source: Source) -> Result<(), ProtectError> {
        if !self.sources.has_room_for(source.ssrc) {
            return Err(ProtectError::TooManySources { ssrc: source.ssrc, most: SENDER_SOURCES });
        }
        self.sources.keep(source);
        Ok(())
    }
}

/// All MKIs of a session have one length.
pub(super) fn check_mki_length(session: &Session, keys: &Keys) -> Result<(), RekeyError> {
    let (new, present) = (keys.mki().length(), session.mki.length());
    if new == present { Ok(()) } else { Err(RekeyError::MkiLength { new, present }) }
}

/// Packet and the room for its trailer.
fn split(packet: &mut [u8], length: usize, overhead: usize) -> Result<(&mut [u8], &mut [u8]), NoRoom> {
    let (have, needed) = (packet.len(), length.saturating_add(overhead));
    let whole = packet.get_mut(..needed).ok_or(NoRoom { needed, have })?;
    whole.split_at_mut_checked(length).ok_or(NoRoom { needed, have })
}

/// MKI and tag, of which only the front fits.
fn fill<'a>(trailer: &mut [u8], octets: impl Iterator<Item = &'a u8>) {
    for (target, octet) in trailer.iter_mut().zip(octets) {
        *target = *octet;
    }
}

const fn refused(bad: BadHeader, length: usize) -> ProtectError {
    match bad {
        BadHeader::Short(part) => ProtectError::TooShort { length, part },
        BadHeader::Version(version) => ProtectError::Version(version),
    }
}

fn check_new(window: &Window, ssrc: u32, index: u64) -> Result<(), ProtectError> {
    window.check(index).map_err(|stale| match stale {
        Stale::Seen => ProtectError::Repeated { ssrc, index },
        Stale::BeforeWindow => ProtectError::TooOld { ssrc, index, highest: window.highest() },
    })
}

const fn next_rtcp_index(progress: Progress) -> u64 {
    match progress {
        Progress::Starting(index) => index as u64,
        Progress::Running(window) => window.highest() + 1,
    }
}

impl SenderStats {
    fn count(&mut self, result: Result<usize, ProtectError>, done: fn(&mut Self) -> &mut u64) {
        let counter = match result {
            Ok(_) => done(self),
            Err(ProtectError::TooShort { .. } | ProtectError::Version(_) | ProtectError::NoRoom(_)) => &mut self.malformed,
            Err(ProtectError::Repeated { .. } | ProtectError::TooOld { .. }) => &mut self.repeated,
            Err(ProtectError::KeyExhausted { .. }) => &mut self.exhausted,
            Err(ProtectError::TooManySources { .. }) => &mut self.too_many_sources,
        };
        *counter = counter.saturating_add(1);
    }
}
