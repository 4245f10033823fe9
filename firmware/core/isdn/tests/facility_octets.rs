//! Contents of Facility elements as octets: everything is survived, nothing is changed, what was built is read back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panic")]

use isdn::facility::ber::{self, MAX_DEPTH, Reader, Tag};
use isdn::facility::{
    Component, Dialect, Diversion, Entity, Extension, Facility, Form, Interpretation, Invoke, LegOne, LegThree, Malformed, Name,
    NameKind, NetworkFacility, Operation, Problem, ProblemKind, Profile,
};
use isdn::{Number, NumberingPlan, TypeOfNumber};
use proptest::prelude::*;

const VECTORS: &str = include_str!("vectors/facility/libpri.txt");

fn vectors() -> Vec<Vec<u8>> {
    let lines = VECTORS.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.split_once(": ").unwrap().1.split(' ').map(|octet| u8::from_str_radix(octet, 16).unwrap()).collect())
        .collect()
}

const DIALECTS: [Dialect; 5] = [Dialect::Etsi, Dialect::Qsig, Dialect::NationalIsdn2, Dialect::Dms100, Dialect::None];

/// Does all that can be done with received octets. What was understood and is sent again means the same from then on.
fn read(octets: &[u8]) {
    let Ok(facility) = Facility::parse(octets) else { return };
    assert_eq!(facility.emit(), octets);
    let facilities = [facility];
    for dialect in DIALECTS {
        for kind in [NameKind::Calling, NameKind::Called, NameKind::Connected, NameKind::Busy] {
            if let Some(name) = dialect.read_name(&facilities, kind) {
                let once = Name::parse(&name.emit()).unwrap();
                assert_eq!(Name::parse(&once.emit()), Ok(once));
            }
        }
        let _ = dialect.reads_name_follows(&facilities);
        let _ = dialect.unrecognised(&facilities);
        for form in [Form::Etsi, Form::Qsig] {
            if let Some(diversion) = dialect.read_diversion(&facilities) {
                let once = Diversion::parse(form, &diversion.emit(form)).unwrap();
                assert_eq!(Diversion::parse(form, &once.emit(form)), Ok(once));
            }
            if let Some(argument) = dialect.read_leg_one(&facilities).and_then(|leg| leg.emit(form)) {
                let once = LegOne::parse(form, &argument).unwrap();
                assert_eq!(LegOne::parse(form, &once.emit(form).unwrap()), Ok(once));
            }
            if let Some(leg) = dialect.read_leg_three(&facilities) {
                let once = LegThree::parse(form, &leg.emit(form)).unwrap();
                assert_eq!(LegThree::parse(form, &once.emit(form)), Ok(once));
            }
        }
    }
}

proptest! {
    #[test]
    fn any_octets_are_survived_and_emitted_unchanged(octets in prop::collection::vec(any::<u8>(), 0..260)) {
        read(&octets);
    }

    #[test]
    fn any_components_are_survived_and_emitted_unchanged(
        profile in prop::sample::select(vec![0x91_u8, 0x9f, 0x92, 0x93, 0xff]),
        octets in prop::collection::vec(prop::sample::select(vec![0_u8, 1, 2, 3, 4, 6, 0x0a, 0x30, 0x80, 0x81, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xaa, 0x8b]), 0..60),
    ) {
        read(&[&[profile][..], &octets].concat());
    }

    #[test]
    fn damaged_element_is_survived_and_emitted_unchanged(
        which in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        length in any::<prop::sample::Index>(),
    ) {
        let vectors = vectors();
        let mut octets = which.get(&vectors).clone();
        for (at, octet) in damage {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        read(&octets);
        octets.truncate(length.index(octets.len() + 1));
        read(&octets);
    }

    #[test]
    fn built_element_is_read_back(facility in facility()) {
        prop_assert_eq!(Facility::parse(&facility.emit()), Ok(facility));
    }

    #[test]
    fn number_is_read_back(number: i32) {
        let octets = ber::integer(Tag::INTEGER, number);
        let value = Reader::new(&octets).take(Tag::INTEGER).unwrap();
        prop_assert_eq!(value.integer(), Ok(number));
        // X.690 8.3.2: the first nine bits are not all the same.
        let nine = value.contents.iter().take(2).fold(0_u16, |bits, octet| bits << 8 | u16::from(*octet)) >> 7;
        prop_assert!(value.contents.len() == 1 || (nine != 0 && nine != 0x1ff), "{:02x?}", octets);
    }

    #[test]
    fn tag_and_length_are_read_back(form in prop::sample::select(vec![0_u8, 0x20, 0x40, 0x80, 0xa0, 0xc0]), number: u32, short in 0_u32..40, length in 0_usize..70_000) {
        for number in [number, short] {
            let (tag, contents) = (Tag { form, number }, vec![0x55; length]);
            let octets = ber::value(tag, &contents);
            let mut values = Reader::new(&octets);
            let value = values.value().unwrap().unwrap();
            prop_assert_eq!((value.tag, value.contents, value.octets), (tag, &contents[..], &octets[..]));
            prop_assert!(values.is_empty());
        }
    }
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![any::<i32>().prop_map(Operation::Local), prop::collection::vec(any::<u8>(), 1..9).prop_map(Operation::Global)]
}

fn octets() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..30)
}

fn component() -> impl Strategy<Value = Component> {
    let kind = prop::sample::select(vec![
        ProblemKind::General,
        ProblemKind::Invoke,
        ProblemKind::ReturnResult,
        ProblemKind::ReturnError,
    ]);
    // Tags that neither a component nor the extension before them has.
    let unknown = prop::sample::select(vec![0_u32, 5, 6, 12, 20, 300]);
    prop_oneof![
        (any::<i32>(), prop::option::of(any::<i32>()), operation(), octets())
            .prop_map(|(id, linked, operation, argument)| Component::Invoke(Invoke { id, linked, operation, argument })),
        (any::<i32>(), prop::option::of((operation(), octets()))).prop_map(|(id, result)| Component::ReturnResult { id, result }),
        (any::<i32>(), operation(), octets()).prop_map(|(id, error, parameter)| Component::ReturnError { id, error, parameter }),
        (prop::option::of(any::<i32>()), kind, any::<i32>())
            .prop_map(|(id, kind, code)| Component::Reject { id, problem: Problem::new(kind, code) }),
        (unknown, octets()).prop_map(|(tag, octets)| Component::Unknown(ber::value(Tag::context_constructed(tag), &octets))),
    ]
}

fn entity() -> impl Strategy<Value = Entity> {
    prop_oneof![Just(Entity::End), Just(Entity::Any), (2..1000).prop_map(Entity::Other)]
}

fn address() -> impl Strategy<Value = Option<Number>> {
    prop::option::of("[0-9]{1,20}".prop_map(|digits| Number {
        digits,
        ton: TypeOfNumber::Subscriber,
        npi: NumberingPlan::Private,
    }))
}

fn extension() -> impl Strategy<Value = Extension> {
    let network =
        (entity(), address(), entity(), address()).prop_map(|(source, source_address, destination, destination_address)| {
            NetworkFacility { source, source_address, destination, destination_address }
        });
    let interpretation = prop_oneof![
        Just(Interpretation::Discard),
        Just(Interpretation::ClearCall),
        Just(Interpretation::Reject),
        (3..200).prop_map(Interpretation::Other)
    ];
    (prop::option::of(network), prop::option::of(interpretation)).prop_map(|(network, interpretation)| Extension {
        network,
        protocol: None,
        interpretation,
    })
}

fn facility() -> impl Strategy<Value = Facility> {
    let profile = prop_oneof![
        extension().prop_map(|extension| Facility::new(Profile::NetworkingExtensions).with_extension(extension)),
        Just(Facility::new(Profile::RemoteOperations)),
        (0_u8..128).prop_map(|service| Facility::new(Profile::RemoteOperations).with_service(service)),
    ];
    (profile, prop::collection::vec(component(), 0..4))
        .prop_map(|(facility, components)| components.into_iter().fold(facility, Facility::with))
}

fn invoke(operation: i32) -> Component {
    Component::Invoke(Invoke::new(1, Operation::Local(operation), vec![0x05, 0x00]))
}

#[test]
fn lengths_in_every_form_are_understood_and_kept() {
    let forms: [&[u8]; 5] = [
        &[0x91, 0xa1, 0x08, 0x02, 0x01, 0x01, 0x02, 0x01, 0x03, 0x05, 0x00],
        &[0x91, 0xa1, 0x81, 0x08, 0x02, 0x01, 0x01, 0x02, 0x01, 0x03, 0x05, 0x00],
        &[0x91, 0xa1, 0x84, 0, 0, 0, 0x08, 0x02, 0x01, 0x01, 0x02, 0x01, 0x03, 0x05, 0x00],
        &[0x91, 0xa1, 0x80, 0x02, 0x01, 0x01, 0x02, 0x01, 0x03, 0x05, 0x00, 0x00, 0x00],
        &[0x91, 0xa1, 0x0b, 0x02, 0x02, 0x00, 0x01, 0x02, 0x81, 0x02, 0x00, 0x03, 0x05, 0x00],
    ];
    for octets in forms {
        let facility = Facility::parse(octets).unwrap();
        assert_eq!(facility.components(), [invoke(3)], "{octets:02x?}");
        assert_eq!(facility.emit(), octets);
    }
}

#[test]
fn values_in_values_of_indefinite_length_end_each_for_itself() {
    let octets = [0x30, 0x80, 0x30, 0x80, 0x02, 0x01, 0x07, 0x00, 0x00, 0x01, 0x01, 0xff, 0x00, 0x00, 0x05, 0x00];
    let mut values = Reader::new(&octets);
    let mut outer = values.take(Tag::SEQUENCE).unwrap().reader().unwrap();
    let mut inner = outer.take(Tag::SEQUENCE).unwrap().reader().unwrap();
    assert_eq!(inner.take(Tag::INTEGER).unwrap().integer(), Ok(7));
    assert!(inner.is_empty());
    assert_eq!(outer.take(Tag::BOOLEAN).unwrap().boolean(), Ok(true));
    assert!(outer.is_empty());
    assert_eq!(values.rest(), [0x05, 0x00]);
}

#[test]
fn values_nested_too_deep_are_refused() {
    let indefinite = |depth: usize| [[0x30, 0x80].repeat(depth), [0, 0].repeat(depth)].concat();
    assert!(Reader::new(&indefinite(MAX_DEPTH)).value().is_ok());
    assert_eq!(Reader::new(&indefinite(MAX_DEPTH + 1)).value(), Err(ber::Malformed::Depth));

    let octets = (0..40).fold(Vec::new(), |inner, _| ber::sequence(&[inner]));
    let mut values = Reader::new(&octets);
    let mut depth = 0;
    let refused = loop {
        match values.take(Tag::SEQUENCE).unwrap().reader() {
            Ok(within) => (values, depth) = (within, depth + 1),
            Err(refused) => break refused,
        }
    };
    assert_eq!((depth, refused), (MAX_DEPTH, ber::Malformed::Depth));
}

#[test]
fn broken_values_say_what_is_wrong_with_them() {
    let cases: [(&[u8], &str); 6] = [
        (&[0x30], "value is cut short: 1 octets are left of it"),
        (&[0x30, 0x03, 0x02, 0x01], "value is cut short: 4 octets are left of it"),
        (&[0x30, 0x80, 0x02, 0x01, 0x01], "value is cut short: 0 octets are left of it"),
        (&[0x04, 0x80, 0x00, 0x00], "length octet 80 is not permitted here"),
        (&[0x30, 0xff, 0x00], "length octet ff is not permitted here"),
        (&[0x3f, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x00], "tag number of more than 32 bits"),
    ];
    for (octets, words) in cases {
        let mut values = Reader::new(octets);
        assert_eq!(values.value().unwrap_err().to_string(), words);
        assert_eq!(values.rest(), octets, "nothing is read");
    }
}

#[test]
fn several_components_in_an_element_are_all_found() {
    let facility = Facility::new(Profile::RemoteOperations).with(invoke(3)).with(Component::ReturnResult { id: 9, result: None });
    let octets = [0x91, 0xa1, 0x08, 0x02, 0x01, 0x01, 0x02, 0x01, 0x03, 0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, 0x09];
    assert_eq!(facility.emit(), octets);
    assert_eq!(Facility::parse(&octets), Ok(facility));
}

#[test]
fn rest_that_is_no_value_is_one_unknown_component() {
    let octets = [0x91, 0xa1, 0x08, 0x02, 0x01, 0x01, 0x02, 0x01, 0x03, 0x05, 0x00, 0xa2, 0x7f, 0x02];
    let facility = Facility::parse(&octets).unwrap();
    assert_eq!(facility.components(), [invoke(3), Component::Unknown(vec![0xa2, 0x7f, 0x02])]);
    assert_eq!(facility.emit(), octets);
}

#[test]
fn other_protocols_are_kept_as_octets() {
    for header in [&[0x92][..], &[0x93], &[0x96], &[0x9f, 0x92, 0x01, 0x13]] {
        let octets = [header, &[0xa1, 0x03, 0x02, 0x01, 0x01]].concat();
        let facility = Facility::parse(&octets).unwrap();
        assert!(!facility.is_remote_operations());
        assert_eq!(facility.components(), [Component::Unknown(vec![0xa1, 0x03, 0x02, 0x01, 0x01])]);
        assert_eq!(facility.emit(), octets);
        assert!(DIALECTS.iter().all(|dialect| dialect.unrecognised(std::slice::from_ref(&facility)).is_empty()));
    }
}

#[test]
fn exchange_address_that_cannot_be_read_spoils_nothing() {
    let nsap = [0x82, 0x02, 0x49, 0x00];
    let header = [&[0x9f, 0xaa, 0x0c, 0x80, 0x01, 0x00, 0xa1, 0x04][..], &nsap, &[0x82, 0x01, 0x00, 0x8b, 0x01, 0x01]].concat();
    let octets = [&header[..], &invoke(3).emit()].concat();
    let facility = Facility::parse(&octets).unwrap();
    let extension = Extension { interpretation: Some(Interpretation::ClearCall), ..Extension::default() };
    assert_eq!((facility.extension(), facility.components()), (&extension, &[invoke(3)][..]));
    assert_eq!(facility.emit(), octets);
}

#[test]
fn header_that_is_no_value_leaves_one_unknown_component() {
    let octets = [0x9f, 0xaa, 0x7f, 0x80, 0x01, 0x00];
    let facility = Facility::parse(&octets).unwrap();
    assert_eq!(facility.components(), [Component::Unknown(octets[1..].to_vec())]);
    assert_eq!(facility.emit(), octets);
}

#[test]
fn element_without_a_profile_is_refused() {
    assert_eq!(Facility::parse(&[]), Err(Malformed::Empty));
    assert_eq!(Facility::parse(&[0x11, 0x3e]), Err(Malformed::Profile { octets: 2 }));
    assert_eq!(Malformed::Profile { octets: 2 }.to_string(), "protocol profile of 2 octets has no end");
}
