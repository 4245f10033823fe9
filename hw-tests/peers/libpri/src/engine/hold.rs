//! Calls that are held: their timeslot is free, their audio waits. What the far end asks for is accepted at once.

use std::time::Instant;

use super::{CHANNEL_UNACCEPTABLE, Engine};
use crate::channel::Channel;
use crate::report::{By, Report};
use crate::stack::CallId;

impl Engine {
    /// Sends HOLD; its answer is told.
    pub fn hold(&mut self, now: Instant, call: u32) -> Result<(), String> {
        self.stack.request_hold(CallId(call)).map_err(|refused| refused.to_string())?;
        self.take_events(now);
        Ok(())
    }

    /// Sends RETRIEVE for a free timeslot; its answer is told.
    pub fn retrieve(&mut self, now: Instant, call: u32) -> Result<(), String> {
        let id = CallId(call);
        let channel = self.free_channel().ok_or("no free channel")?;
        self.stack.retrieve(id, Some(channel)).map_err(|refused| refused.to_string())?;
        if let Some(call) = self.calls.get_mut(&id) {
            call.channel = Some(channel);
        }
        self.take_events(now);
        Ok(())
    }

    pub(super) fn take_hold(&mut self, now: Instant, id: CallId) {
        if self.stack.accept_hold(id).is_ok() {
            self.held(now, id, By::Peer);
        }
    }

    pub(super) fn take_held(&mut self, now: Instant, id: CallId, refused: Option<u8>) {
        match refused {
            None => self.held(now, id, By::Us),
            Some(cause) => self.reports.push_back(Report::HoldRefused { call: id.0, cause }),
        }
    }

    fn held(&mut self, now: Instant, id: CallId, by: By) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        (call.channel, call.open) = (None, false);
        let at_ms = call.at_ms(now);
        self.reports.push_back(Report::Held { call: id.0, at_ms, by });
    }

    pub(super) fn take_retrieve(&mut self, now: Instant, id: CallId, named: Option<Channel>, flexible: bool) {
        // A request of ours that met the far end's gives its timeslot back.
        if let Some(call) = self.calls.get_mut(&id) {
            call.channel = None;
        }
        // A call that libpri no longer knows has its Released waiting in the queue.
        match self.choose_channel(named, flexible) {
            Ok(channel) if self.stack.accept_retrieve(id, channel).is_ok() => self.retrieved(now, id, channel, By::Peer),
            Ok(_) => {}
            Err(cause) => {
                let _ = self.stack.refuse_retrieve(id, cause);
            }
        }
    }

    pub(super) fn take_retrieved(&mut self, now: Instant, id: CallId, channel: Option<Channel>, refused: Option<u8>) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let asked = call.channel.take();
        match (refused, channel.or(asked)) {
            (Some(cause), _) => self.reports.push_back(Report::RetrieveRefused { call: id.0, cause }),
            (None, Some(channel)) if self.config.spans.is_b_channel(channel) && !self.is_in_use(channel) => {
                self.retrieved(now, id, channel, By::Us);
            }
            (None, Some(_) | None) => self.clear(id, CHANNEL_UNACCEPTABLE),
        }
    }

    fn retrieved(&mut self, now: Instant, id: CallId, channel: Channel, by: By) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        (call.channel, call.open) = (Some(channel), true);
        let at_ms = call.at_ms(now);
        self.reports.push_back(Report::Retrieved { call: id.0, at_ms, channel, by });
    }
}
