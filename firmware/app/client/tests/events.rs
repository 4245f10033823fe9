//! The event stream through the client: order, end, cancelled waits, and the connection's life.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod fake;

use std::time::Duration;

use client::Client;
use fake::{Fake, samples};
use model::api::{CallState, Event};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;

#[tokio::test]
async fn events_come_in_order_as_sent() {
    let fake = Fake::start().await;
    let mut events = Client::new(fake.socket()).events().await.unwrap();
    let sent: Vec<Event> = (1..=40).map(|id| Event::Call { call: samples::call(id, CallState::Ringing) }).collect();
    sent.iter().for_each(|event| fake.send(event.clone()));
    for event in sent {
        assert_eq!(events.next().await.unwrap(), Some(event));
    }
}

#[tokio::test]
async fn stream_ended_by_junctord_is_none() {
    let mut fake = Fake::start().await;
    let mut events = Client::new(fake.socket()).events().await.unwrap();
    fake.stop();
    assert_eq!(events.next().await.unwrap(), None);
}

#[tokio::test]
async fn cancelled_wait_loses_nothing() {
    let fake = Fake::start().await;
    let mut events = Client::new(fake.socket()).events().await.unwrap();
    for round in 1..=10 {
        let too_short = tokio::time::timeout(Duration::from_millis(1), events.next()).await;
        assert!(too_short.is_err(), "nothing was sent before round {round}");
        fake.send(Event::Missed { count: round });
        assert_eq!(events.next().await.unwrap(), Some(Event::Missed { count: round }));
    }
}

#[tokio::test]
async fn dropped_events_end_the_connection() {
    let fake = Fake::start().await;
    let events = Client::new(fake.socket()).events().await.unwrap();
    fake.wait_for_listeners(1).await;
    drop(events);
    fake.wait_for_listeners(0).await;
}

#[tokio::test]
async fn event_cut_into_single_bytes_with_comments_is_read() {
    let fake = Fake::start().await;
    let socket = fake.socket().with_file_name("slow.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _length = stream.read(&mut request).await.unwrap();
        let text = ": hello\n\nevent: missed\ndata: {\"kind\":\"missed\",\ndata: \"count\":3}\n\n";
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n").await.unwrap();
        for byte in text.bytes() {
            stream.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
    });
    let mut events = Client::new(socket).events().await.unwrap();
    assert_eq!(events.next().await.unwrap(), Some(Event::Missed { count: 3 }));
    assert_eq!(events.next().await.unwrap(), None);
}
