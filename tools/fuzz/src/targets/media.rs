//! SDP text, RTP and RTCP packets, SRTP, and a whole stream that a peer talks nonsense to.

use super::{drain, start};
use media::sdp::Session;
use media::srtp::{Keys, MAX_OVERHEAD, Mki, Policy, ProtectError, Receiver, Sender, Suite, UnprotectError};
use media::{
    BLOCK, Codec, Direction, Format, Law, Mode, Offer, Stream, StreamConfig, rtcp as control, rtp as packet, sdp as description,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// A session that parses is printed and parses to the same. An offer that is read can be answered, section by section.
pub(super) fn sdp(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let ours = Offer::g711(peer(), Codec::Pcma);
    let _ = description::read_answer(&ours, text);
    let offer = description::read_offer(text);
    let Ok(session) = Session::parse(text) else {
        assert!(offer.is_err(), "an offer was read from text that is no SDP");
        return false;
    };
    let printed = session.to_string();
    assert_eq!(Session::parse(&printed).as_ref(), Ok(&session), "printed:\n{printed}");
    let Ok(theirs) = offer else { return true };
    let Ok(answer) = ours.answer(&theirs) else { return true };
    let origin = description::Origin { id: 1, version: 1 };
    let answered = match description::answer_to_sdp(text, &answer, origin) {
        Ok(answered) => answered,
        Err(why) => panic!("an offer that was accepted cannot be answered: {why}"),
    };
    let sections = Session::parse(&answered).map(|answered| answered.media.len());
    assert_eq!(sections, Ok(session.media.len()), "RFC 3264 6: one section for each of the offer:\n{answered}");
    true
}

/// A packet that parses is emitted, as long as it said, and parses to the same.
pub(super) fn rtp(bytes: &[u8]) -> bool {
    let Ok(parsed) = packet::Packet::parse(bytes) else { return false };
    let mut buffer = vec![0; parsed.emitted_length()];
    assert_eq!(parsed.emit(&mut buffer), Ok(buffer.len()));
    assert_eq!(packet::Packet::parse(&buffer).as_ref(), Ok(&parsed), "emitted {buffer:02x?}");
    if let Some(room) = buffer.len().checked_sub(1) {
        assert!(parsed.emit(&mut buffer[..room]).is_err(), "it fitted into a buffer that is too small");
    }
    true
}

/// A compound that parses is emitted and parses to the same. Read in place it is as good, or refused for the same reason.
pub(super) fn rtcp(bytes: &[u8]) -> bool {
    let parsed = control::parse(bytes);
    assert_eq!(control::view(bytes).check(), parsed.as_ref().map(|_| ()).map_err(|malformed| *malformed));
    let Ok(parsed) = parsed else { return false };
    let again = control::emit(&parsed);
    assert_eq!(control::parse(&again).as_ref(), Ok(&parsed), "emitted {again:02x?}");
    true
}

/// The first octet chooses suite and MKI, the rest is a list of (what, length, octets): packets to be protected, and packets
/// from the wire. What was protected is opened to the same; what is refused is left as it was. Accepted means that a packet
/// was taken or protected.
pub(super) fn srtp(bytes: &[u8]) -> bool {
    let Some((first, mut rest)) = bytes.split_first() else { return false };
    let mut ends = SrtpEnds::new(*first);
    while let [what, length, tail @ ..] = rest {
        let (octets, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        match what % 4 {
            0 => ends.there_and_back(octets, Sender::protect, Receiver::unprotect),
            1 => ends.there_and_back(octets, Sender::protect_rtcp, Receiver::unprotect_rtcp),
            2 => ends.wire(octets, Receiver::unprotect),
            _ => ends.wire(octets, Receiver::unprotect_rtcp),
        }
    }
    let (sent, taken) = (ends.sender.stats(), ends.open.stats());
    sent.rtp + sent.rtcp + taken.rtp + taken.rtcp > 0
}

struct SrtpEnds {
    sender: Sender,
    /// Hears the sender.
    receiver: Receiver,
    /// Hears whatever comes.
    open: Receiver,
}

impl SrtpEnds {
    fn new(first: u8) -> Self {
        let length = (first >> 1) % 5;
        let value = 0xE1F9_7A0D_u32.checked_shr(32 - 8 * u32::from(length)).unwrap_or(0);
        let mki = Mki::new(value, length).unwrap_or(Mki::NONE);
        let policy = Policy::new(Suite::ALL[usize::from(first & 1)]);
        // The key of libsrtp's own test packets, which are among the seeds.
        let key = 0xE1F9_7A0D_3E01_8BE0_D64F_A32C_06DE_4139_u128.to_be_bytes();
        let salt = [0x0E, 0xC6, 0x75, 0xAD, 0x49, 0x8A, 0xFE, 0xEB, 0xB6, 0x96, 0x0B, 0x3A, 0xAB, 0xE6];
        let keys = Keys::new(key, salt, mki);
        let receiver = || Receiver::new(policy, &keys);
        Self { sender: Sender::new(policy, &keys), receiver: receiver(), open: receiver() }
    }

    fn there_and_back(
        &mut self,
        packet: &[u8],
        protect: fn(&mut Sender, &mut [u8], usize) -> Result<usize, ProtectError>,
        unprotect: fn(&mut Receiver, &mut [u8]) -> Result<usize, UnprotectError>,
    ) {
        let mut buffer = packet.to_vec();
        buffer.resize(packet.len() + MAX_OVERHEAD, 0xEE);
        let before = buffer.clone();
        let Ok(length) = protect(&mut self.sender, &mut buffer, packet.len()) else {
            assert_eq!(buffer, before, "a refused packet was changed");
            return;
        };
        let opened = unprotect(&mut self.receiver, &mut buffer[..length]);
        // A source that the receiver forgot has lost its roll-over counter.
        if self.receiver.stats().forgotten_sources == 0 {
            assert_eq!(opened, Ok(packet.len()));
            assert_eq!(&buffer[..packet.len()], packet);
        }
    }

    fn wire(&mut self, packet: &[u8], unprotect: fn(&mut Receiver, &mut [u8]) -> Result<usize, UnprotectError>) {
        let mut bytes = packet.to_vec();
        match unprotect(&mut self.open, &mut bytes) {
            Ok(length) => assert!(length < packet.len()),
            Err(_) => assert_eq!(bytes, packet, "a refused packet was changed"),
        }
    }
}

const fn peer() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4000)
}

/// The input is a list of (what, length, octets): RTP, RTCP, or blocks that are played meanwhile. Accepted means that a packet counted.
pub(super) fn stream(bytes: &[u8]) -> bool {
    let mut now = start();
    let mut stream = Stream::new(StreamConfig {
        ssrc: 1,
        first_sequence: 0xFFF0,
        first_timestamp: 0xFFFF_FF00,
        format: Format::of(Codec::Pcma),
        line_law: Law::Mu,
        ptime_ms: 20,
        jitter: Mode::VOICE,
        conceal: true,
        comfort_noise: true,
        suppress_silence: true,
        extended_reports: true,
        telephone_event: Some(101),
        remote: peer(),
        symmetric: true,
        cname: "fuzz".to_owned(),
        direction: Direction::SendRecv,
    });
    let mut block = [0; BLOCK];
    let mut rest = bytes;
    while let [what, length, tail @ ..] = rest {
        let (octets, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        match what % 4 {
            0 | 1 => stream.handle_rtp(now, peer(), octets),
            2 => stream.handle_rtcp(now, peer(), octets),
            _ => {
                now += Duration::from_millis(10 * u64::from(*length));
                // Sending events must bear whatever the peer does meanwhile.
                stream.press_digit(char::from(*length));
                stream.release_digit(char::from(*length), 40 * u32::from(*what));
            }
        }
        stream.ip_to_line(&mut block);
        stream.line_to_ip(now, &block);
        stream.handle_timeout(now, Duration::from_secs(3_900_000_000));
        drain(|| stream.poll_transmit().map(|_| ()));
        drain(|| stream.poll_event());
        drain(|| stream.poll_quality());
        now += Duration::from_millis(10);
    }
    stream.stats().packets_received > 0
}
