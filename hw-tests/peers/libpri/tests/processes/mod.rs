//! Two `libpri-peer` processes joined by a virtual span, and their control sockets.
#![allow(dead_code, reason = "each test file uses its part")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// No answer comes for so long only if something is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder of this test's own, removed with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("libpri-peer-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running peer; killed when dropped.
pub(crate) struct Peer {
    child: Child,
    control: PathBuf,
}

impl Peer {
    /// Starts a peer and waits until it is ready. `arguments` come after side and control socket.
    pub(crate) fn start(folder: &Folder, side: &str, arguments: &[&str]) -> Self {
        let control = folder.file(&format!("{side}.control"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_libpri-peer"))
            .args(["--side", side, "--control"])
            .arg(&control)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n", "{side} did not start");
        Self { child, control }
    }

    pub(crate) fn connect(&self) -> Wire {
        let stream = UnixStream::connect(&self.control).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Wire { reader: BufReader::new(stream) }
    }

    pub(crate) fn status(&self) -> Value {
        let mut wire = self.connect();
        wire.send(json!({"do": "status"}));
        wire.next()
    }

    /// The status once all calls are released: the last message of a call may still be on its way to this end.
    pub(crate) fn idle_status(&self) -> Value {
        self.status_when(|status| status["channels_in_use"] == 0)
    }

    /// The status once `holds` is true of it, or the last one when that does not come about.
    pub(crate) fn status_when(&self, holds: impl Fn(&Value) -> bool) -> Value {
        let patient_until = Instant::now() + PATIENCE;
        loop {
            let status = self.status();
            if holds(&status) || Instant::now() > patient_until {
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks it to end and gives back its exit status.
    pub(crate) fn shut_down(mut self) -> bool {
        let mut wire = self.connect();
        wire.send(json!({"do": "shutdown"}));
        self.child.wait().unwrap().success()
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection to a control socket.
pub(crate) struct Wire {
    reader: BufReader<UnixStream>,
}

impl Wire {
    pub(crate) fn send(&mut self, request: Value) {
        self.send_line(&request.to_string());
    }

    pub(crate) fn send_line(&mut self, line: &str) {
        self.reader.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    pub(crate) fn next(&mut self) -> Value {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("the peer fell silent");
        assert!(!line.is_empty(), "the peer closed the connection");
        serde_json::from_str(&line).unwrap()
    }

    /// The next event of this name; those before it are passed over.
    pub(crate) fn wait(&mut self, event: &str) -> Value {
        loop {
            let next = self.next();
            if next["event"] == event {
                return next;
            }
        }
    }

    /// All events of a call from `placed` or `incoming` to `released`, and the last one whole.
    pub(crate) fn until_released(&mut self) -> (Vec<String>, Value) {
        let mut names = Vec::new();
        loop {
            let next = self.next();
            let name = next["event"].as_str().unwrap().to_owned();
            names.push(name.clone());
            if name == "released" || name == "refused" {
                return (names, next);
            }
        }
    }
}

/// Both peers, data link up.
pub(crate) struct Span {
    pub(crate) network: Peer,
    pub(crate) user: Peer,
    pub(crate) folder: Folder,
}

/// Which side of the interface is the network end of the span, and so owns its clock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    NetworkSide,
    UserSide,
}

impl Span {
    pub(crate) fn up(clock: Clock, pace: &str, arguments: &[&str]) -> Self {
        let folder = Folder::new();
        let socket = folder.file("e1");
        let socket = socket.to_str().unwrap();
        let listen = [&["--clock", pace, "--span-listen", socket], arguments].concat();
        let connect = [&["--span-connect", socket], arguments].concat();
        let (network, user) = match clock {
            Clock::NetworkSide => {
                let network = Peer::start(&folder, "network", &listen);
                (network, Peer::start(&folder, "user", &connect))
            }
            Clock::UserSide => {
                let user = Peer::start(&folder, "user", &listen);
                (Peer::start(&folder, "network", &connect), user)
            }
        };
        let span = Self { network, user, folder };
        wait_for_link(&span.user);
        wait_for_link(&span.network);
        span
    }
}

/// The link may have come up before or after the question.
pub(crate) fn wait_for_link(peer: &Peer) {
    let mut wire = peer.connect();
    wire.send(json!({"do": "watch"}));
    assert_eq!(wire.next(), json!({"event": "done"}));
    wire.send(json!({"do": "status"}));
    if wire.wait("status")["link_up"] == false {
        wire.wait("link_up");
    }
}

/// Places a call and follows it to its end.
pub(crate) fn call(peer: &Peer, mut request: Value) -> (Vec<String>, Value) {
    request["do"] = "call".into();
    let mut wire = peer.connect();
    wire.send(request);
    wire.until_released()
}

pub(crate) fn write_noise(path: &Path, samples: u32) {
    let spec = hound::WavSpec { channels: 1, sample_rate: 8000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    let mut state: u32 = 1;
    for _ in 0..samples {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        writer.write_sample(i16::from_ne_bytes([state.to_be_bytes()[0], state.to_be_bytes()[1]]) / 4).unwrap();
    }
    writer.finalize().unwrap();
}

pub(crate) fn read_wav(path: &Path) -> Vec<i16> {
    hound::WavReader::open(path).unwrap().into_samples().collect::<Result<_, _>>().unwrap()
}
