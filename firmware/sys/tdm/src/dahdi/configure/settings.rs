//! What is wrong with a span's settings by themselves. The kernel takes some of it in silence and does something else.

use super::words;
use crate::dahdi::config::{LineFraming, SpanConfig};
use crate::dahdi::refused::Refused;
use crate::dahdi::tone_zone;
use crate::{Law, SpanKind};

/// The settings by themselves.
pub(super) fn check(config: &SpanConfig) -> Result<(), Refused> {
    let refused = |cure: String| Err(Refused::because(&config.name, "use these settings", cure));
    let kind = words::kind(config.kind);
    let framed = match config.kind {
        SpanKind::E1 => matches!(config.framing, LineFraming::E1 { .. }),
        SpanKind::T1 => matches!(config.framing, LineFraming::Esf | LineFraming::D4),
        SpanKind::Analog => config.framing == LineFraming::Analog,
    };
    if !framed {
        return refused(format!("{:?} is no framing of a span of kind {kind}: leave it to the kind", config.framing));
    }
    // G.711: systems of 2048 kbit/s use A-law, those of 1544 kbit/s mu-law.
    match (config.kind, config.law) {
        (SpanKind::E1, Law::Mu) => return refused("the law of an E1 is A, not mu: set law = \"a\" or leave it out".to_owned()),
        (SpanKind::T1, Law::A) => return refused("the law of a T1 is mu, not A: set law = \"mu\" or leave it out".to_owned()),
        (SpanKind::E1, Law::A) | (SpanKind::T1, Law::Mu) | (SpanKind::Analog, _) => {}
    }
    if config.channels.is_empty() {
        return refused("no channel has a use: list at least one".to_owned());
    }
    let mut slots: Vec<u8> = config.channels.iter().map(|channel| channel.slot).collect();
    slots.sort_unstable();
    if let Some([slot, _]) = slots.array_windows().find(|[one, other]| one == other) {
        return refused(format!("timeslot {slot} is listed twice: list it once"));
    }
    if config.line_build_out > 7 || config.clock_priority > 15 {
        let (lbo, clock) = (config.line_build_out, config.clock_priority);
        return refused(format!("line build-out is {lbo} (0 to 7) and clock priority {clock} (0 to 15): keep them within"));
    }
    if let Some(name) = config.tone_zone.as_ref().filter(|name| tone_zone::zone(name).is_none()) {
        return refused(format!("there is no tone zone \"{name}\": the one there is is `us`"));
    }
    canceller(config)
}

fn canceller(config: &SpanConfig) -> Result<(), Refused> {
    let Some(echo) = &config.echo else { return Ok(()) };
    let wrong = |cure: &str| {
        let doing = format!("use echo canceller \"{}\" with {} taps", echo.module, echo.taps);
        Err(Refused::because(&config.name, doing, cure))
    };
    // The kernel takes 64 for every other length and cuts longer names, both in silence.
    if ![32, 64, 128, 256, 512, 1024].contains(&echo.taps) {
        return wrong("taps are 32, 64, 128, 256, 512 or 1024");
    }
    if !(1..16).contains(&echo.module.len()) {
        return wrong("its name has 1 to 15 characters");
    }
    if echo.parameters.len() > 8 || echo.parameters.iter().any(|(name, _)| !(1..16).contains(&name.len())) {
        return wrong("it takes at most 8 parameters, whose names have 1 to 15 characters");
    }
    Ok(())
}
