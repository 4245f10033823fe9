//! Calls between two spans of different law, libpri at the far end of both: the octets of a data call arrive as they were, and what is keyed
//! or said while clearing crosses. Neither end is ours.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::audio::Audio;
use hw_tests::data_call::{noise, octets, percent_heard, samples};
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::g711::Law;
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::scratch::Scratch;
use hw_tests::speech::town;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
/// The octets that libpri on the T1 heard, and those that libpri on the E1 heard back, of what the E1's sent.
fn call(name: &str, data: bool) -> [usize; 2] {
    let scratch = Scratch::new(name);
    let sent = noise();
    let (says, heard) = (scratch.join("noise.wav"), scratch.join("heard.wav"));
    samples(Law::A, &sent).save(&says);
    let e1 = FarEnd::start(&scratch, Kind::Libpri, &town());
    let t1 = FarEnd::start(&scratch, Kind::LibpriWith(&["--framing", "t1"]), &town());
    let setup = Setup::new(&e1).span("t1", &t1.span_socket()).span_line("framing = \"t1\"").route("pstn", "5557", "t1");
    let gateway = JunctorBox::start(&scratch, &setup);
    t1.wait_for_link(SOON);
    let mut watched = t1.watch();
    let placed = Placed::to("5557001").says(&says).records(&heard).clears_after(Duration::from_millis(5_000));
    let mut call = e1.call(&if data { placed.data() } else { placed });
    call.wait_for("connected", SOON);
    assert_eq!(watched.wait_for("incoming", SOON)["data"], data);
    assert_eq!(call.cause(SOON), 16);
    gateway.wait_until_idle(SOON);
    let there = octets(Law::Mu, &t1.heard()[0]);
    let back = octets(Law::A, &Audio::load(&heard));
    [percent_heard(&sent, &there), percent_heard(&sent, &back)]
}

#[test]
fn what_one_libpri_keys_and_says_when_it_clears_reaches_the_other() {
    let scratch = Scratch::new("keyed");
    let e1 = FarEnd::start(&scratch, Kind::Libpri, &town());
    let t1 = FarEnd::start(&scratch, Kind::LibpriWith(&["--framing", "t1"]), &town());
    let setup = Setup::new(&e1).span("t1", &t1.span_socket()).span_line("framing = \"t1\"").route("pstn", "555", "t1");
    let gateway = JunctorBox::start(&scratch, &setup);
    t1.wait_for_link(SOON);
    let mut watched = t1.watch();
    let mut call = e1.call(&Placed::to("5551001"));
    call.wait_for("connected", SOON);
    call.key("*21#");
    assert_eq!(watched.wait_for("keyed", SOON)["digits"], "*21#");
    call.hang_up_saying("bye");
    assert_eq!(watched.wait_for("user_user", SOON)["text"], "bye");
    assert_eq!(call.cause(SOON), 16);
    gateway.wait_until_idle(SOON);
}

#[test]
fn data_call_between_an_e1_and_a_t1_arrives_octet_for_octet_and_so_does_its_echo() {
    let [there, back] = call("data-call", true);
    assert!(there >= 60 && back >= 60, "{there} % arrived, {back} % came back");
}

/// What the test above would see if the box converted data from one law to the other.
#[test]
fn speech_call_between_an_e1_and_a_t1_is_converted() {
    let [there, _] = call("speech-call", false);
    assert!(there < 10, "{there} % of the octets arrived as they were");
}
