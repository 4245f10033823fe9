//! DAHDI's alarm bits (`user.h`, "Alarm Condition bits") as [`Alarms`].

use std::ffi::c_int;

use super::ioctl::value::{
    ALARM_BLUE, ALARM_LFA, ALARM_LMFA, ALARM_LOOPBACK, ALARM_LOS, ALARM_NOTOPEN, ALARM_RECOVER, ALARM_RED, ALARM_YELLOW,
};
use crate::Alarms;

const TABLE: [(c_int, Alarms); 9] = [
    (ALARM_RECOVER, Alarms::RECOVER),
    (ALARM_LOOPBACK, Alarms::LOOPBACK),
    (ALARM_YELLOW, Alarms::YELLOW),
    (ALARM_RED, Alarms::RED),
    (ALARM_BLUE, Alarms::BLUE),
    (ALARM_NOTOPEN, Alarms::NOT_OPEN),
    (ALARM_LOS, Alarms::LOS),
    (ALARM_LFA, Alarms::LFA),
    (ALARM_LMFA, Alarms::LMFA),
];

/// The alarms that `bits` has; unknown bits are left out.
#[must_use]
pub fn from_kernel(bits: c_int) -> Alarms {
    let set = TABLE.iter().filter(|(bit, _)| bits & bit != 0);
    set.fold(Alarms::NONE, |alarms, (_, alarm)| alarms | *alarm)
}
