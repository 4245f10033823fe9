//! One UDP socket: a task that reads, a task that writes.
//!
//! ICMP errors (RFC 3261 18.4) are taken from the socket's error queue, which alone names the peer that they are about: a
//! socket that is not connected learns nothing else of them.

use std::io::IoSliceMut;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::sync::Arc;

use nix::sys::socket::{MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
use sip::{Flow, Transport};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use super::{Outbox, QUEUE};
use crate::engine_task::{Input, Inputs};

/// The largest datagram there is.
const DATAGRAM: usize = 65_535;

/// Binds `local` and starts its tasks.
pub(super) async fn start(local: SocketAddr, inputs: &Inputs) -> std::io::Result<Outbox> {
    let socket = Arc::new(UdpSocket::bind(local).await?);
    match local {
        SocketAddr::V4(_) => setsockopt(&socket, sockopt::Ipv4RecvErr, &true)?,
        SocketAddr::V6(_) => setsockopt(&socket, sockopt::Ipv6RecvErr, &true)?,
    }
    let (outbox, queue) = mpsc::channel(QUEUE);
    tokio::spawn(read(socket.clone(), local, inputs.clone()));
    tokio::spawn(write(socket, queue, inputs.clone()));
    Ok(outbox)
}

async fn read(socket: Arc<UdpSocket>, local: SocketAddr, inputs: Inputs) {
    let mut buffer = vec![0; DATAGRAM];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((length, remote)) => {
                let flow = Flow { transport: Transport::Udp, local, remote };
                let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                if !inputs.send(Input::Datagram { flow, bytes }).await {
                    return;
                }
            }
            // The error of one peer: the socket lives on.
            Err(error) => {
                tracing::debug!("net[udp {local}]{{reading}}: {error}");
                for remote in unreachable(&socket) {
                    let flow = Flow { transport: Transport::Udp, local, remote };
                    inputs.send(Input::SendFailed { flow, why: error.to_string() }).await;
                }
            }
        }
    }
}

/// The peers that ICMP errors have come for since the last call.
fn unreachable(socket: &UdpSocket) -> Vec<SocketAddr> {
    let mut peers = Vec::new();
    loop {
        let mut returned = [0; 64];
        let mut parts = [IoSliceMut::new(&mut returned)];
        let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
        // The address is that which the datagram was sent to.
        let Ok(message) = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, None, flags) else { return peers };
        let Some(address) = message.address else { continue };
        let v4 = address.as_sockaddr_in().map(|address| SocketAddr::V4((*address).into()));
        peers.extend(v4.or_else(|| address.as_sockaddr_in6().map(|address| SocketAddr::V6((*address).into()))));
    }
}

async fn write(socket: Arc<UdpSocket>, mut queue: mpsc::Receiver<(Flow, Vec<u8>)>, inputs: Inputs) {
    while let Some((flow, bytes)) = queue.recv().await {
        let mut sent = socket.send_to(&bytes, flow.remote).await;
        if sent.is_err() {
            // It may be the pending ICMP error of another peer, which this call has just taken away.
            sent = socket.send_to(&bytes, flow.remote).await;
        }
        if let Err(error) = sent {
            tracing::debug!("net[udp {}]{{writing}}: to {}: {error}", flow.local, flow.remote);
            inputs.send(Input::SendFailed { flow, why: error.to_string() }).await;
        }
    }
}
