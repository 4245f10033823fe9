//! The control API's times (milliseconds since the Unix epoch) as text for people, in UTC.
//!
//! Proleptic Gregorian calendar without leap seconds, as POSIX counts. Left out: time zones, which only the reader's own
//! system knows.

use std::time::{SystemTime, UNIX_EPOCH};

/// The present, in milliseconds since the Unix epoch.
#[must_use]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A moment as RFC 3339 with whole seconds, such as `2026-11-22T02:45:49Z`.
#[must_use]
pub fn rfc3339(millis: i64) -> String {
    let seconds = millis.div_euclid(1000);
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// A length such as `0:07`, `12:03` or `1:02:03`: hours only when there are any. Negative lengths count as none.
#[must_use]
pub fn length(millis: i64) -> String {
    let seconds = millis.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Year, month and day of a day counted from 1970-01-01. Years are counted from 1 March so that the leap day is the last.
fn date(day: i64) -> (i64, i64, i64) {
    const DAYS_IN_400_YEARS: i64 = 146_097;
    let since_march_of_year_0 = day + 719_468;
    let era = since_march_of_year_0.div_euclid(DAYS_IN_400_YEARS);
    let day_of_era = since_march_of_year_0.rem_euclid(DAYS_IN_400_YEARS);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day_of_month)
}
