//! The event stream's wire form: the page and the command line read exactly this.
#![allow(clippy::unwrap_used, reason = "tests")]

use model::api::{Event, LadderLine};

#[test]
fn ladder_event_prints_as_tagged_json_and_reads_back() {
    let line = LadderLine { at_ms: 1020, protocol: "q931".into(), from: "pstn".into(), to: "box".into(), text: "SETUP".into() };
    assert_eq!(line.to_string(), "  1.020 q931     pstn > box      SETUP");
    let event = Event::Ladder { call: 7, line };
    let json = serde_json::to_string(&event).unwrap();
    insta::assert_snapshot!(json);
    assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    assert_eq!(event.kind(), "ladder");
}
