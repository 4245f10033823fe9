//! The layer above one interface: it answers what an exchange would and holds the interface to its word about each call.

use isdn::{CallId, Cause, CauseValue, Connected, DChannelState, Event, Interface, Location, Number, Setup};
use std::collections::BTreeSet;
use std::time::Instant;

pub const CLEARING: Cause = Cause::new(CauseValue::NORMAL_CLEARING, Location::User);

/// Calls that this end was told of, and what it is to do with those that come.
#[derive(Debug, Default)]
pub struct Layer {
    /// Whether it answers; otherwise it only lets them ring.
    pub answers: bool,
    /// Calls that were begun and not released.
    pub live: BTreeSet<CallId>,
    pub begun: u64,
    pub released: u64,
    pub connected: u64,
    /// How often another D-channel of a group began to serve, the first time with them.
    pub served: u64,
}

impl Layer {
    pub fn new(answers: bool) -> Self {
        Self { answers, ..Self::default() }
    }

    /// Places a call; false when it is refused.
    pub fn place(&mut self, end: &mut Interface, now: Instant, overlap: bool) -> bool {
        let setup = Setup { sending_complete: !overlap, ..Setup::speech(Number::new("5551")) };
        let Ok(call) = end.setup(now, setup) else { return false };
        self.begin(call);
        true
    }

    /// Clears all calls.
    pub fn clear(&self, end: &mut Interface, now: Instant) {
        for call in &self.live {
            end.clear(now, *call, CLEARING);
        }
    }

    fn begin(&mut self, call: CallId) {
        assert!(self.live.insert(call), "{call:?} begins twice");
        self.begun += 1;
    }

    /// An event of `end`. None may name a call that has not begun or is over.
    pub fn take(&mut self, end: &mut Interface, now: Instant, event: Event) {
        match event {
            Event::LinkUp | Event::LinkDown | Event::ChannelService { .. } => {}
            Event::DChannel { state, .. } => self.served += u64::from(state == DChannelState::InService),
            Event::Name { call, .. } | Event::Held { call, .. } | Event::Retrieved { call, .. } => self.expect(call),
            Event::HoldRequested { call } => {
                self.expect(call);
                end.accept_hold(now, call);
            }
            Event::RetrieveRequested { call, .. } => {
                self.expect(call);
                end.accept_retrieve(now, call);
            }
            Event::ChannelFreed { channel, reason } => panic!("channel {channel} was stuck: {reason}"),
            Event::Setup { call, setup, .. } => {
                self.begin(call);
                if setup.sending_complete { self.ring(end, now, call) } else { end.need_digits(now, call, Vec::new()) }
            }
            Event::Released { call, .. } => {
                assert!(self.live.remove(&call), "{call:?} is released and was not there");
                self.released += 1;
            }
            Event::MoreDigits { call, complete, .. } => {
                self.expect(call);
                if complete {
                    self.ring(end, now, call);
                }
            }
            Event::NeedDigits { call, .. } => {
                self.expect(call);
                end.more_digits(now, call, "00", false);
                end.more_digits(now, call, "1", true);
            }
            Event::Clearing { call, .. } => {
                self.expect(call);
                end.clear(now, call, CLEARING);
            }
            Event::Connected { call, .. } => {
                self.expect(call);
                self.connected += 1;
            }
            Event::ChannelReady { call, .. }
            | Event::Proceeding { call, .. }
            | Event::Alerting { call, .. }
            | Event::Progress { call, .. }
            | Event::Established { call }
            | Event::Notify { call, .. }
            | Event::Information { call, .. } => self.expect(call),
        }
    }

    fn ring(&self, end: &mut Interface, now: Instant, call: CallId) {
        end.proceeding(now, call, Vec::new());
        end.alerting(now, call, Vec::new());
        if self.answers {
            end.connect(now, call, Connected::default());
        }
    }

    fn expect(&self, call: CallId) {
        assert!(self.live.contains(&call), "an event of {call:?}, which is not there");
    }
}
