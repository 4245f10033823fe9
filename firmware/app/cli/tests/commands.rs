//! The program as people and scripts run it: text, JSON and exit codes, against a stand-in for junctord.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "../../client/tests/fake/mod.rs"]
mod fake;

use std::process::{Output, Stdio};

use fake::{Fake, samples};
use model::api::{Area, BitErrorTest, Call, CallState, ConfigurationCheck, Fault, Status, Verdict};
use model::settings::Problem;
use tokio::process::Command;

/// Runs the program on the stand-in's socket.
async fn junctor(fake: &Fake, arguments: &[&str]) -> Output {
    command(fake).args(arguments).output().await.unwrap()
}

fn command(fake: &Fake) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_junctor"));
    command.arg("--control").arg(fake.socket()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What it printed, without the one thing that moves with the clock.
async fn printed(fake: &Fake, arguments: &[&str]) -> String {
    let output = junctor(fake, arguments).await;
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    text(&output.stdout)
}

#[tokio::test]
async fn status_shows_spans_peers_and_trouble() {
    let fake = Fake::start().await;
    // Started in the future: "up 0:00" whenever this runs.
    fake.change(|world| world.status.started_at = i64::MAX / 2);
    insta::assert_snapshot!(printed(&fake, &["status"]).await);
}

#[tokio::test]
async fn span_without_more_lists_the_spans() {
    let fake = Fake::start().await;
    assert_eq!(printed(&fake, &["span"]).await, printed(&fake, &["span", "list"]).await);
    fake.change(|world| world.status.spans.clear());
    assert_eq!(printed(&fake, &["span"]).await, "no spans\n");
}

#[tokio::test]
async fn span_show_has_every_channel() {
    let fake = Fake::start().await;
    fake.call(samples::call(8, CallState::Ringing));
    insta::assert_snapshot!(printed(&fake, &["span", "show", "pstn"]).await);
}

#[tokio::test]
async fn span_show_has_what_was_found_and_what_is_tested() {
    let fake = Fake::start().await;
    fake.change(|world| {
        let span = &mut world.status.spans[0];
        span.channels.truncate(1);
        span.bit_error_test =
            Some(BitErrorTest { timeslot: 1, in_sync: true, bits: 64_000, errors: 7, losses: 1, missed_blocks: 0 });
        span.verdict = Some(Verdict {
            area: Area::Clock,
            text: "the two ends' clocks differ".into(),
            evidence: vec!["14 slips in the last minute".into()],
            since: 0,
        });
    });
    insta::assert_snapshot!(printed(&fake, &["span", "show", "pstn"]).await);
}

#[tokio::test]
async fn span_test_begins_with_a_timeslot_and_ends_without() {
    let fake = Fake::start().await;
    printed(&fake, &["span", "test", "pstn", "5"]).await;
    printed(&fake, &["span", "test", "pstn"]).await;
    let requests = fake.requests();
    let seen: Vec<_> = requests.iter().map(|seen| (seen.method.as_str(), seen.path.as_str(), seen.body.as_str())).collect();
    let path = "/v1/spans/pstn/bit-error-test";
    assert_eq!(seen, [("PUT", path, "{\"timeslot\":5}"), ("DELETE", path, "")]);
}

#[tokio::test]
async fn span_restart_names_a_timeslot_or_none() {
    let fake = Fake::start().await;
    printed(&fake, &["span", "restart", "pstn", "5"]).await;
    printed(&fake, &["span", "restart", "pstn"]).await;
    let requests = fake.requests();
    let seen: Vec<_> = requests.iter().map(|seen| (seen.method.as_str(), seen.path.as_str(), seen.body.as_str())).collect();
    let path = "/v1/spans/pstn/restart";
    assert_eq!(seen, [("POST", path, "{\"timeslot\":5}"), ("POST", path, "{}")]);
}

#[tokio::test]
async fn trace_of_a_span_shows_its_past_and_ends_when_told_to() {
    let fake = Fake::start().await;
    insta::assert_snapshot!(printed(&fake, &["trace", "pstn", "--once"]).await);
    let requests = fake.requests();
    assert_eq!(requests[0].path, "/v1/spans/pstn/recorder?after=0&limit=20");
}

#[tokio::test]
async fn capture_of_a_span_is_what_junctord_has() {
    let fake = Fake::start().await;
    assert_eq!(junctor(&fake, &["span", "capture", "pstn", "-o", "-"]).await.stdout, [0x0a, 0x0d, 0x0d, 0x0a, 7]);
}

#[tokio::test]
async fn call_list_shows_numbers_trunks_and_states() {
    let fake = Fake::start().await;
    assert_eq!(printed(&fake, &["call", "list"]).await, "no calls\n");
    let now = client::time::now();
    fake.call(Call { started_at: now + 60_000, ..samples::call(8, CallState::Ringing) });
    let withheld = Call { calling: String::new(), to: None, ..samples::call(9, CallState::Setup) };
    fake.call(Call { started_at: now + 60_000, ..withheld });
    insta::assert_snapshot!(printed(&fake, &["call", "list"]).await);
}

#[tokio::test]
async fn call_show_has_the_record_and_the_ladder() {
    let fake = Fake::start().await;
    insta::assert_snapshot!(printed(&fake, &["call", "show", "7"]).await);
}

#[tokio::test]
async fn record_lists_the_newest_first_and_passes_the_limit() {
    let fake = Fake::start().await;
    insta::assert_snapshot!(printed(&fake, &["record", "--limit", "2"]).await);
    assert_eq!(fake.requests()[0].path, "/v1/records?limit=2");
}

#[tokio::test]
async fn json_is_the_control_apis_own() {
    let fake = Fake::start().await;
    let status: Status = serde_json::from_str(&printed(&fake, &["--json", "status"]).await).unwrap();
    assert_eq!(status, samples::status());
    let calls: Vec<Call> = serde_json::from_str(&printed(&fake, &["call", "list", "--json"]).await).unwrap();
    assert_eq!(calls, []);
}

#[tokio::test]
async fn hangup_monitor_and_shutdown_are_silent_when_done() {
    let fake = Fake::start().await;
    fake.call(samples::call(8, CallState::Answered));
    assert_eq!(printed(&fake, &["call", "hangup", "8"]).await, "");
    assert_eq!(printed(&fake, &["call", "monitor", "8"]).await, "");
    assert_eq!(printed(&fake, &["call", "monitor", "--stop", "8"]).await, "");
    assert_eq!(printed(&fake, &["shutdown"]).await, "");
    let paths: Vec<String> = fake.requests().into_iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect();
    let monitored = ["PUT /v1/calls/8/monitor", "DELETE /v1/calls/8/monitor"];
    assert_eq!(paths, ["POST /v1/calls/8/hangup", monitored[0], monitored[1], "POST /v1/shutdown"]);
}

#[tokio::test]
async fn capture_goes_to_the_file_or_to_standard_output() {
    let fake = Fake::start().await;
    let file = fake.socket().with_file_name("call.pcapng");
    assert_eq!(printed(&fake, &["call", "capture", "7", "-o", file.to_str().unwrap()]).await, "");
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!(bytes, [0x0a, 0x0d, 0x0d, 0x0a, 0, 1, 2, 255]);
    assert_eq!(junctor(&fake, &["call", "capture", "7", "-o", "-"]).await.stdout, bytes);
    let refused = junctor(&fake, &["call", "capture", "99", "-o", file.to_str().unwrap()]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(std::fs::read(&file).unwrap(), bytes, "a refusal leaves the file alone");
}

#[tokio::test]
async fn config_show_prints_the_document() {
    let fake = Fake::start().await;
    assert_eq!(printed(&fake, &["config", "show"]).await, "name = \"demo\"\n");
}

#[tokio::test]
async fn config_check_prints_problems_and_exits_1_when_refused() {
    let fake = Fake::start().await;
    let file = fake.socket().with_file_name("junctor.toml");
    std::fs::write(&file, "name = \"x\"\n").unwrap();
    let arguments = ["config", "check", file.to_str().unwrap()];
    assert_eq!(printed(&fake, &arguments).await, "this configuration can be used\n");
    assert_eq!(fake.requests()[0].body, "name = \"x\"\n");
    let problem = Problem::error("peer[0].ptime_ms", 25, "10, 20, 30, 40 or 60");
    fake.change(|world| world.check = ConfigurationCheck { usable: false, problems: vec![problem] });
    let output = junctor(&fake, &arguments).await;
    assert_eq!(output.status.code(), Some(1));
    let expected = "error: peer[0].ptime_ms: found 25, expected 10, 20, 30, 40 or 60\nthis configuration would be refused\n";
    assert_eq!(text(&output.stdout), expected);
}

#[tokio::test]
async fn refusal_exits_1_with_the_faults_words() {
    let fake = Fake::start().await;
    let fault = Fault { status: 403, title: "administrators only".into(), detail: None, path: None };
    fake.change(|world| world.refuse = Some(fault));
    let output = junctor(&fake, &["shutdown"]).await;
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(1), "junctor: administrators only\n"));
}

#[tokio::test]
async fn wrong_usage_exits_2() {
    let fake = Fake::start().await;
    for arguments in [&["call", "show", "seven"][..], &["nonsense"], &["record", "--limit", "0"], &["config", "check", "/none"]] {
        assert_eq!(junctor(&fake, arguments).await.status.code(), Some(2), "{arguments:?}");
    }
}

#[tokio::test]
async fn no_junctord_exits_3_and_names_the_socket() {
    let mut fake = Fake::start().await;
    fake.stop();
    let output = junctor(&fake, &["status"]).await;
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains(fake.socket().to_str().unwrap()), "{}", text(&output.stderr));
}

#[tokio::test]
async fn socket_comes_from_the_environment_when_not_given() {
    let fake = Fake::start().await;
    let output = Command::new(env!("CARGO_BIN_EXE_junctor"))
        .env("JUNCTOR_CONTROL", fake.socket())
        .args(["config", "show"])
        .output()
        .await
        .unwrap();
    assert_eq!(text(&output.stdout), "name = \"demo\"\n");
}

#[tokio::test]
async fn escape_sequences_from_strangers_never_reach_the_terminal() {
    let fake = Fake::start().await;
    fake.call(Call { calling: "\u{1b}]0;owned\u{7}".into(), ..samples::call(8, CallState::Ringing) });
    fake.change(|world| world.details.get_mut(&7).unwrap().ladder[0].text = "INVITE \u{1b}[2J".into());
    for arguments in [&["call", "list"][..], &["call", "show", "7"]] {
        let output = printed(&fake, arguments).await;
        assert!(!output.contains('\u{1b}') && output.contains("\\u{1b}"), "{output}");
    }
}

#[tokio::test]
async fn reader_that_goes_away_is_no_failure() {
    let fake = Fake::start().await;
    fake.change(|world| world.records = (0..3000).map(|id| samples::record(id, "100", "200", 16, "normal")).collect());
    let mut child = command(&fake).arg("record").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().await.unwrap();
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}
