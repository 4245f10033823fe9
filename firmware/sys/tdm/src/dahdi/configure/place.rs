//! Finding the span in the kernel, or having it made.

use nix::libc;

use super::Configured;
use crate::dahdi::config::SpanConfig;
use crate::dahdi::detect::{Found, detect, find};
use crate::dahdi::ioctl::{DynamicSpan, Request, Text};
use crate::dahdi::refused::{Ask, Refused};
use crate::dahdi::system::DahdiSys;

/// A card's span by its stable id.
pub(super) fn hardware(sys: &dyn DahdiSys, config: &SpanConfig, id: &str) -> Result<Found, Refused> {
    let doing = format!("find \"{id}\"");
    let all = detect(sys).map_err(|error| Refused::of(&config.name, &doing, error).missing(true))?;
    let Some(found) = find(&all, id) else { return Err(not_there(config, &doing, &all)) };
    super::checks::kind(config, found)?;
    match found.span {
        Some(_) => Ok(found.clone()),
        None => Err(unassigned(config, found)),
    }
}

fn not_there(config: &SpanConfig, doing: &str, all: &[Found]) -> Refused {
    let ids: Vec<&str> = all.iter().filter(|port| !port.is_absent()).map(|port| port.id.as_str()).collect();
    let there = if ids.is_empty() { "no other card is there".to_owned() } else { format!("there are: {}", ids.join(", ")) };
    let mut cure = format!("the card is missing: plug it in and load its driver, or name another port ({there})");
    for card in all.iter().filter(|card| card.is_absent()) {
        cure += &format!("; {} at {} is there but does not work: {}", card.device_type, card.location, card.problems.join("; "));
    }
    Refused::because(&config.name, doing, cure).missing(true)
}

fn unassigned(config: &SpanConfig, found: &Found) -> Refused {
    let doing = format!("use port {} of {}", found.port, found.device);
    let cure = "it has no span number: junctor-spans must give it one (or load the dahdi module with auto_assign_spans=1)";
    Refused::because(&config.name, doing, cure).asking(Ask::Assign { device: found.device.clone(), port: found.port })
}

/// The dynamic span that is wanted, in the kernel's words.
pub(super) fn wanted(config: &SpanConfig, driver: &str, address: &str, channels: u8, timing: u8) -> Result<DynamicSpan, Refused> {
    let wanted = DynamicSpan {
        driver: Text::new(driver),
        addr: Text::new(address),
        numchans: channels.into(),
        timing: timing.into(),
        spanno: 0,
    };
    // A shortened address would be another span's.
    if wanted.driver.text() != driver || wanted.addr.text() != address || driver.is_empty() {
        let cure = "the driver's name must have 1 to 19 characters and the address at most 39";
        return Err(Refused::because(&config.name, format!("create span {driver}/{address}"), cure));
    }
    Ok(wanted)
}

/// Has the span created. One that is there already becomes ours once it is known that nobody uses it (`configured.adopting`).
pub(super) fn dynamic(
    sys: &dyn DahdiSys,
    config: &SpanConfig,
    configured: &mut Configured,
    mut wanted: DynamicSpan,
) -> Result<Found, Refused> {
    let (driver, address) = (wanted.driver.text(), wanted.addr.text());
    let doing = format!("create span {driver}/{address}");
    let created = match configured.ctl.ioctl(Request::DynamicCreate(&mut wanted)) {
        Ok(()) => true,
        Err(error) if error.raw_os_error() == Some(libc::EEXIST) => false,
        Err(error) => return Err(not_created(sys, config, &doing, &driver, error)),
    };
    if created {
        configured.created = Some(wanted);
    }
    let all = detect(sys).map_err(|error| Refused::of(&config.name, &doing, error))?;
    // The kernel cuts the name to 39 octets.
    let name = Text::<40>::new(&format!("DYN/{driver}/{address}")).text();
    let found = all.iter().find(|port| port.hardware_id.as_ref() == Some(&name));
    let Some(found) = found else {
        let cure = format!("the kernel says it is there but does not show {name}: see `journalctl -k`");
        return Err(Refused::because(&config.name, doing, cure));
    };
    if found.span.is_none() {
        // It must stay to be given a number.
        configured.created = None;
        return Err(unassigned(config, found));
    }
    super::checks::kind(config, found)?;
    if !created {
        super::checks::size(config, found, &wanted)?;
        configured.adopting = Some(wanted);
    }
    Ok(found.clone())
}

fn not_created(sys: &dyn DahdiSys, config: &SpanConfig, doing: &str, driver: &str, error: std::io::Error) -> Refused {
    let module = format!("dahdi_dynamic_{driver}");
    let loaded = sys.list(&format!("/sys/module/{module}")).is_ok();
    let refused = Refused::of(&config.name, doing, error);
    match refused.source.as_ref().and_then(std::io::Error::raw_os_error) {
        Some(libc::ENOSYS) => refused.cure(format!("the kernel has no dynamic spans: `modprobe dahdi_dynamic` and `modprobe {module}`")),
        Some(libc::EINVAL) if !loaded => refused.cure(format!("the driver is not there: `modprobe {module}`")),
        Some(libc::EINVAL) => refused.cure(format!(
            "driver {driver} does not take the address: for `loc` it is KEY:ID, one hexadecimal digit each, at most two spans with one key; \
             for `eth` INTERFACE/MAC/NUMBER with an interface that is up"
        )),
        _ => refused,
    }
}
