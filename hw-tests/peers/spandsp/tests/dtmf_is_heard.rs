//! Digits of `media::tone::dtmf` as spandsp's DTMF receiver hears them: all of them, in both laws, at the edges of what Q.24 asks of a receiver.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use media::tone::dtmf::{Keying, steps};
use media::tone::{Generator, Pattern};
use media::{BLOCK, Law, g711};
use spandsp_peer::digits;

const KEYS: &str = "0123456789*#ABCD";

/// The keys three times over, through the octets of a line.
fn keyed(keying: &Keying, law: Law) -> Vec<i16> {
    let pattern = Pattern::new(&steps(&KEYS.repeat(3), keying).unwrap(), &[], law).unwrap();
    let mut generator = Generator::new(Arc::new(pattern));
    let mut samples = Vec::new();
    while !generator.is_over() {
        let (mut octets, mut block) = ([0; BLOCK], [0; BLOCK]);
        generator.fill_octets(law, &mut octets);
        g711::decode_slice(law, &octets, &mut block);
        samples.extend(block);
    }
    samples
}

#[track_caller]
fn assert_heard(keying: Keying) {
    for law in [Law::A, Law::Mu] {
        assert_eq!(digits(&keyed(&keying, law)).unwrap(), KEYS.repeat(3), "{keying:?}, {law:?}");
    }
}

#[test]
fn default_keying_is_heard() {
    assert_heard(Keying::default());
}

#[test]
fn forty_milliseconds_are_heard() {
    assert_heard(Keying { on_ms: 40, off_ms: 40, ..Keying::default() });
}

#[test]
fn loud_and_faint_digits_are_heard() {
    for level in [-4.0, -10.0, -20.0, -25.0] {
        assert_heard(Keying { low_dbm0: level, high_dbm0: level, ..Keying::default() });
    }
}

#[test]
fn twist_is_heard_as_far_as_the_ear_allows() {
    // spandsp allows the low group 8 dB more than the high one, the high group 4 dB more than the low one.
    assert_heard(Keying { low_dbm0: -11.0, high_dbm0: -8.0, ..Keying::default() });
    assert_heard(Keying { low_dbm0: -8.0, high_dbm0: -14.0, ..Keying::default() });
    let beyond = Keying { low_dbm0: -14.0, high_dbm0: -8.0, ..Keying::default() };
    assert_eq!(digits(&keyed(&beyond, Law::A)).unwrap(), "", "so the groups have the levels that were asked for");
}

#[test]
fn digits_too_short_for_q24_are_not_heard() {
    let short = Keying { on_ms: 15, off_ms: 85, ..Keying::default() };
    assert_eq!(digits(&keyed(&short, Law::A)).unwrap(), "", "so the ear tells times apart");
}
