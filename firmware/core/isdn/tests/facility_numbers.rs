//! Numbers in arguments: each plan and type has its place, and no number is sent as another one or shown against its owner's wish.
#![allow(clippy::unwrap_used, reason = "tests fail by panic")]

use isdn::facility::ber::Reader;
use isdn::facility::party::{self, MAX_DIGITS};
use isdn::{CallingNumber, Number, NumberingPlan, Presentation, Screening, TypeOfNumber};
use proptest::prelude::*;

const TYPES: [TypeOfNumber; 6] = [
    TypeOfNumber::Unknown,
    TypeOfNumber::International,
    TypeOfNumber::National,
    TypeOfNumber::NetworkSpecific,
    TypeOfNumber::Subscriber,
    TypeOfNumber::Abbreviated,
];

fn number() -> impl Strategy<Value = Number> {
    let typed = (prop::sample::select(TYPES.to_vec()), prop::sample::select(vec![NumberingPlan::Isdn, NumberingPlan::Private]));
    let plain = vec![NumberingPlan::Unknown, NumberingPlan::Data, NumberingPlan::Telex, NumberingPlan::National];
    let plain = (Just(TypeOfNumber::Unknown), prop::sample::select(plain));
    ("[0-9]{1,20}", prop_oneof![typed, plain]).prop_map(|(digits, (ton, npi))| Number { digits, ton, npi })
}

fn screened() -> impl Strategy<Value = CallingNumber> {
    let shown = (number(), prop::sample::select(vec![Presentation::Allowed, Presentation::Restricted]), 0_u8..4);
    let absent = prop::sample::select(vec![Presentation::Restricted, Presentation::NotAvailable]);
    prop_oneof![
        4 => shown.prop_map(|(number, presentation, screening)| CallingNumber {
            number,
            presentation,
            screening: Screening::from_bits(screening),
        }),
        1 => absent.prop_map(|presentation| CallingNumber { presentation, ..CallingNumber::default() }),
    ]
}

proptest! {
    #[test]
    fn number_that_is_sent_is_read_back(number in number()) {
        prop_assert_eq!(party::take_number(&mut Reader::new(&party::emit_number(&number).unwrap())), Ok(number));
    }

    #[test]
    fn presented_number_that_is_sent_is_read_back(party in screened()) {
        let octets = party::emit_screened(&party);
        prop_assert_eq!(party::read_screened(&Reader::new(&octets).value().unwrap().unwrap()), Ok(party.clone()));
        let octets = party::emit_unscreened(&party);
        let unscreened = CallingNumber { screening: Screening::NotScreened, ..party };
        prop_assert_eq!(party::read_unscreened(&Reader::new(&octets).value().unwrap().unwrap()), Ok(unscreened));
    }

    #[test]
    fn any_number_is_sent_as_itself_or_not_at_all(digits in "[ -~]{0,25}", ton in 0_u8..8, npi in 0_u8..16, presentation in 0_u8..4) {
        let number = Number { digits, ton: TypeOfNumber::from_bits(ton), npi: NumberingPlan::from_bits(npi) };
        let presentation = Presentation::from_bits(presentation);
        let party = CallingNumber { number: number.clone(), presentation, screening: Screening::NotScreened };
        let octets = party::emit_unscreened(&party);
        let read = party::read_unscreened(&Reader::new(&octets).value().unwrap().unwrap()).unwrap();
        prop_assert!(read.number.digits.is_empty() || read.number.digits == number.digits);
        prop_assert!(read.presentation != Presentation::Allowed || presentation == Presentation::Allowed);
    }
}

#[test]
fn number_that_has_no_place_is_not_available() {
    let long = "1".repeat(MAX_DIGITS + 1);
    for digits in ["", "*21", "12 34", "+44", long.as_str()] {
        let party = CallingNumber { number: Number::new(digits), ..CallingNumber::default() };
        assert_eq!(party::emit_number(&party.number), None);
        assert_eq!(party::emit_unscreened(&party), [0x82, 0x00]);
        assert_eq!(party::emit_unscreened(&CallingNumber { presentation: Presentation::Restricted, ..party }), [0x81, 0x00]);
    }
}

#[test]
fn reserved_presentation_is_sent_as_restricted() {
    let party = CallingNumber { number: Number::new("1"), presentation: Presentation::Reserved, screening: Screening::Network };
    assert_eq!(party::emit_unscreened(&party), [0xa3, 0x08, 0xa1, 0x06, 0x0a, 0x01, 0x00, 0x12, 0x01, b'1']);
    assert_eq!(party::emit_screened(&party), [0xa3, 0x0b, 0xa1, 0x06, 0x0a, 0x01, 0x00, 0x12, 0x01, b'1', 0x0a, 0x01, 0x03]);
}

#[test]
fn reserved_type_and_plan_become_unknown() {
    let number = |ton, npi| party::emit_number(&Number { digits: "1".into(), ton, npi });
    assert_eq!(number(TypeOfNumber::Other(5), NumberingPlan::Isdn).unwrap(), [0xa1, 0x06, 0x0a, 0x01, 0x00, 0x12, 0x01, b'1']);
    assert_eq!(number(TypeOfNumber::International, NumberingPlan::Other(15)).unwrap(), [0x80, 0x01, b'1']);
}

#[test]
fn subaddress_behind_a_number_is_passed_over() {
    let octets = [0xa0, 0x0c, 0xa1, 0x06, 0x0a, 0x01, 0x01, 0x12, 0x01, b'1', 0x04, 0x02, 0x50, 0x31];
    let read = party::read_unscreened(&Reader::new(&octets).value().unwrap().unwrap()).unwrap();
    assert_eq!((read.number.digits.as_str(), read.number.ton), ("1", TypeOfNumber::International));
}

#[test]
fn number_that_makes_no_sense_is_refused() {
    let cases: [&[u8]; 6] = [
        &[0x82, 0x02, 0x49, 0x00], // an NSAP number
        &[0x80, 0x01, 0x0a],       // a control character
        &[0xa1, 0x03, 0x0a, 0x01, 0x00],
        &[0xa1, 0x03, 0x12, 0x01, b'1'],
        &[0xa0, 0x03, 0x12, 0x01, b'1'],
        &[],
    ];
    for octets in cases {
        assert!(party::take_number(&mut Reader::new(octets)).is_err(), "{octets:02x?}");
    }
    assert!(party::read_unscreened(&Reader::new(&[0x84, 0x00]).value().unwrap().unwrap()).is_err());
    assert!(party::read_screened(&Reader::new(&[0xa0, 0x03, 0x80, 0x01, b'1']).value().unwrap().unwrap()).is_err());
}
