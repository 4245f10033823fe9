//! spandsp's DTMF receiver as an ear: the program `spandsp-digits` of peers/spandsp, which runs Debian's libspandsp.

use crate::audio::Audio;
use crate::process::our_program;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// The digits that spandsp hears.
#[track_caller]
pub fn digits(heard: &Audio) -> String {
    let program = our_program("spandsp-digits", "spandsp-peer");
    let samples: Vec<u8> = heard.to_i16().into_iter().flat_map(i16::to_le_bytes).collect();
    let child = Command::new(&program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|e| panic!("cannot run {}: {e}", program.display()));
    // It reads all before it writes anything.
    let written = child.stdin.take().map(|mut input| input.write_all(&samples));
    let output = child.wait_with_output().unwrap_or_else(|e| panic!("{} did not end: {e}", program.display()));
    assert!(matches!(written, Some(Ok(()))) && output.status.success(), "{}: {written:?}, {}", program.display(), output.status);
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
