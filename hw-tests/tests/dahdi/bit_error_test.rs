//! The box's bit-error test of a timeslot, whose far end is a stranger that sends back what it receives.

use crate::mirror::Mirror;
use crate::scene::{SOON, Scene, Trunk, quick};
use hw_tests::Transport;
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::Scenario;
use model::api::{BitErrorTest, ChannelUse};
use std::time::{Duration, Instant};

/// libpri hunts for its user's calls from the top, the box from the bottom: the first channel would be the next call's.
const TIMESLOT: u8 = 1;

/// The figures of the test that runs.
fn figures(scene: &Scene) -> Option<BitErrorTest> {
    scene.gateway.ask(async |client| client.span("pstn").await).bit_error_test
}

/// Waits until so many more bits were compared.
fn compared(scene: &Scene, more: u64) -> BitErrorTest {
    let (end, mut before) = (Instant::now() + SOON, None);
    loop {
        if let Some(now) = figures(scene).filter(|figures| figures.in_sync)
            && now.bits >= *before.get_or_insert(now.bits) + more
        {
            return now;
        }
        assert!(Instant::now() < end, "{:?}", figures(scene));
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn timeslot_under_test_counts_the_bits_that_the_far_end_turned_and_carries_no_call() {
    let scratch = Scratch::new("bit-error-test");
    let port = free_port();
    let trunk = Trunk::E1_USER;
    let setup = trunk.setup().peer("sipp", Transport::Udp, port);
    let scene = Scene::start(&scratch, trunk, &setup, &["--answer-after-ms", "0"]);
    let mirror = Mirror::start(scene.far.spans()[0].channel(TIMESLOT.into()));
    let begun = scene.gateway.ask(async |client| client.begin_bit_error_test("pstn", TIMESLOT).await);
    assert_eq!(begun.channels[0].state, ChannelUse::OutOfService, "{begun:?}");
    let clean = compared(&scene, 64_000);
    assert_eq!((clean.errors, clean.losses, clean.missed_blocks), (0, 0, 0), "{clean:?}");
    mirror.turn_bits(7);
    scene.sipp_calls(&scratch, "5551001", quick(Scenario::UacCall), port).expect_success();
    let seen = compared(&scene, 64_000);
    assert_eq!((seen.errors, seen.losses, seen.missed_blocks), (7, 0, 0), "{seen:?}");
    let again = scene.gateway.ask(async |client| Ok(client.begin_bit_error_test("pstn", 2).await));
    assert!(again.unwrap_err().to_string().contains("timeslot 1 of span pstn is under test"));
    let ended = scene.gateway.ask(async |client| client.end_bit_error_test("pstn").await);
    assert!(ended.bit_error_test.is_some_and(|last| last.errors == 7), "{ended:?}");
    assert_eq!((ended.channels[0].state, figures(&scene)), (ChannelUse::Idle, None));
    drop(mirror);
    scene.sipp_calls(&scratch, "5551001", quick(Scenario::UacCall), port).expect_success();
}
