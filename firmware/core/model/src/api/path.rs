//! Paths of the control API.

/// `GET` the box at a glance: [`super::Status`].
pub const STATUS: &str = "/v1/status";
/// `GET` all spans: `Vec<`[`super::Span`]`>`.
pub const SPANS: &str = "/v1/spans";
/// `GET` one span by name: [`super::Span`].
pub const SPAN: &str = "/v1/spans/{name}";
/// `PUT` a [`crate::settings::Span`] as JSON: reconfigures that span and nothing else; its calls end (administrator). The name in the
/// document is the name in the path. Answer: [`super::Span`].
pub const SPAN_CONFIGURATION: &str = "/v1/spans/{name}/configuration";
/// `POST` a [`super::MaintenanceRequest`]: loops and bit-error tests (administrator). Answer: [`super::Span`].
pub const SPAN_MAINTENANCE: &str = "/v1/spans/{name}/maintenance";
/// `PUT` a [`super::BitErrorTestRequest`]: begins a bit-error test of one timeslot; `DELETE`: ends it (administrator). Answer:
/// [`super::Span`].
pub const SPAN_BIT_ERROR_TEST: &str = "/v1/spans/{name}/bit-error-test";
/// `POST` a [`super::RestartRequest`]: brings B-channels back to idle at both ends by RESTART (Q.931 5.5); their calls end (administrator).
/// Answer: [`super::Span`].
pub const SPAN_RESTART: &str = "/v1/spans/{name}/restart";
/// `POST` sets a span's counters to zero (operator). No answer but success.
pub const SPAN_COUNTERS_RESET: &str = "/v1/spans/{name}/counters/reset";
/// `GET` a span's flight recorder: [`super::Recording`]; query `after`, the number of the last entry seen (default 0), and `limit`, 1 to
/// 20000, default 1000: the newest.
pub const SPAN_RECORDER: &str = "/v1/spans/{name}/recorder";
/// `GET` the D-channel frames that the flight recorder has, as pcapng (administrator).
pub const SPAN_CAPTURE: &str = "/v1/spans/{name}/capture";
/// `GET` every span of every card that the kernel sees, configured or not: `Vec<`[`super::Hardware`]`>`.
pub const HARDWARE: &str = "/v1/hardware";
/// `GET` calls that are not over: `Vec<`[`super::Call`]`>`.
pub const CALLS: &str = "/v1/calls";
/// `GET` one call, over or not, with its ladder: [`super::CallDetail`].
pub const CALL: &str = "/v1/calls/{id}";
/// `POST` ends a call (administrator).
pub const CALL_HANGUP: &str = "/v1/calls/{id}/hangup";
/// `PUT` plays an answered call, both sides of it, to the sound card of `audio.monitor_device`; `DELETE` ends that (administrator). One call
/// at a time; it ends with the call. No answer but success.
pub const CALL_MONITOR: &str = "/v1/calls/{id}/monitor";
/// `GET` a call's capture as pcapng (administrator).
pub const CALL_CAPTURE: &str = "/v1/calls/{id}/capture";
/// `GET` how each second of a call sounded, over or not: `Vec<`[`super::QualitySecond`]`>`.
pub const CALL_QUALITY: &str = "/v1/calls/{id}/quality";
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

/// The path that reconfigures one span.
#[must_use]
pub fn span_configuration(name: &str) -> String {
    SPAN_CONFIGURATION.replace("{name}", name)
}

/// The path that switches one span's loops and tests.
#[must_use]
pub fn span_maintenance(name: &str) -> String {
    SPAN_MAINTENANCE.replace("{name}", name)
}

/// The path of the bit-error test of one span's timeslot.
#[must_use]
pub fn span_bit_error_test(name: &str) -> String {
    SPAN_BIT_ERROR_TEST.replace("{name}", name)
}

/// The path that restarts one span's channels.
#[must_use]
pub fn span_restart(name: &str) -> String {
    SPAN_RESTART.replace("{name}", name)
}

/// The path that resets one span's counters.
#[must_use]
pub fn span_counters_reset(name: &str) -> String {
    SPAN_COUNTERS_RESET.replace("{name}", name)
}

/// The path of one span's flight recorder.
#[must_use]
pub fn span_recorder(name: &str) -> String {
    SPAN_RECORDER.replace("{name}", name)
}

/// The path of the capture of one span's D-channel.
#[must_use]
pub fn span_capture(name: &str) -> String {
    SPAN_CAPTURE.replace("{name}", name)
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

/// The path by which one call is listened to.
#[must_use]
pub fn call_monitor(id: u64) -> String {
    CALL_MONITOR.replace("{id}", &id.to_string())
}

/// The path of one call's capture.
#[must_use]
pub fn call_capture(id: u64) -> String {
    CALL_CAPTURE.replace("{id}", &id.to_string())
}

/// [`CALL_QUALITY`] of this call.
#[must_use]
pub fn call_quality(id: u64) -> String {
    CALL_QUALITY.replace("{id}", &id.to_string())
}
