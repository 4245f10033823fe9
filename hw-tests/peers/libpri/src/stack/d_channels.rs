//! The D-channels of a stack: libpri has a controller for each, and those of a group share their calls (`pri_enslave`).
//!
//! libpri has no procedure for D-channels that stand by: it keeps every link up, and a call follows the D-channel that its last message came
//! on. Which one a new call takes is the application's to say, and here it is as chan_dahdi of Asterisk has it: the one that the last message
//! of the far end came on; when that is lost, or its span is in alarm, the first that is up.
//!
//! So is the naming of channels: with the span always, but for EuroISDN, where a channel of the span whose D-channel carries the call goes
//! without, that both forms are tried.

use std::ffi::c_int;
use std::ptr::NonNull;

use super::{CallId, Event, Refused, Stack};
use crate::channel::Channel;
use crate::ffi;
use crate::switch_type::SwitchType;

/// libpri's flag for a channel that names its span.
const EXPLICIT: c_int = 1 << 16;

/// One controller.
#[derive(Debug, Clone, Copy)]
pub(super) struct DChannel {
    pub(super) interface: u8,
    pub(super) peer: NonNull<ffi::Peer>,
    up: bool,
    alarm: bool,
}

impl DChannel {
    pub(super) const fn new(interface: u8, peer: NonNull<ffi::Peer>) -> Self {
        Self { interface, peer, up: false, alarm: false }
    }

    const fn is_usable(&self) -> bool {
        self.up && !self.alarm
    }
}

impl Stack {
    /// A further D-channel, on the span of this interface identifier, that shares the calls of the first.
    pub(super) fn add_d_channel(&mut self, interface: u8) -> Result<(), Refused> {
        let peer = self.settings.controller()?;
        // SAFETY: both controllers live as long as the process; the new one has no calls yet.
        unsafe { ffi::peer_enslave(self.first().as_ptr(), peer.as_ptr()) };
        self.d_channels.push(DChannel::new(interface, peer));
        Ok(())
    }

    /// The span of the D-channel that a new call would take, and each D-channel's span with whether its link is up.
    #[must_use]
    pub fn d_channels(&self) -> (u8, Vec<(u8, bool)>) {
        (self.serving, self.d_channels.iter().map(|one| (one.interface, one.up)).collect())
    }

    /// Layer 1 of a span went up or down; without a group libpri is left to find out.
    pub fn handle_line(&mut self, interface: u8, up: bool) {
        if let Some(d_channel) = self.d_channels.iter_mut().find(|one| one.interface == interface) {
            d_channel.alarm = !up;
            self.choose();
        }
    }

    pub(super) fn link_changed(&mut self, interface: u8, up: bool) {
        let was_up = self.d_channels.iter().any(|one| one.up);
        if let Some(d_channel) = self.d_channels.iter_mut().find(|one| one.interface == interface) {
            d_channel.up = up;
        }
        if self.is_group() {
            self.events.push_back(Event::DChannel { interface, up });
        }
        // Without a group libpri is repeated as it speaks.
        if !self.is_group() || was_up != self.d_channels.iter().any(|one| one.up) {
            self.events.push_back(if up { Event::LinkUp } else { Event::LinkDown });
        }
        self.spoken &= self.d_channels.iter().any(|one| one.up);
        self.choose();
    }

    /// A message came on the D-channel of this span.
    pub(super) fn follow(&mut self, interface: u8) {
        self.spoken = true;
        self.serve(interface);
    }

    fn serve(&mut self, interface: u8) {
        if let Some(d_channel) = self.d_channels.iter().find(|one| one.interface == interface) {
            (self.serving, self.peer) = (interface, d_channel.peer);
        }
    }

    fn choose(&mut self) {
        let stays = self.spoken && self.d_channels.iter().any(|one| one.interface == self.serving && one.is_usable());
        let next = self.d_channels.iter().find(|one| one.is_usable()).map(|one| one.interface);
        if let Some(next) = next.filter(|_| !stays) {
            self.serve(next);
        }
    }

    fn is_group(&self) -> bool {
        self.d_channels.len() > 1
    }

    pub(super) fn controller_of(&self, interface: u8) -> Option<NonNull<ffi::Peer>> {
        self.d_channels.iter().find(|one| one.interface == interface).map(|one| one.peer)
    }

    fn first(&self) -> NonNull<ffi::Peer> {
        self.d_channels.first().map_or(self.peer, |first| first.peer)
    }

    /// The channel as libpri is told it, for a message on the D-channel of span `home`.
    pub(super) fn encode(&self, channel: Channel, home: u8) -> c_int {
        let slot = c_int::from(channel.slot);
        let implicit = self.settings.switch == SwitchType::EuroIsdn && channel.interface == home;
        if !self.settings.group || implicit { slot } else { slot | c_int::from(channel.interface) << 8 | EXPLICIT }
    }

    /// The channel that libpri tells. One without a span is on that of the D-channel which carries the call.
    pub(super) fn decode(&self, event: &ffi::PeerEvent, home: u8) -> Option<Channel> {
        let slot = u8::try_from(event.channel).ok()?;
        let interface = u8::try_from(event.interface).ok().filter(|_| self.settings.group);
        Some(Channel { interface: interface.unwrap_or(home), slot })
    }

    /// The span of the D-channel on which the call began.
    pub(super) fn home(&self, call: CallId) -> u8 {
        self.calls.get(&call).map_or(self.serving, |held| held.home)
    }
}
