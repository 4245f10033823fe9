//! Calls on the spans of a group, and how their channels are named (Q.931 4.5.13, octet 3.1).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::group::{Group, answered_from_user, call_states, config, group, group_of, nfas, t1, then, up};
use common::{all_idle, cause, offered, released, seconds, speech};
use isdn::q931::{Message, MessageType};
use isdn::{BadGroup, CauseValue, Channel, Event, Framing, Hunting, Interface, Nfas, NfasSpan, Side, Variant, q921};

/// Channels of so many calls of the user that stay.
fn hunted(pair: &mut Group, calls: usize) -> Vec<String> {
    let one = |_| {
        let call = then(pair, |p, now| p.left.setup(now, speech("1")).unwrap());
        pair.left.calls().find(|status| status.call == call).unwrap().channel.unwrap().to_string()
    };
    (0..calls).map(one).collect()
}

/// The user's group with only these channels of spans 0, 1 and 2.
fn with_channels(hunting: Hunting, channels: [&[u8]; 3]) -> Group {
    let mut user = config(Side::User, Framing::T1, Variant::NationalIsdn2);
    user.hunting = hunting;
    user.channels = channels[0].to_vec();
    for span in &mut user.nfas.as_mut().unwrap().spans {
        span.channels = channels[usize::from(span.interface)].to_vec();
    }
    up(group_of(user, config(Side::Network, Framing::T1, Variant::NationalIsdn2)))
}

#[test]
fn channels_of_a_group_are_those_of_all_spans_and_no_d_channel() {
    let channels = |framing| {
        let interface = Interface::new(config(Side::User, framing, Variant::EuroIsdn));
        let of = |span: u8| -> Vec<u8> {
            let on_it = interface.channels().iter().filter(|status| status.channel.interface == span);
            on_it.map(|status| status.channel.slot).collect()
        };
        [of(0), of(1), of(2)]
    };
    let t1: [Vec<u8>; 3] = [(1..=23).collect(), (1..=23).collect(), (1..=24).collect()];
    assert_eq!(channels(Framing::T1), t1);
    assert_eq!(channels(Framing::E1).map(|slots| (slots.len(), slots.contains(&16))), [(30, false), (30, false), (31, true)]);
}

#[test]
fn calls_on_every_span_are_answered_and_cleared_both_ways() {
    for (framing, variant) in [(Framing::T1, Variant::NationalIsdn2), (Framing::E1, Variant::EuroIsdn)] {
        let mut pair = up(group(framing, variant));
        let total = pair.left.channels().len();
        for call in 0..total {
            if call % 2 == 0 {
                answered_from_user(&mut pair);
            } else {
                then(&mut pair, |p, now| p.right.setup(now, speech("200")).unwrap());
                let left = offered(&pair.left_events);
                then(&mut pair, |p, now| p.left.connect(now, left, isdn::Connected::default()));
            }
        }
        assert_eq!(call_states(&pair), (vec![10; total], vec![10; total]));
        let channels = |calls: Vec<isdn::CallStatus>| {
            let mut channels: Vec<Channel> = calls.into_iter().map(|call| call.channel.unwrap()).collect();
            channels.sort_unstable();
            channels
        };
        let (left, right) = (channels(pair.left.calls().collect()), channels(pair.right.calls().collect()));
        assert_eq!(left, right);
        assert_eq!(left, pair.left.channels().iter().map(|status| status.channel).collect::<Vec<_>>());
        let now = pair.now();
        assert_eq!(pair.left.setup(now, speech("1")).unwrap_err().cause, CauseValue::NO_CHANNEL_AVAILABLE);
        for call in pair.left.calls().map(|call| call.call).collect::<Vec<_>>() {
            then(&mut pair, |p, now| p.left.clear(now, call, cause(CauseValue::NORMAL_CLEARING)));
        }
        for call in pair.right.calls().map(|call| call.call).collect::<Vec<_>>() {
            then(&mut pair, |p, now| p.right.clear(now, call, cause(CauseValue::NORMAL_CLEARING)));
        }
        pair.run_for(seconds(1));
        assert!(all_idle(&pair.left) && all_idle(&pair.right));
    }
}

#[test]
fn hunt_goes_over_the_spans_as_if_they_were_one() {
    let channels: [&[u8]; 3] = [&[1, 2], &[1, 2], &[1, 2]];
    let orders = [
        (Hunting::Ascending, ["1", "2", "1/1", "1/2", "2/1", "2/2"]),
        (Hunting::Descending, ["2/2", "2/1", "1/2", "1/1", "2", "1"]),
        (Hunting::RoundRobin, ["1", "2", "1/1", "1/2", "2/1", "2/2"]),
        (Hunting::LeastUsed, ["1", "2", "1/1", "1/2", "2/1", "2/2"]),
        (Hunting::EvenFirst, ["2", "1/2", "2/2", "1", "1/1", "2/1"]),
        (Hunting::OddFirst, ["1", "1/1", "2/1", "2", "1/2", "2/2"]),
    ];
    for (hunting, expected) in orders {
        assert_eq!(hunted(&mut with_channels(hunting, channels), 6), expected, "{hunting:?}");
    }
}

/// Channel identification of the SETUP that the user sends for a call on span `span`, while D-channel `serving` serves.
fn identification(framing: Framing, variant: Variant, span: u8, serving: u8) -> Vec<u8> {
    let mut settings = config(Side::User, framing, variant);
    let spans = settings.nfas.iter_mut().flat_map(|nfas| &mut nfas.spans).map(|span| (span.interface, &mut span.channels));
    let elsewhere = spans.chain([(0, &mut settings.channels)]).filter(|(interface, _)| *interface != span);
    elsewhere.for_each(|(_, channels)| channels.clear());
    let mut user = Interface::new(settings);
    let (now, mut peer) = (std::time::Instant::now(), q921::Link::new(Side::Network, q921::Config::new(Side::Network)));
    user.start(now);
    user.handle_layer1_on(now, 1 - serving, false);
    while let Some(frame) = user.poll_transmit_on(serving) {
        peer.handle_frame(now, &frame);
    }
    user.handle_frame_on(now, serving, &peer.poll_transmit().unwrap());
    user.handle_layer1_on(now, 1 - serving, true);
    user.setup(now, speech("1")).unwrap();
    while let Some(frame) = user.poll_transmit_on(serving) {
        peer.handle_frame(now, &frame);
    }
    let messages = std::iter::from_fn(|| peer.poll_event())
        .filter_map(|event| if let q921::Event::Data(bytes) = event { Message::parse(&bytes).ok() } else { None });
    let setup = messages.filter(|message| message.message_type == MessageType::Setup).last();
    let bytes = setup.unwrap().emit();
    let start = bytes.windows(2).position(|two| two[0] == 0x18 && two[1] <= 4).unwrap();
    bytes[start..start + 2 + usize::from(bytes[start + 1])].to_vec()
}

#[test]
fn channel_of_the_span_that_signals_is_implicit_and_any_other_explicit() {
    let of = |span, serving| identification(Framing::E1, Variant::EuroIsdn, span, serving);
    assert_eq!(of(0, 0), [0x18, 0x03, 0xa1, 0x83, 0x81]);
    assert_eq!(of(1, 0), [0x18, 0x04, 0xe1, 0x81, 0x83, 0x81]);
    assert_eq!(of(2, 0), [0x18, 0x04, 0xe1, 0x82, 0x83, 0x81]);
    assert_eq!(of(0, 1), [0x18, 0x04, 0xe1, 0x80, 0x83, 0x81]);
    assert_eq!(of(1, 1), [0x18, 0x03, 0xa1, 0x83, 0x81]);
}

#[test]
fn north_american_channel_is_always_explicit() {
    for variant in [Variant::NationalIsdn1, Variant::Dms100, Variant::Att4Ess, Variant::Lucent5Ess] {
        let of = |span, serving| identification(Framing::T1, variant, span, serving);
        assert_eq!(of(0, 0), [0x18, 0x04, 0xe1, 0x80, 0x83, 0x81], "{variant:?}");
        assert_eq!(of(1, 1), [0x18, 0x04, 0xe1, 0x81, 0x83, 0x81], "{variant:?}");
    }
}

/// The channel that a SETUP with this element is given, which comes on D-channel 0.
fn given(element: &[u8]) -> Option<Channel> {
    let mut pair = t1();
    let mut setup = vec![0x08, 0x02, 0x00, 0x01, 0x05, 0x04, 0x03, 0x80, 0x90, 0xa2];
    setup.extend(element);
    setup.extend([0x70, 0x02, 0x81, b'5']);
    let frame = [&[0x02, 0x01, 0x00, 0x00], setup.as_slice()].concat();
    let now = pair.now();
    pair.left.handle_frame_on(now, 0, &frame);
    pair.drain();
    pair.left_events.iter().find_map(|event| if let Event::Setup { channel, .. } = event { Some(*channel) } else { None })
}

#[test]
fn both_forms_are_understood_whatever_the_variant() {
    let channel = |interface, slot| Some(Channel { interface, slot });
    assert_eq!(given(&[0x18, 0x03, 0xa9, 0x83, 0x83]), channel(0, 3));
    assert_eq!(given(&[0x18, 0x04, 0xe9, 0x80, 0x83, 0x83]), channel(0, 3));
    assert_eq!(given(&[0x18, 0x04, 0xe9, 0x81, 0x83, 0x83]), channel(1, 3));
    assert_eq!(given(&[0x18, 0x04, 0xe9, 0x82, 0x83, 0x98]), channel(2, 24));
    assert_eq!(given(&[0x18, 0x04, 0xe9, 0x81, 0x83, 0x98]), None, "its D-channel");
    assert_eq!(given(&[0x18, 0x04, 0xe9, 0x85, 0x83, 0x83]), None, "no such span");
}

#[test]
fn interface_without_a_group_takes_any_identifier_for_its_own_span() {
    let mut pair = common::raw(Side::User);
    let mut setup = common::SETUP.to_vec();
    setup.splice(11..16, [0x18, 0x04, 0xe9, 0x85, 0x83, 0x81]);
    common::inject(&mut pair, &[&setup]);
    assert!(matches!(pair.left_events[0], Event::Setup { channel, .. } if channel == 1));
}

#[test]
fn group_that_cannot_be_is_told_and_left_out() {
    let span = |interface| NfasSpan::bearers_only(interface, Framing::E1);
    let check = |spans: Vec<NfasSpan>, variant| Nfas { spans }.check(variant);
    assert_eq!(nfas(Framing::E1).check(Variant::EuroIsdn), Ok(()));
    assert_eq!(nfas(Framing::E1).check(Variant::Qsig), Err(BadGroup::Variant(Variant::Qsig)));
    assert_eq!(check(vec![span(0)], Variant::EuroIsdn), Err(BadGroup::Identifier(0)));
    assert_eq!(check(vec![span(127)], Variant::EuroIsdn), Err(BadGroup::Identifier(127)));
    assert_eq!(check(vec![span(3), span(4), span(3)], Variant::EuroIsdn), Err(BadGroup::Twice(3)));
    let qsig = Interface::new(config(Side::User, Framing::E1, Variant::Qsig));
    assert_eq!((qsig.channels().len(), qsig.d_channels().count()), (30, 1));
}

#[test]
fn far_end_that_answers_with_a_channel_of_another_span_is_followed() {
    let mut pair = t1();
    then(&mut pair, |p, now| p.left.setup(now, speech("1")).unwrap());
    let now = pair.now();
    // CALL PROCEEDING with channel 7 of span 2, in sequence behind what the network has not sent.
    let proceeding = [0x08, 0x02, 0x80, 0x01, 0x02, 0x18, 0x04, 0xe9, 0x82, 0x83, 0x87];
    pair.left.handle_frame_on(now, 0, &[&[0x02, 0x01, 0x00, 0x02], proceeding.as_slice()].concat());
    pair.drain();
    let ready =
        pair.left_events.iter().find_map(|e| if let Event::ChannelReady { channel, .. } = e { Some(*channel) } else { None });
    assert_eq!(ready, Some(Channel { interface: 2, slot: 7 }));
    assert!(released(&pair.left_events).is_empty());
}
