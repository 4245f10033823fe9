//! Whole calls between two interfaces, kept as what one of them is told: messages of the far end and commands of the layer above.

use crate::layer::Layer;
use crate::shape::{Shape, interface};
use isdn::q921::{Body, Frame};
use isdn::{Interface, Side};
use std::time::{Duration, Instant};

/// Between two steps: far below any timer.
pub const STEP: Duration = Duration::from_millis(20);

/// What the near end is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A message from the far end, on the D-channel of this span.
    Hear(u8, Vec<u8>),
    /// Layer 1 of a span goes down or is back.
    Line(u8, bool),
    /// Its layer above places the call.
    Place,
    /// Its layer above clears it.
    Clear,
}

/// How a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// What both ends are.
    pub shape: Shape,
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
    /// All thirty-two of that shape.
    pub fn all(shape: Shape) -> Vec<Self> {
        let bits = |n: u8, bit: u8| n >> bit & 1 != 0;
        let course = |n| Self {
            shape,
            near: if bits(n, 0) { Side::User } else { Side::Network },
            outgoing: bits(n, 1),
            overlap: bits(n, 2),
            answered: bits(n, 3),
            near_clears: bits(n, 4),
        };
        (0..32).map(course).collect()
    }

    /// What is done in its course.
    fn acts(self) -> Vec<Step> {
        match self.shape {
            Shape::Group { switches: true, .. } => {
                vec![Step::Place, Step::Line(0, false), Step::Line(0, true), Step::Clear]
            }
            Shape::Span | Shape::Group { switches: false, .. } => vec![Step::Place, Step::Clear],
        }
    }
}

pub const fn other(side: Side) -> Side {
    match side {
        Side::User => Side::Network,
        Side::Network => Side::User,
    }
}

/// What the near end is told in a call of that course.
pub fn record(course: Course) -> Vec<Step> {
    let mut now = Instant::now();
    let mut ends = [interface(course.near, course.shape), interface(other(course.near), course.shape)];
    let mut layers = [Layer::new(course.answered), Layer::new(course.answered)];
    let mut steps = Vec::new();
    for end in &mut ends {
        end.start(now);
    }
    exchange(&mut ends, &mut layers, now, &mut steps);
    assert!(ends.iter().all(Interface::link_up), "the link does not come up");
    steps.clear();
    let (caller, clearer) = (usize::from(!course.outgoing), usize::from(!course.near_clears));
    for act in course.acts() {
        now += STEP;
        let actor = if act == Step::Place { caller } else { clearer };
        if actor == 0 || matches!(act, Step::Line(..)) {
            steps.push(act.clone());
        }
        match act {
            Step::Place => assert!(layers[actor].place(&mut ends[actor], now, course.overlap), "the call is refused"),
            Step::Clear => layers[actor].clear(&mut ends[actor], now),
            Step::Line(span, up) => ends.iter_mut().for_each(|end| end.handle_layer1_on(now, span, up)),
            Step::Hear(..) => {}
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
            for span in Shape::D_CHANNELS {
                while let Some(frame) = ends[from].poll_transmit_on(span) {
                    quiet = false;
                    if let (1, Ok(Frame { body: Body::Information { info, .. }, .. })) = (from, Frame::parse(&frame)) {
                        steps.push(Step::Hear(span, info));
                    }
                    ends[1 - from].handle_frame_on(now, span, &frame);
                }
            }
            while let Some(event) = ends[from].poll_event() {
                quiet = false;
                layers[from].take(&mut ends[from], now, event);
            }
        }
    }
}
