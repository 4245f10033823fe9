//! One UDP socket: a task that reads, a task that writes.

use std::net::SocketAddr;
use std::sync::Arc;

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
            // An unconnected UDP socket reports passing errors of single peers here; the socket lives on.
            Err(error) => tracing::debug!("net[udp {local}]{{reading}}: {error}"),
        }
    }
}

async fn write(socket: Arc<UdpSocket>, mut queue: mpsc::Receiver<(Flow, Vec<u8>)>, inputs: Inputs) {
    while let Some((flow, bytes)) = queue.recv().await {
        if let Err(error) = socket.send_to(&bytes, flow.remote).await {
            tracing::debug!("net[udp {}]{{writing}}: to {}: {error}", flow.local, flow.remote);
            inputs.send(Input::SendFailed { flow, why: error.to_string() }).await;
        }
    }
}
