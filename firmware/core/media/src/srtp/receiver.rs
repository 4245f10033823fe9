//! The receiving side: from SRTP and SRTCP to RTP and RTCP (RFC 3711 section 3.3).

use super::error::{RekeyError, UnprotectError};
use super::header::{self, BadHeader, RTCP_CLEAR, RtpHeader};
use super::index;
use super::keys::{Keys, Mki};
use super::policy::{Policy, RTCP_INDEX};
use super::replay::{Stale, Window};
use super::sender::{E_BIT, check_mki_length};
use super::session::Session;
use super::sources::{Progress, RECEIVER_SOURCES, Sources};

/// What a [`Receiver`] took and refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReceiverStats {
    /// SRTP packets taken.
    pub rtp: u64,
    /// SRTCP packets taken.
    pub rtcp: u64,
    /// Refused: cut, or not of version 2.
    pub malformed: u64,
    /// Refused: no master key has their MKI.
    pub unknown_mki: u64,
    /// Refused: wrong tag.
    pub not_authentic: u64,
    /// Refused: taken before.
    pub replayed: u64,
    /// Refused: further back than the replay window.
    pub too_old: u64,
    /// Refused: the sequence numbers wrapped beyond 2^48 packets.
    pub exhausted: u64,
    /// Sources that were forgotten because another one came.
    pub forgotten_sources: u64,
}

/// Opens what the peer sends: several SSRCs, with one or two master keys.
#[derive(Debug)]
pub struct Receiver {
    policy: Policy,
    newest: Session,
    /// The one before, for packets that were on their way when the peer changed keys.
    before: Option<Session>,
    sources: Sources,
    stats: ReceiverStats,
}

impl Receiver {
    /// Derives the session keys. Each source begins with the roll-over counter 0.
    #[must_use]
    pub fn new(policy: Policy, keys: &Keys) -> Self {
        Self {
            policy,
            newest: Session::new(keys),
            before: None,
            sources: Sources::new(RECEIVER_SOURCES),
            stats: ReceiverStats::default(),
        }
    }

    /// Takes one more master key. The one before stays valid beside it, until the next comes; one with the same MKI, which is
    /// always so without MKIs, is replaced at once. Roll-over counters go on (RFC 3711 section 3.3.1).
    ///
    /// # Errors
    /// [`RekeyError`] when the MKI has another length than that of the session.
    pub fn add_keys(&mut self, keys: &Keys) -> Result<(), RekeyError> {
        check_mki_length(&self.newest, keys)?;
        let replaced = std::mem::replace(&mut self.newest, Session::new(keys));
        if replaced.mki != keys.mki() {
            self.before = Some(replaced);
        }
        Ok(())
    }

    /// What was agreed.
    #[must_use]
    pub const fn policy(&self) -> Policy {
        self.policy
    }

    /// What it did so far.
    #[must_use]
    pub const fn stats(&self) -> ReceiverStats {
        self.stats
    }

    /// States the roll-over counter of a source whose beginning was missed. Its replay window begins anew.
    pub fn set_roll_over_counter(&mut self, ssrc: u32, counter: u32) {
        let mut source = self.sources.look(ssrc);
        source.rtp = Progress::Starting(counter);
        let forgotten = self.sources.keep(source);
        self.stats.forgotten_sources += u64::from(forgotten);
    }

    /// Turns an SRTP packet into RTP and gives the RTP packet's length.
    ///
    /// # Errors
    /// [`UnprotectError`]; the packet is then as it was, and nothing is remembered of it but the count.
    pub fn unprotect(&mut self, packet: &mut [u8]) -> Result<usize, UnprotectError> {
        let result = self.open_rtp(packet);
        self.stats.count(result, |stats| &mut stats.rtp);
        result
    }

    /// Turns an SRTCP packet into RTCP and gives the compound's length.
    ///
    /// # Errors
    /// [`UnprotectError`]; the packet is then as it was, and nothing is remembered of it but the count.
    pub fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, UnprotectError> {
        let result = self.open_report(packet);
        self.stats.count(result, |stats| &mut stats.rtcp);
        result
    }

    fn open_rtp(&mut self, packet: &mut [u8]) -> Result<usize, UnprotectError> {
        let whole = packet.len();
        let (body, trailer) = split(packet, self.policy.rtp_overhead(self.newest.mki))?;
        let header = header::rtp(body).map_err(|bad| refused(bad, whole))?;
        let (session, tag) = self.session(trailer)?;
        let RtpHeader { ssrc, sequence, length: clear } = header;
        let mut source = self.sources.look(ssrc);
        let authentic = |index| session.rtp.authentication.verify(body, &index::roll_over(index).to_be_bytes(), tag);
        let index = rtp_index(source.rtp, ssrc, sequence, authentic)?;
        if self.policy.encrypt_rtp {
            session.rtp.cipher.apply(ssrc, index, body.get_mut(clear..).unwrap_or_default());
        }
        source.rtp.accept(index);
        let length = body.len();
        self.stats.forgotten_sources += u64::from(self.sources.keep(source));
        Ok(length)
    }

    fn open_report(&mut self, packet: &mut [u8]) -> Result<usize, UnprotectError> {
        let whole = packet.len();
        let (body, trailer) = split(packet, self.policy.rtcp_overhead(self.newest.mki))?;
        let ssrc = header::rtcp(body).map_err(|bad| refused(bad, whole))?;
        let (stated, trailer) = trailer.split_first_chunk::<RTCP_INDEX>().ok_or_else(|| cut(whole, "srtcp index"))?;
        let (session, tag) = self.session(trailer)?;
        let word = u32::from_be_bytes(*stated);
        let index = u64::from(word & !E_BIT);
        let mut source = self.sources.look(ssrc);
        if let Progress::Running(window) = source.rtcp {
            check_new(&window, ssrc, index)?;
        }
        if !session.rtcp.authentication.verify(body, stated, tag) {
            return Err(UnprotectError::NotAuthentic { ssrc });
        }
        if word & E_BIT != 0 {
            session.rtcp.cipher.apply(ssrc, index, body.get_mut(RTCP_CLEAR..).unwrap_or_default());
        }
        source.rtcp.accept(index);
        let length = body.len();
        self.stats.forgotten_sources += u64::from(self.sources.keep(source));
        Ok(length)
    }

    /// The master key that a trailer of MKI and tag names, and the tag.
    fn session<'a>(&self, trailer: &'a [u8]) -> Result<(&Session, &'a [u8]), UnprotectError> {
        let (stated, tag) = trailer.split_at_checked(self.newest.mki.length()).unwrap_or((trailer, &[]));
        let sessions = [Some(&self.newest), self.before.as_ref()];
        let named = sessions.into_iter().flatten().find(|session| session.mki.as_bytes() == stated);
        let unknown = || UnprotectError::UnknownMki(Mki::from_wire(stated).unwrap_or(Mki::NONE));
        named.map(|session| (session, tag)).ok_or_else(unknown)
    }
}

/// The index with which the packet is new and authentic.
///
/// A source whose first packets were missed may have wrapped once before it was heard: nobody hears a peer before its keys
/// are known, and peers begin anywhere. The first packet of a source is therefore tried with the next roll-over counter too.
fn rtp_index(progress: Progress, ssrc: u32, sequence: u16, authentic: impl Fn(u64) -> bool) -> Result<u64, UnprotectError> {
    let (index, other) = match progress {
        Progress::Running(window) => {
            let index = index::estimate(window.highest(), sequence).ok_or(UnprotectError::KeyExhausted { ssrc })?;
            check_new(&window, ssrc, index)?;
            (index, None)
        }
        Progress::Starting(counter) => {
            let wrapped = counter.checked_add(1).filter(|_| sequence < 0x8000);
            (index::join(counter, sequence), wrapped.map(|counter| index::join(counter, sequence)))
        }
    };
    if authentic(index) {
        return Ok(index);
    }
    other.filter(|index| authentic(*index)).ok_or(UnprotectError::NotAuthentic { ssrc })
}

/// Packet and trailer.
fn split(packet: &mut [u8], overhead: usize) -> Result<(&mut [u8], &mut [u8]), UnprotectError> {
    let length = packet.len();
    let split = length.checked_sub(overhead).and_then(|body| packet.split_at_mut_checked(body));
    split.ok_or_else(|| cut(length, "trailer"))
}

const fn cut(length: usize, part: &'static str) -> UnprotectError {
    UnprotectError::TooShort { length, part }
}

const fn refused(bad: BadHeader, length: usize) -> UnprotectError {
    match bad {
        BadHeader::Short(part) => cut(length, part),
        BadHeader::Version(version) => UnprotectError::Version(version),
    }
}

fn check_new(window: &Window, ssrc: u32, index: u64) -> Result<(), UnprotectError> {
    window.check(index).map_err(|stale| match stale {
        Stale::Seen => UnprotectError::Replayed { ssrc, index },
        Stale::BeforeWindow => UnprotectError::TooOld { ssrc, index, highest: window.highest() },
    })
}

impl ReceiverStats {
    fn count(&mut self, result: Result<usize, UnprotectError>, taken: fn(&mut Self) -> &mut u64) {
        let counter = match result {
            Ok(_) => taken(self),
            Err(UnprotectError::TooShort { .. } | UnprotectError::Version(_)) => &mut self.malformed,
            Err(UnprotectError::UnknownMki(_)) => &mut self.unknown_mki,
            Err(UnprotectError::NotAuthentic { .. }) => &mut self.not_authentic,
            Err(UnprotectError::Replayed { .. }) => &mut self.replayed,
            Err(UnprotectError::TooOld { .. }) => &mut self.too_old,
            Err(UnprotectError::KeyExhausted { .. }) => &mut self.exhausted,
        };
        *counter = counter.saturating_add(1);
    }
}
