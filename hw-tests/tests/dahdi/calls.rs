//! The bodies of the call tests: each kind of ending, both directions, for any span and side ([`crate::calls_e1`],
//! [`crate::calls_t1`]).

use crate::scene::{SOON, Scene, Trunk, callee, quick};
use hw_tests::Transport;
use hw_tests::libpri::Conversation;
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Run, Scenario, Sipp};
use model::api::Party;
use serde_json::json;

/// SIPp calls libpri, one number after the other.
pub(crate) fn sipp_calls_each_number_of_libpri(trunk: Trunk) {
    let scratch = Scratch::new("dahdi-out");
    let port = free_port();
    let scene = Scene::start(&scratch, trunk, &trunk.setup().peer("sipp", Transport::Udp, port), &[]);
    // The cause is Q.850's, and who ended the call; the ringing one's is SIP's CANCEL, which says nothing.
    let cases = [
        ("5551001", Scenario::UacCall, Some(16), Party::Caller),
        ("5552001", Scenario::UacRefused(486), Some(17), Party::Called),
        ("5553001", Scenario::UacRefused(404), Some(1), Party::Called),
        ("5554001", Scenario::UacCancelWhileRinging, None, Party::Caller),
        ("5555001", Scenario::UacClearedByCallee, Some(16), Party::Called),
        ("5556001", Scenario::UacRefused(503), Some(34), Party::Called),
    ];
    for (number, scenario, _, _) in cases {
        scene.sipp_calls(&scratch, number, quick(scenario), port).expect_success();
    }
    let records = scene.gateway.records(10);
    assert_eq!(records.len(), cases.len(), "{records:#?}");
    for (record, (number, _, cause, by)) in records.iter().zip(cases) {
        assert_eq!(record.ended_by, by, "{number}: {record:#?}");
        assert!(cause.is_none_or(|cause| record.cause == cause), "{number}: {record:#?}");
    }
    scene.expect_clean_line();
}

/// libpri calls SIPp, which answers; libpri clears, then SIPp does.
pub(crate) fn libpri_calls_sipp_and_both_ends_clear(trunk: Trunk) {
    libpri_calls(trunk, quick(Scenario::UasAnswer), Party::Caller, |call| {
        call.wait_for("alerting");
        call.wait_for("connected");
        call.hang_up(16);
    });
    libpri_calls(trunk, quick(Scenario::UasBye), Party::Called, |call| {
        call.wait_for("connected");
        call.wait_for("clearing");
    });
}

fn libpri_calls(trunk: Trunk, run: Run, ended_by: Party, story: impl Fn(&mut Conversation)) {
    let scratch = Scratch::new("dahdi-in");
    let (sipp, setup) = callee(&scratch, trunk, run);
    let scene = Scene::start(&scratch, trunk, &setup, &[]);
    let mut call = scene.libpri.place(json!({"called": "1001", "calling": "5559000"}));
    story(&mut call);
    assert_eq!(call.until_released()["cause"], 16);
    let record = scene.gateway.record();
    assert_eq!((record.cause, record.ended_by), (16, ended_by), "{record:#?}");
    sipp.finish().expect_success();
    scene.expect_clean_line();
}

/// libpri calls numbers that are busy, unknown to SIPp, unknown to the box; and gives up a call that rings.
pub(crate) fn libpri_calls_numbers_that_do_not_answer(trunk: Trunk) {
    let scratch = Scratch::new("dahdi-refused");
    let port = free_port();
    let scene = Scene::start(&scratch, trunk, &trunk.setup().peer("sipp", Transport::Udp, port), &[]);
    // RFC 3398 8.2.6.1.
    for (status, cause) in [(486, 17), (404, 1)] {
        let sipp = Sipp::start(&scratch, &quick(Scenario::UasRefuse(status)).port(port));
        let mut call = scene.libpri.place(json!({"called": "1001"}));
        assert_eq!(call.until_released()["cause"], cause, "{status}");
        sipp.finish().expect_success();
    }
    assert_eq!(scene.libpri.place(json!({"called": "999"})).until_released()["cause"], 1);

    let sipp = Sipp::start(&scratch, &quick(Scenario::UasRingForever).port(port));
    let mut call = scene.libpri.place(json!({"called": "1001"}));
    call.wait_for("alerting");
    call.hang_up(16);
    call.until_released();
    sipp.finish().expect_success();
    scene.gateway.wait_until_idle(SOON);
    scene.libpri.wait_until_idle();
    scene.expect_clean_line();
}
