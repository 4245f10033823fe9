//! The event stream: bytes of the answer's body in, [`Event`]s out.

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use model::api::Event;

use crate::Error;
use crate::connection::Answer;
use crate::sse::Parser;

/// What happens on the box since [`crate::Client::events`] was answered. Dropping it ends the connection.
#[derive(Debug)]
pub struct Events {
    request: String,
    body: Incoming,
    parser: Parser,
}

impl Events {
    pub(crate) fn new(answer: Answer) -> Result<Self, Error> {
        let media_type = answer.response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("none");
        if !media_type.starts_with("text/event-stream") {
            return Err(Error::broken(&answer.request, format_args!("media type {media_type}, expected text/event-stream")));
        }
        Ok(Self { request: answer.request, body: answer.response.into_body(), parser: Parser::default() })
    }

    /// Waits for the next event; `None` once junctord has ended the stream. Nothing is lost when the wait is cancelled.
    pub async fn next(&mut self) -> Result<Option<Event>, Error> {
        loop {
            if let Some(message) = self.parser.next_message() {
                return serde_json::from_str(&message.data).map(Some).map_err(|error| Error::broken(&self.request, error));
            }
            let Some(frame) = self.body.frame().await else { return Ok(None) };
            let frame = frame.map_err(|error| Error::broken(&self.request, error))?;
            if let Ok(data) = frame.into_data() {
                self.parser.push(&data).map_err(|error| Error::broken(&self.request, error))?;
            }
        }
    }
}
