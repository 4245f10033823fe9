//! spandsp's DTMF receiver behind a small C program (`src/digits.c`): an ear that nobody here wrote.
//!
//! It is Debian's spandsp 0.0.6, as its users have it. Nothing that is shipped knows this crate.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::thread;

/// The digits that spandsp hears in samples of 8000 Hz.
///
/// # Errors
///
/// When the program cannot be run.
pub fn digits(samples: &[i16]) -> io::Result<String> {
    let mut program = Command::new(env!("SPANDSP_DIGITS")).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let bytes: Vec<_> = samples.iter().flat_map(|sample| sample.to_ne_bytes()).collect();
    let input = program.stdin.take();
    // Written beside the reading, so that neither end waits for a full pipe.
    let writer = thread::spawn(move || input.map_or(Ok(()), |mut input| input.write_all(&bytes)));
    let output = program.wait_with_output()?;
    writer.join().map_err(|_| io::Error::other("the writer panicked"))??;
    String::from_utf8(output.stdout).map_err(io::Error::other)
}
