//! The simulation itself, driven by a stop-and-wait machine: loss is repaired, seeds repeat, time jumps.
#![allow(clippy::disallowed_methods, reason = "virtual time needs one real instant to start from")]

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use sansio::sim::{Disturbance, Pair};
use sansio::{Machine, Peer, Timers};

const REPEAT: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
struct StopAndWait {
    outstanding: Option<u32>,
    timers: Timers<()>,
    transmit: VecDeque<Item>,
    events: VecDeque<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum Item {
    Data(u32),
    Ack(u32),
}

impl StopAndWait {
    fn send(&mut self, now: Instant, value: u32) {
        self.outstanding = Some(value);
        self.transmit.push_back(Item::Data(value));
        self.timers.set((), now + REPEAT);
    }
}

impl Machine for StopAndWait {
    type Transmit = Item;
    type Event = String;

    fn handle_timeout(&mut self, now: Instant) {
        if self.timers.expire(now).is_some()
            && let Some(value) = self.outstanding
        {
            self.send(now, value);
        }
    }
    fn poll_transmit(&mut self) -> Option<Item> {
        self.transmit.pop_front()
    }
    fn poll_event(&mut self) -> Option<String> {
        self.events.pop_front()
    }
    fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next_deadline()
    }
}

impl Peer for StopAndWait {
    fn handle_receive(&mut self, _now: Instant, received: Item) {
        match received {
            Item::Data(value) => {
                self.transmit.push_back(Item::Ack(value));
                self.events.push_back(format!("got {value}"));
            }
            Item::Ack(value) if self.outstanding == Some(value) => {
                self.outstanding = None;
                self.timers.stop_all();
            }
            Item::Ack(_) => {}
        }
    }
}

fn pair() -> Pair<StopAndWait, StopAndWait> {
    Pair::new(Instant::now(), ("left", StopAndWait::default()), ("right", StopAndWait::default()), |item| format!("{item:?}"))
}

#[test]
fn two_losses_are_repaired_by_two_repeats() {
    let mut pair = pair();
    pair.forward.drop_next(2);
    let now = pair.now();
    pair.left.send(now, 7);
    pair.run();
    assert_eq!(pair.right_events, ["got 7"]);
    insta::assert_snapshot!(pair.ladder);
}

#[test]
fn same_seed_gives_the_same_ladder() {
    let run = |seed| {
        let disturbance = Disturbance { loss: 0.3, duplicate: 0.1, jitter: Duration::from_millis(30), ..Disturbance::default() };
        let mut pair = pair().disturbed(disturbance, seed);
        for value in 0..20 {
            let now = pair.now();
            pair.left.send(now, value);
            pair.run();
        }
        pair.ladder.to_string()
    };
    assert_eq!(run(42), run(42));
    assert_ne!(run(42), run(43));
}

#[test]
fn run_for_stops_at_its_end_and_not_later() {
    let mut pair = pair();
    let start = pair.now();
    pair.forward.drop_next(usize::MAX);
    pair.left.send(start, 1);
    pair.run_for(Duration::from_millis(2500));
    assert_eq!(pair.now(), start + Duration::from_millis(2500));
    assert_eq!(pair.forward.carried, 3);
}
