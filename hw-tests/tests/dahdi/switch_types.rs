//! Each switch type over DAHDI, the box against libpri of the same type, as network and as user; SIPp is the other end of the calls.
//!
//! Each row that passes is printed as a figure; `cargo xtask long switch-types` makes the table of them in `hw-tests/interop`. The tests of
//! `isdn_libpri` compare what is said in the messages.

use crate::scene::{SOON, Scene, Trunk, quick};
use hw_tests::Transport;
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Scenario, Sipp};
use serde_json::json;

/// What libpri does in one type beyond calls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beyond {
    /// RESTART.
    Restart,
    /// RESTART and SERVICE.
    RestartAndService,
}

/// Calls both ways, cleared both ways, a busy number; RESTART of an idle channel; SERVICE where the type has it.
fn row(trunk: Trunk, beyond: Beyond) {
    let scratch = Scratch::new("dahdi-switch");
    let (out, into) = (free_port(), free_port());
    let setup = trunk.setup().peer("callee", Transport::Udp, into).peer("caller", Transport::Udp, out);
    let scene = Scene::start(&scratch, trunk, &setup, &[]);
    for (number, scenario) in
        [("5551001", Scenario::UacCall), ("5555001", Scenario::UacClearedByCallee), ("5552001", Scenario::UacRefused(486))]
    {
        scene.sipp_calls(&scratch, number, quick(scenario), out).expect_success();
    }
    for (scenario, libpri_clears) in [(Scenario::UasAnswer, true), (Scenario::UasBye, false)] {
        let callee = Sipp::start(&scratch, &quick(scenario).port(into));
        let mut call = scene.libpri.place(json!({"called": "1001", "calling": "5559000", "name": "Berta"}));
        call.wait_for("connected");
        if libpri_clears {
            call.hang_up(16);
        }
        assert_eq!(call.until_released()["cause"], 16);
        callee.finish().expect_success();
    }
    let mut watching = scene.libpri.watch();
    scene.libpri.request(&json!({"do": "restart", "channel": 5}));
    assert_eq!(watching.wait_for("restarted")["channel"], 5);
    if beyond == Beyond::RestartAndService {
        for status in [2, 0] {
            scene.libpri.request(&json!({"do": "service", "channel": 6, "status": status}));
            let answered = watching.wait_for("service");
            assert_eq!((&answered["channel"], &answered["status"]), (&json!(6), &json!(status)));
        }
    }
    scene.gateway.wait_until_idle(SOON);
    scene.expect_clean_line();
    let service = if beyond == Beyond::RestartAndService { ", SERVICE" } else { "" };
    println!("figure: {trunk:?} = calls both ways, cleared both ways, busy, RESTART{service}: libpri");
}

#[test]
fn national_isdn_2_as_user_of_libpri() {
    row(Trunk::T1_USER.switch_type("ni2"), Beyond::RestartAndService);
}

#[test]
fn qsig_as_network_of_libpri() {
    row(Trunk::E1_NETWORK.switch_type("qsig"), Beyond::Restart);
}

#[test]
#[ignore = "long form: cargo xtask long switch-types"]
fn every_switch_type_that_libpri_has() {
    let types = [
        ("euro-isdn", Beyond::Restart, Trunk::E1_USER, Trunk::E1_NETWORK),
        ("euro-isdn", Beyond::Restart, Trunk::T1_USER, Trunk::T1_NETWORK),
        ("ni2", Beyond::RestartAndService, Trunk::T1_USER, Trunk::T1_NETWORK),
        ("ni1", Beyond::Restart, Trunk::T1_USER, Trunk::T1_NETWORK),
        ("dms100", Beyond::RestartAndService, Trunk::T1_USER, Trunk::T1_NETWORK),
        ("4ess", Beyond::RestartAndService, Trunk::T1_USER, Trunk::T1_NETWORK),
        ("5ess", Beyond::RestartAndService, Trunk::T1_USER, Trunk::T1_NETWORK),
        ("qsig", Beyond::Restart, Trunk::E1_USER, Trunk::E1_NETWORK),
    ];
    for (word, beyond, user, network) in types {
        row(user.switch_type(word), beyond);
        row(network.switch_type(word), beyond);
    }
    println!("figure: ins1500, either side = own pair only (isdn variants): libpri has not this type");
}
