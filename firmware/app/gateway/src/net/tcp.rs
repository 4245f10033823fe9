//! TCP: a listener per address, and per connection one task that reads and writes.
//!
//! A flow's local address is always the listening address, also of a connection that we opened: it is what Via and
//! Contact name, and what a peer may connect to in turn.

use std::net::SocketAddr;
use std::time::Duration;

use sip::{Flow, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{Outbox, QUEUE};
use crate::engine_task::{Input, Inputs};

/// How long a connection attempt may take; SIP's timer B is 32 s, and another trunk may be waiting.
const CONNECT: Duration = Duration::from_secs(4);
/// How long one message may take to leave before the connection counts as dead.
const WRITE: Duration = Duration::from_secs(10);

/// Listens on `local` and takes every connection.
pub(super) async fn listen(local: SocketAddr, inputs: &Inputs) -> std::io::Result<()> {
    let listener = TcpListener::bind(local).await?;
    let inputs = inputs.clone();
    tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, remote)) => {
                    let flow = Flow { transport: Transport::Tcp, local, remote };
                    let (outbox, queue) = mpsc::channel(QUEUE);
                    tokio::spawn(carry(flow, stream, queue, inputs.clone()));
                    if !inputs.send(Input::Connected { flow, outbox }).await {
                        return;
                    }
                }
                Err(error) => {
                    tracing::warn!("net[tcp {local}]{{accepting}}: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    });
    Ok(())
}

/// Connects to `flow.remote`; what is put into the outbox meanwhile waits.
pub(super) fn connect(flow: Flow, inputs: &Inputs) -> Outbox {
    let (outbox, queue) = mpsc::channel(QUEUE);
    let inputs = inputs.clone();
    tokio::spawn(async move {
        let failure = match timeout(CONNECT, TcpStream::connect(flow.remote)).await {
            Ok(Ok(stream)) => return carry(flow, stream, queue, inputs).await,
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no connection within {CONNECT:?}"),
        };
        tracing::debug!("net[tcp {}]{{connecting}}: to {}: {failure}", flow.local, flow.remote);
        inputs.send(Input::SendFailed { flow, why: failure }).await;
        inputs.send(Input::Closed { flow }).await;
    });
    outbox
}

/// Carries a connection until either side ends it, or its outbox is dropped and all of it is written.
async fn carry(flow: Flow, stream: TcpStream, queue: mpsc::Receiver<(Flow, Vec<u8>)>, inputs: Inputs) {
    let (reader, writer) = split(stream);
    tokio::select! {
        () = read(flow, reader, &inputs) => {}
        () = write(flow, writer, queue, &inputs) => {}
    }
    inputs.send(Input::Closed { flow }).await;
}

fn split(stream: TcpStream) -> (OwnedReadHalf, OwnedWriteHalf) {
    // Signalling is small and urgent; a failure to say so costs only delay.
    let _ = stream.set_nodelay(true);
    stream.into_split()
}

async fn read(flow: Flow, mut reader: OwnedReadHalf, inputs: &Inputs) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match reader.read(&mut buffer).await {
            Ok(0) => return,
            Ok(length) => {
                let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                if !inputs.send(Input::Stream { flow, bytes }).await {
                    return;
                }
            }
            Err(error) => {
                tracing::debug!("net[tcp {}]{{reading}}: from {}: {error}", flow.local, flow.remote);
                return;
            }
        }
    }
}

async fn write(flow: Flow, mut writer: OwnedWriteHalf, mut queue: mpsc::Receiver<(Flow, Vec<u8>)>, inputs: &Inputs) {
    while let Some((_, bytes)) = queue.recv().await {
        let failure = match timeout(WRITE, writer.write_all(&bytes)).await {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("the peer took nothing for {WRITE:?}"),
        };
        tracing::debug!("net[tcp {}]{{writing}}: to {}: {failure}", flow.local, flow.remote);
        inputs.send(Input::SendFailed { flow, why: failure }).await;
        return;
    }
}
