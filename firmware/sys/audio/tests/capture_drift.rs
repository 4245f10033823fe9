//! Capture between two clocks: what is read, repeated and left out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod scripted;
use audio::{BLOCK, Capture, Counters, Direction, Read};
use scripted::Scripted;

fn opened(period: usize, buffer: usize) -> (Capture<Scripted>, Scripted) {
    let card = Scripted::new(Direction::Capture, period, buffer);
    (Capture::over(card.clone()), card)
}

/// Reads so many blocks; between two of them the card's clock moves by `pace` samples. The blocks that were sound.
fn run(capture: &mut Capture<Scripted>, card: &Scripted, blocks: usize, pace: f64) -> Vec<[i16; BLOCK]> {
    let mut sound = Vec::new();
    for _ in 0..blocks {
        let mut block = [7; BLOCK];
        match capture.read(&mut block) {
            Read::Sound => sound.push(block),
            Read::Repeated => assert_eq!(Some(&block), sound.last()),
            Read::Silence => assert_eq!(block, [0; BLOCK]),
            Read::Gone(loss) => panic!("{loss}"),
        }
        card.pass(pace);
    }
    sound
}

/// Samples that are missing between the blocks, at each place where some are.
fn holes(sound: &[[i16; BLOCK]]) -> Vec<u16> {
    let after = |block: &[i16; BLOCK]| block[BLOCK - 1].cast_unsigned().wrapping_add(1);
    let holes = sound.windows(2).map(|pair| pair[1][0].cast_unsigned().wrapping_sub(after(&pair[0])));
    holes.filter(|hole| *hole != 0).collect()
}

#[test]
fn clocks_alike_every_sample_is_read_once_after_the_buffer_has_filled() {
    for period in [32, 80, 170] {
        let (mut capture, card) = opened(period, 1600);
        let sound = run(&mut capture, &card, 3000, 80.0);
        let counted = capture.counters();
        let filling = 3000 - sound.len() as u64;
        assert_eq!(counted, Counters { blocks: 3000, silent: filling, ..Counters::default() }, "period {period}");
        assert!((3..=7).contains(&filling), "period {period}: {filling} blocks of silence");
        assert_eq!((sound[0][0], holes(&sound)), (1, vec![]));
    }
}

#[test]
fn card_one_percent_slow_one_block_in_a_hundred_is_repeated_and_none_lost() {
    let (mut capture, card) = opened(80, 1600);
    let sound = run(&mut capture, &card, 10_000, 79.2);
    let counted = capture.counters();
    assert!((94..=100).contains(&counted.repeated), "{counted:?}");
    assert_eq!((counted.dropped, counted.xruns, counted.starved), (0, 0, 0));
    assert_eq!(holes(&sound), []);
}

#[test]
fn card_one_percent_fast_one_block_in_a_hundred_is_left_out_one_at_a_time() {
    let (mut capture, card) = opened(80, 1600);
    let sound = run(&mut capture, &card, 10_000, 80.8);
    let counted = capture.counters();
    assert!((94..=100).contains(&counted.dropped), "{counted:?}");
    assert_eq!((counted.repeated, counted.xruns, counted.starved), (0, 0, 0));
    assert_eq!(holes(&sound), vec![80; counted.dropped as usize]);
}

#[test]
fn reader_late_by_120_ms_goes_on_where_the_card_is_and_counts_what_it_left_out() {
    let (mut capture, card) = opened(80, 1600);
    let before = run(&mut capture, &card, 100, 80.0);
    card.pass(960.0);
    let after = run(&mut capture, &card, 100, 80.0);
    let counted = capture.counters();
    assert_eq!((counted.dropped, counted.repeated, counted.xruns), (12, 0, 0));
    assert_eq!(holes(&[*before.last().unwrap(), after[0]]), [960]);
    assert_eq!(holes(&after), []);
}

#[test]
fn reader_late_beyond_the_buffer_is_an_xrun_and_sound_comes_back() {
    let (mut capture, card) = opened(80, 1600);
    run(&mut capture, &card, 100, 80.0);
    card.pass(2400.0);
    let after = run(&mut capture, &card, 100, 80.0);
    let counted = capture.counters();
    assert_eq!((counted.xruns, counted.dropped, counted.repeated), (1, 0, 0));
    assert!(after.len() >= 94, "{} of 100 blocks", after.len());
}

#[test]
fn card_that_gives_nothing_three_blocks_are_repeated_and_then_silence_until_it_gives_again() {
    let (mut capture, card) = opened(80, 1600);
    run(&mut capture, &card, 100, 80.0);
    let queued = card.state().level / BLOCK;
    assert_eq!(run(&mut capture, &card, 100, 0.0).len(), queued);
    let counted = capture.counters();
    assert_eq!((counted.repeated, counted.starved), (3, 1));
    let again = run(&mut capture, &card, 100, 80.0);
    assert!(again.len() >= 94 && holes(&again).is_empty(), "{} of 100 blocks", again.len());
    assert_eq!(capture.counters().starved, 1);
}

#[test]
fn card_with_a_small_buffer_still_works() {
    let (mut capture, card) = opened(128, 512);
    let sound = run(&mut capture, &card, 1000, 80.0);
    let counted = capture.counters();
    assert_eq!((counted.repeated, counted.dropped, counted.xruns), (0, 0, 0));
    assert!(sound.len() > 990, "{counted:?}");
}
