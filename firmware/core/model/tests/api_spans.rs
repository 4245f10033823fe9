//! The wire form of spans and hardware: what programs outside this workspace read and write.
#![allow(clippy::unwrap_used, reason = "tests")]

use model::api::{Area, Maintenance, MaintenanceMode, MaintenanceRequest, SpanState, path};

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn states_are_tagged_and_read_back() {
    let missing = SpanState::Missing { why: "no card".into() };
    let failed = SpanState::Failed { why: "busy".into(), cure: "stop the other program".into() };
    assert_eq!(json(&SpanState::Running), r#"{"kind":"running"}"#);
    assert_eq!(json(&missing), r#"{"kind":"missing","why":"no card"}"#);
    assert_eq!(json(&failed), r#"{"kind":"failed","why":"busy","cure":"stop the other program"}"#);
    for state in [SpanState::Running, missing, failed] {
        assert_eq!(serde_json::from_str::<SpanState>(&json(&state)).unwrap(), state);
    }
}

#[test]
fn maintenance_is_asked_for_in_the_words_it_is_shown_in() {
    let shown = [Maintenance::None, Maintenance::LocalLoop, Maintenance::LineLoop, Maintenance::PayloadLoop];
    let asked = [MaintenanceMode::None, MaintenanceMode::LocalLoop, MaintenanceMode::LineLoop, MaintenanceMode::PayloadLoop];
    for ((shown, asked), word) in shown.iter().zip(asked).zip(["none", "local-loop", "line-loop", "payload-loop"]) {
        assert_eq!(json(shown), format!(r#"{{"mode":"{word}"}}"#));
        assert_eq!(json(&MaintenanceRequest { mode: asked }), json(shown));
    }
    let prbs = Maintenance::Prbs { errors: 3, in_sync: true };
    assert_eq!(json(&prbs), r#"{"mode":"prbs","errors":3,"in_sync":true}"#);
    assert_eq!(json(&MaintenanceRequest { mode: MaintenanceMode::Prbs }), r#"{"mode":"prbs"}"#);
    assert!(serde_json::from_str::<MaintenanceRequest>(r#"{"mode":"prbs","slots":"1"}"#).is_err());
}

#[test]
fn areas_print_as_on_the_wire() {
    for area in [Area::Healthy, Area::Physical, Area::Clock, Area::Layer2, Area::FarEnd] {
        assert_eq!(json(&area), format!("\"{}\"", area.as_str()));
    }
}

#[test]
fn span_paths_carry_the_name() {
    assert_eq!(path::span_configuration("pstn"), "/v1/spans/pstn/configuration");
    assert_eq!(path::span_maintenance("pstn"), "/v1/spans/pstn/maintenance");
    assert_eq!(path::span_bit_error_test("pstn"), "/v1/spans/pstn/bit-error-test");
    assert_eq!(path::span_restart("pstn"), "/v1/spans/pstn/restart");
    assert_eq!(path::span_counters_reset("pstn"), "/v1/spans/pstn/counters/reset");
}
