//! Paths of the control API.

/// `GET` the box at a glance: [`super::Status`].
pub const STATUS: &str = "/v1/status";
/// `GET` all spans: `Vec<`[`super::Span`]`>`.
pub const SPANS: &str = "/v1/spans";
/// `GET` one span by name: [`super::Span`].
pub const SPAN: &str = "/v1/spans/{name}";
/// `GET` calls that are not over: `Vec<`[`super::Call`]`>`.
pub const CALLS: &str = "/v1/calls";
/// `GET` one call, over or not, with its ladder: [`super::CallDetail`].
pub const CALL: &str = "/v1/calls/{id}";
/// `POST` ends a call (administrator).
pub const CALL_HANGUP: &str = "/v1/calls/{id}/hangup";
/// `GET` a call's capture as pcapng (administrator).
pub const CALL_CAPTURE: &str = "/v1/calls/{id}/capture";
/// `GET` the last call records, newest first: `Vec<`[`super::CallRecord`]`>`; query `limit`, 1 to 1000, default 20.
pub const RECORDS: &str = "/v1/records";
/// `GET` server-sent events, each an [`super::Event`].
pub const EVENTS: &str = "/v1/events";
/// `GET` the running configuration as TOML text.
pub const CONFIGURATION: &str = "/v1/configuration";
/// `POST` a TOML document to have it checked: [`super::ConfigurationCheck`].
pub const CONFIGURATION_CHECK: &str = "/v1/configuration/check";
/// `POST` ends junctord: calls are cleared first (administrator).
pub const SHUTDOWN: &str = "/v1/shutdown";

/// The path of one span.
#[must_use]
pub fn span(name: &str) -> String {
    SPAN.replace("{name}", name)
}

/// The path of one call.
#[must_use]
pub fn call(id: u64) -> String {
    CALL.replace("{id}", &id.to_string())
}

/// The path that ends one call.
#[must_use]
pub fn call_hangup(id: u64) -> String {
    CALL_HANGUP.replace("{id}", &id.to_string())
}

/// The path of one call's capture.
#[must_use]
pub fn call_capture(id: u64) -> String {
    CALL_CAPTURE.replace("{id}", &id.to_string())
}
