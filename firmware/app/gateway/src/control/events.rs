//! The event stream: each event of the box as a server-sent event.

use std::convert::Infallible;

use axum::response::sse::{Event as Sse, KeepAlive};
use model::api::Event;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use tokio_stream::{Stream, StreamExt};

/// Events from now on. A listener that falls 1,024 behind is told how many it missed.
pub(super) fn stream(events: &broadcast::Sender<Event>) -> impl Stream<Item = Result<Sse, Infallible>> + use<> {
    BroadcastStream::new(events.subscribe()).map(|event| {
        let event = event.unwrap_or_else(|BroadcastStreamRecvError::Lagged(count)| Event::Missed { count });
        let sse = Sse::default().event(event.kind());
        Ok(sse.json_data(&event).unwrap_or_else(|_| Sse::default().comment("event could not be written")))
    })
}

/// Comments that keep an idle stream from being taken for dead.
pub(super) fn keep_alive() -> KeepAlive {
    KeepAlive::default()
}
