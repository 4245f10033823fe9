//! `[audio]`: what can be said, and what cannot be.
#![allow(clippy::unwrap_used, reason = "tests")]

use model::settings::{Audio, Settings, read, write};

fn problems(audio: &str) -> Vec<String> {
    read(&format!("[audio]\n{audio}\n")).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_is_said_there_is_no_music_and_the_document_has_no_such_part() {
    let settings = read("").settings.unwrap();
    assert_eq!(settings.audio, Audio::default());
    assert!(!write(&settings).contains("audio"));
}

#[test]
fn card_or_file_and_a_monitor_are_named_and_come_back_from_the_written_document() {
    for source in ["music_on_hold = \"hw:CARD=PCH,DEV=0\"", "music_on_hold_file = \"/data/junctor/music.wav\""] {
        let settings: Settings = read(&format!("[audio]\n{source}\nmonitor_device = \"plughw:0,0\"\n")).settings.unwrap();
        assert_eq!(settings.audio.monitor_device.as_deref(), Some("plughw:0,0"));
        assert_eq!((settings.audio.music_on_hold.is_some(), settings.audio.music_on_hold_file.is_some()), {
            (source.contains("hw:"), source.contains(".wav"))
        });
        assert_eq!(read(&write(&settings)).settings.unwrap(), settings);
    }
}

#[test]
fn what_cannot_be_is_named_with_its_path() {
    let device =
        "expected ALSA's name of a sound device, 1 to 64 letters, digits and any of : , = _ . -, such as \"hw:CARD=PCH,DEV=0\"";
    assert_eq!(problems("music_on_hold = \"\""), [format!("error: audio.music_on_hold: found \"\", {device}")]);
    // ALSA would start a program by such a name.
    let started = problems("monitor_device = \"file:|touch x,raw\"");
    assert_eq!(started, [format!("error: audio.monitor_device: found \"file:|touch x,raw\", {device}")]);
    let relative = "expected an absolute path, such as \"/data/junctor/music.wav\"";
    assert_eq!(
        problems("music_on_hold_file = \"music.wav\""),
        [format!("error: audio.music_on_hold_file: found \"music.wav\", {relative}")]
    );
}

#[test]
fn file_besides_a_card_is_refused() {
    let both = problems("music_on_hold = \"hw:0,0\"\nmusic_on_hold_file = \"/music.wav\"");
    let expected = "expected one source of music: this file, or the card of audio.music_on_hold";
    assert_eq!(both, [format!("error: audio.music_on_hold_file: found a file besides a card, {expected}")]);
}
