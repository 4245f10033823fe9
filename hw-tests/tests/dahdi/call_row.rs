//! Calls one after the other over DAHDI, in both directions in turn: nothing may be left behind by any of them.

use crate::scene::{SOON, Scene, Trunk, quick};
use hw_tests::Transport;
use hw_tests::junctor_box::Setup;
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Run, Scenario, Sipp};
use serde_json::json;
use std::time::Duration;

/// So many in each direction; each is answered, held a moment and cleared by its caller.
fn calls_in_a_row(trunk: Trunk, each_way: u32, change: impl FnOnce(Setup) -> Setup) {
    let scratch = Scratch::new("dahdi-row");
    let (out, into) = (free_port(), free_port());
    let limit = Duration::from_secs(u64::from(40 + each_way * 3));
    let moment = |scenario: Scenario| -> Run {
        quick(scenario).ring(Duration::ZERO).hold(Duration::from_millis(100)).limit(limit).calls(each_way, 10, 1)
    };
    let callee = Sipp::start(&scratch, &moment(Scenario::UasAnswer).port(into));
    let setup = change(trunk.setup().peer("callee", Transport::Udp, into).peer("caller", Transport::Udp, out));
    let scene = Scene::start(&scratch, trunk, &setup, &["--answer-after-ms", "0"]);

    Sipp::start(&scratch, &moment(Scenario::UacCall).port(out).to("5551001", scene.gateway.address())).finish().expect_success();
    for turn in 0..each_way {
        let mut call = scene.libpri.place(json!({"called": "1001", "clear_after_ms": 100}));
        call.wait_for("connected");
        assert_eq!(call.until_released()["cause"], 16, "call {turn}");
    }
    callee.finish().expect_success();

    let counters = scene.gateway.wait_until_idle(SOON).counters;
    let all = u64::from(2 * each_way);
    assert_eq!((counters.calls, counters.answered, counters.ended), (all, all, all), "{counters:?}");
    assert_eq!((counters.records_lost, counters.events_lost), (0, 0), "{counters:?}");
    let status = scene.libpri.wait_until_idle();
    assert_eq!(status["counters"]["released"], json!({"16": all}), "{status}");
    assert_eq!(status["channels_in_use"], 0, "{status}");
    scene.expect_clean_line();
    println!("figure: {trunk:?}, calls answered and cleared = {all}");
}

#[test]
fn twenty_calls_leave_nothing_behind() {
    calls_in_a_row(Trunk::E1_USER, 10, |setup| setup);
}

#[test]
fn calls_of_a_media_thread_that_waits_by_epoll_leave_nothing_behind() {
    calls_in_a_row(Trunk::T1_NETWORK, 2, |setup| setup.poller("epoll"));
}

#[test]
#[ignore = "long form: cargo xtask long dahdi-200-calls-in-a-row"]
fn two_hundred_calls_leave_nothing_behind_as_user_on_an_e1() {
    calls_in_a_row(Trunk::E1_USER, 100, |setup| setup);
}

#[test]
#[ignore = "long form: cargo xtask long dahdi-200-calls-in-a-row"]
fn two_hundred_calls_leave_nothing_behind_as_network_on_a_t1() {
    calls_in_a_row(Trunk::T1_NETWORK, 100, |setup| setup);
}
