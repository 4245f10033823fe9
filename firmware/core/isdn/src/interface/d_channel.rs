//! The D-channels of an interface: the first, and those that stand by in a group (Q.931 F.2.1).
//!
//! All are kept up at layer 2; one is in service. Which one, and how it changes, is in `switch_over.rs`.

use std::iter::once;
use std::time::Instant;

use super::Interface;
use crate::event::Event;
use crate::{Side, q921};

/// What a D-channel of a group is doing (Q.931 F.2.1, F.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DChannelState {
    /// It carries the messages of all calls.
    InService,
    /// Its link is up and carries nothing.
    Standby,
    /// It failed and the next has taken over; until that is certain (T321) its link is held down.
    MaintenanceBusy,
    /// Its link is down; it is tried for ever.
    OutOfService,
}

/// One D-channel as a status page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DChannelStatus {
    /// Interface identifier of its span.
    pub interface: u8,
    /// What it is doing.
    pub state: DChannelState,
    /// Counters of its link.
    pub link: q921::Stats,
}

#[derive(Debug)]
pub(super) struct DChannel {
    pub(super) interface: u8,
    pub(super) link: q921::Link,
    /// Link set-up was asked for and has neither succeeded nor failed.
    pub(super) trying: bool,
    /// Maintenance busy.
    pub(super) held: bool,
    /// The state that the layer above knows.
    pub(super) told: DChannelState,
}

impl DChannel {
    fn new(interface: u8, side: Side, config: q921::Config) -> Self {
        let link = q921::Link::new(side, config);
        Self { interface, link, trying: false, held: false, told: DChannelState::OutOfService }
    }

    /// DL-ESTABLISH request.
    pub(super) fn establish(&mut self, now: Instant) {
        self.trying = true;
        self.link.establish(now);
    }

    /// Goes into or out of maintenance busy.
    pub(super) const fn hold(&mut self, held: bool) {
        self.held = held;
        self.link.set_refusing(held);
    }
}

/// In order of preference.
#[derive(Debug)]
pub(super) struct DChannels {
    first: DChannel,
    backups: Vec<DChannel>,
}

impl DChannels {
    /// The first D-channel, and one for each of the spans `backups`.
    pub(super) fn new(side: Side, config: &q921::Config, backups: impl Iterator<Item = u8>) -> Self {
        let named = |interface: u8| q921::Config { name: format!("{}/{interface}", config.name), ..config.clone() };
        Self {
            first: DChannel::new(0, side, config.clone()),
            backups: backups.map(|interface| DChannel::new(interface, side, named(interface))).collect(),
        }
    }

    pub(super) const fn first(&self) -> &DChannel {
        &self.first
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &DChannel> {
        once(&self.first).chain(&self.backups)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut DChannel> {
        once(&mut self.first).chain(&mut self.backups)
    }

    pub(super) fn get(&self, interface: u8) -> Option<&DChannel> {
        self.iter().find(|d_channel| d_channel.interface == interface)
    }

    pub(super) fn get_mut(&mut self, interface: u8) -> Option<&mut DChannel> {
        self.iter_mut().find(|d_channel| d_channel.interface == interface)
    }

    /// What a link has to say, and which.
    pub(super) fn poll_event(&mut self) -> Option<(u8, q921::Event)> {
        self.iter_mut().find_map(|d_channel| Some((d_channel.interface, d_channel.link.poll_event()?)))
    }
}

impl Interface {
    /// The D-channels in order of preference, and what they are doing.
    pub fn d_channels(&self) -> impl Iterator<Item = DChannelStatus> {
        let status =
            |one: &DChannel| DChannelStatus { interface: one.interface, state: self.state_of(one), link: one.link.stats() };
        self.d_channels.iter().map(status)
    }

    fn state_of(&self, d_channel: &DChannel) -> DChannelState {
        let serves = self.context.link_up && self.context.addressing.serving == d_channel.interface;
        if serves && self.reinitialising {
            d_channel.told
        } else if serves {
            DChannelState::InService
        } else if d_channel.held {
            DChannelState::MaintenanceBusy
        } else if d_channel.link.is_established() {
            DChannelState::Standby
        } else {
            DChannelState::OutOfService
        }
    }

    /// Tells of what has changed, in a group.
    pub(super) fn tell_d_channels(&mut self) {
        if !self.context.addressing.group {
            return;
        }
        let states: Vec<DChannelStatus> = self.d_channels().collect();
        for (d_channel, DChannelStatus { interface, state, .. }) in self.d_channels.iter_mut().zip(states) {
            if std::mem::replace(&mut d_channel.told, state) != state {
                self.context.event(Event::DChannel { interface, state });
            }
        }
    }
}
