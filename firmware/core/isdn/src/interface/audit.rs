//! The audit: every so often each call that was long silent is asked after, and what got stuck is freed, with a line that says why.
//!
//! Asked after by STATUS ENQUIRY (Q.931 5.8.10), whose answer, or silence, does the rest: a far end that has lost a call says so, or
//! says nothing, and the call is cleared. Freed: a channel whose call is gone, which no fault of the far end can bring about and one of
//! ours might. Tried again: a channel out of service, by RESTART, and what the far end has not acknowledged. Left out: bearer and
//! conference channels' own audits, which belong to the media plane.

use std::time::Instant;

use super::{Interface, InterfaceTimer};
use crate::channels::ChannelState;
use crate::event::Event;

impl Interface {
    /// Starts the period anew; while the link is down nothing can be asked.
    pub(super) fn schedule_audit(&mut self, now: Instant) {
        if let Some(period) = self.audit {
            self.timers.set(InterfaceTimer::Audit, now + period);
        }
    }

    pub(super) fn audit(&mut self, now: Instant) {
        self.schedule_audit(now);
        self.free_orphaned_channels();
        let Some(period) = self.audit else { return };
        for call in self.calls.values_mut() {
            call.ask_when_silent(now, period, &mut self.context);
        }
        if !self.is_restarting() {
            self.retry_restarts();
        }
        self.tell_again(now);
    }

    /// Channels that are taken by calls that are not there.
    fn free_orphaned_channels(&mut self) {
        let taken = self.channels().iter().filter_map(|channel| match channel.state {
            ChannelState::InUse(call) => Some((channel.channel, call)),
            ChannelState::Idle | ChannelState::Restarting | ChannelState::OutOfService | ChannelState::Blocked => None,
        });
        let holds = |channel, call| self.calls.get(&call).is_some_and(|call| !call.told && call.channel == Some(channel));
        let orphaned: Vec<_> = taken.filter(|(channel, call)| !holds(*channel, *call)).collect();
        for (channel, call) in orphaned {
            let reason = format!("its call {} is gone", call.0);
            tracing::warn!("q931[{}]: audit: channel {channel} was stuck: {reason} -> restart", self.context.name);
            self.context.stats.channels_freed += 1;
            // The far end may still have a call on it: only its word makes the channel idle.
            self.context.channels.set(channel, ChannelState::Restarting);
            self.context.event(Event::ChannelFreed { channel, reason });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CallId, Config, Framing, Side};

    /// Inside, since nothing that the far end or the layer above can do brings this state about.
    #[test]
    fn channel_whose_call_is_gone_is_freed_and_says_why() {
        let mut interface = Interface::new(Config::new("span1", Side::User, Framing::E1));
        interface.context.channels.set(5.into(), ChannelState::InUse(CallId(99)));
        interface.free_orphaned_channels();
        assert_eq!(interface.context.channels.state(5.into()), Some(ChannelState::Restarting));
        let reason = "its call 99 is gone".to_owned();
        assert_eq!(interface.poll_event(), Some(Event::ChannelFreed { channel: 5.into(), reason }));
        assert_eq!(interface.stats().channels_freed, 1);
    }
}
