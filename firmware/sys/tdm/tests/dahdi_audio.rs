//! Audio of DAHDI channels: order, the depth of the write queue, underruns and overruns, wake-ups that come late or not at all.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod dahdi_fake;
mod dahdi_open;

use dahdi_open::{Opened, e1_config, events, turn};
use proptest::prelude::*;
use tdm::dahdi::{EchoCanceller, SpanConfig};
use tdm::{BLOCK, ChannelEvent, Error, Law, Mode, Span};

const A_SILENCE: u8 = Law::A.silence();

#[test]
fn channel_in_use_carries_each_block_both_ways_two_blocks_late() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    assert_eq!(opened.queued(5), 2, "the queue begins full of silence");
    let mut sent = Vec::new();
    for octet in 1..=10 {
        sent.push(opened.line(5, octet).unwrap());
        assert_eq!(turn(&mut *channel, || 100 + octet), [octet]);
        assert_eq!(opened.queued(5), 2);
    }
    assert_eq!(sent, [A_SILENCE, A_SILENCE, 101, 102, 103, 104, 105, 106, 107, 108]);
    assert_eq!(channel.counters().underruns, 0);
    assert_eq!(events(&mut *channel), []);
}

#[test]
fn silence_of_a_mu_law_span_is_its_own() {
    let mut opened = Opened::t1();
    let _channel = opened.talk(5, Mode::Audio);
    assert_eq!(opened.line(5, 1), Some(Law::Mu.silence()));
}

#[test]
fn channel_that_was_used_before_begins_empty() {
    let mut opened = Opened::e1();
    let mut first = opened.talk(5, Mode::Audio);
    opened.line(5, 1);
    turn(&mut *first, || 11);
    drop(first);
    opened.line(5, 2);
    let mut second = opened.talk(5, Mode::Audio);
    assert_eq!(opened.queued(5), 2);
    assert_eq!(opened.line(5, 3), Some(A_SILENCE), "nothing of the last call is sent");
    assert_eq!(turn(&mut *second, || 12), [3], "nothing of the last call is heard");
}

#[test]
fn write_before_the_first_read_is_refused() {
    let mut opened = Opened::e1();
    let mut channel = opened.span.open(5, Mode::Audio).unwrap();
    assert!(matches!(channel.write(&[1; BLOCK]), Err(Error::WouldBlock)));
    assert_eq!(opened.queued(5), 0);
}

#[test]
fn what_was_not_read_before_audio_began_is_no_overrun() {
    let mut opened = Opened::e1();
    let mut channel = opened.span.open(5, Mode::Audio).unwrap();
    for octet in 1..=20 {
        opened.line(5, octet);
    }
    assert!(matches!(channel.read(&mut [0; BLOCK]), Err(Error::WouldBlock)));
    opened.line(5, 21);
    assert_eq!(turn(&mut *channel, || 121), [21]);
    assert_eq!(events(&mut *channel), []);
    assert_eq!((channel.counters().overruns, channel.counters().underruns), (0, 0));
}

#[test]
fn write_beyond_the_depth_is_refused() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    opened.line(5, 1);
    channel.read(&mut [0; BLOCK]).unwrap();
    assert_eq!(channel.write(&[7; 2 * BLOCK]).unwrap(), BLOCK, "one block was taken off");
    assert!(matches!(channel.write(&[8; BLOCK]), Err(Error::WouldBlock)));
    assert!(matches!(channel.write(&[8; 81]), Err(Error::BadLength { len: 81 })));
}

#[test]
fn depth_made_more_is_filled_and_made_less_runs_down() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    opened.line(5, 1);
    turn(&mut *channel, || 1);
    channel.set_write_queue(4 * BLOCK).unwrap();
    assert_eq!(opened.queued(5), 4);
    opened.line(5, 2);
    turn(&mut *channel, || 2);
    assert_eq!(opened.queued(5), 4);
    channel.set_write_queue(BLOCK).unwrap();
    for _ in 0..3 {
        opened.line(5, 3);
        turn(&mut *channel, || 3);
    }
    assert_eq!(opened.queued(5), 1);
    assert!(matches!(channel.set_write_queue(BLOCK - 1), Err(Error::BadLength { len: 79 })));
    assert_eq!(channel.counters().underruns, 0);
}

#[test]
fn one_wake_up_skipped_loses_nothing_and_the_queue_is_whole_at_the_next() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    let mut sent = Vec::new();
    let mut read = Vec::new();
    let mut next = 100;
    for octet in 1..=8 {
        sent.extend(opened.line(5, octet));
        if octet != 4 {
            read.extend(turn(&mut *channel, || {
                next += 1;
                next
            }));
            assert_eq!(opened.queued(5), 2, "after block {octet}");
        }
    }
    assert_eq!(read, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(sent, [A_SILENCE, A_SILENCE, 101, 102, 103, 104, 105, 106]);
    assert_eq!(channel.counters().underruns, 0);
}

#[test]
fn two_wake_ups_skipped_cost_one_block_of_silence_and_no_audio() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    let mut sent = Vec::new();
    let mut read = Vec::new();
    let mut next = 100;
    for octet in 1..=9 {
        sent.push(opened.line(5, octet));
        if octet != 4 && octet != 5 {
            read.extend(turn(&mut *channel, || {
                next += 1;
                next
            }));
            assert_eq!(opened.queued(5), 2, "made good at once: after block {octet}");
        }
    }
    assert_eq!(read, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let s = Some(A_SILENCE);
    // Blocks 4, 5 and 6 were answered together: two of the answers fill the queue, the oldest had its time while nothing was sent.
    assert_eq!(sent, [s, s, Some(101), Some(102), Some(103), None, Some(105), Some(106), Some(107)]);
    assert_eq!(channel.counters().underruns, 1);
    assert_eq!(events(&mut *channel), [ChannelEvent::Underrun]);
    assert_eq!(opened.span.counters().underruns, 1);
}

#[test]
fn wake_up_a_moment_too_late_is_made_good_without_losing_audio() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    opened.line(5, 1);
    turn(&mut *channel, || 101);
    opened.line(5, 2);
    // The line takes a third block before the second is read: less than 10 ms on a real line.
    opened.fake.play(opened.channo(5), 2);
    assert_eq!(turn(&mut *channel, || 102), [2]);
    assert_eq!(opened.queued(5), 2, "a block of silence and the answer");
    assert_eq!([opened.line(5, 3), opened.line(5, 4)], [Some(A_SILENCE), Some(102)]);
    assert_eq!(channel.counters().underruns, 1);
}

#[test]
fn stall_of_a_hundred_milliseconds_loses_nothing_received_and_keeps_the_newest_to_send() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    opened.line(5, 1);
    turn(&mut *channel, || 101);
    for octet in 2..=11 {
        opened.line(5, octet);
    }
    let mut next = 101;
    let read = turn(&mut *channel, || {
        next += 1;
        next
    });
    assert_eq!(read, (2..=11).collect::<Vec<_>>());
    assert_eq!(opened.queued(5), 2);
    assert_eq!([opened.line(5, 12), opened.line(5, 13)], [Some(110), Some(111)]);
    let counters = channel.counters();
    assert_eq!((counters.underruns, counters.overruns), (8, 0));
}

/// A user that takes the whole backlog at once and answers it at once.
#[test]
fn backlog_answered_in_one_write_keeps_the_newest_to_send() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    opened.line(5, 1);
    turn(&mut *channel, || 101);
    for octet in 2..=6 {
        opened.line(5, octet);
    }
    let mut backlog = [0; 16 * BLOCK];
    assert_eq!(channel.read(&mut backlog).unwrap(), 5 * BLOCK);
    let answer: Vec<u8> = (102..=106).flat_map(|octet| [octet; BLOCK]).collect();
    assert_eq!(channel.write(&answer).unwrap(), answer.len(), "all is taken: the oldest had their time");
    assert_eq!(opened.queued(5), 2);
    assert_eq!([opened.line(5, 7), opened.line(5, 8)], [Some(105), Some(106)]);
    // Only the backlog is passed over: what comes next finds its room.
    assert_eq!(turn(&mut *channel, || 107), [7, 8]);
    assert_eq!([opened.line(5, 9), opened.line(5, 10)], [Some(107), Some(107)]);
    assert_eq!(channel.counters().underruns, 3);
}

#[test]
fn user_that_did_not_answer_its_backlog_loses_nothing_of_what_it_says_later() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    opened.line(5, 1);
    turn(&mut *channel, || 101);
    for octet in 2..=6 {
        opened.line(5, octet);
    }
    assert_eq!(channel.read(&mut [0; 16 * BLOCK]).unwrap(), 5 * BLOCK);
    opened.line(5, 7);
    assert_eq!(turn(&mut *channel, || 107), [7]);
    let sent: Vec<_> = (8..=9).map(|octet| opened.line(5, octet)).collect();
    assert!(sent.contains(&Some(107)), "{sent:?}");
}

#[test]
fn stall_longer_than_the_kernels_buffers_is_an_overrun_and_goes_on() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    opened.line(5, 1);
    turn(&mut *channel, || 101);
    for octet in 2..=30 {
        opened.line(5, octet);
    }
    assert_eq!(turn(&mut *channel, || 102), (2..=17).collect::<Vec<_>>(), "16 blocks are kept");
    assert_eq!(opened.queued(5), 2);
    assert_eq!(channel.counters().overruns, 1);
    assert_eq!(events(&mut *channel), [ChannelEvent::Underrun, ChannelEvent::Overrun]);
    assert_eq!(opened.span.counters().overruns, 1);
    opened.line(5, 31);
    assert_eq!(turn(&mut *channel, || 103), [31]);
}

#[test]
fn queue_that_ran_empty_between_read_and_write_is_filled_before_the_block() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    opened.line(5, 1);
    turn(&mut *channel, || 101);
    opened.line(5, 2);
    channel.read(&mut [0; BLOCK]).unwrap();
    opened.fake.play(opened.channo(5), 2);
    assert_eq!(channel.write(&[102; BLOCK]).unwrap(), BLOCK);
    assert_eq!(opened.queued(5), 2);
    assert_eq!([opened.line(5, 3), opened.line(5, 4)], [Some(A_SILENCE), Some(102)]);
}

#[test]
fn user_that_only_listens_has_no_underruns_until_it_has_written() {
    let mut opened = Opened::e1();
    let mut channel = opened.talk(5, Mode::Audio);
    let mut block = [0; BLOCK];
    for octet in 1..=20 {
        opened.line(5, octet);
        assert_eq!(channel.read(&mut block).unwrap(), BLOCK);
    }
    assert_eq!(channel.counters().underruns, 0);
    assert_eq!(events(&mut *channel), []);
    opened.line(5, 21);
    assert_eq!(turn(&mut *channel, || 99), [21]);
    assert_eq!(opened.queued(5), 2, "the first write meets a queue of the right depth");
    assert_eq!([opened.line(5, 22), opened.line(5, 23)], [Some(A_SILENCE), Some(99)]);
    assert_eq!(channel.counters().underruns, 0);
}

#[test]
fn canceller_runs_only_while_a_channel_is_in_use() {
    let echo = EchoCanceller { module: "mg2".to_owned(), taps: 256, parameters: vec![("aggressive".to_owned(), 1)] };
    let mut opened = Opened::with(dahdi_fake::FakeSpan::e1("A1", 1), SpanConfig { echo: Some(echo), ..e1_config() });
    let channo = opened.channo(5);
    let taps = |opened: &Opened| opened.fake.channel(channo, |channel| channel.taps);
    assert_eq!(taps(&opened), 0);
    let channel = opened.talk(5, Mode::Audio);
    assert_eq!(taps(&opened), 256);
    assert_eq!(opened.fake.channel(channo, |channel| channel.canceller_params.clone()), [("aggressive".to_owned(), 1)]);
    drop(channel);
    assert_eq!(taps(&opened), 0);
    let _d_channel = opened.span.open(16, Mode::Hdlc).unwrap();
    assert_eq!(opened.fake.logged("DAHDI_ECHOCANCEL_PARAMS taps=256 params=1"), 1, "frames have no echo");
}

#[test]
fn b_channel_opened_clear_carries_octets_and_has_no_canceller() {
    let echo = EchoCanceller { module: "mg2".to_owned(), taps: 256, parameters: Vec::new() };
    let mut opened = Opened::with(dahdi_fake::FakeSpan::e1("A1", 1), SpanConfig { echo: Some(echo), ..e1_config() });
    let mut channel = opened.talk(5, Mode::Clear);
    assert_eq!(opened.fake.channel(opened.channo(5), |channel| channel.taps), 0);
    opened.line(5, 21);
    assert_eq!(turn(&mut *channel, || 99), [21]);
    assert!(matches!(opened.span.open(16, Mode::Clear), Err(Error::WrongMode { slot: 16, .. })));
}

#[test]
fn canceller_that_is_refused_gives_the_timeslot_back() {
    let echo = EchoCanceller { module: "mg2".to_owned(), taps: 64, parameters: Vec::new() };
    let mut opened = Opened::with(dahdi_fake::FakeSpan::e1("A1", 1), SpanConfig { echo: Some(echo), ..e1_config() });
    opened.fake.refuse("DAHDI_ECHOCANCEL_PARAMS", nix::libc::ENOMEM, 1);
    let refused = opened.span.open(5, Mode::Audio).err().unwrap();
    assert_eq!(refused.to_string(), "cannot begin with timeslot 5 of span \"span1\"");
    assert!(opened.span.open(5, Mode::Audio).is_ok());
}

#[derive(Debug, Clone)]
struct Beat {
    /// Blocks that pass before the next wake-up.
    blocks: usize,
    /// The wake-up is served so late that the line has taken the next block to send; it has not yet brought one.
    late: bool,
    /// What was read at once is answered at once.
    whole: bool,
}

fn beats() -> impl Strategy<Value = Vec<Beat>> {
    let blocks = prop_oneof![8 => Just(1_usize), 2 => Just(2), 1 => 3_usize..=16];
    let beat = (blocks, prop::bool::weighted(0.1), prop::bool::ANY);
    prop::collection::vec(beat.prop_map(|(blocks, late, whole)| Beat { blocks, late, whole }), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever the wake-ups do: what is received is read whole and in order, what is sent is in order and never twice, and after each
    /// wake-up the write queue has its depth.
    #[test]
    fn wake_ups_of_any_pattern_keep_order_and_depth(beats in beats(), depth in 1_usize..=8, at_once in 1_usize..=4) {
        let config = SpanConfig { write_queue: u16::try_from(depth * BLOCK).unwrap(), ..e1_config() };
        let mut opened = Opened::with(dahdi_fake::FakeSpan::e1("A1", 1), config);
        let mut channel = opened.talk(5, Mode::Audio);
        // Blocks are told apart by a number in their first octets.
        let block_of = |number: u32| {
            let mut block = [0; BLOCK];
            block[..4].copy_from_slice(&number.to_be_bytes());
            block
        };
        let number_of = |block: &[u8]| u32::from_be_bytes(block[..4].try_into().unwrap());
        let (mut arrived, mut read, mut written, mut sent) = (0_u32, 0_u32, 1_000_u32, Vec::new());
        let (mut taken_before, mut was_late) = (0, false);
        for beat in beats {
            let channo = opened.channo(5);
            for _ in 0..beat.blocks {
                sent.extend(opened.fake.play(channo, 1 - std::mem::take(&mut taken_before)));
                arrived += 1;
                opened.fake.receive(channo, &block_of(arrived));
            }
            if beat.late {
                sent.extend(opened.fake.play(channo, 1));
                (taken_before, was_late) = (1, true);
            }
            let mut buffer = vec![0; at_once * BLOCK];
            let mut first = true;
            loop {
                let length = match channel.read(&mut buffer) {
                    Ok(length) => length,
                    Err(Error::WouldBlock) => break,
                    Err(other) => return Err(TestCaseError::fail(other.to_string())),
                };
                prop_assert!(first || length > 0);
                first = false;
                let answered_at_once = if beat.whole { length } else { BLOCK };
                for blocks in buffer[..length].chunks(answered_at_once) {
                    let mut answer = Vec::new();
                    for block in blocks.chunks(BLOCK) {
                        read += 1;
                        prop_assert_eq!(number_of(block), read);
                        written += 1;
                        answer.extend(block_of(written));
                    }
                    match channel.write(&answer) {
                        Ok(length) => prop_assert_eq!(length, answer.len()),
                        Err(Error::WouldBlock) => {}
                        Err(other) => return Err(TestCaseError::fail(other.to_string())),
                    }
                }
            }
            prop_assert_eq!(read, arrived, "all is read");
            // A queue that was filled anew within a block is deeper by the part that the line had taken: here a whole one.
            let queued = opened.queued(5) + taken_before;
            prop_assert!(queued == depth || was_late && queued == depth + 1, "{} blocks", queued);
            let newest = opened.fake.channel(channo, |channel| channel.written.back().map(|block| number_of(block)));
            prop_assert_eq!(newest, Some(written), "the newest waits to be sent");
        }
        let numbers: Vec<u32> = sent.iter().filter(|block| block[0] != A_SILENCE).map(|block| number_of(block)).collect();
        prop_assert!(numbers.is_sorted_by(|one, next| one < next), "{:?}", numbers);
    }
}
