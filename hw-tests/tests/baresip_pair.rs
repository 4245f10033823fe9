//! Phone to phone without the box: proof that the phones speak, hear and obey, so that a fault found with them is the box's.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::audio::Audio;
use hw_tests::baresip::{Baresip, Options};
use hw_tests::correlation::{correlation, windowed};
use hw_tests::scratch::Scratch;
use hw_tests::speech;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

/// A call of a file's length, both speaking; then the likeness of what each heard with what the other said.
fn speech_arrives_both_ways(transport: Transport) {
    let scratch = Scratch::new("baresip-pair");
    let callee = Baresip::start(&scratch, Options::speaking("callee", &speech::river()).transport(transport).auto_answer());
    let caller = Baresip::start(&scratch, Options::speaking("caller", &speech::town()).transport(transport));
    caller.dial(&callee.uri());
    caller.wait_for("CALL_ESTABLISHED", SOON);
    std::thread::sleep(Duration::from_secs(7));
    caller.hang_up();
    caller.wait_for("CALL_CLOSED", SOON);
    callee.wait_for("CALL_CLOSED", SOON);
    let (town, river) = (Audio::load(&speech::town()), Audio::load(&speech::river()));
    for (said, other, phone) in [(&town, &river, &callee), (&river, &town, &caller)] {
        let heard = phone.heard();
        let windows = windowed(said, &heard).unwrap();
        assert!(windows.median_r > 0.95 && windows.windows >= 4, "{windows:?} {:?}", correlation(said, &heard));
        let control = correlation(other, &heard).unwrap();
        assert!(control.r < 0.3, "{control:?}");
    }
}

#[test]
fn baresip_calls_baresip_speech_arrives() {
    speech_arrives_both_ways(Transport::Udp);
}

#[test]
fn baresip_calls_baresip_over_tcp_speech_arrives() {
    speech_arrives_both_ways(Transport::Tcp);
}

#[test]
fn baresip_calls_echo_phone_hears_itself() {
    let scratch = Scratch::new("baresip-echo");
    let callee = Baresip::start(&scratch, Options::echo("callee").auto_answer());
    let caller = Baresip::start(&scratch, Options::speaking("caller", &speech::town()));
    caller.dial(&callee.uri());
    caller.wait_for("CALL_ESTABLISHED", SOON);
    std::thread::sleep(Duration::from_secs(7));
    caller.hang_up();
    caller.wait_for("CALL_CLOSED", SOON);
    let windows = windowed(&Audio::load(&speech::town()), &caller.heard()).unwrap();
    assert!(windows.median_r > 0.95, "{windows:?}");
}

#[test]
fn manual_phone_rings_answers_when_told_and_clears() {
    let scratch = Scratch::new("baresip-manual");
    let callee = Baresip::start(&scratch, Options::speaking("callee", &speech::river()));
    let caller = Baresip::start(&scratch, Options::speaking("caller", &speech::town()));
    caller.dial(&callee.uri());
    callee.wait_for("CALL_INCOMING", SOON);
    caller.wait_for("CALL_RINGING", SOON);
    callee.answer();
    caller.wait_for("CALL_ESTABLISHED", SOON);
    callee.hang_up();
    caller.wait_for("CALL_CLOSED", SOON);
}

#[test]
fn manual_phone_hung_up_while_ringing_is_busy() {
    let scratch = Scratch::new("baresip-busy");
    let callee = Baresip::start(&scratch, Options::speaking("callee", &speech::river()));
    let caller = Baresip::start(&scratch, Options::speaking("caller", &speech::town()));
    caller.dial(&callee.uri());
    callee.wait_for("CALL_INCOMING", SOON);
    callee.hang_up();
    let closed = caller.wait_for("CALL_CLOSED", SOON);
    assert!(closed["param"].as_str().unwrap().starts_with("486"), "{closed}");
}

#[test]
fn caller_hung_up_while_ringing_cancels() {
    let scratch = Scratch::new("baresip-cancel");
    let callee = Baresip::start(&scratch, Options::speaking("callee", &speech::river()));
    let caller = Baresip::start(&scratch, Options::speaking("caller", &speech::town()));
    caller.dial(&callee.uri());
    callee.wait_for("CALL_INCOMING", SOON);
    caller.wait_for("CALL_RINGING", SOON);
    caller.hang_up();
    callee.wait_for("CALL_CLOSED", SOON);
    assert!(callee.log().contains("CANCEL sip:callee"), "{}", callee.log());
}
