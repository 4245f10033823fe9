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

#[test]
fn span_that_dies_in_a_call_ends_the_call() {
    let scratch = Scratch::new("span-dies");
    let mut far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let phone = Baresip::start(&scratch, Options::speaking("1001", &river()));
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("phone", Transport::Udp, phone.port()));
    phone.dial(&gateway.uri("5551001", Transport::Udp));
    phone.wait_for("CALL_ESTABLISHED", SOON);
    far.kill();
    // Q.931 T309, 90 s, may keep an answered call while the data link is re-established; a dead line is not waited for.
    phone.wait_for("CALL_CLOSED", Duration::from_secs(110));
    far.restart(&town());
    gateway.wait_for_span("pstn", true, SOON);
    gateway.wait_until_idle(SOON);
    phone.dial(&gateway.uri("5551001", Transport::Udp));
    phone.wait_for("CALL_ESTABLISHED", SOON);
    phone.hang_up();
    gateway.wait_until_idle(SOON);
}
