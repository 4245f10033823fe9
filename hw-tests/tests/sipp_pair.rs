//! SIPp to SIPp without the box: proof that the scenarios fit each other, that the sound they carry can be checked, and that
//! a run which does not go as its scenario says is reported as failed.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::audio::Audio;
use hw_tests::correlation::correlation;
use hw_tests::ear::Ear;
use hw_tests::g711::Law;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Outcome, Run, Scenario, Sipp};
use hw_tests::speech;
use std::time::Duration;

const BOTH: [Transport; 2] = [Transport::Udp, Transport::Tcp];

/// Runs a caller against a callee.
fn pair(scratch: &Scratch, caller: Run, callee: Run) -> (Outcome, Outcome) {
    let callee = Sipp::start(scratch, &callee);
    let caller = Sipp::start(scratch, &caller.to("5551001", callee.address()));
    (caller.finish(), callee.finish())
}

fn both_succeed(caller: Scenario, callee: Scenario) {
    for transport in BOTH {
        let scratch = Scratch::new("sipp-pair");
        let (caller, callee) = pair(&scratch, Run::new(caller).transport(transport), Run::new(callee).transport(transport));
        caller.expect_success();
        callee.expect_success();
    }
}

#[test]
fn caller_clears() {
    both_succeed(Scenario::UacCall, Scenario::UasAnswer);
}

#[test]
fn callee_clears() {
    both_succeed(Scenario::UacClearedByCallee, Scenario::UasBye);
}

#[test]
fn caller_cancels_while_ringing() {
    both_succeed(Scenario::UacCancelWhileRinging, Scenario::UasRingForever);
}

#[test]
fn callee_refuses() {
    for status in [404, 486, 503] {
        both_succeed(Scenario::UacRefused(status), Scenario::UasRefuse(status));
    }
}

#[test]
fn twenty_calls_at_once() {
    let scratch = Scratch::new("sipp-twenty");
    let (caller, callee) =
        pair(&scratch, Run::new(Scenario::UacCall).calls(20, 100, 20), Run::new(Scenario::UasAnswer).calls(20, 100, 20));
    caller.expect_success();
    callee.expect_success();
    assert_eq!(caller.count("INVITE sip:"), 20);
}

#[test]
fn wrong_status_fails_the_caller() {
    let scratch = Scratch::new("sipp-wrong-status");
    let (caller, _) = pair(&scratch, Run::new(Scenario::UacRefused(404)), Run::new(Scenario::UasRefuse(486)));
    assert_eq!(caller.code, Some(1), "{caller:?}");
    assert!(caller.errors.contains("486"), "{}", caller.errors);
}

#[test]
fn answer_where_refusal_is_expected_fails_the_caller() {
    let scratch = Scratch::new("sipp-answered");
    let short = Duration::from_secs(5);
    let (caller, _) =
        pair(&scratch, Run::new(Scenario::UacRefused(404)).limit(short), Run::new(Scenario::UasAnswer).limit(short));
    assert_eq!(caller.code, Some(1), "{caller:?}");
}

#[test]
fn silent_callee_fails_the_caller_and_hears_its_retransmissions() {
    let scratch = Scratch::new("sipp-silent");
    let caller = Run::new(Scenario::UacCall).limit(Duration::from_secs(4));
    let (caller, callee) = pair(&scratch, caller, Run::new(Scenario::UasSilent).hold(Duration::from_secs(3)));
    assert_ne!(caller.code, Some(0), "{caller:?}");
    callee.expect_success();
    // RFC 3261 17.1.1.2, timer A: sent at 0, 0.5, 1.5 and 3.5 s.
    assert!((3..=4).contains(&callee.count("INVITE sip:")), "{}", callee.messages);
}

#[test]
fn caller_speaks_ear_at_callee_hears_it() {
    let scratch = Scratch::new("sipp-speech");
    let ear = Ear::open();
    let caller = Run::new(Scenario::UacCall).media(Media::Speech(speech::town())).hold(Duration::from_millis(6500));
    let callee = Run::new(Scenario::UasAnswer).media(Media::HeardAt(ear.port()));
    let (caller, callee) = pair(&scratch, caller, callee);
    caller.expect_success();
    callee.expect_success();
    let heard = ear.finish();
    assert_eq!((heard.lost, heard.duplicates, heard.odd, heard.sources), (0, 0, 0, 1), "of {} packets", heard.packets);
    let found = correlation(&Audio::load(&speech::town()), &heard.audio).unwrap();
    assert!(found.r > 0.99 && found.overlap_ms > 5500, "{found:?}");
    assert!(correlation(&Audio::load(&speech::river()), &heard.audio).unwrap().r < 0.3);
}

#[test]
fn callee_echoes_what_it_hears() {
    let scratch = Scratch::new("sipp-echo");
    let callee = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer).media(Media::Echo));
    let mut ear = Ear::open();
    let caller = Run::new(Scenario::UacCall).to("5551001", callee.address()).media(Media::HeardAt(ear.port()));
    let caller = Sipp::start(&scratch, &caller.hold(Duration::from_secs(7)));
    ear.speak(callee.media_address(), Law::A, &Audio::load(&speech::river()));
    caller.finish().expect_success();
    callee.finish().expect_success();
    let heard = ear.finish();
    assert_eq!(heard.lost, 0);
    let found = correlation(&Audio::load(&speech::river()), &heard.audio).unwrap();
    assert!(found.r > 0.99, "{found:?}");
}
