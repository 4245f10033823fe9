//! Calls that come in: their channel, their digits, and what the number plan has for them.

use std::time::Instant;

use super::call::{Call, Dialling, Intent, Phase};
use super::{Engine, NO_CHANNEL, REQUESTED_CHANNEL_NOT_AVAILABLE, WHOLE};
use crate::channel::Channel;
use crate::plan::Action;
use crate::report::{Direction, Report};
use crate::stack::{CallId, Ring};

impl Engine {
    /// The channel that the far end names, or another where it would take one; otherwise the cause to refuse with.
    pub(super) fn choose_channel(&self, named: Option<Channel>, flexible: bool) -> Result<Channel, u8> {
        match named {
            Some(named) if self.config.spans.is_b_channel(named) && !self.is_in_use(named) => Ok(named),
            Some(_) if !flexible => Err(REQUESTED_CHANNEL_NOT_AVAILABLE),
            Some(_) | None => self.free_channel().ok_or(NO_CHANNEL),
        }
    }

    pub(super) fn take_ring(&mut self, now: Instant, ring: Ring) {
        self.counters.incoming += 1;
        let id = ring.call;
        let channel = self.choose_channel(ring.channel, ring.flexible);
        let call = Call {
            direction: Direction::Incoming,
            called: ring.called.clone(),
            began: now,
            channel: channel.ok(),
            open: false,
            phase: Phase::Setup,
            intent: Intent { play: None, echo: false, record: None, record_early: false, clear_after: None },
            early: None,
            cleared_by: None,
            dialling: Dialling::Done,
        };
        self.calls.insert(id, call);
        match channel {
            Ok(channel) if self.config.options.overlap && !ring.complete => self.ask_for_digits(now, ring, channel),
            Ok(_) | Err(_) => self.decide(now, ring, channel),
        }
    }

    fn ask_for_digits(&mut self, now: Instant, ring: Ring, channel: Channel) {
        let id = ring.call;
        if self.stack.need_digits(id, channel).is_err() {
            return;
        }
        if let Some(call) = self.calls.get_mut(&id) {
            call.dialling = Dialling::Incoming(ring);
        }
        // What SETUP had may be whole.
        self.take_digits(now, id, "", false);
    }

    pub(super) fn take_digits(&mut self, now: Instant, id: CallId, digits: &str, complete: bool) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let channel = call.channel.ok_or(NO_CHANNEL);
        let Dialling::Incoming(ring) = &mut call.dialling else { return };
        ring.called.push_str(digits);
        if complete || ring.called.len() >= WHOLE {
            call.called.clone_from(&ring.called);
            if let Dialling::Incoming(ring) = std::mem::take(&mut call.dialling) {
                self.decide(now, ring, channel);
            }
        }
    }

    /// The number is whole: the plan says what happens to the call.
    fn decide(&mut self, now: Instant, ring: Ring, channel: Result<Channel, u8>) {
        let id = ring.call;
        let Ring { called, calling, withheld, data, name, complete, redirecting, .. } = ring;
        let action = self.config.plan.action(&called);
        let (call, slot) = (id.0, channel.ok());
        self.reports.push_back(Report::Incoming {
            call,
            channel: slot,
            called,
            calling,
            withheld,
            data,
            name,
            complete,
            redirecting,
        });
        match (channel, action) {
            (Err(cause), _) | (Ok(_), Action::Refuse { cause }) => self.clear(id, cause),
            (Ok(channel), Action::Ring) => self.alert(now, id, channel, None),
            (Ok(channel), Action::Answer { clear_after, echo }) => {
                if let Some(call) = self.calls.get_mut(&id) {
                    let record = self.config.record_dir.as_ref().map(|dir| dir.join(format!("call-{}.wav", id.0)));
                    call.intent = Intent { play: self.config.play.clone(), echo, record, record_early: false, clear_after };
                }
                self.alert(now, id, channel, Some(now + self.config.answer_after));
            }
        }
    }

    /// CALL PROCEEDING and ALERTING.
    fn alert(&mut self, now: Instant, id: CallId, channel: Channel, answer_at: Option<Instant>) {
        if self.stack.proceeding(id, channel).and_then(|()| self.stack.alerting(id)).is_err() {
            return;
        }
        self.enter_alerting(id, answer_at);
        if let Some(call) = self.calls.get_mut(&id) {
            call.open = true;
            let at_ms = call.at_ms(now);
            self.reports.push_back(Report::Alerting { call: id.0, at_ms, in_band: false });
        }
    }
}
