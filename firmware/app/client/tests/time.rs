//! Moments and lengths as text.
#![allow(clippy::unwrap_used, reason = "tests")]

use client::time::{length, rfc3339};
use proptest::prelude::*;

#[test]
fn known_moments_read_as_the_calendar_says() {
    assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
    assert_eq!(rfc3339(-1), "1969-12-31T23:59:59Z");
    assert_eq!(rfc3339(951_782_400_000), "2000-02-29T00:00:00Z");
    assert_eq!(rfc3339(1_795_315_549_999), "2026-11-22T02:45:49Z");
    assert_eq!(rfc3339(4_107_542_400_000), "2100-03-01T00:00:00Z");
}

#[test]
fn lengths_have_hours_only_when_there_are_any() {
    assert_eq!([length(-5), length(7_999), length(723_000), length(3_723_000)], ["0:00", "0:07", "12:03", "1:02:03"]);
}

proptest! {
    #[test]
    fn each_day_follows_the_one_before(day in -700_000i64..700_000) {
        let date = |day: i64| rfc3339(day * 86_400_000).get(..10).unwrap().to_owned();
        prop_assert!(date(day) < date(day + 1) || date(day).starts_with('-') || date(day + 1) == "0000-01-01");
    }
}
