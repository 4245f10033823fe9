//! A span of DAHDI under the engine: its D-channel always open, its B-channels as long as a call needs them.
//!
//! **Alarms.** libpri has no layer 1. Asterisk's chan_dahdi, its usual user, marks the D-channel as not to be used when the
//! kernel says alarm, places no calls on it, and leaves everything else to libpri: Q.921 finds out by T200 or T203, and calls
//! live until T309 (6 s by default). When the alarm is over it calls `pri_restart`, which does nothing since libpri's Q.921
//! was written anew. So it is here: during an alarm frames go neither way and no call is placed, and libpri's timers run on. Of a span of a
//! group the engine is told, so that new calls go by the others ([`crate::group`]).
//!
//! **Cut.** A channel that somebody has open keeps the kernel from removing its span. [`DahdiLine::cut`] lets go of all
//! channels, as if the cable were pulled, so that a test can remove the span; mending opens them anew under the same numbers.
//!
//! Left out: a span of a group without a D-channel, by which the alarms are known here.

use std::collections::VecDeque;
use std::collections::btree_map::{BTreeMap, Entry};
use std::os::fd::AsFd as _;
use std::time::Instant;

use nix::poll::{PollFd, PollFlags};

use super::channel::{BLOCK, DahdiChannel};
use super::{DahdiError, kernel};
use crate::attach::{Attached, LineError};
use crate::channel::Channel;
use crate::engine::Engine;
use crate::framing::Framing;
use crate::report::LineFaults;

/// Frames that may wait for room in the D-channel; libpri repeats what is lost beyond that.
const MOST_WAITING: usize = 64;

/// The channels of one span.
#[derive(Debug)]
pub struct DahdiLine {
    /// Interface identifier of the span.
    interface: u8,
    /// DAHDI's number of timeslot 1.
    first: u32,
    framing: Framing,
    /// Nothing is open while the line is cut.
    open: Option<Open>,
    /// What the engine was told last.
    told_up: bool,
    /// Of channels that are closed.
    faults: LineFaults,
}

#[derive(Debug)]
struct Open {
    d_channel: DahdiChannel,
    b_channels: BTreeMap<u8, DahdiChannel>,
    waiting: VecDeque<Vec<u8>>,
    alarms: u32,
}

impl DahdiLine {
    /// The span of this interface identifier, whose timeslot 1 is DAHDI's channel `first`: opens its D-channel.
    pub fn new(interface: u8, first: u32, framing: Framing) -> Result<Self, DahdiError> {
        let mut line = Self { interface, first, framing, open: None, told_up: true, faults: LineFaults::default() };
        line.mend()?;
        Ok(line)
    }

    fn mend(&mut self) -> Result<(), DahdiError> {
        if self.open.is_none() {
            let slot = self.framing.d_channel();
            let d_channel = DahdiChannel::frames(number(self.first, slot), slot)?;
            let alarms = d_channel.alarms()?;
            self.open = Some(Open { d_channel, b_channels: BTreeMap::new(), waiting: VecDeque::new(), alarms });
        }
        Ok(())
    }

    fn let_go(&mut self) {
        if let Some(open) = self.open.take() {
            let channels = open.b_channels.values().chain([&open.d_channel]);
            self.faults = channels.fold(self.faults, |sum, channel| sum + channel.faults());
        }
    }

    /// Tells the engine when the line has come to carry calls, or to carry none.
    fn tell(&mut self, now: Instant, engine: &mut Engine) {
        let up = self.call_obstacle().is_none();
        if std::mem::replace(&mut self.told_up, up) != up {
            engine.handle_line(now, self.interface, up);
        }
    }

    fn open_and_close(&mut self, engine: &Engine) -> Result<(), DahdiError> {
        let wanted = engine.open_slots(self.interface);
        let first = self.first;
        let Some(open) = &mut self.open else { return Ok(()) };
        for (_, closed) in open.b_channels.extract_if(.., |slot, _| !wanted.contains(slot)) {
            self.faults = self.faults + closed.faults();
        }
        for slot in wanted {
            if let Entry::Vacant(closed) = open.b_channels.entry(slot) {
                closed.insert(DahdiChannel::audio(number(first, slot), slot, engine.law())?);
            }
        }
        Ok(())
    }
}

impl Open {
    /// What changed on the line.
    fn take_alarms(&mut self) -> Result<Option<String>, DahdiError> {
        self.d_channel.take_events()?;
        let before = std::mem::replace(&mut self.alarms, self.d_channel.alarms()?);
        Ok((before != self.alarms).then(|| format!("alarms {} -> {}", names(before), names(self.alarms))))
    }

    /// Frames for libpri, unless there is an alarm.
    fn receive(&mut self, now: Instant, interface: u8, engine: &mut Engine) -> Result<(), DahdiError> {
        while let Some(frame) = self.d_channel.read_frame()? {
            if self.alarms == 0 {
                engine.handle_frame(now, interface, &frame);
            }
        }
        Ok(())
    }

    /// As many blocks are written as were read: the span's clock paces the audio.
    fn exchange_audio(&mut self, interface: u8, engine: &mut Engine) -> Result<(), DahdiError> {
        let (mut heard, mut sent) = ([0; BLOCK], [0; BLOCK]);
        for (slot, channel) in &mut self.b_channels {
            channel.take_events()?;
            while let Some(length) = channel.read_audio(&mut heard)? {
                engine.exchange_block(Channel { interface, slot: *slot }, heard.get(..length).unwrap_or_default(), &mut sent);
                channel.write_audio(&sent)?;
            }
        }
        Ok(())
    }

    fn send_frames(&mut self) -> Result<(), DahdiError> {
        if self.alarms != 0 {
            // The line is dead: kept frames would only arrive late.
            self.waiting.clear();
        }
        while let Some(frame) = self.waiting.front() {
            if !self.d_channel.write_frame(frame)? {
                break;
            }
            self.waiting.pop_front();
        }
        while self.waiting.len() > MOST_WAITING {
            self.waiting.pop_front();
        }
        Ok(())
    }
}

impl Attached for DahdiLine {
    fn wanted(&self) -> Vec<PollFd<'_>> {
        let Some(open) = &self.open else { return Vec::new() };
        let input = PollFlags::POLLIN | PollFlags::POLLPRI;
        let frames = if open.waiting.is_empty() { input } else { input | PollFlags::POLLOUT };
        let d_channel = PollFd::new(open.d_channel.as_fd(), frames);
        [d_channel].into_iter().chain(open.b_channels.values().map(|channel| PollFd::new(channel.as_fd(), input))).collect()
    }

    fn alarms(&self) -> String {
        self.open.as_ref().map_or_else(|| "cut".to_owned(), |open| names(open.alarms))
    }

    fn call_obstacle(&self) -> Option<String> {
        let alarms = self.alarms();
        (alarms != NO_ALARM).then(|| format!("the line is out of order: {alarms}"))
    }

    fn cut(&mut self, _interface: u8, cut: bool) -> Result<(), LineError> {
        if cut {
            self.let_go();
            Ok(())
        } else {
            Ok(self.mend()?)
        }
    }

    fn service(&mut self, now: Instant, engine: &mut Engine) -> Result<Vec<String>, LineError> {
        let change = self.open.as_mut().map(Open::take_alarms).transpose()?.flatten();
        self.tell(now, engine);
        if let Some(open) = &mut self.open {
            open.receive(now, self.interface, engine)?;
        }
        engine.handle_timeout(now);
        self.open_and_close(engine)?;
        if let Some(open) = &mut self.open {
            open.exchange_audio(self.interface, engine)?;
        }
        self.send_frames(engine)?;
        Ok(change.into_iter().collect())
    }

    fn send_frames(&mut self, engine: &mut Engine) -> Result<(), LineError> {
        // Taken from libpri whatever becomes of them.
        let frames = std::iter::from_fn(|| engine.poll_transmit(self.interface));
        match &mut self.open {
            Some(open) => {
                open.waiting.extend(frames);
                Ok(open.send_frames()?)
            }
            None => {
                frames.for_each(drop);
                Ok(())
            }
        }
    }

    fn faults(&self) -> LineFaults {
        let channels = self.open.iter().flat_map(|open| open.b_channels.values().chain([&open.d_channel]));
        channels.fold(self.faults, |sum, channel| sum + channel.faults())
    }
}

/// DAHDI's number of a timeslot.
fn number(first: u32, slot: u8) -> u32 {
    first.saturating_add(slot.into()).saturating_sub(1)
}

/// As a virtual span shows that there is none.
const NO_ALARM: &str = "none";

fn names(alarms: u32) -> String {
    let names: Vec<&str> = kernel::ALARMS.iter().filter(|(bit, _)| alarms & bit != 0).map(|(_, name)| *name).collect();
    if names.is_empty() { NO_ALARM.to_owned() } else { names.join("|") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_are_named_by_their_bits() {
        assert_eq!(names(0), "none");
        assert_eq!(names(0x8), "RED");
        assert_eq!(names(0x104), "YELLOW|LOS");
    }
}
