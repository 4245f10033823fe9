//! What a span's flight recorder has after a call with libpri: read by the command line, and its frames by tshark.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::far_end::{FarEnd, Kind};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::process::our_program;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Run, Scenario, Sipp};
use hw_tests::speech::town;
use hw_tests::tshark::Capture;
use std::process::Command;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

/// The box's command line, to its end.
fn junctor(gateway: &JunctorBox, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(our_program("junctor", "cli")).arg("--control").arg(gateway.control()).args(arguments).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn recorder_has_link_and_call_in_words_and_frames_that_tshark_reads() {
    let scratch = Scratch::new("flight-recorder");
    let far = FarEnd::start(&scratch, Kind::Libpri, &town());
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    let run = Run::new(Scenario::UacCall).hold(Duration::from_secs(1)).port(port).to("5551001", gateway.address());
    Sipp::start(&scratch, &run).finish().expect_success();
    gateway.wait_until_idle(SOON);

    let span = gateway.status().spans[0].name.clone();
    let text = String::from_utf8(junctor(&gateway, &["trace", &span, "--once", "--last", "20000"])).unwrap();
    let places: Vec<Option<usize>> = ["SABME", "* data link up", "SETUP cr=1", "CONNECT cr=1'", "RELEASE COMPLETE"]
        .iter()
        .map(|words| text.lines().position(|line| line.contains(words)))
        .collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{text}");
    assert!(text.contains("* line clear"), "{text}");
    assert!(text.lines().any(|line| line.contains("SETUP cr=1") && line.contains("> ") && line.contains("(call 1)")), "{text}");

    let file = scratch.join("span.pcapng");
    junctor(&gateway, &["span", "capture", &span, "-o", file.to_str().unwrap()]);
    let capture = Capture::open(&file);
    assert_eq!(capture.malformed(), Vec::<String>::new(), "{}", capture.details("_ws.malformed"));
    // libpri, whose first SABME found nobody, sends it again a second later: a SETUP that was under way is then repeated (T303).
    let called = capture.values("q931.called_party_number.digits");
    assert!(!called.is_empty() && called.iter().all(|digits| digits == "5551001"), "{called:?}\n{text}");
    // CONNECT, DISCONNECT, RELEASE and RELEASE COMPLETE, and the frames that no call has.
    for message in [7, 69, 77, 90] {
        assert_eq!(capture.count(&format!("q931.message_type == {message}")), 1, "{message}:\n{text}");
    }
    assert!(capture.count("lapd && !q931") >= 4, "{text}");
}
