//! What the kernel sees of cards and their ports, configured or not.

use serde::{Deserialize, Serialize};

use super::Alarms;

/// One span of one device: what `junctor span detect` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardware {
    /// The span's stable id, as `hardware` of the configuration wants it: device, slash, port.
    pub id: String,
    /// The kernel's name of the device, such as `pci:0000:05:00.0`.
    pub device: String,
    /// What the device is, such as `Wildcard TE410P/TE405P (1st Gen)`.
    pub device_type: String,
    /// Who made it, as its driver says.
    pub manufacturer: String,
    /// Where it is plugged in.
    pub location: String,
    /// Its serial number, if it tells one.
    pub serial: Option<String>,
    /// The span's number on the device, from 1.
    pub port: u8,
    /// The kernel's number of the span; `None` while it is not assigned.
    pub span: Option<u32>,
    /// What it is set to: `e1`, `t1`, `j1`, `bri`, `analog`, or what its driver says.
    pub kind: String,
    /// What it can be set to.
    pub kinds_possible: Vec<String>,
    /// How many channels it has.
    pub channels: u32,
    /// Its alarms; none are known while it is not assigned.
    pub alarms: Alarms,
    /// The name of our span that is configured for it.
    pub in_use_by: Option<String>,
    /// What keeps it from being used, each with its cure, such as a missing firmware.
    pub problems: Vec<String>,
    /// A `[[span]]` for it, ready to be copied into the configuration.
    pub suggestion: String,
}
