//! One primary rate D-channel: the data link, the calls on it and the table of its B-channels.
//!
//! `receive.rs` finds the call that a message is for, or answers that there is none; `setup.rs` takes calls in both
//! directions; `hold.rs` gives held calls a channel again; `restart.rs` brings channels back, `block.rs` takes them out of use, `audit.rs` looks after what got stuck. The link is set up again one second after it was lost, for ever.

mod audit;
mod block;
mod config;
mod hold;
mod receive;
mod restart;
mod setup;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

pub use block::NotBlocked;
pub use config::{Config, Framing};
use sansio::{Machine, Peer, Timers};

use crate::cause::{Cause, CauseValue};
use crate::channels::{ChannelState, ChannelStatus, Channels};
use crate::context::Context;
use crate::event::{CallStatus, Event, Stats};
use crate::facility::InvokeIds;
use crate::ie::ProgressIndicator;
use crate::q931::Message;
use crate::q931::call::Call;
use crate::q931::segment::{self, Reassembly};
use crate::setup::{Connected, Law};
use crate::{CallId, q921};

/// Pause between the loss of the link, or a vain try to set it up, and the next try.
const REESTABLISH: Duration = Duration::from_secs(1);

/// Timers that belong to no call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InterfaceTimer {
    /// Set the link up again.
    Reestablish,
    /// The next segment does not come (Q.931 T314).
    T314,
    /// RESTART unanswered (Q.931 T316).
    T316,
    /// The next audit.
    Audit,
}

/// Why a call could not even be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("call refused: {cause}")]
pub struct Refused {
    /// 34 no channel is free, 27 the link is down, 28 a number cannot be sent, 111 the message would be too long.
    pub cause: CauseValue,
}

/// One primary rate D-channel. The crate header shows how to drive it.
#[derive(Debug)]
pub struct Interface {
    link: q921::Link,
    context: Context,
    calls: BTreeMap<CallId, Call>,
    timers: Timers<InterfaceTimer>,
    restarts: restart::Restarts,
    unacknowledged: block::Unacknowledged,
    reassembly: Reassembly,
    segmentation: bool,
    audit: Option<Duration>,
    law: Law,
    framing: Framing,
    exclusive: bool,
    longest_message: usize,
    last_call: u32,
    last_reference: u16,
    /// Whether the link is meant to be up.
    started: bool,
    layer1_up: bool,
}

impl Interface {
    /// An interface whose link is down; [`Interface::start`] brings it up.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let Config {
            name,
            side,
            variant,
            framing,
            mut link,
            timers,
            law,
            channels,
            out_of_service,
            hunting,
            exclusive,
            segmentation,
            hold,
            audit,
        } = config;
        link.name.clone_from(&name);
        let longest_message = link.n201;
        let mut channels = Channels::new(&channels, hunting);
        for slot in out_of_service {
            channels.set(slot, ChannelState::Blocked);
        }
        Self {
            link: q921::Link::new(side, link),
            context: Context {
                name,
                side,
                variant: variant.row(),
                hold: hold && variant.row().hold,
                invoke_ids: InvokeIds::default(),
                timers,
                channels,
                link_up: false,
                messages: VecDeque::new(),
                events: VecDeque::new(),
                stats: Stats::default(),
            },
            calls: BTreeMap::new(),
            timers: Timers::new(),
            restarts: restart::Restarts::default(),
            unacknowledged: block::Unacknowledged::default(),
            reassembly: Reassembly::default(),
            segmentation,
            audit,
            law,
            framing,
            exclusive,
            longest_message,
            last_call: 0,
            last_reference: 0,
            started: false,
            layer1_up: true,
        }
    }

    /// Brings the link up and keeps it up from now on. Layer 1 counts as up until
    /// [`Interface::handle_layer1`] says otherwise.
    pub fn start(&mut self, now: Instant) {
        self.started = true;
        self.establish(now);
        self.settle(now);
    }

    /// Layer 1 of the span went up or down. Down takes the link down at once; calls as in Q.931 5.8.9.
    pub fn handle_layer1(&mut self, now: Instant, up: bool) {
        if self.layer1_up == up {
            return;
        }
        self.layer1_up = up;
        if up {
            self.establish(now);
        } else {
            self.timers.stop(InterfaceTimer::Reestablish);
            self.link.deactivate(now);
        }
        self.settle(now);
    }

    /// A LAPD frame from the D-channel, without FCS.
    pub fn handle_frame(&mut self, now: Instant, frame: &[u8]) {
        self.link.handle_frame(now, frame);
        self.settle(now);
    }

    /// Runs the timers that are due. A spurious call does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.link.handle_timeout(now);
        self.settle(now);
        while let Some(timer) = self.timers.expire(now) {
            match timer {
                InterfaceTimer::Reestablish => self.establish(now),
                InterfaceTimer::T314 => self.t314_expired(),
                InterfaceTimer::T316 => self.t316_expired(now),
                InterfaceTimer::Audit => self.audit(now),
            }
        }
        for call in self.calls.values_mut() {
            call.handle_timeout(now, &mut self.context);
        }
        self.settle(now);
    }

    /// SETUP ACKNOWLEDGE for an incoming call whose number is not whole, with its channel; [`Event::MoreDigits`] follow. A progress indicator
    /// 8 says that dial tone is on the channel.
    pub fn need_digits(&mut self, now: Instant, call: CallId, progress: Vec<ProgressIndicator>) {
        self.command(now, call, |call, context| call.need_digits(now, progress, context));
    }

    /// More digits of an outgoing call whose SETUP did not say sending complete, and whether they are the last. They are sent when the far
    /// end asks for them; once it has enough they are dropped.
    pub fn more_digits(&mut self, now: Instant, call: CallId, digits: &str, complete: bool) {
        self.command(now, call, |call, context| call.more_digits(now, digits, complete, context));
    }

    /// CALL PROCEEDING for an incoming call, with its channel.
    pub fn proceeding(&mut self, now: Instant, call: CallId, progress: Vec<ProgressIndicator>) {
        self.command(now, call, |call, context| call.proceeding(now, progress, context));
    }

    /// ALERTING for an incoming call.
    pub fn alerting(&mut self, now: Instant, call: CallId, progress: Vec<ProgressIndicator>) {
        self.command(now, call, |call, context| call.alerting(now, progress, context));
    }

    /// PROGRESS for an incoming call; `progress` must have one indicator at least (Q.931 3.1.8).
    pub fn progress(&mut self, now: Instant, call: CallId, progress: Vec<ProgressIndicator>, cause: Option<Cause>) {
        self.command(now, call, |call, context| call.progress(now, progress, cause, context));
    }

    /// CONNECT for an incoming call.
    pub fn connect(&mut self, now: Instant, call: CallId, connected: Connected) {
        self.command(now, call, |call, context| call.connect(now, &connected, context));
    }

    /// NOTIFY for a call that rings or is active; `description` is 0 to 127: 0 user suspended, 1 user resumed (Q.931 4.5.22).
    pub fn notify(&mut self, now: Instant, call: CallId, description: u8) {
        self.command(now, call, |call, context| call.notify(description, context));
    }

    /// Ends a call by whatever message its state asks for; [`Event::Released`] follows, at once or later. For a call
    /// that is on its way out it does nothing.
    pub fn clear(&mut self, now: Instant, call: CallId, cause: Cause) {
        self.command(now, call, |call, context| call.clear(now, cause, context));
    }

    /// The same, with the tone or announcement that is on the channel left there for the far end to hear: the network side of a call whose
    /// channel both ends know stays in "disconnect indication" until the far end releases, or T306. Elsewhere as [`Interface::clear`].
    pub fn clear_in_band(&mut self, now: Instant, call: CallId, cause: Cause) {
        self.command(now, call, |call, context| call.clear_in_band(now, cause, context));
    }

    /// Next LAPD frame to send, without FCS. Call until `None` after every other call.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.link.poll_transmit()
    }

    /// Next event. Call until `None` after every other call.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.context.events.pop_front()
    }

    /// When to call [`Interface::handle_timeout`].
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let calls = self.calls.values().filter_map(|call| call.timers.next_deadline());
        calls.chain(self.link.poll_timeout()).chain(self.timers.next_deadline()).min()
    }

    /// Whether the link is up, that is, calls can be set up.
    #[must_use]
    pub const fn link_up(&self) -> bool {
        self.context.link_up
    }

    /// The B-channels, ascending.
    #[must_use]
    pub fn channels(&self) -> &[ChannelStatus] {
        self.context.channels.all()
    }

    /// The calls that the layer above has not been told the end of, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = CallStatus> {
        self.calls.values().filter(|call| !call.told).map(|call| call.status(self.context.side))
    }

    /// Counters since creation.
    #[must_use]
    pub const fn stats(&self) -> Stats {
        let mut stats = self.context.stats;
        stats.link = self.link.stats();
        stats
    }

    /// Framing of the span, as configured.
    #[must_use]
    pub const fn framing(&self) -> Framing {
        self.framing
    }

    fn command(&mut self, now: Instant, id: CallId, act: impl FnOnce(&mut Call, &mut Context)) {
        match self.calls.get_mut(&id).filter(|call| !call.told) {
            Some(call) => act(call, &mut self.context),
            None => self.context.misuse(&format!("no call {}", id.0)),
        }
        self.settle(now);
    }

    fn establish(&mut self, now: Instant) {
        if self.started && self.layer1_up && !self.link.is_established() {
            self.timers.stop(InterfaceTimer::Reestablish);
            self.link.establish(now);
        }
    }

    /// Carries what the link says up and what the calls say down, until neither has more to say.
    fn settle(&mut self, now: Instant) {
        loop {
            if let Some(event) = self.link.poll_event() {
                self.handle_link(now, event);
            } else if let Some(message) = self.context.messages.pop_front() {
                self.send(now, &message);
            } else {
                break;
            }
        }
        self.calls.retain(|_, call| !call.is_over());
        if self.restart_channels(now) {
            self.settle(now);
        }
    }

    fn send(&mut self, now: Instant, message: &Message) {
        let whole = message.emit();
        let frames = self.in_frames(&whole).unwrap_or_else(|| vec![whole]);
        for frame in frames {
            if let Err(reason) = self.link.data(now, frame) {
                self.context.stats.messages_not_sent += 1;
                tracing::warn!("q931[{}]: {} not sent: {reason}", self.context.name, message.message_type);
                return;
            }
        }
        self.context.stats.messages_sent += 1;
    }

    /// The message as the link carries it, in segments where that is agreed; `None` when it is too long.
    fn in_frames(&self, message: &[u8]) -> Option<Vec<Vec<u8>>> {
        if self.segmentation {
            segment::cut(message, self.longest_message)
        } else {
            (message.len() <= self.longest_message).then(|| vec![message.to_vec()])
        }
    }

    fn handle_link(&mut self, now: Instant, event: q921::Event) {
        match event {
            q921::Event::Established => self.link_came_up(now),
            q921::Event::Reset { lost } => {
                for call in self.calls.values_mut() {
                    call.link_reset(now, lost, &mut self.context);
                }
                self.retry_restarts();
            }
            q921::Event::Released => self.link_went_down(now),
            q921::Event::Data(message) => self.assemble(now, &message),
            // Call control on a point-to-point link uses acknowledged transfer only (Q.931 3, Q.921 5.2).
            q921::Event::UnitData(message) => {
                self.context.stats.unexpected_messages += 1;
                tracing::warn!("q931[{}]: unacknowledged message ignored: {message:02x?}", self.context.name);
            }
            // Counted and logged by the link, which has done what had to be done.
            q921::Event::Error(_) => {}
        }
    }

    fn link_came_up(&mut self, now: Instant) {
        self.timers.stop(InterfaceTimer::Reestablish);
        self.context.link_up = true;
        self.schedule_audit(now);
        self.context.event(Event::LinkUp);
        for call in self.calls.values_mut() {
            call.link_back(now, &mut self.context);
        }
        self.retry_restarts();
        self.tell_all_blocked(now);
    }

    fn link_went_down(&mut self, now: Instant) {
        if self.started && self.layer1_up {
            self.timers.set(InterfaceTimer::Reestablish, now + REESTABLISH);
        }
        if !self.context.link_up {
            return;
        }
        self.context.link_up = false;
        self.timers.stop(InterfaceTimer::Audit);
        self.context.event(Event::LinkDown);
        for call in self.calls.values_mut() {
            call.link_lost(now, &mut self.context);
        }
    }
}

impl Machine for Interface {
    type Transmit = Vec<u8>;
    type Event = Event;

    fn handle_timeout(&mut self, now: Instant) {
        Self::handle_timeout(self, now);
    }
    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        Self::poll_transmit(self)
    }
    fn poll_event(&mut self) -> Option<Event> {
        Self::poll_event(self)
    }
    fn poll_timeout(&self) -> Option<Instant> {
        Self::poll_timeout(self)
    }
}

impl Peer for Interface {
    fn handle_receive(&mut self, now: Instant, received: Vec<u8>) {
        self.handle_frame(now, &received);
    }
}
