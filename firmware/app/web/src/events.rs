//! `/events`: the control API's events in the page's words, as server-sent events.
//!
//! Each page has a stream of its own from junctord, since junctord decides what a user may see. When junctord ends it, or
//! goes, the page's stream ends too and the page's script starts over. An `alive` event every few seconds tells the script
//! that silence means peace and not a dead connection.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event as Sse, KeepAlive};
use axum::response::{IntoResponse, Response};
use client::{Events, time};
use model::api::Event;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_stream::wrappers::ReceiverStream;

use crate::page::{self, CallView, PeerView, RecordView, SpanView};

/// The script gives up on a stream that was silent for three of these.
const ALIVE: Duration = Duration::from_secs(5);

/// Events that wait for a slow browser before junctord has to hold them back (and then counts what it drops).
const WAITING: usize = 64;

/// Forwards until either end goes away; `_permit` counts this listener.
pub(crate) fn forward(mut events: Events, permit: OwnedSemaphorePermit) -> Response {
    let (sender, receiver) = mpsc::channel::<Result<Sse, Infallible>>(WAITING);
    tokio::spawn(async move {
        let _permit = permit;
        loop {
            let event = tokio::select! {
                event = events.next() => event,
                () = sender.closed() => return,
            };
            let event = match event {
                Ok(Some(event)) => event,
                Ok(None) => return,
                Err(error) => return tracing::warn!("event stream ended: {error}"),
            };
            if let Some(message) = message(&event)
                && sender.send(Ok(message)).await.is_err()
            {
                return;
            }
        }
    });
    let alive = KeepAlive::new().interval(ALIVE).event(Sse::default().event("alive").data("1"));
    axum::response::Sse::new(ReceiverStream::new(receiver)).keep_alive(alive).into_response()
}

/// An event as the page's script reads it; `None` for what the page does not show.
fn message(event: &Event) -> Option<Sse> {
    let message = Sse::default().event(event.kind());
    let message = match event {
        Event::Call { call } => message.json_data(CallView::new(call, time::now())),
        Event::CallEnded { record } => message.json_data(RecordView::new(record)),
        Event::Span { span } => message.json_data(SpanView::new(span)),
        Event::Peer { peer } => message.json_data(PeerView::new(peer)),
        Event::Counters { counters } => message.json_data(page::counters(counters)),
        Event::Missed { count } => message.json_data(count),
        Event::Ladder { .. } => return None,
    };
    message.inspect_err(|error| tracing::error!("cannot write {} event: {error}", event.kind())).ok()
}
