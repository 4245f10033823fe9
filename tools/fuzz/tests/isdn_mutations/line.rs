//! The near end under test, its layer above, and what is at the other end of the line.
//!
//! The far end's data link is a real one and its frames reach the near end as they are or damaged; frames of the near end arrive unharmed.

use crate::layer::Layer;
use crate::recording::{interface, other};
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
    /// A data link: it carries the messages that the round wants said and answers none.
    Link(Box<q921::Link>),
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
    /// Prints what happens.
    trace: bool,
    began: Instant,
    /// Frames given to the near end, and taken from it.
    given: u64,
    taken: u64,
}

impl Line {
    /// The near end of that side and a bare data link, up.
    pub fn new(side: Side, answers: bool, now: Instant, trace: bool) -> Self {
        let far = other(side);
        let far = q921::Link::new(far, q921::Config::new(far));
        let near = interface(side);
        let mut line =
            Self { near, layer: Layer::new(answers), far: Far::Link(Box::new(far)), now, trace, began: now, given: 0, taken: 0 };
        line.near.start(now);
        line.carry(None);
        assert!(line.near.link_up(), "the link does not come up");
        line
    }

    /// Lets the far end say a message, if its link is up.
    pub fn say(&mut self, message: &[u8]) {
        if let Far::Link(link) = &mut self.far {
            // A link that is down, or a message that is too long: the far end cannot say it.
            let _ = link.data(self.now, message.to_vec());
        }
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
            while let Some(frame) = self.near.poll_transmit() {
                (quiet, answers, self.taken) = (false, answers + 1, self.taken + 1);
                assert!(answers < MOST_ANSWERS, "it never falls silent");
                self.tell(|| format!("near > {}", describe(&frame)));
                self.far_takes(&frame);
            }
            while let Some(frame) = self.far_says() {
                quiet = false;
                let frames = match &mut damage {
                    Some(damage) => damage.on(frame),
                    None => vec![frame],
                };
                for frame in frames {
                    self.given += 1;
                    self.tell(|| format!("far  > {}", describe(&frame)));
                    self.near.handle_frame(self.now, &frame);
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

    fn far_takes(&mut self, frame: &[u8]) {
        match &mut self.far {
            Far::Link(link) => link.handle_frame(self.now, frame),
            Far::Whole(end, _) => end.handle_frame(self.now, frame),
            Far::Silence => {}
        }
    }

    fn far_says(&mut self) -> Option<Vec<u8>> {
        match &mut self.far {
            Far::Link(link) => {
                while link.poll_event().is_some() {}
                link.poll_transmit()
            }
            Far::Whole(end, layer) => {
                while let Some(event) = end.poll_event() {
                    layer.take(end, self.now, event);
                }
                end.poll_transmit()
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
        assert_eq!(stats.link.frames_sent, self.taken, "{stats:?}");
        let link = stats.link;
        let seen = link.frames_received + link.malformed + link.not_for_us + link.wrong_direction;
        assert!(seen <= self.given && link.i_received <= self.given, "{} frames: {stats:?}", self.given);
        assert!(stats.messages_received <= link.i_received, "{stats:?}");
        assert!(link.i_sent <= stats.messages_sent, "{stats:?}");
        assert!(stats.malformed + stats.wrong_reference <= 2 * link.i_received, "{stats:?}");
    }

    /// Lets `span` pass. A timer that was due is not due any more once it has run.
    pub fn pass(&mut self, span: Duration, mut damage: Option<&mut Damage>) {
        let end = self.now + span;
        loop {
            let far = match &self.far {
                Far::Link(link) => link.poll_timeout(),
                Far::Whole(end, _) => end.poll_timeout(),
                Far::Silence => None,
            };
            let Some(due) = [self.near.poll_timeout(), far].into_iter().flatten().min().filter(|due| *due <= end) else { break };
            assert!(due >= self.now, "a timer is {:?} late", self.now - due);
            self.now = due;
            self.near.handle_timeout(due);
            match &mut self.far {
                Far::Link(link) => Machine::handle_timeout(link.as_mut(), due),
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
