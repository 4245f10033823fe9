//! `junctor trace`: live ladders, one call from its beginning, and when it stops.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "../../client/tests/fake/mod.rs"]
mod fake;

use std::process::{Output, Stdio};
use std::time::Duration;

use fake::{Fake, samples};
use model::api::{CallDetail, CallState, Event, LadderLine};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Starts `junctor trace` and waits until it listens.
async fn trace(fake: &Fake, arguments: &[&str]) -> Child {
    let child = Command::new(env!("CARGO_BIN_EXE_junctor"))
        .arg("--control")
        .arg(fake.socket())
        .arg("trace")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    fake.wait_for_listeners(1).await;
    child
}

async fn end_of(child: Child) -> Output {
    timeout(Duration::from_secs(10), child.wait_with_output()).await.expect("trace did not stop").unwrap()
}

fn line(at_ms: u64, text: &str) -> LadderLine {
    LadderLine { at_ms, text: text.into(), ..samples::ladder()[1].clone() }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn all_calls_are_followed_until_so_many_have_ended() {
    let fake = Fake::start().await;
    let child = trace(&fake, &["--until-ended", "2"]).await;
    fake.call(samples::call(8, CallState::Setup));
    fake.send(Event::Ladder { call: 8, line: line(2, "SETUP cr=1") });
    fake.call(samples::call(8, CallState::Ringing));
    fake.end(samples::record(8, "2005", "100", 16, "normal call clearing"));
    fake.send(Event::Ladder { call: 9, line: line(3, "SETUP cr=2") });
    fake.end(samples::record(9, "2005", "100", 17, "user busy"));
    let output = end_of(child).await;
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(text(&output.stdout));
}

#[tokio::test]
async fn one_call_is_shown_from_its_beginning_each_line_once() {
    let fake = Fake::start().await;
    let begun = CallDetail { call: Some(samples::call(8, CallState::Setup)), record: None, ladder: vec![line(2, "SETUP cr=1")] };
    fake.change(|world| world.details.insert(8, begun));
    let child = trace(&fake, &["--call", "8"]).await;
    while fake.requests().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await; // until it has read the call's detail
    }
    fake.send(Event::Ladder { call: 8, line: line(2, "SETUP cr=1") });
    fake.send(Event::Ladder { call: 9, line: line(2, "SETUP of another call") });
    fake.send(Event::Ladder { call: 8, line: line(212, "ALERTING cr=1") });
    fake.end(samples::record(9, "2005", "100", 17, "user busy"));
    fake.end(samples::record(8, "2005", "100", 16, "normal call clearing"));
    let output = end_of(child).await;
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(text(&output.stdout));
}

#[tokio::test]
async fn call_that_is_over_is_shown_and_ends_the_trace() {
    let fake = Fake::start().await;
    let child = Command::new(env!("CARGO_BIN_EXE_junctor"))
        .arg("--control")
        .arg(fake.socket())
        .args(["trace", "--call", "7", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = end_of(child).await;
    let kinds: Vec<Event> = text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(kinds.len(), samples::ladder().len() + 1);
    assert!(matches!(kinds.last(), Some(Event::CallEnded { record }) if record.id == 7));
}

#[tokio::test]
async fn end_of_junctord_ends_the_trace_with_exit_code_1() {
    let mut fake = Fake::start().await;
    let child = trace(&fake, &[]).await;
    fake.stop();
    let output = end_of(child).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "junctor: junctord ended the event stream: it was stopped or restarted\n");
}
