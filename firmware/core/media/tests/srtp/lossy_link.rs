//! A long run over a link that loses, repeats and reorders, from fixed seeds, across a wrap: every packet is taken once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::packets::{default_policy, keys, other_keys, protect, protect_rtcp, rtcp, rtp, unprotect, unprotect_rtcp};
use media::srtp::{Mki, Policy, Receiver, ReceiverStats, Sender, Suite, UnprotectError};
use sansio::sim::{Disturbance, Link};

const PACKET_TIME: Duration = Duration::from_millis(20);

#[derive(Debug, Clone)]
enum Item {
    Rtp(u64, Vec<u8>),
    Rtcp(u64, Vec<u8>),
}

#[test]
fn every_packet_that_arrives_is_taken_once_with_either_suite() {
    for (seed, suite) in Suite::ALL.into_iter().enumerate() {
        let disturbance = Disturbance {
            loss: 0.05,
            duplicate: 0.05,
            delay: Duration::from_millis(30),
            // 60 packets may overtake: less than the window.
            jitter: 60 * PACKET_TIME,
            in_order: false,
        };
        Run::new(Policy::new(suite), disturbance, seed as u64).packets(6_000).check();
    }
}

#[test]
fn every_packet_that_arrives_is_taken_once_when_most_are_lost() {
    let disturbance =
        Disturbance { loss: 0.9, duplicate: 0.2, jitter: 100 * PACKET_TIME, in_order: false, ..Disturbance::default() };
    Run::new(default_policy(), disturbance, 3).packets(10_000).check();
}

/// Both ends, the link between them, and what was taken.
struct Run {
    sender: Sender,
    receiver: Receiver,
    link: Link<Item>,
    now: Instant,
    taken: BTreeSet<u64>,
    reports: BTreeSet<u64>,
    arrived: BTreeSet<u64>,
    repeats: u64,
}

impl Run {
    fn new(policy: Policy, disturbance: Disturbance, seed: u64) -> Self {
        let first = keys(Mki::new(1, 1).unwrap());
        Self {
            sender: Sender::new(policy, &first),
            receiver: Receiver::new(policy, &first),
            link: Link::new(disturbance, seed),
            now: Instant::now(),
            taken: BTreeSet::new(),
            reports: BTreeSet::new(),
            arrived: BTreeSet::new(),
            repeats: 0,
        }
    }

    fn packets(mut self, count: u64) -> Self {
        for number in 0..count {
            if number == count / 2 {
                // In the middle the keys change, with packets of the old ones under way.
                let next = other_keys(Mki::new(2, 1).unwrap());
                self.sender.rekey(&next).unwrap();
                self.receiver.add_keys(&next).unwrap();
            }
            let packet = protect(&mut self.sender, &rtp(1, 63_000_u64.wrapping_add(number) as u16));
            self.link.send(self.now, Item::Rtp(number, packet));
            if number % 100 == 0 {
                let report = protect_rtcp(&mut self.sender, &rtcp(1, 40));
                self.link.send(self.now, Item::Rtcp(number / 100, report));
            }
            self.now += PACKET_TIME;
            self.arrivals();
        }
        self.now += Duration::from_secs(10);
        self.arrivals();
        self
    }

    fn arrivals(&mut self) {
        while let Some(item) = self.link.receive(self.now) {
            match item {
                Item::Rtp(number, bytes) => {
                    let again = !self.arrived.insert(number);
                    match unprotect(&mut self.receiver, &bytes) {
                        Ok(opened) => {
                            assert!(!again && self.taken.insert(number), "packet {number} was taken twice");
                            assert_eq!(opened, rtp(1, 63_000_u64.wrapping_add(number) as u16));
                        }
                        Err(UnprotectError::Replayed { index, .. }) => {
                            assert_eq!((again, index), (true, 63_000 + number));
                            self.repeats += 1;
                        }
                        Err(other) => panic!("packet {number}: {other}"),
                    }
                }
                Item::Rtcp(number, bytes) => match unprotect_rtcp(&mut self.receiver, &bytes) {
                    Ok(_) => assert!(self.reports.insert(number), "report {number} was taken twice"),
                    Err(UnprotectError::Replayed { .. }) => assert!(self.reports.contains(&number)),
                    Err(other) => panic!("report {number}: {other}"),
                },
            }
        }
    }

    fn check(&self) {
        assert_eq!(self.taken, self.arrived);
        let stats = self.receiver.stats();
        assert_eq!(stats.rtp, self.taken.len() as u64);
        assert_eq!(
            stats,
            ReceiverStats {
                rtp: stats.rtp,
                rtcp: self.reports.len() as u64,
                replayed: stats.replayed,
                ..ReceiverStats::default()
            }
        );
        assert!(self.repeats > 100 && self.link.lost > 250 && stats.rtcp > 10, "too tame: {stats:?}");
    }
}
