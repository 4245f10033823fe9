//! The B-channels of one interface, or of the group of spans that it serves, and the way a free one is found.
//!
//! One end of an interface hunts upward and the other downward, so that both seldom choose the same channel (glare). In a group the hunt
//! goes over all spans as if they were one: channels are in the order of their span's interface identifier, then of their number.

use std::fmt;

use crate::CallId;

/// A B-channel: the span that it is on, and its number there. A bare number is a channel of the span with the first D-channel.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel {
    /// Interface identifier of the span (Q.931 4.5.13): 0 for the one with the first D-channel, and so for every channel where there is
    /// no group.
    pub interface: u8,
    /// Channel number of Q.931: timeslot on E1, 1 to 24 on T1.
    pub slot: u8,
}

impl From<u8> for Channel {
    fn from(slot: u8) -> Self {
        Self { interface: 0, slot }
    }
}

impl PartialEq<u8> for Channel {
    fn eq(&self, slot: &u8) -> bool {
        *self == Self::from(*slot)
    }
}

/// `5` on the span with the first D-channel, `2/5` on another.
impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.interface {
            0 => write!(f, "{}", self.slot),
            interface => write!(f, "{interface}/{}", self.slot),
        }
    }
}

/// As short as [`fmt::Display`]: ladders and logs are full of it.
impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

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
    /// Which.
    pub channel: Channel,
    /// What it is doing.
    pub state: ChannelState,
    /// The far end has taken it out of service (SERVICE messages).
    pub out_at_far_end: bool,
    /// Layer 1 of its span is down, in a group of several.
    pub line_down: bool,
}

impl ChannelStatus {
    /// Whether a call of this end may have it.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.state == ChannelState::Idle && !self.out_at_far_end && !self.line_down
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
    last: Channel,
}

impl Channels {
    pub(crate) fn new(mut channels: Vec<Channel>, hunting: Hunting) -> Self {
        channels.sort_unstable();
        channels.dedup();
        let idle = |channel| ChannelStatus { channel, state: ChannelState::Idle, out_at_far_end: false, line_down: false };
        let channels: Vec<_> = channels.into_iter().map(idle).collect();
        let uses = vec![Use::default(); channels.len()];
        Self { channels, uses, hunting, taken: 0, last: Channel::default() }
    }

    pub(crate) fn all(&self) -> &[ChannelStatus] {
        &self.channels
    }

    pub(crate) fn state(&self, channel: Channel) -> Option<ChannelState> {
        self.channels.iter().find(|status| status.channel == channel).map(|status| status.state)
    }

    /// The next free channel in hunting order.
    pub(crate) fn hunt(&self) -> Option<Channel> {
        let idle = || self.channels.iter().filter(|status| status.is_free()).map(|status| status.channel);
        match self.hunting {
            Hunting::Ascending => idle().next(),
            Hunting::Descending => idle().next_back(),
            Hunting::RoundRobin => idle().find(|channel| *channel > self.last).or_else(|| idle().next()),
            Hunting::LeastUsed => idle().min_by_key(|channel| self.used(*channel)),
            Hunting::EvenFirst => idle().min_by_key(|channel| (channel.slot % 2, *channel)),
            Hunting::OddFirst => idle().min_by_key(|channel| (1 - channel.slot % 2, *channel)),
        }
    }

    /// Calls of a channel, and when it was taken last.
    fn used(&self, channel: Channel) -> (u64, u64) {
        let of = self.channels.iter().zip(&self.uses).find(|(status, _)| status.channel == channel);
        of.map_or((0, 0), |(_, used)| (used.calls, used.last))
    }

    pub(crate) fn set(&mut self, channel: Channel, state: ChannelState) {
        let of = self.channels.iter_mut().zip(&mut self.uses).find(|(status, _)| status.channel == channel);
        let Some((status, used)) = of else { return };
        status.state = state;
        if matches!(state, ChannelState::InUse(_)) {
            // A call of the far end on it shows that it is in service there.
            status.out_at_far_end = false;
            self.taken += 1;
            self.last = channel;
            *used = Use { calls: used.calls + 1, last: self.taken };
        }
    }

    /// The far end takes a channel out of service or gives it back; whether that is news.
    pub(crate) fn set_far_end(&mut self, channel: Channel, in_service: bool) -> bool {
        let of = self.channels.iter_mut().find(|status| status.channel == channel);
        of.is_some_and(|status| std::mem::replace(&mut status.out_at_far_end, !in_service) == in_service)
    }

    /// Layer 1 of a span went up or down.
    pub(crate) fn set_line(&mut self, interface: u8, up: bool) {
        for status in self.channels.iter_mut().filter(|status| status.channel.interface == interface) {
            status.line_down = !up;
        }
    }

    pub(crate) fn is_line_down(&self, channel: Channel) -> bool {
        self.channels.iter().any(|status| status.channel == channel && status.line_down)
    }

    /// Gives `channel` to `call` if it is free.
    pub(crate) fn claim(&mut self, channel: Channel, call: CallId) -> bool {
        let free = self.state(channel) == Some(ChannelState::Idle);
        if free {
            self.set(channel, ChannelState::InUse(call));
        }
        free
    }

    /// The far end's word came, or never will: a channel that waited for it becomes `state`.
    pub(crate) fn settle(&mut self, channel: Channel, state: ChannelState) {
        if self.state(channel) == Some(ChannelState::Restarting) {
            self.set(channel, state);
        }
    }

    /// Ends `call`'s hold on its channel, which becomes `state`. A channel that another call took over stays with it.
    pub(crate) fn release(&mut self, call: CallId, state: ChannelState) {
        for channel in self.channels.iter_mut().filter(|channel| channel.state == ChannelState::InUse(call)) {
            channel.state = state;
        }
    }
}
