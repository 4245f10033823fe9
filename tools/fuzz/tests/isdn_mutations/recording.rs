//! Whole calls between two interfaces, kept as what one of them is told: messages of the far end and commands of the layer above.

use crate::layer::Layer;
use isdn::q921::{Body, Frame};
use isdn::{Config, Framing, Interface, Side};
use std::time::{Duration, Instant};

/// Between two steps: far below any timer.
pub const STEP: Duration = Duration::from_millis(20);

/// What the near end is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A message from the far end.
    Hear(Vec<u8>),
    /// Its layer above places the call.
    Place,
    /// Its layer above clears it.
    Clear,
}

/// How a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// Side of the near end.
    pub near: Side,
    /// Whether the near end places it.
    pub outgoing: bool,
    /// Whether its number comes in pieces.
    pub overlap: bool,
    /// Whether it is answered; otherwise it is cleared while it rings.
    pub answered: bool,
    /// Whether the near end clears it.
    pub near_clears: bool,
}

impl Course {
    /// All thirty-two.
    pub fn all() -> Vec<Self> {
        let bits = |n: u8, bit: u8| n >> bit & 1 != 0;
        let course = |n| Self {
            near: if bits(n, 0) { Side::User } else { Side::Network },
            outgoing: bits(n, 1),
            overlap: bits(n, 2),
            answered: bits(n, 3),
            near_clears: bits(n, 4),
        };
        (0..32).map(course).collect()
    }
}

pub const fn other(side: Side) -> Side {
    match side {
        Side::User => Side::Network,
        Side::Network => Side::User,
    }
}

/// An interface as it comes.
pub fn interface(side: Side) -> Interface {
    Interface::new(Config { hold: true, ..Config::new("x", side, Framing::E1) })
}

/// What the near end is told in a call of that course.
pub fn record(course: Course) -> Vec<Step> {
    let mut now = Instant::now();
    let mut ends = [interface(course.near), interface(other(course.near))];
    let mut layers = [Layer::new(course.answered), Layer::new(course.answered)];
    let mut steps = Vec::new();
    for end in &mut ends {
        end.start(now);
    }
    exchange(&mut ends, &mut layers, now, &mut steps);
    assert!(ends.iter().all(Interface::link_up), "the link does not come up");
    steps.clear();
    let (caller, clearer) = (usize::from(!course.outgoing), usize::from(!course.near_clears));
    for act in [Step::Place, Step::Clear] {
        now += STEP;
        let actor = if act == Step::Place { caller } else { clearer };
        if actor == 0 {
            steps.push(act.clone());
        }
        if act == Step::Place {
            assert!(layers[actor].place(&mut ends[actor], now, course.overlap), "the call is refused");
        } else {
            layers[actor].clear(&mut ends[actor], now);
        }
        exchange(&mut ends, &mut layers, now, &mut steps);
    }
    assert!(layers.iter().all(|layer| layer.begun == 1 && layer.live.is_empty()), "{course:?}: {layers:?}");
    assert_eq!(layers[caller].connected, u64::from(course.answered), "{course:?}");
    steps
}

/// Carries frames at once, until both ends are silent; keeps the messages that the near end is sent.
fn exchange(ends: &mut [Interface; 2], layers: &mut [Layer; 2], now: Instant, steps: &mut Vec<Step>) {
    let mut quiet = false;
    while !quiet {
        quiet = true;
        for from in [0, 1] {
            while let Some(frame) = ends[from].poll_transmit() {
                quiet = false;
                if let (1, Ok(Frame { body: Body::Information { info, .. }, .. })) = (from, Frame::parse(&frame)) {
                    steps.push(Step::Hear(info));
                }
                ends[1 - from].handle_frame(now, &frame);
            }
            while let Some(event) = ends[from].poll_event() {
                quiet = false;
                layers[from].take(&mut ends[from], now, event);
            }
        }
    }
}
