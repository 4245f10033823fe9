//! The engine on a virtual span: D-channel frames in and out, a block each way per open timeslot.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use nix::poll::{PollFd, PollFlags};
use tdm::virtual_span::{VirtualNetwork, VirtualUser};
use tdm::{Alarms, BLOCK, Channel, Error, MAX_FRAME, Mode, Span, SpanEvent};

use crate::attach::{Attached, LineError};
use crate::channel;
use crate::engine::Engine;
use crate::report::LineFaults;

/// Frames that may wait for room in the D-channel; libpri repeats what is lost beyond that.
const MOST_WAITING: usize = 64;

/// Either end of a virtual span.
pub trait VirtualEnd: Span {
    /// Puts an alarm on the line until called again.
    fn send_alarms(&mut self, alarms: Alarms) -> Result<(), Error>;
}

impl VirtualEnd for VirtualNetwork {
    fn send_alarms(&mut self, alarms: Alarms) -> Result<(), Error> {
        self.set_sent_alarms(alarms)
    }
}

impl VirtualEnd for VirtualUser {
    fn send_alarms(&mut self, alarms: Alarms) -> Result<(), Error> {
        self.set_sent_alarms(alarms)
    }
}

/// A span, its D-channel if it has one, and the B-channels in use.
pub struct Line {
    /// Interface identifier of the span.
    interface: u8,
    span: Box<dyn VirtualEnd>,
    d_channel: Option<Box<dyn Channel>>,
    b_channels: BTreeMap<u8, Box<dyn Channel>>,
    waiting: VecDeque<Vec<u8>>,
}

impl Line {
    /// A single span: opens the D-channel.
    pub fn new(span: Box<dyn VirtualEnd>) -> Result<Self, Error> {
        Self::of_group(span, 0, true)
    }

    /// The span of this interface identifier; opens the D-channel where it has one.
    pub fn of_group(mut span: Box<dyn VirtualEnd>, interface: u8, d_channel: bool) -> Result<Self, Error> {
        let slot = span.info().d_channel.unwrap_or(16);
        let d_channel = d_channel.then(|| span.open(slot, Mode::Hdlc)).transpose()?;
        Ok(Self { interface, span, d_channel, b_channels: BTreeMap::new(), waiting: VecDeque::new() })
    }

    fn receive_frames(&mut self, now: Instant, engine: &mut Engine) -> Result<(), Error> {
        let Some(d_channel) = &mut self.d_channel else { return Ok(()) };
        let mut frame = [0; MAX_FRAME];
        loop {
            match d_channel.read(&mut frame) {
                Ok(length) => engine.handle_frame(now, self.interface, frame.get(..length).unwrap_or_default()),
                Err(Error::WouldBlock) => break,
                Err(error) => return Err(error),
            }
        }
        // Damaged frames are counted by the channel; LAPD repeats what they held.
        while d_channel.poll_event().is_some() {}
        Ok(())
    }

    fn pass_frames(&mut self, engine: &mut Engine) -> Result<(), Error> {
        let Some(d_channel) = &mut self.d_channel else { return Ok(()) };
        self.waiting.extend(std::iter::from_fn(|| engine.poll_transmit(self.interface)));
        while let Some(frame) = self.waiting.front() {
            match d_channel.write(frame) {
                Ok(_) => drop(self.waiting.pop_front()),
                Err(Error::WouldBlock) => break,
                Err(error) => return Err(error),
            }
        }
        while self.waiting.len() > MOST_WAITING {
            self.waiting.pop_front();
        }
        Ok(())
    }

    /// What happened on the span, in words; the engine is told of alarms.
    fn take_span_events(&mut self, now: Instant, engine: &mut Engine) -> Vec<String> {
        let mut words = Vec::new();
        while let Some(event) = self.span.poll_event() {
            if let SpanEvent::AlarmsChanged { alarms } = &event {
                engine.handle_line(now, self.interface, !alarms.is_down());
            }
            words.push(format!("{event:?}"));
        }
        words
    }

    fn open_and_close(&mut self, engine: &Engine) {
        let wanted = engine.open_slots(self.interface);
        self.b_channels.retain(|slot, _| wanted.contains(slot));
        for slot in wanted {
            if self.b_channels.contains_key(&slot) {
                continue;
            }
            match self.span.open(slot, Mode::Audio) {
                Ok(mut channel) => {
                    // One block ahead, so that a late turn of the loop is not heard.
                    let _ = channel.write(&[engine.law().silence(); BLOCK]);
                    self.b_channels.insert(slot, channel);
                }
                Err(error) => eprintln!("cannot open timeslot {slot}: {error}"),
            }
        }
    }

    /// As many blocks are written as were read: the span's clock paces the audio.
    fn exchange_audio(&mut self, engine: &mut Engine) -> Result<(), Error> {
        let (mut heard, mut sent) = ([0; BLOCK], [0; BLOCK]);
        for (slot, audio) in &mut self.b_channels {
            loop {
                match audio.read(&mut heard) {
                    Ok(length) => {
                        let channel = channel::Channel { interface: self.interface, slot: *slot };
                        engine.exchange_block(channel, heard.get(..length).unwrap_or_default(), &mut sent);
                        // A full queue means that the far end stands still; what it would not hear is dropped.
                        let _ = audio.write(&sent);
                    }
                    Err(Error::WouldBlock) => break,
                    Err(error) => return Err(error),
                }
            }
            while audio.poll_event().is_some() {}
        }
        Ok(())
    }
}

impl Attached for Line {
    fn wanted(&self) -> Vec<PollFd<'_>> {
        self.span.poll_fd().into_iter().map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect()
    }

    fn alarms(&self) -> String {
        self.span.alarms().to_string()
    }

    /// None that libpri would not find by itself: the virtual span's alarms are left to its timers.
    fn call_obstacle(&self) -> Option<String> {
        None
    }

    /// As loss of signal does.
    fn cut(&mut self, _interface: u8, cut: bool) -> Result<(), LineError> {
        Ok(self.span.send_alarms(if cut { Alarms::LOS } else { Alarms::NONE })?)
    }

    fn service(&mut self, now: Instant, engine: &mut Engine) -> Result<Vec<String>, LineError> {
        self.span.service()?;
        let events = self.take_span_events(now, engine);
        self.receive_frames(now, engine)?;
        engine.handle_timeout(now);
        self.open_and_close(engine);
        self.exchange_audio(engine)?;
        self.pass_frames(engine)?;
        Ok(events)
    }

    fn send_frames(&mut self, engine: &mut Engine) -> Result<(), LineError> {
        Ok(self.pass_frames(engine)?)
    }

    fn faults(&self) -> LineFaults {
        LineFaults::default()
    }
}
