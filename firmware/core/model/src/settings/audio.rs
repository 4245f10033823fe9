//! `[audio]`: what a sound card, or a file in its place, has to do with calls.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Problem;

/// Longest name of a sound device; ALSA's own are shorter.
const LONGEST_DEVICE: usize = 64;

/// `[audio]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Audio {
    /// The sound card's input that a party hears while the other one holds, by ALSA's name such as `hw:0,0`. Absent: silence, or the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub music_on_hold: Option<String>,
    /// A WAV file in place of it: 8000 Hz, mono, 16 bit, played again and again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub music_on_hold_file: Option<PathBuf>,
    /// The sound card's output that a call can be listened to at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitor_device: Option<String>,
}

impl Audio {
    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        *self == Self::default()
    }
}

/// A name may not spell one of ALSA's devices that write files or start programs; a relative path depends on who starts the box.
pub(super) fn check_audio(audio: &Audio, problems: &mut Vec<Problem>) {
    device("audio.music_on_hold", audio.music_on_hold.as_deref(), problems);
    device("audio.monitor_device", audio.monitor_device.as_deref(), problems);
    let Some(file) = &audio.music_on_hold_file else { return };
    if !file.is_absolute() {
        let expected = "an absolute path, such as \"/data/junctor/music.wav\"";
        problems.push(Problem::error("audio.music_on_hold_file", format!("\"{}\"", file.display()), expected));
    }
    if audio.music_on_hold.is_some() {
        let expected = "one source of music: this file, or the card of audio.music_on_hold";
        problems.push(Problem::error("audio.music_on_hold_file", "a file besides a card", expected));
    }
}

fn device(path: &str, name: Option<&str>, problems: &mut Vec<Problem>) {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | ',' | '=' | '_' | '.' | '-');
    if let Some(name) = name
        && (name.is_empty() || name.len() > LONGEST_DEVICE || !name.chars().all(fits))
    {
        let expected =
            "ALSA's name of a sound device, 1 to 64 letters, digits and any of : , = _ . -, such as \"hw:CARD=PCH,DEV=0\"";
        problems.push(Problem::error(path, format!("\"{name}\""), expected));
    }
}
