//! The control socket against requests it cannot do, clients that go away, and a far end that dies.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod processes;

use processes::{Clock, Folder, Peer, Span, call, wait_for_link};
use serde_json::json;

#[test]
fn bad_lines_are_answered_and_the_connection_stays() {
    let folder = Folder::new();
    let socket = folder.file("e1");
    let peer = Peer::start(&folder, "user", &["--span-listen", socket.to_str().unwrap()]);
    let mut wire = peer.connect();
    for line in ["{", "[]", "\u{7f}", r#"{"do":"dance"}"#, r#"{"do":"call"}"#, r#"{"do":"hangup","call":7}"#] {
        wire.send_line(line);
        assert_eq!(wire.next()["event"], "error", "{line}");
    }
    wire.send(json!({"do": "status"}));
    let status = wire.next();
    assert_eq!((&status["side"], &status["link_up"], &status["alarms"]), (&json!("user"), &json!(false), &json!("RED")));
    assert!(peer.shut_down());
}

#[test]
fn call_without_data_link_is_refused() {
    let folder = Folder::new();
    let socket = folder.file("e1");
    let peer = Peer::start(&folder, "network", &["--span-listen", socket.to_str().unwrap()]);
    let (_, refused) = call(&peer, json!({"called": "5551001"}));
    assert_eq!(refused, json!({"event": "refused", "reason": "the data link is down"}));
}

#[test]
fn calls_that_cannot_be_placed_are_refused_with_the_reason() {
    let span = Span::up(Clock::NetworkSide, "lockstep", &[]);
    for (request, reason) in [
        (json!({"called": "1", "channel": 16}), "timeslot 16 is no B-channel"),
        (json!({"called": "1", "channel": 32}), "timeslot 32 is no B-channel"),
        (json!({"called": "1", "play": "/nowhere.wav"}), "/nowhere.wav: No such file or directory (os error 2)"),
    ] {
        let (_, refused) = call(&span.user, request);
        assert_eq!(refused["reason"], reason);
    }
}

#[test]
fn caller_that_disconnects_leaves_its_call_to_its_clearing_time() {
    let span = Span::up(Clock::NetworkSide, "lockstep", &[]);
    let mut watcher = span.user.connect();
    watcher.send(json!({"do": "watch"}));
    let mut wire = span.user.connect();
    wire.send(json!({"do": "call", "called": "5551001", "clear_after_ms": 50}));
    wire.wait("placed");
    drop(wire);
    assert_eq!(watcher.wait("released")["cause"], 16);
}

#[test]
fn shutdown_releases_the_calls_first() {
    let span = Span::up(Clock::NetworkSide, "lockstep", &[]);
    let mut wire = span.user.connect();
    wire.send(json!({"do": "call", "called": "5554001"}));
    wire.wait("alerting");
    assert!(span.user.shut_down());
    assert_eq!(span.network.idle_status()["counters"]["released"], json!({"16": 1}));
}

#[test]
fn far_end_that_dies_and_comes_back_is_linked_again() {
    let mut span = Span::up(Clock::NetworkSide, "realtime", &[]);
    span.user.kill();
    let socket = span.folder.file("e1");
    span.user = Peer::start(&span.folder, "user", &["--span-connect", socket.to_str().unwrap()]);
    wait_for_link(&span.user);
    let (events, released) = call(&span.user, json!({"called": "5553001"}));
    assert_eq!(released["cause"], 1, "{events:?}");
}

#[test]
fn alarm_is_seen_by_the_far_end_and_calls_work_after_it() {
    let span = Span::up(Clock::NetworkSide, "realtime", &["--answer-after-ms", "0"]);
    let mut wire = span.network.connect();
    wire.send(json!({"do": "alarm", "on": true}));
    assert_eq!(wire.next(), json!({"event": "done"}));
    assert_eq!(span.user.status_when(|status| status["alarms"] != "none")["alarms"], "RED|LOS");
    wire.send(json!({"do": "alarm", "on": false}));
    assert_eq!(wire.next(), json!({"event": "done"}));
    assert_eq!(span.user.status_when(|status| status["alarms"] == "none")["alarms"], "none");
    let (events, released) = call(&span.user, json!({"called": "5551001", "clear_after_ms": 10}));
    assert_eq!(released["cause"], 16, "{events:?}");
}
