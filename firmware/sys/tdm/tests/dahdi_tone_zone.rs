//! The tone zone: what is in it, and that ports ring by it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod dahdi_fake;

use std::f64::consts::PI;

use dahdi_fake::{FakeKernel, FakeSpan};
use tdm::SpanKind;
use tdm::dahdi::configure::configure;
use tdm::dahdi::ioctl::{Request, ToneDef, value};
use tdm::dahdi::tone_zone::zone;
use tdm::dahdi::{ChannelConfig, ChannelKind, Place, SpanConfig, Start};

fn steps() -> Vec<ToneDef> {
    let image = zone("us").unwrap();
    image.tones[..usize::try_from(image.header.count).unwrap()].to_vec()
}

/// The cadence of a tone by following its steps: milliseconds with sound and without, in turn, once round.
fn cadence(tone: i32) -> Vec<(bool, i32)> {
    let steps = steps();
    let first = steps.iter().position(|step| step.tone == tone).unwrap();
    let (mut at, mut heard) = (first, Vec::new());
    loop {
        heard.push((steps[at].fac1 != 0, steps[at].samples / 8));
        at = usize::try_from(steps[at].next).unwrap();
        if at == first {
            return heard;
        }
    }
}

/// Level in dBm0 of one frequency in what the kernel's oscillators make of a step (`dahdi_tone_nextsample`).
fn level(step: &ToneDef, frequency: f64) -> f64 {
    let oscillate = |factor: i32, mut older: i32, mut old: i32| {
        std::iter::repeat_with(move || {
            let next = i32::try_from((i64::from(factor) * i64::from(old)) >> 15).unwrap() - older;
            (older, old) = (old, next);
            f64::from(next)
        })
    };
    let first = oscillate(step.fac1, step.init_v2_1, step.init_v3_1);
    let second = oscillate(step.fac2, step.init_v2_2, step.init_v3_2);
    let (mut re, mut im) = (0.0, 0.0);
    let count = 800;
    for (index, sample) in first.zip(second).map(|(one, two)| one + two).take(count).enumerate() {
        let angle = 2.0 * PI * frequency * index as f64 / 8000.0;
        re += sample * angle.cos();
        im += sample * angle.sin();
    }
    let amplitude = 2.0 * re.hypot(im) / count as f64;
    // G.711: a sine wave that just fills the range is 3.1 dBm0.
    20.0 * (amplitude / 32768.0).log10() + 3.1
}

#[test]
fn there_is_the_zone_us_and_no_other() {
    assert!(zone("us").is_some());
    assert!(zone("fr").is_none() && zone("").is_none() && zone("US").is_none());
}

#[test]
fn the_ring_cadence_is_two_seconds_of_six() {
    let header = zone("us").unwrap().header;
    assert_eq!(header.ringcadence[..3], [2000, 4000, 0]);
    assert_eq!((header.zone, header.name.text().as_str()), (0, "United States / North America"));
}

#[test]
fn each_tone_has_its_cadence() {
    assert_eq!(cadence(0), [(true, 1000)], "dial tone goes on");
    assert_eq!(cadence(1), [(true, 500), (false, 500)], "busy");
    assert_eq!(cadence(2), [(true, 2000), (false, 4000)], "ringback");
    assert_eq!(cadence(3), [(true, 250), (false, 250)], "congestion");
}

#[test]
fn each_tone_has_its_two_frequencies_at_minus_ten() {
    for (tone, pair) in [(0, [350.0, 440.0]), (1, [480.0, 620.0]), (2, [440.0, 480.0]), (3, [480.0, 620.0])] {
        let step = *steps().iter().find(|step| step.tone == tone).unwrap();
        for frequency in pair {
            let level = level(&step, frequency);
            assert!((level + 10.0).abs() < 0.5, "tone {tone}, {frequency} Hz: {level:.2} dBm0");
        }
        let elsewhere = level(&step, 1000.0);
        assert!(elsewhere < -25.0, "tone {tone}, 1000 Hz: {elsewhere:.2} dBm0");
    }
}

#[test]
fn every_step_leads_to_a_step() {
    let count = i32::try_from(steps().len()).unwrap();
    assert!(steps().iter().all(|step| (0..count).contains(&step.next) && step.samples > 0));
}

#[test]
fn a_port_rings_with_the_zone_and_not_without() {
    for (tone_zone, rings) in [(Some("us".to_owned()), true), (None, false)] {
        let fake = FakeKernel::new();
        fake.add(FakeSpan::t1("A1", 1));
        let channels = vec![ChannelConfig { slot: 1, kind: ChannelKind::Fxs(Start::Kewl), impedance: None }];
        let t1 = SpanConfig::primary_rate("t", Place::Hardware("A1/1".to_owned()), SpanKind::T1);
        let _configured = configure(&fake.sys(), &SpanConfig { channels, tone_zone, ..t1 }).unwrap();
        let port = fake.occupy(1);
        let error = port.ioctl(Request::Hook(value::RING)).unwrap_err().raw_os_error();
        assert_eq!(error, Some(if rings { nix::libc::EINPROGRESS } else { nix::libc::ENODATA }));
    }
}

#[test]
fn a_zone_that_is_refused_and_not_there_refuses_the_span() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    fake.refuse("DAHDI_LOADZONE", nix::libc::EINVAL, 1);
    let e1 = SpanConfig::primary_rate("north", Place::Hardware("A1/1".to_owned()), SpanKind::E1);
    let config = SpanConfig { tone_zone: Some("us".to_owned()), ..e1 };
    let refused = configure(&fake.sys(), &config).err().unwrap();
    assert!(refused.to_string().contains("load tone zone \"us\""), "{refused}");
    assert_eq!(refused.source.unwrap().raw_os_error(), Some(nix::libc::EINVAL));
    assert!(!fake.span(1, |span| span.running));
}

#[test]
fn a_number_that_is_taken_is_busy_in_other_modules() {
    let fake = FakeKernel::new();
    fake.add(FakeSpan::e1("A1", 1));
    let e1 = SpanConfig::primary_rate("north", Place::Hardware("A1/1".to_owned()), SpanKind::E1);
    let config = SpanConfig { tone_zone: Some("us".to_owned()), ..e1 };
    drop(configure(&fake.sys(), &config).unwrap());
    fake.refuse("DAHDI_LOADZONE", nix::libc::EBUSY, 1);
    assert_eq!(configure(&fake.sys(), &config).unwrap().tone_zone, Some(0));
}
