//! The box between libpri and SIP: neither end is ours. libpri is the network, the box the user side.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::audio::Audio;
use hw_tests::baresip::{Baresip, Options};
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::speech::{expect_heard, expect_heard_as_recorded, river, town};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
const SPEECH: Duration = Duration::from_secs(7);

#[test]
fn libpri_calls_phone_speech_arrives_both_ways() {
    let scratch = Scratch::new("libpri-to-phone");
    let far = FarEnd::start(&scratch, Kind::Libpri, &town());
    let phone = Baresip::start(&scratch, Options::speaking("1001", &river()).auto_answer());
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("phone", Transport::Udp, phone.port()));
    let heard = scratch.join("heard.wav");
    let mut call = far.call(&Placed::to("1001").says(&town()).records(&heard).clears_after(SPEECH));
    call.wait_for("connected", SOON);
    call.wait_for("released", SPEECH + SOON);
    phone.wait_for("CALL_CLOSED", SOON);
    expect_heard(&town(), &phone.heard());
    expect_heard(&river(), &Audio::load(&heard));
    assert_eq!(gateway.record().cause, 16);
}

#[test]
fn phone_clears_call_of_libpri() {
    let scratch = Scratch::new("phone-clears-libpri");
    let far = FarEnd::start(&scratch, Kind::Libpri, &town());
    let phone = Baresip::start(&scratch, Options::speaking("1001", &river()));
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("phone", Transport::Tcp, phone.port()));
    let mut call = far.call(&Placed::to("1001"));
    call.wait_for("alerting", SOON);
    phone.answer();
    call.wait_for("connected", SOON);
    phone.hang_up();
    assert_eq!(call.cause(SOON), 16);
    gateway.wait_until_idle(SOON);
}

/// SIPp calls through the box to libpri, one number after the other.
#[test]
fn sipp_calls_libpri_each_number_as_it_should_end() {
    let scratch = Scratch::new("sipp-to-libpri");
    let far = FarEnd::start(&scratch, Kind::Libpri, &town());
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    for (number, scenario) in [
        ("5552001", Scenario::UacRefused(486)),
        ("5553001", Scenario::UacRefused(404)),
        ("5554001", Scenario::UacCancelWhileRinging),
        ("5555001", Scenario::UacClearedByCallee),
        ("5556001", Scenario::UacRefused(503)),
        ("5551001", Scenario::UacCall),
    ] {
        let run = Run::new(scenario).port(port).to(number, gateway.address());
        Sipp::start(&scratch, &run).finish().expect_success();
        gateway.wait_until_idle(SOON);
    }
    let causes: Vec<u8> = gateway.records(10).iter().map(|r| r.cause).collect();
    assert_eq!((causes[0], causes[1], causes[3], causes[4], causes[5]), (17, 1, 16, 34, 16), "{causes:?}");
}

#[test]
fn sipp_speaks_libpri_hears_it() {
    let scratch = Scratch::new("sipp-speaks-libpri");
    let far = FarEnd::start(&scratch, Kind::Libpri, &town());
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    let run = Run::new(Scenario::UacCall).media(Media::Speech(river())).hold(SPEECH).port(port);
    Sipp::start(&scratch, &run.to("5551001", gateway.address())).finish().expect_success();
    gateway.wait_until_idle(SOON);
    expect_heard_as_recorded(&river(), &far.heard()[0], &gateway.record().quality.unwrap());
}

#[test]
fn diverted_call_of_sipp_reaches_libpri_with_the_redirecting_number() {
    let scratch = Scratch::new("diverted-to-libpri");
    let far = FarEnd::start(&scratch, Kind::Libpri, &town());
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    far.wait_for_link(SOON);
    let mut watched = far.watch();
    let run = Run::new(Scenario::UacCall).port(port).header("Diversion: <sip:5550777@127.0.0.1>;reason=no-answer;counter=1");
    Sipp::start(&scratch, &run.to("5551001", gateway.address())).finish().expect_success();
    // 2: call forwarding no reply (Q.931 4.6.7).
    assert_eq!(watched.wait_for("incoming", SOON)["redirecting"], serde_json::json!(["5550777", 2]));
}

#[test]
fn diverted_call_of_libpri_reaches_sipp_with_a_diversion_header() {
    let scratch = Scratch::new("diverted-to-sipp");
    let far = FarEnd::start(&scratch, Kind::Libpri, &town());
    let run = Run::new(Scenario::UasAnswer).header("P-Asserted-Identity: \"Bo\" <sip:5551888@127.0.0.1>");
    let sipp = Sipp::start(&scratch, &run);
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, sipp.port()));
    let mut call = far.call(&Placed::to("1001").redirected_by("5550777", 1).clears_after(Duration::from_secs(1)));
    call.wait_for("connected", SOON);
    assert_eq!(call.cause(SOON), 16);
    let outcome = sipp.finish();
    outcome.expect_success();
    let diversion = outcome.messages.lines().find(|line| line.starts_with("Diversion:")).unwrap_or_default().trim();
    assert!(diversion.starts_with("Diversion: <sip:5550777@") && diversion.contains(";reason=user-busy;"), "{diversion:?}");
    // Who answered is in the CONNECT that libpri took.
    let ladder = gateway.ladder(gateway.record().id);
    assert!(ladder.contains("connected=5551888"), "{ladder}");
}

#[test]
fn number_dialled_in_pieces_reaches_libpri_as_one_call() {
    let scratch = Scratch::new("in-pieces-to-libpri");
    let far = FarEnd::start(&scratch, Kind::LibpriWith(&["--overlap"]), &town());
    let port = free_port();
    let setup = Setup::new(&far).span_line("overlap_sending = true").peer("sipp", Transport::Udp, port);
    let gateway = JunctorBox::start(&scratch, &setup);
    far.wait_for_link(SOON);
    let mut watched = far.watch();
    let run = Run::new(Scenario::UacInPieces).port(port).to("5551001", gateway.address());
    let outcome = Sipp::start(&scratch, &run).finish();
    outcome.expect_success();
    assert_eq!(watched.wait_for("incoming", SOON)["called"], "5551001");
    let record = gateway.record();
    assert_eq!((record.called.as_str(), record.cause), ("5551001", 16), "{}", gateway.ladder(record.id));
    assert_eq!(gateway.ladder(record.id).matches("INFORMATION").count(), 1, "{}", gateway.ladder(record.id));
}
