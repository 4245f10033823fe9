//! The link's states and the way into and out of multiple frame operation (Q.921 annex B, states 4, 5 and 6).
//!
//! States 7 and 8 are in `multiframe.rs`. The state is taken out, the function of that state consumes it and returns
//! the next one, so that a window exists only where there is one.

use std::collections::VecDeque;
use std::time::Instant;

use sansio::{Machine, Peer, Timers};

use super::multiframe::Window;
use super::received::Received;
use super::{
    Address, Body, Config, Event, Frame, Malformed, MdlError, NotTaken, SAPI_CALL_CONTROL, Stats, Supervisory, TEI_PRIMARY_RATE,
    Timer, Unnumbered,
};
use crate::Side;

/// States of the link, numbered as in Q.921 annex B.
#[derive(Debug)]
pub(super) enum State {
    /// State 4.
    TeiAssigned,
    /// State 5: SABME sent.
    AwaitingEstablishment(Establishing),
    /// State 6: DISC sent, `tries` times repeated.
    AwaitingRelease { tries: u8 },
    /// State 7.
    Established(Window),
    /// State 8: polled the far end `tries` times after the first.
    TimerRecovery { window: Window, tries: u8 },
}

/// What state 5 must know.
#[derive(Debug)]
pub(super) struct Establishing {
    /// Repeats of SABME.
    tries: u8,
    /// Whether layer 3 asked; otherwise the link itself recovers from an error.
    by_layer3: bool,
    /// Whether I frames were unacknowledged when the link began to recover, so that layer 3 must be told.
    unacknowledged: bool,
    /// Whether layer 3 has asked for release meanwhile (saved until state 7).
    then_release: bool,
}

/// An information field waiting for its first or a further transmission.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) info: Vec<u8>,
    pub(super) sent_before: bool,
}

/// One LAPD link. The module header shows how to drive it.
#[derive(Debug)]
pub struct Link {
    pub(super) side: Side,
    pub(super) config: Config,
    state: State,
    pub(super) queue: VecDeque<Outgoing>,
    pub(super) timers: Timers<Timer>,
    transmit: VecDeque<Vec<u8>>,
    pub(super) events: VecDeque<Event>,
    pub(super) stats: Stats,
    /// When the step under way began, so that what it sends is known by its time.
    stepped_at: Option<Instant>,
    /// The SABME or DISC sent last, and when: what a looped line brings back.
    pub(super) last_command: Option<(Instant, Vec<u8>)>,
    /// Held in state 4 by layer 3.
    refusing: bool,
}

impl Link {
    /// A link in state 4, TEI assigned.
    #[must_use]
    pub fn new(side: Side, config: Config) -> Self {
        Self {
            side,
            config,
            state: State::TeiAssigned,
            queue: VecDeque::new(),
            timers: Timers::new(),
            transmit: VecDeque::new(),
            events: VecDeque::new(),
            stats: Stats::default(),
            stepped_at: None,
            last_command: None,
            refusing: false,
        }
    }

    /// DL-ESTABLISH request: brings the link up; on an established link, sets it up anew.
    pub fn establish(&mut self, now: Instant) {
        self.step(now, "dl-establish request", |link, state| {
            link.queue.clear();
            match state {
                State::AwaitingEstablishment(e) => {
                    State::AwaitingEstablishment(Establishing { by_layer3: true, then_release: false, ..e })
                }
                State::AwaitingRelease { .. } => state,
                State::TeiAssigned | State::Established(_) | State::TimerRecovery { .. } => {
                    link.establish_data_link(now, true, false)
                }
            }
        });
    }

    /// DL-RELEASE request: takes the link down.
    pub fn release(&mut self, now: Instant) {
        self.step(now, "dl-release request", |link, state| match state {
            State::TeiAssigned => {
                link.released();
                State::TeiAssigned
            }
            State::AwaitingEstablishment(e) => State::AwaitingEstablishment(Establishing { then_release: true, ..e }),
            State::AwaitingRelease { .. } => state,
            State::Established(_) | State::TimerRecovery { .. } => link.disconnect(now),
        });
    }

    /// PH-DEACTIVATE indication: layer 1 is gone, the link is down at once.
    pub fn deactivate(&mut self, now: Instant) {
        self.step(now, "ph-deactivate", |link, state| {
            link.queue.clear();
            link.transmit.clear();
            link.timers.stop_all();
            if !matches!(state, State::TeiAssigned) {
                link.released();
            }
            State::TeiAssigned
        });
    }

    /// DL-DATA request: sends `message` in an I frame, at once or when the window opens.
    ///
    /// # Errors
    /// When the link is down or the message exceeds N201; it is not queued then.
    pub fn data(&mut self, now: Instant, message: Vec<u8>) -> Result<(), NotTaken> {
        if message.len() > self.config.n201 {
            return Err(NotTaken::TooLong { octets: message.len(), n201: self.config.n201 });
        }
        match &self.state {
            State::TeiAssigned | State::AwaitingRelease { .. } => return Err(NotTaken::Down),
            State::AwaitingEstablishment(e) if e.by_layer3 => return Err(NotTaken::Down),
            State::AwaitingEstablishment(_) | State::Established(_) | State::TimerRecovery { .. } => {}
        }
        self.queue.push_back(Outgoing { info: message, sent_before: false });
        self.step(now, "dl-data request", |link, state| match state {
            State::Established(window) => link.carry_on(now, window),
            State::TeiAssigned
            | State::AwaitingEstablishment(_)
            | State::AwaitingRelease { .. }
            | State::TimerRecovery { .. } => state,
        });
        Ok(())
    }

    /// Holds a link that is down in state 4: set-up by the far end is answered by DM (maintenance busy, Q.931 F.2.2).
    pub const fn set_refusing(&mut self, refusing: bool) {
        self.refusing = refusing;
    }

    /// Own receiver busy or no longer busy: the far end is told by RNR or RR (Q.921 5.6.5).
    pub fn set_busy(&mut self, now: Instant, busy: bool) {
        self.step(now, if busy { "own receiver busy" } else { "own receiver ready" }, |link, state| match state {
            State::Established(mut window) => {
                link.set_own_busy(&mut window, busy);
                State::Established(window)
            }
            State::TimerRecovery { mut window, tries } => {
                link.set_own_busy(&mut window, busy);
                State::TimerRecovery { window, tries }
            }
            State::TeiAssigned | State::AwaitingEstablishment(_) | State::AwaitingRelease { .. } => state,
        });
    }

    /// A frame from the D-channel, without FCS.
    pub fn handle_frame(&mut self, now: Instant, bytes: &[u8]) {
        let frame = match Frame::parse(bytes) {
            Ok(frame) => frame,
            Err(malformed) => return self.malformed(now, &malformed),
        };
        if !self.is_ours(frame.address) {
            self.stats.not_for_us += 1;
            tracing::debug!("{}: {frame} for sapi {} tei {} ignored", self.tag(), frame.address.sapi, frame.address.tei);
            return;
        }
        let stimulus = frame.to_string();
        let looped = self.is_looped(now, bytes);
        let Some(received) = self.classify(frame, looped) else { return };
        self.count_received(&received);
        self.step(now, &stimulus, |link, state| link.receive(now, state, received));
    }

    /// Runs the timers that are due. A spurious call does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(timer) = self.timers.expire(now) {
            match timer {
                Timer::T200 => {
                    self.stats.t200_expired += 1;
                    self.step(now, "T200", |link, state| link.t200_expired(now, state));
                }
                Timer::T203 => {
                    self.stats.t203_expired += 1;
                    self.step(now, "T203", |link, state| link.t203_expired(now, state));
                }
            }
        }
    }

    /// Next frame to send, without FCS. Call until `None` after every other call.
    ///
    /// A pending acknowledgement is sent when nothing else is left that could carry it.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        if self.transmit.is_empty() {
            self.acknowledge_pending();
        }
        self.transmit.pop_front()
    }

    /// Next event. Call until `None` after every other call.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`Link::handle_timeout`].
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next_deadline()
    }

    /// Whether the link is in multiple frame operation (states 7 and 8).
    #[must_use]
    pub const fn is_established(&self) -> bool {
        matches!(self.state, State::Established(_) | State::TimerRecovery { .. })
    }

    /// Name of the state in the words of Q.921.
    #[must_use]
    pub const fn state_name(&self) -> &'static str {
        match self.state {
            State::TeiAssigned => "TeiAssigned",
            State::AwaitingEstablishment(_) => "AwaitingEstablishment",
            State::AwaitingRelease { .. } => "AwaitingRelease",
            State::Established(_) => "Established",
            State::TimerRecovery { .. } => "TimerRecovery",
        }
    }

    /// Counters since creation.
    #[must_use]
    pub const fn stats(&self) -> Stats {
        self.stats
    }

    pub(super) fn tag(&self) -> String {
        format!("q921[{} tei{TEI_PRIMARY_RATE}]{{{}}}", self.config.name, self.state_name())
    }

    const fn is_ours(&self, address: Address) -> bool {
        address.sapi == SAPI_CALL_CONTROL && address.tei == TEI_PRIMARY_RATE
    }

    /// Takes the state out, lets `reaction` consume it, and logs what became of it.
    fn step(&mut self, now: Instant, stimulus: &str, reaction: impl FnOnce(&mut Self, State) -> State) {
        let tag = self.tag();
        self.stepped_at = Some(now);
        let state = std::mem::replace(&mut self.state, State::TeiAssigned);
        self.state = reaction(self, state);
        let running = self.timers.iter().map(|(timer, at)| format!(" {timer:?}={:?}", at.saturating_duration_since(now)));
        tracing::debug!("{tag}: {stimulus} -> {}{}", self.state_name(), running.collect::<String>());
    }

    fn malformed(&mut self, now: Instant, malformed: &Malformed) {
        self.stats.malformed += 1;
        tracing::warn!("{}: malformed: {malformed}", self.tag());
        let Some((address, error)) = malformed.rejection() else { return };
        if self.is_ours(address) {
            self.step(now, "frame rejection condition", |link, state| link.receive(now, state, Received::Rejection(error)));
        }
    }

    fn receive(&mut self, now: Instant, state: State, received: Received) -> State {
        match state {
            State::TeiAssigned => self.tei_assigned(now, &received),
            State::AwaitingEstablishment(e) => self.awaiting_establishment(now, e, &received),
            State::AwaitingRelease { tries } => self.awaiting_release(tries, &received),
            State::Established(window) => self.established(now, window, received),
            State::TimerRecovery { window, tries } => self.timer_recovery(now, window, tries, received),
        }
    }

    /// State 4 (Q.921 5.5.4): only link set-up means anything.
    fn tei_assigned(&mut self, now: Instant, received: &Received) -> State {
        match received {
            Received::SetMode { poll } if self.refusing => {
                self.unnumbered(Unnumbered::DisconnectedMode, *poll);
                State::TeiAssigned
            }
            Received::SetMode { poll } => {
                self.unnumbered(Unnumbered::Acknowledge, *poll);
                self.queue.clear();
                self.enter_established(now, Event::Established)
            }
            Received::Disconnect { poll } => {
                self.unnumbered(Unnumbered::DisconnectedMode, *poll);
                State::TeiAssigned
            }
            Received::Acknowledge { is_final } => {
                self.error(if *is_final { MdlError::C } else { MdlError::D });
                State::TeiAssigned
            }
            // An unsolicited DM with F=0 asks to set the link up, if able to.
            Received::DisconnectedMode { is_final: false } if !self.refusing => self.establish_data_link(now, true, false),
            Received::DisconnectedMode { .. }
            | Received::Information { .. }
            | Received::Supervisory { .. }
            | Received::Rejection(_) => {
                self.stats.ignored += 1;
                State::TeiAssigned
            }
        }
    }

    /// State 5 (Q.921 5.5.1).
    fn awaiting_establishment(&mut self, now: Instant, e: Establishing, received: &Received) -> State {
        match received {
            // Collision of like commands: each side answers (Q.921 5.5.5.1).
            Received::SetMode { poll } => {
                self.unnumbered(Unnumbered::Acknowledge, *poll);
                State::AwaitingEstablishment(e)
            }
            Received::Disconnect { poll } => {
                self.unnumbered(Unnumbered::DisconnectedMode, *poll);
                State::AwaitingEstablishment(e)
            }
            Received::Acknowledge { is_final: true } => {
                if !e.by_layer3 && e.unacknowledged {
                    self.queue.clear();
                }
                let event = if e.by_layer3 { Event::Established } else { Event::Reset { lost: e.unacknowledged } };
                let state = self.enter_established(now, event);
                if e.then_release { self.disconnect(now) } else { self.flush(now, state) }
            }
            Received::Acknowledge { is_final: false } => {
                self.error(MdlError::D);
                State::AwaitingEstablishment(e)
            }
            Received::DisconnectedMode { is_final: true } => {
                self.timers.stop_all();
                self.queue.clear();
                self.released();
                State::TeiAssigned
            }
            Received::DisconnectedMode { is_final: false }
            | Received::Information { .. }
            | Received::Supervisory { .. }
            | Received::Rejection(_) => {
                self.stats.ignored += 1;
                State::AwaitingEstablishment(e)
            }
        }
    }

    /// State 6 (Q.921 5.5.3).
    fn awaiting_release(&mut self, tries: u8, received: &Received) -> State {
        match received {
            Received::SetMode { poll } => self.unnumbered(Unnumbered::DisconnectedMode, *poll),
            Received::Disconnect { poll } => self.unnumbered(Unnumbered::Acknowledge, *poll),
            Received::Acknowledge { is_final: true } | Received::DisconnectedMode { is_final: true } => {
                self.timers.stop_all();
                self.released();
                return State::TeiAssigned;
            }
            Received::Acknowledge { is_final: false } => self.error(MdlError::D),
            Received::DisconnectedMode { is_final: false }
            | Received::Information { .. }
            | Received::Supervisory { .. }
            | Received::Rejection(_) => self.stats.ignored += 1,
        }
        State::AwaitingRelease { tries }
    }

    fn t200_expired(&mut self, now: Instant, state: State) -> State {
        match state {
            State::TeiAssigned => state,
            State::AwaitingEstablishment(e) if e.tries >= self.config.n200 => {
                self.queue.clear();
                self.error(MdlError::G);
                self.released();
                State::TeiAssigned
            }
            State::AwaitingEstablishment(e) => {
                self.unnumbered(Unnumbered::SetMode, true);
                self.start_t200(now);
                State::AwaitingEstablishment(Establishing { tries: e.tries.saturating_add(1), ..e })
            }
            State::AwaitingRelease { tries } if tries >= self.config.n200 => {
                self.error(MdlError::H);
                self.released();
                State::TeiAssigned
            }
            State::AwaitingRelease { tries } => {
                self.unnumbered(Unnumbered::Disconnect, true);
                self.start_t200(now);
                State::AwaitingRelease { tries: tries.saturating_add(1) }
            }
            State::Established(mut window) => {
                self.transmit_enquiry(now, &mut window);
                State::TimerRecovery { window, tries: 0 }
            }
            State::TimerRecovery { window, tries } if tries >= self.config.n200 => {
                self.error(MdlError::I);
                let unacknowledged = self.has_unacknowledged(&window);
                self.establish_data_link(now, false, unacknowledged)
            }
            State::TimerRecovery { mut window, tries } => {
                self.transmit_enquiry(now, &mut window);
                State::TimerRecovery { window, tries: tries.saturating_add(1) }
            }
        }
    }

    fn t203_expired(&mut self, now: Instant, state: State) -> State {
        match state {
            State::Established(mut window) => {
                self.transmit_enquiry(now, &mut window);
                State::TimerRecovery { window, tries: 0 }
            }
            State::TeiAssigned
            | State::AwaitingEstablishment(_)
            | State::AwaitingRelease { .. }
            | State::TimerRecovery { .. } => state,
        }
    }

    /// "Establish data link" of annex B: SABME, T200, state 5.
    pub(super) fn establish_data_link(&mut self, now: Instant, by_layer3: bool, unacknowledged: bool) -> State {
        self.unnumbered(Unnumbered::SetMode, true);
        self.timers.stop(Timer::T203);
        self.start_t200(now);
        State::AwaitingEstablishment(Establishing { tries: 0, by_layer3, unacknowledged, then_release: false })
    }

    /// Enters state 7 with all variables 0.
    pub(super) fn enter_established(&mut self, now: Instant, event: Event) -> State {
        self.timers.stop(Timer::T200);
        self.start_t203(now);
        self.stats.established += 1;
        self.events.push_back(event);
        State::Established(Window::default())
    }

    fn flush(&mut self, now: Instant, state: State) -> State {
        match state {
            State::Established(window) => self.carry_on(now, window),
            State::TeiAssigned
            | State::AwaitingEstablishment(_)
            | State::AwaitingRelease { .. }
            | State::TimerRecovery { .. } => state,
        }
    }

    fn disconnect(&mut self, now: Instant) -> State {
        self.queue.clear();
        self.unnumbered(Unnumbered::Disconnect, true);
        self.timers.stop(Timer::T203);
        self.start_t200(now);
        State::AwaitingRelease { tries: 0 }
    }

    pub(super) fn start_t200(&mut self, now: Instant) {
        self.timers.set(Timer::T200, now + self.config.t200);
    }

    pub(super) fn start_t203(&mut self, now: Instant) {
        self.timers.set(Timer::T203, now + self.config.t203);
    }

    pub(super) fn released(&mut self) {
        self.stats.released += 1;
        self.events.push_back(Event::Released);
    }

    pub(super) fn error(&mut self, error: MdlError) {
        self.stats.errors += 1;
        tracing::warn!("q921[{} tei{TEI_PRIMARY_RATE}]: mdl-error {error:?}", self.config.name);
        self.events.push_back(Event::Error(error));
    }

    pub(super) fn unnumbered(&mut self, kind: Unnumbered, poll_final: bool) {
        let command = matches!(kind, Unnumbered::SetMode | Unnumbered::Disconnect);
        self.send(command, Body::Unnumbered { kind, poll_final, info: Vec::new() });
        if command {
            self.last_command = self.stepped_at.zip(self.transmit.back().cloned());
        }
    }

    /// Queues a frame with the C/R bit that fits our side (Q.921 table 1).
    pub(super) fn send(&mut self, command: bool, body: Body) {
        let command_response = command == (self.side == Side::Network);
        let frame = Frame { address: Address { sapi: SAPI_CALL_CONTROL, command_response, tei: TEI_PRIMARY_RATE }, body };
        self.stats.frames_sent += 1;
        self.transmit.push_back(frame.emit());
    }

    fn acknowledge_pending(&mut self) {
        let (State::Established(window) | State::TimerRecovery { window, .. }) = &mut self.state else { return };
        if !std::mem::take(&mut window.acknowledge_pending) {
            return;
        }
        let kind = if window.own_busy { Supervisory::ReceiveNotReady } else { Supervisory::ReceiveReady };
        let nr = window.vr;
        self.send(false, Body::Supervisory { kind, nr, poll_final: false });
    }
}

impl Machine for Link {
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

impl Peer for Link {
    fn handle_receive(&mut self, now: Instant, received: Vec<u8>) {
        self.handle_frame(now, &received);
    }
}
