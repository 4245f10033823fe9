//! Channels that are taken out of use at this end, for a test; the far end is not told.
//!
//! A call that asks for a blocked channel is given another, or refused with cause 44 where it insists (Q.931 5.1.2, 5.2.3.1); RESTART of it
//! is acknowledged and changes nothing. Left out: telling the far end, which only SERVICE messages of some variants can.

use super::Interface;
use crate::channels::ChannelState;

/// Why a channel was not blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBlocked {
    /// The interface has no such B-channel.
    #[error("there is no channel {0}")]
    NoSuchChannel(u8),
    /// A call has it.
    #[error("a call has channel {0}")]
    InUse(u8),
    /// It is being restarted: whether the far end still has a call on it is not known.
    #[error("channel {0} is being restarted")]
    Restarting(u8),
    /// It is blocked already.
    #[error("channel {0} is under test")]
    Blocked(u8),
}

impl Interface {
    /// Takes a channel out of use that no call has.
    pub fn block(&mut self, slot: u8) -> Result<(), NotBlocked> {
        match self.context.channels.state(slot) {
            Some(ChannelState::Idle | ChannelState::OutOfService) => {
                self.context.channels.set(slot, ChannelState::Blocked);
                Ok(())
            }
            Some(ChannelState::InUse(_)) => Err(NotBlocked::InUse(slot)),
            Some(ChannelState::Restarting) => Err(NotBlocked::Restarting(slot)),
            Some(ChannelState::Blocked) => Err(NotBlocked::Blocked(slot)),
            None => Err(NotBlocked::NoSuchChannel(slot)),
        }
    }

    /// Gives a blocked channel back; any other stays as it is.
    pub fn unblock(&mut self, slot: u8) {
        if self.context.channels.state(slot) == Some(ChannelState::Blocked) {
            self.context.channels.set(slot, ChannelState::Idle);
        }
    }
}
