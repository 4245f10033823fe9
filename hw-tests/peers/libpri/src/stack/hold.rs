//! Hold and retrieve (Q.932 6.2): what libpri is asked for, and what it tells.

use std::ffi::c_int;

use super::receive::cause;
use super::{CallId, Event, Refused, Stack};
use crate::channel::Channel;
use crate::ffi;

impl Stack {
    /// Sends HOLD.
    pub fn request_hold(&mut self, call: CallId) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        sent(unsafe { ffi::peer_hold(self.peer.as_ptr(), pointer) }, "HOLD")
    }

    /// Sends HOLD ACKNOWLEDGE.
    pub fn accept_hold(&mut self, call: CallId) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        sent(unsafe { ffi::peer_hold_accept(self.peer.as_ptr(), pointer) }, "HOLD ACKNOWLEDGE")
    }

    /// Sends RETRIEVE with a channel, which the user prefers and the network insists on; or with none.
    pub fn retrieve(&mut self, call: CallId, channel: Option<Channel>) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        let channel = channel.map_or(0, |channel| self.encode(channel, self.home(call)));
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        sent(unsafe { ffi::peer_retrieve(self.peer.as_ptr(), pointer, channel) }, "RETRIEVE")
    }

    /// Sends RETRIEVE ACKNOWLEDGE with the channel.
    pub fn accept_retrieve(&mut self, call: CallId, channel: impl Into<Channel>) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        let channel = self.encode(channel.into(), self.home(call));
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        sent(unsafe { ffi::peer_retrieve_accept(self.peer.as_ptr(), pointer, channel) }, "RETRIEVE ACKNOWLEDGE")
    }

    /// Sends RETRIEVE REJECT.
    pub fn refuse_retrieve(&mut self, call: CallId, cause: u8) -> Result<(), Refused> {
        let pointer = self.answering(call)?;
        // SAFETY: libpri looks the pointer up among its calls before it uses it.
        sent(unsafe { ffi::peer_retrieve_refuse(self.peer.as_ptr(), pointer, cause.into()) }, "RETRIEVE REJECT")
    }

    pub(super) fn take_hold(&mut self, event: &ffi::PeerEvent) {
        let Some(call) = self.find(event.call) else { return };
        let (channel, refused) = (self.decode(event, self.home(call)), cause(event.cause));
        self.events.push_back(match event.kind {
            ffi::HOLD => Event::Hold { call },
            ffi::HOLD_ACK => Event::Held { call, refused: None },
            ffi::HOLD_REJECT => Event::Held { call, refused: refused.or(Some(0)) },
            ffi::RETRIEVE => Event::Retrieve { call, channel, flexible: event.flexible != 0 },
            ffi::RETRIEVE_ACK => Event::Retrieved { call, channel, refused: None },
            _ => Event::Retrieved { call, channel: None, refused: refused.or(Some(0)) },
        });
    }
}

fn sent(result: c_int, message: &'static str) -> Result<(), Refused> {
    if result < 0 { Err(Refused::WrongState(message)) } else { Ok(()) }
}
