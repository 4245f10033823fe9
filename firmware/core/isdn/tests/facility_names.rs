//! Names: every form is read, one form is written, and what cannot be written is replaced.
#![allow(clippy::unwrap_used, reason = "tests fail by panic")]

use isdn::facility::{
    CharacterSet, Component, Dialect, Facility, Invoke, InvokeIds, Name, NameKind, NamePresentation, Operation, Profile,
};
use proptest::prelude::*;

const KINDS: [NameKind; 4] = [NameKind::Calling, NameKind::Called, NameKind::Connected, NameKind::Busy];

fn named(text: &str, presentation: NamePresentation, set: CharacterSet) -> Name {
    Name { text: text.into(), presentation, set }
}

#[test]
fn name_in_each_form_is_read() {
    use CharacterSet::{Bmp, Latin1, Utf8};
    use NamePresentation::{Allowed, NotAvailable, Restricted};
    let cases: [(&[u8], Name); 12] = [
        (&[0x80, 0x03, b'B', b'O', b'B'], Name::new("BOB")),
        (&[0xa1, 0x05, 0x04, 0x03, b'B', b'O', b'B'], Name::new("BOB")),
        (&[0xa1, 0x08, 0x04, 0x03, b'B', b'O', b'B', 0x02, 0x01, 0x01], Name::new("BOB")),
        (&[0xa1, 0x08, 0x04, 0x03, b'Z', 0xc3, 0xab, 0x02, 0x01, 0x09], named("Zë", Allowed, Utf8)),
        (&[0xa1, 0x09, 0x04, 0x04, 0x04, 0x16, 0x20, 0x26, 0x02, 0x01, 0x08], named("Ж…", Allowed, Bmp)),
        (&[0x82, 0x02, b'M', 0xe9], named("Mé", Restricted, Latin1)),
        (&[0xa3, 0x07, 0x04, 0x02, b'M', b'e', 0x02, 0x01, 0x09], named("Me", Restricted, Utf8)),
        (&[0x84, 0x00], named("", NotAvailable, Latin1)),
        (&[0x87, 0x00], named("", Restricted, Latin1)),
        // With extensions around it, in both of their forms.
        (&[0x30, 0x05, 0x80, 0x03, b'B', b'O', b'B'], Name::new("BOB")),
        (&[0x30, 0x08, 0x80, 0x03, b'B', b'O', b'B', 0xa5, 0x01, 0x00], Name::new("BOB")),
        (&[0x30, 0x80, 0x80, 0x03, b'B', b'O', b'B', 0x00, 0x00], Name::new("BOB")),
    ];
    for (argument, name) in cases {
        assert_eq!(Name::parse(argument), Ok(name), "{argument:02x?}");
    }
}

#[test]
fn name_of_no_form_is_refused() {
    let cases: [&[u8]; 7] = [
        &[],
        &[0x80],
        &[0x85, 0x00],
        &[0xa0, 0x02, 0x04, 0x00],
        &[0xa1, 0x03, 0x02, 0x01, 0x09],
        &[0x30, 0x00],
        &[0x04, 0x01, b'B'],
    ];
    for argument in cases {
        assert!(Name::parse(argument).is_err(), "{argument:02x?}");
    }
}

#[test]
fn control_characters_in_a_name_become_spaces() {
    assert_eq!(Name::parse(&[0x80, 0x04, b'A', 0x0a, 0x7f, 0x85]).unwrap().text, "A   ");
    assert_eq!(Name::new("A\r\nB").emit(), [0x80, 0x04, b'A', b' ', b' ', b'B']);
}

#[test]
fn characters_that_the_set_does_not_have_are_replaced() {
    let text = "Ł–é𝄞";
    let set = |set| named(text, NamePresentation::Allowed, set).emit();
    assert_eq!(Name::new(text).emit(), [0x80, 0x04, b'?', b'?', 0xe9, b'?']);
    assert_eq!(set(CharacterSet::Other(3)), [0xa1, 0x09, 0x04, 0x04, b'?', b'?', b'?', b'?', 0x02, 0x01, 0x03]);
    assert_eq!(
        set(CharacterSet::Bmp),
        [0xa1, 0x0d, 0x04, 0x08, 0x01, 0x41, 0x20, 0x13, 0x00, 0xe9, 0x00, b'?', 0x02, 0x01, 0x08]
    );
}

#[test]
fn name_longer_than_fifty_octets_is_cut_between_characters() {
    let long = "é".repeat(60);
    assert_eq!(Name::parse(&Name::new(long.as_str()).emit()).unwrap().text, "é".repeat(50));
    for (set, kept) in [(CharacterSet::Utf8, 25), (CharacterSet::Bmp, 25)] {
        let name = named(&format!("{long}€"), NamePresentation::Allowed, set);
        assert_eq!(Name::parse(&name.emit()).unwrap().text, "é".repeat(kept));
    }
    let odd = named(&"€".repeat(20), NamePresentation::Allowed, CharacterSet::Utf8);
    assert_eq!(Name::parse(&odd.emit()).unwrap().text, "€".repeat(16));
}

#[test]
fn empty_name_is_not_sent_as_a_name() {
    assert_eq!(Name::new("").emit(), [0x84, 0x00]);
    assert_eq!(named("", NamePresentation::Restricted, CharacterSet::Utf8).emit(), [0x87, 0x00]);
    assert_eq!(named("ALICE", NamePresentation::NotAvailable, CharacterSet::Latin1).emit(), [0x84, 0x00]);
}

/// Text and presentation that can be sent as they are.
fn sendable() -> impl Strategy<Value = Name> {
    let sets = prop_oneof![
        ("[ -~¡-ÿ]{1,50}", Just(CharacterSet::Latin1)),
        ("[ -~¡-ÿĀ-ɏ]{1,16}", Just(CharacterSet::Utf8)),
        ("[ -~¡-ÿĀ-ɏ]{1,25}", Just(CharacterSet::Bmp)),
        ("[ -~]{1,50}", prop_oneof![Just(0), 2..8, 10..256].prop_map(CharacterSet::Other)),
    ];
    let presentation = prop::sample::select(vec![NamePresentation::Allowed, NamePresentation::Restricted]);
    prop_oneof![
        8 => (sets, presentation).prop_map(|((text, set), presentation)| Name { text, presentation, set }),
        1 => prop::sample::select(vec![NamePresentation::Restricted, NamePresentation::NotAvailable])
            .prop_map(|presentation| named("", presentation, CharacterSet::Latin1)),
    ]
}

proptest! {
    #[test]
    fn name_that_is_sent_is_read_back(name in sendable(), kind in prop::sample::select(KINDS.to_vec())) {
        prop_assert_eq!(Name::parse(&name.emit()), Ok(name.clone()));
        let sent = Dialect::Qsig.name(kind, &name, &mut InvokeIds::default());
        let received: Vec<_> = sent.iter().map(|facility| Facility::parse(&facility.emit()).unwrap()).collect();
        for other in KINDS {
            prop_assert_eq!(Dialect::Qsig.read_name(&received, other), (other == kind).then(|| name.clone()));
        }
    }

    #[test]
    fn any_text_can_be_sent(text: String, set in prop::sample::select(vec![CharacterSet::Latin1, CharacterSet::Utf8, CharacterSet::Bmp, CharacterSet::Other(7)])) {
        let name = Name { text, presentation: NamePresentation::Allowed, set };
        let octets = name.emit();
        prop_assert!(octets.len() <= 60, "{} octets", octets.len());
        prop_assert!(Name::parse(&octets).is_ok());
    }
}

#[test]
fn name_of_an_object_identifier_is_read() {
    for kind in KINDS {
        let number = u8::try_from(kind.operation()).unwrap();
        let invoke = Invoke::new(1, Operation::Global(vec![0x2b, 0x0c, 0x09, number]), Name::new("BOB").emit());
        let facility = [Facility::new(Profile::NetworkingExtensions).with(Component::Invoke(invoke))];
        assert_eq!(Dialect::Qsig.read_name(&facility, kind), Some(Name::new("BOB")));
        // National ISDN has other object identifiers.
        assert_eq!(Dialect::NationalIsdn2.read_name(&facility, kind), None);
    }
}

#[test]
fn name_is_sent_only_where_the_dialect_has_it() {
    let sent = |dialect: Dialect, kind| dialect.name(kind, &Name::new("BOB"), &mut InvokeIds::default()).len();
    assert_eq!(KINDS.map(|kind| sent(Dialect::Qsig, kind)), [1; 4]);
    assert_eq!(KINDS.map(|kind| sent(Dialect::NationalIsdn2, kind)), [1, 0, 0, 0]);
    for dialect in [Dialect::Etsi, Dialect::Dms100, Dialect::None] {
        assert_eq!(KINDS.map(|kind| sent(dialect, kind)), [0; 4]);
    }
    for dialect in [Dialect::Etsi, Dialect::Qsig, Dialect::Dms100, Dialect::None] {
        assert!(dialect.name_follows(&mut InvokeIds::default()).is_empty());
    }
}

#[test]
fn calling_name_of_dms100_is_read() {
    let octets = [0x11, 0xbe, 0xa1, 0x0b, 0x02, 0x01, 0x01, 0x02, 0x01, 0x00, 0x80, 0x03, b'B', b'O', b'B'];
    let facility = [Facility::parse(&octets).unwrap()];
    assert_eq!(Dialect::Dms100.read_name(&facility, NameKind::Calling), Some(Name::new("BOB")));
    assert_eq!(Dialect::None.read_name(&facility, NameKind::Calling), None);
    assert_eq!(Dialect::Etsi.read_name(&facility, NameKind::Calling), None);
}

#[test]
fn first_name_that_can_be_read_is_taken() {
    let broken = Component::Invoke(Invoke::new(1, Operation::Local(0), vec![0x85, 0x00]));
    let whole = Component::Invoke(Invoke::new(2, Operation::Local(0), Name::new("BOB").emit()));
    let facilities = [broken, whole].map(|component| Dialect::Qsig.carry(component).unwrap());
    assert_eq!(Dialect::Qsig.read_name(&facilities, NameKind::Calling), Some(Name::new("BOB")));
}

#[test]
fn invoke_identifiers_begin_again_after_32767() {
    let mut ids = InvokeIds::default();
    assert_eq!((ids.take(), ids.take()), (1, 2));
    let last = (3..=32767).map(|_| ids.take()).last();
    assert_eq!((last, ids.take()), (Some(32767), 1));
}
