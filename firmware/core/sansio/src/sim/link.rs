//! One direction of a wire: delay, jitter, loss, duplication and damage, all from one seed.

use std::time::{Duration, Instant};

use super::SplitMix64;

/// What a link does to what it carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disturbance {
    /// Probability that an item is lost, 0.0 to 1.0.
    pub loss: f64,
    /// Probability that an item arrives twice, 0.0 to 1.0.
    pub duplicate: f64,
    /// Every item takes this long.
    pub delay: Duration,
    /// And up to this much longer, which reorders items unless `in_order`.
    pub jitter: Duration,
    /// Whether an item may overtake an earlier one. A D-channel never reorders; an IP network may.
    pub in_order: bool,
}

impl Default for Disturbance {
    fn default() -> Self {
        Self { loss: 0.0, duplicate: 0.0, delay: Duration::from_millis(10), jitter: Duration::ZERO, in_order: true }
    }
}

/// One direction between two machines.
#[derive(Debug)]
pub struct Link<T> {
    disturbance: Disturbance,
    random: SplitMix64,
    drop_next: usize,
    in_flight: Vec<(Instant, u64, T)>,
    sequence: u64,
    last_arrival: Option<Instant>,
    /// Items put on the link so far.
    pub carried: u64,
    /// Items that the link lost so far.
    pub lost: u64,
}

impl<T: Clone> Link<T> {
    /// A link with `disturbance`, whose chances come from `seed`.
    #[must_use]
    pub const fn new(disturbance: Disturbance, seed: u64) -> Self {
        Self {
            disturbance,
            random: SplitMix64::new(seed),
            drop_next: 0,
            in_flight: Vec::new(),
            sequence: 0,
            last_arrival: None,
            carried: 0,
            lost: 0,
        }
    }

    /// Loses the next `count` items whatever the chances say.
    pub const fn drop_next(&mut self, count: usize) {
        self.drop_next = count;
    }

    /// Changes what the link does from now on.
    pub const fn disturb(&mut self, disturbance: Disturbance) {
        self.disturbance = disturbance;
    }

    /// Puts an item on the link; says whether it will arrive.
    pub fn send(&mut self, now: Instant, item: T) -> bool {
        self.carried += 1;
        let lost = if self.drop_next > 0 {
            self.drop_next -= 1;
            true
        } else {
            self.random.chance(self.disturbance.loss)
        };
        if lost {
            self.lost += 1;
            return false;
        }
        if self.random.chance(self.disturbance.duplicate) {
            self.enqueue(now, item.clone());
        }
        self.enqueue(now, item);
        true
    }

    fn enqueue(&mut self, now: Instant, item: T) {
        let jitter_us = u64::try_from(self.disturbance.jitter.as_micros()).unwrap_or(u64::MAX);
        let mut arrival = now + self.disturbance.delay + Duration::from_micros(self.random.below(jitter_us.saturating_add(1)));
        if self.disturbance.in_order {
            arrival = self.last_arrival.map_or(arrival, |last| arrival.max(last));
        }
        self.last_arrival = Some(arrival);
        self.sequence += 1;
        self.in_flight.push((arrival, self.sequence, item));
    }

    /// When the next item arrives.
    #[must_use]
    pub fn next_arrival(&self) -> Option<Instant> {
        self.in_flight.iter().map(|(at, _, _)| *at).min()
    }

    /// Takes an item that has arrived by `now`, the earliest first.
    pub fn receive(&mut self, now: Instant) -> Option<T> {
        let (index, _) = self
            .in_flight
            .iter()
            .enumerate()
            .filter(|(_, (at, _, _))| *at <= now)
            .min_by_key(|(_, (at, sequence, _))| (*at, *sequence))?;
        Some(self.in_flight.remove(index).2)
    }

    /// Forgets everything in flight: the wire was cut.
    pub fn clear(&mut self) {
        self.in_flight.clear();
    }
}
