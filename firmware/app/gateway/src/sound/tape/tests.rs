//! Files that are music, and such that are none.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

/// A file with these samples; `format` is channels, rate and bits.
fn wav(format: (u16, u32, u16), samples: &[i16]) -> Vec<u8> {
    let (channels, rate, bits) = format;
    let mut bytes = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0\x01\0".to_vec();
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend([0; 6]);
    bytes.extend(bits.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(u32::try_from(samples.len() * 2).unwrap().to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

#[test]
fn file_of_one_and_a_half_blocks_is_played_again_from_its_beginning() {
    let samples: Vec<i16> = (0..120).collect();
    let mut tape = Tape::of(&wav((1, 8000, 16), &samples)).unwrap();
    let mut played = Vec::new();
    for _ in 0..3 {
        let mut block = [0; BLOCK];
        tape.next(&mut block).unwrap();
        played.extend(block);
    }
    assert_eq!(played, [&samples[..], &samples[..]].concat());
}

#[test]
fn file_of_another_format_is_refused_and_what_it_should_be_is_said() {
    for format in [(2, 8000, 16), (1, 44_100, 16), (1, 8000, 8)] {
        let refused = Tape::of(&wav(format, &[1, 2])).unwrap_err();
        assert_eq!(refused, "its format is another one: make it a WAV file of 8000 Hz, mono, 16 bit");
    }
    assert!(Tape::of(&wav((1, 8000, 16), &[])).unwrap_err().starts_with("there is no sound in it"));
    assert!(Tape::of(b"OggS").unwrap_err().starts_with("it is no WAV file"));
}

#[test]
fn file_that_is_cut_anywhere_is_played_as_far_as_it_goes_or_refused() {
    let whole = wav((1, 8000, 16), &[7; 100]);
    for length in 0..whole.len() {
        if let Ok(tape) = Tape::of(&whole[..length]) {
            assert!(tape.samples.len() < 100 && tape.samples.iter().all(|sample| *sample == 7));
        }
    }
}

#[test]
fn file_that_is_not_there_is_named() {
    let refused = Tape::load(Path::new("/nowhere/music.wav")).unwrap_err();
    assert!(refused.starts_with("/nowhere/music.wav: No such file"), "{refused}");
}
