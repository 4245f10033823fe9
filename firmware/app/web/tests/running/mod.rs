//! A running junctor-web in front of the stand-in for junctord, and plain HTTP requests to it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing, reason = "shared by several test programs")]

#[path = "../../../client/tests/fake/mod.rs"]
pub mod fake;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// The program, killed on drop.
pub struct Web {
    pub child: Child,
    pub address: SocketAddr,
}

/// What came back: the head as sent, names in lower case, and the body.
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Web {
    /// Starts it on a free port and waits for its ready line.
    pub async fn start(control: &Path) -> Self {
        let mut child = command(control, "127.0.0.1:0").stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(Duration::from_secs(10), lines.next_line()).await.unwrap().unwrap().unwrap();
        let address = line.strip_prefix("junctor-web ready http://").and_then(|rest| rest.strip_suffix('/'));
        let address = address.unwrap_or_else(|| panic!("unexpected ready line {line:?}")).parse().unwrap();
        Self { child, address }
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Asks under the right name.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address)).await
    }

    /// Sends a request as written and reads until the server closes.
    pub async fn send(&self, request: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no HTTP answer: {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Reply { status, head: head.to_lowercase(), body: body.into() }
    }

    /// Opens the event stream.
    pub async fn events(&self) -> Listener {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET /events HTTP/1.1\r\nhost: {}\r\naccept: text/event-stream\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).await.unwrap();
        Listener { stream, heard: String::new() }
    }
}

/// An open event stream; what came is kept with its chunk marks, which no test minds.
pub struct Listener {
    stream: TcpStream,
    pub heard: String,
}

impl Listener {
    /// Reads until `wanted` has come.
    pub async fn wait_for(&mut self, wanted: &str) {
        while !self.heard.contains(wanted) {
            let more = timeout(Duration::from_secs(10), self.read()).await;
            assert!(more.unwrap_or(false), "no {wanted:?} in {:?}", self.heard);
        }
    }

    /// Reads until the server ends the stream.
    pub async fn wait_for_end(&mut self) {
        let all = async { while self.read().await {} };
        timeout(Duration::from_secs(10), all).await.expect("the stream was not ended");
    }

    async fn read(&mut self) -> bool {
        let mut piece = [0; 4096];
        let length = self.stream.read(&mut piece).await.unwrap_or(0);
        self.heard.push_str(&String::from_utf8_lossy(&piece[..length]));
        // The last chunk of a chunked body (RFC 9112 7.1).
        length > 0 && !self.heard.ends_with("\r\n0\r\n\r\n")
    }
}

pub fn command(control: &Path, listen: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_junctor-web"));
    command
        .arg("--control")
        .arg(control)
        .args(["--listen", listen])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}
