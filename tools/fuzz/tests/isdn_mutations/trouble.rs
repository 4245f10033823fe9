//! What befalls the D-channels of a group during a round, beside mutations: an alarm, silence without one, SERVICE from the far end.

use crate::line::Line;
use crate::shape::Shape;
use std::time::Duration;

/// Until a link that hears nothing has given up: T203, four T200, and some.
const UNNOTICED: Duration = Duration::from_secs(10 + 4 + 2);

/// Until links that may be up again are, and what waited for them has arrived.
const SETTLED: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    None,
    /// Layer 1 of the span is down.
    Alarm,
    /// Nothing passes on the span, and no alarm says so.
    Silence,
    /// The far end says that the D-channel of the span is out of service, and later that it is back.
    Service,
}

/// One trouble in a round, from one step to another.
#[derive(Debug, Clone, Copy)]
pub struct Trouble {
    kind: Kind,
    span: u8,
    from: usize,
    to: usize,
}

impl Trouble {
    /// None in a round of a single span.
    pub fn draw(shape: Shape, steps: usize, below: &mut impl FnMut(usize) -> usize) -> Option<Self> {
        if shape == Shape::Span {
            return None;
        }
        let kind = [Kind::None, Kind::Alarm, Kind::Silence, Kind::Service][below(4)];
        let (span, from) = (Shape::D_CHANNELS[below(2)], below(steps));
        Some(Self { kind, span, from, to: from + 1 + below(steps) })
    }

    /// Before step `index`.
    pub fn before(&self, index: usize, line: &mut Line) {
        if index == self.from {
            self.begin(line);
        } else if index == self.to {
            self.end(line);
        }
    }

    /// After the last of `steps`.
    pub fn after(&self, steps: usize, line: &mut Line) {
        if self.to >= steps {
            self.end(line);
        }
        line.pass(SETTLED, None);
    }

    fn begin(&self, line: &mut Line) {
        match self.kind {
            Kind::None => {}
            Kind::Alarm => line.layer1(self.span, false),
            Kind::Silence => {
                line.cut.push(self.span);
                line.pass(UNNOTICED, None);
            }
            Kind::Service => service(line, self.span, 0xc2),
        }
    }

    fn end(&self, line: &mut Line) {
        match self.kind {
            Kind::None => {}
            Kind::Alarm => line.layer1(self.span, true),
            Kind::Silence => line.cut.retain(|span| *span != self.span),
            Kind::Service => service(line, self.span, 0xc0),
        }
    }
}

/// SERVICE of National ISDN on either D-channel, whichever the near end uses. EuroISDN has none: another protocol's, to be ignored.
fn service(line: &mut Line, span: u8, status: u8) {
    for on in Shape::D_CHANNELS {
        line.say(on, &[0x43, 0x02, 0x00, 0x00, 0x07, 0x01, 0x01, status, 0x18, 0x02, 0xe9, 0x80 | span]);
        line.carry(None);
    }
}
