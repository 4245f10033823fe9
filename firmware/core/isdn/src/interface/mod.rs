//! One primary rate D-channel, or a group of spans that share their D-channels: the data links, the calls and the table of the B-channels.
//!
//! `receive.rs` finds the call that a message is for, or answers that there is none; `setup.rs` takes calls in both
//! directions; `hold.rs` gives held calls a channel again; `restart.rs` brings channels back, `block.rs` takes them out of use, `audit.rs` looks after what got stuck. `nfas.rs` has
//! the settings of a group, `switch_over.rs` says which of its D-channels serves, `line.rs` what alarms do. A link is set up again one second after it was lost, for ever.

mod audit;
mod block;
mod config;
mod d_channel;
mod hold;
mod line;
mod nfas;
mod receive;
mod restart;
mod setup;
mod switch_over;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

pub use block::NotBlocked;
pub use config::{Config, Framing};
use d_channel::DChannels;
pub use d_channel::{DChannelState, DChannelStatus};
pub use nfas::{BadGroup, MAX_INTERFACE, Nfas, NfasSpan};
use sansio::{Machine, Peer, Timers};

use crate::addressing::Addressing;
use crate::cause::{Cause, CauseValue};
use crate::channels::{Channel, ChannelState, ChannelStatus, Channels, Hunting};
use crate::context::Context;
use crate::event::{CallStatus, Event, Stats};
use crate::facility::InvokeIds;
use crate::ie::{ProgressIndicator, UserUser};
use crate::q931::call::Call;
use crate::q931::segment::{self, Reassembly};
use crate::q931::{Message, Variant};
use crate::setup::{Connected, Law};
use crate::{CallId, q921};

/// Pause between the loss of the link, or a vain try to set it up, and the next try.
const REESTABLISH: Duration = Duration::from_secs(1);

/// Timers that belong to no call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InterfaceTimer {
    /// Set the link of this span's D-channel up again.
    Reestablish(u8),
    /// The next segment does not come (Q.931 T314).
    T314,
    /// RESTART unanswered (Q.931 T316).
    T316,
    /// The D-channel that took over has brought no answer (Q.931 T321).
    T321,
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

/// One primary rate D-channel, or several for a group of spans. The crate header shows how to drive it.
#[derive(Debug)]
pub struct Interface {
    d_channels: DChannels,
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
    /// Spans whose layer 1 is down.
    lines_down: BTreeSet<u8>,
    /// The link that takes over is being set up anew: messages wait.
    reinitialising: bool,
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
            nfas,
        } = config;
        link.name.clone_from(&name);
        let longest_message = link.n201;
        let spans = spans_of(&name, variant, nfas);
        let first = NfasSpan { interface: 0, d_channel: true, channels, out_of_service };
        let channels = channels_of(std::iter::once(&first).chain(&spans), hunting);
        let group = !spans.is_empty();
        let always = variant.row().explicit_interface;
        let backups = spans.iter().filter(|span| span.d_channel).map(|span| span.interface);
        Self {
            d_channels: DChannels::new(side, &link, backups),
            context: Context {
                name,
                side,
                variant: variant.row(),
                hold: hold && variant.row().hold,
                invoke_ids: InvokeIds::default(),
                timers,
                channels,
                addressing: Addressing { group, always, serving: 0 },
                link_up: false,
                switching: false,
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
            lines_down: BTreeSet::new(),
            reinitialising: false,
        }
    }

    /// Brings the link up, in a group all of them, and keeps it up from now on. Layer 1 counts as up until
    /// [`Interface::handle_layer1`] says otherwise.
    pub fn start(&mut self, now: Instant) {
        self.started = true;
        let interfaces: Vec<u8> = self.d_channels.iter().map(|d_channel| d_channel.interface).collect();
        for interface in interfaces {
            self.establish(now, interface);
        }
        self.settle(now);
    }

    /// Layer 1 of the span went up or down. Down takes the link down at once; calls as in Q.931 5.8.9. In a group this is the span of the first
    /// D-channel, see [`Interface::handle_layer1_on`].
    pub fn handle_layer1(&mut self, now: Instant, up: bool) {
        self.handle_layer1_on(now, 0, up);
    }

    /// A LAPD frame from the D-channel, in a group from the first, without FCS.
    pub fn handle_frame(&mut self, now: Instant, frame: &[u8]) {
        self.handle_frame_on(now, 0, frame);
    }

    /// A LAPD frame from the D-channel of one span of a group, without FCS.
    pub fn handle_frame_on(&mut self, now: Instant, interface: u8, frame: &[u8]) {
        match self.d_channels.get_mut(interface) {
            Some(d_channel) => d_channel.link.handle_frame(now, frame),
            None => self.context.misuse(&format!("a frame from span {interface}, which has no D-channel")),
        }
        self.settle(now);
    }

    /// Runs the timers that are due. A spurious call does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        for d_channel in self.d_channels.iter_mut() {
            d_channel.link.handle_timeout(now);
        }
        self.settle(now);
        while let Some(timer) = self.timers.expire(now) {
            match timer {
                InterfaceTimer::Reestablish(interface) => self.establish(now, interface),
                InterfaceTimer::T314 => self.t314_expired(),
                InterfaceTimer::T316 => self.t316_expired(now),
                InterfaceTimer::T321 => self.t321_expired(now),
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

    /// INFORMATION with what was keyed in an answered call: 1 to 64 characters of IA5, as keypad facility (Q.931 4.5.18).
    pub fn key(&mut self, now: Instant, call: CallId, digits: &str) {
        self.command(now, call, |call, context| call.key(digits, context));
    }

    /// NOTIFY for a call that rings or is active; `description` is 0 to 127: 0 user suspended, 1 user resumed (Q.931 4.5.22).
    pub fn notify(&mut self, now: Instant, call: CallId, description: u8) {
        self.command(now, call, |call, context| call.notify(description, context));
    }

    /// Ends a call by whatever message its state asks for; [`Event::Released`] follows, at once or later. For a call
    /// that is on its way out it does nothing, unless a tone of ours is still heard in it: that ends.
    pub fn clear(&mut self, now: Instant, call: CallId, cause: Cause) {
        self.command(now, call, |call, context| call.clear(now, cause, context));
    }

    /// The same, and the message that ends it has this user-user information; one that is too long is left out.
    pub fn clear_saying(&mut self, now: Instant, call: CallId, cause: Cause, said: UserUser) {
        self.command(now, call, |call, context| call.clear_saying(now, cause, said, context));
    }

    /// As [`Interface::clear`], with the tone or announcement that is on the channel left there for the far end to hear: the network side of a call whose
    /// channel both ends know stays in "disconnect indication" until the far end releases, or T306, or it is cleared again. Elsewhere as
    /// [`Interface::clear`], or [`Interface::clear_saying`] where something is said.
    pub fn clear_in_band(&mut self, now: Instant, call: CallId, cause: Cause, said: Option<UserUser>) {
        self.command(now, call, |call, context| call.clear_in_band(now, cause, said, context));
    }

    /// Next LAPD frame to send, in a group on the first D-channel, without FCS. Call until `None` after every other call.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.poll_transmit_on(0)
    }

    /// Next LAPD frame to send on the D-channel of one span of a group, without FCS. Call for each of them until `None` after every other call.
    pub fn poll_transmit_on(&mut self, interface: u8) -> Option<Vec<u8>> {
        self.d_channels.get_mut(interface)?.link.poll_transmit()
    }

    /// Next event. Call until `None` after every other call.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.context.events.pop_front()
    }

    /// When to call [`Interface::handle_timeout`].
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let calls = self.calls.values().filter_map(|call| call.timers.next_deadline());
        let links = self.d_channels.iter().filter_map(|d_channel| d_channel.link.poll_timeout());
        calls.chain(links).chain(self.timers.next_deadline()).min()
    }

    /// Whether the link is up, that is, calls can be set up. In a group that of any D-channel.
    #[must_use]
    pub const fn link_up(&self) -> bool {
        self.context.link_up
    }

    /// The B-channels, ascending; those of a group by span, then by number.
    #[must_use]
    pub fn channels(&self) -> &[ChannelStatus] {
        self.context.channels.all()
    }

    /// The calls that the layer above has not been told the end of, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = CallStatus> {
        self.calls.values().filter(|call| !call.told).map(|call| call.status(self.context.side))
    }

    /// Counters since creation. Those of the link are the first D-channel's; [`Interface::d_channels`] has those of all.
    #[must_use]
    pub const fn stats(&self) -> Stats {
        let mut stats = self.context.stats;
        stats.link = self.d_channels.first().link.stats();
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

    /// Carries what the links say up and what the calls say down, until neither has more to say. Messages wait while the link that takes over is
    /// set up anew.
    fn settle(&mut self, now: Instant) {
        loop {
            if let Some((interface, event)) = self.d_channels.poll_event() {
                self.handle_link(now, interface, event);
            } else if self.reinitialising {
                break;
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
        self.tell_d_channels();
    }

    fn send(&mut self, now: Instant, message: &Message) {
        let mut message = if self.context.addressing.group { self.context.addressing.shorten(message) } else { message.clone() };
        for frame in self.frames_of(&mut message) {
            if let Err(reason) = self.carry(now, frame) {
                self.context.stats.messages_not_sent += 1;
                tracing::warn!("q931[{}]: {} not sent: {reason}", self.context.name, message.message_type);
                return;
            }
        }
        self.context.stats.messages_sent += 1;
    }

    /// DL-DATA request on the D-channel in service.
    fn carry(&mut self, now: Instant, message: Vec<u8>) -> Result<(), q921::NotTaken> {
        match self.d_channels.get_mut(self.context.addressing.serving) {
            Some(d_channel) => d_channel.link.data(now, message),
            None => Err(q921::NotTaken::Down),
        }
    }

    /// The frames of a message. One that is too long goes without what it can do without.
    fn frames_of(&self, message: &mut Message) -> Vec<Vec<u8>> {
        loop {
            let whole = message.emit();
            if let Some(frames) = self.in_frames(&whole) {
                return frames;
            }
            let Some(left_out) = segment::lighten(message) else { return vec![whole] };
            let (name, message, octets) = (&self.context.name, message.message_type, whole.len());
            tracing::warn!("q931[{name}]: {message} of {octets} octets is too long, goes without element {left_out:02x}");
        }
    }

    /// The message as the link carries it, in segments where that is agreed; `None` when it is too long.
    fn in_frames(&self, message: &[u8]) -> Option<Vec<Vec<u8>>> {
        if self.segmentation {
            segment::cut(message, self.longest_message)
        } else {
            (message.len() <= self.longest_message).then(|| vec![message.to_vec()])
        }
    }
}

/// The further spans of a group, none when there cannot be such a group.
fn spans_of(name: &str, variant: Variant, nfas: Option<Nfas>) -> Vec<NfasSpan> {
    let Some(nfas) = nfas else { return Vec::new() };
    match nfas.check(variant) {
        Ok(()) => nfas.spans,
        Err(reason) => {
            tracing::error!("q931[{name}]: misuse: no group: {reason}");
            Vec::new()
        }
    }
}

fn channels_of<'a>(spans: impl Iterator<Item = &'a NfasSpan> + Clone, hunting: Hunting) -> Channels {
    let named = |span: &NfasSpan, slots: &[u8]| {
        let interface = span.interface;
        slots.iter().map(move |slot| Channel { interface, slot: *slot }).collect::<Vec<_>>()
    };
    let mut channels = Channels::new(spans.clone().flat_map(|span| named(span, &span.channels)).collect(), hunting);
    for channel in spans.flat_map(|span| named(span, &span.out_of_service)) {
        channels.set(channel, ChannelState::Blocked);
    }
    channels
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
