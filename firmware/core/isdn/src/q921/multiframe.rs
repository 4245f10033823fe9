//! Multiple frame operation: states 7 (established) and 8 (timer recovery) of Q.921 annex B.
//!
//! What differs between the two is only how N(R) is taken: state 7 runs T200 and T203 by it, state 8 waits for the
//! response with F=1 to its poll, then sends everything unacknowledged again. New I frames wait in state 8.

use std::collections::VecDeque;
use std::time::Instant;

use super::link::{Link, Outgoing, State};
use super::received::Received;
use super::{Body, Event, MdlError, Supervisory, Timer, Unnumbered};

/// Sequence numbers are modulo 128 (Q.921 3.5.2.1).
const MODULO_MASK: u8 = 0x7f;

/// State variables and exception conditions (Q.921 3.5.2 and 5.6).
#[derive(Debug, Default)]
pub(super) struct Window {
    /// V(A): the oldest unacknowledged I frame. V(S) is V(A) plus the length of `sent`.
    va: u8,
    /// V(R): the next I frame expected.
    pub(super) vr: u8,
    /// Unacknowledged information fields, oldest first.
    sent: VecDeque<Vec<u8>>,
    /// We are busy and have said so by RNR.
    pub(super) own_busy: bool,
    /// The far end has said RNR.
    peer_busy: bool,
    /// REJ sent and not yet satisfied.
    reject_exception: bool,
    /// An I frame arrived whose acknowledgement has not been sent.
    pub(super) acknowledge_pending: bool,
}

impl Window {
    fn vs(&self) -> u8 {
        let sent = u8::try_from(self.sent.len()).unwrap_or(MODULO_MASK);
        self.va.wrapping_add(sent) & MODULO_MASK
    }

    /// How many frames `nr` acknowledges; `None` when it is outside V(A)..=V(S).
    fn acknowledges(&self, nr: u8) -> Option<usize> {
        let count = usize::from(nr.wrapping_sub(self.va) & MODULO_MASK);
        (count <= self.sent.len()).then_some(count)
    }

    fn advance(&mut self, nr: u8, count: usize) {
        self.sent.drain(..count.min(self.sent.len()));
        self.va = nr;
    }
}

impl Link {
    /// State 7.
    pub(super) fn established(&mut self, now: Instant, mut window: Window, received: Received) -> State {
        match received {
            Received::Information { ns, nr, poll, info } => {
                if info.len() > self.config.n201 {
                    return self.reset(now, &window, MdlError::O);
                }
                self.take_information(&mut window, ns, poll, info);
                let Some(count) = window.acknowledges(nr) else { return self.reset(now, &window, MdlError::J) };
                self.acknowledged(now, &mut window, nr, count);
                self.carry_on(now, window)
            }
            Received::Supervisory { kind, nr, poll_final, command } => {
                self.supervise(&mut window, kind, poll_final, command);
                if !command && poll_final {
                    self.error(MdlError::A);
                }
                let Some(count) = window.acknowledges(nr) else { return self.reset(now, &window, MdlError::J) };
                match kind {
                    Supervisory::ReceiveReady => self.acknowledged(now, &mut window, nr, count),
                    Supervisory::ReceiveNotReady => {
                        window.advance(nr, count);
                        self.timers.stop(Timer::T203);
                        self.start_t200(now);
                    }
                    Supervisory::Reject => {
                        window.advance(nr, count);
                        self.timers.stop(Timer::T200);
                        self.start_t203(now);
                        self.invoke_retransmission(&mut window);
                    }
                }
                self.carry_on(now, window)
            }
            Received::SetMode { poll } => self.started_anew(now, &window, poll),
            Received::Disconnect { poll } => self.disconnected(poll),
            Received::Acknowledge { is_final } => {
                self.error(if is_final { MdlError::C } else { MdlError::D });
                State::Established(window)
            }
            Received::DisconnectedMode { is_final: true } => {
                self.error(MdlError::B);
                State::Established(window)
            }
            Received::DisconnectedMode { is_final: false } => self.reset(now, &window, MdlError::E),
            Received::Rejection(error) => self.reset(now, &window, error),
        }
    }

    /// State 8.
    pub(super) fn timer_recovery(&mut self, now: Instant, mut window: Window, tries: u8, received: Received) -> State {
        match received {
            Received::Information { ns, nr, poll, info } => {
                if info.len() > self.config.n201 {
                    return self.reset(now, &window, MdlError::O);
                }
                self.take_information(&mut window, ns, poll, info);
                let Some(count) = window.acknowledges(nr) else { return self.reset(now, &window, MdlError::J) };
                window.advance(nr, count);
                State::TimerRecovery { window, tries }
            }
            Received::Supervisory { kind, nr, poll_final, command } => {
                self.supervise(&mut window, kind, poll_final, command);
                let Some(count) = window.acknowledges(nr) else { return self.reset(now, &window, MdlError::J) };
                window.advance(nr, count);
                if command || !poll_final {
                    return State::TimerRecovery { window, tries };
                }
                match kind {
                    // A busy far end is polled again when T200 expires (Q.921 5.6.5).
                    Supervisory::ReceiveNotReady => self.start_t200(now),
                    Supervisory::ReceiveReady | Supervisory::Reject => {
                        self.timers.stop(Timer::T200);
                        self.start_t203(now);
                    }
                }
                self.invoke_retransmission(&mut window);
                self.carry_on(now, window)
            }
            Received::SetMode { poll } => self.started_anew(now, &window, poll),
            Received::Disconnect { poll } => self.disconnected(poll),
            Received::Acknowledge { is_final } => {
                self.error(if is_final { MdlError::C } else { MdlError::D });
                State::TimerRecovery { window, tries }
            }
            Received::DisconnectedMode { is_final } => self.reset(now, &window, if is_final { MdlError::B } else { MdlError::E }),
            Received::Rejection(error) => self.reset(now, &window, error),
        }
    }

    /// Sends what the window lets through and stays in state 7.
    pub(super) fn carry_on(&mut self, now: Instant, mut window: Window) -> State {
        let size = usize::from(self.config.window.clamp(1, MODULO_MASK));
        while !window.peer_busy && window.sent.len() < size {
            let Some(Outgoing { info, sent_before }) = self.queue.pop_front() else { break };
            if sent_before {
                self.stats.i_repeated += 1;
            } else {
                self.stats.i_sent += 1;
            }
            let body = Body::Information { ns: window.vs(), nr: window.vr, poll: false, info: info.clone() };
            self.send(true, body);
            window.sent.push_back(info);
            window.acknowledge_pending = false;
            if !self.timers.is_running(Timer::T200) {
                self.timers.stop(Timer::T203);
                self.start_t200(now);
            }
        }
        State::Established(window)
    }

    /// "Transmit enquiry": RR or RNR as command with P=1.
    pub(super) fn transmit_enquiry(&mut self, now: Instant, window: &mut Window) {
        self.send_supervisory(true, window, true);
        self.start_t200(now);
    }

    pub(super) fn set_own_busy(&mut self, window: &mut Window, busy: bool) {
        if window.own_busy != busy {
            window.own_busy = busy;
            self.send_supervisory(false, window, false);
        }
    }

    /// RR, or RNR while we are busy.
    fn send_supervisory(&mut self, command: bool, window: &mut Window, poll_final: bool) {
        let kind = if window.own_busy { Supervisory::ReceiveNotReady } else { Supervisory::ReceiveReady };
        self.send(command, Body::Supervisory { kind, nr: window.vr, poll_final });
        window.acknowledge_pending = false;
    }

    /// N(S) and P of an I frame (Q.921 5.6.2 and 5.8.1).
    fn take_information(&mut self, window: &mut Window, ns: u8, poll: bool, info: Vec<u8>) {
        if window.own_busy {
            self.stats.i_dropped += 1;
            if poll {
                self.send_supervisory(false, window, true);
            }
            return;
        }
        if ns == window.vr {
            window.vr = window.vr.wrapping_add(1) & MODULO_MASK;
            window.reject_exception = false;
            self.stats.i_received += 1;
            self.events.push_back(Event::Data(info));
            if poll {
                self.send_supervisory(false, window, true);
            } else {
                window.acknowledge_pending = true;
            }
            return;
        }
        self.stats.i_dropped += 1;
        if window.reject_exception {
            if poll {
                self.send_supervisory(false, window, true);
            }
            return;
        }
        window.reject_exception = true;
        window.acknowledge_pending = false;
        self.stats.rej_sent += 1;
        self.send(false, Body::Supervisory { kind: Supervisory::Reject, nr: window.vr, poll_final: poll });
    }

    /// What a supervisory frame does in both states before its N(R) is looked at.
    fn supervise(&mut self, window: &mut Window, kind: Supervisory, poll_final: bool, command: bool) {
        match kind {
            Supervisory::ReceiveReady => {}
            Supervisory::ReceiveNotReady => self.stats.rnr_received += 1,
            Supervisory::Reject => self.stats.rej_received += 1,
        }
        window.peer_busy = kind == Supervisory::ReceiveNotReady;
        if command && poll_final {
            self.send_supervisory(false, window, true);
        }
    }

    /// N(R) of an I or RR frame in state 7 (Q.921 5.6.3).
    fn acknowledged(&mut self, now: Instant, window: &mut Window, nr: u8, count: usize) {
        let all = count == window.sent.len();
        window.advance(nr, count);
        if window.peer_busy {
            return;
        }
        if all {
            self.timers.stop(Timer::T200);
            self.start_t203(now);
        } else if count > 0 {
            self.start_t200(now);
        }
    }

    /// Puts all that is unacknowledged back at the head of the queue; V(S) falls to V(A).
    fn invoke_retransmission(&mut self, window: &mut Window) {
        while let Some(info) = window.sent.pop_back() {
            self.queue.push_front(Outgoing { info, sent_before: true });
        }
    }

    /// Whether a new set-up of the link loses or may repeat an I frame, of which layer 3 must be told.
    pub(super) fn has_unacknowledged(&self, window: &Window) -> bool {
        !window.sent.is_empty() || self.queue.iter().any(|outgoing| outgoing.sent_before)
    }

    /// The link itself sets up anew after an error; what was unacknowledged is lost.
    fn reset(&mut self, now: Instant, window: &Window, error: MdlError) -> State {
        self.error(error);
        let unacknowledged = self.has_unacknowledged(window);
        self.establish_data_link(now, false, unacknowledged)
    }

    /// SABME on an established link (Q.921 5.7).
    fn started_anew(&mut self, now: Instant, window: &Window, poll: bool) -> State {
        self.unnumbered(Unnumbered::Acknowledge, poll);
        self.error(MdlError::F);
        let lost = self.has_unacknowledged(window);
        if lost {
            self.queue.clear();
        }
        match self.enter_established(now, Event::Reset { lost }) {
            State::Established(window) => self.carry_on(now, window),
            state @ (State::TeiAssigned
            | State::AwaitingEstablishment(_)
            | State::AwaitingRelease { .. }
            | State::TimerRecovery { .. }) => state,
        }
    }

    fn disconnected(&mut self, poll: bool) -> State {
        self.queue.clear();
        self.unnumbered(Unnumbered::Acknowledge, poll);
        self.timers.stop_all();
        self.released();
        State::TeiAssigned
    }
}
