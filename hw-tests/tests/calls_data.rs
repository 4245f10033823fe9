//! Data calls between libpri and SIPp: 64 kbit/s as they are, in RTP by clear mode (RFC 4040). Neither end is ours.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::audio::Audio;
use hw_tests::data_call::{noise, octets, percent_heard, samples};
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::g711::Law;
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::{Transport, ports::free_port};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
const TALK: Duration = Duration::from_secs(5);

#[test]
fn data_call_of_libpri_to_sipp_in_clear_mode_comes_back_octet_for_octet() {
    let scratch = Scratch::new("data-to-sipp");
    let (says, heard) = (scratch.join("noise.wav"), scratch.join("heard.wav"));
    samples(Law::A, &noise()).save(&says);
    let far = FarEnd::start(&scratch, Kind::Libpri, &says);
    let sipp = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer).format(97, "CLEARMODE/8000").media(Media::Echo));
    let setup = Setup::new(&far).peer("sipp", Transport::Udp, sipp.port());
    let gateway = JunctorBox::start(&scratch, &setup);
    let mut call = far.call(&Placed::to("1001").data().says(&says).records(&heard).clears_after(TALK));
    call.wait_for("connected", SOON);
    assert_eq!(call.cause(TALK + SOON), 16);
    let record = gateway.record();
    sipp.finish().expect_success();
    let back = percent_heard(&noise(), &octets(Law::A, &Audio::load(&heard)));
    assert!(back >= 60, "{back} % came back, {record:#?}");
}

#[test]
fn clear_mode_of_sipp_is_a_data_call_at_libpri() {
    let scratch = Scratch::new("data-from-sipp");
    let far = FarEnd::start(&scratch, Kind::Libpri, &hw_tests::speech::town());
    let mut watched = far.watch();
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    let run = Run::new(Scenario::UacCall).format(125, "CLEARMODE/8000").port(port).to("5551001", gateway.address());
    let sipp = Sipp::start(&scratch, &run);
    assert_eq!(watched.wait_for("incoming", SOON)["data"], true);
    sipp.finish().expect_success();
    assert_eq!(gateway.record().cause, 16);
}

#[test]
fn data_call_to_a_peer_without_clear_mode_ends_with_cause_65() {
    let scratch = Scratch::new("data-refused");
    let far = FarEnd::start(&scratch, Kind::Libpri, &hw_tests::speech::town());
    let sipp = Sipp::start(&scratch, &Run::new(Scenario::UasRefuse(488)).format(97, "CLEARMODE/8000"));
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, sipp.port()));
    let mut call = far.call(&Placed::to("1001").data());
    assert_eq!(call.cause(SOON), 65);
    sipp.finish().expect_success();
    assert_eq!(gateway.record().cause, 65);
}
