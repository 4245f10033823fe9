//! Alarms that one end puts on the line and the other sees.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod joined;
use joined::{Joined, channel_events, read_block, read_frame, span_events};
use tdm::{Alarms, ChannelEvent, Mode, Span, SpanEvent};

fn changed(alarms: Alarms) -> SpanEvent {
    SpanEvent::AlarmsChanged { alarms }
}

#[test]
fn far_end_answers_red_goes() {
    let mut joined = Joined::e1();
    assert_eq!((joined.network.alarms(), joined.user.alarms()), (Alarms::RED, Alarms::RED));
    joined.tick();
    assert_eq!((joined.network.alarms(), joined.user.alarms()), (Alarms::NONE, Alarms::NONE));
    let expected = [SpanEvent::FarEndBack, changed(Alarms::NONE)];
    assert_eq!(span_events(&mut joined.network), expected);
    assert_eq!(span_events(&mut joined.user), expected);
}

#[test]
fn los_sent_far_end_is_red_and_answers_yellow() {
    let mut joined = Joined::e1();
    joined.tick();
    span_events(&mut joined.user);
    span_events(&mut joined.network);
    joined.network.set_sent_alarms(Alarms::LOS).unwrap();
    joined.tick();
    assert_eq!(joined.user.alarms(), Alarms::RED | Alarms::LOS);
    assert_eq!(joined.network.alarms(), Alarms::YELLOW);
    joined.ticks(5);
    joined.network.set_sent_alarms(Alarms::NONE).unwrap();
    joined.tick();
    assert_eq!(span_events(&mut joined.user), [changed(Alarms::RED | Alarms::LOS), changed(Alarms::NONE)]);
    assert_eq!(span_events(&mut joined.network), [changed(Alarms::YELLOW), changed(Alarms::NONE)]);
}

#[test]
fn user_end_sends_blue_network_end_shows_it() {
    let mut joined = Joined::e1();
    joined.tick();
    joined.user.set_sent_alarms(Alarms::BLUE).unwrap();
    joined.ticks(2);
    assert_eq!((joined.network.alarms(), joined.user.alarms()), (Alarms::BLUE, Alarms::YELLOW));
}

#[test]
fn yellow_sent_audio_still_passes() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(1, Mode::Audio).unwrap();
    let mut near = joined.user.open(1, Mode::Audio).unwrap();
    joined.network.set_sent_alarms(Alarms::YELLOW).unwrap();
    far.write(&[9; 80]).unwrap();
    joined.tick();
    assert_eq!(joined.user.alarms(), Alarms::YELLOW);
    assert_eq!(read_block(&mut *near), Some([9; 80]));
}

#[test]
fn los_within_a_frame_frame_and_audio_are_lost_bits_are_heard_after() {
    let mut joined = Joined::e1();
    let mut far = joined.network.open(1, Mode::Audio).unwrap();
    let mut near = joined.user.open(1, Mode::Audio).unwrap();
    let mut far_d = joined.network.open(16, Mode::Hdlc).unwrap();
    let mut near_d = joined.user.open(16, Mode::Hdlc).unwrap();
    let mut far_cas = joined.network.open(2, Mode::Cas).unwrap();
    let near_cas = joined.user.open(2, Mode::Cas).unwrap();
    far_d.write(&[1; 250]).unwrap();
    joined.tick();
    joined.network.set_sent_alarms(Alarms::LOS).unwrap();
    far.write(&[9; 80]).unwrap();
    far_cas.set_bits(5).unwrap();
    joined.tick();
    joined.network.set_sent_alarms(Alarms::NONE).unwrap();
    far_d.write(&[2; 20]).unwrap();
    joined.ticks(3);
    let heard: Vec<_> = std::iter::from_fn(|| read_block(&mut *near)).collect();
    assert_eq!(heard, [[0xd5; 80]; 5]);
    assert_eq!(read_frame(&mut *near_d), Some(vec![2; 20]), "the frame that LOS cut never shows");
    assert_eq!(channel_events(&mut *near_d), [ChannelEvent::HdlcAbort]);
    assert_eq!(near_cas.bits(), 5);
}

#[test]
fn what_cannot_be_seen_from_outside_cannot_be_sent() {
    let mut joined = Joined::e1();
    let refused = joined.network.set_sent_alarms(Alarms::RED | Alarms::LOS).unwrap_err();
    assert_eq!(refused.to_string(), "unsupported: sending RED|LOS: only YELLOW, BLUE and LOS can be sent");
}

#[test]
fn a_second_in_alarm_is_an_errored_second() {
    let mut joined = Joined::e1();
    joined.ticks(100);
    joined.network.set_sent_alarms(Alarms::LOS).unwrap();
    joined.tick();
    joined.network.set_sent_alarms(Alarms::NONE).unwrap();
    joined.ticks(199);
    assert_eq!(joined.user.counters().errored_seconds, 1);
}

#[test]
fn alarms_print_as_names() {
    assert_eq!(Alarms::NONE.to_string(), "none");
    assert_eq!((Alarms::LOS | Alarms::RED).to_string(), "RED|LOS");
    assert_eq!(format!("{:?}", Alarms::from_bits(0xffff)), "Alarms(RED|YELLOW|BLUE|LOS|LFA|LMFA|RECOVER|NOT_OPEN|LOOPBACK)");
    assert!(!Alarms::LOOPBACK.is_down() && Alarms::YELLOW.is_down() && !Alarms::YELLOW.is_deaf());
}
