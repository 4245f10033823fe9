//! libtonezone's tone zones, printed by a small C program (`src/zones.c`) that `build.rs` links with the library.
//!
//! The library is LGPL and a stranger: nothing of it is in this repository, and nothing that is shipped knows this crate.

use std::io;
use std::process::Command;

/// One zone as the library has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its code: mostly ISO 3166, but `uk` and `us-old`.
    pub code: String,
    /// Milliseconds on, off, ..
    pub ring: Vec<u32>,
    /// Number of the tone (`DAHDI_TONE_*`) and the tone in the library's notation.
    pub tones: Vec<(u8, String)>,
}

impl Zone {
    /// The tone of a number.
    #[must_use]
    pub fn tone(&self, number: u8) -> Option<&str> {
        self.tones.iter().find(|(known, _)| *known == number).map(|(_, notation)| notation.as_str())
    }
}

/// Every zone of the library.
///
/// # Errors
///
/// When the program cannot be run or prints what is not understood.
pub fn zones() -> io::Result<Vec<Zone>> {
    let output = Command::new(env!("TONE_ZONES")).output()?;
    let text = String::from_utf8(output.stdout).map_err(io::Error::other)?;
    let mut zones: Vec<Zone> = Vec::new();
    for line in text.lines() {
        take(line, &mut zones).ok_or_else(|| io::Error::other(format!("not understood: {line}")))?;
    }
    Ok(zones)
}

fn take(line: &str, zones: &mut Vec<Zone>) -> Option<()> {
    let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
    match what {
        "zone" => zones.push(Zone { code: rest.to_owned(), ring: Vec::new(), tones: Vec::new() }),
        "ring" => zones.last_mut()?.ring = rest.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?,
        "tone" => {
            let (number, notation) = rest.split_once(' ')?;
            zones.last_mut()?.tones.push((number.parse().ok()?, notation.to_owned()));
        }
        _ => return None,
    }
    Some(())
}
