//! Datagrams that a ring takes in by itself, so that a thread with hundreds of UDP sockets makes one system call a round.
//!
//! By io_uring a socket has one multishot `RECVMSG` that takes its buffers from a pool of the ring (kernel 6.0 or newer); by
//! epoll each socket that became readable is read until it would block. Either way [`Ring::wait`](crate::Ring::wait) takes in
//! what has come and [`Ring::datagrams`](crate::Ring::datagrams) hands it out. Datagrams longer than [`LONGEST`] are dropped and
//! counted. What finds the pool empty stays in its socket and is taken in by the next wait.

use crate::Token;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// Octets of the longest datagram that is taken: an Ethernet frame's worth, with room.
pub const LONGEST: usize = 2_048;

/// One datagram.
#[derive(Debug)]
pub struct Datagram<'a> {
    /// The socket, as given to [`Ring::receive`](crate::Ring::receive).
    pub token: Token,
    /// Who sent it.
    pub from: SocketAddr,
    /// What it carries; may be worked on in place.
    pub octets: &'a mut [u8],
}

/// What has been counted of datagrams since the ring was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DatagramCounters {
    /// Handed out.
    pub received: u64,
    /// Dropped because they were longer than [`LONGEST`].
    pub too_long: u64,
    /// Dropped because their socket is no more, or their sender's address is none of IP.
    pub stale: u64,
    /// Times that the pool was empty (ENOBUFS). Nothing is lost by that. io_uring only.
    pub pool_empty: u64,
}

/// `struct sockaddr_in` or `sockaddr_in6` as the kernel writes it.
pub(crate) fn address(name: &[u8]) -> Option<SocketAddr> {
    let family = u16::from_ne_bytes(*name.first_chunk()?);
    let port = u16::from_be_bytes(*name.get(2..)?.first_chunk()?);
    match i32::from(family) {
        nix::libc::AF_INET => {
            let octets: [u8; 4] = *name.get(4..)?.first_chunk()?;
            Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::from(octets)), port))
        }
        nix::libc::AF_INET6 => {
            let flow = u32::from_be_bytes(*name.get(4..)?.first_chunk()?);
            let octets: [u8; 16] = *name.get(8..)?.first_chunk()?;
            let scope = u32::from_ne_bytes(*name.get(24..)?.first_chunk()?);
            Some(SocketAddr::V6(SocketAddrV6::new(Ipv6Addr::from(octets), port, flow, scope)))
        }
        _ => None,
    }
}
