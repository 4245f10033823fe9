//! Playback between two clocks: what is heard, heard twice and left out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod scripted;
use audio::{BLOCK, Counters, Direction, Playback, Written};
use scripted::Scripted;

fn opened(period: usize, buffer: usize) -> (Playback<Scripted>, Scripted) {
    let card = Scripted::new(Direction::Playback, period, buffer);
    (Playback::over(card.clone()), card)
}

/// Writes so many blocks, each full of its number from 1; between two of them the card's clock moves by `pace` samples.
fn run(playback: &mut Playback<Scripted>, card: &Scripted, blocks: i16, pace: f64) -> Vec<Written> {
    let write = |number: i16| {
        let written = playback.write(&[number; BLOCK]);
        card.pass(pace);
        written
    };
    (1..=blocks).map(write).collect()
}

/// The numbers of the blocks heard after the silence of the start.
fn heard(card: &Scripted) -> Vec<i16> {
    let state = card.state();
    let sound: Vec<i16> = state.played.iter().copied().skip_while(|sample| *sample == 0).collect();
    let blocks = sound.chunks_exact(BLOCK);
    blocks.inspect(|block| assert!(block.iter().all(|sample| *sample == block[0]), "{block:?}")).map(|block| block[0]).collect()
}

#[test]
fn clocks_alike_every_block_is_heard_once_after_the_lead() {
    for period in [32, 80, 170] {
        let (mut playback, card) = opened(period, 1600);
        let written = run(&mut playback, &card, 3000, 80.0);
        assert!(written.iter().all(|one| *one == Written::Once), "period {period}");
        assert_eq!(playback.counters(), Counters { blocks: 3000, ..Counters::default() });
        let heard = heard(&card);
        assert!(heard.len() > 2990 && heard.iter().zip(1..).all(|(one, number)| *one == number), "period {period}");
        let lead = card.state().played.iter().take_while(|sample| **sample == 0).count();
        assert_eq!(lead, period + 240);
    }
}

#[test]
fn card_one_percent_fast_one_block_in_a_hundred_is_heard_twice_and_the_card_never_runs_dry() {
    let (mut playback, card) = opened(80, 1600);
    run(&mut playback, &card, 10_000, 80.8);
    let counted = playback.counters();
    assert!((94..=100).contains(&counted.repeated), "{counted:?}");
    assert_eq!((counted.dropped, counted.xruns, counted.silent), (0, 0, 0));
    let mut once = heard(&card);
    once.dedup();
    assert!(once.iter().zip(1..).all(|(one, number)| *one == number));
}

#[test]
fn card_one_percent_slow_one_block_in_a_hundred_is_left_out() {
    let (mut playback, card) = opened(80, 1600);
    run(&mut playback, &card, 10_000, 79.2);
    let counted = playback.counters();
    assert!((94..=100).contains(&counted.dropped), "{counted:?}");
    assert_eq!((counted.repeated, counted.xruns, counted.silent), (0, 0, 0));
    assert!(heard(&card).windows(2).all(|pair| pair[1] - pair[0] <= 2), "more than one block is missing at once");
}

#[test]
fn writer_late_by_300_ms_is_an_xrun_and_the_next_block_is_heard_after_a_new_lead() {
    let (mut playback, card) = opened(80, 1600);
    run(&mut playback, &card, 100, 80.0);
    card.pass(2400.0);
    card.state().played.clear();
    let written = run(&mut playback, &card, 100, 80.0);
    assert_eq!(playback.counters().xruns, 1);
    assert!(written.iter().all(|one| *one == Written::Once));
    assert_eq!(heard(&card)[..3], [1, 2, 3]);
    assert_eq!(card.state().prepared, 1);
}

#[test]
fn writer_that_hands_over_too_much_at_once_is_bounded() {
    let (mut playback, card) = opened(80, 1600);
    let written = run(&mut playback, &card, 100, 0.0);
    let dropped = written.iter().filter(|one| **one == Written::Dropped).count() as u64;
    assert_eq!(playback.counters().dropped, dropped);
    assert!(card.state().level <= 640, "{} samples wait", card.state().level);
}
