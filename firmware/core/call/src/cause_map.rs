//! Q.850 causes and SIP status codes: one table, the clause beside each row.
//!
//! Sources: RFC 4497 8.4.1 (Q.931/QSIG cause to SIP) and 8.4.4 (SIP to cause), RFC 3398 7.2.4.1 and 8.2.6.1 (ISUP). Where a row departs
//! from both, its note says why. Congestion causes (34, 38, 41, 42, 44, 47) must become 5xx: UC servers try the next gateway
//! on 5xx only, so a 4xx for "no circuit" would silently end their failover.
//!
//! A `Reason: Q.850;cause=n` header (RFC 6432) from the far side goes before the table; the SIP leg sees to that.

/// Which way a row is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Cause to status only.
    ToSip,
    /// Status to cause only.
    FromSip,
    /// Both ways.
    Both,
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Q.850 cause value.
    pub cause: u8,
    /// SIP status code.
    pub status: u16,
    /// Which way the row is read.
    pub direction: Direction,
    /// Where it comes from.
    pub clause: &'static str,
}

const fn row(cause: u8, status: u16, direction: Direction, clause: &'static str) -> Row {
    Row { cause, status, direction, clause }
}

use Direction::{Both, FromSip, ToSip};

const TO_SIP: &str = "RFC 4497 8.4.1";
const FROM_SIP: &str = "RFC 4497 8.4.4";

/// The table. At most one row is read for a cause, and at most one for a status.
pub const TABLE: &[Row] = &[
    // Normal class
    row(1, 404, Both, "RFC 4497 8.4.1, 8.4.4"),
    row(2, 404, ToSip, TO_SIP),
    row(3, 404, ToSip, TO_SIP),
    row(5, 404, ToSip, "national use (misdialled trunk prefix): as cause 1"),
    row(6, 503, ToSip, "channel unacceptable: a congestion of ours, as cause 44"),
    row(16, 500, ToSip, "RFC 4497 8.4.1: 500 when it comes before the answer"),
    row(17, 486, Both, "RFC 4497 8.4.1, 8.4.4"),
    row(18, 408, ToSip, TO_SIP),
    row(18, 480, FromSip, FROM_SIP),
    row(19, 480, ToSip, TO_SIP),
    row(20, 480, ToSip, TO_SIP),
    row(21, 603, FromSip, FROM_SIP),
    row(21, 403, Both, "RFC 4497 8.4.1: 603 only when the location is the user, which legs/sip adds"),
    row(22, 410, Both, "RFC 4497 8.4.1, 8.4.4: without a new number"),
    row(23, 410, ToSip, "RFC 3398 7.2.4.1"),
    row(26, 404, ToSip, "RFC 3398 7.2.4.1"),
    row(27, 502, ToSip, TO_SIP),
    row(28, 484, Both, "RFC 4497 8.4.1, 8.4.4"),
    row(29, 501, ToSip, TO_SIP),
    row(31, 480, ToSip, TO_SIP),
    row(31, 487, FromSip, "RFC 4497 8.4.4 has none: 487 answers our own CANCEL, the call is clearing already"),
    // Resource unavailable class
    row(34, 503, ToSip, TO_SIP),
    row(38, 503, ToSip, TO_SIP),
    row(41, 503, Both, "RFC 4497 8.4.1, 8.4.4"),
    row(42, 503, ToSip, TO_SIP),
    row(43, 503, ToSip, "access information discarded: the call failed by the network, as the class default 47"),
    row(44, 503, ToSip, "requested channel not available: congestion must be 5xx"),
    row(47, 503, ToSip, TO_SIP),
    // Service or option not available class
    row(50, 503, ToSip, "facility not subscribed: as gateways in the field answer"),
    row(55, 403, ToSip, TO_SIP),
    row(57, 403, ToSip, TO_SIP),
    row(58, 503, ToSip, TO_SIP),
    row(63, 503, ToSip, "service not available: class default"),
    row(63, 405, FromSip, FROM_SIP),
    // Service or option not implemented class
    row(65, 488, ToSip, TO_SIP),
    row(69, 501, ToSip, TO_SIP),
    row(70, 488, ToSip, TO_SIP),
    row(79, 501, Both, "RFC 4497 8.4.1, 8.4.4"),
    // Invalid message class
    row(87, 403, ToSip, TO_SIP),
    row(88, 503, ToSip, TO_SIP),
    row(95, 500, ToSip, "class default"),
    // Protocol error class
    row(96, 500, ToSip, "class default"),
    row(97, 500, ToSip, "class default"),
    row(98, 500, ToSip, "class default"),
    row(99, 500, ToSip, "class default"),
    row(100, 500, ToSip, "class default"),
    row(101, 500, ToSip, "class default"),
    row(102, 504, Both, "RFC 4497 8.4.1, 8.4.4"),
    row(111, 500, ToSip, TO_SIP),
    // Interworking class
    row(127, 500, ToSip, TO_SIP),
    // SIP client errors
    row(41, 400, FromSip, "RFC 3398 8.2.6.1, RFC 4497 8.4.4"),
    row(21, 401, FromSip, FROM_SIP),
    row(21, 402, FromSip, FROM_SIP),
    row(79, 406, FromSip, FROM_SIP),
    row(21, 407, FromSip, FROM_SIP),
    row(102, 408, FromSip, FROM_SIP),
    row(127, 413, FromSip, FROM_SIP),
    row(127, 414, FromSip, FROM_SIP),
    row(79, 415, FromSip, FROM_SIP),
    row(127, 416, FromSip, FROM_SIP),
    row(127, 420, FromSip, FROM_SIP),
    row(127, 421, FromSip, FROM_SIP),
    row(127, 423, FromSip, FROM_SIP),
    row(41, 481, FromSip, FROM_SIP),
    row(25, 482, Both, "RFC 4497 8.4.4; to SIP: an exchange routing error is SIP's loop detected"),
    row(25, 483, FromSip, FROM_SIP),
    row(1, 485, FromSip, FROM_SIP),
    row(65, 488, FromSip, "RFC 4497 8.4.4 (by Warning: no compatible media is bearer capability not implemented)"),
    row(127, 491, FromSip, "RFC 3261 14.1: only a re-INVITE meets it"),
    row(127, 493, FromSip, "RFC 3261 21.4.27: the body could not be read"),
    // SIP server errors
    row(41, 500, FromSip, FROM_SIP),
    row(38, 502, FromSip, FROM_SIP),
    row(127, 505, FromSip, FROM_SIP),
    row(127, 513, FromSip, FROM_SIP),
    // SIP global failures
    row(17, 600, FromSip, FROM_SIP),
    row(1, 604, FromSip, FROM_SIP),
    row(65, 606, FromSip, "RFC 3261 21.6.4: media not acceptable anywhere, as 488"),
];

/// The SIP status for a Q.850 cause before an answer. A cause without a row takes its class's default (Q.850 2.2.5: an unknown
/// cause is treated as the last of its class), and the network resource class stays 503.
#[must_use]
pub fn status_of(cause: u8) -> u16 {
    let of = |wanted: u8| TABLE.iter().find(|row| row.cause == wanted && row.direction != FromSip).map(|row| row.status);
    of(cause).or_else(|| of(class_default(cause))).unwrap_or(500)
}

/// The Q.850 cause for a final SIP status other than 2xx. A status without a row takes its class's x00 (RFC 3261 8.1.3.2).
#[must_use]
pub fn cause_of(status: u16) -> u8 {
    let of = |wanted: u16| TABLE.iter().find(|row| row.status == wanted && row.direction != ToSip).map(|row| row.cause);
    of(status).or_else(|| of(status / 100 * 100)).unwrap_or(127)
}

/// The unspecified cause that ends each class (Q.850 2.2.5).
const fn class_default(cause: u8) -> u8 {
    match cause {
        0..=31 => 31,
        32..=47 => 47,
        48..=63 => 63,
        64..=79 => 79,
        80..=95 => 95,
        96..=111 => 111,
        _ => 127,
    }
}
