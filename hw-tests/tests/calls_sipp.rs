//! Calls between the exchange's ISDN and SIPp through the box: SIPp as caller and as callee, UDP and TCP.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::audio::Audio;
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Outcome, Run, Scenario, Sipp};
use hw_tests::speech::{expect_heard_as_recorded, river, town};
use model::api::{CallRecord, Party, Quality};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
/// Longer than either speech file.
const SPEECH: Duration = Duration::from_secs(7);
const BOTH: [Transport; 2] = [Transport::Udp, Transport::Tcp];

/// SIPp calls a number through the box; what it saw, the box's record, what the exchange heard.
fn sipp_calls(number: &str, run: Run, transport: Transport, ring_seconds: u32) -> (Outcome, CallRecord, Vec<Audio>) {
    let scratch = Scratch::new("sipp-calls");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let port = free_port();
    let setup = Setup::new(&far).peer("sipp", transport, port).ring_seconds(ring_seconds);
    let gateway = JunctorBox::start(&scratch, &setup);
    let sipp = Sipp::start(&scratch, &run.transport(transport).port(port).to(number, gateway.address()));
    let outcome = sipp.finish();
    let record = gateway.record();
    assert_ne!(outcome.code, None, "{outcome:?}\n{}", gateway.ladder(record.id));
    (outcome, record, far.heard())
}

fn refused(number: &str, status: u16, cause: u8, by: Party) {
    for transport in BOTH {
        let (outcome, record, _) = sipp_calls(number, Run::new(Scenario::UacRefused(status)), transport, 60);
        outcome.expect_success();
        assert_eq!((record.cause, record.ended_by), (cause, by), "{record:#?}");
    }
}

#[test]
fn sipp_speaks_exchange_hears_it() {
    for transport in BOTH {
        let run = Run::new(Scenario::UacCall).media(Media::Speech(river())).hold(SPEECH);
        let (outcome, record, heard) = sipp_calls("5551001", run, transport, 60);
        outcome.expect_success();
        expect_heard_as_recorded(&river(), &heard[0], &record.quality.unwrap());
        assert_eq!((record.cause, record.ended_by), (16, Party::Caller), "{record:#?}");
        assert_eq!(record.quality.unwrap().lost, 0, "{record:#?}");
    }
}

#[test]
fn sipp_echoes_exchange_hears_itself() {
    let run = Run::new(Scenario::UacCall).media(Media::Echo).hold(SPEECH);
    let (outcome, record, heard) = sipp_calls("5551001", run, Transport::Udp, 60);
    outcome.expect_success();
    expect_heard_as_recorded(&town(), &heard[0], &record.quality.unwrap());
}

#[test]
fn exchange_clears_call_of_sipp() {
    for transport in BOTH {
        let (outcome, record, _) = sipp_calls("5555001", Run::new(Scenario::UacClearedByCallee), transport, 60);
        outcome.expect_success();
        assert_eq!((record.cause, record.ended_by), (16, Party::Called), "{record:#?}");
    }
}

#[test]
fn sipp_cancels_while_exchange_rings() {
    for transport in BOTH {
        let (outcome, record, _) = sipp_calls("5554001", Run::new(Scenario::UacCancelWhileRinging), transport, 60);
        outcome.expect_success();
        assert_eq!((record.answered_at, record.ended_by), (None, Party::Caller), "{record:#?}");
    }
}

#[test]
fn exchange_that_never_answers_is_480() {
    for transport in BOTH {
        let (outcome, record, _) = sipp_calls("5554001", Run::new(Scenario::UacHangsOn(480)), transport, 2);
        outcome.expect_success();
        assert_eq!((record.cause, record.ended_by), (19, Party::Box), "{record:#?}");
    }
}

#[test]
fn busy_exchange_is_486() {
    refused("5552001", 486, 17, Party::Called);
}

#[test]
fn number_unallocated_in_exchange_is_404() {
    refused("5553001", 404, 1, Party::Called);
}

#[test]
fn congested_exchange_is_503() {
    refused("5556001", 503, 34, Party::Called);
}

#[test]
fn number_without_route_is_404() {
    refused("999", 404, 1, Party::Box);
}

/// The exchange calls SIPp through the box; the box, the exchange and the running SIPp.
struct Callee {
    gateway: JunctorBox,
    sipp: Sipp,
    far: FarEnd,
    scratch: Scratch,
}

impl Callee {
    fn new(run: Run, transport: Transport) -> Self {
        Self::with(run, transport, |setup| setup)
    }

    fn with(run: Run, transport: Transport, change: impl FnOnce(Setup) -> Setup) -> Self {
        let scratch = Scratch::new("sipp-is-called");
        let far = FarEnd::start(&scratch, Kind::Exchange, &town());
        let sipp = Sipp::start(&scratch, &run.transport(transport));
        let setup = change(Setup::new(&far)).peer("sipp", transport, sipp.port());
        let gateway = JunctorBox::start(&scratch, &setup);
        Self { gateway, sipp, far, scratch }
    }

    /// Waits for SIPp's end, which must be as its scenario says, and returns the box's record.
    #[track_caller]
    fn finish(self) -> CallRecord {
        let record = self.gateway.record();
        self.sipp.finish().expect_success();
        record
    }
}

/// The exchange calls SIPp, which echoes, and hears itself; `meanwhile` runs after two seconds of talk.
fn echoed(transport: Transport, meanwhile: impl FnOnce(&mut Sipp)) -> Quality {
    let mut scene = Callee::with(Run::new(Scenario::UasAnswer).media(Media::Echo), transport, Setup::keeps_echo);
    let heard = scene.scratch.join("heard.wav");
    let mut call = scene.far.call(&Placed::to("1001").says(&river()).records(&heard).clears_after(SPEECH));
    call.wait_for("alerting", SOON);
    call.wait_for("connected", SOON);
    std::thread::sleep(Duration::from_secs(2));
    meanwhile(&mut scene.sipp);
    assert_eq!(call.cause(SPEECH + SOON), 16);
    let heard = Audio::load(&heard);
    let record = scene.finish();
    assert_eq!((record.cause, record.ended_by), (16, Party::Caller), "{record:#?}");
    let quality = record.quality.unwrap();
    expect_heard_as_recorded(&river(), &heard, &quality);
    assert_eq!(quality.lost, 0, "{record:#?}");
    quality
}

#[test]
fn exchange_calls_sipp_and_hears_its_echo() {
    echoed(Transport::Udp, |_| {});
}

#[test]
fn echo_of_sipp_that_paused_is_late_by_what_the_record_counts() {
    let quality = echoed(Transport::Tcp, |sipp| sipp.pause(Duration::from_millis(70)));
    assert!(quality.underruns > 0 && quality.slips_inserted > 0, "{quality:?}");
}

#[test]
fn sipp_that_speaks_before_it_answers_is_carried_at_once() {
    let run = Run::new(Scenario::UasEarlyMedia).media(Media::Speech(river())).ring(Duration::from_secs(3));
    let scene = Callee::new(run, Transport::Udp);
    let mut call = scene.far.call(&Placed::to("1001"));
    call.wait_for("connected", SOON);
    assert!(call.passed().iter().any(|event| event["in_band"] == true), "{:?}", call.passed());
    call.hang_up();
    call.wait_for("released", SOON);
    let record = scene.finish();
    // Three seconds before the answer, 50 packets each; nearly nothing after it.
    let quality = record.quality.unwrap();
    assert!(quality.packets_received >= 145 && quality.lost == 0, "{quality:?}");
    assert!(quality.packets_sent >= 145, "{quality:?}");
}

#[test]
fn sipp_clears_call_of_exchange() {
    for transport in BOTH {
        let scene = Callee::new(Run::new(Scenario::UasBye).hold(Duration::from_millis(500)), transport);
        let mut call = scene.far.call(&Placed::to("1001"));
        call.wait_for("connected", SOON);
        assert_eq!(call.cause(SOON), 16);
        assert_eq!(scene.finish().ended_by, Party::Called);
    }
}

#[test]
fn exchange_gives_up_sipp_gets_cancel() {
    for transport in BOTH {
        let scene = Callee::new(Run::new(Scenario::UasRingForever), transport);
        let mut call = scene.far.call(&Placed::to("1001"));
        call.wait_for("alerting", SOON);
        call.hang_up();
        call.wait_for("released", SOON);
        let record = scene.finish();
        assert_eq!((record.answered_at, record.ended_by), (None, Party::Caller), "{record:#?}");
    }
}

#[test]
fn refusal_of_sipp_is_the_cause_of_the_table() {
    // RFC 3398 8.2.6.1, table "SIP status to ISUP cause".
    for (status, cause) in [(486, 17), (404, 1), (480, 18), (503, 41)] {
        for transport in BOTH {
            let scene = Callee::new(Run::new(Scenario::UasRefuse(status)), transport);
            let mut call = scene.far.call(&Placed::to("1001"));
            assert_eq!(call.cause(SOON), cause, "{status}");
            let record = scene.finish();
            assert_eq!((u64::from(record.cause), record.sip_status), (cause, Some(status)), "{record:#?}");
        }
    }
}

#[test]
fn silent_sipp_leaves_nothing_behind_after_timer_b() {
    let scene = Callee::new(Run::new(Scenario::UasSilent).hold(Duration::from_secs(34)), Transport::Udp);
    // The exchange's T310 (10 s after CALL PROCEEDING, Q.931 table 9-1) ends before timer B does (32 s, RFC 3261 17.1.1.2).
    scene.far.call(&Placed::to("1001")).wait_for("released", Duration::from_secs(20));
    scene.gateway.wait_until_channels_are_free(SOON);
    scene.gateway.wait_until_idle(Duration::from_secs(40));
    let record = scene.finish();
    assert_eq!(record.answered_at, None, "{record:#?}");
}

#[test]
fn silent_sipp_is_cause_38_or_41() {
    let scene = Callee::new(Run::new(Scenario::UasSilent).hold(Duration::from_secs(34)), Transport::Udp);
    let cause = scene.far.call(&Placed::to("1001")).cause(Duration::from_secs(40));
    assert!([38, 41].contains(&cause), "{cause}");
}

/// The box calls a port where nobody listens.
fn nobody_there(transport: Transport) {
    let scratch = Scratch::new("nobody-there");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("nobody", transport, free_port()));
    let cause = far.call(&Placed::to("1001")).cause(Duration::from_secs(20));
    assert!([38, 41].contains(&cause), "{cause}");
    assert_eq!(gateway.record().answered_at, None);
}

#[test]
fn tcp_port_that_nobody_listens_on_is_cause_38_or_41() {
    nobody_there(Transport::Tcp);
}

#[test]
fn udp_port_that_nobody_listens_on_is_cause_38_or_41() {
    nobody_there(Transport::Udp);
}
