//! What Wireshark's tshark (Debian package tshark) reads in a capture: a decoder that nobody here wrote.

use crate::process::system_program;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A capture file to be decoded.
#[derive(Debug, Clone)]
pub struct Capture {
    path: PathBuf,
}

impl Capture {
    /// The capture at `path` (pcap or pcapng).
    pub fn open(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// For each packet that matches the display filter, the fields asked for; several values of one field in one packet
    /// are joined with commas, a field that a packet does not have is empty.
    #[track_caller]
    pub fn fields(&self, filter: &str, fields: &[&str]) -> Vec<Vec<String>> {
        let mut arguments = vec!["-Y", filter, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a"];
        for field in fields {
            arguments.extend(["-e", field]);
        }
        self.run(&arguments).lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
    }

    /// The values of one field in all packets that have it.
    #[track_caller]
    pub fn values(&self, field: &str) -> Vec<String> {
        self.fields(field, &[field]).into_iter().flatten().collect()
    }

    /// How many packets match a display filter.
    #[track_caller]
    pub fn count(&self, filter: &str) -> usize {
        self.fields(filter, &["frame.number"]).len()
    }

    /// Packets that tshark calls malformed, or in which an expert item says error; each with what it says.
    #[track_caller]
    pub fn malformed(&self) -> Vec<String> {
        // 0x00800000 is error (epan/proto.h PI_ERROR); 0x00600000 warning is not malformed: a lost RTP packet is one.
        let fields = ["frame.number", "frame.protocols", "_ws.expert.message"];
        self.fields("_ws.malformed || _ws.expert.severity == 8388608", &fields).into_iter().map(|f| f.join(" ")).collect()
    }

    /// Packets in which an expert item says warning or error, or that are malformed; each with what it says.
    #[track_caller]
    pub fn objections(&self) -> Vec<String> {
        // 0x00600000 is warning (epan/proto.h PI_WARN), 0x00800000 error.
        let fields = ["frame.number", "frame.protocols", "_ws.expert.message"];
        self.fields("_ws.malformed || _ws.expert.severity >= 6291456", &fields).into_iter().map(|f| f.join(" ")).collect()
    }

    /// tshark's whole reading of the packets that match, for the message of a failed test.
    #[track_caller]
    pub fn details(&self, filter: &str) -> String {
        self.run(&["-V", "-Y", filter])
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        let program = system_program("tshark", "tshark");
        // A test's ports may be some other protocol's: SIP by what it looks like before all else, RTP by what the SDP says.
        let output = Command::new(program)
            .args(["-n", "-r"])
            .arg(&self.path)
            .args(["--enable-heuristic", "sip_udp", "--enable-heuristic", "sip_tcp"])
            .args(["-o", "udp.try_heuristic_first:TRUE", "-o", "tcp.try_heuristic_first:TRUE"])
            .args(arguments)
            .output()
            .unwrap_or_else(|e| panic!("cannot run tshark: {e}"));
        assert!(
            output.status.success(),
            "tshark cannot read {}: {}",
            self.path.display(),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
