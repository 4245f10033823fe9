//! Opening without a card: which names are let through, and what an error says.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
use audio::{Capture, Direction, Error, Offer, Playback, devices};
use std::io;

#[test]
fn names_that_could_start_a_program_or_are_none_are_refused() {
    for name in ["", "file:'|reboot',raw", "tee:hw,\"/etc/x\",raw", "hw:0 0", "{type hw}", "hw:0\0", &"h".repeat(65), "plug:'hw'"]
    {
        let error = Capture::open(name).unwrap_err();
        assert!(matches!(error, Error::BadName { .. }), "{name:?}: {error}");
    }
    let said = Capture::open("hw 0").unwrap_err().to_string();
    assert!(said.starts_with("\"hw 0\" is no name of a sound device: 1 to 64 letters"), "{said}");
}

#[test]
fn card_that_is_not_there_is_named_with_what_to_do() {
    let error = Capture::open("hw:CARD=NoSuchCard,DEV=3").unwrap_err();
    let Error::Open { direction: Direction::Capture, ref name, .. } = error else { panic!("{error}") };
    assert_eq!(name, "hw:CARD=NoSuchCard,DEV=3");
    let said = error.to_string();
    assert!(said.starts_with("sound device hw:CARD=NoSuchCard,DEV=3 cannot be opened for capture: "), "{said}");
    assert!(said.contains("see that the card is plugged in") && said.contains("(alsa: "), "{said}");
    let said = Playback::open("plughw:CARD=NoSuchCard").unwrap_err().to_string();
    assert!(said.contains("for playback"), "{said}");
}

#[test]
fn devices_are_listed_whatever_there_is() {
    for device in devices().unwrap() {
        assert!(device.name.starts_with("hw:CARD="), "{device:?}");
        assert!(device.capture || device.playback, "{device:?}");
    }
}

#[test]
fn card_that_does_not_fit_is_told_with_what_it_offers() {
    let offer = Offer { rates: (44_100, 48_000), channels: (2, 2), formats: vec!["S16LE".to_owned(), "S32LE".to_owned()] };
    let source = io::Error::from_raw_os_error(22);
    let error = Error::Unsuited { name: "hw:0,0".to_owned(), direction: Direction::Playback, refused: "mono", source, offer };
    assert_eq!(
        error.to_string(),
        "sound device hw:0,0 has no playback of 8000 Hz, mono, 16 bit (mono: Invalid argument (os error 22)); it offers \
         44100 to 48000 Hz, 2 channels, S16LE S32LE: choose another device, or one of asound.conf that converts"
    );
    assert_eq!(Offer::default().to_string(), "0 Hz, 0 channels, of no usual format");
}

#[test]
fn busy_and_forbidden_devices_say_what_to_do() {
    for (errno, cure) in [(16, "end that one"), (13, "group audio"), (5, "kernel's log")] {
        let source = io::Error::from_raw_os_error(errno);
        let error = Error::Open { name: "hw:0".to_owned(), direction: Direction::Capture, source, said: String::new() };
        assert!(error.to_string().contains(cure), "{error}");
    }
}
