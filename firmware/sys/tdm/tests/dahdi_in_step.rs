//! A channel's blocks end when the pacer's do: shown by the pacer's next block, and begun again until it is so.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod dahdi_fake;
mod dahdi_open;

use dahdi_fake::FakeSpan;
use dahdi_open::{Opened, e1_config, events, turn};
use tdm::dahdi::SpanConfig;
use tdm::{BLOCK, Error, Law, Mode, Span};

/// The channel by which the others are read: the span's highest.
const PACER: u8 = 31;

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
    let mut pacer = opened.talk(PACER, Mode::Audio);
    let begun = flushes(&opened);
    read_too_early(&mut *pacer);
    read_too_early(&mut *pacer);
    assert_eq!((flushes(&opened), opened.queued(PACER)), (begun, 2));
}

/// The pacer's next block, which the span reads; the channel's own is not whole yet.
fn pacer_is_ahead(opened: &mut Opened) {
    opened.line(PACER, 0);
    assert_eq!(opened.span.service().unwrap().blocks, 1);
}

/// Talks, and the first look was a tick late: it took the channel for being in step.
fn talking(opened: &mut Opened, blocks: u8) -> Box<dyn tdm::Channel> {
    let mut channel = opened.talk(5, Mode::Audio);
    for octet in 1..=blocks {
        pacer_is_ahead(opened);
        opened.line(5, octet);
        assert_eq!(turn(&mut *channel, || 100), [octet]);
    }
    channel
}

#[test]
fn channel_that_has_brought_less_than_the_pacer_begins_again_while_it_is_young() {
    let mut opened = Opened::e1();
    let mut channel = talking(&mut opened, 3);
    let begun = flushes(&opened);
    pacer_is_ahead(&mut opened);
    read_too_early(&mut *channel);
    assert_eq!((flushes(&opened), opened.queued(5)), (begun + 1, 2), "emptied and filled");
    pacer_is_ahead(&mut opened);
    opened.line(5, 9);
    assert_eq!(turn(&mut *channel, || 101), [9]);
    assert_eq!((channel.counters().underruns, events(&mut *channel)), (0, vec![]));
}

#[test]
fn channel_that_has_brought_less_later_has_one_block_more_to_send_from_then_on() {
    let mut opened = Opened::e1();
    let mut channel = talking(&mut opened, 20);
    let begun = flushes(&opened);
    pacer_is_ahead(&mut opened);
    read_too_early(&mut *channel);
    assert_eq!((flushes(&opened), opened.queued(5)), (begun, 3));
    assert_eq!(channel.counters().underruns, 1, "the block of silence is told");
    for octet in 1..=4 {
        opened.line(5, octet);
        assert_eq!(turn(&mut *channel, || 100), [octet]);
        pacer_is_ahead(&mut opened);
        read_too_early(&mut *channel);
    }
    assert_eq!((flushes(&opened), opened.queued(5), channel.counters().underruns), (begun, 3, 1));
}

#[test]
fn channel_with_four_blocks_to_send_that_has_brought_less_later_sends_on_without_a_gap() {
    let config = SpanConfig { write_queue: 320, ..e1_config() };
    let mut opened = Opened::with(FakeSpan::e1("A1", 1), config);
    let mut channel = talking(&mut opened, 20);
    // From now on none of its blocks is whole with one of the pacer's, and two are with the next.
    let mut sent = Vec::new();
    for octet in (1..=9).step_by(2) {
        pacer_is_ahead(&mut opened);
        sent.push(opened.fake.play(opened.channo(5), 1)[0][0]);
        read_too_early(&mut *channel);
        pacer_is_ahead(&mut opened);
        opened.fake.receive(opened.channo(5), &[octet; BLOCK]);
        sent.push(opened.line(5, octet + 1).unwrap());
        assert_eq!(turn(&mut *channel, || 100), [octet, octet + 1]);
    }
    assert_eq!((sent, opened.queued(5)), (vec![100; 10], 4));
    assert_eq!((channel.counters().underruns, events(&mut *channel)), (0, vec![]));
    // Should it run empty all the same, it has a block more from then on.
    assert_eq!(opened.fake.play(opened.channo(5), 5).len(), 4);
    pacer_is_ahead(&mut opened);
    opened.fake.receive(opened.channo(5), &[11; BLOCK]);
    assert_eq!(turn(&mut *channel, || 100), [11]);
    assert_eq!((opened.queued(5), channel.counters().underruns), (5, 1));
}

#[test]
fn blocks_that_nobody_read_in_time_are_no_proof_of_being_out_of_step() {
    let mut opened = Opened::e1();
    let mut channel = talking(&mut opened, 3);
    let begun = flushes(&opened);
    // The pacer was read meanwhile, the channel was not, and the kernel dropped two of its blocks.
    (0..4).for_each(|_| pacer_is_ahead(&mut opened));
    opened.line(5, 7);
    opened.line(5, 8);
    opened.fake.event(opened.channo(5), tdm::dahdi::ioctl::value::EVENT_READ_OVERRUN);
    assert_eq!(turn(&mut *channel, || 100), [7, 8]);
    assert_eq!((flushes(&opened), channel.counters().overruns), (begun, 1));
    pacer_is_ahead(&mut opened);
    opened.line(5, 9);
    assert_eq!(turn(&mut *channel, || 100), [9]);
    assert_eq!(flushes(&opened), begun);
}

/// A lent pacer, whose user reads it after all others in each turn.
#[test]
fn channel_that_begins_before_the_pacer_is_read_in_that_turn_is_not_taken_to_lag() {
    let mut opened = Opened::e1();
    let mut pacer = opened.talk(PACER, Mode::Audio);
    opened.line(PACER, 0);
    let mut channel = opened.talk(5, Mode::Audio);
    let begun = flushes(&opened);
    assert_eq!(turn(&mut *pacer, || 100), [0]);
    for octet in 1..=3 {
        opened.line(PACER, octet);
        opened.line(5, octet);
        assert_eq!(turn(&mut *channel, || 100), [octet]);
        assert_eq!(turn(&mut *pacer, || 100), [octet]);
        read_too_early(&mut *channel);
    }
    assert_eq!(flushes(&opened), begun);
    opened.line(PACER, 9);
    assert_eq!(turn(&mut *pacer, || 100), [9]);
    read_too_early(&mut *channel);
    assert_eq!(flushes(&opened), begun + 1, "now it lags");
}
