//! Subaddress of who answers, in CONNECT (Q.951-5), and what a CONNECT that is too long goes without.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{Ends, config, ends_with, inject, offered, raw, speech, then, up};
use isdn::ie::{Subaddress, UserUser};
use isdn::q931::VARIANTS;
use isdn::{CallingNumber, Config, Connected, Event, Framing, Number, Side};

fn subaddress() -> Subaddress {
    Subaddress { kind: Subaddress::NSAP, odd: false, octets: b"\x5012".to_vec() }
}

fn answered(events: &[Event]) -> Connected {
    events.iter().find_map(|e| if let Event::Connected { connected, .. } = e { Some(connected.clone()) } else { None }).unwrap()
}

/// A call from the user, or from the network, that the far end answers so: what the caller hears of it.
fn answer(pair: &mut Ends, by_user: bool, connected: Connected) -> Connected {
    if by_user {
        then(pair, |p, now| p.left.setup(now, speech("5551001")).unwrap());
        let call = offered(&pair.right_events);
        then(pair, |p, now| p.right.connect(now, call, connected));
        return answered(&pair.left_events);
    }
    then(pair, |p, now| p.right.setup(now, speech("200")).unwrap());
    let call = offered(&pair.left_events);
    then(pair, |p, now| p.left.connect(now, call, connected));
    answered(&pair.right_events)
}

#[test]
fn subaddress_of_the_answer_arrives_at_either_side_in_every_variant() {
    for row in VARIANTS {
        for by_user in [true, false] {
            let of = |side| Config { variant: row.variant, ..config(side) };
            let mut pair = up(ends_with(of(Side::User), of(Side::Network)));
            let connected = Connected { subaddress: Some(subaddress()), ..Connected::default() };
            assert_eq!(answer(&mut pair, by_user, connected.clone()), connected, "{}", row.name);
            assert!(pair.ladder.to_string().contains("connected-subaddress="), "{}", pair.ladder);
        }
    }
}

#[test]
fn connect_without_one_says_none() {
    let mut pair = up(ends_with(config(Side::User), config(Side::Network)));
    assert_eq!(answer(&mut pair, true, Connected::default()), Connected::default());
}

#[test]
fn invalid_subaddress_is_left_out_and_the_call_is_answered() {
    let mut pair = raw(Side::User);
    let now = pair.now();
    pair.left.setup(now, speech("5551001")).unwrap();
    inject(&mut pair, &[]);
    // Type octet with its extension bit clear (Q.931 5.8.7.2).
    inject(&mut pair, &[&[0x08, 0x02, 0x80, 0x01, 0x07, 0x4d, 0x02, 0x00, 0x50]]);
    assert_eq!(answered(&pair.left_events), Connected::default());
    assert_eq!((pair.left.calls().next().unwrap().state, pair.left.stats().elements_invalid), (10, 1));
}

#[test]
fn connect_too_long_for_a_frame_goes_without_the_name_and_keeps_the_rest() {
    let mut pair = up(ends_with(config(Side::User), config(Side::Network)));
    let connected = Connected {
        number: Some(CallingNumber { number: Number::new("5".repeat(20)), ..CallingNumber::default() }),
        name: Some("n".repeat(80)),
        user_user: Some(UserUser { protocol: UserUser::IA5, octets: vec![b'u'; UserUser::MAX] }),
        subaddress: Some(Subaddress { kind: Subaddress::USER, odd: false, octets: vec![0x11; 20] }),
    };
    let heard = answer(&mut pair, true, connected.clone());
    assert_eq!(heard, Connected { name: None, ..connected });
    assert_eq!(pair.right.stats().messages_not_sent, 0);
}

#[test]
fn far_end_that_takes_segments_has_all_of_it() {
    let segmenting = |side| Config { segmentation: true, ..Config::new("end", side, Framing::E1) };
    let mut pair = up(ends_with(segmenting(Side::User), segmenting(Side::Network)));
    let connected = Connected {
        number: None,
        name: Some("n".repeat(80)),
        user_user: Some(UserUser { protocol: UserUser::IA5, octets: vec![b'u'; UserUser::MAX] }),
        subaddress: Some(Subaddress { kind: Subaddress::USER, odd: false, octets: vec![0x11; 20] }),
    };
    assert_eq!(answer(&mut pair, false, connected.clone()), connected);
}
