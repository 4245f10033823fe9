//! The bytes: vectors from the standards, and parsers that survive everything and read back what they wrote.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use isdn::decode::{describe, describe_message};
use isdn::ie::{
    BearerCapability, CallStateValue, ChannelIdentification, ChannelSelection, DateTime, Element, NetworkIdentification,
    NetworkSpecificFacilities, RestartClass, Segmented, Subaddress, UserUser,
};
use isdn::q921::{Address, Body, Frame, Supervisory, Unnumbered};
use isdn::q931::{CallReference, Message, MessageType};
use isdn::{
    CallingNumber, Cause, CauseValue, Config, Framing, Interface, Location, Number, NumberingPlan, Presentation,
    ProgressIndicator, RedirectReason, Redirecting, Screening, Setup, Side, TransferCapability, TypeOfNumber,
};
use proptest::prelude::*;
use std::time::Instant;

#[test]
fn setup_of_the_user_has_the_bytes_of_euroisdn() {
    let now = Instant::now();
    let mut user = Interface::new(Config::new("span1", Side::User, Framing::E1));
    user.start(now);
    while user.poll_transmit().is_some() {}
    user.handle_frame(now, &[0x00, 0x01, 0x73]);
    let mut setup = Setup::speech(Number::new("5551001"));
    setup.calling = Some(CallingNumber { number: Number::new("200"), ..CallingNumber::default() });
    user.setup(now, setup).unwrap();
    let expected = [
        &[0x00, 0x01, 0x00, 0x00][..],
        &[0x08, 0x02, 0x00, 0x01, 0x05],
        &[0xa1],
        &[0x04, 0x03, 0x80, 0x90, 0xa3],
        &[0x18, 0x03, 0xa1, 0x83, 0x81],
        &[0x6c, 0x05, 0x01, 0x80, b'2', b'0', b'0'],
        &[0x70, 0x08, 0x81, b'5', b'5', b'5', b'1', b'0', b'0', b'1'],
    ]
    .concat();
    assert_eq!(user.poll_transmit().unwrap(), expected);
}

#[test]
fn setup_of_a_t1_network_has_mu_law_and_channel_23() {
    let now = Instant::now();
    let mut network = Interface::new(Config::new("span1", Side::Network, Framing::T1));
    network.start(now);
    assert_eq!(network.poll_transmit().unwrap(), [0x02, 0x01, 0x7f]);
    network.handle_frame(now, &[0x02, 0x01, 0x73]);
    let mut setup = Setup::speech(Number::new("1"));
    setup.bearer = isdn::Bearer::AUDIO_31;
    setup.sending_complete = false;
    network.setup(now, setup).unwrap();
    let expected = [
        &[0x02, 0x01, 0x00, 0x00][..],
        &[0x08, 0x02, 0x00, 0x01, 0x05],
        &[0x04, 0x03, 0x90, 0x90, 0xa2],
        &[0x18, 0x03, 0xa9, 0x83, 0x97],
        &[0x70, 0x02, 0x81, b'1'],
    ]
    .concat();
    assert_eq!(network.poll_transmit().unwrap(), expected);
}

#[test]
fn frames_are_described_in_the_words_of_the_standard() {
    let cases: [(&[u8], &str); 10] = [
        (&[0x00, 0x01, 0x7f], "SABME p=1"),
        (&[0x00, 0x01, 0x73], "UA f=1"),
        (&[0x02, 0x01, 0x53], "DISC p=1"),
        (&[0x02, 0x01, 0x1f], "DM f=1"),
        (&[0x02, 0x01, 0x01, 0x02], "RR n(r)=1"),
        (&[0x02, 0x01, 0x05, 0x03], "RNR n(r)=1 p/f=1"),
        (&[0x02, 0x01, 0x09, 0xfe], "REJ n(r)=127"),
        (&[0xfc, 0xff, 0x03, 0x0f, 1, 2, 1, 0xff], "UI p=0 sapi=63 tei=127 [0f, 01, 02, 01, ff]"),
        (&[0x00], "? frame of 1 octets is too short: [00]"),
        (
            &[0x02, 0x01, 0x02, 0x04, 0x08, 0x02, 0x80, 0x05, 0x45, 0x08, 0x02, 0x82, 0x91, 0x1e, 0x02, 0x82, 0x88],
            "I n(s)=1 n(r)=2 DISCONNECT cr=5' cause=17 progress=8",
        ),
    ];
    for (bytes, text) in cases {
        assert_eq!(describe(bytes), text);
    }
    assert_eq!(describe_message(common::SETUP), "SETUP cr=1 channel=1 excl called=5551001");
}

#[test]
fn codesets_are_resolved_and_emitted_again() {
    let message = [
        &[0x08, 0x02, 0x00, 0x01, 0x7b][..],
        &[0x9e, 0x01, 0x01, 0xaa], // non-locking shift to codeset 6
        &[0x28, 0x01, b'x'],
        &[0x95, 0x2a, 0x01, 0xbb], // locking shift to codeset 5
        &[0x94, 0x2b, 0x00],       // back to 4: not permitted, ignored
        &[0x98, 0x27, 0x01, 0x80], // non-locking shift to codeset 0
        &[0xd1],
    ]
    .concat();
    let parsed = Message::parse(&message).unwrap();
    let unknown = |codeset, id, bytes: &[u8]| Element::Unknown { codeset, id, bytes: bytes.to_vec() };
    let expected = [
        unknown(6, 0x01, &[0xaa]),
        Element::Display("x".to_owned()),
        unknown(5, 0x2a, &[0xbb]),
        unknown(5, 0x2b, &[]),
        Element::Notification(0),
        unknown(5, 0xd1, &[]),
    ];
    assert_eq!(parsed.elements, expected);
    assert_eq!(Message::parse(&parsed.emit()).unwrap(), parsed);
}

#[test]
fn elements_for_users_and_networks_are_read_and_written() {
    let network = |digits: &str| NetworkIdentification { kind: 2, plan: 1, digits: digits.to_owned() };
    let facilities = NetworkSpecificFacilities { network: Some(network("288")), facility: vec![0xe7] };
    let cases: [(&[u8], Element, &str); 15] = [
        (
            &[0x00, 0x02, 0x82, 0x05],
            Element::Segmented(Segmented { first: true, remaining: 2, message_type: 5 }),
            "segment=first+2",
        ),
        (&[0x10, 0x01, 0x07], Element::CallIdentity(vec![7]), "identity=[07]"),
        (&[0x1c, 0x02, 0x91, 0xa1], Element::Facility(vec![0x91, 0xa1]), "facility=[91, a1]"),
        (&[0x20, 0x06, 0x04, 0xa1, b'2', b'8', b'8', 0xe7], Element::NetworkSpecific(facilities), "network-specific=[e7]"),
        (
            &[0x29, 0x05, 26, 11, 26, 15, 58],
            Element::DateTime(DateTime { year: 26, month: 11, day: 26, time: Some((15, 58)), second: None }),
            "date=26-11-26",
        ),
        (&[0x2c, 0x02, b'*', b'1'], Element::Keypad("*1".into()), "keypad=*1"),
        (&[0x34, 0x01, 0x4f], Element::Signal(0x4f), "signal=79"),
        (&[0x4a, 0x01, 0x81], Element::ReverseCharging(1), "reverse-charging=1"),
        (
            &[0x71, 0x04, 0x80, 0x50, b'4', b'2'],
            Element::CalledSubaddress(Subaddress { kind: Subaddress::NSAP, odd: false, octets: vec![0x50, b'4', b'2'] }),
            "called-subaddress=[50, 34, 32]",
        ),
        (
            &[0x6d, 0x02, 0xa8, 0x21],
            Element::CallingSubaddress(Subaddress { kind: Subaddress::USER, odd: true, octets: vec![0x21] }),
            "calling-subaddress=[21]",
        ),
        (&[0x78, 0x04, 0xa1, b'2', b'8', b'8'], Element::TransitNetwork(network("288")), "transit-network=288"),
        (
            &[0x7e, 0x03, 0x04, b'h', b'i'],
            Element::UserUser(UserUser { protocol: UserUser::IA5, octets: b"hi".to_vec() }),
            "user-user=[68, 69]",
        ),
        (&[0xa0], Element::MoreData, "more-data"),
        (&[0xbf], Element::CongestionLevel(15), "congestion=15"),
        (&[0xd2], Element::RepeatIndicator(2), "repeat=2"),
    ];
    for (bytes, element, words) in cases {
        let message = [&[0x08, 0x02, 0x00, 0x01, 0x7b], bytes].concat();
        let parsed = Message::parse(&message).unwrap();
        assert_eq!((parsed.elements.as_slice(), parsed.emit()), ([element].as_slice(), message.clone()));
        assert_eq!(describe_message(&message), format!("INFORMATION cr=1 {words}"));
    }
    assert_eq!(describe_message(&[0x08, 0x02, 0x00, 0x01, 0x7b, 0x47, 0x01, 0x80]), "INFORMATION cr=1 closed-user-group=[80]");
}

#[test]
fn channel_maps_name_the_slots_of_figure_4_19() {
    let map = |octets: &[u8]| {
        let selection = ChannelSelection::Map(octets.to_vec());
        ChannelIdentification { exclusive: true, d_channel: false, interface: None, selection }.slots()
    };
    assert_eq!(map(&[0x80, 0, 0, 0x02]), [1, 31]);
    assert_eq!(map(&[0x80, 0, 0x01]), [1, 24]);
}

#[test]
fn cause_names_are_those_of_q850() {
    assert_eq!(CauseValue(16).name(), "normal call clearing");
    assert_eq!(CauseValue(12).name(), "unknown cause");
    assert_eq!(Cause::new(CauseValue::USER_BUSY, Location::User).to_string(), "17 (user busy) at User");
}

fn address() -> impl Strategy<Value = Address> {
    (0u8..64, any::<bool>(), 0u8..128).prop_map(|(sapi, command_response, tei)| Address { sapi, command_response, tei })
}

fn body() -> impl Strategy<Value = Body> {
    let info = prop::collection::vec(any::<u8>(), 0..40);
    let supervisory = prop::sample::select(vec![Supervisory::ReceiveReady, Supervisory::ReceiveNotReady, Supervisory::Reject]);
    let without = vec![Unnumbered::SetMode, Unnumbered::Disconnect, Unnumbered::Acknowledge, Unnumbered::DisconnectedMode];
    let with = vec![Unnumbered::FrameReject, Unnumbered::Information, Unnumbered::Exchange];
    prop_oneof![
        (0u8..128, 0u8..128, any::<bool>(), info.clone()).prop_map(|(ns, nr, poll, info)| Body::Information {
            ns,
            nr,
            poll,
            info
        }),
        (supervisory, 0u8..128, any::<bool>()).prop_map(|(kind, nr, poll_final)| Body::Supervisory { kind, nr, poll_final }),
        (prop::sample::select(without), any::<bool>()).prop_map(|(kind, poll_final)| Body::Unnumbered {
            kind,
            poll_final,
            info: Vec::new()
        }),
        (prop::sample::select(with), any::<bool>(), info).prop_map(|(kind, poll_final, info)| Body::Unnumbered {
            kind,
            poll_final,
            info
        }),
    ]
}

fn number() -> impl Strategy<Value = Number> {
    ("[ -~]{0,20}", 0u8..8, 0u8..16).prop_map(|(digits, ton, npi)| Number {
        digits,
        ton: TypeOfNumber::from_bits(ton),
        npi: NumberingPlan::from_bits(npi),
    })
}

fn calling() -> impl Strategy<Value = CallingNumber> {
    (number(), 0u8..4, 0u8..4).prop_map(|(number, presentation, screening)| CallingNumber {
        number,
        presentation: Presentation::from_bits(presentation),
        screening: Screening::from_bits(screening),
    })
}

fn channel() -> impl Strategy<Value = ChannelIdentification> {
    let selection = prop_oneof![
        Just(ChannelSelection::None),
        Just(ChannelSelection::Any),
        prop::collection::vec(0u8..128, 1..4).prop_map(ChannelSelection::Numbers),
        prop::collection::vec(any::<u8>(), 3..=4).prop_map(ChannelSelection::Map),
    ];
    (any::<bool>(), any::<bool>(), prop::option::of(0u8..128), selection).prop_map(
        |(exclusive, d_channel, interface, selection)| ChannelIdentification { exclusive, d_channel, interface, selection },
    )
}

fn element() -> impl Strategy<Value = Element> {
    let capability = prop::sample::select(vec![
        TransferCapability::Speech,
        TransferCapability::Unrestricted,
        TransferCapability::Restricted,
        TransferCapability::Audio31,
        TransferCapability::UnrestrictedWithTones,
        TransferCapability::Video,
        TransferCapability::Other(0x1f),
    ]);
    let bearer =
        (0u8..4, capability, 0u8..4, 0u8..32, prop::option::of(0u8..32)).prop_map(|(coding, capability, mode, rate, layer1)| {
            BearerCapability { coding, capability, mode, rate, layer1, rest: vec![0x22, 0x8f] }
        });
    let cause = (0u8..128, 0u8..16, prop::collection::vec(any::<u8>(), 0..27)).prop_map(|(value, location, diagnostics)| Cause {
        value: CauseValue(value),
        location: Location::from_bits(location),
        diagnostics,
    });
    let progress = (0u8..16, 0u8..128).prop_map(|(l, description)| ProgressIndicator::new(description, Location::from_bits(l)));
    let redirecting = (calling(), 0u8..16).prop_map(|(calling, reason)| Redirecting {
        number: calling.number,
        presentation: calling.presentation,
        screening: calling.screening,
        reason: RedirectReason::from_bits(reason),
    });
    let restart =
        prop::sample::select(vec![RestartClass::IndicatedChannels, RestartClass::SingleInterface, RestartClass::AllInterfaces]);
    let unknown =
        (0u8..8, prop::sample::select(vec![0x3au8, 0x40, 0x46, 0x47, 0x7f, 0x05]), prop::collection::vec(any::<u8>(), 0..30));
    prop_oneof![
        bearer.prop_map(Element::BearerCapability),
        cause.prop_map(Element::Cause),
        (0u8..64).prop_map(|state| Element::CallState(CallStateValue(state))),
        channel().prop_map(Element::ChannelIdentification),
        progress.prop_map(Element::Progress),
        (0u8..128).prop_map(Element::Notification),
        "[ -~]{0,80}".prop_map(Element::Display),
        calling().prop_map(Element::ConnectedNumber),
        calling().prop_map(Element::CallingNumber),
        number().prop_map(Element::CalledNumber),
        redirecting.prop_map(Element::RedirectingNumber),
        restart.prop_map(Element::RestartIndicator),
        "[ -~]{0,32}".prop_map(Element::Keypad),
        calling().prop_map(Element::RedirectionNumber),
        prop::collection::vec(any::<u8>(), 0..=3).prop_map(Element::HighLayerCompatibility),
        prop::collection::vec(any::<u8>(), 0..=16).prop_map(Element::LowLayerCompatibility),
        prop::collection::vec(any::<u8>(), 0..=8).prop_map(Element::CallIdentity),
        prop::collection::vec(any::<u8>(), 0..=250).prop_map(Element::Facility),
        service_element(),
        Just(Element::SendingComplete),
        unknown.prop_map(|(codeset, id, bytes)| Element::Unknown { codeset, id, bytes }),
    ]
}

/// Elements that go to and from the network and between users.
fn service_element() -> impl Strategy<Value = Element> {
    let network =
        || (0u8..8, 0u8..16, "[ -~]{0,10}").prop_map(|(kind, plan, digits)| NetworkIdentification { kind, plan, digits });
    let specific = (prop::option::of(network()), prop::collection::vec(any::<u8>(), 0..10))
        .prop_map(|(network, facility)| NetworkSpecificFacilities { network, facility });
    let subaddress = || {
        (0u8..8, any::<bool>(), prop::collection::vec(any::<u8>(), 0..=20)).prop_map(|(kind, odd, octets)| Subaddress {
            kind,
            odd,
            octets,
        })
    };
    let user =
        (any::<u8>(), prop::collection::vec(any::<u8>(), 0..=128)).prop_map(|(protocol, octets)| UserUser { protocol, octets });
    let time = (any::<[u8; 3]>(), prop::option::of((any::<[u8; 2]>(), prop::option::of(any::<u8>())))).prop_map(
        |([year, month, day], time)| {
            let second = time.and_then(|(_, second)| second);
            DateTime { year, month, day, time: time.map(|([hour, minute], _)| (hour, minute)), second }
        },
    );
    let segmented = (any::<bool>(), 0u8..128, any::<u8>()).prop_map(|(first, remaining, message_type)| Segmented {
        first,
        remaining,
        message_type,
    });
    prop_oneof![
        network().prop_map(Element::TransitNetwork),
        specific.prop_map(Element::NetworkSpecific),
        subaddress().prop_map(Element::CallingSubaddress),
        subaddress().prop_map(Element::CalledSubaddress),
        subaddress().prop_map(Element::ConnectedSubaddress),
        user.prop_map(Element::UserUser),
        time.prop_map(Element::DateTime),
        segmented.prop_map(Element::Segmented),
        any::<u8>().prop_map(Element::Signal),
        (0u8..128).prop_map(Element::ReverseCharging),
        Just(Element::MoreData),
        (0u8..16).prop_map(Element::CongestionLevel),
        (0u8..16).prop_map(Element::RepeatIndicator),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let reference = prop_oneof![
        Just(CallReference { value: 0, to_origin: false, octets: 0 }),
        (0u16..128, any::<bool>()).prop_map(|(value, to_origin)| CallReference { value, to_origin, octets: 1 }),
        (0u16..0x8000, any::<bool>()).prop_map(|(value, to_origin)| CallReference { value, to_origin, octets: 2 }),
    ];
    (reference, any::<u8>(), prop::collection::vec(element(), 0..6)).prop_map(|(reference, code, elements)| Message {
        reference,
        message_type: MessageType::from_code(code),
        elements,
    })
}

proptest! {
    #[test]
    fn frame_survives_every_byte_string(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = describe(&bytes);
        if let Ok(frame) = Frame::parse(&bytes) {
            prop_assert_eq!(Frame::parse(&frame.emit()), Ok(frame));
        }
    }

    #[test]
    fn frame_reads_back_what_it_wrote(address in address(), body in body()) {
        let frame = Frame { address, body };
        prop_assert_eq!(Frame::parse(&frame.emit()), Ok(frame));
    }

    #[test]
    fn message_survives_every_byte_string(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let message = [&[8, 2, 0, 1, 5][..], &bytes].concat();
        for bytes in [&bytes, &message] {
            let _ = describe_message(bytes);
            if let Ok(message) = Message::parse(bytes) {
                prop_assert!(Message::parse(&message.emit()).is_ok());
            }
        }
    }

    #[test]
    fn message_reads_back_what_it_wrote(message in message()) {
        prop_assert_eq!(Message::parse(&message.emit()), Ok(message));
    }

    #[test]
    fn interface_survives_every_message(side in prop::bool::ANY, messages in prop::collection::vec((any::<u8>(), 0u8..3, prop::collection::vec(element(), 0..5)), 0..20)) {
        let side = if side { Side::User } else { Side::Network };
        let mut pair = common::raw(side);
        let now = pair.now();
        for (code, reference, elements) in messages {
            let reference = CallReference { value: u16::from(reference), to_origin: code & 0x80 != 0, octets: 2 };
            let message = Message { reference, message_type: MessageType::from_code(code & 0x7f), elements };
            let _ = pair.right.data(now, message.emit());
        }
        pair.run_for(common::seconds(1));
        let calls = pair.left.calls().filter(|call| call.channel.is_some()).count();
        let busy = pair.left.channels().iter().filter(|c| matches!(c.state, isdn::ChannelState::InUse(_))).count();
        prop_assert_eq!(calls, busy);
    }

    #[test]
    fn interface_survives_every_frame(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..20)) {
        let mut pair = common::up(common::ends());
        let now = pair.now();
        for mut frame in frames {
            if let [first, second, ..] = &mut frame[..] {
                *first &= 2;
                *second = 1;
            }
            pair.left.handle_frame(now, &frame);
        }
        pair.run_for(common::seconds(30));
        prop_assert!(pair.left.link_up());
    }
}
