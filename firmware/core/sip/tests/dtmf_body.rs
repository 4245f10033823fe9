//! Bodies of INFO that say what was keyed: as the field writes them, out of bounds, and nonsense.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

use proptest::prelude::*;
use sip::msg::dtmf::{self, DtmfError, Keyed};

const fn digit(digit: char, ms: u32) -> Result<Keyed, DtmfError> {
    Ok(Keyed::Digit { digit, ms })
}

#[test]
fn relay_body_in_each_spelling_is_digit_and_duration() {
    for body in [
        "Signal=5\r\nDuration=160\r\n",
        "Signal= 5\r\nDuration= 160\r\n",
        "Signal = 5\nDuration = 160",
        "signal=5\rDURATION=160 ms\r",
        "Duration=160\r\nVolume=10\r\nSignal=5\r\n",
        "\r\n\r\nSignal=5\r\nDuration=160\r\nSignal=6\r\nDuration=170\r\n",
    ] {
        assert_eq!(dtmf::read(body.as_bytes()), digit('5', 160), "{body:?}");
    }
}

#[test]
fn each_key_is_read_by_its_sign_and_by_its_event_number() {
    for key in "0123456789*#ABCD".chars() {
        assert_eq!(dtmf::read(format!("Signal={key}\r\n").as_bytes()), digit(key, 100));
        assert_eq!(dtmf::read(key.to_string().as_bytes()), digit(key, 100));
    }
    for (text, key) in [("a", 'A'), ("d", 'D'), ("10", '*'), ("11", '#'), ("12", 'A'), ("13", 'B'), ("14", 'C'), ("15", 'D')] {
        assert_eq!(dtmf::read(format!("Signal={text}\r\nDuration=80\r\n").as_bytes()), digit(key, 80), "{text}");
        assert_eq!(dtmf::read(format!(" {text}\r\n").as_bytes()), digit(key, 100), "{text}");
    }
    assert_eq!(dtmf::read(b"Signal=16\r\nDuration=100\r\n"), Ok(Keyed::Flash));
}

#[test]
fn duration_is_brought_into_its_bounds_and_100_ms_where_none_is_said() {
    for (duration, ms) in [("0", 40), ("39", 40), ("40", 40), ("10000", 10_000), ("10001", 10_000), ("99999999999999", 10_000)] {
        assert_eq!(dtmf::read(format!("Signal=1\r\nDuration={duration}\r\n").as_bytes()), digit('1', ms), "{duration}");
    }
    for nothing in ["", "\r\nDuration=", "\r\nDuration=soon", "\r\nDuration=-5", "\r\nDuration"] {
        assert_eq!(dtmf::read(format!("Signal=1{nothing}\r\n").as_bytes()), digit('1', 100), "{nothing}");
    }
}

#[test]
fn body_without_a_key_is_refused() {
    for (body, error) in [
        (&b""[..], DtmfError::NoSignal),
        (b"\r\n", DtmfError::NoSignal),
        (b"Duration=160\r\n", DtmfError::NoSignal),
        (b"Signal=\r\n", DtmfError::NoKey),
        (b"Signal=E\r\n", DtmfError::NoKey),
        (b"Signal=17\r\n", DtmfError::NoKey),
        (b"Signal=55\r\n", DtmfError::NoKey),
        (b"55", DtmfError::NoKey),
        ("Signal=\u{665}\r\n".as_bytes(), DtmfError::NoKey),
        (b"Signal=5\r\n\xff", DtmfError::NoText),
    ] {
        assert_eq!(dtmf::read(body), Err(error), "{}", String::from_utf8_lossy(body));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_byte_string_is_survived(body in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = dtmf::read(&body);
    }

    #[test]
    fn every_damaged_body_says_a_key_within_bounds_or_nothing(text in "[Ss]ignal *= *[0-9*#A-Fa-f]{0,3}[\r\n]{0,2}(Duration *=? *[0-9-]{0,14})?[ -~\r\n]{0,8}") {
        if let Ok(Keyed::Digit { digit, ms }) = dtmf::read(text.as_bytes()) {
            prop_assert!("0123456789*#ABCD".contains(digit));
            prop_assert!((40..=10_000).contains(&ms));
            prop_assert_eq!(dtmf::read(dtmf::write(digit, ms).as_bytes()), Ok(Keyed::Digit { digit, ms }));
        }
    }
}
