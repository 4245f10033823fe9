//! Audio over a virtual span in lock step: every octet arrives, in its timeslot, once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod joined;
use joined::{Joined, channel_events, read_block};
use tdm::{BLOCK, Channel, ChannelCounters, ChannelEvent, Error, Mode, Span, SpanInfo};

/// Octets that differ by timeslot, tick and place, over all 256 values.
fn pattern(slot: u8, tick: usize, seed: u32) -> [u8; BLOCK] {
    let mut state = seed ^ (u32::from(slot) << 24) ^ (tick as u32).wrapping_mul(2_654_435_761) | 1;
    std::array::from_fn(|_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 11) as u8
    })
}

fn open_all(span: &mut dyn Span) -> Vec<Box<dyn Channel>> {
    (1..=span.info().timeslots).map(|slot| span.open(slot, Mode::Audio).unwrap()).collect()
}

fn every_octet_arrives(info: SpanInfo) {
    const TICKS: usize = 50;
    let mut joined = Joined::of(info);
    let mut far = open_all(&mut joined.network);
    let mut near = open_all(&mut joined.user);
    let mut heard = vec![(Vec::new(), Vec::new()); far.len()];
    for tick in 0..TICKS + 2 {
        for (index, (far, near)) in far.iter_mut().zip(&mut near).enumerate() {
            if tick < TICKS {
                assert_eq!(far.write(&pattern(index as u8 + 1, tick, 7)).unwrap(), BLOCK);
                assert_eq!(near.write(&pattern(index as u8 + 1, tick, 99)).unwrap(), BLOCK);
            }
        }
        joined.tick();
        for (index, (far, near)) in far.iter_mut().zip(&mut near).enumerate() {
            heard[index].0.push(read_block(&mut **far).unwrap());
            heard[index].1.push(read_block(&mut **near).unwrap());
        }
    }
    for (index, (by_far, by_near)) in heard.iter().enumerate() {
        let slot = index as u8 + 1;
        let sent = |seed| (0..TICKS).map(|tick| pattern(slot, tick, seed)).collect::<Vec<_>>();
        assert_eq!(by_near[..TICKS], sent(7), "network to user, timeslot {slot}");
        assert_eq!(by_far[..TICKS], sent(99), "user to network, timeslot {slot}");
    }
    assert_eq!(joined.network.counters().slips + joined.user.counters().slips, 0);
    assert_eq!(joined.user.counters().blocks, TICKS as u64 + 2);
}

#[test]
fn e1_all_31_timeslots_bit_exact_both_ways() {
    every_octet_arrives(SpanInfo::e1("e1"));
}

#[test]
fn t1_all_24_timeslots_bit_exact_both_ways() {
    every_octet_arrives(SpanInfo::t1("t1"));
}

#[test]
fn nothing_written_far_end_reads_silence_and_no_underrun_is_counted() {
    for (info, silence) in [(SpanInfo::e1("e1"), 0xd5), (SpanInfo::t1("t1"), 0xff)] {
        let mut joined = Joined::of(info);
        let far = joined.network.open(3, Mode::Audio).unwrap();
        let mut near = joined.user.open(3, Mode::Audio).unwrap();
        joined.ticks(3);
        assert_eq!(read_block(&mut *near), Some([silence; BLOCK]));
        assert_eq!(far.counters(), ChannelCounters::default());
    }
}

#[test]
fn writer_stops_far_end_hears_silence_and_each_block_is_an_underrun() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(1, Mode::Audio).unwrap();
    let mut near = joined.user.open(1, Mode::Audio).unwrap();
    far.write(&[0x11; 120]).unwrap();
    joined.ticks(4);
    assert_eq!(read_block(&mut *near), Some([0x11; 80]));
    let mut half = [0xd5; 80];
    half[..40].fill(0x11);
    assert_eq!(read_block(&mut *near), Some(half), "what is there is played");
    assert_eq!(read_block(&mut *near), Some([0xd5; 80]));
    assert_eq!(far.counters().underruns, 3);
    assert_eq!(channel_events(&mut *far), [ChannelEvent::Underrun; 3]);
    assert_eq!(joined.network.counters().underruns, 3);
}

#[test]
fn write_queue_full_takes_no_more_until_a_tick() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(1, Mode::Audio).unwrap();
    assert_eq!(far.write(&[1; 80]).unwrap(), 80);
    assert_eq!(far.write(&[2; 160]).unwrap(), 80, "takes what fits");
    assert!(matches!(far.write(&[3; 80]), Err(Error::WouldBlock)));
    joined.tick();
    assert_eq!(far.write(&[3; 80]).unwrap(), 80);
    far.set_write_queue(400).unwrap();
    assert_eq!(far.write(&[4; 400]).unwrap(), 240);
    assert!(matches!(far.set_write_queue(79), Err(Error::BadLength { len: 79 })));
    assert!(matches!(far.write(&[0; 81]), Err(Error::BadLength { len: 81 })));
}

#[test]
fn nobody_reads_the_oldest_is_lost_and_counted() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(1, Mode::Audio).unwrap();
    let mut near = joined.user.open(1, Mode::Audio).unwrap();
    for tick in 0..20_u8 {
        far.write(&[tick; 80]).unwrap();
        joined.tick();
    }
    assert_eq!(near.counters().overruns, 4);
    assert_eq!(joined.user.counters().overruns, 4);
    assert_eq!(channel_events(&mut *near), [ChannelEvent::Overrun; 4]);
    let heard: Vec<u8> = std::iter::from_fn(|| read_block(&mut *near)).map(|block| block[0]).collect();
    assert_eq!(heard, (4..20).collect::<Vec<u8>>());
}

#[test]
fn several_blocks_wait_one_read_takes_whole_blocks() {
    let mut joined = Joined::e1();
    let mut near = joined.user.open(1, Mode::Audio).unwrap();
    joined.ticks(3);
    let mut buf = [0; 200];
    assert_eq!(near.read(&mut buf).unwrap(), 160);
    assert_eq!(near.read(&mut buf).unwrap(), 80);
    assert!(matches!(near.read(&mut buf), Err(Error::WouldBlock)));
    assert!(matches!(near.read(&mut buf[..79]), Err(Error::BufferTooSmall { len: 79, needed: 80 })));
}
