//! Diversion: what each standard carries of it comes through, and what it does not carry is left out.
#![allow(clippy::unwrap_used, reason = "tests fail by panic")]

use isdn::facility::{Dialect, Diversion, Facility, Form, InvokeIds, LegOne, LegThree, Name, NamePresentation, Subscription};
use isdn::{CallingNumber, Number, Presentation, RedirectReason, TypeOfNumber};
use proptest::prelude::*;

const FORMS: [(Form, Dialect); 2] = [(Form::Etsi, Dialect::Etsi), (Form::Qsig, Dialect::Qsig)];

fn reason() -> impl Strategy<Value = RedirectReason> {
    (0_u8..16).prop_map(RedirectReason::from_bits)
}

fn party() -> impl Strategy<Value = CallingNumber> {
    ("[0-9]{1,20}", any::<bool>()).prop_map(|(digits, allowed)| CallingNumber {
        number: Number { ton: TypeOfNumber::National, ..Number::new(digits) },
        presentation: if allowed { Presentation::Allowed } else { Presentation::Restricted },
        ..CallingNumber::default()
    })
}

fn name() -> impl Strategy<Value = Name> {
    ("[ -~¡-ÿ]{1,50}", any::<bool>()).prop_map(|(text, allowed)| {
        let presentation = if allowed { NamePresentation::Allowed } else { NamePresentation::Restricted };
        Name { presentation, ..Name::new(text) }
    })
}

fn diversion() -> impl Strategy<Value = Diversion> {
    let numbers = (prop::option::of(party()), prop::option::of(party()));
    let names = (prop::option::of(name()), prop::option::of(name()));
    (any::<u8>(), reason(), prop::option::of(reason()), numbers, names).prop_map(
        |(count, reason, original_reason, numbers, names)| {
            let ((diverting, original_called), (redirecting_name, original_called_name)) = (numbers, names);
            Diversion { count, reason, original_reason, diverting, original_called, redirecting_name, original_called_name }
        },
    )
}

/// The reason that comes through.
fn carried(form: Form, reason: RedirectReason) -> RedirectReason {
    match reason {
        RedirectReason::Unconditional | RedirectReason::Busy | RedirectReason::NoReply => reason,
        RedirectReason::Deflection if form == Form::Etsi => reason,
        RedirectReason::Deflection
        | RedirectReason::Unknown
        | RedirectReason::OutOfOrder
        | RedirectReason::ByTerminal
        | RedirectReason::Other(_) => RedirectReason::Unknown,
    }
}

fn received(sent: &[Facility]) -> Vec<Facility> {
    sent.iter().map(|facility| Facility::parse(&facility.emit()).unwrap()).collect()
}

proptest! {
    #[test]
    fn diversion_that_is_sent_is_read_back(diversion in diversion()) {
        for (form, dialect) in FORMS {
            let sent = dialect.diversion(&diversion, &mut InvokeIds::default());
            prop_assert!(sent.iter().all(|facility| facility.emit().len() <= 255));
            let mut expected = Diversion {
                count: diversion.count.clamp(1, if form == Form::Etsi { 5 } else { 15 }),
                reason: carried(form, diversion.reason),
                original_reason: diversion.original_reason.map(|reason| carried(form, reason)),
                ..diversion.clone()
            };
            if form == Form::Etsi {
                (expected.original_reason, expected.redirecting_name, expected.original_called_name) = (None, None, None);
            }
            prop_assert_eq!(dialect.read_diversion(&received(&sent)), Some(expected));
            prop_assert!(dialect.unrecognised(&received(&sent)).is_empty());
        }
    }

    #[test]
    fn legs_that_are_sent_are_read_back(
        reason in reason(),
        nominated in party(),
        option in prop::sample::select(vec![Subscription::NoNotification, Subscription::WithoutNumber, Subscription::WithNumber]),
        presentation_allowed: bool,
        name in prop::option::of(name()),
    ) {
        for (form, dialect) in FORMS {
            let mut ids = InvokeIds::default();
            let one = LegOne { reason: carried(form, reason), subscription: option, nominated: Some(nominated.clone()) };
            let sent = received(&dialect.leg_one(&one, &mut ids));
            let presentation = if form == Form::Etsi { nominated.presentation } else { Presentation::Allowed };
            let expected = LegOne { nominated: Some(CallingNumber { presentation, ..nominated.clone() }), ..one };
            prop_assert_eq!(dialect.read_leg_one(&sent), Some(expected));
            let three = LegThree { presentation_allowed, name: name.clone().filter(|_| form == Form::Qsig) };
            let sent = received(&dialect.leg_three(&three, &mut ids));
            prop_assert_eq!(dialect.read_leg_three(&sent), Some(three));
        }
    }
}

#[test]
fn deflection_is_known_to_etsi_only() {
    let argument = |code| [0x30, 0x06, 0x02, 0x01, 0x01, 0x0a, 0x01, code];
    for code in [4, 5] {
        assert_eq!(Diversion::parse(Form::Etsi, &argument(code)).unwrap().reason, RedirectReason::Deflection);
        assert_eq!(Diversion::parse(Form::Qsig, &argument(code)).unwrap().reason, RedirectReason::Unknown);
    }
    assert_eq!(Diversion::parse(Form::Etsi, &argument(9)).unwrap().reason, RedirectReason::Unknown);
}

#[test]
fn extensions_at_the_end_are_passed_over() {
    let argument = [0x30, 0x0a, 0x02, 0x01, 0x02, 0x0a, 0x01, 0x01, 0xa5, 0x02, 0x05, 0x00];
    assert_eq!(Diversion::parse(Form::Qsig, &argument).unwrap().count, 2);
    let argument = [0x30, 0x07, 0x01, 0x01, 0x01, 0xa1, 0x02, 0x05, 0x00];
    assert_eq!(LegThree::parse(Form::Qsig, &argument), Ok(LegThree { presentation_allowed: true, name: None }));
}

#[test]
fn first_leg_of_etsi_may_have_no_number() {
    let leg = LegOne { reason: RedirectReason::Busy, subscription: Subscription::WithoutNumber, nominated: None };
    assert_eq!(leg.emit(Form::Etsi).unwrap(), [0x30, 0x06, 0x0a, 0x01, 0x02, 0x0a, 0x01, 0x01]);
    assert_eq!(LegOne::parse(Form::Etsi, &leg.emit(Form::Etsi).unwrap()), Ok(leg.clone()));
    assert_eq!(leg.emit(Form::Qsig), None);
    assert!(Dialect::Qsig.leg_one(&leg, &mut InvokeIds::default()).is_empty());
}

#[test]
fn subscription_option_of_no_standard_says_nothing_to_the_caller() {
    let leg = LegOne::parse(Form::Etsi, &[0x30, 0x06, 0x0a, 0x01, 0x02, 0x0a, 0x01, 0x07]).unwrap();
    assert_eq!(leg.subscription, Subscription::NoNotification);
}

#[test]
fn diversion_that_makes_no_sense_is_refused() {
    let cases: [&[u8]; 5] = [
        &[],
        &[0x30, 0x00],
        &[0x30, 0x06, 0x02, 0x01, 0xff, 0x0a, 0x01, 0x01], // -1 diversions
        &[0x30, 0x03, 0x02, 0x01, 0x01],
        &[0x30, 0x0a, 0x02, 0x01, 0x01, 0x0a, 0x01, 0x01, 0xa1, 0x02, 0x84, 0x00], // no such presented number
    ];
    for (form, _) in FORMS {
        for argument in cases {
            assert!(Diversion::parse(form, argument).is_err(), "{argument:02x?}");
        }
    }
}

#[test]
fn diversion_is_sent_only_where_the_dialect_has_it() {
    for dialect in [Dialect::NationalIsdn2, Dialect::Dms100, Dialect::None] {
        let mut ids = InvokeIds::default();
        assert!(dialect.diversion(&Diversion::default(), &mut ids).is_empty());
        assert!(dialect.leg_three(&LegThree { presentation_allowed: true, name: None }, &mut ids).is_empty());
        assert_eq!(ids.take(), 1, "no identifier is used up");
    }
}
