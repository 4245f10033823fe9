//! Tones and announcements before the answer, in both directions.

use insta::assert_snapshot;

use crate::bench::{Bench, IN_BAND, PHONE_OFFER, descriptions, sdp};
use call::words::MediaCommand;

/// The body of a message.
fn body(message: &str) -> &str {
    message.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn isdn_progress_in_band_becomes_183_with_sdp_and_opens_the_path() {
    let mut bench = Bench::new();
    bench.phone_calls("100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.proceeding(now, far, vec![]));
    bench.at_exchange(|x, now| x.progress(now, far, vec![IN_BAND], None));
    assert!(matches!(bench.commands[..], [MediaCommand::Connect { .. }]), "{:?}", bench.commands);
    bench.at_exchange(|x, now| x.connect(now, far, isdn::Connected::default()));
    bench.at_exchange(|x, now| x.clear(now, far, crate::bench::cause(16)));
    assert_snapshot!(bench.story(1));
    // RFC 3261 13.2.1: what 183 said, the 200 says again.
    assert_eq!(body(bench.sent("SIP/2.0 183")[0]), body(bench.sent("SIP/2.0 200 OK")[0]));
    bench.assert_idle();
}

#[test]
fn isdn_alerting_in_band_becomes_183_with_sdp() {
    let mut bench = Bench::new();
    let phone = bench.phone_calls("100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.alerting(now, far, vec![IN_BAND]));
    assert_eq!(bench.sent("SIP/2.0 183").len(), 1);
    assert!(bench.sent("SIP/2.0 180").is_empty());
    assert_eq!(bench.commands.len(), 1);
    bench.at_phone(|p, now| p.hangup(now, phone, 487, None, &[]));
    bench.assert_idle();
}

#[test]
fn isdn_proceeding_in_band_becomes_183_with_sdp() {
    let mut bench = Bench::new();
    let phone = bench.phone_calls("100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.proceeding(now, far, vec![IN_BAND]));
    assert_eq!(descriptions(&bench.sent("SIP/2.0 183")), [(1, "sendrecv".to_owned())]);
    bench.at_phone(|p, now| p.hangup(now, phone, 487, None, &[]));
    bench.assert_idle();
}

#[test]
fn isdn_alerting_without_tones_becomes_180_without_sdp_and_opens_nothing() {
    let mut bench = Bench::new();
    let (phone, _) = bench.ringing_from_phone();
    assert_eq!(body(bench.sent("SIP/2.0 180")[0]), "");
    assert!(bench.commands.is_empty());
    bench.at_phone(|p, now| p.hangup(now, phone, 487, None, &[]));
    bench.assert_idle();
}

#[test]
fn sip_183_with_sdp_becomes_progress_8_and_opens_the_path() {
    let mut bench = Bench::new();
    let near = bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.provisional(now, far, 183, &[], sdp(PHONE_OFFER)));
    assert!(matches!(bench.commands[..], [MediaCommand::Connect { .. }]), "{:?}", bench.commands);
    // The 200 leaves out what 183 has said.
    bench.at_phone(|p, now| p.accept(now, far, &[], None));
    assert!(bench.answered_at_exchange());
    bench.at_exchange(|x, now| x.clear(now, near, crate::bench::cause(16)));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn sip_180_with_sdp_becomes_alerting_with_progress_8() {
    let mut bench = Bench::new();
    let near = bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.provisional(now, far, 180, &[], sdp(PHONE_OFFER)));
    assert_eq!(bench.lines(1, "ALERTING cr=1' progress=8"), 1, "{}", bench.story(1));
    assert_eq!(bench.commands.len(), 1);
    bench.at_exchange(|x, now| x.clear(now, near, crate::bench::cause(16)));
    bench.assert_idle();
}

#[test]
fn sip_183_without_sdp_says_nothing_to_isdn() {
    let mut bench = Bench::new();
    let near = bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.provisional(now, far, 183, &[], None));
    assert_eq!(bench.lines(1, "PROGRESS"), 0);
    assert!(bench.commands.is_empty());
    bench.at_exchange(|x, now| x.clear(now, near, crate::bench::cause(16)));
    bench.assert_idle();
}

#[test]
fn sip_183_with_sdp_that_cannot_be_used_leaves_the_call_ringing() {
    let mut bench = Bench::new();
    bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.provisional(now, far, 183, &[], sdp("v=0\r\nnonsense")));
    bench.at_phone(|p, now| p.provisional(now, far, 180, &[], None));
    bench.at_phone(|p, now| p.accept(now, far, &[], sdp(PHONE_OFFER)));
    assert_eq!(bench.lines(1, "PROGRESS"), 0);
    assert_eq!(bench.lines(1, "ALERTING cr=1'"), 1);
    assert!(bench.answered_at_exchange());
    bench.at_phone(|p, now| p.hangup(now, far, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn sip_200_from_elsewhere_than_183_redirects_the_audio() {
    let mut bench = Bench::new();
    bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.provisional(now, far, 183, &[], sdp(PHONE_OFFER)));
    bench.at_phone(|p, now| p.accept(now, far, &[], sdp(&PHONE_OFFER.replace("audio 4000", "audio 4010"))));
    let moved =
        |command: &MediaCommand| matches!(command, MediaCommand::Redirect { terminal, .. } if terminal.remote.port() == 4010);
    assert!(matches!(&bench.commands[..], [MediaCommand::Connect { .. }, redirect] if moved(redirect)), "{:?}", bench.commands);
    bench.at_phone(|p, now| p.hangup(now, far, 480, None, &[]));
    bench.assert_idle();
}
