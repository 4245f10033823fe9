//! The tracer shows everything that crosses a span, and changes nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod joined;
use std::sync::{Arc, Mutex};

use joined::{Joined, read_block, read_frame};
use tdm::virtual_span::{VirtualUser, pair};
use tdm::{AnalogPort, Hook, Mode, Span, SpanInfo, TraceRecord, Traced, Tracer};

/// One line for each record, audio by its first octet.
fn line(record: &TraceRecord<'_>) -> String {
    let slot = record.slot.map_or_else(|| "-".to_owned(), |slot| slot.to_string());
    let what = match &record.what {
        Traced::AudioReceived(octets) => format!("audio received {:02x} x{}", octets[0], octets.len()),
        Traced::AudioSent(octets) => format!("audio sent {:02x} x{}", octets[0], octets.len()),
        other => format!("{other:?}"),
    };
    format!("{} {slot} {what}", record.span)
}

fn traced(user: VirtualUser) -> (Tracer<VirtualUser>, Arc<Mutex<Vec<String>>>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = lines.clone();
    (Tracer::new(user, move |record| sink.lock().unwrap().push(line(record))), lines)
}

#[test]
fn audio_frames_bits_and_events_are_shown_in_order() {
    let Joined { mut network, user } = Joined::e1();
    let (mut user, lines) = traced(user);
    let mut far = network.open(16, Mode::Hdlc).unwrap();
    let mut far_audio = network.open(1, Mode::Cas).unwrap();
    let mut near = user.open(16, Mode::Hdlc).unwrap();
    let mut near_audio = user.open(1, Mode::Cas).unwrap();
    far.write(&[1, 2, 3]).unwrap();
    far_audio.write(&[0x42; 80]).unwrap();
    far_audio.set_bits(6).unwrap();
    near.write(&[4, 5]).unwrap();
    near_audio.write(&[0x43; 80]).unwrap();
    near_audio.set_bits(7).unwrap();
    network.service().unwrap();
    user.service().unwrap();
    network.service().unwrap();
    while user.poll_event().is_some() {}
    assert_eq!(read_frame(&mut *near), Some(vec![1, 2, 3]));
    assert_eq!(read_frame(&mut *near), None);
    assert_eq!(read_block(&mut *near_audio), Some([0x42; 80]));
    while near_audio.poll_event().is_some() {}
    drop(near);
    assert_eq!(read_frame(&mut *far), Some(vec![4, 5]));
    let expected = [
        "span1 16 Opened(Hdlc)",
        "span1 1 Opened(Cas)",
        "span1 16 FrameSent([4, 5])",
        "span1 1 audio sent 43 x80",
        "span1 1 BitsSent(7)",
        "span1 - SpanEvent(FarEndBack)",
        "span1 - SpanEvent(AlarmsChanged { alarms: Alarms(none) })",
        "span1 16 FrameReceived([1, 2, 3])",
        "span1 1 audio received 42 x80",
        "span1 1 ChannelEvent(BitsChanged(6))",
        "span1 16 Closed",
    ];
    assert_eq!(*lines.lock().unwrap(), expected);
}

#[test]
fn what_was_refused_is_not_shown() {
    let Joined { network: _network, user } = Joined::e1();
    let (mut user, lines) = traced(user);
    let mut near = user.open(1, Mode::Audio).unwrap();
    assert!(user.open(1, Mode::Audio).is_err());
    assert!(near.hook(Hook::OnHook).is_err() && near.set_bits(1).is_err() && near.write(&[0; 7]).is_err());
    assert_eq!(*lines.lock().unwrap(), ["span1 1 Opened(Audio)"]);
}

#[test]
fn wraps_a_boxed_span_and_shows_analog_signals() {
    let (_network, user) = pair(SpanInfo::analog("card", 4), tdm::virtual_span::Clock::LockStep).unwrap();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = lines.clone();
    let boxed: Box<dyn Span> = Box::new(user);
    let mut user = Tracer::new(boxed, move |record| sink.lock().unwrap().push(line(record)));
    let mut port = user.open(2, Mode::Analog(AnalogPort::Fxo)).unwrap();
    port.hook(Hook::OffHook).unwrap();
    port.set_polarity(true).unwrap();
    assert_eq!(lines.lock().unwrap()[1..], ["card 2 HookSent(OffHook)", "card 2 PolaritySent { reversed: true }"]);
}
