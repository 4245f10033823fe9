//! The real program over a sysfs tree of the test's own, and a client for it.
#![allow(unreachable_pub, dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use model::root_request::Answer;
use nix::unistd::{Uid, User};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_junctor-spans");
pub const CARD: &str = "pci:0000:05:00.0";
/// The card's folder in the tree.
pub const FOLDER: &str = "devices/pci0000:00/0000:05:00.0/pci:0000:05:00.0";
pub const MASTER: &str = "bus/dahdi_spans/drivers/generic_lowlevel/master_span";

/// A folder of the test's own, with `sys` as DAHDI shows a card of two E1 ports whose second is span 3.
pub struct Tree {
    pub root: PathBuf,
}

impl Tree {
    pub fn new(test: &str) -> Self {
        // Short: the path of a Unix socket has 107 bytes at most.
        let root = std::env::temp_dir().join(format!("jspans-{}-{test}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let tree = Self { root };
        for file in ["assign_span", "unassign_span", "auto_assign"] {
            tree.write(&format!("{FOLDER}/{file}"), "");
        }
        tree.write(&format!("{FOLDER}/spantype"), "1:E1\n2:E1\n");
        tree.write(&format!("{FOLDER}/span-3/local_spanno"), "2\n");
        tree.write(MASTER, "");
        tree.link("bus/dahdi_devices/devices", CARD, &format!("../../../{FOLDER}"));
        tree.link("bus/dahdi_spans/devices", "span-3", &format!("../../../{FOLDER}/span-3"));
        tree
    }

    pub fn sys(&self) -> PathBuf {
        self.root.join("sys")
    }

    pub fn socket(&self) -> PathBuf {
        self.root.join("socket")
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.root.join("log")).unwrap()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.sys().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn link(&self, folder: &str, name: &str, target: &str) {
        let folder = self.sys().join(folder);
        fs::create_dir_all(&folder).unwrap();
        symlink(target, folder.join(name)).unwrap();
    }

    /// Every file of `sys` and what is in it.
    pub fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        self.gather(&self.sys(), &mut files);
        files
    }

    fn gather(&self, folder: &Path, files: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = fs::symlink_metadata(&path).unwrap().file_type();
            if kind.is_dir() {
                self.gather(&path, files);
            } else if kind.is_file() {
                let name = path.strip_prefix(self.sys()).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// The running program. Ends with the test.
pub struct Running {
    pub child: Child,
}

impl Running {
    /// Listening on the tree's socket, open to the user of the tests.
    pub fn start(tree: &Tree) -> Self {
        Self::start_with(tree, &["--allow-user", &own_name()])
    }

    pub fn start_with(tree: &Tree, options: &[&str]) -> Self {
        let mut command = command(tree, Path::new(PROGRAM));
        command.arg("--listen").arg(tree.socket()).args(options);
        Self::spawn(command)
    }

    /// Starts and waits until the program says that it is ready.
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let running = Self { child };
        assert_eq!(line, "junctor-spans ready\n");
        running
    }

    /// Whether it ended with success within `limit`; `None` when it still runs.
    pub fn ended_well(&mut self, limit: Duration) -> Option<bool> {
        let end = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status.success());
            }
            if end <= Instant::now() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program over the tree, its log in the tree's `log`.
pub fn command(tree: &Tree, program: &Path) -> Command {
    let log = fs::OpenOptions::new().create(true).append(true).open(tree.root.join("log")).unwrap();
    let mut command = Command::new(program);
    command.arg("--sysfs").arg(tree.sys()).stdin(Stdio::null()).stderr(log);
    command.env_remove("JOURNAL_STREAM").env("JUNCTOR_LOG", "debug");
    command.env_remove("LISTEN_PID").env_remove("LISTEN_FDS");
    command
}

/// The name of the user the tests run as.
pub fn own_name() -> String {
    User::from_uid(Uid::effective()).unwrap().unwrap().name
}

pub fn open_to_all(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap();
}

/// One connection.
pub struct Client {
    stream: BufReader<UnixStream>,
}

impl Client {
    pub fn connect(tree: &Tree) -> Self {
        Self::over(UnixStream::connect(tree.socket()).unwrap())
    }

    pub fn over(stream: UnixStream) -> Self {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    /// The next answer; `None` when the program closed the connection.
    pub fn answer(&mut self) -> Option<Answer> {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(serde_json::from_str(&line).unwrap()),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("no answer: {error}"),
        }
    }

    pub fn ask(&mut self, line: &str) -> Answer {
        self.send(line.as_bytes());
        self.send(b"\n");
        self.answer().unwrap()
    }

    /// Why a request was refused, and the cure.
    pub fn refused(&mut self, line: &str) -> (String, String) {
        refusal(self.ask(line))
    }

    pub fn says_hello(&mut self) {
        assert!(matches!(self.ask(r#"{"request":"hello"}"#), Answer::Hello { .. }));
    }
}

pub fn refusal(answer: Answer) -> (String, String) {
    match answer {
        Answer::Refused { why, cure } => (why, cure),
        other @ (Answer::Done | Answer::Hello { .. }) => panic!("not refused but {other:?}"),
    }
}
