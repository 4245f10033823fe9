//! The capture of a call, read by tshark: no malformed packet, the called number in Q.931 and in SIP, and the sound.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::baresip::{Baresip, Options};
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::scratch::Scratch;
use hw_tests::speech::{river, town};
use hw_tests::tshark::Capture;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

fn read(gateway: &JunctorBox, called: &str) {
    let record = gateway.record();
    let path = gateway.capture(record.id);
    let capture = Capture::open(&path);
    assert_eq!(capture.malformed(), Vec::<String>::new(), "{}", capture.details("_ws.malformed"));
    assert_eq!(capture.values("q931.called_party_number.digits"), [called], "{}", capture.details("q931"));
    let invites = capture.fields("sip.Method == INVITE", &["sip.r-uri.user", "sip.to.user"]);
    assert!(!invites.is_empty(), "{}", capture.details("sip || !rtp"));
    assert!(invites.iter().all(|i| i == &[called, called]), "{invites:?}");
    // SETUP, CONNECT, and the three messages of clearing (Q.931 3.1: 5, 7, 69, 77, 90), each once.
    for message in [5, 7, 69, 77, 90] {
        let filter = format!("q931.message_type == {message}");
        assert_eq!(capture.count(&filter), 1, "{filter}:\n{}", gateway.ladder(record.id));
    }
    assert_eq!(capture.count("sip.Method == BYE"), 1);
    let quality = record.quality.unwrap();
    // All packets of both directions that the box counted, and no more.
    assert_eq!(capture.count("rtp") as u64, quality.packets_sent + quality.packets_received, "{quality:?}");
    assert_eq!(capture.count("rtp && rtp.p_type != 8"), 0);
}

#[test]
fn capture_of_call_from_isdn_is_read_by_tshark() {
    let scratch = Scratch::new("capture-isdn");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let phone = Baresip::start(&scratch, Options::speaking("1001", &river()).auto_answer());
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("phone", Transport::Udp, phone.port()).capture());
    let mut call = far.call(&Placed::to("1001").clears_after(Duration::from_secs(2)));
    call.wait_for("released", SOON);
    read(&gateway, "1001");
}

#[test]
fn capture_of_call_from_phone_over_tcp_is_read_by_tshark() {
    let scratch = Scratch::new("capture-sip");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let phone = Baresip::start(&scratch, Options::speaking("1001", &river()).transport(Transport::Tcp));
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("phone", Transport::Tcp, phone.port()).capture());
    phone.dial(&gateway.uri("5551001", Transport::Tcp));
    phone.wait_for("CALL_ESTABLISHED", SOON);
    std::thread::sleep(Duration::from_secs(2));
    phone.hang_up();
    phone.wait_for("CALL_CLOSED", SOON);
    read(&gateway, "5551001");
}
