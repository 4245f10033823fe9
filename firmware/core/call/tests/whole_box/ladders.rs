//! Each message lands in its own call's ladder, also after the call is over; what the record says.

use call::Event;
use model::api::Quality;

use crate::bench::{Bench, cause, seconds};

#[test]
fn interleaved_calls_keep_their_own_lines() {
    let mut bench = Bench::new();
    let (first, _) = bench.answered_from_phone();
    let (second, _) = bench.answered_from_exchange();
    let (third, _) = bench.ringing_from_phone();
    bench.at_phone(|p, now| p.hangup(now, third, 487, None, &[]));
    bench.at_exchange(|x, now| x.clear(now, second, cause(16)));
    bench.at_phone(|p, now| p.hangup(now, first, 480, None, &[]));
    bench.assert_idle();
    for (call, texts) in [
        (1, ["INVITE sip:100", "SETUP cr=1 ", "200 OK (sdp)", "CONNECT cr=1'", "BYE", "RELEASE COMPLETE cr=1"]),
        (2, ["INVITE sip:200", "SETUP cr=1 ", "200 OK (sdp)", "CONNECT cr=1'", "BYE", "RELEASE COMPLETE cr=1"]),
        (3, ["INVITE sip:100", "SETUP cr=2 ", "180 Ringing", "ALERTING cr=2'", "CANCEL", "RELEASE COMPLETE cr=2"]),
    ] {
        for text in texts {
            assert!(bench.lines(call, text) >= 1, "call {call} has no {text}:\n{}", bench.story(call));
        }
        assert_eq!(bench.lines(call, "SETUP"), 1);
        assert_eq!(bench.lines(call, "audio path open"), usize::from(call != 3));
    }
}

#[test]
fn messages_after_the_record_still_find_their_ladder() {
    let mut bench = Bench::new();
    let (first, _) = bench.answered_from_phone();
    // Our 200 to the BYE is lost, so the BYE comes again when the call is over and another one is there.
    bench.sip_from_box.drop_next(1);
    bench.at_phone(|p, now| p.hangup(now, first, 480, None, &[]));
    assert_eq!(bench.records.len(), 1);
    let before = bench.events.len();
    let second = bench.phone_calls("100");
    bench.run(seconds(1));
    let late = |event: &&Event| matches!(event, Event::Ladder { call, line } if call.0 == 1 && line.text.contains("BYE"));
    assert_eq!(bench.events[before..].iter().filter(late).count(), 2, "{}", bench.story(1));
    assert_eq!(bench.lines(2, "BYE"), 0);
    bench.at_phone(|p, now| p.hangup(now, second, 487, None, &[]));
    bench.assert_idle();
}

#[test]
fn refused_setup_that_reuses_a_reference_is_not_in_the_ended_calls_ladder() {
    let mut bench = Bench::new();
    let (near, _) = bench.answered_from_exchange();
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
    // The exchange starts anew: its call references begin at 1 again, and it asks for a channel that E1 does not have.
    let mut config = isdn::Config::new("exchange", isdn::Side::Network, isdn::Framing::E1);
    config.channels = vec![16];
    bench.exchange = isdn::Interface::new(config);
    bench.at_exchange(|x, now| x.start(now));
    bench.exchange_events.clear();
    bench.exchange_calls("200");
    assert_eq!(bench.cleared_at_exchange(), Some(82));
    assert_eq!(bench.lines(1, "SETUP"), 1, "{}", bench.story(1));
    assert_eq!(bench.lines(1, "RELEASE COMPLETE"), 1, "{}", bench.story(1));
}

#[test]
fn every_message_of_a_call_is_given_for_captures_too() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    let count = |test: &dyn Fn(&Event) -> bool| bench.events.iter().filter(|event| test(event)).count();
    let sip = count(&|event| matches!(event, Event::SipMessage { .. }));
    let frames = count(&|event| matches!(event, Event::DFrame { call: Some(_), .. }));
    assert_eq!((sip, frames), (bench.lines(1, " sip "), bench.lines(1, " q931 ")));
    // Frames of no call, such as acknowledgements, are for the flight recorder alone.
    assert!(count(&|event| matches!(event, Event::DFrame { call: None, .. })) > 4);
    assert_eq!((sip, frames), (7, 8), "{}", bench.story(1));
    bench.assert_idle();
}

#[test]
fn record_and_counters_hold_the_figures_of_the_media_threads() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    bench.run(seconds(60));
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
    let record = bench.record();
    let expected = Quality { packets_sent: 50, packets_received: 49, lost: 1, ..Quality::default() };
    assert_eq!(record.quality, Some(expected));
    assert_eq!((record.from.trunk.as_str(), record.from.timeslot), ("phone", None));
    let to = record.to.as_ref().unwrap();
    assert_eq!((to.trunk.as_str(), to.timeslot), ("span1", Some(1)));
    let answered = record.answered_at.unwrap();
    assert!((60_000..60_400).contains(&(record.ended_at - answered)), "{record:?}");
    assert_eq!(record.post_dial_delay_ms, Some(100));
    let counters = bench.engine.counters();
    assert_eq!((counters.calls, counters.answered, counters.ended, counters.malformed_rtp), (1, 1, 1, 2));
}
