//! re-INVITE from the SIP side of an answered call: hold, resume, another address, none or no usable offer.

use call::words::MediaCommand;
use insta::assert_snapshot;
use media::Direction;
use sip::Event;

use crate::bench::{Bench, PHONE_OFFER, descriptions, sdp};

fn with_direction(direction: &str) -> Option<sip::Body> {
    sdp(&format!("{PHONE_OFFER}a={direction}\r\n"))
}

/// Directions of the Redirect commands so far.
fn redirects(bench: &Bench) -> Vec<Direction> {
    let of = |command: &MediaCommand| match command {
        MediaCommand::Redirect { terminal, .. } => Some(terminal.direction),
        MediaCommand::Connect { .. }
        | MediaCommand::Hold { .. }
        | MediaCommand::Retrieve { .. }
        | MediaCommand::Digits { .. }
        | MediaCommand::Tone { .. }
        | MediaCommand::Disconnect { .. } => None,
    };
    bench.commands.iter().filter_map(of).collect()
}

/// Results of the phone's re-INVITEs: `None` for 2xx.
fn reinvites(bench: &Bench) -> Vec<Option<u16>> {
    let of = |event: &Event| match event {
        Event::ReinviteAnswered { result, .. } => Some(result.as_ref().err().copied()),
        _ => None,
    };
    bench.phone_events.iter().filter_map(of).collect()
}

#[test]
fn sip_caller_holds_and_resumes() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    bench.at_phone(|p, now| p.reinvite(now, phone, with_direction("inactive")));
    bench.at_phone(|p, now| p.reinvite(now, phone, with_direction("sendrecv")));
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    assert_eq!(redirects(&bench), [Direction::Inactive, Direction::SendRecv]);
    assert_eq!(reinvites(&bench), [None, None]);
    let said = descriptions(&bench.sent("SIP/2.0 200 OK"));
    assert_eq!(said, [(1, "sendrecv".to_owned()), (2, "inactive".to_owned()), (3, "sendrecv".to_owned())]);
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn sip_callee_holds_with_sendonly_and_our_version_goes_up_by_one() {
    let mut bench = Bench::new();
    let (_, phone) = bench.answered_from_exchange();
    bench.at_phone(|p, now| p.reinvite(now, phone, with_direction("sendonly")));
    // The same again: nothing new to say (RFC 3264 section 8).
    bench.at_phone(|p, now| p.reinvite(now, phone, with_direction("sendonly")));
    bench.at_phone(|p, now| p.reinvite(now, phone, with_direction("sendrecv")));
    assert_eq!(redirects(&bench)[0], Direction::RecvOnly);
    assert_eq!(redirects(&bench).last(), Some(&Direction::SendRecv));
    assert_eq!(descriptions(&bench.sent("INVITE "))[0].0, 1);
    let said = descriptions(&bench.sent("SIP/2.0 200 OK"));
    assert_eq!(said, [(2, "recvonly".to_owned()), (2, "recvonly".to_owned()), (3, "sendrecv".to_owned())]);
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn old_style_hold_by_an_unspecified_address_stops_our_sending() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    let hold = sdp(&PHONE_OFFER.replace("c=IN IP4 192.0.2.2", "c=IN IP4 0.0.0.0"));
    bench.at_phone(|p, now| p.reinvite(now, phone, hold));
    assert!(!redirects(&bench)[0].sends(), "{:?}", bench.commands);
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn reinvite_with_another_codec_and_address_redirects_the_audio() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    let other = PHONE_OFFER.replace("audio 4000 RTP/AVP 8 0 101", "audio 4020 RTP/AVP 0 101");
    bench.at_phone(|p, now| p.reinvite(now, phone, sdp(&other)));
    let last = bench.commands.last().unwrap();
    assert!(
        matches!(last, MediaCommand::Redirect { terminal, .. } if terminal.remote.port() == 4020 && terminal.format.codec == media::Codec::Pcmu),
        "{last:?}"
    );
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn reinvite_without_a_usable_offer_is_488_and_the_call_goes_on() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    bench.at_phone(|p, now| p.reinvite(now, phone, None));
    bench.at_phone(|p, now| p.reinvite(now, phone, sdp(&PHONE_OFFER.replace("RTP/AVP 8 0 101", "RTP/AVP 18"))));
    bench.at_phone(|p, now| p.reinvite(now, phone, sdp("v=0")));
    assert_eq!(reinvites(&bench)[..2], [Some(488), Some(488)]);
    assert!(matches!(reinvites(&bench)[2], Some(400 | 488)), "{:?}", reinvites(&bench));
    assert!(redirects(&bench).is_empty());
    assert_eq!(bench.engine.held().calls, 1);
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn reinvite_that_meets_the_end_of_the_call_is_refused() {
    let mut bench = Bench::new();
    let (phone, far) = bench.answered_from_phone();
    let now = bench.now();
    bench.exchange.clear(now, far, crate::bench::cause(16));
    bench.phone.reinvite(now, phone, with_direction("inactive"));
    bench.run(crate::bench::ms(200));
    bench.assert_idle();
}
