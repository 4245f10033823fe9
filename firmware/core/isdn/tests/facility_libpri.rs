//! Facility elements that libpri made (`vectors/facility/libpri.txt`): each means what its name says and is emitted octet for octet.
#![allow(clippy::unwrap_used, reason = "tests fail by panic")]

use isdn::facility::{
    CharacterSet, Component, Dialect, Diversion, Facility, Interpretation, Invoke, InvokeIds, LegOne, LegThree, Name, NameKind,
    NamePresentation, NetworkFacility, Operation, Profile, Subscription, ber, party,
};
use isdn::{CallingNumber, Number, NumberingPlan, Presentation, RedirectReason, Screening, TypeOfNumber};
use std::collections::{BTreeMap, BTreeSet};

const VECTORS: &str = include_str!("vectors/facility/libpri.txt");

struct Vector {
    dialect: Dialect,
    octets: Vec<u8>,
    facility: Facility,
}

impl Vector {
    fn invoke(&self) -> &Invoke {
        let [Component::Invoke(invoke)] = self.facility.components() else { panic!("{:?}", self.facility) };
        invoke
    }

    fn facilities(&self) -> &[Facility] {
        std::slice::from_ref(&self.facility)
    }

    /// A counter whose next identifier is that of this vector.
    fn ids(&self) -> InvokeIds {
        let mut ids = InvokeIds::default();
        for _ in 1..self.invoke().id {
            ids.take();
        }
        ids
    }
}

fn vectors() -> BTreeMap<&'static str, Vector> {
    let read = |line: &'static str| {
        let (name, hex) = line.split_once(": ").unwrap();
        let octets: Vec<u8> = hex.split(' ').map(|octet| u8::from_str_radix(octet, 16).unwrap()).collect();
        let dialect = match name.split('-').next().unwrap() {
            "euroisdn" => Dialect::Etsi,
            "qsig" => Dialect::Qsig,
            "ni2" => Dialect::NationalIsdn2,
            "dms100" => Dialect::Dms100,
            other => panic!("{other}"),
        };
        let facility = Facility::parse(&octets).unwrap();
        (name, Vector { dialect, octets, facility })
    };
    VECTORS.lines().filter(|line| !line.starts_with('#')).map(read).collect()
}

fn public(digits: &str, ton: TypeOfNumber) -> CallingNumber {
    let number = Number { digits: digits.into(), ton, npi: NumberingPlan::Isdn };
    CallingNumber { number, presentation: Presentation::Allowed, screening: Screening::NotScreened }
}

fn national(digits: &str) -> CallingNumber {
    public(digits, TypeOfNumber::National)
}

fn restricted(party: CallingNumber) -> CallingNumber {
    CallingNumber { presentation: Presentation::Restricted, ..party }
}

fn without_digits(presentation: Presentation) -> CallingNumber {
    CallingNumber { presentation, ..CallingNumber::default() }
}

fn plain(digits: &str, npi: NumberingPlan) -> CallingNumber {
    CallingNumber { number: Number { npi, ..Number::new(digits) }, ..CallingNumber::default() }
}

fn named(text: &str, presentation: NamePresentation, set: CharacterSet) -> Name {
    Name { text: text.into(), presentation, set }
}

fn names() -> Vec<(&'static str, NameKind, Name)> {
    use CharacterSet::{Latin1, Other, Utf8};
    use NameKind::{Called, Calling, Connected};
    use NamePresentation::{Allowed, NotAvailable, Restricted};
    let fifty = "ABCDEFGHIJKLMNOPQRSTUVWXYABCDEFGHIJKLMNOPQRSTUVWXY";
    vec![
        ("qsig-name-user-setup", Calling, Name::new("ALICE")),
        ("qsig-name-network-alerting", Called, Name::new("CAROL")),
        ("qsig-name-network-connect", Connected, Name::new("CAROL")),
        ("qsig-diverted-once-network-connect-2", Connected, Name::new("CAROL")),
        ("qsig-name-restricted-network-setup", Calling, named("ALICE", Restricted, Latin1)),
        ("qsig-name-restricted-empty-network-setup", Calling, named("", Restricted, Latin1)),
        ("qsig-name-not-available-network-setup", Calling, named("", NotAvailable, Latin1)),
        ("qsig-name-latin1-network-setup", Calling, Name::new("Jürgen Mé")),
        ("qsig-name-utf8-network-setup", Calling, named("Jürgen", Allowed, Utf8)),
        ("qsig-name-latin2-network-setup", Calling, named("\u{fffd}ukasz", Allowed, Other(3))),
        ("qsig-name-restricted-utf8-network-setup", Calling, named("Jürgen", Restricted, Utf8)),
        ("qsig-name-unknown-set-network-setup", Calling, named("ALICE", Allowed, Other(0))),
        ("qsig-name-fifty-network-setup", Calling, Name::new(fifty)),
        ("ni2-name-user-setup", Calling, Name::new("ALICE")),
        ("ni2-name-network-facility", Calling, Name::new("ALICE")),
        ("ni2-name-restricted-network-facility", Calling, named("ALICE", Restricted, Latin1)),
        ("ni2-name-restricted-empty-network-facility", Calling, named("", Restricted, Latin1)),
        ("ni2-name-not-available-network-facility", Calling, named("", NotAvailable, Latin1)),
    ]
}

fn diversions() -> Vec<(String, Diversion)> {
    use RedirectReason::{Busy, Deflection, NoReply, Unconditional, Unknown};
    let by = |diverting, reason| Diversion { count: 1, reason, diverting: Some(diverting), ..Diversion::default() };
    let once = by(national("5550300"), Unconditional);
    let twice = Diversion {
        count: 2,
        reason: Busy,
        diverting: Some(restricted(public("4420555030", TypeOfNumber::International))),
        // Subscriber number (4) made unknown by libpri, which takes two bits of the type.
        original_called: Some(public("5550400", TypeOfNumber::Unknown)),
        ..Diversion::default()
    };
    let mut all = vec![
        ("euroisdn-diverted-once-user-setup".to_owned(), once.clone()),
        ("euroisdn-diverted-twice-user-setup".to_owned(), twice.clone()),
        ("euroisdn-reason-deflection-network-setup".to_owned(), by(public("5550300", TypeOfNumber::Unknown), Deflection)),
        ("qsig-diverted-once-user-setup".to_owned(), Diversion { redirecting_name: Some(Name::new("BOB")), ..once }),
    ];
    let qsig_twice = Diversion {
        original_reason: Some(NoReply),
        redirecting_name: Some(Name::new("BOB")),
        original_called_name: Some(named("DAVE", NamePresentation::Restricted, CharacterSet::Latin1)),
        ..twice
    };
    all.push(("qsig-diverted-twice-user-setup".to_owned(), qsig_twice));
    let private = Number { digits: "8300".into(), ton: TypeOfNumber::National, npi: NumberingPlan::Private };
    let numbers = [
        ("unknown-plan", plain("300", NumberingPlan::Unknown)),
        ("private-regional", CallingNumber { number: private, ..CallingNumber::default() }),
        ("public-international", public("442055503", TypeOfNumber::International)),
        ("restricted", restricted(national("5550300"))),
        ("restricted-empty", without_digits(Presentation::Restricted)),
        ("not-available", without_digits(Presentation::NotAvailable)),
        ("data", plain("31234", NumberingPlan::Data)),
    ];
    for dialect in ["euroisdn", "qsig"] {
        for (name, reason) in [("unknown", Unknown), ("busy", Busy), ("no-reply", NoReply), ("unconditional", Unconditional)] {
            all.push((format!("{dialect}-reason-{name}-network-setup"), by(public("5550300", TypeOfNumber::Unknown), reason)));
        }
        for (name, number) in &numbers {
            all.push((format!("{dialect}-diverting-{name}-network-setup"), by(number.clone(), Busy)));
        }
    }
    all
}

fn legs_one() -> Vec<(&'static str, LegOne)> {
    let leg = |reason, subscription, nominated| LegOne { reason, subscription, nominated: Some(nominated) };
    vec![
        ("euroisdn-leg-network-facility", leg(RedirectReason::NoReply, Subscription::WithNumber, national("5550500"))),
        (
            "euroisdn-leg-restricted-user-facility",
            leg(RedirectReason::Unconditional, Subscription::WithNumber, restricted(national("5550500"))),
        ),
        ("qsig-leg-network-facility", leg(RedirectReason::NoReply, Subscription::WithNumber, national("5550500"))),
        (
            "qsig-leg-restricted-user-facility",
            leg(RedirectReason::Unconditional, Subscription::WithoutNumber, national("5550500")),
        ),
    ]
}

fn legs_three() -> Vec<(&'static str, LegThree)> {
    let leg = |presentation_allowed, name: Option<&str>| LegThree { presentation_allowed, name: name.map(Name::new) };
    vec![
        ("euroisdn-diverted-once-network-connect", leg(true, None)),
        ("euroisdn-diverted-twice-network-connect", leg(false, None)),
        ("euroisdn-leg-network-facility-2", leg(true, None)),
        ("euroisdn-leg-restricted-user-facility-2", leg(false, None)),
        ("qsig-diverted-once-network-connect", leg(true, Some("CAROL"))),
        ("qsig-diverted-twice-network-connect", leg(false, None)),
        ("qsig-leg-network-facility-2", leg(true, Some("ERIN"))),
        ("qsig-leg-restricted-user-facility-2", leg(false, None)),
    ]
}

/// Vectors that are neither names nor diversion: what invoke they have; `None` for answers.
fn others() -> Vec<(&'static str, Option<Operation>)> {
    let local = |number| Some(Operation::Local(number));
    vec![
        // EctInform, 0.4.0.369.1.5
        ("euroisdn-moved-network-facility", Some(Operation::Global(vec![0x04, 0x00, 0x82, 0x71, 0x01, 0x05]))),
        ("euroisdn-reroute-not-enabled-network-facility", local(14)),
        ("euroisdn-reroute-not-enabled-user-facility", None),
        ("euroisdn-reroute-invalid-number-user-facility", None),
        ("euroisdn-aoc-user-setup", local(30)),
        ("euroisdn-aoc-user-setup-2", local(30)),
        ("euroisdn-aoc-user-setup-3", local(30)),
        ("euroisdn-mcid-network-facility", local(3)),
        ("euroisdn-mcid-user-facility", None),
        ("qsig-moved-network-facility", local(12)),
        ("qsig-reroute-not-enabled-network-facility", local(19)),
        ("qsig-reroute-not-enabled-user-facility", None),
        ("qsig-reroute-invalid-number-user-facility", None),
        ("ni2-name-network-setup", Some(Operation::Global(vec![0x2a, 0x86, 0x48, 0xce, 0x15, 0x00, 0x04]))),
        ("dms100-name-user-setup", local(1)),
    ]
}

#[test]
fn each_vector_has_its_test() {
    let tested = names().into_iter().map(|(name, ..)| name.to_owned());
    let tested = tested.chain(diversions().into_iter().map(|(name, _)| name));
    let tested = tested.chain(legs_one().into_iter().map(|(name, _)| name.to_owned()));
    let tested = tested.chain(legs_three().into_iter().map(|(name, _)| name.to_owned()));
    let tested: BTreeSet<String> = tested.chain(others().into_iter().map(|(name, _)| name.to_owned())).collect();
    assert_eq!(vectors().into_keys().map(str::to_owned).collect::<BTreeSet<_>>(), tested);
}

#[test]
fn each_vector_is_emitted_octet_for_octet_from_what_was_understood() {
    for (name, vector) in vectors() {
        assert_eq!(vector.facility.emit(), vector.octets, "{name}");
        // Not the octets that were kept: built anew from the parts.
        let (facility, [component]) = (&vector.facility, vector.facility.components()) else { panic!("{name}") };
        assert!(!matches!(component, Component::Unknown(_)), "{name}");
        let mut again = Facility::new(facility.profile()).with_extension(facility.extension().clone());
        if let Some(service) = facility.service() {
            again = again.with_service(service);
        }
        assert_eq!(again.with(component.clone()).emit(), vector.octets, "{name}");
    }
}

#[test]
fn each_vector_has_the_profile_of_its_dialect() {
    for (name, vector) in vectors() {
        let facility = &vector.facility;
        let (profile, service) = match vector.dialect {
            Dialect::Etsi => (Profile::RemoteOperations, None),
            Dialect::Qsig | Dialect::NationalIsdn2 => (Profile::NetworkingExtensions, None),
            Dialect::Dms100 | Dialect::None => (Profile::RemoteOperations, Some(0x3e)),
        };
        assert_eq!((facility.profile(), facility.service()), (profile, service), "{name}");
        let network = (vector.dialect == Dialect::Qsig).then_some(NetworkFacility::END_TO_END);
        assert_eq!(facility.extension().network, network, "{name}");
        // libpri asks for a reject of nothing but a call rerouting.
        let interpretation = match vector.dialect {
            Dialect::Qsig if name == "qsig-reroute-not-enabled-network-facility" => Some(Interpretation::Reject),
            Dialect::Qsig | Dialect::NationalIsdn2 => Some(Interpretation::Discard),
            Dialect::Etsi | Dialect::Dms100 | Dialect::None => None,
        };
        assert_eq!(facility.extension().interpretation, interpretation, "{name}");
    }
}

#[test]
fn names_are_read_and_built_as_libpri_does() {
    let vectors = vectors();
    for (name, kind, expected) in names() {
        let vector = &vectors[name];
        assert_eq!(vector.dialect.read_name(vector.facilities(), kind).as_ref(), Some(&expected), "{name}");
        let others =
            [NameKind::Calling, NameKind::Called, NameKind::Connected, NameKind::Busy].into_iter().filter(|other| *other != kind);
        for other in others {
            assert_eq!(vector.dialect.read_name(vector.facilities(), other), None, "{name}");
        }
        assert!(vector.dialect.unrecognised(vector.facilities()).is_empty(), "{name}");
        // ISO 8859-2 is read as ASCII only, so that this one cannot be built again from its text.
        if name != "qsig-name-latin2-network-setup" {
            let built = vector.dialect.name(kind, &expected, &mut vector.ids());
            assert_eq!(built.iter().map(Facility::emit).collect::<Vec<_>>(), std::slice::from_ref(&vector.octets), "{name}");
        }
    }
}

#[test]
fn name_that_follows_is_announced_as_libpri_does() {
    let vectors = vectors();
    let vector = &vectors["ni2-name-network-setup"];
    assert!(Dialect::NationalIsdn2.reads_name_follows(vector.facilities()));
    assert_eq!(Dialect::NationalIsdn2.read_name(vector.facilities(), NameKind::Calling), None);
    assert!(!Dialect::NationalIsdn2.reads_name_follows(vectors["ni2-name-user-setup"].facilities()));
    let built = Dialect::NationalIsdn2.name_follows(&mut vector.ids());
    assert_eq!(built.iter().map(Facility::emit).collect::<Vec<_>>(), std::slice::from_ref(&vector.octets));
}

#[test]
fn diversions_are_read_and_built_as_libpri_does() {
    let vectors = vectors();
    for (name, expected) in diversions() {
        let vector = &vectors[name.as_str()];
        let read = vector.dialect.read_diversion(vector.facilities());
        assert_eq!(read.as_ref(), Some(&expected), "{name}");
        assert!(vector.dialect.unrecognised(vector.facilities()).is_empty(), "{name}");
        let built = vector.dialect.diversion(&expected, &mut vector.ids());
        assert_eq!(built.iter().map(Facility::emit).collect::<Vec<_>>(), std::slice::from_ref(&vector.octets), "{name}");
    }
}

#[test]
fn first_legs_are_read_and_built_as_libpri_does() {
    let vectors = vectors();
    for (name, expected) in legs_one() {
        let vector = &vectors[name];
        assert_eq!(vector.dialect.read_leg_one(vector.facilities()).as_ref(), Some(&expected), "{name}");
        let built = vector.dialect.leg_one(&expected, &mut vector.ids());
        assert_eq!(built.iter().map(Facility::emit).collect::<Vec<_>>(), std::slice::from_ref(&vector.octets), "{name}");
    }
}

#[test]
fn third_legs_are_read_and_built_as_libpri_does() {
    let vectors = vectors();
    for (name, expected) in legs_three() {
        let vector = &vectors[name];
        assert_eq!(vector.dialect.read_leg_three(vector.facilities()).as_ref(), Some(&expected), "{name}");
        assert!(vector.dialect.unrecognised(vector.facilities()).is_empty(), "{name}");
        let built = vector.dialect.leg_three(&expected, &mut vector.ids());
        let [built] = built.as_slice() else { panic!("{built:?}") };
        // libpri writes true as 01, we as ff; both are true to either (X.690 8.2.2).
        let truth = [0x01, 0x01, 0x01];
        let libpri = vector.octets.windows(3).rposition(|octets| octets == truth).filter(|_| expected.presentation_allowed);
        let mut octets = vector.octets.clone();
        if let Some(last) = libpri.and_then(|at| octets.get_mut(at + 2)) {
            *last = 0xff;
        }
        assert_eq!(built.emit(), octets, "{name}");
        assert_eq!(vector.dialect.read_leg_three(std::slice::from_ref(built)), Some(expected), "{name}");
    }
}

#[test]
fn other_operations_are_found_and_left_alone() {
    let vectors = vectors();
    for (name, operation) in others() {
        let vector = &vectors[name];
        match operation {
            Some(operation) => assert_eq!(vector.invoke().operation, operation, "{name}"),
            None => assert!(
                matches!(
                    vector.facility.components(),
                    [Component::ReturnError { id: 1, .. } | Component::ReturnResult { id: 1, .. }]
                ),
                "{name}"
            ),
        }
        let follows = name == "ni2-name-network-setup";
        let answer_due = vector.dialect.unrecognised(vector.facilities()).len();
        assert_eq!(answer_due, usize::from(matches!(vector.facility.components(), [Component::Invoke(_)]) && !follows), "{name}");
    }
    let error = |name: &str| vectors[name].facility.components().first().cloned();
    let invalid_number = Component::ReturnError { id: 1, error: Operation::Local(12), parameter: Vec::new() };
    assert_eq!(error("euroisdn-reroute-invalid-number-user-facility"), Some(invalid_number));
    assert_eq!(error("euroisdn-mcid-user-facility"), Some(Component::ReturnResult { id: 1, result: None }));
}

#[test]
fn screened_number_of_a_completed_transfer_is_read_and_built_as_libpri_does() {
    let vectors = vectors();
    let argument = &vectors["qsig-moved-network-facility"].invoke().argument;
    let mut fields = ber::Reader::new(argument).take(ber::Tag::SEQUENCE).unwrap().reader().unwrap();
    fields.take(ber::Tag::ENUMERATED).unwrap();
    let number = fields.value().unwrap().unwrap();
    assert_eq!(party::read_screened(&number), Ok(national("5550600")));
    assert_eq!(party::emit_screened(&national("5550600")), number.octets);
    assert_eq!(Name::take(&mut fields), Ok(Name::new("FRED")));
}
