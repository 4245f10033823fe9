//! The RTP and RTCP sockets of a media thread: one ring takes in what comes to all of them, and knows whose it is.
//!
//! The ring batches ([`ring::open_batching`]): nothing can be done with a packet before the line takes its next block, so its
//! arrival wakes nobody, and a round costs one system call for all sockets that have something. A socket goes by its port.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use call::words::CallId;
use ring::{DatagramCounters, Ready, Ring, Token};

use super::connection::Connection;

/// Sockets of which the ring may have something to say at once.
const READY: usize = 64;

/// The sockets of one thread. To be made by the thread itself.
pub(super) struct Sockets {
    ring: Box<dyn Ring>,
    calls: HashMap<u16, CallId>,
    ready: Vec<Ready>,
}

impl Sockets {
    pub(super) fn new(ring: Box<dyn Ring>) -> Self {
        Self { ring, calls: HashMap::new(), ready: Vec::with_capacity(READY) }
    }

    /// Takes in what comes to a call's sockets from now on.
    pub(super) fn add(&mut self, connection: &Connection) -> Result<(), String> {
        for (port, socket) in connection.sockets() {
            if let Err(error) = self.ring.receive(Token(port.into()), socket) {
                self.remove(connection);
                return Err(format!("cannot receive on RTP port {port}: {error}"));
            }
            self.calls.insert(port, connection.call);
        }
        Ok(())
    }

    /// Lets go of a call's sockets, which may then be closed and bound anew.
    pub(super) fn remove(&mut self, connection: &Connection) {
        for (port, _) in connection.sockets() {
            if self.calls.remove(&port).is_some()
                && let Err(error) = self.ring.unwatch(Token(port.into()))
            {
                tracing::warn!("media{{closing}}: RTP port {port}: {error}");
            }
        }
    }

    /// Hands what has come to the calls.
    pub(super) fn receive(&mut self, now: Instant, connections: &mut HashMap<CallId, Connection>) {
        if self.calls.is_empty() {
            return;
        }
        if let Err(error) = self.ring.wait(Some(Duration::ZERO), &mut self.ready) {
            tracing::error!("media{{receiving}}: {error}");
        }
        let calls = &self.calls;
        self.ring.datagrams(&mut |datagram| {
            let port = u16::try_from(datagram.token.0).unwrap_or(0);
            if let Some(connection) = calls.get(&port).and_then(|call| connections.get_mut(call)) {
                connection.take(now, port, datagram.from, datagram.octets);
            }
        });
    }

    /// What has been counted since the thread began.
    pub(super) fn counters(&self) -> DatagramCounters {
        self.ring.datagram_counters()
    }
}
