//! A channel's blocks end when the pacer's do: shown by the pacer's next block, and begun again until it is so.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod dahdi_fake;
mod dahdi_open;

use dahdi_open::{Opened, events, turn};
use tdm::{BLOCK, Error, Law, Mode};

/// The pacer has a block and the channel has none: its own is not whole yet.
fn read_too_early(channel: &mut dyn tdm::Channel) {
    assert!(matches!(channel.read(&mut [0; BLOCK]), Err(Error::WouldBlock)));
}

fn flushes(opened: &Opened) -> usize {
    opened.fake.logged("DAHDI_FLUSH")
}

#[test]
fn channel_in_step_does_not_begin_again() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    let begun = flushes(&opened);
    opened.line(5, 1);
    assert_eq!(turn(&mut *channel, || 101), [1]);
    // Once in step, a read for nothing is only that.
    read_too_early(&mut *channel);
    assert_eq!((flushes(&opened), opened.queued(5)), (begun, 2));
}

#[test]
fn channel_out_of_step_begins_again_until_it_is_in_step() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    let begun = flushes(&opened);
    read_too_early(&mut *channel);
    read_too_early(&mut *channel);
    assert_eq!((flushes(&opened), opened.queued(5)), (begun + 2, 2), "emptied and filled each time");
    opened.line(5, 1);
    assert_eq!(turn(&mut *channel, || 101), [1]);
    assert_eq!((flushes(&opened), opened.queued(5)), (begun + 2, 2));
    assert_eq!(channel.counters().underruns, 0);
    assert_eq!(events(&mut *channel), []);
}

#[test]
fn channel_that_is_never_in_step_has_one_block_more_to_send() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    for _ in 0..8 {
        read_too_early(&mut *channel);
    }
    assert_eq!(opened.queued(5), 3);
    let begun = flushes(&opened);
    let mut sent = Vec::new();
    for octet in 1..=4 {
        sent.push(opened.line(5, octet).unwrap());
        assert_eq!(turn(&mut *channel, || 100 + octet), [octet]);
        assert_eq!(opened.queued(5), 3);
    }
    let silence = Law::A.silence();
    assert_eq!(sent, [silence, silence, silence, 101]);
    assert_eq!(flushes(&opened), begun, "it does not begin again any more");
}

#[test]
fn pacer_sets_the_phase_and_never_begins_again() {
    let mut opened = Opened::e1();
    let mut pacer = opened.talk(1, Mode::Audio);
    let begun = flushes(&opened);
    read_too_early(&mut *pacer);
    read_too_early(&mut *pacer);
    assert_eq!((flushes(&opened), opened.queued(1)), (begun, 2));
}
