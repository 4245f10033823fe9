//! Frames on a virtual D-channel: whole, in order, at 64 kbit/s.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod joined;
use joined::{Joined, channel_events, read_frame};
use proptest::prelude::*;
use tdm::{ChannelCounters, ChannelEvent, Error, MAX_FRAME, Mode, Span};

fn frame(length: usize, seed: u8) -> Vec<u8> {
    (0..length).map(|at| (at as u8).wrapping_mul(31).wrapping_add(seed)).collect()
}

#[test]
fn frames_both_ways_arrive_whole_and_in_order() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(16, Mode::Hdlc).unwrap();
    let mut near = joined.user.open(16, Mode::Hdlc).unwrap();
    let lengths = [1, 3, 4, 77, 78, 79, 80, 81, 260, 265, MAX_FRAME];
    for (seed, length) in lengths.iter().enumerate() {
        assert_eq!(far.write(&frame(*length, seed as u8)).unwrap(), *length);
        assert_eq!(near.write(&frame(*length, 100 + seed as u8)).unwrap(), *length);
    }
    joined.ticks(30);
    for (seed, length) in lengths.iter().enumerate() {
        assert_eq!(read_frame(&mut *near), Some(frame(*length, seed as u8)));
        assert_eq!(read_frame(&mut *far), Some(frame(*length, 100 + seed as u8)));
    }
    assert_eq!((read_frame(&mut *near), read_frame(&mut *far)), (None, None));
    let expected = ChannelCounters { frames_received: 11, frames_sent: 11, ..ChannelCounters::default() };
    assert_eq!((near.counters(), far.counters()), (expected, expected));
}

#[test]
fn frame_of_260_octets_takes_the_line_for_33_ms() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(16, Mode::Hdlc).unwrap();
    let mut near = joined.user.open(16, Mode::Hdlc).unwrap();
    far.write(&frame(260, 1)).unwrap();
    joined.ticks(3);
    assert_eq!(read_frame(&mut *near), None, "240 of 260 octets have passed");
    joined.tick();
    assert_eq!(read_frame(&mut *near), Some(frame(260, 1)));
}

#[test]
fn many_frames_pass_at_line_rate() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(16, Mode::Hdlc).unwrap();
    let mut near = joined.user.open(16, Mode::Hdlc).unwrap();
    // 37 octets and 3 of FCS and flag: exactly two frames a tick.
    for seed in 0..20 {
        far.write(&frame(37, seed)).unwrap();
    }
    for tick in 0..10_u8 {
        joined.tick();
        assert_eq!(read_frame(&mut *near), Some(frame(37, 2 * tick)));
        assert_eq!(read_frame(&mut *near), Some(frame(37, 2 * tick + 1)));
        assert_eq!(read_frame(&mut *near), None, "tick {tick}");
    }
}

#[test]
fn frames_and_audio_share_a_span() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(16, Mode::Hdlc).unwrap();
    let mut far_audio = joined.network.open(15, Mode::Audio).unwrap();
    let mut near = joined.user.open(16, Mode::Hdlc).unwrap();
    let mut near_audio = joined.user.open(15, Mode::Audio).unwrap();
    far.write(b"setup").unwrap();
    far_audio.write(&[0x55; 80]).unwrap();
    joined.tick();
    assert_eq!(read_frame(&mut *near).unwrap(), b"setup");
    assert_eq!(joined::read_block(&mut *near_audio), Some([0x55; 80]));
}

#[test]
fn queue_full_writer_waits() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(16, Mode::Hdlc).unwrap();
    let accepted = (0..100).take_while(|_| far.write(&frame(10, 0)).is_ok()).count();
    assert_eq!(accepted, 64);
    assert!(matches!(far.write(&[1]), Err(Error::WouldBlock)));
    joined.tick();
    assert!(far.write(&[1]).is_ok());
}

#[test]
fn nobody_reads_newest_frames_are_lost_and_counted() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(16, Mode::Hdlc).unwrap();
    let mut near = joined.user.open(16, Mode::Hdlc).unwrap();
    for seed in 0..70 {
        far.write(&frame(77, seed)).unwrap();
        joined.tick();
    }
    assert_eq!((near.counters().frames_received, near.counters().overruns), (64, 6));
    assert_eq!(channel_events(&mut *near), [ChannelEvent::Overrun; 6]);
    assert_eq!(read_frame(&mut *near), Some(frame(77, 0)));
}

#[test]
fn wrong_lengths_and_small_buffers_are_refused_and_lose_nothing() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(16, Mode::Hdlc).unwrap();
    let mut near = joined.user.open(16, Mode::Hdlc).unwrap();
    assert!(matches!(far.write(&[]), Err(Error::BadLength { len: 0 })));
    assert!(matches!(far.write(&frame(MAX_FRAME + 1, 0)), Err(Error::BadLength { .. })));
    far.write(&frame(20, 5)).unwrap();
    joined.tick();
    assert!(matches!(near.read(&mut [0; 19]), Err(Error::BufferTooSmall { len: 19, needed: 20 })));
    assert_eq!(read_frame(&mut *near), Some(frame(20, 5)));
}

#[test]
fn writer_closes_within_a_frame_reader_sees_an_abort_and_the_next_frame_is_whole() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(16, Mode::Hdlc).unwrap();
    let mut near = joined.user.open(16, Mode::Hdlc).unwrap();
    far.write(&frame(200, 1)).unwrap();
    joined.tick();
    drop(far);
    let mut far = joined.network.open(16, Mode::Hdlc).unwrap();
    far.write(&frame(30, 2)).unwrap();
    joined.tick();
    assert_eq!(channel_events(&mut *near), [ChannelEvent::HdlcAbort]);
    assert_eq!(near.counters().bad_frames, 1);
    assert_eq!(read_frame(&mut *near), Some(frame(30, 2)));
}

#[test]
fn reader_opens_within_a_frame_it_gets_only_the_next_one() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(16, Mode::Hdlc).unwrap();
    far.write(&frame(200, 1)).unwrap();
    far.write(&frame(30, 2)).unwrap();
    joined.tick();
    let mut near = joined.user.open(16, Mode::Hdlc).unwrap();
    joined.ticks(4);
    assert_eq!(read_frame(&mut *near), Some(frame(30, 2)));
    assert_eq!(near.counters().bad_frames, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_frames_at_any_times_arrive_once_in_order(
        steps in prop::collection::vec(prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 0..3), 1..20)
    ) {
        let mut joined = Joined::e1();
        let mut far = joined.network.open(16, Mode::Hdlc).unwrap();
        let mut near = joined.user.open(16, Mode::Hdlc).unwrap();
        let sent: Vec<Vec<u8>> = steps.iter().flatten().cloned().collect();
        let mut heard = Vec::new();
        for step in &steps {
            for frame in step {
                far.write(frame).unwrap();
            }
            joined.tick();
            heard.extend(read_frame(&mut *near));
        }
        for _ in 0..sent.len() * 4 + 1 {
            joined.tick();
            heard.extend(std::iter::from_fn(|| read_frame(&mut *near)));
        }
        prop_assert_eq!(heard, sent);
    }
}
