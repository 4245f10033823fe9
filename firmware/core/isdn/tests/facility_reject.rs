//! What is answered to components that are not understood.
#![allow(clippy::unwrap_used, reason = "tests fail by panic")]

use isdn::facility::{
    Component, Dialect, Extension, Facility, Interpretation, Invoke, InvokeIds, Name, NameKind, Operation, Problem, ProblemKind,
    Profile, Unrecognised, Verdict, reject_response,
};

const DIALECTS: [Dialect; 4] = [Dialect::Etsi, Dialect::Qsig, Dialect::NationalIsdn2, Dialect::Dms100];

fn invoke(operation: i32, argument: &[u8]) -> Component {
    Component::Invoke(Invoke::new(7, Operation::Local(operation), argument.to_vec()))
}

fn with(interpretation: Option<Interpretation>, component: Component) -> Vec<Facility> {
    let extension = Extension { interpretation, ..Extension::default() };
    vec![Facility::new(Profile::NetworkingExtensions).with_extension(extension).with(component)]
}

fn reject(id: Option<i32>, problem: Problem) -> Verdict {
    Verdict::Reject(Component::Reject { id, problem })
}

fn verdicts(dialect: Dialect, facilities: &[Facility]) -> Vec<Verdict> {
    dialect.unrecognised(facilities).into_iter().map(|unrecognised| unrecognised.verdict).collect()
}

#[test]
fn unknown_operation_is_answered_as_its_sender_wishes() {
    let cases = [
        (None, reject(Some(7), Problem::UNRECOGNISED_OPERATION)),
        (Some(Interpretation::Reject), reject(Some(7), Problem::UNRECOGNISED_OPERATION)),
        (Some(Interpretation::Other(9)), reject(Some(7), Problem::UNRECOGNISED_OPERATION)),
        (Some(Interpretation::Discard), Verdict::Discard),
        (Some(Interpretation::ClearCall), Verdict::ClearCall),
    ];
    for (interpretation, verdict) in cases {
        for dialect in DIALECTS {
            let component = invoke(99, &[]);
            let expected = Unrecognised { component: component.clone(), verdict: verdict.clone() };
            assert_eq!(dialect.unrecognised(&with(interpretation, component)), [expected]);
        }
    }
}

#[test]
fn operation_of_another_dialect_is_unknown() {
    let mut ids = InvokeIds::default();
    let name = Dialect::NationalIsdn2.name(NameKind::Calling, &Name::new("BOB"), &mut ids);
    assert_eq!(verdicts(Dialect::Etsi, &name), [Verdict::Discard]);
    let follows = Dialect::NationalIsdn2.name_follows(&mut ids);
    assert_eq!(verdicts(Dialect::Qsig, &follows), [Verdict::Discard]);
    let charging = [Facility::new(Profile::RemoteOperations).with(invoke(30, &[0x0a, 0x01, 0x00]))];
    assert_eq!(verdicts(Dialect::Etsi, &charging), [reject(Some(7), Problem::UNRECOGNISED_OPERATION)]);
}

#[test]
fn argument_that_cannot_be_read_is_mistyped_and_never_clears_the_call() {
    let cases = [
        (None, reject(Some(7), Problem::MISTYPED_ARGUMENT)),
        (Some(Interpretation::ClearCall), reject(Some(7), Problem::MISTYPED_ARGUMENT)),
        (Some(Interpretation::Discard), Verdict::Discard),
    ];
    for (interpretation, verdict) in cases {
        for operation in [0, 20, 21, 22] {
            let facilities = with(interpretation, invoke(operation, &[0x05, 0x00]));
            assert_eq!(verdicts(Dialect::Qsig, &facilities), std::slice::from_ref(&verdict), "{operation}");
        }
    }
}

#[test]
fn what_is_no_component_is_rejected_without_an_identifier() {
    let cases: [(&[u8], Problem); 4] = [
        (&[0xa5, 0x00], Problem::UNRECOGNISED_COMPONENT),
        (&[0xa1, 0x03, 0x02, 0x01, 0x01], Problem::MISTYPED_COMPONENT),
        (&[0xa4, 0x06, 0x02, 0x01, 0x01, 0x84, 0x01, 0x00], Problem::MISTYPED_COMPONENT),
        (&[0xa1, 0x20, 0x02], Problem::BADLY_STRUCTURED_COMPONENT),
    ];
    for (octets, problem) in cases {
        let facility = Facility::parse(&[&[0x91], octets].concat()).unwrap();
        assert_eq!(verdicts(Dialect::Etsi, &[facility]), [reject(None, problem)], "{octets:02x?}");
    }
}

#[test]
fn answers_are_never_answered_by_a_dialect() {
    let answers = [
        Component::ReturnResult { id: 1, result: None },
        Component::ReturnError { id: 1, error: Operation::Local(0), parameter: Vec::new() },
        Component::Reject { id: Some(1), problem: Problem::UNRECOGNISED_OPERATION },
    ];
    for answer in answers {
        for dialect in DIALECTS {
            assert_eq!(dialect.unrecognised(&[dialect.carry(answer.clone()).unwrap()]), []);
        }
    }
}

#[test]
fn response_to_nothing_is_rejected_by_who_counts_invokes() {
    let result = Component::ReturnResult { id: 5, result: None };
    let error = Component::ReturnError { id: 5, error: Operation::Local(0), parameter: Vec::new() };
    assert_eq!(reject_response(&result, &[4, 5]), None);
    assert_eq!(reject_response(&error, &[5]), None);
    let rejected = |problem| Some(Component::Reject { id: Some(5), problem });
    assert_eq!(reject_response(&result, &[4]), rejected(Problem::RESULT_OF_NO_INVOCATION));
    assert_eq!(reject_response(&error, &[]), rejected(Problem::ERROR_OF_NO_INVOCATION));
    assert_eq!(reject_response(&Component::Reject { id: Some(5), problem: Problem::new(ProblemKind::General, 0) }, &[]), None);
}

#[test]
fn reject_has_the_octets_of_each_dialect() {
    let component = Component::Reject { id: Some(7), problem: Problem::UNRECOGNISED_OPERATION };
    let octets = [0xa4, 0x06, 0x02, 0x01, 0x07, 0x81, 0x01, 0x01];
    let headers: [&[u8]; 4] = [
        &[0x91],
        &[0x9f, 0xaa, 0x06, 0x80, 0x01, 0x00, 0x82, 0x01, 0x00, 0x8b, 0x01, 0x00],
        &[0x9f, 0x8b, 0x01, 0x00],
        &[0x11, 0xbe],
    ];
    for (dialect, header) in DIALECTS.into_iter().zip(headers) {
        assert_eq!(dialect.carry(component.clone()).unwrap().emit(), [header, &octets].concat());
    }
    assert_eq!(Dialect::None.carry(component), None);
    let unnamed = Component::Reject { id: None, problem: Problem::BADLY_STRUCTURED_COMPONENT };
    assert_eq!(unnamed.emit(), [0xa4, 0x05, 0x05, 0x00, 0x80, 0x01, 0x02]);
}

#[test]
fn without_a_dialect_nothing_is_answered() {
    assert_eq!(Dialect::None.unrecognised(&with(None, invoke(99, &[]))), []);
}
