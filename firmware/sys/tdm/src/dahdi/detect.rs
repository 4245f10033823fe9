//! [`detect`]: every port of every DAHDI device, with or without a span number, under names that stay.
//!
//! Kernel interface: `dahdi-sysfs.c` and `dahdi-sysfs-chan.c`. A device of `/sys/bus/dahdi_devices` lists its ports in `spantype`
//! (`dahdi_spantype` in some releases); a port with a number is a span of `/sys/bus/dahdi_spans`, with its channels below it.
//!
//! A port's stable id is `HARDWARE_ID/PORT`; the hardware id is the card's serial number where the driver reads one. A device without
//! one is named by its place, `LOCATION/PORT`, and so are devices that have the same; failing both, by its name in sysfs. Numbers of
//! spans and channels come from the order of loading and are never stored.
//!
//! Cards that no driver has taken (`absent`) are told too, since a missing firmware file looks like that. Left out: what a port that
//! has no number could say of its channels (the kernel shows nothing), and counters (see [`super::counters`]).

mod absent;
mod attribute;

use std::ffi::c_int;
use std::io;

use super::alarms;
use super::system::DahdiSys;
use crate::Alarms;
use attribute::{number, text};

const DEVICES: &str = "/sys/bus/dahdi_devices/devices";
/// What the folder of a channel begins with; span and position follow.
const CHANNEL: &str = "dahdi!chan!";

/// A port, or a card that shows no ports because it does not work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Its stable id: see the module header.
    pub id: String,
    /// The device's name in `/sys/bus/dahdi_devices/devices`, such as `pci:0000:05:00.0`.
    pub device: String,
    /// What the device is, in its driver's words.
    pub device_type: String,
    /// Who made it, in its driver's words; often empty.
    pub manufacturer: String,
    /// Where it is plugged in, in its driver's words.
    pub location: String,
    /// Its hardware id, if it tells one: a card's serial number, a dynamic span's name.
    pub hardware_id: Option<String>,
    /// Kernel module that drives it, where sysfs tells.
    pub driver: Option<String>,
    /// Number of the port on the device, from 1; 0 for a card that does not work.
    pub port: u8,
    /// Span number; `None` while it has none.
    pub span: Option<i32>,
    /// The span's name in the kernel, such as `TE4/0/1`; empty while it has no number.
    pub name: String,
    /// `e1`, `t1`, `j1`, `fxs`, `fxo`, `analog`, `bri`, `dynamic`, or another word of the driver.
    pub kind: String,
    /// What it can be made, by root and while it has no number. Never empty for a port that works.
    pub kinds_possible: Vec<String>,
    /// How many channels it has; what its kind has while it has no number.
    pub channels: u32,
    /// Its channels in the kernel, in order; empty while it has no number.
    pub slots: Vec<Slot>,
    /// Its alarms; none are known while it has no number.
    pub alarms: Alarms,
    /// What keeps it from being used, each with its cure.
    pub problems: Vec<String>,
}

/// A channel of a span as sysfs shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slot {
    /// Timeslot or port, from 1.
    pub slot: u8,
    /// Its number in the kernel.
    pub channo: c_int,
    /// Its signalling in DAHDI's words; `None` when it is not configured.
    pub signalling: Option<String>,
    /// Whether somebody has it open.
    pub in_use: bool,
}

impl Found {
    /// Whether the kernel made it on demand.
    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        self.kind == "dynamic"
    }

    /// Whether it is a card that no driver serves rather than a port.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        self.port == 0
    }
}

/// Every port, in the order of devices and ports, then the cards that do not work.
///
/// # Errors
/// `NotFound` when the DAHDI module is not loaded; else what the kernel said.
pub fn detect(sys: &dyn DahdiSys) -> io::Result<Vec<Found>> {
    let devices = sys.list(DEVICES).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(io::ErrorKind::NotFound, "the dahdi kernel module is not loaded"),
        _ => error,
    })?;
    let mut found: Vec<Found> = devices.iter().flat_map(|device| ports(sys, device)).collect();
    name_ports(&mut found);
    found.extend(absent::cards(sys));
    Ok(found)
}

/// The port with that stable id.
#[must_use]
pub fn find<'a>(found: &'a [Found], id: &str) -> Option<&'a Found> {
    found.iter().find(|port| !port.is_absent() && port.id == id)
}

/// The name of the echo canceller that is attached to a channel, in the kernel's words such as `MG2` or `VPMOCT128`.
pub(super) fn canceller(sys: &dyn DahdiSys, span: i32, channo: c_int) -> Option<String> {
    let folder = format!("/sys/bus/dahdi_spans/devices/span-{span}");
    let channels = sys.list(&folder).unwrap_or_default();
    let mut folders = channels.iter().filter(|name| name.starts_with(CHANNEL)).map(|name| format!("{folder}/{name}"));
    let folder = folders.find(|folder| number::<c_int>(sys, folder, "channo") == Some(channo))?;
    Some(text(sys, &folder, "ec_factory")).filter(|name| !name.is_empty())
}

/// Every port of one device. A device that goes away meanwhile has none.
fn ports(sys: &dyn DahdiSys, device: &str) -> Vec<Found> {
    let folder = format!("{DEVICES}/{device}");
    let of_device = Found {
        device: device.to_owned(),
        device_type: text(sys, &folder, "type"),
        manufacturer: text(sys, &folder, "manufacturer"),
        location: text(sys, &folder, "location"),
        hardware_id: Some(text(sys, &folder, "hardware_id")).filter(|id| !id.is_empty()),
        driver: driver(sys, &folder),
        ..Found::default()
    };
    let mut ports = kinds(sys, &folder)
        .into_iter()
        .map(|(port, kind)| Found { port, kind: kind_word(&kind), ..of_device.clone() })
        .collect::<Vec<_>>();
    for (span, folder) in spans(sys, &folder) {
        let Some(port) = number::<u8>(sys, &folder, "local_spanno").filter(|port| *port > 0) else { continue };
        match ports.iter_mut().find(|found| found.port == port) {
            Some(found) => describe_span(sys, &folder, span, found),
            None => {
                let mut found = Found { port, kind: kind_word(&text(sys, &folder, "spantype")), ..of_device.clone() };
                describe_span(sys, &folder, span, &mut found);
                ports.push(found);
            }
        }
    }
    for port in &mut ports {
        port.kinds_possible = kinds_possible(&port.kind, port.driver.as_deref());
        if port.span.is_none() {
            port.channels = channels_of(&port.kind);
        }
    }
    ports.sort_by_key(|port| port.port);
    ports
}

/// The kernel module behind a device: that of the bus device it sits on. Dynamic spans sit on none.
fn driver(sys: &dyn DahdiSys, folder: &str) -> Option<String> {
    let links = ["../driver/module", "../driver"];
    let target = links.iter().find_map(|link| sys.read_link(&format!("{folder}/{link}")).ok())?;
    target.rsplit('/').next().map(str::to_owned).filter(|name| !name.is_empty())
}

/// Ports and their kinds: lines of `PORT:KIND`.
fn kinds(sys: &dyn DahdiSys, folder: &str) -> Vec<(u8, String)> {
    let files = ["spantype", "dahdi_spantype"];
    let text = files.iter().find_map(|file| sys.read_text(&format!("{folder}/{file}")).ok()).unwrap_or_default();
    let line = |line: &str| {
        let (port, kind) = line.split_once(':')?;
        Some((port.trim().parse().ok().filter(|port: &u8| *port > 0)?, kind.trim().to_owned()))
    };
    let mut kinds: Vec<(u8, String)> = text.lines().filter_map(line).collect();
    kinds.sort();
    kinds.dedup_by_key(|(port, _)| *port);
    kinds
}

/// A device's spans: number and folder.
fn spans(sys: &dyn DahdiSys, folder: &str) -> Vec<(i32, String)> {
    let number = |name: &String| name.strip_prefix("span-")?.parse().ok().filter(|span: &i32| *span > 0);
    let names = sys.list(folder).unwrap_or_default();
    names.iter().filter_map(|name| Some((number(name)?, format!("{folder}/{name}")))).collect()
}

fn describe_span(sys: &dyn DahdiSys, folder: &str, span: i32, found: &mut Found) {
    found.span = Some(span);
    found.name = text(sys, folder, "name");
    found.channels = number(sys, folder, "channels").unwrap_or_default();
    found.alarms = alarms::from_kernel(attribute::hexadecimal(&text(sys, folder, "alarms")).unwrap_or_default());
    let mut empty = Vec::new();
    for name in sys.list(folder).unwrap_or_default().iter().filter(|name| name.starts_with(CHANNEL)) {
        let folder = format!("{folder}/{name}");
        let Some(slot) = slot(sys, &folder) else { continue };
        if found.kind == "analog" && sys.read_text(&format!("{folder}/sigcap")).is_ok_and(|can| can.trim().is_empty()) {
            empty.push(slot.slot);
        }
        found.slots.push(slot);
    }
    found.slots.sort_by_key(|slot| slot.slot);
    if !empty.is_empty() {
        let ports = empty.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
        found
            .problems
            .push(format!("no module works in ports {ports}: plug one in, or see `journalctl -k` for why it did not start"));
    }
}

fn slot(sys: &dyn DahdiSys, folder: &str) -> Option<Slot> {
    let signalling = text(sys, folder, "sig");
    Some(Slot {
        slot: number(sys, folder, "chanpos").filter(|slot| *slot > 0)?,
        channo: number(sys, folder, "channo").filter(|channo| *channo > 0)?,
        signalling: Some(signalling).filter(|words| !words.is_empty() && words != "Unconfigured"),
        in_use: text(sys, folder, "in_use") == "1",
    })
}

/// `dahdi_spantype2str` in our words.
fn kind_word(kind: &str) -> String {
    match kind {
        "ANALOG_MIXED" => "analog".to_owned(),
        kind if kind.starts_with("BRI") => "bri".to_owned(),
        kind => kind.to_lowercase(),
    }
}

/// Drivers with a `set_spantype` operation, which no file shows; an unknown driver is believed to have it.
fn kinds_possible(kind: &str, driver: Option<&str>) -> Vec<String> {
    const CAN_CHANGE: [&str; 5] = ["wct4xxp", "wcte43x", "wcte13xp", "wcte12xp", "xpp"];
    let changes = matches!(kind, "e1" | "t1" | "j1") && driver.is_none_or(|driver| CAN_CHANGE.contains(&driver));
    if changes { ["e1", "t1", "j1"].map(str::to_owned).to_vec() } else { vec![kind.to_owned()] }
}

fn channels_of(kind: &str) -> u32 {
    match kind {
        "e1" => 31,
        "t1" | "j1" => 24,
        _ => 0,
    }
}

/// Gives each port its stable id.
fn name_ports(found: &mut [Found]) {
    let devices: Vec<(String, Option<String>, String)> =
        found.iter().map(|port| (port.device.clone(), port.hardware_id.clone(), port.location.clone())).collect();
    for port in found {
        let others = || devices.iter().filter(|(device, ..)| *device != port.device);
        let own = port.hardware_id.as_ref().filter(|id| !others().any(|(_, other, _)| other.as_ref() == Some(*id)));
        let place = Some(&port.location).filter(|place| !place.is_empty() && !others().any(|(.., other)| other == *place));
        if own.is_none() && port.hardware_id.is_some() {
            let words = "another device has the same hardware id: this one is named by its place, so leave it in its slot";
            port.problems.push(words.to_owned());
        }
        port.id = format!("{}/{}", own.or(place).unwrap_or(&port.device), port.port);
    }
}
