//! Whole messages out of TCP connections, so that each one is traced, whatever segments it came in.
//!
//! The endpoint gets them one by one. A connection that cannot be framed any more counts as closed; whatever comes by it
//! later is looked at anew.

use std::collections::HashMap;

use sip::Flow;
use sip::msg::{FramingError, Limits, StreamFramer};

/// One framer a connection.
#[derive(Debug, Default)]
pub(super) struct Streams {
    framers: HashMap<Flow, StreamFramer>,
    /// Connections that could not be framed any more, since the start.
    pub(super) broken: u64,
}

impl Streams {
    /// What the connection brought, cut into messages, and why it cannot go on, if so.
    pub(super) fn take(&mut self, flow: Flow, bytes: &[u8]) -> (Vec<Vec<u8>>, Result<(), FramingError>) {
        let framer = self.framers.entry(flow).or_insert_with(|| StreamFramer::new(Limits::default()));
        framer.feed(bytes);
        let mut messages = Vec::new();
        let fate = loop {
            match framer.next_message() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        if fate.is_err() {
            self.broken += 1;
            self.closed(flow);
        }
        (messages, fate)
    }

    /// The connection is gone.
    pub(super) fn closed(&mut self, flow: Flow) {
        self.framers.remove(&flow);
    }
}
