//! Ringback to a PBX, whose network this box is: when the called side alerts and is not heard itself.

use call::words::MediaCommand;
use insta::assert_snapshot;
use isdn::Connected;
use model::country::ToneKind;

use crate::bench::{Bench, IN_BAND, PHONE_OFFER, cause, route, sdp};
use crate::tones_owed::{pbx, tones};

const RINGBACK: [Option<ToneKind>; 1] = [Some(ToneKind::Ringback)];

#[test]
fn phone_rings_without_sdp_the_pbx_gets_alerting_in_band_and_ringback_until_the_answer() {
    let mut bench = pbx();
    let (near, far) = bench.ringing_from_exchange();
    assert!(matches!(bench.commands[..], [MediaCommand::Tone { .. }]), "{:?}", bench.commands);
    bench.at_phone(|p, now| p.accept(now, far, &[], sdp(PHONE_OFFER)));
    assert!(
        matches!(bench.commands[..], [_, MediaCommand::Connect { .. }]),
        "the connection takes its place: {:?}",
        bench.commands
    );
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn phone_rings_twice_the_tone_is_ordered_once() {
    let mut bench = pbx();
    let (near, far) = bench.ringing_from_exchange();
    bench.at_phone(|p, now| p.provisional(now, far, 180, &[], None));
    assert_eq!(tones(&bench), RINGBACK);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn phone_rings_then_speaks_early_the_connection_takes_the_tones_place() {
    let mut bench = pbx();
    let (near, far) = bench.ringing_from_exchange();
    bench.at_phone(|p, now| p.provisional(now, far, 183, &[], sdp(PHONE_OFFER)));
    assert!(matches!(bench.commands[..], [MediaCommand::Tone { .. }, MediaCommand::Connect { .. }]), "{:?}", bench.commands);
    // It rings again: what it says itself goes on.
    bench.at_phone(|p, now| p.provisional(now, far, 180, &[], None));
    assert_eq!(bench.commands.len(), 2, "{:?}", bench.commands);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn phone_speaks_early_then_rings_there_is_no_tone() {
    let mut bench = pbx();
    let near = bench.exchange_calls("200");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.provisional(now, far, 183, &[], sdp(PHONE_OFFER)));
    bench.at_phone(|p, now| p.provisional(now, far, 180, &[], None));
    assert_eq!(tones(&bench), []);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn ringing_pbx_clears_the_tone_ends_and_nothing_follows() {
    let mut bench = pbx();
    let (near, _) = bench.ringing_from_exchange();
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    assert!(matches!(bench.commands[..], [MediaCommand::Tone { .. }, MediaCommand::Disconnect { .. }]), "{:?}", bench.commands);
    bench.assert_idle();
}

/// A call from the PBX to another of its numbers, over the same span.
fn to_itself(in_band: bool) -> Bench {
    let mut bench = crate::tones_owed::with(|s| s.routes.push(route("span1", "3", "span1", 1, "")));
    let near = bench.exchange_calls("3100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.alerting(now, far, if in_band { vec![IN_BAND] } else { vec![] }));
    let seen = tones(&bench);
    bench.at_exchange(|x, now| x.connect(now, far, Connected::default()));
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
    assert_eq!(tones(&bench), seen, "none after it was answered");
    bench
}

#[test]
fn isdn_side_alerts_without_an_indicator_the_pbx_hears_ringback() {
    let bench = to_itself(false);
    assert_eq!(
        (tones(&bench).as_slice(), bench.lines(1, "box > span1    ALERTING cr=1' progress=8")),
        (&RINGBACK[..], 1),
        "{}",
        bench.story(1)
    );
}

#[test]
fn isdn_side_alerts_in_band_the_pbx_hears_that() {
    let bench = to_itself(true);
    assert_eq!(tones(&bench), [], "{}", bench.story(1));
}

#[test]
fn data_call_that_rings_has_no_tone() {
    let mut bench = crate::tones_owed::with(|s| s.routes.push(route("span1", "3", "span1", 1, "")));
    let setup = isdn::Setup { bearer: isdn::Bearer::UNRESTRICTED_64, ..isdn::Setup::speech(isdn::Number::new("3100")) };
    bench.at_exchange(|x, now| x.setup(now, setup)).unwrap();
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.alerting(now, far, vec![]));
    bench.at_exchange(|x, now| x.clear(now, far, cause(17)));
    assert_eq!((tones(&bench), bench.cleared_at_exchange()), (vec![], Some(17)), "{}", bench.story(1));
    bench.assert_idle();
}
