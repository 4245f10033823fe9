//! Countries: what their tones are, what no source gives, and what every entry must be for a generator to play it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use model::country::{ALL, CEPT, Country, Sound, Step, Tone, ToneKind, by_code, near};
use model::settings::{Settings, read};

fn tones() -> impl Iterator<Item = (&'static Country, ToneKind, &'static Tone)> {
    ALL.iter().flat_map(|country| {
        ToneKind::ALL.into_iter().filter_map(move |kind| country.tone(kind).map(|tone| (country, kind, tone)))
    })
}

#[test]
fn tones_of_every_country_are_as_stored() {
    let mut text = String::new();
    for country in &ALL {
        writeln!(text, "{} {} ({:?}-law), ring {:?}", country.code, country.name, country.law, country.ring.ms).unwrap();
        for kind in ToneKind::ALL {
            let Some(tone) = country.tone(kind) else { continue };
            let level = tone.level_dbm0.map_or_else(String::new, |level| format!(" at {level} dBm0"));
            writeln!(text, "  {}: {tone}{level} [{}]", kind.as_str(), tone.source.as_str()).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn tones_that_no_source_gives_are_listed() {
    let mut text = String::new();
    for kind in ToneKind::ALL {
        let without: Vec<_> = ALL.iter().filter(|country| country.tone(kind).is_none()).map(|country| country.code).collect();
        writeln!(text, "{} ({}): {}", kind.as_str(), without.len(), without.join(" ")).unwrap();
    }
    let without_level = tones().filter(|(_, _, tone)| tone.level_dbm0.is_none()).count();
    writeln!(text, "level ({without_level} of {} tones): all but those of the precise tone plan", tones().count()).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn codes_are_forty_sorted_and_each_there_once() {
    let codes: Vec<_> = ALL.iter().map(|country| country.code).collect();
    let sorted: BTreeSet<_> = codes.iter().copied().collect();
    assert_eq!(codes, sorted.into_iter().collect::<Vec<_>>());
    assert_eq!(codes.len(), 40);
    assert!(codes.iter().all(|code| code.len() == 2 && code.chars().all(|letter| letter.is_ascii_lowercase())));
}

#[test]
fn every_step_can_be_played() {
    let audible = |frequency: &f32| (300.0..=3400.0).contains(frequency);
    for (country, kind, tone) in tones() {
        let place = format!("{} {}", country.code, kind.as_str());
        let steps: Vec<&Step> = tone.once.iter().chain(tone.repeat).collect();
        assert!(!steps.is_empty(), "{place}");
        for step in &steps {
            match step.sound {
                Sound::Silence => {}
                Sound::Sum(frequencies) => {
                    assert!((1..=4).contains(&frequencies.len()) && frequencies.iter().all(audible), "{place}: {step}");
                }
                Sound::Modulated { carrier, by } => assert!(audible(&carrier) && by > 0.0 && by < 100.0, "{place}: {step}"),
            }
            assert_ne!(step.ms, Some(0), "{place}");
            // What never ends stands alone: nothing after it would ever be heard.
            let endless_alone = step.ms.is_some() || (tone.repeat.len() == 1 && tone.repeat[0] == **step);
            assert!(endless_alone, "{place}: {tone}");
        }
    }
}

#[test]
fn levels_are_within_what_lines_carry() {
    // A howler apart, E.180 has -5 dBm0 as the highest level of a tone.
    for (country, kind, tone) in tones() {
        let level = tone.level_dbm0.unwrap_or(model::country::NOMINAL_LEVEL_DBM0);
        assert!((-30.0..=-5.0).contains(&level), "{} {}: {level}", country.code, kind.as_str());
    }
}

#[test]
fn ring_cadences_have_pairs_and_keep_time_with_the_ringing_tone() {
    for country in &ALL {
        assert!(!country.ring.ms.is_empty() && country.ring.ms.len().is_multiple_of(2), "{}", country.code);
        let heard: Vec<_> = country.tones.ringback.unwrap().repeat.iter().map(|step| step.ms.unwrap()).collect();
        assert_eq!(country.ring.ms, heard, "{}", country.code);
    }
}

#[test]
fn country_without_its_own_tone_plays_the_nearest_one() {
    let russia = by_code("ru").unwrap();
    assert_eq!(russia.tone(ToneKind::Dial), None);
    assert_eq!(russia.or_cept(ToneKind::Dial), CEPT.dial.as_ref());
    assert_eq!(russia.or_cept(ToneKind::Congestion), russia.tones.busy.as_ref(), "busy tone before a foreign congestion tone");
    let britain = by_code("gb").unwrap();
    assert_eq!(britain.or_cept(ToneKind::StutterDial), britain.tones.dial.as_ref(), "dial tone before a foreign stutter");
    assert_eq!(britain.or_cept(ToneKind::Howler), None);
    let heard = [ToneKind::Dial, ToneKind::Ringback, ToneKind::Busy, ToneKind::Congestion, ToneKind::SpecialInformation];
    assert!(ALL.iter().all(|country| heard.iter().all(|kind| country.or_cept(*kind).is_some())));
}

#[test]
fn wrong_code_names_the_ones_that_may_be_meant() {
    assert_eq!(near("uk"), ["dk", "gb", "us"]);
    assert_eq!(near("germany"), ["de"]);
    assert!(["ru", "us", "sg"].iter().all(|code| near("su").contains(code)), "a letter, or the order");
    assert_eq!(near("zzz"), [] as [&str; 0]);
}

#[test]
fn unknown_country_is_an_error_with_near_codes() {
    let problem = |text: &str| read(text).problems.first().map(ToString::to_string);
    assert_eq!(
        problem("country = \"uk\"").unwrap(),
        "error: country: found \"uk\", expected a country's code, such as dk, gb, us"
    );
    assert!(problem("country = \"zzz\"").unwrap().contains("such as ar, at, au"), "all of them where none is near");
    assert!(problem("country = \"DE\"").unwrap().contains("such as "), "codes are small letters");
    assert_eq!(problem("country = \"se\""), None);
}

#[test]
fn default_country_has_the_law_of_the_default_framing() {
    let settings = Settings::default();
    assert_eq!(by_code(&settings.country).unwrap().law, model::settings::Law::A);
    assert!(read("").settings.is_some());
}
