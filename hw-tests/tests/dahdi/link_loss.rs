//! The line is lost in the middle of calls and comes back: the far span is taken away, so the box has RED within two seconds.

use crate::scene::{SOON, Scene, Trunk, quick};
use hw_tests::Transport;
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Run, Scenario, Sipp};
use model::api::Party;
use std::time::{Duration, Instant};

/// SIPp in a call with libpri, which SIPp would end after `hold`.
fn call_up(scratch: &Scratch, trunk: Trunk, scenario: Scenario, hold: Duration) -> (Scene, Sipp, u16) {
    let (port, late) = (free_port(), free_port());
    let setup = trunk.setup().peer("sipp", Transport::Udp, port).peer("late", Transport::Udp, late);
    let scene = Scene::start(scratch, trunk, &setup, &["--answer-after-ms", "0"]);
    let sipp = Sipp::start(scratch, &Run::new(scenario).hold(hold).port(port).to("5551001", scene.gateway.address()));
    let end = Instant::now() + SOON;
    while scene.gateway.status().counters.answered == 0 {
        assert!(Instant::now() < end, "no answer:\n{}", scene.gateway.log_tail());
        std::thread::sleep(Duration::from_millis(20));
    }
    (scene, sipp, late)
}

fn survives(trunk: Trunk) {
    let scratch = Scratch::new("dahdi-short-loss");
    let (mut scene, sipp, _) = call_up(&scratch, trunk, Scenario::UacCall, Duration::from_secs(12));
    scene.pull_cable();
    std::thread::sleep(Duration::from_secs(2));
    scene.mend_cable();
    // Long enough for STATUS ENQUIRY and its answer (Q.931 5.8.8), had either end forgotten the call.
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(scene.gateway.status().calls.len(), 1, "{}", scene.gateway.ladder(1));
    assert_eq!(scene.libpri.status()["calls"][0]["state"], "connected");
    sipp.finish().expect_success();
    let record = scene.gateway.record();
    assert_eq!((record.cause, record.ended_by), (16, Party::Caller), "{record:#?}");
    scene.libpri.wait_until_idle();
}

#[test]
fn call_of_the_user_survives_three_seconds_without_line() {
    survives(Trunk::E1_USER);
}

#[test]
fn call_of_the_network_survives_three_seconds_without_line() {
    survives(Trunk::T1_NETWORK);
}

#[test]
fn call_that_the_far_end_has_forgotten_ends_when_the_line_is_back() {
    let scratch = Scratch::new("dahdi-forgotten");
    let trunk = Trunk::E1_USER;
    let (mut scene, sipp, late) = call_up(&scratch, trunk, Scenario::UacClearedByCallee, SOON);
    scene.libpri.kill();
    scene.far.unplug();
    scene.gateway.wait_for_span("pstn", false, SOON);
    let call = |scenario| {
        let run = quick(scenario).port(late).to("5551001", scene.gateway.address());
        Sipp::start(&scratch, &run).finish()
    };
    call(Scenario::UacRefused(503)).expect_success();
    scene.far.plug_in();
    scene.libpri = trunk.libpri(&scratch, &scene.far, &[]);
    scene.gateway.wait_for_span("pstn", true, SOON);
    sipp.finish().expect_success();
    scene.libpri.wait_for_link(true);
    let run = quick(Scenario::UacCall).port(late).to("5551001", scene.gateway.address());
    Sipp::start(&scratch, &run).finish().expect_success();
    let records = scene.gateway.records(3);
    let ended_by: Vec<Party> = records.iter().map(|record| record.ended_by).collect();
    assert_ne!(ended_by[0], Party::Caller, "{records:#?}");
    assert_eq!(ended_by[2], Party::Caller, "{records:#?}");
}
