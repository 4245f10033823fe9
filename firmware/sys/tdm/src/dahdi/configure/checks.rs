//! Whether the span that was found may be had: its kind, its channels, its users, its line, its country mode. Nothing is changed here.

use std::ffi::c_int;
use std::io;

use super::occupants::{occupants, suspects};
use super::words;
use crate::SpanKind;
use crate::dahdi::config::{ChannelConfig, Place, SpanConfig};
use crate::dahdi::detect::Found;
use crate::dahdi::ioctl::{DynamicSpan, Params, Request, SpanStat};
use crate::dahdi::refused::{Ask, Refused};
use crate::dahdi::system::{DahdiFile, DahdiSys};

/// Whether the port is of the kind that is wanted. A dynamic span is of any.
pub(super) fn kind(config: &SpanConfig, found: &Found) -> Result<(), Refused> {
    let wanted = match config.kind {
        SpanKind::E1 => found.kind == "e1",
        SpanKind::T1 => found.kind == "t1",
        SpanKind::Analog => matches!(found.kind.as_str(), "fxs" | "fxo" | "analog"),
    };
    if wanted || found.is_dynamic() {
        return Ok(());
    }
    let kind = words::kind(config.kind);
    let doing = format!("use {} as {kind}", found.id);
    if !found.kinds_possible.contains(&kind.to_lowercase()) {
        let cure =
            format!("it is {} and cannot be changed: set the span's framing to what it is, or name another port", found.kind);
        return Err(Refused::because(&config.name, doing, cure));
    }
    let cure = format!(
        "it is set to {}: junctor-spans must make it {kind} (`spantype` of {}), or set the span's framing to what it is",
        found.kind, found.device
    );
    let ask = Ask::SetKind { device: found.device.clone(), port: found.port, kind: config.kind, assigned: found.span.is_some() };
    Err(Refused::because(&config.name, doing, cure).asking(ask))
}

/// Whether a dynamic span that was there already has as many channels as it would get.
pub(super) fn size(config: &SpanConfig, found: &Found, wanted: &DynamicSpan) -> Result<(), Refused> {
    if i64::from(found.channels) == i64::from(wanted.numchans) {
        return Ok(());
    }
    let cure = format!(
        "it is there already with {} channels: have whoever made it destroy it (`dahdi_cfg -s` if it was dahdi_cfg), or give it another address",
        found.channels
    );
    Err(Refused::because(&config.name, format!("create span {} with {} channels", found.name, wanted.numchans), cure))
}

/// The kernel's number of each channel.
pub(super) fn channels(config: &SpanConfig, found: &Found) -> Result<Vec<(ChannelConfig, c_int)>, Refused> {
    let number = |channel: &ChannelConfig| {
        let slot = found.slots.iter().find(|slot| slot.slot == channel.slot);
        slot.map(|slot| (channel.clone(), slot.channo)).ok_or_else(|| {
            let cure = format!("{} has {} channels: take it out of the span's channels", found.id, found.slots.len());
            Refused::because(&config.name, format!("find {}", words::place(config, channel)), cure)
        })
    };
    config.channels.iter().map(number).collect()
}

/// Whether the span may be had. `true`: it is configured already, just as wanted, and nobody uses it.
pub(super) fn span(
    sys: &dyn DahdiSys,
    ctl: &dyn DahdiFile,
    config: &SpanConfig,
    found: &Found,
    stat: &SpanStat,
) -> Result<bool, Refused> {
    nobody_has(sys, config, found)?;
    let left_over = left_over(sys, ctl, config, found)?;
    let can = stat.linecompat;
    if let Some(line) = words::line(config).filter(|line| line & !can != 0) {
        let doing = format!("configure {} for {}", found.id, words::line_words(line));
        let cure = format!(
            "it cannot do {} (it can do {}): change the span's line code, framing or CRC-4",
            words::line_words(line & !can),
            words::line_words(can)
        );
        return Err(Refused::because(&config.name, doing, cure));
    }
    country(sys, config, found)?;
    Ok(left_over)
}

/// Whether no channel is open.
fn nobody_has(sys: &dyn DahdiSys, config: &SpanConfig, found: &Found) -> Result<(), Refused> {
    let open: Vec<c_int> = found.slots.iter().filter(|slot| slot.in_use).map(|slot| slot.channo).collect();
    if open.is_empty() {
        return Ok(());
    }
    let who = occupants(sys, &open).unwrap_or_else(|| "another program (`fuser -v /dev/dahdi/*` shows which)".to_owned());
    let list = open.iter().map(c_int::to_string).collect::<Vec<_>>().join(", ");
    let cure = format!("channels {list} are busy: stop {who}, or take the span out of its configuration");
    Err(Refused::because(&config.name, format!("use {} (span {})", found.id, found.span.unwrap_or_default()), cure))
}

/// Whether every channel is unconfigured or as it is to be, and some are. Other signalling is somebody else's.
fn left_over(sys: &dyn DahdiSys, ctl: &dyn DahdiFile, config: &SpanConfig, found: &Found) -> Result<bool, Refused> {
    let mut configured = false;
    for slot in &found.slots {
        let params = params(ctl, slot.channo)
            .map_err(|error| Refused::of(&config.name, &format!("read the settings of channel {}", slot.channo), error))?;
        if params.sigtype == 0 {
            continue;
        }
        configured = true;
        let wanted =
            config.channels.iter().find(|channel| channel.slot == slot.slot).map(|channel| words::signalling(channel.kind));
        if wanted == Some(params.sigtype) {
            continue;
        }
        let words = slot.signalling.as_deref().unwrap_or("other signalling");
        let who = suspects(sys, &[slot.channo]).map(|who| format!(", perhaps by {who}")).unwrap_or_default();
        let cure = format!(
            "another program has configured it (channel {} is {words}{who}): take it out of that program's configuration and free it \
             (`dahdi_cfg -s` if it was dahdi_cfg), or name another span",
            slot.channo
        );
        return Err(Refused::because(&config.name, format!("use {} (span {})", found.id, params.spanno), cure));
    }
    Ok(configured)
}

pub(super) fn params(ctl: &dyn DahdiFile, channo: c_int) -> io::Result<Params> {
    let mut params = Params { channo, ..Params::default() };
    ctl.ioctl(Request::GetParams(&mut params))?;
    Ok(params)
}

/// The country mode that an analog card's driver was loaded with.
fn country(sys: &dyn DahdiSys, config: &SpanConfig, found: &Found) -> Result<(), Refused> {
    let (Some(wanted), Place::Hardware(_)) = (&config.country_mode, &config.place) else { return Ok(()) };
    let doing = format!("use country mode {wanted} on {}", found.id);
    let Some(driver) = &found.driver else {
        let cure = "the kernel does not show the card's driver: take country_mode out and set the driver's own parameter";
        return Err(Refused::because(&config.name, doing, cure));
    };
    match sys.read_text(&format!("/sys/module/{driver}/parameters/opermode")) {
        Ok(text) if text.trim().eq_ignore_ascii_case(wanted) => Ok(()),
        Ok(text) => {
            let cure = format!(
                "driver {driver} was loaded with {}: put `options {driver} opermode={wanted}` into /etc/modprobe.d/dahdi.conf, then \
                 `modprobe -r {driver}` and `modprobe {driver}`",
                text.trim()
            );
            Err(Refused::because(&config.name, doing, cure))
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            tracing::warn!(
                "dahdi[{}]{{configuring}}: only root may read opermode of {driver} -> country mode {wanted} is not checked",
                config.name
            );
            Ok(())
        }
        Err(error) => Err(Refused::of(&config.name, &doing, error)
            .cure(format!("driver {driver} has no country mode: take country_mode out"))
            .missing(false)),
    }
}
