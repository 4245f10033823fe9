//! The program itself: `serve` as a process, the box as a thread that joins its span, the other commands against both.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod far_box;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use exchange::client::{Connection, name};
use exchange::control::{CallRequest, Request};
use far_box::{Answer, FarBox, Folder};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use serde_json::{Value, json};
use tdm::virtual_span::VirtualUser;
use tdm::{Span as _, SpanInfo};

/// The exchange in its process and the box in its thread.
struct Rig {
    folder: Folder,
    exchange: Child,
    stop: Arc<AtomicBool>,
    far: Option<JoinHandle<()>>,
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_junctor-exchange"))
}

impl Rig {
    fn start(test: &str, arguments: &[&str], answer: Answer) -> Self {
        let folder = Folder::new(test);
        let exchange = Self::serve(&folder, arguments);
        let (stop, path) = (Arc::new(AtomicBool::new(false)), folder.0.join("span"));
        let stopped = stop.clone();
        let far = std::thread::spawn(move || {
            let mut far = FarBox::new(VirtualUser::connect(&path, SpanInfo::e1("box")).unwrap());
            far.answer = answer;
            while !stopped.load(Ordering::Relaxed) {
                poll(&mut [PollFd::new(far.span.poll_fd().unwrap(), PollFlags::POLLIN)], PollTimeout::from(20_u8)).unwrap();
                far.service();
            }
        });
        let rig = Self { folder, exchange, stop, far: Some(far) };
        rig.wait_for_link();
        rig
    }

    /// Starts the process and waits until it says that it is ready.
    fn serve(folder: &Folder, arguments: &[&str]) -> Child {
        let mut exchange = program();
        exchange.arg("serve").arg("--span-socket").arg(folder.0.join("span")).arg("--control").arg(folder.0.join("control"));
        let mut exchange = exchange.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(exchange.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert!(ready.starts_with("junctor-exchange ready span=/"), "{ready}");
        exchange
    }

    fn control(&self) -> PathBuf {
        self.folder.0.join("control")
    }

    fn open(&self) -> Connection {
        Connection::open(&self.control()).unwrap()
    }

    fn status(&self) -> Value {
        self.open().ask(&Request::Status).unwrap()
    }

    /// Asks until it is so.
    fn wait_until(&self, is_so: impl Fn(&Value) -> bool) -> Value {
        loop {
            let status = self.status();
            if is_so(&status) {
                return status;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    fn wait_for_link(&self) {
        self.wait_until(|status| status["link_up"] == true);
    }

    fn run(&self, command: &str, arguments: &[&str]) -> Output {
        program().arg(command).arg("--control").arg(self.control()).args(arguments).output().unwrap()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        let _ = self.exchange.kill();
        let _ = self.exchange.wait();
        self.stop.store(true, Ordering::Relaxed);
        if let Some(far) = self.far.take() {
            let _ = far.join();
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The next event of this name.
fn wait_for(connection: &mut Connection, event: &str) -> Value {
    loop {
        if let Some(line) = connection.next(None).unwrap()
            && name(&line) == event
        {
            return line;
        }
    }
}

fn call() -> CallRequest {
    CallRequest { called: "100".to_owned(), ..CallRequest::default() }
}

#[test]
fn call_connected_prints_the_ladder_and_succeeds() {
    let rig = Rig::start("call", &["--clock", "lockstep"], Answer::Connect);
    let record = rig.folder.0.join("heard.wav");
    let output = rig.run("call", &["--called", "100", "--hold-ms", "3000", "--probe", "--record", record.to_str().unwrap()]);
    let ladder = text(&output.stdout);
    assert!(output.status.success(), "{ladder}{}", text(&output.stderr));
    let events: Vec<&str> = ladder.lines().map(|line| line.split_whitespace().nth(1).unwrap()).collect();
    assert_eq!(events, ["placed", "proceeding", "alerting", "connected", "released"]);
    assert!(ladder.contains("called=100") && ladder.contains("cause=16 (normal call clearing)"), "{ladder}");
    assert!(hound::WavReader::open(record).unwrap().duration() >= 24_000);
}

#[test]
fn call_in_real_time_lasts_as_long_as_was_asked() {
    let rig = Rig::start("real-time", &[], Answer::Connect);
    let output = rig.run("call", &["--called", "100", "--hold-ms", "800", "--probe", "--json"]);
    let events: Vec<Value> = text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let released = events.last().unwrap();
    // What is heard on a machine that is late is not judged here: content is, in lock step.
    assert_eq!((&released["event"], &released["cause"]), (&json!("released"), &json!(16)), "{events:#?}");
    let connected_ms = released["connected_ms"].as_u64().unwrap();
    let heard = released["blocks_heard"].as_u64().unwrap();
    assert!(connected_ms >= 800 && heard > 0 && heard <= connected_ms / 10 + 16, "{released:#}");
}

#[test]
fn call_refused_fails_and_says_why() {
    let rig = Rig::start("refused", &["--clock", "lockstep"], Answer::Refuse(isdn::CauseValue::USER_BUSY));
    let output = rig.run("call", &["--called", "100"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("cause=17 (user busy)"), "{}", text(&output.stdout));
}

#[test]
fn load_sums_up() {
    let rig = Rig::start("load", &["--clock", "lockstep"], Answer::Connect);
    let arguments = ["--called", "100", "--calls", "60", "--at-once", "20", "--rate", "1000", "--hold-ms", "2000", "--probe"];
    let output = rig.run("load", &arguments);
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{summary:#}");
    for (field, value) in
        [("attempts", 60), ("connected", 60), ("failed", 0), ("ended_badly", 0), ("audio_verified", 60), ("audio_missing", 0)]
    {
        assert_eq!(summary[field], value, "{field}");
    }
    let setup = |percentile: &str| summary["setup_ms"][percentile].as_f64().unwrap();
    assert!(0.0 < setup("p50") && setup("p50") <= setup("p99") && setup("p99") <= setup("max"), "{summary:#}");
    let status = rig.wait_until(|status| status["channels_in_use"] == 0);
    assert_eq!(status["totals"]["released"]["16"], 60);
}

#[test]
fn load_refused_counts_by_cause_and_fails() {
    let rig = Rig::start("load-refused", &["--clock", "lockstep"], Answer::Refuse(isdn::CauseValue(42)));
    let output = rig.run("load", &["--called", "100", "--calls", "5", "--rate", "1000"]);
    assert_eq!(output.status.code(), Some(1));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&summary["failed"], &summary["failed_by_cause"]), (&json!(5), &json!({"42": 5})));
}

#[test]
fn more_calls_than_channels_are_refused_with_cause_34_and_their_ids() {
    let rig = Rig::start("full", &["--clock", "lockstep"], Answer::Ring);
    let mut connection = rig.open();
    for id in 0..31 {
        connection.send(&Request::Call(CallRequest { id: Some(json!(id)), ..call() })).unwrap();
    }
    let refused = wait_for(&mut connection, "refused");
    assert_eq!((&refused["id"], &refused["cause"]), (&json!(30), &json!(34)));
}

#[test]
fn connection_closed_its_calls_are_cleared_others_stay() {
    let rig = Rig::start("closed", &["--clock", "lockstep"], Answer::Connect);
    let (mut first, mut second) = (rig.open(), rig.open());
    first.send(&Request::Call(call())).unwrap();
    second.send(&Request::Call(call())).unwrap();
    wait_for(&mut first, "connected");
    let stays = wait_for(&mut second, "connected")["call"].clone();
    drop(first);
    let status = rig.wait_until(|status| status["calls"].as_array().unwrap().len() == 1);
    assert_eq!(status["calls"][0]["call"], stays);
    assert_eq!(status["totals"]["released"], json!({"16": 1}));
}

#[test]
fn writing_side_closed_the_call_goes_on_and_is_told_to_its_end() {
    let rig = Rig::start("half-closed", &["--clock", "lockstep"], Answer::Connect);
    let mut stream = UnixStream::connect(rig.control()).unwrap();
    stream.write_all(b"{\"do\":\"call\",\"called\":\"100\",\"clear_after_ms\":500}\n").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    let last: Value = serde_json::from_str(all.lines().last().unwrap()).unwrap();
    assert_eq!((&last["event"], &last["cause"]), (&json!("released"), &json!(16)), "{all}");
    assert!(all.contains("\"connected\""), "{all}");
}

#[test]
fn hang_up_by_another_connection_is_done_and_the_owner_hears_it() {
    let rig = Rig::start("hang-up", &["--clock", "lockstep"], Answer::Connect);
    let mut owner = rig.open();
    owner.send(&Request::Call(call())).unwrap();
    let number = u32::try_from(wait_for(&mut owner, "connected")["call"].as_u64().unwrap()).unwrap();
    let hang_up = Request::Hangup { call: number, cause: Some(38) };
    assert_eq!(rig.open().ask(&hang_up).unwrap()["event"], "done");
    assert_eq!(wait_for(&mut owner, "released")["cause"], 38);
    assert_eq!(rig.open().ask(&hang_up).unwrap(), json!({"event": "error", "reason": format!("no call {number}")}));
}

#[test]
fn watcher_hears_of_calls_and_alarms_tracer_of_frames() {
    let rig = Rig::start("watch", &["--clock", "lockstep"], Answer::Connect);
    let (mut watcher, mut tracer) = (rig.open(), rig.open());
    assert_eq!(watcher.ask(&Request::Watch).unwrap()["event"], "done");
    assert_eq!(tracer.ask(&Request::Trace).unwrap()["event"], "done");
    assert!(rig.run("call", &["--called", "100", "--hold-ms", "100"]).status.success());
    assert_eq!(wait_for(&mut watcher, "released")["cause"], 16);
    while !wait_for(&mut tracer, "frame")["text"].as_str().unwrap().contains("CONNECT") {}
    assert!(rig.run("alarm", &["on"]).status.success());
    assert_eq!(wait_for(&mut watcher, "alarms")["alarms"], "YELLOW");
    wait_for(&mut watcher, "link_down");
    assert!(rig.run("alarm", &["off"]).status.success());
    wait_for(&mut watcher, "link_up");
}

#[test]
fn nonsense_is_answered_and_too_much_of_it_cuts_the_connection_off() {
    let rig = Rig::start("nonsense", &["--clock", "lockstep"], Answer::Connect);
    let mut stream = UnixStream::connect(rig.control()).unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    for nonsense in ["", "hello", "{}", "{\"do\":\"dance\"}", "{\"do\":\"call\"}", "\u{0}", "[1]"] {
        stream.write_all(format!("{nonsense}\n").as_bytes()).unwrap();
        let answer: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(answer["event"], "error", "{nonsense}");
    }
    // The exchange may close before all is written.
    let _ = stream.write_all(&vec![b'x'; 200_000]);
    assert!(lines.next().is_none_or(|line| line.is_err()));
    assert_eq!(rig.status()["link_up"], true, "the exchange goes on");
}

#[test]
fn stop_clears_calls_and_ends_the_process() {
    let mut rig = Rig::start("stop", &["--clock", "lockstep"], Answer::Connect);
    let mut owner = rig.open();
    owner.send(&Request::Call(call())).unwrap();
    wait_for(&mut owner, "connected");
    assert!(rig.run("stop", &[]).status.success());
    assert_eq!(wait_for(&mut owner, "released")["cause"], 16);
    assert!(rig.exchange.wait().unwrap().success());
    assert!(!rig.control().exists() && !rig.folder.0.join("span").exists(), "no socket files stay");
    let output = rig.run("status", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot reach an exchange at "), "{}", text(&output.stderr));
}

#[test]
fn sigterm_ends_it_as_stop_does_with_and_without_a_far_end() {
    let mut rig = Rig::start("sigterm", &[], Answer::Connect);
    kill(nix::unistd::Pid::from_raw(rig.exchange.id() as i32), Signal::SIGTERM).unwrap();
    assert!(rig.exchange.wait().unwrap().success());

    let folder = Folder::new("sigterm-alone");
    let mut alone = Rig::serve(&folder, &["--clock", "lockstep"]);
    kill(nix::unistd::Pid::from_raw(alone.id() as i32), Signal::SIGTERM).unwrap();
    assert!(alone.wait().unwrap().success());
}

#[test]
fn killed_exchange_leaves_its_sockets_and_the_next_replaces_them() {
    let mut rig = Rig::start("killed", &[], Answer::Connect);
    rig.exchange.kill().unwrap();
    rig.exchange.wait().unwrap();
    assert!(rig.control().exists());
    rig.exchange = Rig::serve(&rig.folder, &[]);
    rig.wait_for_link();
    let output = program()
        .args(["serve", "--span-socket"])
        .arg(rig.folder.0.join("other"))
        .arg("--control")
        .arg(rig.control())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "a live control socket is not taken over");
    assert!(text(&output.stderr).contains("cannot listen at "), "{}", text(&output.stderr));
}

#[test]
fn wrong_options_are_refused_with_what_is_expected() {
    let refused = |arguments: &[&str], expected: &str| {
        let output = program()
            .args(["serve", "--span-socket", "/nonexistent/s", "--control", "/nonexistent/c"])
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(expected), "{}", text(&output.stderr));
    };
    refused(&["--clock", "fast"], "'fast' is neither realtime, lockstep nor ppm=N");
    refused(&["--plan", "1=dance"], "'1=dance' is no rule: PREFIX=");
    refused(&["--play", "/nonexistent/a.wav"], "/nonexistent/a.wav: No such file");
    refused(&[], "cannot listen at /nonexistent/s");
}
