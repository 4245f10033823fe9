//! Packets in the forms that capture decoders know.
//!
//! - LAPD: the 16 octet header of LINKTYPE_LINUX_LAPD, then the frame from its address field on.
//! - UDP: an IP and a UDP header made for the addresses it went by.
//! - SIP over TCP: an exported PDU that names its dissector and addresses, one message each, because segments and
//!   sequence numbers are the kernel's and not known here.

use std::net::{IpAddr, SocketAddr};

use super::Packet;
use super::pcapng::Interface;

/// The interface a packet belongs to and its bytes there.
pub(super) fn encode(packet: &Packet) -> (Interface, Vec<u8>) {
    match packet {
        Packet::Lapd { sent, network_side, frame } => (Interface::Lapd, lapd(*sent, *network_side, frame)),
        Packet::Datagram { from, to, bytes } => (Interface::Ip, datagram(*from, *to, bytes)),
        Packet::SipStream { from, to, bytes } => (Interface::ExportedPdu, exported(*from, *to, bytes)),
    }
}

fn lapd(sent: bool, network_side: bool, frame: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(16 + frame.len());
    bytes.extend(if sent { 4_u16 } else { 0 }.to_be_bytes()); // packet type: outgoing, or to us
    bytes.extend(8445_u16.to_be_bytes()); // ARPHRD_LAPD
    bytes.extend(1_u16.to_be_bytes()); // address length
    bytes.push(u8::from(network_side)); // the address: whether we are the network
    bytes.extend([0; 7]);
    bytes.extend(0x0030_u16.to_be_bytes()); // ETH_P_LAPD
    bytes.extend(frame);
    bytes
}

fn datagram(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + payload.len()).unwrap_or(u16::MAX);
    let mut udp = Vec::with_capacity(8 + payload.len());
    udp.extend(from.port().to_be_bytes());
    udp.extend(to.port().to_be_bytes());
    udp.extend(length.to_be_bytes());
    udp.extend([0, 0]);
    udp.extend(payload);
    match (from.ip(), to.ip()) {
        (IpAddr::V4(source), IpAddr::V4(target)) => {
            let total = 20_u16.saturating_add(length);
            let mut ip = vec![0x45, 0];
            ip.extend(total.to_be_bytes());
            ip.extend([0, 0, 0x40, 0, 64, 17, 0, 0]); // don't fragment, TTL 64, UDP, checksum below
            ip.extend(source.octets());
            ip.extend(target.octets());
            let sum = checksum(&ip);
            ip.splice(10..12, sum.to_be_bytes());
            ip.extend(udp); // checksum 0: none, as RFC 768 allows over IPv4
            ip
        }
        (source, target) => {
            let (source, target) = (v6(source), v6(target));
            // RFC 8200 8.1: over IPv6 the checksum is not optional.
            let mut pseudo = [source, target].concat();
            pseudo.extend(u32::from(length).to_be_bytes());
            pseudo.extend([0, 0, 0, 17]);
            pseudo.extend(&udp);
            let sum = match checksum(&pseudo) {
                0 => 0xffff,
                sum => sum,
            };
            udp.splice(6..8, sum.to_be_bytes());
            let mut ip = vec![0x60, 0, 0, 0];
            ip.extend(length.to_be_bytes());
            ip.extend([17, 64]);
            ip.extend(source);
            ip.extend(target);
            ip.extend(udp);
            ip
        }
    }
}

const fn v6(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    }
}

/// The Internet checksum (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0)));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// Exported PDU tags (wsutil/exported_pdu_tlvs.h): dissector name, addresses, port type and ports.
fn exported(from: SocketAddr, to: SocketAddr, message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64 + message.len());
    tag(&mut bytes, 12, b"sip\0");
    for (v4, v6, address) in [(20, 22, from.ip()), (21, 23, to.ip())] {
        match address {
            IpAddr::V4(address) => tag(&mut bytes, v4, &address.octets()),
            IpAddr::V6(address) => tag(&mut bytes, v6, &address.octets()),
        }
    }
    tag(&mut bytes, 24, &2_u32.to_be_bytes()); // port type TCP
    tag(&mut bytes, 25, &u32::from(from.port()).to_be_bytes());
    tag(&mut bytes, 26, &u32::from(to.port()).to_be_bytes());
    tag(&mut bytes, 0, &[]);
    bytes.extend(message);
    bytes
}

fn tag(bytes: &mut Vec<u8>, code: u16, value: &[u8]) {
    bytes.extend(code.to_be_bytes());
    bytes.extend(u16::try_from(value.len()).unwrap_or(0).to_be_bytes());
    bytes.extend(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv4_header_sums_to_zero_with_its_checksum() {
        let packet = datagram("192.0.2.1:5060".parse().unwrap(), "192.0.2.2:5061".parse().unwrap(), b"x");
        assert_eq!(checksum(&packet[..20]), 0);
        assert_eq!(packet.len(), 29);
    }

    #[test]
    fn ipv6_datagram_sums_to_zero_with_its_pseudo_header() {
        let packet = datagram("[2001:db8::1]:5060".parse().unwrap(), "[2001:db8::2]:5061".parse().unwrap(), b"odd");
        let mut pseudo = packet[8..40].to_vec();
        pseudo.extend([0, 0, 0, 11, 0, 0, 0, 17]);
        pseudo.extend(&packet[40..]);
        assert_eq!(checksum(&pseudo), 0);
    }
}
