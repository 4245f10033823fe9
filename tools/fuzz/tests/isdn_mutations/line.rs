//! The near end under test, its layer above, and what is at the other end of the line.
//!
//! The far end's data link is a real one and its frames reach the near end as they are or damaged; frames of the near end arrive unharmed.

use crate::layer::Layer;
use crate::recording::other;
use crate::shape::{Shape, interface};
use fuzz::mutation::Mutator;
use isdn::decode::describe;
use isdn::{ChannelState, Interface, Side, q921};
use sansio::Machine;
use sansio::sim::SplitMix64;
use std::time::{Duration, Instant};

/// More frames than this in answer to one input: it answers itself for ever.
const MOST_ANSWERS: u32 = 500;

/// What is at the far end.
pub enum Far {
    /// A data link on each D-channel: they carry the messages that the round wants said and answer none.
    Links(Vec<q921::Link>),
    /// An interface that knows of no call.
    Whole(Box<Interface>, Layer),
    /// Nothing.
    Silence,
}

/// How frames of the far end are damaged on their way.
pub struct Damage {
    pub mutator: Mutator,
    pub random: SplitMix64,
    /// How many may still be.
    pub left: u64,
    /// How many were.
    pub done: u64,
    /// Frames that came by, for pieces to put into others and to say again.
    pub heard: Vec<Vec<u8>>,
}

pub struct Line {
    pub near: Interface,
    pub layer: Layer,
    pub far: Far,
    pub now: Instant,
    /// Spans on which nothing arrives, in either direction.
    pub cut: Vec<u8>,
    d_channels: &'static [u8],
    /// Prints what happens.
    trace: bool,
    began: Instant,
    /// Frames given to the near end, and taken from it.
    given: u64,
    taken: u64,
}

impl Line {
    /// The near end of that side and shape, and a bare data link on each of its D-channels, up.
    pub fn new(shape: Shape, side: Side, answers: bool, now: Instant, trace: bool) -> Self {
        let far = other(side);
        let far = Far::Links(shape.d_channels().iter().map(|_| q921::Link::new(far, q921::Config::new(far))).collect());
        let (near, layer, d_channels) = (interface(side, shape), Layer::new(answers), shape.d_channels());
        let mut line = Self { near, layer, far, now, cut: Vec::new(), d_channels, trace, began: now, given: 0, taken: 0 };
        line.near.start(now);
        line.carry(None);
        assert!(line.near.link_up(), "the link does not come up");
        line
    }

    /// Lets the far end say a message on the D-channel of a span, if its link is up.
    pub fn say(&mut self, span: u8, message: &[u8]) {
        if let Far::Links(links) = &mut self.far {
            let link = &mut links[usize::from(span)];
            // A link that is down, or a message that is too long: the far end cannot say it.
            let _ = link.data(self.now, message.to_vec());
        }
    }

    /// Layer 1 of a span goes down, with all that is under way, or is back.
    pub fn layer1(&mut self, span: u8, up: bool) {
        self.cut.retain(|cut| *cut != span);
        self.cut.extend((!up).then_some(span));
        self.near.handle_layer1_on(self.now, span, up);
        self.carry(None);
    }

    /// Carries frames and answers events until both ends are silent.
    pub fn carry(&mut self, mut damage: Option<&mut Damage>) {
        let mut quiet = false;
        let mut answers = 0;
        while !quiet {
            quiet = true;
            while let Some(event) = self.near.poll_event() {
                quiet = false;
                self.tell(|| format!("     * {event:?}"));
                self.layer.take(&mut self.near, self.now, event);
            }
            for span in self.d_channels {
                while let Some(frame) = self.near.poll_transmit_on(*span) {
                    (quiet, answers, self.taken) = (false, answers + 1, self.taken + 1);
                    assert!(answers < MOST_ANSWERS, "it never falls silent");
                    self.tell(|| format!("near > {span}: {}", describe(&frame)));
                    self.far_takes(*span, &frame);
                }
                while let Some(frame) = self.far_says(*span) {
                    quiet = false;
                    self.near_takes(*span, frame, damage.as_deref_mut());
                }
            }
        }
        self.check();
    }

    fn tell(&self, what: impl FnOnce() -> String) {
        if self.trace {
            eprintln!("{:8.3} {}", self.now.duration_since(self.began).as_secs_f64(), what());
        }
    }

    fn near_takes(&mut self, span: u8, frame: Vec<u8>, damage: Option<&mut Damage>) {
        if self.cut.contains(&span) {
            return;
        }
        let frames = match damage {
            Some(damage) => damage.on(frame),
            None => vec![frame],
        };
        for frame in frames {
            self.given += 1;
            self.tell(|| format!("far  > {span}: {}", describe(&frame)));
            self.near.handle_frame_on(self.now, span, &frame);
        }
    }

    fn far_takes(&mut self, span: u8, frame: &[u8]) {
        match &mut self.far {
            Far::Links(_) | Far::Whole(..) if self.cut.contains(&span) => {}
            Far::Links(links) => links[usize::from(span)].handle_frame(self.now, frame),
            Far::Whole(end, _) => end.handle_frame_on(self.now, span, frame),
            Far::Silence => {}
        }
    }

    fn far_says(&mut self, span: u8) -> Option<Vec<u8>> {
        match &mut self.far {
            Far::Links(links) => {
                let link = &mut links[usize::from(span)];
                while link.poll_event().is_some() {}
                link.poll_transmit()
            }
            Far::Whole(end, layer) => {
                while let Some(event) = end.poll_event() {
                    layer.take(end, self.now, event);
                }
                end.poll_transmit_on(span)
            }
            Far::Silence => None,
        }
    }

    /// What holds at any time: a channel is in use by a call that is there, and counters agree with what was seen.
    fn check(&self) {
        for channel in self.near.channels() {
            if let ChannelState::InUse(call) = channel.state {
                assert!(self.layer.live.contains(&call), "channel {} is in use by {call:?}, which is over", channel.channel);
            }
        }
        let mut calls: Vec<_> = self.near.calls().map(|status| status.call).collect();
        calls.sort();
        assert!(calls.iter().eq(&self.layer.live), "calls {calls:?}, told of {:?}", self.layer.live);
        let stats = self.near.stats();
        assert_eq!(stats.calls_incoming + stats.calls_outgoing, self.layer.begun, "{stats:?}");
        assert_eq!(self.layer.begun - self.layer.released, self.layer.live.len() as u64);
        let sum = |of: fn(&q921::Stats) -> u64| self.near.d_channels().map(|one| of(&one.link)).sum::<u64>();
        assert_eq!(sum(|link| link.frames_sent), self.taken, "{stats:?}");
        let seen = sum(|link| link.frames_received + link.malformed + link.not_for_us + link.wrong_direction);
        let (received, sent) = (sum(|link| link.i_received), sum(|link| link.i_sent));
        assert!(seen <= self.given && received <= self.given, "{} frames: {stats:?}", self.given);
        assert!(stats.messages_received <= received, "{stats:?}");
        assert!(sent <= stats.messages_sent, "{stats:?}");
        assert!(stats.malformed + stats.wrong_reference <= 2 * received, "{stats:?}");
    }

    /// Lets `span` pass. A timer that was due is not due any more once it has run.
    pub fn pass(&mut self, span: Duration, mut damage: Option<&mut Damage>) {
        let end = self.now + span;
        loop {
            let far = match &self.far {
                Far::Links(links) => links.iter().filter_map(q921::Link::poll_timeout).min(),
                Far::Whole(end, _) => end.poll_timeout(),
                Far::Silence => None,
            };
            let Some(due) = [self.near.poll_timeout(), far].into_iter().flatten().min().filter(|due| *due <= end) else { break };
            assert!(due >= self.now, "a timer is {:?} late", self.now - due);
            self.now = due;
            self.near.handle_timeout(due);
            match &mut self.far {
                Far::Links(links) => links.iter_mut().for_each(|link| link.handle_timeout(due)),
                Far::Whole(end, _) => Machine::handle_timeout(end.as_mut(), due),
                Far::Silence => {}
            }
            self.carry(damage.as_deref_mut());
            let next = self.near.poll_timeout();
            assert!(next.is_none_or(|next| next > due), "a timer that ran is still due");
        }
        self.now = end;
    }
}

impl Damage {
    fn on(&mut self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        if self.heard.len() < 32 {
            self.heard.push(frame.clone());
        }
        if self.left == 0 || self.random.below(2) == 0 {
            return vec![frame];
        }
        self.left -= 1;
        self.done += 1;
        let earlier = usize::try_from(self.random.below(self.heard.len() as u64)).unwrap();
        match self.random.below(8) {
            0 => vec![],
            1 => vec![frame.clone(), frame],
            2 => vec![self.heard[earlier].clone(), frame],
            3 => vec![frame, self.heard[earlier].clone()],
            4 => {
                let damaged = self.mutator.mutate(frame.clone(), &self.heard);
                vec![damaged, frame]
            }
            _ => vec![self.mutator.mutate(frame, &self.heard)],
        }
    }
}
