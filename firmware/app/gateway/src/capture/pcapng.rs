//! The few pcapng blocks that a capture needs (draft-ietf-opsawg-pcapng sections 4.1 to 4.3), little-endian.
//!
//! Sixty lines instead of a dependency: the published crates for it stand on old versions of theirs.

use std::time::{SystemTime, UNIX_EPOCH};

/// Interfaces of every file, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interface {
    /// LINKTYPE_LINUX_LAPD.
    Lapd = 0,
    /// LINKTYPE_RAW: a packet begins with its IP header.
    Ip = 1,
    /// LINKTYPE_WIRESHARK_UPPER_PDU.
    ExportedPdu = 2,
}

const LINK_TYPES: [(u16, &str); 3] = [(177, "d-channel"), (101, "ip"), (252, "sip-stream")];

/// Section header and one interface description each.
pub(super) fn header() -> Vec<u8> {
    let mut section = Vec::new();
    section.extend(0x1a2b_3c4d_u32.to_le_bytes()); // byte order magic
    section.extend([1, 0, 0, 0]); // version 1.0
    section.extend((-1_i64).to_le_bytes()); // section length not given
    option(&mut section, 4, b"junctord"); // shb_userappl
    end_of_options(&mut section);
    let mut file = block(0x0a0d_0d0a, &section);
    for (link_type, name) in LINK_TYPES {
        let mut interface = Vec::new();
        interface.extend(link_type.to_le_bytes());
        interface.extend([0, 0]);
        interface.extend(0_u32.to_le_bytes()); // no snapshot limit
        option(&mut interface, 2, name.as_bytes()); // if_name
        end_of_options(&mut interface);
        file.extend(block(1, &interface));
    }
    file
}

/// One enhanced packet block; times have the default resolution of a microsecond.
pub(super) fn packet(interface: Interface, at: SystemTime, bytes: &[u8]) -> Vec<u8> {
    let micros = u64::try_from(at.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros()).unwrap_or(u64::MAX);
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut body = Vec::with_capacity(bytes.len() + 24);
    body.extend((interface as u32).to_le_bytes());
    body.extend(((micros >> 32) as u32).to_le_bytes());
    body.extend((micros as u32).to_le_bytes());
    body.extend(length.to_le_bytes());
    body.extend(length.to_le_bytes());
    body.extend(bytes);
    block(6, &body)
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let padding = body.len().next_multiple_of(4) - body.len();
    let length = u32::try_from(12 + body.len() + padding).unwrap_or(u32::MAX).to_le_bytes();
    let mut block = Vec::with_capacity(12 + body.len() + padding);
    block.extend(kind.to_le_bytes());
    block.extend(length);
    block.extend(body);
    block.extend(std::iter::repeat_n(0, padding));
    block.extend(length);
    block
}

fn option(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    body.extend(code.to_le_bytes());
    body.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
    body.extend(value);
    body.extend(std::iter::repeat_n(0, value.len().next_multiple_of(4) - value.len()));
}

fn end_of_options(body: &mut Vec<u8>) {
    body.extend([0, 0, 0, 0]);
}
