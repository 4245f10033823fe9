//! A failure at any step of configuring undoes every step before it; the walk refuses each request of a good run in turn.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod dahdi_fake;

use std::collections::BTreeSet;

use dahdi_fake::{FakeKernel, FakeSpan};
use tdm::dahdi::configure::configure;
use tdm::dahdi::{ChannelConfig, ChannelKind, EchoCanceller, LineFraming, Place, SpanConfig, Start};
use tdm::{Law, SpanKind};

/// A way to have a span: what is plugged in, what is wanted.
struct Case {
    plugged: Vec<FakeSpan>,
    config: SpanConfig,
    /// Loaded before, so that the answer has to be looked for.
    zone_loaded: bool,
}

fn cases() -> Vec<Case> {
    let echo = Some(EchoCanceller { module: "mg2".to_owned(), taps: 128, parameters: Vec::new() });
    let e1 = |place| SpanConfig { echo: echo.clone(), ..SpanConfig::primary_rate("north", place, SpanKind::E1) };
    let hardware = |id: &str| Place::Hardware(id.to_owned());
    let port = |slot, kind| ChannelConfig { slot, kind, impedance: None };
    let analog = SpanConfig {
        kind: SpanKind::Analog,
        framing: LineFraming::Analog,
        law: Law::Mu,
        tone_zone: Some("us".to_owned()),
        channels: vec![port(1, ChannelKind::Fxs(Start::Kewl)), port(2, ChannelKind::Fxo(Start::Loop))],
        ..e1(hardware("8B1/1"))
    };
    let loc = Place::Dynamic { driver: "loc".to_owned(), address: "0:0".to_owned(), channels: 31, timing: 0 };
    let mut few = e1(hardware("A1/2"));
    few.channels.retain(|channel| matches!(channel.slot, 1 | 16 | 31));
    few.channels[1].kind = ChannelKind::D { hardware_hdlc: true };
    let card = || vec![FakeSpan::e1("A1", 1), FakeSpan::e1("A1", 2)];
    let case = |plugged, config, zone_loaded| Case { plugged, config, zone_loaded };
    vec![
        case(card(), few, false),
        case(vec![FakeSpan::analog("8B1", "so")], analog.clone(), false),
        case(vec![FakeSpan::analog("8B1", "so")], analog, true),
        case(card(), e1(loc), false),
    ]
}

fn start(case: &Case) -> FakeKernel {
    let fake = FakeKernel::new();
    for span in &case.plugged {
        fake.add(span.clone());
    }
    if case.zone_loaded {
        drop(configure(&fake.sys(), &case.config).unwrap());
        fake.clear_log();
    }
    fake
}

/// Every request and opening of a good run, each once.
fn steps(case: &Case) -> BTreeSet<String> {
    let fake = start(case);
    let configured = configure(&fake.sys(), &case.config).unwrap();
    let log = fake.log();
    drop(configured);
    log.into_iter().filter(|line| !line.contains("close") && !line.contains("-> errno")).collect()
}

/// Nothing of what was done is left.
fn assert_nothing_left(fake: &FakeKernel, case: &Case, step: &str) {
    let state = fake.state();
    assert_eq!(state.spans.len(), case.plugged.len(), "{step}: a dynamic span is left");
    assert!(state.spans.iter().all(|span| !span.running), "{step}: a span runs");
    for (channo, channel) in &state.channels {
        assert_eq!((channel.sigtype, channel.canceller.as_deref(), channel.open), (0, None, None), "{step}: channel {channo}");
    }
    assert!(state.open_files.is_empty(), "{step}: a device is open");
}

#[test]
fn a_refusal_at_any_step_undoes_all_before_and_leaves_the_span_free() {
    let mut refusals = 0;
    for case in cases() {
        let steps = steps(&case);
        assert!(steps.len() > 7, "{steps:?}");
        for step in &steps {
            let fake = start(&case);
            fake.refuse(step, nix::libc::EIO, 1);
            let refused = configure(&fake.sys(), &case.config).err().unwrap_or_else(|| panic!("{step}: not refused"));
            assert_eq!(refused.span, "north", "{step}");
            assert!(refused.to_string().starts_with("span \"north\": cannot "), "{refused}");
            assert!(!refused.missing && refused.source.is_some(), "{step}: {refused:?}");
            assert_nothing_left(&fake, &case, step);
            let again = configure(&fake.sys(), &case.config);
            assert!(again.is_ok(), "{step}: {}", again.err().unwrap());
            refusals += 1;
        }
    }
    assert!(refusals > 100, "{refusals}");
}

#[test]
fn a_device_that_goes_away_at_any_step_is_missing_and_harms_nothing() {
    for case in cases() {
        for step in steps(&case) {
            let fake = start(&case);
            fake.refuse(&step, nix::libc::ENODEV, 1);
            let refused = configure(&fake.sys(), &case.config).err().unwrap();
            assert!(refused.missing, "{step}: {refused}");
            assert_nothing_left(&fake, &case, &step);
        }
    }
}

#[test]
fn an_undoing_that_fails_too_goes_on_with_the_rest() {
    let case = &cases()[3];
    let fake = start(case);
    let configured = configure(&fake.sys(), &case.config).unwrap();
    fake.refuse("DAHDI_ATTACH_ECHOCAN", nix::libc::EIO, dahdi_fake::ALWAYS);
    fake.refuse("DAHDI_SHUTDOWN", nix::libc::EIO, dahdi_fake::ALWAYS);
    drop(configured);
    assert_eq!(fake.state().spans.len(), case.plugged.len(), "the dynamic span is destroyed all the same");
}
