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
    /// The next above the one taken last, and from the top to the lowest.
    RoundRobin,
    /// The one that has had the fewest calls; of those, the one whose last call began longest ago.
    LeastUsed,
    /// Even channels from the lowest, then odd ones: against glare with a far end that begins with the odd ones.
    EvenFirst,
    /// Odd channels from the lowest, then even ones.
    OddFirst,
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
    /// Taken out of use at this end, by the administrator or for a test.
    Blocked,
}

/// One B-channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelStatus {
    /// Channel number of Q.931: timeslot on E1, 1 to 23 on T1.
    pub slot: u8,
    /// What it is doing.
    pub state: ChannelState,
    /// The far end has taken it out of service (SERVICE messages).
    pub out_at_far_end: bool,
}

impl ChannelStatus {
    /// Whether a call of this end may have it.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.state == ChannelState::Idle && !self.out_at_far_end
    }
}

/// How a channel was used so far.
#[derive(Debug, Clone, Copy, Default)]
struct Use {
    /// Calls that had it.
    calls: u64,
    /// When it was taken last, counted in calls of the interface; 0 never.
    last: u64,
}

#[derive(Debug)]
pub(crate) struct Channels {
    channels: Vec<ChannelStatus>,
    /// In the order of `channels`.
    uses: Vec<Use>,
    hunting: Hunting,
    /// Calls that took a channel, and the channel taken last.
    taken: u64,
    last: u8,
}

impl Channels {
    pub(crate) fn new(slots: &[u8], hunting: Hunting) -> Self {
        let mut slots = slots.to_vec();
        slots.sort_unstable();
        slots.dedup();
        let channels: Vec<_> =
            slots.into_iter().map(|slot| ChannelStatus { slot, state: ChannelState::Idle, out_at_far_end: false }).collect();
        let uses = vec![Use::default(); channels.len()];
        Self { channels, uses, hunting, taken: 0, last: 0 }
    }

    pub(crate) fn all(&self) -> &[ChannelStatus] {
        &self.channels
    }

    pub(crate) fn state(&self, slot: u8) -> Option<ChannelState> {
        self.channels.iter().find(|channel| channel.slot == slot).map(|channel| channel.state)
    }

    /// The next free channel in hunting order.
    pub(crate) fn hunt(&self) -> Option<u8> {
        let idle = || self.channels.iter().filter(|channel| channel.is_free()).map(|channel| channel.slot);
        match self.hunting {
            Hunting::Ascending => idle().next(),
            Hunting::Descending => idle().next_back(),
            Hunting::RoundRobin => idle().find(|slot| *slot > self.last).or_else(|| idle().next()),
            Hunting::LeastUsed => idle().min_by_key(|slot| self.used(*slot)),
            Hunting::EvenFirst => idle().min_by_key(|slot| (slot % 2, *slot)),
            Hunting::OddFirst => idle().min_by_key(|slot| (1 - slot % 2, *slot)),
        }
    }

    /// Calls of a channel, and when it was taken last.
    fn used(&self, slot: u8) -> (u64, u64) {
        let of = self.channels.iter().zip(&self.uses).find(|(channel, _)| channel.slot == slot);
        of.map_or((0, 0), |(_, used)| (used.calls, used.last))
    }

    pub(crate) fn set(&mut self, slot: u8, state: ChannelState) {
        let of = self.channels.iter_mut().zip(&mut self.uses).find(|(channel, _)| channel.slot == slot);
        let Some((channel, used)) = of else { return };
        channel.state = state;
        if matches!(state, ChannelState::InUse(_)) {
            // A call of the far end on it shows that it is in service there.
            channel.out_at_far_end = false;
            self.taken += 1;
            self.last = slot;
            *used = Use { calls: used.calls + 1, last: self.taken };
        }
    }

    /// The far end takes a channel out of service or gives it back; whether that is news.
    pub(crate) fn set_far_end(&mut self, slot: u8, in_service: bool) -> bool {
        let of = self.channels.iter_mut().find(|channel| channel.slot == slot);
        of.is_some_and(|channel| std::mem::replace(&mut channel.out_at_far_end, !in_service) == in_service)
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
