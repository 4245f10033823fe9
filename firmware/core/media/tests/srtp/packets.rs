//! Packets and pairs of ends that the tests share.

use media::rtp::{Extension, Packet};
use media::srtp::{Keys, MAX_OVERHEAD, Mki, Policy, Receiver, Sender, Suite};

/// Room for every packet here.
pub(crate) const ROOM: usize = 2048;

pub(crate) fn keys(mki: Mki) -> Keys {
    Keys::new(std::array::from_fn(|at| at as u8), std::array::from_fn(|at| 0x40 + at as u8), mki)
}

pub(crate) fn other_keys(mki: Mki) -> Keys {
    Keys::new([0xA5; 16], [0x5A; 14], mki)
}

pub(crate) fn default_policy() -> Policy {
    Policy::new(Suite::AesCm128HmacSha1_80)
}

pub(crate) fn ends() -> (Sender, Receiver) {
    let keys = keys(Mki::NONE);
    (Sender::new(default_policy(), &keys), Receiver::new(default_policy(), &keys))
}

/// An RTP packet of 160 octets of payload, the low octet of its sequence number in each.
pub(crate) fn rtp(ssrc: u32, sequence: u16) -> Vec<u8> {
    let payload = [sequence as u8; 160];
    emit(&Packet {
        marker: false,
        payload_type: 8,
        sequence,
        timestamp: u32::from(sequence) * 160,
        ssrc,
        csrcs: &[],
        extension: None,
        payload: &payload,
        padding: 0,
    })
}

/// With CSRC list, header extension and padding as wanted.
pub(crate) fn rich_rtp(sequence: u16, csrcs: usize, extension: Option<usize>, payload: usize, padding: u8) -> Vec<u8> {
    let octets: Vec<u8> = (0..payload.max(4 * 64)).map(|at| (at * 7) as u8).collect();
    emit(&Packet {
        marker: true,
        payload_type: 111,
        sequence,
        timestamp: 0xDEAD_BEEF,
        ssrc: 0x1234_5678,
        csrcs: &octets[..4 * csrcs],
        extension: extension.map(|words| Extension { profile: 0xBEDE, data: &octets[..4 * words] }),
        payload: &octets[..payload],
        padding,
    })
}

fn emit(packet: &Packet<'_>) -> Vec<u8> {
    let mut bytes = vec![0; packet.emitted_length()];
    packet.emit(&mut bytes).unwrap();
    bytes
}

/// An empty receiver report of that source, with an SDES-like tail so that there is something to encrypt.
pub(crate) fn rtcp(ssrc: u32, tail: usize) -> Vec<u8> {
    let mut bytes = vec![0x80, 201, 0, 1];
    bytes.extend(ssrc.to_be_bytes());
    bytes.extend((0..tail).map(|at| at as u8));
    bytes
}

#[track_caller]
pub(crate) fn protect(sender: &mut Sender, packet: &[u8]) -> Vec<u8> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + MAX_OVERHEAD, 0);
    let length = sender.protect(&mut buffer, packet.len()).unwrap();
    buffer.truncate(length);
    buffer
}

#[track_caller]
pub(crate) fn protect_rtcp(sender: &mut Sender, packet: &[u8]) -> Vec<u8> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + MAX_OVERHEAD, 0);
    let length = sender.protect_rtcp(&mut buffer, packet.len()).unwrap();
    buffer.truncate(length);
    buffer
}

/// The packet opened, or why not; a refused one must have stayed as it was.
#[track_caller]
pub(crate) fn unprotect(receiver: &mut Receiver, packet: &[u8]) -> Result<Vec<u8>, media::srtp::UnprotectError> {
    let mut bytes = packet.to_vec();
    let result = receiver.unprotect(&mut bytes);
    if result.is_err() {
        assert_eq!(bytes, packet, "a refused packet was changed");
    }
    result.map(|length| bytes[..length].to_vec())
}

/// The same for RTCP.
#[track_caller]
pub(crate) fn unprotect_rtcp(receiver: &mut Receiver, packet: &[u8]) -> Result<Vec<u8>, media::srtp::UnprotectError> {
    let mut bytes = packet.to_vec();
    let result = receiver.unprotect_rtcp(&mut bytes);
    if result.is_err() {
        assert_eq!(bytes, packet, "a refused packet was changed");
    }
    result.map(|length| bytes[..length].to_vec())
}
