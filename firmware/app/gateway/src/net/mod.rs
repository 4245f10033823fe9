//! SIP sockets: one UDP socket and one TCP listener per listening address, TCP connections reused both ways.
//!
//! Tasks read and feed the engine's inputs; [`Net::send`] never waits: each socket has a bounded queue, and what does not
//! fit is dropped and reported as a failed send, so that one slow peer holds nothing else up.

mod tcp;
mod udp;

use std::collections::HashMap;

use model::settings::{Settings, SipTransport};
use sip::{Flow, Transport};
use tokio::sync::mpsc;

use crate::engine_task::{Input, Inputs};

/// Messages that may wait for one socket.
const QUEUE: usize = 256;

/// Where to put bytes for one socket.
pub(crate) type Outbox = mpsc::Sender<(Flow, Vec<u8>)>;

/// The box's SIP sockets.
#[derive(Debug)]
pub(crate) struct Net {
    udp: HashMap<std::net::SocketAddr, Outbox>,
    tcp: HashMap<Flow, Outbox>,
    inputs: Inputs,
}

impl Net {
    /// Binds every listening address of the configuration.
    pub(crate) async fn start(settings: &Settings, inputs: &Inputs) -> Result<Self, String> {
        let mut net = Self { udp: HashMap::new(), tcp: HashMap::new(), inputs: inputs.clone() };
        for listen in &settings.sip.listen {
            let wrong = |error: std::io::Error| {
                format!("cannot listen on {listen}: {error}; is another program using the port? change sip.listen")
            };
            match listen.transport {
                SipTransport::Udp => {
                    let outbox = udp::start(listen.address, inputs).await.map_err(wrong)?;
                    net.udp.insert(listen.address, outbox);
                }
                SipTransport::Tcp => tcp::listen(listen.address, inputs).await.map_err(wrong)?,
            }
        }
        Ok(net)
    }

    /// Sends one message by its flow; TCP connects when there is no connection yet. A failure comes back as an input.
    pub(crate) fn send(&mut self, flow: Flow, bytes: Vec<u8>) {
        let outbox = match flow.transport {
            Transport::Udp => self.udp.get(&flow.local),
            Transport::Tcp => Some(self.connection(flow)),
        };
        let failure = match outbox.map(|outbox| outbox.try_send((flow, bytes))) {
            Some(Ok(())) => return,
            Some(Err(mpsc::error::TrySendError::Full(_))) => "the socket's queue is full",
            Some(Err(mpsc::error::TrySendError::Closed(_))) => "the connection is closed",
            None => "no socket listens on the flow's local address",
        };
        self.inputs.send_later(Input::SendFailed { flow, why: failure.into() });
    }

    /// The connection of a flow; a new one when there is none that lives.
    fn connection(&mut self, flow: Flow) -> &Outbox {
        let outbox = self.tcp.entry(flow).or_insert_with(|| tcp::connect(flow, &self.inputs));
        if outbox.is_closed() {
            *outbox = tcp::connect(flow, &self.inputs);
        }
        outbox
    }

    /// A peer connected to us: answers go back by the same connection.
    pub(crate) fn connected(&mut self, flow: Flow, outbox: Outbox) {
        self.tcp.insert(flow, outbox);
    }

    /// Ends a connection: what waits for it is still written, then both halves close.
    pub(crate) fn close(&mut self, flow: Flow) {
        self.tcp.remove(&flow);
    }

    /// A connection is gone. One that has taken its place stays.
    pub(crate) fn closed(&mut self, flow: Flow) {
        if self.tcp.get(&flow).is_some_and(Outbox::is_closed) {
            self.tcp.remove(&flow);
        }
    }
}
