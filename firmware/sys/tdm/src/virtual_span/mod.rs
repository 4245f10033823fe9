//! Virtual spans: two ends joined over a Unix SOCK_SEQPACKET socket, so that the far end may be another process.
//!
//! The *network end* ([`VirtualNetwork`]) listens and owns the [`Clock`]; the *user end* ([`VirtualUser`]) connects and
//! follows. Each tick of 80 samples is one message each way (module [`wire`]) with a number, so that lost ticks are counted as
//! slips at both ends. A tick is sent when it is due and the one before is answered. D-channel frames move at the 64 kbit/s of a real timeslot.
//!
//! The user end answers a tick in the call of `service()` that reads it, with what was written until then. So a block
//! written after tick n reaches the far end with the answer to tick n+1, and a writer that keeps one block queued never
//! underruns.
//!
//! Alarms: without a far end, or with one that hangs for 2 s in real time, both ends are in RED. An end may put LOS, BLUE or YELLOW on the line; the other then shows
//! RED|LOS, BLUE or YELLOW, and answers LOS and BLUE with YELLOW by itself.
//!
//! Left out: bit errors, E-bits, robbed bits in T1 audio. FCS is not computed: the socket does not damage frames.

mod channel;
mod clock;
mod end;
mod lane;
mod link;
mod network_end;
mod user_end;
pub mod wire;

pub use clock::Clock;
pub use network_end::VirtualNetwork;
pub use user_end::VirtualUser;

use crate::span::{Error, SpanInfo};

/// Both ends of a span in one process, already joined. They do not find each other again once one is dropped.
pub fn pair(info: SpanInfo, clock: Clock) -> Result<(VirtualNetwork, VirtualUser), Error> {
    let (left, right) = link::Link::pair()?;
    Ok((VirtualNetwork::new(info.clone(), clock, None, Some(left))?, VirtualUser::new(info, None, Some(right))?))
}

fn os_error(doing: &str, errno: nix::errno::Errno) -> Error {
    Error::Os { doing: doing.to_owned(), source: errno.into() }
}
