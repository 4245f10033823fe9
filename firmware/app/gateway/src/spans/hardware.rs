//! What the kernel has of cards and ports, with a piece of configuration for each: `junctor span detect`.

use model::api::{Alarms, Hardware};
use model::settings::{self, BackEnd, ChannelGroup, ChannelKind, DahdiSpan, Framing, Signalling};
use tdm::dahdi::DahdiSys;
use tdm::dahdi::detect::{Found, Slot, detect};

/// Every port of every card. The error says why none can be listed, and what to do.
pub(super) fn list<'a>(
    sys: &dyn DahdiSys,
    configured: impl Iterator<Item = &'a settings::Span> + Clone,
) -> Result<Vec<Hardware>, String> {
    let found = detect(sys)
        .map_err(|error| format!("the hardware cannot be listed: {error}: load the modules dahdi and those of the cards"))?;
    Ok(found.into_iter().map(|found| shown(found, configured.clone())).collect())
}

fn shown<'a>(found: Found, mut configured: impl Iterator<Item = &'a settings::Span>) -> Hardware {
    let ours = configured.find(|span| is_carried_by(span, &found));
    Hardware {
        suggestion: suggestion(&found, ours),
        in_use_by: ours.map(|span| span.name.clone()),
        device_type: if found.device_type.is_empty() { found.name } else { found.device_type },
        id: found.id,
        device: found.device,
        manufacturer: found.manufacturer,
        location: found.location,
        serial: found.hardware_id,
        port: found.port,
        span: found.span.and_then(|span| u32::try_from(span).ok()),
        kind: found.kind,
        kinds_possible: found.kinds_possible,
        channels: found.channels,
        alarms: Alarms(if found.alarms.is_none() {
            Vec::new()
        } else {
            found.alarms.to_string().split('|').map(str::to_owned).collect()
        }),
        problems: found.problems,
    }
}

fn is_carried_by(span: &settings::Span, found: &Found) -> bool {
    let Some(dahdi) = span.dahdi() else { return false };
    let dynamic =
        || dahdi.dynamic.as_ref().is_some_and(|dynamic| found.name == format!("DYN/{}/{}", dynamic.driver, dynamic.address));
    dahdi.hardware.as_ref() == Some(&found.id) || dynamic()
}

/// The `[[span]]` that fits: what is configured already, or one with the usual settings. Empty for what cannot be used.
fn suggestion(found: &Found, ours: Option<&settings::Span>) -> String {
    if let Some(ours) = ours {
        return settings::write_span(ours);
    }
    let framing = match found.kind.as_str() {
        "e1" => Framing::E1,
        "t1" | "j1" => Framing::T1,
        "fxs" | "fxo" | "analog" => Framing::Analog,
        _ => return String::new(),
    };
    if found.is_absent() || found.is_dynamic() {
        return String::new();
    }
    let ports = if framing == Framing::Analog { ports(found) } else { Vec::new() };
    if framing == Framing::Analog && ports.is_empty() {
        return String::new();
    }
    let clock = if framing == Framing::Analog { 0 } else { 1 };
    let dahdi = DahdiSpan { hardware: Some(found.id.clone()), clock, channels: ports, ..DahdiSpan::default() };
    settings::write_span(&settings::Span {
        name: name(found),
        framing,
        signalling: if framing == Framing::Analog { Signalling::Analog } else { Signalling::Pri },
        side: settings::Side::default(),
        switch_type: settings::SwitchType::default(),
        out_of_service: Vec::new(),
        hunting: settings::Hunting::default(),
        overlap_receiving: false,
        overlap_sending: false,
        name_wait_ms: 1000,
        hold: true,
        progress_tones: settings::ProgressTones::default(),
        network_facility: None,
        nfas: None,
        echo: settings::Echo::default(),
        back_end: BackEnd::Dahdi(Box::new(dahdi)),
    })
}

/// A name made of the id's letters and digits, so that two ports never share one.
fn name(found: &Found) -> String {
    let words: String = found.id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    words.trim_matches('-').to_owned()
}

/// The ports of an analog card by what their modules are; ports without a module are left out.
fn ports(found: &Found) -> Vec<ChannelGroup> {
    let of_kind = |kind, wanted: fn(&Slot) -> bool| {
        let slots: Vec<String> = found.slots.iter().filter(|slot| wanted(slot)).map(|slot| slot.slot.to_string()).collect();
        (!slots.is_empty()).then(|| ChannelGroup { slots: slots.join(","), kind, idle_bits: None, impedance: None })
    };
    // DAHDI names the signalling, which is the port's opposite.
    let all = match found.kind.as_str() {
        "fxs" => Some(ChannelKind::FxsKewl),
        "fxo" => Some(ChannelKind::FxoKewl),
        _ => None,
    };
    match all {
        Some(kind) => of_kind(kind, |_| true).into_iter().collect(),
        None => {
            let fxs =
                of_kind(ChannelKind::FxsKewl, |slot| slot.signalling.as_deref().is_some_and(|words| words.starts_with("FXO")));
            let fxo =
                of_kind(ChannelKind::FxoKewl, |slot| slot.signalling.as_deref().is_some_and(|words| words.starts_with("FXS")));
            fxs.into_iter().chain(fxo).collect()
        }
    }
}
