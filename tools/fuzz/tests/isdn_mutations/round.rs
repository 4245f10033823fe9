//! One round: a recorded call up to some step, mutations of that step and of those that follow, and an end after which nothing is left.

use crate::layer::Layer;
use crate::line::{Damage, Far, Line};
use crate::recording::{Course, STEP, Step, other};
use crate::shape::{Shape, interface};
use crate::trouble::Trouble;
use fuzz::mutation::Mutator;
use isdn::{ChannelState, Interface, Stats};
use sansio::sim::SplitMix64;
use std::time::{Duration, Instant};

/// Mutations in a round at most: after a few the state is any but that of the recorded call.
const MOST: u64 = 8;
/// What a line that fell silent may take: T203 and four T200 until the poll is given up, four more until SABME is, T309, and some.
const SILENT_LINE: Duration = Duration::from_secs(18 + 90 + 10);
/// What a far end may take that hears and says nothing: T305, twice T308, T316 twice for a channel, and some.
const MUTE_FAR_END: Duration = Duration::from_secs(30 + 8 + 240 + 10);
/// What calls take that a new far end has never heard of: T301, the longest timer of a call, and the time to clear.
const STRANGER: Duration = Duration::from_secs(180 + 30 + 8 + 10);
/// What each of these may take longer in a group: the other D-channel fails in its turn, and T321.
const SWITCHES: Duration = Duration::from_secs(18 + 30);

/// Calls that were recorded, and all their messages to splice from.
pub struct Material {
    pub calls: Vec<(Course, Vec<Step>)>,
    pub messages: Vec<Vec<u8>>,
}

impl Material {
    /// Calls of these shapes.
    pub fn record(shapes: &[Shape]) -> Self {
        let courses = shapes.iter().flat_map(|shape| Course::all(*shape));
        let calls: Vec<_> = courses.map(|course| (course, crate::recording::record(course))).collect();
        let heard = |step: &Step| if let Step::Hear(_, message) = step { Some(message.clone()) } else { None };
        let messages = calls.iter().flat_map(|(_, steps)| steps.iter().filter_map(heard)).collect();
        Self { calls, messages }
    }
}

/// What was done in rounds and what became of it, in sums.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    pub rounds: u64,
    pub mutations: u64,
    /// Calls that the near end was told of.
    pub calls: u64,
    /// Frames that were none, and times the link was set up anew.
    pub bad_frames: u64,
    pub link_resets: u64,
    /// Messages that could not be read, that the state did not expect, and elements that were missing or invalid.
    pub bad_messages: u64,
    pub unexpected: u64,
    pub bad_elements: u64,
    pub restarts: u64,
    /// How often another D-channel of a group began to serve.
    pub switches: u64,
}

impl Tally {
    pub fn add(&mut self, mutations: u64, stats: &Stats, served: u64) {
        self.rounds += 1;
        self.switches += served.saturating_sub(1);
        self.mutations += mutations;
        self.calls += stats.calls_incoming + stats.calls_outgoing;
        self.bad_frames += stats.link.malformed;
        self.link_resets += stats.link.established.saturating_sub(1);
        self.bad_messages += stats.malformed;
        self.unexpected += stats.unexpected_messages + stats.wrong_reference + stats.unknown_messages;
        self.bad_elements += stats.elements_missing + stats.elements_invalid;
        self.restarts += stats.restarts_sent + stats.restarts_received;
    }

    /// By name, as `cargo xtask long` keeps them.
    pub const fn figures(&self) -> [(&'static str, u64); 9] {
        [
            ("mutations", self.mutations),
            ("recorded calls replayed with them", self.rounds),
            ("calls begun and released", self.calls),
            ("frames that were none", self.bad_frames),
            ("times the link was set up anew", self.link_resets),
            ("messages that could not be read", self.bad_messages),
            ("messages of unknown type, or that no call or state expects", self.unexpected),
            ("elements missing or invalid", self.bad_elements),
            ("restarts sent and received", self.restarts),
        ]
    }
}

/// How a round ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Nothing more comes.
    SilentLine,
    /// The link goes on and nothing is said; the layer above clears all calls.
    MuteFarEnd,
    /// A far end that knows of no call.
    Stranger,
}

/// Round `number`, the same at each run; adds to `tally`. `trace` prints what happens.
pub fn run(material: &Material, number: u64, start: Instant, tally: &mut Tally, trace: bool) {
    let mut random = SplitMix64::new(number);
    let mut below = |bound: usize| usize::try_from(random.below(bound as u64)).unwrap();
    let (course, steps) = &material.calls[below(material.calls.len())];
    let first = below(steps.len());
    let end = [Ending::SilentLine, Ending::MuteFarEnd, Ending::Stranger][below(3)];
    let of_frames = below(2) == 0;
    let left = 1 + below(MOST as usize) as u64;
    let trouble = Trouble::draw(course.shape, steps.len(), &mut below);
    let mutator = Mutator::new(random.next_u64());
    let mut damage = Damage { mutator, random, left, done: 0, heard: Vec::new() };
    let mut line = Line::new(course.shape, course.near, course.answered, start, trace);
    for (index, step) in steps.iter().enumerate() {
        let hurt = index >= first && damage.left > 0;
        trouble.iter().for_each(|trouble| trouble.before(index, &mut line));
        match step {
            Step::Place => drop(line.layer.place(&mut line.near, line.now, course.overlap)),
            Step::Clear => line.layer.clear(&mut line.near, line.now),
            Step::Line(span, up) => line.layer1(*span, *up),
            Step::Hear(span, message) if hurt && !of_frames => {
                for message in instead_of(message, &mut damage, &material.messages) {
                    line.say(*span, &message);
                    line.carry(None);
                }
            }
            Step::Hear(span, message) => line.say(*span, message),
        }
        line.carry((hurt && of_frames).then_some(&mut damage));
        line.pass(STEP, (hurt && of_frames).then_some(&mut damage));
    }
    trouble.iter().for_each(|trouble| trouble.after(steps.len(), &mut line));
    let stats = finish(&mut line, course, end);
    tally.add(damage.done, &stats, line.layer.served);
}

/// What is said instead of a message: the same one damaged, twice, out of its turn, or not at all.
fn instead_of(message: &[u8], damage: &mut Damage, all: &[Vec<u8>]) -> Vec<Vec<u8>> {
    damage.left -= 1;
    damage.done += 1;
    let other = all[usize::try_from(damage.random.below(all.len() as u64)).unwrap()].clone();
    let message = message.to_vec();
    match damage.random.below(8) {
        0 => vec![],
        1 => vec![message.clone(), message],
        2 => vec![other, message],
        3 => vec![message, other],
        4 => vec![damage.mutator.mutate(message.clone(), all), message],
        _ => vec![damage.mutator.mutate(message, all)],
    }
}

/// Ends the round and says what the near end counted until then.
fn finish(line: &mut Line, course: &Course, end: Ending) -> Stats {
    let more = if course.shape == Shape::Span { Duration::ZERO } else { SWITCHES };
    match end {
        Ending::SilentLine => {
            line.far = Far::Silence;
            line.pass(SILENT_LINE + more, None);
        }
        Ending::MuteFarEnd => {
            line.layer.clear(&mut line.near, line.now);
            line.carry(None);
            line.pass(MUTE_FAR_END + more, None);
        }
        Ending::Stranger => {
            let mut far = interface(other(course.near), course.shape);
            far.start(line.now);
            line.far = Far::Whole(Box::new(far), Layer::new(true));
            line.carry(None);
            line.pass(STRANGER + more, None);
            clear_repeated(line);
        }
    }
    assert!(line.layer.live.is_empty(), "left after {end:?}: {:?}", line.near.calls().collect::<Vec<_>>());
    for channel in line.near.channels() {
        let may = match channel.state {
            ChannelState::Idle => true,
            // Nobody answered its RESTART.
            ChannelState::Restarting | ChannelState::OutOfService => end != Ending::Stranger,
            ChannelState::InUse(_) | ChannelState::Blocked => false,
        };
        assert!(may, "channel {} is {:?} after {end:?}", channel.channel, channel.state);
    }
    let stats = counted(&line.near);
    if end == Ending::Stranger {
        new_calls(line);
    }
    stats
}

/// Counters, with what the tally has of the link from every D-channel.
fn counted(near: &Interface) -> Stats {
    let mut stats = near.stats();
    for other in near.d_channels().skip(1) {
        stats.link.malformed += other.link.malformed;
        stats.link.established += other.link.established.saturating_sub(1);
    }
    stats
}

/// A SETUP that T303 repeated is a call to the new far end: both have it, and nothing else. It is cleared there.
fn clear_repeated(line: &mut Line) {
    let Far::Whole(far, layer) = &mut line.far else { return };
    let known = |end: &Interface| end.calls().map(|call| (call.reference, call.channel, call.state)).collect::<Vec<_>>();
    assert_eq!(known(&line.near), known(far), "what each end has");
    layer.clear(far, line.now);
    line.carry(None);
}

/// A call each way, answered and cleared, as if nothing had been.
fn new_calls(line: &mut Line) {
    let before = line.layer.connected;
    line.layer.answers = true;
    assert!(line.layer.place(&mut line.near, line.now, false), "a new call is refused");
    line.carry(None);
    let Far::Whole(far, layer) = &mut line.far else { return };
    assert!(layer.place(far, line.now, true), "a new call of the far end is refused");
    line.carry(None);
    let Far::Whole(far, layer) = &mut line.far else { return };
    assert_eq!((line.layer.connected - before, layer.connected), (1, 1), "answered");
    layer.clear(far, line.now);
    line.carry(None);
    assert!(line.layer.live.is_empty(), "{:?}", line.near.calls().collect::<Vec<_>>());
}
