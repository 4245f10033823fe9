//! A card that is pulled while its channels are in use, and its return; and a span that is closed while they are.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod dahdi_fake;
mod dahdi_open;

use dahdi_open::{Opened, e1_config, events, turn};
use tdm::dahdi::{ChannelKind, DahdiSpan, Start};
use tdm::{Alarms, AnalogPort, BLOCK, Channel, Error, Hook, Mode, Span, SpanEvent};

fn is_closed<T>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::SpanClosed))
}

/// Asks everything of an audio channel.
fn assert_closed(channel: &mut dyn Channel) {
    assert!(is_closed(channel.read(&mut [0; BLOCK])));
    assert!(is_closed(channel.write(&[0; BLOCK])) || matches!(channel.write(&[0; BLOCK]), Err(Error::WouldBlock)));
    assert_eq!(events(channel), []);
}

#[test]
fn pulled_card_closes_the_span_and_every_channel() {
    let mut opened = Opened::e1();
    let mut pacer = opened.talk(1, Mode::Audio);
    let mut audio = opened.talk(5, Mode::Audio);
    let mut frames = opened.span.open(16, Mode::Hdlc).unwrap();
    opened.span.service().unwrap();
    opened.span_events();
    opened.fake.remove(opened.number);

    assert!(is_closed(opened.span.service()));
    let gone = Alarms::RED | Alarms::LOS;
    assert_eq!(opened.span_events(), [SpanEvent::FarEndGone, SpanEvent::AlarmsChanged { alarms: gone }]);
    assert_eq!(opened.span.alarms(), gone);
    assert_closed(&mut *pacer);
    assert_closed(&mut *audio);
    assert!(is_closed(frames.read(&mut [0; 300])));
    assert!(is_closed(frames.write(&[1])));
    assert!(is_closed(opened.span.open(7, Mode::Audio)));
    assert!(is_closed(opened.span.service()), "and stays so");
    assert_eq!(opened.span_events(), [], "told once");
}

#[test]
fn pulled_card_is_not_asked_again_for_each_call_would_sleep_in_the_kernel() {
    let mut opened = Opened::e1();
    let mut channels: Vec<_> = (1..=15).map(|slot| opened.talk(slot, Mode::Audio)).collect();
    opened.fake.remove(opened.number);
    opened.fake.clear_log();
    assert!(is_closed(opened.span.service()));
    for channel in &mut channels {
        assert!(is_closed(channel.read(&mut [0; BLOCK])));
    }
    drop(channels);
    let asked: Vec<String> = opened.fake.log().into_iter().filter(|line| line.starts_with("ch")).collect();
    assert_eq!(asked, Vec::<String>::new());
}

#[test]
fn channel_that_notices_first_closes_the_span() {
    let mut opened = Opened::e1();
    let mut audio = opened.talk(5, Mode::Audio);
    opened.fake.refuse("ch5 read", nix::libc::ENODEV, 1);
    assert!(is_closed(audio.read(&mut [0; BLOCK])));
    assert!(is_closed(opened.span.service()));
}

#[test]
fn announced_removal_closes_the_span_before_the_card_is_gone() {
    for kind in [ChannelKind::B, ChannelKind::Cas { idle_bits: 13 }] {
        let mut opened = Opened::e1_of(&[kind; 3]);
        let mut audio = opened.talk(2, if kind == ChannelKind::B { Mode::Audio } else { Mode::Cas });
        opened.fake.announce_removal(opened.number);
        assert!(is_closed(opened.span.service()), "{kind:?}");
        assert!(opened.span_events().contains(&SpanEvent::FarEndGone));
        assert!(is_closed(audio.read(&mut [0; BLOCK])));
    }
}

#[test]
fn removal_is_seen_through_a_signalling_channel() {
    let mut opened = Opened::analog("ss-", &[ChannelKind::Fxs(Start::Kewl); 2]);
    let mut channel = opened.span.open(2, Mode::Analog(AnalogPort::Fxs)).unwrap();
    opened.fake.remove(opened.number);
    assert_eq!(channel.poll_event(), None);
    assert!(is_closed(channel.hook(Hook::Ring)));
    assert!(is_closed(opened.span.service()));
}

#[test]
fn card_that_returns_is_opened_anew_and_carries_audio() {
    let mut opened = Opened::e1();
    let audio = opened.talk(5, Mode::Audio);
    opened.fake.remove(opened.number);
    assert!(is_closed(opened.span.service()));
    drop(audio);
    let Opened { span, fake, number, .. } = opened;
    drop(span);
    let missing = DahdiSpan::open(&fake.sys(), e1_config()).err().unwrap();
    assert!(missing.missing, "{missing}");
    fake.restore(number);
    let mut span = DahdiSpan::open(&fake.sys(), e1_config()).unwrap_or_else(|refused| panic!("{refused}"));
    span.service().unwrap();
    assert_eq!(span.alarms(), Alarms::NONE);
    let mut channel = span.open(5, Mode::Audio).unwrap();
    assert!(matches!(channel.read(&mut [0; BLOCK]), Err(Error::WouldBlock)));
    fake.receive(5, &[1; BLOCK]);
    assert_eq!(turn(&mut *channel, || 101), [1]);
}

#[test]
fn span_that_is_closed_closes_its_devices_though_a_channel_was_just_given_back() {
    let mut opened = Opened::e1();
    // Given back after the last service, so the span has not taken it.
    drop(opened.talk(5, Mode::Audio));
    let Opened { span, fake, .. } = opened;
    drop(span);
    assert_eq!(fake.state().open_files.len(), 0);
}

#[test]
fn channel_that_outlives_its_span_fails_and_closes_its_device() {
    let mut opened = Opened::e1();
    let mut audio = opened.talk(5, Mode::Audio);
    let Opened { span, fake, .. } = opened;
    drop(span);
    assert!(is_closed(audio.read(&mut [0; BLOCK])));
    drop(audio);
    assert_eq!(fake.state().open_files.len(), 0);
}
