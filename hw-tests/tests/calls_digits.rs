//! Digits between SIPp and libpri: telephone events become tones on the line, heard by spandsp; what is keyed in ISDN becomes telephone events,
//! read by tshark. No end, ear or reader is ours.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::tshark::Capture;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
const EVENTS: &str = "telephone_event = true";
const DIGITS: &str = "0123456789*#";

#[test]
fn telephone_events_of_sipp_are_tones_on_the_line() {
    let scratch = Scratch::new("digits-to-line");
    let silence = scratch.join("silence.wav");
    hw_tests::audio::Audio::from_i16(&[0; 8_000]).save(&silence);
    let far = FarEnd::start(&scratch, Kind::Libpri, &silence);
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port).peer_line(EVENTS));
    let run = Run::new(Scenario::UacCall).media(Media::Digits(DIGITS)).events(96).hold(Duration::from_secs(6));
    far.wait_for_link(SOON);
    let sipp = Sipp::start(&scratch, &run.port(port).to("5551001", gateway.address()));
    sipp.finish().expect_success();
    let record = gateway.record();
    let heard = far.heard();
    assert_eq!(hw_tests::spandsp::digits(&heard[0]), DIGITS, "{}", gateway.ladder(record.id));
}

#[test]
fn what_libpri_keys_is_telephone_events_to_sipp() {
    let scratch = Scratch::new("digits-to-sipp");
    let far = FarEnd::start(&scratch, Kind::Libpri, &hw_tests::speech::town());
    let sipp = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer).events(101));
    let gateway =
        JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, sipp.port()).peer_line(EVENTS).capture());
    let mut call = far.call(&Placed::to("1001").clears_after(Duration::from_secs(4)));
    call.wait_for("connected", SOON);
    call.key("*21#");
    assert_eq!(call.cause(SOON), 16);
    sipp.finish().expect_success();
    let record = gateway.record();
    let capture = Capture::open(&gateway.capture(record.id));
    assert_eq!(capture.malformed(), Vec::<String>::new());
    // Three end packets a digit (RFC 4733 section 2.5.1.4); 10 is *, 11 is #; 100 ms are 800 units.
    let ends = capture.fields("rtpevent.end_of_event == 1", &["rtpevent.event_id", "rtpevent.duration"]);
    let expected: Vec<_> = ["10", "2", "1", "11"].into_iter().flat_map(|event| vec![[event, "800"]; 3]).collect();
    assert_eq!(ends, expected, "{}", capture.details("rtpevent"));
    assert_eq!(capture.count("rtpevent && rtp.marker == 1"), 4, "the first packet of each event is marked");
}
