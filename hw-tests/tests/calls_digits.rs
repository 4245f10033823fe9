//! Digits between SIPp and libpri: telephone events and INFO become tones on the line, heard by spandsp; what is keyed in ISDN becomes telephone
//! events, read by tshark, or INFO, read by SIPp. No end, ear or reader is ours.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Info, Media, Run, Scenario, Sipp};
use hw_tests::tshark::Capture;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
const EVENTS: &str = "telephone_event = true";
const DIGITS: &str = "0123456789*#";

/// libpri that says nothing in its calls.
fn silent_libpri(scratch: &Scratch) -> FarEnd {
    let silence = scratch.join("silence.wav");
    hw_tests::audio::Audio::from_i16(&[0; 8_000]).save(&silence);
    FarEnd::start(scratch, Kind::Libpri, &silence)
}

#[test]
fn telephone_events_of_sipp_are_tones_on_the_line() {
    let scratch = Scratch::new("digits-to-line");
    let far = silent_libpri(&scratch);
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

const RELAY: Option<&str> = Some("application/dtmf-relay");

fn digit(body: &'static [&'static str]) -> Info {
    Info { content_type: RELAY, body, status: 200 }
}

#[test]
fn info_of_sipp_is_tones_on_the_line_and_what_is_no_digit_is_refused() {
    let scratch = Scratch::new("info-to-line");
    let far = silent_libpri(&scratch);
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    let infos = vec![
        digit(&["Signal=5", "Duration=160"]),
        digit(&["Signal= 5", "Duration= 250"]),
        digit(&["Signal=10", "Duration=100"]),
        Info { content_type: Some("application/json"), body: &["{}"], status: 415 },
        digit(&["Signal=16", "Duration=100"]),
        Info { content_type: None, body: &[], status: 200 },
        Info { content_type: Some("application/dtmf"), body: &["9"], status: 200 },
        digit(&["Signal=#"]),
        digit(&["Signal=a", "Duration=90"]),
    ];
    let run = Run::new(Scenario::UacInfo).infos(infos).hold(Duration::from_secs(4));
    far.wait_for_link(SOON);
    let sipp = Sipp::start(&scratch, &run.port(port).to("5551001", gateway.address()));
    sipp.finish().expect_success();
    let record = gateway.record();
    let heard = far.heard();
    assert_eq!(hw_tests::spandsp::digits(&heard[0]), "55*9#A", "{}", gateway.ladder(record.id));
    assert!(gateway.ladder(record.id).contains("hook flash by the caller: ignored"), "{}", gateway.ladder(record.id));
}

#[test]
fn what_libpri_keys_is_info_to_a_sipp_that_wants_it() {
    let scratch = Scratch::new("keypad-to-info");
    let far = FarEnd::start(&scratch, Kind::Libpri, &hw_tests::speech::town());
    let bodies: [&[&str]; 4] = [
        &["Signal=[*]", "Duration=100"],
        &["Signal=2", "Duration=100"],
        &["Signal=1", "Duration=100"],
        &["Signal=#", "Duration=100"],
    ];
    // The second is refused: the call and the other digits go on.
    let status = |at: usize| if at == 1 { 415 } else { 200 };
    let infos = bodies.into_iter().enumerate().map(|(at, body)| Info { content_type: RELAY, body, status: status(at) });
    let sipp = Sipp::start(&scratch, &Run::new(Scenario::UasInfo).events(101).infos(infos.collect()));
    let peer = format!("{EVENTS}\ndigits = \"info\"");
    let gateway =
        JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, sipp.port()).peer_line(&peer).capture());
    let mut call = far.call(&Placed::to("1001").clears_after(Duration::from_secs(4)));
    call.wait_for("connected", SOON);
    call.key("*21#");
    assert_eq!(call.cause(SOON), 16);
    sipp.finish().expect_success();
    let record = gateway.record();
    let ladder = gateway.ladder(record.id);
    assert!(ladder.contains("digit 2 not passed on: INFO failed with 415"), "{ladder}");
    let capture = Capture::open(&gateway.capture(record.id));
    assert_eq!(capture.malformed(), Vec::<String>::new());
    assert_eq!(capture.count("sip.Method == \"INFO\" && sip.Request-Line"), 4, "{ladder}");
    assert_eq!(capture.count("rtpevent"), 0, "each digit goes one way only");
}
