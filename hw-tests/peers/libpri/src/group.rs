//! The engine on one virtual span or several whose spans are a group (NFAS): each is a [`Line`], all are polled together.
//!
//! As with Asterisk a span of a group that is in alarm takes no new calls, and no messages where it has a D-channel; a single span is left to
//! libpri's timers. Left out: spans of DAHDI in a group.

use std::time::Instant;

use nix::poll::PollFd;

use crate::attach::{Attached, LineError};
use crate::engine::Engine;
use crate::line::Line;
use crate::report::LineFaults;

/// The spans in the order of their interface identifiers.
pub struct LineGroup(Vec<Line>);

impl LineGroup {
    /// A group; a single span is one of its own.
    #[must_use]
    pub const fn new(lines: Vec<Line>) -> Self {
        Self(lines)
    }

    /// What is said of a span, with the span where there are several.
    fn of(&self, interface: u8, words: &str) -> String {
        if self.0.len() == 1 { words.to_owned() } else { format!("{interface}: {words}") }
    }
}

impl Attached for LineGroup {
    fn wanted(&self) -> Vec<PollFd<'_>> {
        self.0.iter().flat_map(Line::wanted).collect()
    }

    /// Of the spans that have any.
    fn alarms(&self) -> String {
        let none = "none";
        let alarmed = self.0.iter().map(|line| (line.interface(), line.alarms())).filter(|(_, alarms)| alarms != none);
        let alarmed: Vec<String> = alarmed.map(|(interface, alarms)| self.of(interface, &alarms)).collect();
        if alarmed.is_empty() { none.to_owned() } else { alarmed.join(", ") }
    }

    fn call_obstacle(&self) -> Option<String> {
        self.0.iter().find_map(Line::call_obstacle)
    }

    fn cut(&mut self, interface: u8, cut: bool) -> Result<(), LineError> {
        match self.0.iter_mut().find(|line| line.interface() == interface) {
            Some(line) => line.cut(interface, cut),
            None => Ok(()),
        }
    }

    fn service(&mut self, now: Instant, engine: &mut Engine) -> Result<Vec<String>, LineError> {
        let mut events = Vec::new();
        for line in &mut self.0 {
            let of_it = line.service(now, engine)?;
            events.extend(of_it.into_iter().map(|event| (line.interface(), event)));
        }
        Ok(events.into_iter().map(|(interface, event)| self.of(interface, &event)).collect())
    }

    fn send_frames(&mut self, engine: &mut Engine) -> Result<(), LineError> {
        self.0.iter_mut().try_for_each(|line| line.send_frames(engine))
    }

    fn faults(&self) -> LineFaults {
        self.0.iter().fold(LineFaults::default(), |sum, line| sum + line.faults())
    }
}
