//! Reading and writing allocate nothing once opened: on a scripted card, through its faults, and on ALSA's device without a card.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod scripted;
use allocation_counter::measure;
use audio::{BLOCK, Capture, Direction, Playback};
use scripted::Scripted;

#[test]
fn running_capture_and_playback_through_xruns_allocate_nothing() {
    let input = Scripted::new(Direction::Capture, 80, 1600);
    let output = Scripted::new(Direction::Playback, 80, 1600);
    let (mut capture, mut playback) = (Capture::over(input.clone()), Playback::over(output.clone()));
    let allocated = measure(|| {
        let mut block = [0; BLOCK];
        for beat in 0..2100 {
            capture.read(&mut block);
            playback.write(&block);
            let pace = if beat % 500 == 499 { 2400.0 } else { 80.8 };
            input.pass(pace);
            output.pass(pace);
        }
    });
    assert_eq!((capture.counters().xruns, playback.counters().xruns, allocated.count_total), (4, 4, 0));
    let one = measure(|| drop(std::hint::black_box(Box::new(1_u8))));
    assert_eq!(one.count_total, 1, "the allocator does not count");
}

#[test]
fn alsa_device_without_a_card_opens_and_takes_blocks_without_allocating() {
    let (mut capture, mut playback) = (Capture::open("null").unwrap(), Playback::open("null").unwrap());
    println!("{:?} {:?}", capture.setup(), playback.setup());
    let allocated = measure(|| {
        let mut block = [0; BLOCK];
        for _ in 0..100 {
            capture.read(&mut block);
            playback.write(&block);
        }
    });
    assert_eq!(allocated.count_total, 0);
    println!("{:?} {:?}", capture.counters(), playback.counters());
    assert_eq!((capture.counters().losses, playback.counters().losses), (0, 0));
}
