//! The decoder on captures made by hand with Wireshark's text2pcap: it reads Q.931 and SIP numbers, and says what is malformed.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::process::system_program;
use hw_tests::scratch::Scratch;
use hw_tests::tshark::Capture;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

/// Link type LAPD without pseudo header.
const LAPD: &[&str] = &["-l", "203"];
/// 12002 is a port that Wireshark knows as another protocol's (HPR over UDP).
const SIP_OVER_UDP: &[&str] = &["-4", "127.0.0.1,127.0.0.1", "-u", "12345,12002"];

/// An information frame of the network (SAPI 0, TEI 0, N(S)=N(R)=0) with SETUP from 5559001 to 5551001, channel 1.
const SETUP: &[u8] = b"\x02\x01\x00\x00\x08\x02\x00\x01\x05\x04\x03\x80\x90\xa3\x18\x03\xa9\x83\x81\
\x6c\x08\x81555900\x31\x70\x08\x815551001";

const INVITE: &str = "INVITE sip:5551001@127.0.0.1:12347 SIP/2.0\r\n\
Via: SIP/2.0/UDP 127.0.0.1:12345;branch=z9hG4bK1\r\n\
From: <sip:5559001@127.0.0.1>;tag=1\r\n\
To: <sip:5551001@127.0.0.1>\r\n\
Call-ID: 1@127.0.0.1\r\n\
CSeq: 1 INVITE\r\n\
Max-Forwards: 70\r\n\
Content-Length: 0\r\n\r\n";

fn capture(scratch: &Scratch, packets: &[&[u8]], encapsulation: &[&str]) -> Capture {
    let mut text = String::new();
    for packet in packets {
        text.push_str("000000");
        for byte in *packet {
            write!(text, " {byte:02x}").unwrap();
        }
        text.push('\n');
    }
    let (dump, path): (PathBuf, PathBuf) = (scratch.join("dump"), scratch.join("capture.pcapng"));
    std::fs::write(&dump, text).unwrap();
    let program = system_program("text2pcap", "wireshark-common");
    let output = Command::new(program).args(encapsulation).arg(&dump).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Capture::open(&path)
}

#[test]
fn q931_setup_tells_both_numbers() {
    let scratch = Scratch::new("tshark-q931");
    let capture = capture(&scratch, &[SETUP], LAPD);
    assert_eq!(capture.malformed(), Vec::<String>::new(), "{}", capture.details("frame"));
    assert_eq!(capture.values("q931.called_party_number.digits"), ["5551001"]);
    assert_eq!(capture.values("q931.calling_party_number.digits"), ["5559001"]);
    assert_eq!(capture.count("q931.message_type == 5"), 1);
}

#[test]
fn truncated_q931_is_malformed() {
    let scratch = Scratch::new("tshark-truncated");
    let capture = capture(&scratch, &[SETUP, &SETUP[..SETUP.len() - 3]], LAPD);
    let malformed = capture.malformed();
    assert_eq!(malformed.len(), 1, "{malformed:?}");
    assert!(malformed[0].starts_with("2 "), "{malformed:?}");
}

#[test]
fn sip_invite_tells_both_numbers() {
    let scratch = Scratch::new("tshark-sip");
    let capture = capture(&scratch, &[INVITE.as_bytes()], SIP_OVER_UDP);
    assert_eq!(capture.malformed(), Vec::<String>::new(), "{}", capture.details("frame"));
    assert_eq!(capture.fields("sip.Method == INVITE", &["sip.r-uri.user", "sip.to.user"]), [["5551001", "5551001"]]);
    assert_eq!(capture.values("sip.from.user"), ["5559001"]);
}
