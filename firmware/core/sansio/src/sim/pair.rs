//! Two machines joined by two links in virtual time.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use super::{Disturbance, Ladder, Link};
use crate::Peer;

/// Steps after which [`Pair::run`] gives up: two machines that never fall silent are a defect.
const STEP_LIMIT: usize = 200_000;

/// A left and a right machine, the links between them, and the ladder of what happened.
///
/// Events are kept in arrival order and also written to the ladder; `describe` names what crosses the wire.
#[derive(Debug)]
pub struct Pair<L: Peer, R: Peer<Transmit = L::Transmit>> {
    /// The machine on the left.
    pub left: L,
    /// The machine on the right.
    pub right: R,
    /// Left to right.
    pub forward: Link<L::Transmit>,
    /// Right to left.
    pub backward: Link<L::Transmit>,
    /// Events of the left machine, oldest first.
    pub left_events: Vec<L::Event>,
    /// Events of the right machine, oldest first.
    pub right_events: Vec<R::Event>,
    /// What happened so far.
    pub ladder: Ladder,
    names: (&'static str, &'static str),
    describe: fn(&L::Transmit) -> String,
    now: Instant,
}

impl<L, R> Pair<L, R>
where
    L: Peer,
    R: Peer<Transmit = L::Transmit>,
    L::Transmit: Clone,
    L::Event: Debug,
    R::Event: Debug,
{
    /// Joins `left` and `right` at the virtual time `start`, over links without disturbance (10 ms one way).
    pub fn new(start: Instant, left: (&'static str, L), right: (&'static str, R), describe: fn(&L::Transmit) -> String) -> Self {
        Self {
            left: left.1,
            right: right.1,
            forward: Link::new(Disturbance::default(), 1),
            backward: Link::new(Disturbance::default(), 2),
            left_events: Vec::new(),
            right_events: Vec::new(),
            ladder: Ladder::new(start),
            names: (left.0, right.0),
            describe,
            now: start,
        }
    }

    /// Disturbs both directions, each with its own sequence drawn from `seed`.
    #[must_use]
    pub fn disturbed(mut self, disturbance: Disturbance, seed: u64) -> Self {
        self.forward = Link::new(disturbance, seed.wrapping_mul(2).wrapping_add(1));
        self.backward = Link::new(disturbance, seed.wrapping_mul(2).wrapping_add(2));
        self
    }

    /// The virtual time.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Sends what both machines want to send and collects their events. Call after driving a machine by hand.
    pub fn drain(&mut self) {
        let (left, right) = self.names;
        let now = self.now;
        loop {
            let mut quiet = true;
            while let Some(item) = self.left.poll_transmit() {
                quiet = false;
                let what = (self.describe)(&item);
                let fate = if self.forward.send(now, item) { "" } else { "   (lost)" };
                self.ladder.message(now, left, right, &what, fate);
            }
            while let Some(item) = self.right.poll_transmit() {
                quiet = false;
                let what = (self.describe)(&item);
                let fate = if self.backward.send(now, item) { "" } else { "   (lost)" };
                self.ladder.message(now, right, left, &what, fate);
            }
            while let Some(event) = self.left.poll_event() {
                quiet = false;
                self.ladder.note(now, left, &format!("* {event:?}"));
                self.left_events.push(event);
            }
            while let Some(event) = self.right.poll_event() {
                quiet = false;
                self.ladder.note(now, right, &format!("* {event:?}"));
                self.right_events.push(event);
            }
            if quiet {
                return;
            }
        }
    }

    /// When something happens next: an arrival or a timer.
    pub fn next_wake(&self) -> Option<Instant> {
        [self.forward.next_arrival(), self.backward.next_arrival(), self.left.poll_timeout(), self.right.poll_timeout()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Jumps to the next thing that happens and lets it happen; false when nothing will.
    pub fn step(&mut self) -> bool {
        self.drain();
        let Some(wake) = self.next_wake() else { return false };
        self.now = self.now.max(wake);
        while let Some(item) = self.forward.receive(self.now) {
            self.right.handle_receive(self.now, item);
            self.drain();
        }
        while let Some(item) = self.backward.receive(self.now) {
            self.left.handle_receive(self.now, item);
            self.drain();
        }
        self.left.handle_timeout(self.now);
        self.right.handle_timeout(self.now);
        self.drain();
        true
    }

    /// Runs until neither arrival nor timer is left.
    ///
    /// # Panics
    /// When the machines do not fall silent within 200,000 steps. Machines with a repeating timer (Q.921 T203) never
    /// do: use [`Pair::run_for`].
    pub fn run(&mut self) {
        for _ in 0..STEP_LIMIT {
            if !self.step() {
                return;
            }
        }
        panic!("the pair did not fall silent within {STEP_LIMIT} steps:\n{}", self.ladder);
    }

    /// Runs for `span` of virtual time; the clock then stands exactly at the end of it.
    pub fn run_for(&mut self, span: Duration) {
        let end = self.now + span;
        self.drain();
        while self.next_wake().is_some_and(|wake| wake <= end) {
            self.step();
        }
        self.now = end;
    }
}
