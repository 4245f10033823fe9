//! The B-channels of one interface and the way a free one is found.
//!
//! One end of an interface hunts upward and the other downward, so that both seldom choose the same channel (glare).

use crate::CallId;

/// Order in which free channels are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hunting {
    /// Lowest first.
    Ascending,
    /// Highest first.
    Descending,
}

/// What a channel is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelState {
    /// Free.
    Idle,
    /// A call has it.
    InUse(CallId),
    /// A call ended without the far end's word for it: RELEASE waits for the link, or RESTART for its answer (Q.931
    /// 5.3.4, 5.5).
    Restarting,
    /// RESTART was not answered either.
    OutOfService,
    /// Taken out of use at this end, for a test; the far end is not told.
    Blocked,
}

/// One B-channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelStatus {
    /// Channel number of Q.931: timeslot on E1, 1 to 23 on T1.
    pub slot: u8,
    /// What it is doing.
    pub state: ChannelState,
}

#[derive(Debug)]
pub(crate) struct Channels {
    channels: Vec<ChannelStatus>,
    hunting: Hunting,
}

impl Channels {
    pub(crate) fn new(slots: &[u8], hunting: Hunting) -> Self {
        let mut slots = slots.to_vec();
        slots.sort_unstable();
        slots.dedup();
        let channels = slots.into_iter().map(|slot| ChannelStatus { slot, state: ChannelState::Idle }).collect();
        Self { channels, hunting }
    }

    pub(crate) fn all(&self) -> &[ChannelStatus] {
        &self.channels
    }

    pub(crate) fn state(&self, slot: u8) -> Option<ChannelState> {
        self.channels.iter().find(|channel| channel.slot == slot).map(|channel| channel.state)
    }

    /// The next free channel in hunting order.
    pub(crate) fn hunt(&self) -> Option<u8> {
        let mut idle = self.channels.iter().filter(|channel| channel.state == ChannelState::Idle).map(|channel| channel.slot);
        match self.hunting {
            Hunting::Ascending => idle.next(),
            Hunting::Descending => idle.next_back(),
        }
    }

    pub(crate) fn set(&mut self, slot: u8, state: ChannelState) {
        if let Some(channel) = self.channels.iter_mut().find(|channel| channel.slot == slot) {
            channel.state = state;
        }
    }

    /// Gives `slot` to `call` if it is free.
    pub(crate) fn claim(&mut self, slot: u8, call: CallId) -> bool {
        let free = self.state(slot) == Some(ChannelState::Idle);
        if free {
            self.set(slot, ChannelState::InUse(call));
        }
        free
    }

    /// The far end's word came, or never will: a channel that waited for it becomes `state`.
    pub(crate) fn settle(&mut self, slot: u8, state: ChannelState) {
        if self.state(slot) == Some(ChannelState::Restarting) {
            self.set(slot, state);
        }
    }

    /// Ends `call`'s hold on its channel, which becomes `state`. A channel that another call took over stays with it.
    pub(crate) fn release(&mut self, call: CallId, state: ChannelState) {
        for channel in self.channels.iter_mut().filter(|channel| channel.state == ChannelState::InUse(call)) {
            channel.state = state;
        }
    }
}
