//! The countries' tones in `model` against libtonezone 3.1.0's zones of the same codes: whatever differs is listed with its reason.
//!
//! A difference that is not in the list fails, and so does an entry of the list that is no difference. What `model` leaves empty for want of a
//! source is not compared: `model`'s own tests list it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod differences;

use std::collections::BTreeSet;

use differences::DIFFERENCES;
use model::country::{ALL, Country, ToneKind};
use tonezone_peer::{Zone, zones};

/// The library's number of each kind (`DAHDI_TONE_*`); it has no howler and no confirmation tone.
const fn number(kind: ToneKind) -> Option<u8> {
    match kind {
        ToneKind::Dial => Some(0),
        ToneKind::Busy => Some(1),
        ToneKind::Ringback => Some(2),
        ToneKind::Congestion => Some(3),
        ToneKind::CallWaiting => Some(4),
        ToneKind::SpecialInformation => Some(7),
        ToneKind::StutterDial => Some(10),
        ToneKind::Howler | ToneKind::Confirmation => None,
    }
}

/// The notation made one: the order of frequencies that sound together means nothing, and silence for ever after a sequence is its end.
fn canonical(notation: &str) -> String {
    let ends = notation.split(',').rev().skip(1).all(|step| step.starts_with('!'));
    let notation = if ends { notation.strip_suffix(",0").unwrap_or(notation) } else { notation };
    let step = |step: &str| {
        let (once, step) = step.strip_prefix('!').map_or(("", step), |step| ("!", step));
        let (sound, ms) = step.split_once('/').map_or((step, String::new()), |(sound, ms)| (sound, format!("/{ms}")));
        let mut frequencies: Vec<_> = sound.split('+').collect();
        frequencies.sort_unstable();
        format!("{once}{}{ms}", frequencies.join("+"))
    };
    notation.split(',').map(step).collect::<Vec<_>>().join(",")
}

fn zone_of<'a>(country: &Country, zones: &'a [Zone]) -> Option<&'a Zone> {
    let code = if country.code == "gb" { "uk" } else { country.code };
    zones.iter().find(|zone| zone.code == code)
}

fn words(ms: &[u32]) -> String {
    ms.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
}

/// Country, kind, ours, theirs: for everything that both have.
fn both() -> Vec<(&'static str, &'static str, String, String)> {
    let zones = zones().unwrap();
    let mut pairs = Vec::new();
    for country in &ALL {
        let Some(zone) = zone_of(country, &zones) else { continue };
        for kind in ToneKind::ALL {
            let theirs = number(kind).and_then(|number| zone.tone(number));
            if let (Some(ours), Some(theirs)) = (country.tone(kind), theirs) {
                pairs.push((country.code, kind.as_str(), canonical(&ours.to_string()), canonical(theirs)));
            }
        }
        pairs.push((country.code, "ring", words(country.ring.ms), words(&zone.ring)));
    }
    pairs
}

#[test]
fn library_prints_its_zones() {
    let zones = zones().unwrap();
    assert_eq!(zones.len(), 46);
    let germany = zones.iter().find(|zone| zone.code == "de").unwrap();
    assert_eq!((germany.tone(1), words(&germany.ring).as_str()), (Some("425/480,0/480"), "1000 4000"));
    let without: Vec<_> = ALL.iter().filter(|country| zone_of(country, &zones).is_none()).map(|country| country.code).collect();
    assert_eq!(without, ["ca", "ie"], "countries that the library does not have");
}

#[test]
fn every_difference_is_listed_and_every_entry_is_one() {
    let pairs = both();
    let found: BTreeSet<_> = pairs.iter().filter(|(_, _, ours, theirs)| ours != theirs).cloned().collect();
    let listed: BTreeSet<_> = DIFFERENCES
        .iter()
        .map(|(code, kind, ours, theirs, _)| (*code, *kind, (*ours).to_owned(), (*theirs).to_owned()))
        .collect();
    assert_eq!(listed.len(), DIFFERENCES.len(), "an entry is there twice");
    let unlisted: Vec<_> = found.difference(&listed).map(|entry| format!("{entry:?}")).collect();
    let void: Vec<_> = listed.difference(&found).map(|entry| format!("{entry:?}")).collect();
    assert!(unlisted.is_empty() && void.is_empty(), "not listed:\n{}\nno difference:\n{}", unlisted.join("\n"), void.join("\n"));
    assert!(pairs.len() > 200 && found.len() < pairs.len() / 2, "{} of {} values differ", found.len(), pairs.len());
}

#[test]
fn notation_made_one_still_tells_tones_apart() {
    assert_eq!(canonical("425+400"), canonical("400+425"));
    assert_eq!(canonical("!950/330,!1400/330,0"), "!950/330,!1400/330");
    assert_eq!(canonical("425/500,0"), "425/500,0", "not a sequence that is played once");
    assert_ne!(canonical("425/500,0/500"), canonical("425/500,0/400"));
    assert_ne!(canonical("400*25"), canonical("375+425"));
}
