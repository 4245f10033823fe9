//! Recorded calls whose messages and frames are mutated on their way into a live interface: no panic, and nothing stays behind.
//!
//! `recording.rs` keeps thirty-two whole calls: of user and network, both ways, en bloc and in pieces, answered or not, cleared by either
//! end. It does so for one span, and for groups of three spans with two D-channels (`shape.rs`), with and without a switch to the other
//! D-channel, to which `trouble.rs` adds more of them. `round.rs` replays one up to some step, so that the interface is in the state in which that step came, mutates it and what
//! follows, and then lets the line or the far end fall silent, or puts a far end there that knows of no call. `layer.rs` and `line.rs`
//! say what must hold meanwhile: each call is released once, a channel in use has its call, no timer is late, counters agree.
//! A failure names its round and prints what happened in it.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod layer;
mod line;
mod recording;
mod round;
mod shape;
mod trouble;

use round::{Material, Tally};
use shape::Shape;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// Rounds of calls of these shapes until `wanted` mutations were made.
#[track_caller]
fn mutations(shapes: &[Shape], wanted: u64) -> Tally {
    let (material, start) = (Material::record(shapes), Instant::now());
    let mut tally = Tally::default();
    while tally.mutations < wanted {
        let number = tally.rounds;
        let mut round = |trace| catch_unwind(AssertUnwindSafe(|| round::run(&material, number, start, &mut tally, trace)));
        if round(false).is_err() {
            let _ = round(true);
            panic!("in round {number}");
        }
    }
    // Where one of them is zero, mutations no longer get that far.
    assert!(tally.figures().iter().all(|(_, value)| *value > 0), "{tally:?}");
    tally
}

#[test]
fn interface_survives_twenty_thousand_mutations_and_keeps_no_call() {
    mutations(&[Shape::Span], 20_000);
}

#[test]
fn group_survives_two_thousand_mutations_on_either_d_channel_and_keeps_no_call() {
    let tally = mutations(&Shape::groups(), 2_000);
    assert!(tally.switches > 0, "{tally:?}");
}

#[test]
#[ignore = "takes some minutes: cargo xtask long isdn-million-mutations"]
fn interface_survives_a_million_mutations_and_keeps_no_call() {
    let tally = mutations(&[Shape::Span], 1_000_000);
    for (name, value) in tally.figures() {
        println!("figure: {name} = {value}");
    }
    // Any of these would have ended the run.
    println!("figure: panics, calls or channels left behind, timers that are late = 0");
}

#[test]
#[ignore = "takes some minutes: cargo xtask long isdn-million-mutations"]
fn group_survives_two_hundred_thousand_mutations_on_either_d_channel_and_keeps_no_call() {
    let tally = mutations(&Shape::groups(), 200_000);
    for (name, value) in tally.figures() {
        println!("figure: of a group: {name} = {value}");
    }
    println!("figure: of a group: times another D-channel served = {}", tally.switches);
    println!("figure: of a group: panics, calls or channels left behind, timers that are late = 0");
}

#[test]
fn recorded_call_replayed_without_mutation_ends_as_it_did() {
    let shapes = [&[Shape::Span], Shape::groups().as_slice()].concat();
    let material = Material::record(&shapes);
    assert_eq!(material.calls.len(), 32 * 5);
    for (course, steps) in &material.calls {
        let mut line = line::Line::new(course.shape, course.near, course.answered, Instant::now(), false);
        for step in steps {
            match step {
                recording::Step::Place => assert!(line.layer.place(&mut line.near, line.now, course.overlap)),
                recording::Step::Clear => line.layer.clear(&mut line.near, line.now),
                recording::Step::Hear(span, message) => line.say(*span, message),
                recording::Step::Line(span, up) => line.layer1(*span, *up),
            }
            line.carry(None);
        }
        assert_eq!((line.layer.begun, line.layer.released), (1, 1), "{course:?}");
        let stats = line.near.stats();
        assert_eq!((stats.malformed, stats.unexpected_messages, stats.wrong_reference, stats.misuse), (0, 0, 0, 0), "{course:?}");
    }
}
