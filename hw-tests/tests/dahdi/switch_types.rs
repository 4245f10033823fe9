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
use std::time::Duration;

/// What libpri does in one type beyond calls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beyond {
    /// RESTART.
    Restart,
    /// RESTART and SERVICE.
    RestartAndService,
}

/// Calls both ways, cleared both ways, a busy number; a number dialled in pieces; name and redirecting number both ways; a call that
/// libpri holds and fetches back, but on QSIG; RESTART of both ends; SERVICE where the type has it.
fn row(trunk: Trunk, beyond: Beyond) {
    let scratch = Scratch::new("dahdi-switch");
    let (out, into) = (free_port(), free_port());
    let setup = trunk.setup().span_line("overlap_sending = true");
    // libpri says that a number is whole in EuroISDN only: elsewhere every call of it would wait for T302.
    let overlap_in = trunk.is("euro-isdn");
    let setup = if overlap_in { setup.span_line("overlap_receiving = true") } else { setup };
    let setup = setup.peer("callee", Transport::Udp, into).peer("caller", Transport::Udp, out);
    // Names and diversions of QSIG are in Facility; elsewhere libpri would leave the redirecting number out of SETUP then.
    let facility: &[&str] = if trunk.is("qsig") { &["--facility"] } else { &[] };
    let scene = Scene::start(&scratch, trunk, &setup, &[&["--overlap", "--hold"], facility].concat());
    // What libpri is told of each call.
    let call = |number, scenario: Scenario| {
        let mut watching = scene.libpri.watch();
        let run = quick(scenario).header("Diversion: <sip:5550777@127.0.0.1>;reason=no-answer");
        scene.sipp_calls(&scratch, number, run, out).expect_success();
        watching.wait_for("incoming")
    };
    let incoming = call("5551001", Scenario::UacCall);
    // 2: call forwarding no reply (Q.931 4.6.7).
    assert_eq!(incoming["redirecting"], json!(["5550777", 2]), "{incoming}");
    assert_eq!(incoming["name"], "Load", "{incoming}");
    assert_eq!(call("5551002", Scenario::UacInPieces)["called"], "5551002");
    call("5555001", Scenario::UacClearedByCallee);
    call("5552001", Scenario::UacRefused(486));
    calls_of_libpri(&scene, &scratch, trunk, into);
    let overlap = if overlap_in {
        call_that_libpri_dials_in_pieces(&scene, &scratch, into);
        "overlap both ways"
    } else {
        "overlap out"
    };
    // QSIG has no HOLD.
    let hold = if trunk.is("qsig") { "" } else { ", held and retrieved by libpri" };
    if !hold.is_empty() {
        call_that_libpri_holds(&scene, &scratch, into);
    }
    let mut watching = scene.libpri.watch();
    scene.libpri.request(&json!({"do": "restart", "channel": 5}));
    assert_eq!(watching.wait_for("restarted")["channel"], 5);
    scene.gateway.ask(async |client| client.restart_span("pstn", Some(7)).await);
    assert_eq!(watching.wait_for("restart")["channel"], 7);
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
    let name = if trunk.far_end_tells_names() {
        "name and redirecting number both ways"
    } else {
        "redirecting number both ways, name out"
    };
    println!(
        "figure: {trunk:?} = calls both ways, cleared both ways, busy, {overlap}, {name}{hold}, RESTART both ways{service}: libpri"
    );
}

/// A diverted call with a name that libpri clears, and one that SIPp clears.
fn calls_of_libpri(scene: &Scene, scratch: &Scratch, trunk: Trunk, port: u16) {
    for (scenario, libpri_clears) in [(Scenario::UasAnswer, true), (Scenario::UasBye, false)] {
        let callee = Sipp::start(scratch, &quick(scenario).port(port));
        let request = json!({"called": "1001", "calling": "5559000", "name": "Berta", "redirecting": ["5550888", 1]});
        let mut call = scene.libpri.place(request);
        call.wait_for("connected");
        if libpri_clears {
            call.hang_up(16);
        }
        assert_eq!(call.until_released()["cause"], 16);
        let outcome = callee.finish();
        outcome.expect_success();
        let line = |start: &str| outcome.messages.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
        let diversion = line("Diversion:");
        assert!(diversion.contains("<sip:5550888@") && diversion.contains("reason=user-busy"), "{trunk:?}: {diversion:?}");
        assert_eq!(line("From:").contains("\"Berta\""), trunk.far_end_tells_names(), "{trunk:?}: {}", line("From:"));
    }
}

/// Two digits come with SETUP and the others one by one; nothing says that they are all, so T302 (15 s) ends the number.
fn call_that_libpri_dials_in_pieces(scene: &Scene, scratch: &Scratch, port: u16) {
    let callee = Sipp::start(scratch, &quick(Scenario::UasAnswer).port(port).limit(Duration::from_secs(40)));
    let mut call = scene.libpri.place(json!({"called": "1001", "calling": "5559000", "first_digits": 2}));
    call.wait_for("connected");
    call.hang_up(16);
    assert_eq!(call.until_released()["cause"], 16);
    callee.finish().expect_success();
}

/// SIPp is offered nothing to hear meanwhile.
fn call_that_libpri_holds(scene: &Scene, scratch: &Scratch, port: u16) {
    let callee = Sipp::start(scratch, &quick(Scenario::UasHeld).port(port));
    let mut call = scene.libpri.place(json!({"called": "1001", "calling": "5559000"}));
    call.wait_for("connected");
    call.hold_and_retrieve();
    std::thread::sleep(Duration::from_millis(200));
    call.hang_up(16);
    assert_eq!(call.until_released()["cause"], 16);
    callee.finish().expect_success();
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
