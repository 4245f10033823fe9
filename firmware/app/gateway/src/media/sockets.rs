//! The RTP and RTCP sockets of a media thread: one ring takes in what comes to all of them, and knows whose it is.
//!
//! Where lines are, the ring is another than the lines' and batches ([`ring::open_batching`]): nothing can be done with a packet before the line
//! takes its next block, so its arrival wakes nobody, and a round costs one system call for all sockets that have something. A thread that only
//! mediates waits for its packets by its one ring ([`Sockets::mediating`]). A socket goes by its port, which is its token: above those of commands,
//! below those of spans.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use call::words::CallId;
use model::api::MediaThread;
use ring::{Datagram, Ready, Ring, Token};

use super::connection::Connection;

/// Sockets of which the ring may have something to say at once.
const READY: usize = 64;

/// The sockets of one thread. To be made by the thread itself.
pub(super) struct Sockets {
    /// `None`: the thread's ring takes them in.
    batching: Option<Box<dyn Ring>>,
    calls: HashMap<u16, CallId>,
    ready: Vec<Ready>,
}

impl Sockets {
    /// Taken in by a ring of their own.
    pub(super) fn batching(ring: Box<dyn Ring>) -> Self {
        Self { batching: Some(ring), calls: HashMap::new(), ready: Vec::with_capacity(READY) }
    }

    /// Taken in by the thread's ring.
    pub(super) fn mediating() -> Self {
        Self { batching: None, calls: HashMap::new(), ready: Vec::new() }
    }

    /// Whether it is the thread's ring that takes them in.
    pub(super) const fn are_mediating(&self) -> bool {
        self.batching.is_none()
    }

    /// Takes in what comes to a call's sockets from now on.
    pub(super) fn add(&mut self, main: &mut dyn Ring, connection: &Connection) -> Result<(), String> {
        for (port, socket) in connection.sockets() {
            if let Err(error) = self.ring(main).receive(Token(port.into()), socket) {
                self.remove(main, connection);
                return Err(format!("cannot receive on RTP port {port}: {error}"));
            }
            self.calls.insert(port, connection.call);
        }
        Ok(())
    }

    /// Lets go of a call's sockets, which may then be closed and bound anew.
    pub(super) fn remove(&mut self, main: &mut dyn Ring, connection: &Connection) {
        for (port, _) in connection.sockets() {
            if self.calls.remove(&port).is_some()
                && let Err(error) = self.ring(main).unwatch(Token(port.into()))
            {
                tracing::warn!("media{{closing}}: RTP port {port}: {error}");
            }
        }
    }

    /// Hands what has come to the calls.
    pub(super) fn receive(&mut self, main: &mut dyn Ring, now: Instant, connections: &mut HashMap<CallId, Connection>) {
        if self.calls.is_empty() {
            return;
        }
        let calls = &self.calls;
        let mut hand_over = |datagram: Datagram<'_>| {
            let port = u16::try_from(datagram.token.0).unwrap_or(0);
            if let Some(connection) = calls.get(&port).and_then(|call| connections.get_mut(call)) {
                connection.take(now, port, datagram.from, datagram.octets);
            }
        };
        match &mut self.batching {
            Some(ring) => {
                if let Err(error) = ring.wait(Some(Duration::ZERO), &mut self.ready) {
                    tracing::error!("media{{receiving}}: {error}");
                }
                ring.datagrams(&mut hand_over);
            }
            None => main.datagrams(&mut hand_over),
        }
    }

    /// What has been counted since the thread began, for the thread of this name.
    pub(super) fn figures(&self, main: &dyn Ring, name: &str) -> MediaThread {
        let ring = self.batching.as_deref().unwrap_or(main);
        let datagrams = ring.datagram_counters();
        MediaThread {
            name: name.to_owned(),
            poller: ring.backend().to_string(),
            received: datagrams.received,
            too_long: datagrams.too_long,
            stale: datagrams.stale,
            buffers_empty: datagrams.pool_empty,
            rearmed: ring.counters().rearmed,
        }
    }

    fn ring<'a>(&'a mut self, main: &'a mut dyn Ring) -> &'a mut dyn Ring {
        match &mut self.batching {
            Some(ring) => &mut **ring,
            None => main,
        }
    }
}
