//! Any octets on any D-channel of a group, and alarms in between: nothing panics, and no channel is held by a call that is gone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use std::time::{Duration, Instant};

use common::group::config;
use isdn::{ChannelState, Connected, Event, Framing, Interface, Side, Variant};
use proptest::prelude::*;

/// What happens to the user's end.
#[derive(Debug, Clone)]
enum Input {
    Frame(u8, Vec<u8>),
    /// A message in an I frame that is in sequence, if the link has been up since the beginning.
    Message(u8, Vec<u8>),
    Line(u8, bool),
    Time(u64),
}

/// Message types of calls, of the global reference, of maintenance, and elements that name channels; then anything.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let head = prop_oneof![
        Just(vec![0x08, 0x02, 0x00, 0x01, 0x05, 0x04, 0x03, 0x80, 0x90, 0xa2]),
        Just(vec![0x08, 0x02, 0x00, 0x00, 0x46, 0x79, 0x01, 0x86]),
        Just(vec![0x08, 0x02, 0x00, 0x00, 0x46, 0x79, 0x01, 0x80]),
        Just(vec![0x43, 0x02, 0x00, 0x00, 0x07, 0x01, 0x01, 0xc0]),
        Just(vec![0x43, 0x02, 0x00, 0x00, 0x07, 0x01, 0x01, 0xc2]),
        Just(vec![0x08, 0x02, 0x00, 0x01, 0x45]),
        proptest::collection::vec(any::<u8>(), 0..12),
    ];
    let element = prop_oneof![
        (0xe8..0xf0u8, 0x80..0x84u8).prop_map(|(octet, span)| vec![0x18, 0x02, octet, span]),
        (0xe8..0xf0u8, 0x80..0x84u8, any::<u8>()).prop_map(|(octet, span, slot)| vec![0x18, 0x04, octet, span, 0x83, slot]),
        (0xa0..0xb0u8, any::<u8>()).prop_map(|(octet, slot)| vec![0x18, 0x03, octet, 0x83, slot]),
        proptest::collection::vec(any::<u8>(), 0..12),
    ];
    (head, element).prop_map(|(head, element)| [head, element].concat())
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        1 => (0..4u8, proptest::collection::vec(any::<u8>(), 0..12)).prop_map(|(span, octets)| Input::Frame(span, octets)),
        1 => (0..2u8, prop_oneof![Just([0x02, 0x01, 0x7f]), Just([0x00, 0x01, 0x73]), Just([0x02, 0x01, 0x53])])
            .prop_map(|(span, octets)| Input::Frame(span, octets.to_vec())),
        4 => (0..2u8, message()).prop_map(|(span, octets)| Input::Message(span, octets)),
        1 => (0..4u8, any::<bool>()).prop_map(|(span, up)| Input::Line(span, up)),
        1 => (1..60_000u64).prop_map(Input::Time),
    ]
}

fn drain(user: &mut Interface, now: Instant) {
    while let Some(event) = user.poll_event() {
        match event {
            Event::Setup { call, .. } => user.connect(now, call, Connected::default()),
            Event::Clearing { call, cause, .. } => user.clear(now, call, cause),
            _ => {}
        }
    }
    for span in 0..4 {
        while user.poll_transmit_on(span).is_some() {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_leave_channels_to_calls_that_are_there(inputs in proptest::collection::vec(input(), 1..40)) {
        let mut now = Instant::now();
        let mut user = Interface::new(config(Side::User, Framing::T1, Variant::NationalIsdn2));
        user.start(now);
        for span in [0, 1] {
            user.handle_frame_on(now, span, &[0x00, 0x01, 0x73]);
        }
        prop_assert!(user.link_up());
        drain(&mut user, now);
        let mut received = [0u8; 2];
        for input in inputs {
            match input {
                Input::Frame(span, octets) => user.handle_frame_on(now, span, &octets),
                Input::Message(span, octets) => {
                    let next = &mut received[usize::from(span)];
                    let sent = user.d_channels().find(|status| status.interface == span).unwrap().link.i_sent;
                    let header = [0x02, 0x01, *next << 1, u8::try_from(sent % 128).unwrap() << 1];
                    *next = (*next + 1) % 128;
                    user.handle_frame_on(now, span, &[header.as_slice(), &octets].concat());
                }
                Input::Line(span, up) => user.handle_layer1_on(now, span, up),
                Input::Time(ms) => {
                    now += Duration::from_millis(ms);
                    user.handle_timeout(now);
                }
            }
            drain(&mut user, now);
            for status in user.channels() {
                if let ChannelState::InUse(call) = status.state {
                    prop_assert!(user.calls().any(|other| other.call == call), "{} is held by no call", status.channel);
                }
            }
        }
    }
}
