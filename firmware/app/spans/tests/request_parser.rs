//! The parser of the privilege boundary: whatever the bytes, it ends, and what it accepts has its form.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use model::root_request::{Answer, ChannelNumber, DeviceName, Port, Request, SpanKind, SpanNumber};
use proptest::prelude::*;

fn name(text: &str) -> DeviceName {
    DeviceName::try_from(text.to_owned()).unwrap()
}

fn requests() -> impl Strategy<Value = Request> {
    let device = || "[A-Za-z0-9][A-Za-z0-9:_-]{0,40}(\\.[A-Za-z0-9:_-]{1,20})?".prop_map(|text| name(&text));
    let port = || (1..=255_u32).prop_map(|number| Port::try_from(number).unwrap());
    let span = || (1..=128_u32).prop_map(|number| SpanNumber::try_from(number).unwrap());
    let channel = (1..=1024_u32).prop_map(|number| ChannelNumber::try_from(number).unwrap());
    let kind = prop_oneof![Just(SpanKind::E1), Just(SpanKind::T1), Just(SpanKind::J1)];
    prop_oneof![
        Just(Request::Hello {}),
        (device(), port(), kind).prop_map(|(device, port, kind)| Request::SetSpanType { device, port, kind }),
        (device(), port(), span(), channel).prop_map(|(device, port, span, first_channel)| Request::AssignSpan {
            device,
            port,
            span,
            first_channel
        }),
        device().prop_map(|device| Request::AutoAssign { device }),
        (device(), port()).prop_map(|(device, port)| Request::UnassignSpan { device, port }),
        span().prop_map(|span| Request::SetMasterSpan { span }),
    ]
}

/// The form of a device name, written a second time.
fn is_a_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=64).contains(&bytes.len())
        && bytes[0].is_ascii_alphanumeric()
        && bytes.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b':' | b'.' | b'_' | b'-'))
        && !bytes.windows(2).any(|pair| pair == b"..")
}

fn device_of(request: &Request) -> Option<&DeviceName> {
    match request {
        Request::SetSpanType { device, .. }
        | Request::AssignSpan { device, .. }
        | Request::AutoAssign { device }
        | Request::UnassignSpan { device, .. } => Some(device),
        Request::Hello {} | Request::SetMasterSpan { .. } => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_in_a_request_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..5000)) {
        let _ = serde_json::from_slice::<Request>(&bytes);
    }

    #[test]
    fn request_reads_back_as_it_was(request in requests()) {
        let line = serde_json::to_string(&request).unwrap();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(serde_json::from_str::<Request>(&line).unwrap(), request);
    }

    #[test]
    fn changed_request_is_an_error_or_has_its_form(
        request in requests(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..5),
    ) {
        let mut line = serde_json::to_vec(&request).unwrap();
        for (at, byte, kind) in changes {
            let at = at.index(line.len());
            match kind {
                0 => line[at] = byte,
                1 => line.insert(at, byte),
                _ => { line.remove(at); }
            }
        }
        if let Ok(request) = serde_json::from_slice::<Request>(&line) {
            prop_assert!(device_of(&request).is_none_or(|device| is_a_name(device.as_str())), "{:?}", request);
        }
    }

    #[test]
    fn device_with_a_slash_is_never_accepted(before in ".{0,20}", after in ".{0,20}") {
        let line = serde_json::json!({"request": "auto-assign", "device": format!("{before}/{after}")}).to_string();
        prop_assert!(serde_json::from_str::<Request>(&line).is_err());
    }

    #[test]
    fn device_is_accepted_just_when_it_is_a_name(text in "[A-Za-z0-9:._/ -]{0,6}|.{0,8}|[a-z]{60,70}") {
        let line = serde_json::json!({"request": "auto-assign", "device": text}).to_string();
        prop_assert_eq!(serde_json::from_str::<Request>(&line).is_ok(), is_a_name(&text), "{:?}", text);
    }

    #[test]
    fn number_is_accepted_just_within_its_range(number in prop_oneof![-3..1100_i64, any::<i64>()]) {
        let port = format!(r#"{{"request":"unassign-span","device":"card","port":{number}}}"#);
        prop_assert_eq!(serde_json::from_str::<Request>(&port).is_ok(), (1..=255).contains(&number));
        let span = format!(r#"{{"request":"set-master-span","span":{number}}}"#);
        prop_assert_eq!(serde_json::from_str::<Request>(&span).is_ok(), (1..=128).contains(&number));
        let channel = format!(r#"{{"request":"assign-span","device":"card","port":1,"span":1,"first_channel":{number}}}"#);
        prop_assert_eq!(serde_json::from_str::<Request>(&channel).is_ok(), (1..=1024).contains(&number));
    }
}

#[test]
fn wire_form_is_the_documented_one() {
    let request = Request::SetSpanType { device: name("pci:0000:05:00.0"), port: Port::try_from(1).unwrap(), kind: SpanKind::E1 };
    let line = r#"{"request":"set-span-type","device":"pci:0000:05:00.0","port":1,"kind":"e1"}"#;
    assert_eq!(serde_json::to_string(&request).unwrap(), line);
    assert_eq!(serde_json::to_string(&Request::Hello {}).unwrap(), r#"{"request":"hello"}"#);
    assert_eq!(serde_json::to_string(&Answer::Done).unwrap(), r#"{"answer":"done"}"#);
    let hello = Answer::Hello { protocol: 1, version: "0.1.0".to_owned() };
    assert_eq!(serde_json::to_string(&hello).unwrap(), r#"{"answer":"hello","protocol":1,"version":"0.1.0"}"#);
}
