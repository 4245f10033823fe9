//! HOLD and RETRIEVE from the ISDN side of an answered call, what the SIP side is offered meanwhile, and NOTIFY when the SIP side holds.

use call::words::{MediaCommand, Terminal};
use insta::assert_snapshot;
use isdn::Event;
use model::settings::SwitchType;

use crate::bench::{Bench, Media, PHONE_OFFER, cause, descriptions, ms, route, sdp};

/// Q.850: requested facility not implemented.
const NOT_IMPLEMENTED: u8 = 69;

/// The phone's answer to a re-INVITE.
fn answering(direction: &str) -> Option<sip::Body> {
    sdp(&format!("{PHONE_OFFER}a={direction}\r\n"))
}

/// What became of the exchange's HOLDs: `None` for an acknowledgement, else the cause.
fn holds(bench: &Bench) -> Vec<Option<u8>> {
    let of = |event: &Event| match event {
        Event::Held { result, .. } => Some(result.as_ref().err().map(|cause| cause.value.0)),
        _ => None,
    };
    bench.exchange_events.iter().filter_map(of).collect()
}

/// The timeslots of the exchange's retrieved calls.
fn retrieved(bench: &Bench) -> Vec<u8> {
    let of = |event: &Event| match event {
        Event::Retrieved { result: Ok(channel), .. } => Some(channel.slot),
        _ => None,
    };
    bench.exchange_events.iter().filter_map(of).collect()
}

/// Notifications that came to the exchange.
fn notified(bench: &Bench) -> Vec<u8> {
    let of = |event: &Event| match event {
        Event::Notify { notification, .. } => Some(*notification),
        _ => None,
    };
    bench.exchange_events.iter().filter_map(of).collect()
}

/// Directions of our offers and answers: those of INVITE and re-INVITE.
fn offered(bench: &Bench) -> Vec<(u64, String)> {
    descriptions(&bench.sent("INVITE "))
}

/// Timeslots that the media threads were told to leave and to take again.
fn moved(bench: &Bench) -> Vec<(&'static str, u8)> {
    let of = |command: &MediaCommand| match command {
        MediaCommand::Hold { terminal: Terminal::Channel { timeslot, .. }, .. } => Some(("hold", *timeslot)),
        MediaCommand::Retrieve { terminal: Terminal::Channel { timeslot, .. }, .. } => Some(("retrieve", *timeslot)),
        _ => None,
    };
    bench.commands.iter().filter_map(of).collect()
}

#[test]
fn isdn_caller_holds_and_retrieves_and_the_phone_is_offered_nothing_meanwhile() {
    let mut bench = Bench::new();
    let (near, phone) = bench.answered_from_exchange();
    bench.at_exchange(|x, now| x.hold(now, near));
    bench.at_phone(|p, now| p.answer_reinvite(now, phone, answering("recvonly").ok_or(488)));
    assert_eq!((holds(&bench), bench.engine.held().channels), (vec![None], 0), "the channel is free");
    let call = bench.engine.controller().calls().next().unwrap();
    assert!(call.from.holds && !call.to.unwrap().holds);
    bench.at_exchange(|x, now| x.retrieve(now, near));
    bench.at_phone(|p, now| p.answer_reinvite(now, phone, answering("sendrecv").ok_or(488)));
    assert_eq!((retrieved(&bench).len(), bench.engine.held().channels), (1, 1));
    let directions: Vec<(u64, String)> =
        [(1, "sendrecv"), (2, "sendonly"), (3, "sendrecv")].map(|(v, d)| (v, d.to_owned())).into();
    assert_eq!(offered(&bench), directions);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn isdn_callee_holds_and_the_caller_gets_a_reinvite_with_the_codec_that_was_agreed() {
    let mut bench = Bench::new();
    let (phone, far) = bench.answered_from_phone();
    bench.at_exchange(|x, now| x.hold(now, far));
    assert!(matches!(bench.phone_events.last(), Some(sip::Event::Reinvited { .. })));
    bench.at_phone(|p, now| p.answer_reinvite(now, phone, answering("recvonly").ok_or(488)));
    let reinvite = bench.sent("INVITE ")[0];
    assert!(reinvite.contains("a=sendonly") && reinvite.contains("RTP/AVP 8 101\r\n"), "{reinvite}");
    bench.at_exchange(|x, now| x.retrieve(now, far));
    bench.at_phone(|p, now| p.answer_reinvite(now, phone, answering("sendrecv").ok_or(488)));
    assert_eq!((holds(&bench), retrieved(&bench).len()), (vec![None], 1));
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn channel_of_a_held_call_serves_another_and_retrieve_takes_a_free_one() {
    let mut bench = Bench::with(|s| s.spans[0].hunting = model::settings::Hunting::Ascending);
    let (near, _) = bench.answered_from_exchange();
    let before = moved_to(&bench);
    bench.at_exchange(|x, now| x.hold(now, near));
    let (_, second) = bench.ringing_from_phone();
    bench.at_exchange(|x, now| x.connect(now, second, isdn::Connected::default()));
    bench.at_exchange(|x, now| x.retrieve(now, near));
    let [("hold", left), ("retrieve", taken)] = moved(&bench)[..] else { panic!("{:?}", bench.commands) };
    assert_eq!((left, retrieved(&bench)), (before, vec![taken]));
    assert_eq!(bench.engine.held().channels, 2);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.at_exchange(|x, now| x.clear(now, second, cause(16)));
    bench.assert_idle();
}

/// The timeslot that the first call was joined to.
fn moved_to(bench: &Bench) -> u8 {
    match &bench.commands[0] {
        MediaCommand::Connect { a: Terminal::Channel { timeslot, .. }, .. }
        | MediaCommand::Connect { b: Terminal::Channel { timeslot, .. }, .. } => *timeslot,
        other => panic!("{other:?}"),
    }
}

#[test]
fn hold_before_the_answer_is_refused() {
    let mut bench = Bench::new();
    let (near, phone) = bench.ringing_from_exchange();
    bench.at_exchange(|x, now| x.hold(now, near));
    assert_eq!(holds(&bench), [Some(NOT_IMPLEMENTED)]);
    bench.at_phone(|p, now| p.accept(now, phone, &[], sdp(PHONE_OFFER)));
    assert!(bench.answered_at_exchange());
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn hold_that_the_span_does_not_allow_is_refused() {
    let mut bench = Bench::with(|s| s.spans[0].hold = false);
    let (near, _) = bench.answered_from_exchange();
    bench.at_exchange(|x, now| x.hold(now, near));
    assert_eq!((holds(&bench), moved(&bench)), (vec![Some(NOT_IMPLEMENTED)], vec![]));
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn peer_refuses_to_be_held_and_the_call_is_held_and_retrieved_all_the_same() {
    let mut bench = Bench::new();
    let (near, phone) = bench.answered_from_exchange();
    for request in [isdn::Interface::hold, isdn::Interface::retrieve] {
        bench.at_exchange(|x, now| request(x, now, near));
        bench.at_phone(|p, now| p.answer_reinvite(now, phone, Err(488)));
    }
    assert_eq!((holds(&bench), retrieved(&bench).len(), bench.engine.held().calls), (vec![None], 1, 1));
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn retrieved_before_the_peer_answered_the_hold_it_is_offered_both_in_turn() {
    let mut bench = Bench::new();
    let (near, phone) = bench.answered_from_exchange();
    bench.at_exchange(|x, now| x.hold(now, near));
    bench.at_exchange(|x, now| x.retrieve(now, near));
    assert_eq!(offered(&bench).len(), 2, "one at a time");
    bench.at_phone(|p, now| p.answer_reinvite(now, phone, answering("recvonly").ok_or(488)));
    assert_eq!(offered(&bench).last(), Some(&(3, "sendrecv".to_owned())));
    bench.at_phone(|p, now| p.answer_reinvite(now, phone, answering("sendrecv").ok_or(488)));
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn hold_that_crosses_the_peers_own_reinvite_is_offered_after_it() {
    let mut bench = Bench::new();
    let (near, phone) = bench.answered_from_exchange();
    let now = bench.now();
    bench.exchange.hold(now, near);
    bench.phone.reinvite(now, phone, answering("sendrecv"));
    bench.run(ms(5_000));
    assert_eq!(holds(&bench), [None]);
    let last = offered(&bench).last().cloned();
    assert!(matches!(&last, Some((_, direction)) if direction == "sendonly"), "{last:?}");
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn peer_changes_its_media_while_the_isdn_side_holds_it_is_answered_sendonly() {
    let mut bench = Bench::new();
    let (near, phone) = bench.answered_from_exchange();
    bench.at_exchange(|x, now| x.hold(now, near));
    bench.at_phone(|p, now| p.answer_reinvite(now, phone, answering("recvonly").ok_or(488)));
    bench.at_phone(|p, now| p.reinvite(now, phone, answering("sendrecv")));
    assert_eq!(descriptions(&bench.sent("SIP/2.0 200 OK")).last().unwrap().1, "sendonly");
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn held_call_is_cleared_by_either_side() {
    for by_phone in [true, false] {
        let mut bench = Bench::new();
        let (near, phone) = bench.answered_from_exchange();
        bench.at_exchange(|x, now| x.hold(now, near));
        bench.at_phone(|p, now| p.answer_reinvite(now, phone, answering("recvonly").ok_or(488)));
        if by_phone {
            bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
        } else {
            bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
        }
        bench.assert_idle();
        assert_eq!(bench.record().from.timeslot, Some(moved_to(&bench)), "the timeslot that it had");
    }
}

#[test]
fn channel_of_a_retrieved_call_that_cannot_be_opened_ends_the_call() {
    let mut bench = Bench::new();
    let (near, phone) = bench.answered_from_exchange();
    bench.at_exchange(|x, now| x.hold(now, near));
    bench.at_phone(|p, now| p.answer_reinvite(now, phone, answering("recvonly").ok_or(488)));
    bench.media = Media::Fails;
    bench.at_exchange(|x, now| x.retrieve(now, near));
    assert_eq!(bench.cleared_at_exchange(), Some(47));
    bench.at_phone(|p, now| p.answer_reinvite(now, phone, Err(488)));
    bench.assert_idle();
}

#[test]
fn both_sides_of_a_call_between_channels_hold_and_retrieve() {
    let mut bench = Bench::with(|s| s.routes.push(route("span1", "3", "span1", 1, "")));
    let near = bench.exchange_calls("3100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.connect(now, far, isdn::Connected::default()));
    bench.at_exchange(|x, now| x.hold(now, near));
    bench.at_exchange(|x, now| x.hold(now, far));
    assert_eq!((holds(&bench), bench.engine.held().channels), (vec![None, None], 0));
    // Each hears of the other's: remote hold, and remote retrieval (0x79 and 0x7a).
    assert_eq!(notified(&bench), [0x79, 0x79]);
    bench.at_exchange(|x, now| x.retrieve(now, far));
    bench.at_exchange(|x, now| x.retrieve(now, near));
    assert_eq!((retrieved(&bench).len(), bench.engine.held().channels), (2, 2));
    assert_eq!(notified(&bench), [0x79, 0x79, 0x7a, 0x7a]);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn sip_side_holds_and_resumes_the_exchange_is_notified() {
    let mut bench = Bench::new();
    let (_, phone) = bench.answered_from_exchange();
    for direction in ["sendonly", "inactive", "sendrecv"] {
        bench.at_phone(|p, now| p.reinvite(now, phone, answering(direction)));
    }
    assert_eq!((notified(&bench), moved(&bench)), (vec![0x79, 0x7a], vec![]), "told once, and it keeps its channel");
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn sip_side_holds_and_an_exchange_of_another_type_is_told_nothing() {
    let mut bench = Bench::with(|s| s.spans[0].switch_type = SwitchType::Ni2);
    let (_, phone) = bench.answered_from_exchange();
    bench.at_phone(|p, now| p.reinvite(now, phone, answering("sendonly")));
    assert_eq!(notified(&bench), []);
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}
