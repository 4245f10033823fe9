//! What is said at one end is heard at the other, with no block lost or repeated, through the box between libpri and SIPp.

use crate::scene::{SOON, Scene, Trunk, callee};
use hw_tests::Transport;
use hw_tests::audio::Audio;
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario};
use hw_tests::speech::{expect_heard_without_slip, river};
use serde_json::json;
use std::time::Duration;

/// Longer than either speech file.
const SPEECH: Duration = Duration::from_secs(7);

/// libpri speaks; SIPp sends back what it hears, and libpri hears itself.
fn libpri_hears_the_echo_of_sipp(trunk: Trunk) {
    let scratch = Scratch::new("dahdi-echo");
    let (sipp, setup) = callee(&scratch, trunk, Run::new(Scenario::UasAnswer).media(Media::Echo));
    let scene = Scene::start(&scratch, trunk, &setup.keeps_echo(), &[]);
    let heard = scratch.join("heard.wav");
    let ms = u64::try_from(SPEECH.as_millis()).unwrap();
    let mut call = scene.libpri.place(json!({"called": "1001", "play": river(), "record": heard, "clear_after_ms": ms}));
    call.wait_for("connected");
    assert_eq!(call.until_released()["cause"], 16);
    sipp.finish().expect_success();
    let quality = scene.gateway.record().quality.unwrap();
    assert_eq!(quality.lost, 0, "{quality:?}");
    scene.expect_clean_line();
    expect_heard_without_slip(&river(), &Audio::load(&heard));
}

#[test]
fn libpri_on_an_e1_hears_the_echo_of_sipp() {
    libpri_hears_the_echo_of_sipp(Trunk::E1_USER);
}

#[test]
fn libpri_on_a_t1_hears_the_echo_of_sipp() {
    libpri_hears_the_echo_of_sipp(Trunk::T1_NETWORK);
}

/// What libpri says on the way back is heard in the tests of the echo: the box sends to where SIPp's packets come from.
#[test]
fn sipp_speaks_and_libpri_hears_it() {
    let scratch = Scratch::new("dahdi-speech");
    let port = free_port();
    let options = ["--record-dir", scratch.path().to_str().unwrap()];
    let trunk = Trunk::E1_NETWORK;
    let scene = Scene::start(&scratch, trunk, &trunk.setup().peer("sipp", Transport::Udp, port), &options);
    let run = Run::new(Scenario::UacCall).media(Media::Speech(river())).hold(SPEECH);
    scene.sipp_calls(&scratch, "5551001", run, port).expect_success();
    scene.gateway.wait_until_idle(SOON);
    expect_heard_without_slip(&river(), &Audio::load(&scratch.join("call-1.wav")));
    scene.expect_clean_line();
}
