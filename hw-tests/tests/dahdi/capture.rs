//! The capture of a call over DAHDI: made here, kept in the results, read by tshark in [`crate::on_host`].

use crate::scene::{Scene, Trunk, callee, quick};
use hw_tests::Transport;
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::Scenario;
use serde_json::json;
use std::path::PathBuf;

/// Where a file that the host is to see is kept.
#[track_caller]
pub(crate) fn results(name: &str) -> PathBuf {
    let folder =
        std::env::var_os("JUNCTOR_RESULTS").unwrap_or_else(|| panic!("JUNCTOR_RESULTS is not set: use cargo xtask hw-test"));
    PathBuf::from(folder).join(name)
}

pub(crate) const FROM_LIBPRI: &str = "capture-from-libpri.pcapng";
pub(crate) const FROM_SIPP: &str = "capture-from-sipp.pcapng";

#[track_caller]
fn keep(scene: &Scene, name: &str) {
    let record = scene.gateway.record();
    std::fs::copy(scene.gateway.capture(record.id), results(name)).unwrap();
    let quality = record.quality.unwrap();
    let packets = quality.packets_sent + quality.packets_received;
    std::fs::write(packets_of(name), packets.to_string()).unwrap();
}

/// Beside a capture: how many RTP packets the box counted in the call.
pub(crate) fn packets_of(name: &str) -> PathBuf {
    results(name).with_extension("packets")
}

#[test]
fn call_from_libpri_on_an_e1_is_captured() {
    let scratch = Scratch::new("dahdi-capture-in");
    let (sipp, setup) = callee(&scratch, Trunk::E1_USER, quick(Scenario::UasAnswer));
    let scene = Scene::start(&scratch, Trunk::E1_USER, &setup.capture(), &[]);
    let mut call = scene.libpri.place(json!({"called": "1001", "calling": "5559000", "clear_after_ms": 1000}));
    call.wait_for("connected");
    call.until_released();
    sipp.finish().expect_success();
    keep(&scene, FROM_LIBPRI);
}

#[test]
fn call_to_libpri_on_a_t1_is_captured() {
    let scratch = Scratch::new("dahdi-capture-out");
    let port = free_port();
    let setup = Trunk::T1_NETWORK.setup().peer("sipp", Transport::Udp, port).capture();
    let scene = Scene::start(&scratch, Trunk::T1_NETWORK, &setup, &[]);
    scene.sipp_calls(&scratch, "5551001", quick(Scenario::UacCall), port).expect_success();
    keep(&scene, FROM_SIPP);
}
