//! What the control API and the diagnosis see of a primary rate span: link, channels, counters.
//!
//! A span of a group shows its own channels and its own D-channel; its link is the group's, since that is what calls need.

use isdn::{ChannelState, DChannelState};
use model::api;

use super::IsdnSpan;
use crate::diagnosis::DFigures;
use crate::words::LegId;

/// What [`IsdnSpan::status`] says.
pub(in crate::legs) struct Shown {
    pub(in crate::legs) link: api::LinkState,
    pub(in crate::legs) channels: Vec<api::Channel>,
    pub(in crate::legs) counters: api::DChannelCounters,
    /// In a group: what the span's own D-channel is doing, if it has one.
    pub(in crate::legs) role: Option<api::DChannelRole>,
}

impl IsdnSpan {
    /// The figures of a span's own data link for the diagnosis, if it has one; `bad_frames` were dropped below it.
    pub(in crate::legs) fn figures(&self, interface: u8, bad_frames: u64) -> Option<DFigures> {
        let d_channel = self.interface.d_channels().find(|d_channel| d_channel.interface == interface)?;
        let link = d_channel.link;
        Some(DFigures {
            up: matches!(d_channel.state, DChannelState::InService | DChannelState::Standby),
            network_side: self.is_network_side(),
            timeslot: self.settings.framing.d_channel().unwrap_or_default(),
            failures: self.link_failures,
            received: link.frames_received,
            repeated: link.i_repeated,
            bad: bad_frames,
            malformed: link.malformed + self.interface.stats().malformed,
            sabme_received: link.sabme_received,
            disc_received: link.disc_received,
            dm_received: link.dm_received,
            looped: link.looped,
            same_side: link.same_side,
            other_link: link.not_for_us,
        })
    }

    /// One span's data link, channels and counters; `call_of` tells the call of a leg.
    pub(in crate::legs) fn status(&self, interface: u8, call_of: impl Fn(LegId) -> Option<u64>) -> Shown {
        let d_channel = self.interface.d_channels().find(|d_channel| d_channel.interface == interface);
        let frames = d_channel.map(|d_channel| d_channel.link).unwrap_or_default();
        let channels = self.interface.channels().iter().filter(|channel| channel.channel.interface == interface);
        Shown {
            link: if self.interface.link_up() { api::LinkState::Up } else { api::LinkState::Down },
            channels: channels.map(|channel| self.channel(channel, &call_of)).collect(),
            counters: api::DChannelCounters {
                frames_sent: frames.frames_sent,
                frames_received: frames.frames_received,
                retransmissions: frames.i_repeated,
                malformed: frames.malformed + self.interface.stats().malformed,
                link_failures: self.link_failures,
            },
            role: d_channel.filter(|_| !self.further.is_empty()).map(|d_channel| role(d_channel.state)),
        }
    }

    fn channel(&self, status: &isdn::ChannelStatus, call_of: &impl Fn(LegId) -> Option<u64>) -> api::Channel {
        let (state, call) = match status.state {
            ChannelState::InUse(call) => (api::ChannelUse::InUse, self.calls.get(&call).copied().and_then(call_of)),
            ChannelState::Idle if self.interface.link_up() && status.is_free() => (api::ChannelUse::Idle, None),
            ChannelState::Idle | ChannelState::Restarting | ChannelState::OutOfService | ChannelState::Blocked => {
                (api::ChannelUse::OutOfService, None)
            }
        };
        api::Channel { timeslot: status.channel.slot, state, call }
    }
}

const fn role(state: DChannelState) -> api::DChannelRole {
    match state {
        DChannelState::InService => api::DChannelRole::InService,
        DChannelState::Standby => api::DChannelRole::Standby,
        DChannelState::MaintenanceBusy => api::DChannelRole::MaintenanceBusy,
        DChannelState::OutOfService => api::DChannelRole::OutOfService,
    }
}
