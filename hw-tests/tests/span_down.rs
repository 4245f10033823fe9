//! A span that goes down: new calls are refused as the network's failure, the calls on it end, and it comes back by itself.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::baresip::{Baresip, Options};
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Run, Scenario, Sipp};
use hw_tests::speech::{river, town};
use model::api::Party;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(15);

#[test]
fn call_to_dead_span_is_503_until_it_is_back() {
    let scratch = Scratch::new("span-down-sip");
    let mut far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    let call = |scenario| {
        let run = Run::new(scenario).port(port).to("5551001", gateway.address());
        Sipp::start(&scratch, &run).finish()
    };
    call(Scenario::UacCall).expect_success();
    far.kill();
    gateway.wait_for_span("pstn", false, SOON);
    let refused = call(Scenario::UacRefused(503));
    refused.expect_success();
    let reason = refused.messages.lines().find(|line| line.starts_with("Reason:")).unwrap_or_default();
    assert!(reason.contains("cause=27") || reason.contains("cause=34"), "{reason:?}\n{}", refused.messages);
    far.restart(&town());
    gateway.wait_for_span("pstn", true, SOON);
    call(Scenario::UacCall).expect_success();
    gateway.wait_until_idle(SOON);
}

#[test]
fn call_from_isdn_to_dead_span_is_cause_27_or_34() {
    let scratch = Scratch::new("span-down-isdn");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let setup = Setup::new(&far).span("pbx", &scratch.join("nobody")).route("pstn", "200", "pbx");
    let gateway = JunctorBox::start(&scratch, &setup);
    let cause = far.call(&Placed::to("2001")).cause(SOON);
    assert!([27, 34].contains(&cause), "{cause}");
    assert_eq!(u64::from(gateway.record().cause), cause);
}

/// A phone in a call with the exchange, which stays up until somebody ends it.
fn call_up(scratch: &Scratch) -> (FarEnd, Baresip, JunctorBox) {
    let far = FarEnd::start(scratch, Kind::Exchange, &town());
    let phone = Baresip::start(scratch, Options::speaking("1001", &river()));
    let gateway = JunctorBox::start(scratch, &Setup::new(&far).peer("phone", Transport::Udp, phone.port()));
    phone.dial(&gateway.uri("5551001", Transport::Udp));
    phone.wait_for("CALL_ESTABLISHED", SOON);
    (far, phone, gateway)
}

#[test]
fn exchange_that_forgot_the_call_when_the_span_is_back_ends_it() {
    let scratch = Scratch::new("span-forgets");
    let (mut far, phone, gateway) = call_up(&scratch);
    far.kill();
    gateway.wait_for_span("pstn", false, SOON);
    // Q.931 5.8.9: T309 (90 s) keeps the call; link back, STATUS ENQUIRY finds that the other side does not know it.
    far.restart(&town());
    gateway.wait_for_span("pstn", true, SOON);
    phone.wait_for("CALL_CLOSED", SOON);
    let record = gateway.record();
    assert_ne!(record.ended_by, Party::Caller, "{record:#?}\n{}", gateway.ladder(record.id));
    phone.dial(&gateway.uri("5551001", Transport::Udp));
    phone.wait_for("CALL_ESTABLISHED", SOON);
    phone.hang_up();
    gateway.wait_until_idle(SOON);
}

#[test]
fn span_that_stays_dead_ends_the_call_with_t309() {
    let scratch = Scratch::new("span-stays-dead");
    let (mut far, phone, gateway) = call_up(&scratch);
    far.kill();
    phone.wait_for("CALL_CLOSED", Duration::from_secs(110));
    let record = gateway.record();
    // Q.931 5.8.9: cause 27, destination out of order, when T309 expires.
    assert_eq!(record.cause, 27, "{record:#?}\n{}", gateway.ladder(record.id));
    assert_ne!(record.ended_by, Party::Caller, "{record:#?}");
}

#[test]
fn call_survives_an_alarm_of_two_seconds() {
    let scratch = Scratch::new("span-alarm");
    let (far, phone, gateway) = call_up(&scratch);
    far.alarm(true);
    gateway.wait_for_span("pstn", false, SOON);
    std::thread::sleep(Duration::from_secs(2));
    far.alarm(false);
    gateway.wait_for_span("pstn", true, SOON);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(gateway.status().calls.len(), 1, "{}", gateway.ladder(1));
    phone.hang_up();
    phone.wait_for("CALL_CLOSED", SOON);
    let record = gateway.record();
    assert_eq!((record.cause, record.ended_by), (16, Party::Caller), "{record:#?}");
}
