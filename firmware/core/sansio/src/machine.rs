//! The five calls as traits, so that the simulation can drive any machine.

use std::time::Instant;

/// A protocol machine as its caller sees it. The crate header states the drain contract.
pub trait Machine {
    /// What it sends: a frame, a datagram, a message.
    type Transmit;
    /// What it tells the layer above.
    type Event;

    /// Runs every timer whose deadline is not after `now`. A spurious call does nothing.
    fn handle_timeout(&mut self, now: Instant);
    /// Next thing to send. Call until `None` after every `handle_*` call.
    fn poll_transmit(&mut self) -> Option<Self::Transmit>;
    /// Next event for the layer above. Call until `None` after every `handle_*` call.
    fn poll_event(&mut self) -> Option<Self::Event>;
    /// When to call [`Machine::handle_timeout`] next, if nothing else happens before.
    fn poll_timeout(&self) -> Option<Instant>;
}

/// A machine whose far end sends the same kind of thing that it sends itself.
pub trait Peer: Machine {
    /// Takes what the far end sent.
    fn handle_receive(&mut self, now: Instant, received: Self::Transmit);
}
