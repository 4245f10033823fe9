//! What the variants do differently, each against its own pair; libpri has the same tests where it has the variant.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{Ends, all_idle, answered_from_network, answered_from_user, cause, ends_with, seconds, speech, then, up};
use isdn::q931::VARIANTS;
use isdn::{
    CallingNumber, CauseValue, Config, Event, Framing, Location, Number, NumberingPlan, Screening, Setup, Side, TypeOfNumber,
    Variant,
};

fn ends_of(variant: Variant, framing: Framing) -> Ends {
    let of = |side| Config { variant, ..Config::new(if side == Side::User { "user" } else { "net" }, side, framing) };
    ends_with(of(Side::User), of(Side::Network))
}

#[test]
fn every_variant_has_its_own_row() {
    for row in VARIANTS {
        assert_eq!(row.variant.row().variant, row.variant);
        assert_eq!(VARIANTS.iter().filter(|other| other.name == row.name).count(), 1);
    }
}

#[test]
fn calls_go_both_ways_and_clear_both_ways_in_every_variant() {
    for row in VARIANTS {
        for framing in [Framing::E1, Framing::T1] {
            let mut pair = up(ends_of(row.variant, framing));
            let (left, _) = answered_from_user(&mut pair);
            then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
            let (_, right) = answered_from_network(&mut pair);
            then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
            for events in [&pair.left_events, &pair.right_events] {
                let clearing: Vec<_> = events
                    .iter()
                    .filter_map(|event| if let Event::Clearing { call, .. } = event { Some(*call) } else { None })
                    .collect();
                assert_eq!(clearing.len(), 1, "{}", row.name);
            }
            let of = |events: &[Event]| {
                events.iter().find_map(|e| if let Event::Clearing { call, .. } = e { Some(*call) } else { None })
            };
            let (at_left, at_right) = (of(&pair.left_events).unwrap(), of(&pair.right_events).unwrap());
            then(&mut pair, |p, now| p.left.clear(now, at_left, cause(CauseValue::NORMAL_CLEARING)));
            then(&mut pair, |p, now| p.right.clear(now, at_right, cause(CauseValue::NORMAL_CLEARING)));
            assert!(all_idle(&pair.left) && all_idle(&pair.right), "{}", row.name);
            let (left, right) = (pair.left.stats(), pair.right.stats());
            assert_eq!((left.unexpected_messages, right.unexpected_messages), (0, 0), "{}", row.name);
        }
    }
}

/// What the far end makes of a SETUP.
fn arrives(variant: Variant, setup: Setup) -> Setup {
    let mut pair = up(ends_of(variant, Framing::T1));
    then(&mut pair, |p, now| p.left.setup(now, setup).unwrap());
    pair.right_events
        .iter()
        .find_map(|event| if let Event::Setup { setup, .. } = event { Some((**setup).clone()) } else { None })
        .unwrap()
}

#[test]
fn sending_complete_goes_only_where_the_variant_has_it() {
    for row in VARIANTS {
        assert_eq!(arrives(row.variant, speech("1")).sending_complete, row.sending_complete, "{}", row.name);
    }
    let complete = |variant: Variant| variant.row().sending_complete;
    assert!(complete(Variant::EuroIsdn) && complete(Variant::Qsig) && complete(Variant::Ins1500));
    assert!(!complete(Variant::NationalIsdn2) && !complete(Variant::Att4Ess));
}

fn calling(digits: &str) -> CallingNumber {
    CallingNumber { number: Number::new(digits), ..CallingNumber::default() }
}

#[test]
fn calling_number_is_the_networks_own_where_the_exchange_takes_no_other() {
    for row in VARIANTS {
        let setup = Setup { calling: Some(calling("5551001")), ..speech("1") };
        let screening = arrives(row.variant, setup).calling.unwrap().screening;
        assert_eq!(screening == Screening::Network, row.network_provided, "{}", row.name);
    }
    // A number that is withheld keeps its screening.
    let withheld = CallingNumber { presentation: isdn::Presentation::Restricted, ..calling("5551001") };
    let arrived = arrives(Variant::Dms100, Setup { calling: Some(withheld), ..speech("1") }).calling.unwrap();
    assert_eq!(arrived.screening, Screening::NotScreened);
}

#[test]
fn type_of_number_that_a_variant_has_not_is_sent_as_unknown() {
    let number = |ton, npi| Number { digits: "5551001".to_owned(), ton, npi };
    let arrived = |variant, ton, npi| {
        let called = arrives(variant, Setup::speech(number(ton, npi))).called;
        (called.ton, called.npi)
    };
    let unknown = (TypeOfNumber::Unknown, NumberingPlan::Unknown);
    for variant in [Variant::NationalIsdn2, Variant::Dms100] {
        let national = (TypeOfNumber::National, NumberingPlan::Isdn);
        assert_eq!(arrived(variant, national.0, national.1), national);
        assert_eq!(arrived(variant, TypeOfNumber::Abbreviated, NumberingPlan::Isdn), unknown);
        assert_eq!(arrived(variant, TypeOfNumber::International, NumberingPlan::Private), unknown);
        assert_eq!(arrived(variant, TypeOfNumber::Subscriber, NumberingPlan::Private).1, NumberingPlan::Private);
    }
    let kept = (TypeOfNumber::NetworkSpecific, NumberingPlan::Telex);
    assert_eq!(arrived(Variant::EuroIsdn, kept.0, kept.1), kept);
}

#[test]
fn name_is_read_by_the_far_end_with_and_without_a_type_octet() {
    for row in VARIANTS {
        let arrived = arrives(row.variant, Setup { display: Some("Anna Example".to_owned()), ..speech("1") });
        assert_eq!(arrived.display.as_deref(), Some("Anna Example"), "{}", row.name);
        assert_eq!(arrived.other, [], "{}", row.name);
    }
}

#[test]
fn name_of_who_answers_reaches_the_caller() {
    for row in VARIANTS {
        let mut pair = up(ends_of(row.variant, Framing::E1));
        then(&mut pair, |p, now| p.left.setup(now, speech("1")).unwrap());
        let call = common::offered(&pair.right_events);
        let connected =
            isdn::Connected { number: Some(calling("5552")), name: Some("Bo".to_owned()), ..isdn::Connected::default() };
        then(&mut pair, |p, now| p.right.connect(now, call, connected));
        let told =
            pair.left_events.iter().find_map(|e| if let Event::Connected { connected, .. } = e { Some(connected) } else { None });
        let told = told.unwrap();
        assert_eq!(
            (told.name.as_deref(), told.number.as_ref().unwrap().number.digits.as_str()),
            (Some("Bo"), "5552"),
            "{}",
            row.name
        );
    }
}

/// Invoke of ETSI's chargingRequest (EN 300 182-1), which this end has not.
const UNKNOWN_SERVICE: [u8; 12] = [0x91, 0xa1, 0x09, 0x02, 0x01, 0x07, 0x02, 0x01, 0x1e, 0x0a, 0x01, 0x00];

#[test]
fn service_that_is_not_known_is_rejected_with_the_first_response_and_in_a_call_by_facility() {
    let mut pair = common::raw(Side::Network);
    let facility = [&[0x1c, 12], UNKNOWN_SERVICE.as_slice()].concat();
    let mut setup = common::SETUP.to_vec();
    setup.splice(16..16, facility.clone());
    common::inject(&mut pair, &[&setup]);
    let (call, now) = (common::offered(&pair.left_events), pair.now());
    pair.left.proceeding(now, call, Vec::new());
    // Reject of invoke 7: invoke problem 1, unrecognised operation.
    let reject = "facility=[91, a4, 06, 02, 01, 07, 81, 01, 01]";
    let sent = common::answers(&mut pair, common::ms(50));
    assert_eq!(sent, [format!("CALL PROCEEDING cr=1' channel=1 excl {reject}")]);
    let message = [&[0x08, 0x02, 0x00, 0x01, 0x62], facility.as_slice()].concat();
    assert_eq!(common::inject(&mut pair, &[&message]), [format!("FACILITY cr=1' {reject}")]);
    assert_eq!(pair.left.calls().count(), 1, "the call goes on");
}

#[test]
fn answer_of_the_network_side_waits_for_its_acknowledgement_in_qsig_only() {
    for row in VARIANTS {
        let mut pair = up(ends_of(row.variant, Framing::E1));
        then(&mut pair, |p, now| p.left.setup(now, speech("1")).unwrap());
        let call = common::offered(&pair.right_events);
        let now = pair.now();
        pair.right.connect(now, call, isdn::Connected::default());
        let waits = pair.right.calls().next().unwrap().state == 8;
        assert_eq!(waits, row.symmetric, "{}", row.name);
        pair.run_for(seconds(1));
        assert_eq!(pair.right.calls().next().unwrap().state, 10, "{}", row.name);
    }
}

#[test]
fn causes_of_a_qsig_network_side_arise_in_the_private_network() {
    let of = |variant: Variant| {
        let mut pair = up(ends_of(variant, Framing::E1));
        let mut setup = speech("1");
        setup.bearer.capability = isdn::TransferCapability::Speech;
        then(&mut pair, |p, now| {
            let slots: Vec<u8> = p.right.channels().iter().map(|status| status.channel.slot).collect();
            slots.into_iter().for_each(|slot| p.right.block(now, slot).unwrap());
            p.left.setup(now, setup).unwrap()
        });
        pair.left_events
            .iter()
            .find_map(|e| if let Event::Released { cause, .. } = e { Some(cause.location) } else { None })
            .unwrap()
    };
    assert_eq!((of(Variant::Qsig), of(Variant::EuroIsdn)), (Location::PrivateLocal, Location::PublicLocal));
}
