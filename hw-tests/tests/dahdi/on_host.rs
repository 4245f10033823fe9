//! What the tests left behind, read by programs that the guest does not have. `cargo xtask hw-test` runs these after the guest
//! has ended, with the same folder of results; a test of the guest that left nothing makes its test here fail.

use crate::capture::{FROM_LIBPRI, FROM_SIPP, packets_of, results};
use hw_tests::tshark::Capture;

/// No malformed packet, both protocols name the called number, and the clearing is whole.
#[track_caller]
fn read(name: &str, called: &str, messages: [u8; 5]) {
    let path = results(name);
    assert!(path.exists(), "the guest left no {}", path.display());
    let capture = Capture::open(&path);
    assert_eq!(capture.malformed(), Vec::<String>::new(), "{}", capture.details("_ws.malformed"));
    assert_eq!(capture.values("q931.called_party_number.digits"), [called], "{}", capture.details("q931"));
    let invites = capture.fields("sip.Method == INVITE", &["sip.r-uri.user"]);
    assert!(!invites.is_empty() && invites.iter().all(|user| user == &[called]), "{invites:?}");
    for message in messages {
        let filter = format!("q931.message_type == {message}");
        assert_eq!(capture.count(&filter), 1, "{filter}:\n{}", capture.details("q931"));
    }
    assert_eq!(capture.count("sip.Method == BYE"), 1);
    // All packets of both directions that the box counted, and no more.
    let packets: usize = std::fs::read_to_string(packets_of(name)).unwrap().parse().unwrap();
    assert!(packets > 0);
    assert_eq!(capture.count("rtp"), packets);
}

/// SETUP, CONNECT, DISCONNECT, RELEASE, RELEASE COMPLETE (Q.931 table 4-2).
const WHOLE_CALL: [u8; 5] = [5, 7, 69, 77, 90];

#[test]
fn capture_of_call_from_libpri_is_read_by_tshark() {
    read(FROM_LIBPRI, "1001", WHOLE_CALL);
}

#[test]
fn capture_of_call_to_libpri_is_read_by_tshark() {
    read(FROM_SIPP, "5551001", WHOLE_CALL);
}
