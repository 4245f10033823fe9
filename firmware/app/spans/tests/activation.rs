//! The socket: passed by systemd's protocol on descriptor 3, or made by `--listen`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod running;

use std::fs;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use running::{Client, PROGRAM, Running, Tree, command, own_name};

/// A shell that moves its input to descriptor 3 and becomes the program, as systemd would start it.
fn activated(tree: &Tree, socket: OwnedFd, environment: &str, options: &[&str]) -> Command {
    let mut shell = command(tree, Path::new("/bin/sh"));
    // `command` made --sysfs and its value the shell's first arguments; a shell takes its script before them.
    let mut direct = Command::new("/bin/sh");
    direct.args(["-c", &format!("exec 3<&0 </dev/null; export {environment}; exec \"$0\" \"$@\"")]);
    direct.arg(PROGRAM).args(shell.get_args()).args(["--allow-user", &own_name()]).args(options);
    direct.stdin(Stdio::from(socket)).stdout(Stdio::piped()).stderr(Stdio::piped()).env_remove("JOURNAL_STREAM");
    shell.stdin(Stdio::null());
    direct
}

const PASSED: &str = "LISTEN_PID=$$ LISTEN_FDS=1";

fn failure(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty(), "it said that it is ready");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn passed_socket_is_served_and_left_when_idle_and_served_again() {
    let tree = Tree::new("passed");
    let listener = UnixListener::bind(tree.socket()).unwrap();
    let start = || Running::spawn(activated(&tree, listener.try_clone().unwrap().into(), PASSED, &["--idle-exit", "1"]));

    let mut first = start();
    let mut client = Client::connect(&tree);
    client.says_hello();
    assert_eq!(first.ended_well(Duration::from_millis(1500)), None, "it ended with a connection open");
    client.says_hello();
    drop(client);
    assert_eq!(first.ended_well(Duration::from_secs(10)), Some(true));

    // Who connects while nobody serves is answered by the next start.
    let mut waiting = Client::connect(&tree);
    let mut second = start();
    waiting.says_hello();
    drop(waiting);
    assert_eq!(second.ended_well(Duration::from_secs(10)), Some(true));
}

#[test]
fn passed_socket_without_any_connection_is_left_when_idle() {
    let tree = Tree::new("unused");
    let listener = UnixListener::bind(tree.socket()).unwrap();
    let mut running = Running::spawn(activated(&tree, listener.into(), PASSED, &["--idle-exit", "1"]));
    assert_eq!(running.ended_well(Duration::from_secs(10)), Some(true));
}

#[test]
fn own_socket_is_kept_however_idle() {
    let tree = Tree::new("own");
    let mut running = Running::start_with(&tree, &["--allow-user", &own_name(), "--idle-exit", "1"]);
    assert_eq!(running.ended_well(Duration::from_millis(1800)), None);
    Client::connect(&tree).says_hello();
}

#[test]
fn passed_descriptor_that_is_no_listening_unix_stream_is_refused() {
    let tree = Tree::new("wrongfd");
    let (stream, _other) = UnixStream::pair().unwrap();
    let wrong: [(&str, OwnedFd); 4] = [
        ("datagram", UnixDatagram::bind(tree.root.join("datagram")).unwrap().into()),
        ("tcp", TcpListener::bind("127.0.0.1:0").unwrap().into()),
        ("connected", stream.into()),
        ("file", fs::File::open("/dev/null").unwrap().into()),
    ];
    for (what, descriptor) in wrong {
        let why = failure(activated(&tree, descriptor, PASSED, &[]));
        assert!(why.contains("must have a Unix ListenStream= and Accept=no"), "{what}: {why}");
    }
}

#[test]
fn more_than_one_passed_descriptor_is_refused() {
    let tree = Tree::new("twofds");
    let listener = UnixListener::bind(tree.socket()).unwrap();
    let why = failure(activated(&tree, listener.into(), "LISTEN_PID=$$ LISTEN_FDS=2", &[]));
    assert!(why.contains("must have one ListenStream="), "{why}");
}

#[test]
fn descriptor_passed_to_another_process_is_not_taken() {
    let tree = Tree::new("otherpid");
    let listener = UnixListener::bind(tree.socket()).unwrap();
    for environment in ["LISTEN_PID=1 LISTEN_FDS=1", "LISTEN_FDS=1"] {
        let why = failure(activated(&tree, listener.try_clone().unwrap().into(), environment, &[]));
        assert!(why.contains("no socket: start junctor-spans.socket"), "{why}");
    }
}

#[test]
fn passed_socket_and_own_path_together_are_refused() {
    let tree = Tree::new("both");
    let listener = UnixListener::bind(tree.socket()).unwrap();
    let why = failure(activated(&tree, listener.into(), PASSED, &["--listen", "/nonexistent/socket"]));
    assert!(why.contains("use one of them"), "{why}");
}

#[test]
fn dead_socket_at_the_path_is_replaced_and_a_live_one_is_not() {
    let tree = Tree::new("dead");
    drop(UnixListener::bind(tree.socket()).unwrap());
    let _running = Running::start(&tree);
    Client::connect(&tree).says_hello();
    let mut again = command(&tree, Path::new(PROGRAM));
    again.arg("--listen").arg(tree.socket()).stderr(Stdio::piped());
    let why = failure(again);
    assert!(why.contains("somebody listens"), "{why}");
    Client::connect(&tree).says_hello();
}

#[test]
fn file_at_the_path_is_kept() {
    let tree = Tree::new("file");
    fs::write(tree.socket(), "precious").unwrap();
    let mut running = command(&tree, Path::new(PROGRAM));
    running.arg("--listen").arg(tree.socket()).stderr(Stdio::piped());
    let why = failure(running);
    assert!(why.contains("is no socket"), "{why}");
    assert_eq!(fs::read_to_string(tree.socket()).unwrap(), "precious");
}
