//! One method for every path of the control API.

use http_body_util::BodyExt;
use hyper::Method;
use hyper::body::Incoming;
use model::api::{
    BitErrorTestRequest, Call, CallDetail, CallRecord, ConfigurationCheck, Hardware, MaintenanceMode, MaintenanceRequest,
    QualitySecond, Recording, RestartRequest, Span, Status, path,
};
use model::settings;

use crate::connection::Send;
use crate::{Client, Error, Events};

impl Client {
    /// The box at a glance.
    pub async fn status(&self) -> Result<Status, Error> {
        self.get(path::STATUS).await
    }

    /// All spans in configuration order.
    pub async fn spans(&self) -> Result<Vec<Span>, Error> {
        self.get(path::SPANS).await
    }

    /// One span by its name.
    pub async fn span(&self, name: &str) -> Result<Span, Error> {
        self.get(&path::span(&segment(name))).await
    }

    /// Every span of every card that the kernel sees, configured or not.
    pub async fn hardware(&self) -> Result<Vec<Hardware>, Error> {
        self.get(path::HARDWARE).await
    }

    /// Reconfigures one span and nothing else; its calls end. The answer is the span as it is then. Administrators only.
    pub async fn configure_span(&self, name: &str, span: &settings::Span) -> Result<Span, Error> {
        let path = path::span_configuration(&segment(name));
        self.ask(Method::PUT, &path, Send::json(span, &path)?).await?.json().await
    }

    /// Switches a loop or a bit-error test of one span. The answer is the span as it is then. Administrators only.
    pub async fn maintain_span(&self, name: &str, mode: MaintenanceMode) -> Result<Span, Error> {
        let path = path::span_maintenance(&segment(name));
        self.ask(Method::POST, &path, Send::json(&MaintenanceRequest { mode }, &path)?).await?.json().await
    }

    /// Begins a bit-error test of a timeslot that no call has. The answer is the span as it is then. Administrators only.
    pub async fn begin_bit_error_test(&self, name: &str, timeslot: u8) -> Result<Span, Error> {
        let path = path::span_bit_error_test(&segment(name));
        self.ask(Method::PUT, &path, Send::json(&BitErrorTestRequest { timeslot }, &path)?).await?.json().await
    }

    /// Ends it. Administrators only.
    pub async fn end_bit_error_test(&self, name: &str) -> Result<Span, Error> {
        self.ask(Method::DELETE, &path::span_bit_error_test(&segment(name)), Send::Nothing).await?.json().await
    }

    /// Brings one B-channel of a span, or all of them, to idle at both ends; their calls end. The answer is the span as it is then.
    /// Administrators only.
    pub async fn restart_span(&self, name: &str, timeslot: Option<u8>) -> Result<Span, Error> {
        let path = path::span_restart(&segment(name));
        self.ask(Method::POST, &path, Send::json(&RestartRequest { timeslot }, &path)?).await?.json().await
    }

    /// What a span's flight recorder has after entry number `after` (0: from its beginning), the newest `limit` of it.
    pub async fn recording(&self, name: &str, after: u64, limit: u32) -> Result<Recording, Error> {
        self.get(&format!("{}?after={after}&limit={limit}", path::span_recorder(&segment(name)))).await
    }

    /// The D-channel frames that a span's flight recorder has, as pcapng, in pieces as they come. Administrators only.
    pub async fn span_capture(&self, name: &str) -> Result<Capture, Error> {
        let answer = self.ask(Method::GET, &path::span_capture(&segment(name)), Send::Nothing).await?;
        Ok(Capture { request: answer.request, body: answer.response.into_body() })
    }

    /// Sets a span's counters to zero. Operators and administrators only.
    pub async fn reset_span_counters(&self, name: &str) -> Result<(), Error> {
        self.ask(Method::POST, &path::span_counters_reset(&segment(name)), Send::Nothing).await?.whole().await.map(drop)
    }

    /// The calls that are not over.
    pub async fn calls(&self) -> Result<Vec<Call>, Error> {
        self.get(path::CALLS).await
    }

    /// One call, over or not, with its ladder.
    pub async fn call(&self, id: u64) -> Result<CallDetail, Error> {
        self.get(&path::call(id)).await
    }

    /// How each second of a call sounded, over or not; of the incoming leg first. Empty when no IP leg of it had audio.
    pub async fn call_quality(&self, id: u64) -> Result<Vec<QualitySecond>, Error> {
        self.get(&path::call_quality(id)).await
    }

    /// Ends a call. Administrators only.
    pub async fn hangup(&self, id: u64) -> Result<(), Error> {
        self.ask(Method::POST, &path::call_hangup(id), Send::Nothing).await?.whole().await.map(drop)
    }

    /// Plays a call to the box's sound card, both sides of it, until it ends. Administrators only.
    pub async fn monitor(&self, id: u64) -> Result<(), Error> {
        self.ask(Method::PUT, &path::call_monitor(id), Send::Nothing).await?.whole().await.map(drop)
    }

    /// No more. Administrators only.
    pub async fn end_monitor(&self, id: u64) -> Result<(), Error> {
        self.ask(Method::DELETE, &path::call_monitor(id), Send::Nothing).await?.whole().await.map(drop)
    }

    /// A call's capture in pieces as they come. Administrators only.
    pub async fn capture(&self, id: u64) -> Result<Capture, Error> {
        let answer = self.ask(Method::GET, &path::call_capture(id), Send::Nothing).await?;
        Ok(Capture { request: answer.request, body: answer.response.into_body() })
    }

    /// The last call records, newest first; `limit` is 1 to 1000.
    pub async fn records(&self, limit: u32) -> Result<Vec<CallRecord>, Error> {
        self.get(&format!("{}?limit={limit}", path::RECORDS)).await
    }

    /// The running configuration, a TOML document.
    pub async fn configuration(&self) -> Result<String, Error> {
        self.ask(Method::GET, path::CONFIGURATION, Send::Nothing).await?.text().await
    }

    /// Has a TOML document checked by junctord; changes nothing.
    pub async fn check(&self, text: impl Into<String>) -> Result<ConfigurationCheck, Error> {
        self.ask(Method::POST, path::CONFIGURATION_CHECK, Send::Toml(text.into())).await?.json().await
    }

    /// Ends junctord; calls are cleared first. Administrators only.
    pub async fn shutdown(&self) -> Result<(), Error> {
        self.ask(Method::POST, path::SHUTDOWN, Send::Nothing).await?.whole().await.map(drop)
    }

    /// What happens on the box from now on.
    pub async fn events(&self) -> Result<Events, Error> {
        let answer = self.ask(Method::GET, path::EVENTS, Send::Nothing).await?;
        Events::new(answer)
    }
}

/// A call's capture file (pcapng) on its way.
#[derive(Debug)]
pub struct Capture {
    request: String,
    body: Incoming,
}

impl Capture {
    /// The next piece, `None` after the last.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        while let Some(frame) = self.body.frame().await {
            let frame = frame.map_err(|error| Error::broken(&self.request, error))?;
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data.into()));
            }
        }
        Ok(None)
    }

    /// All that is left, in memory. A call's hour of audio is about 80 MB.
    pub async fn bytes(mut self) -> Result<Vec<u8>, Error> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend(chunk);
        }
        Ok(whole)
    }
}

/// A name as one path segment: all but RFC 3986's unreserved characters percent-encoded (2.1, 2.3).
fn segment(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
