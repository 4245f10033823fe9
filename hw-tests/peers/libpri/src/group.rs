//! The engine on one span or on several that are a group (NFAS), virtual or of DAHDI: all are polled together.
//!
//! As with Asterisk a span of a group that is in alarm takes no new calls, and no messages where it has a D-channel; a single span is left to
//! libpri's timers.

use std::time::Instant;

use nix::poll::PollFd;

use crate::attach::{Attached, LineError};
use crate::engine::Engine;
use crate::report::LineFaults;

/// Each span with its interface identifier.
pub struct LineGroup(Vec<(u8, Box<dyn Attached>)>);

impl LineGroup {
    /// A group; a single span is one of its own.
    #[must_use]
    pub const fn new(lines: Vec<(u8, Box<dyn Attached>)>) -> Self {
        Self(lines)
    }

    /// What is said of a span, with the span where there are several.
    fn of(&self, interface: u8, words: &str) -> String {
        if self.0.len() == 1 { words.to_owned() } else { format!("{interface}: {words}") }
    }
}

impl Attached for LineGroup {
    fn wanted(&self) -> Vec<PollFd<'_>> {
        self.0.iter().flat_map(|(_, line)| line.wanted()).collect()
    }

    /// Of the spans that have any.
    fn alarms(&self) -> String {
        let none = "none";
        let alarmed = self.0.iter().map(|(interface, line)| (*interface, line.alarms())).filter(|(_, alarms)| alarms != none);
        let alarmed: Vec<String> = alarmed.map(|(interface, alarms)| self.of(interface, &alarms)).collect();
        if alarmed.is_empty() { none.to_owned() } else { alarmed.join(", ") }
    }

    /// One that every span has: a call takes any that is left.
    fn call_obstacle(&self) -> Option<String> {
        let obstacles: Option<Vec<String>> = self.0.iter().map(|(_, line)| line.call_obstacle()).collect();
        obstacles?.into_iter().next()
    }

    fn cut(&mut self, interface: u8, cut: bool) -> Result<(), LineError> {
        match self.0.iter_mut().find(|(of, _)| *of == interface) {
            Some((_, line)) => line.cut(interface, cut),
            None => Ok(()),
        }
    }

    fn service(&mut self, now: Instant, engine: &mut Engine) -> Result<Vec<String>, LineError> {
        let mut events = Vec::new();
        for (interface, line) in &mut self.0 {
            let of_it = line.service(now, engine)?;
            events.extend(of_it.into_iter().map(|event| (*interface, event)));
        }
        Ok(events.into_iter().map(|(interface, event)| self.of(interface, &event)).collect())
    }

    fn send_frames(&mut self, engine: &mut Engine) -> Result<(), LineError> {
        self.0.iter_mut().try_for_each(|(_, line)| line.send_frames(engine))
    }

    fn faults(&self) -> LineFaults {
        self.0.iter().fold(LineFaults::default(), |sum, (_, line)| sum + line.faults())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A span in alarm, or not.
    struct Still(bool);

    impl Attached for Still {
        fn wanted(&self) -> Vec<PollFd<'_>> {
            Vec::new()
        }

        fn alarms(&self) -> String {
            if self.0 { "RED".to_owned() } else { "none".to_owned() }
        }

        fn call_obstacle(&self) -> Option<String> {
            self.0.then(|| "out of order".to_owned())
        }

        fn cut(&mut self, _interface: u8, cut: bool) -> Result<(), LineError> {
            self.0 = cut;
            Ok(())
        }

        fn service(&mut self, _now: Instant, _engine: &mut Engine) -> Result<Vec<String>, LineError> {
            Ok(Vec::new())
        }

        fn send_frames(&mut self, _engine: &mut Engine) -> Result<(), LineError> {
            Ok(())
        }

        fn faults(&self) -> LineFaults {
            LineFaults::default()
        }
    }

    #[test]
    fn group_takes_calls_until_its_last_span_is_in_alarm() -> Result<(), LineError> {
        let mut group = LineGroup::new(vec![(0, Box::new(Still(false))), (1, Box::new(Still(false)))]);
        for (cut, alarms, takes) in [(0, "0: RED", true), (1, "0: RED, 1: RED", false)] {
            group.cut(cut, true)?;
            assert_eq!((group.alarms().as_str(), group.call_obstacle().is_none()), (alarms, takes));
        }
        Ok(())
    }
}
