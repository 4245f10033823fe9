//! Messages longer than a frame, in segments (Q.931 annex H).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{config, ends_with, inject, offered, raw, seconds, speech, then, up};
use isdn::ie::{Element, Segmented, UserUser};
use isdn::q931::segment::{MAX_SEGMENTS, cut};
use isdn::q931::{CallReference, Message, MessageType};
use isdn::{CauseValue, Setup, Side};
use proptest::prelude::*;

/// A call whose SETUP is longer than the 260 octets of a frame.
fn long_setup() -> Setup {
    let user = UserUser { protocol: 0, octets: (0..128).collect() };
    let low_layer = Element::LowLayerCompatibility(vec![0x88; 16]);
    Setup { display: Some("x".repeat(80)), other: vec![Element::UserUser(user), low_layer], ..speech(&"5".repeat(40)) }
}

#[test]
fn setup_longer_than_a_frame_arrives_whole_in_segments() {
    let (mut user, mut network) = (config(Side::User), config(Side::Network));
    (user.segmentation, network.segmentation) = (true, true);
    let mut pair = up(ends_with(user, network));
    then(&mut pair, |p, now| p.left.setup(now, long_setup()).unwrap());
    offered(&pair.right_events);
    let arrived = pair.right_events.iter().find_map(|event| match event {
        isdn::Event::Setup { setup, .. } => Some(setup.clone()),
        _ => None,
    });
    let arrived = arrived.unwrap();
    assert_eq!((&arrived.called, &arrived.display), (&long_setup().called, &long_setup().display));
    assert_eq!(arrived.other, [long_setup().other[1].clone(), long_setup().other[0].clone()]);
    let ladder = pair.ladder.to_string();
    assert!(ladder.contains("SEGMENT cr=1 segment=first+1") && ladder.contains("SEGMENT cr=1 segment=0"), "{ladder}");
}

#[test]
fn setup_longer_than_a_frame_is_refused_where_segments_are_not_agreed() {
    let mut pair = up(common::ends());
    let refused = then(&mut pair, |p, now| p.left.setup(now, long_setup()).unwrap_err());
    assert_eq!(refused.cause, CauseValue::PROTOCOL_ERROR);
    assert!(common::all_idle(&pair.left));
}

/// The SETUP of the other tests in pieces of 16 octets.
fn pieces() -> Vec<Vec<u8>> {
    cut(common::SETUP, 16).unwrap()
}

#[test]
fn segments_in_order_are_a_call_and_in_any_other_order_are_none() {
    let all = pieces();
    assert_eq!(all.len(), 3);
    for (order, calls) in [(vec![0, 1, 2], 1), (vec![0, 2], 0), (vec![1, 2], 0), (vec![0, 0, 1, 2], 0), (vec![0, 1, 1, 2], 0)] {
        let mut pair = raw(Side::User);
        let messages: Vec<&[u8]> = order.iter().map(|index: &usize| all[*index].as_slice()).collect();
        inject(&mut pair, &messages);
        assert_eq!(pair.left.calls().count(), calls, "{order:?}");
        assert_eq!(pair.left.stats().malformed > 0, calls == 0, "{order:?}");
        // Whatever happened: the next message is taken.
        inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x02, 0x75]]);
        assert_eq!(inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x02, 0x75]]), ["STATUS cr=2' cause=30 state=0"]);
    }
}

#[test]
fn message_between_segments_is_taken_and_they_are_lost() {
    let all = pieces();
    let mut pair = raw(Side::User);
    let answer = inject(&mut pair, &[&all[0], &[0x08, 0x02, 0x00, 0x02, 0x75], &all[1], &all[2]]);
    assert_eq!(answer, ["STATUS cr=2' cause=30 state=0"]);
    assert_eq!((pair.left.calls().count(), pair.left.stats().malformed), (0, 3));
}

#[test]
fn segments_that_stop_are_given_up_by_t314() {
    let all = pieces();
    let mut pair = raw(Side::User);
    inject(&mut pair, &[&all[0], &all[1]]);
    pair.run_for(seconds(4));
    assert_eq!(pair.left.stats().malformed, 1);
    inject(&mut pair, &[&all[2]]);
    assert_eq!(pair.left.calls().count(), 0);
    inject(&mut pair, &[&all[0], &all[1], &all[2]]);
    assert_eq!(pair.left.calls().count(), 1);
}

#[test]
fn message_that_needs_more_than_eight_segments_cannot_be_sent() {
    let message = |octets| [&[0x08, 0x02, 0x00, 0x01, 0x05][..], &vec![0xa0; octets]].concat();
    let room = 20 - 5 - 4;
    assert_eq!(cut(&message(room * MAX_SEGMENTS), 20).unwrap().len(), MAX_SEGMENTS);
    assert_eq!(cut(&message(room * MAX_SEGMENTS + 1), 20), None);
    assert_eq!((cut(&message(20), 9), cut(&[1, 2, 3], 2)), (None, None));
}

proptest! {
    #[test]
    fn what_is_cut_fits_and_is_put_together_again(body in prop::collection::vec(any::<u8>(), 0..400), longest in 20usize..300) {
        let message = [&[0x08, 0x02, 0x00, 0x01, 0x7b], &body[..]].concat();
        let Some(pieces) = cut(&message, longest) else { return Ok(()) };
        prop_assert!(pieces.iter().all(|piece| piece.len() <= longest) && pieces.len() <= MAX_SEGMENTS);
        // By hand: what follows the nine octets before each piece.
        let whole: Vec<u8> =
            if pieces.len() == 1 { pieces[0][5..].to_vec() } else { pieces.iter().flat_map(|piece| piece[9..].to_vec()).collect() };
        prop_assert_eq!(whole, body);
    }

    #[test]
    fn segments_of_every_kind_are_survived(pieces in prop::collection::vec((any::<bool>(), 0u8..4, 0u8..3, any::<u8>()), 0..30)) {
        let mut pair = raw(Side::Network);
        let now = pair.now();
        for (first, remaining, value, octet) in pieces {
            let reference = CallReference { value: value.into(), to_origin: false, octets: 2 };
            let segmented = Segmented { first, remaining, message_type: MessageType::Setup.code() };
            let mut bytes = Message::new(reference, MessageType::Segment).with(Element::Segmented(segmented)).emit();
            bytes.push(octet);
            let _ = pair.right.data(now, bytes);
        }
        pair.run_for(seconds(5));
        prop_assert!(pair.left.link_up());
    }
}
