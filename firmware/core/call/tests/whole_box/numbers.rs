//! Numbers, names and privacy across the box, and what routes do to numbers.

use isdn::{CallingNumber, Number, Presentation, Setup, TypeOfNumber};
use sip::{Invite, NameAddr, Uri};

use crate::bench::{Bench, PHONE, address, route};

fn to_span(s: &mut model::settings::Settings) {
    s.routes = vec![route("phone", "", "span1", 0, ""), route("span1", "", "phone", 0, "")];
}

/// What the exchange sees of a call from `from` to `to` with these headers.
fn from_sip(from: NameAddr, to: &str, headers: &[(&str, &str)]) -> Setup {
    let mut bench = Bench::with(to_span);
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    bench.at_phone(|p, now| p.invite(now, Invite { from, headers, ..Bench::phone_invite(to) }));
    bench.setup_at_exchange().1
}

fn user(user: &str) -> NameAddr {
    NameAddr::new(Uri::sip_at(Some(user), address(PHONE)))
}

/// What the phone sees of this call.
fn from_isdn(called: Number, calling: Option<CallingNumber>) -> sip::Request {
    let mut bench = Bench::with(to_span);
    let setup = Setup { calling, ..Setup::speech(called) };
    bench.at_exchange(|x, now| x.setup(now, setup)).unwrap();
    bench.invite_at_phone().1
}

fn international(digits: &str) -> Number {
    Number { ton: TypeOfNumber::International, ..Number::new(digits) }
}

#[test]
fn plus_from_sip_becomes_international_type_without_plus() {
    let setup = from_sip(user("+15550100"), "+4930100", &[]);
    assert_eq!(setup.called, international("4930100"));
    let calling = setup.calling.unwrap();
    assert_eq!((calling.number, calling.presentation), (international("15550100"), Presentation::Allowed));
}

#[test]
fn plain_number_from_sip_has_unknown_type() {
    let setup = from_sip(user("200"), "100", &[]);
    assert_eq!((setup.called, setup.calling.unwrap().number), (Number::new("100"), Number::new("200")));
}

#[test]
fn visual_separators_and_telephone_parameters_do_not_reach_isdn() {
    let mut bench = Bench::with(to_span);
    let from = NameAddr::new(Uri::parse("sip:+1-(555)-01.00;ext=7@192.0.2.2").unwrap());
    let request_uri = Uri::parse("sip:+49-30-100;phone-context=+49@192.0.2.1").unwrap();
    bench.at_phone(|p, now| p.invite(now, Invite { from, request_uri, ..Bench::phone_invite("100") }));
    let setup = bench.setup_at_exchange().1;
    assert_eq!(setup.called, international("4930100"));
    assert_eq!(setup.calling.unwrap().number, international("15550100"));
}

#[test]
fn asserted_identity_goes_before_from() {
    let setup = from_sip(user("200"), "100", &[("P-Asserted-Identity", "<sip:+15550199@192.0.2.2>")]);
    assert_eq!(setup.calling.unwrap().number, international("15550199"));
}

#[test]
fn privacy_id_from_sip_restricts_the_asserted_number() {
    let headers = [("P-Asserted-Identity", "<sip:+15550199@192.0.2.2>"), ("Privacy", "id")];
    let anonymous = NameAddr::new(Uri::sip(Some("anonymous"), "anonymous.invalid", None));
    let calling = from_sip(anonymous, "100", &headers).calling.unwrap();
    assert_eq!((calling.number, calling.presentation), (international("15550199"), Presentation::Restricted));
}

#[test]
fn anonymous_from_sip_is_restricted_without_a_number() {
    let anonymous = NameAddr::new(Uri::sip(Some("anonymous"), "anonymous.invalid", None));
    let calling = from_sip(anonymous, "100", &[]).calling.unwrap();
    assert_eq!((calling.number.digits.as_str(), calling.presentation), ("", Presentation::Restricted));
}

#[test]
fn caller_without_a_number_gives_isdn_none() {
    assert_eq!(from_sip(user("alice"), "100", &[]).calling, None);
}

#[test]
fn international_type_from_isdn_becomes_plus() {
    let calling = CallingNumber { number: international("4930555"), ..CallingNumber::default() };
    let invite = from_isdn(international("15550200"), Some(calling));
    assert_eq!(invite.uri.user_number(), Some("+15550200"));
    assert_eq!(invite.headers.to().unwrap().uri.user_number(), Some("+15550200"));
    assert_eq!(invite.headers.from().unwrap().uri.user_number(), Some("+4930555"));
}

#[test]
fn restricted_number_from_isdn_does_not_leave_the_box() {
    let calling =
        CallingNumber { number: Number::new("5550100"), presentation: Presentation::Restricted, ..CallingNumber::default() };
    let invite = from_isdn(Number::new("200"), Some(calling));
    assert_eq!(invite.headers.from().unwrap().uri.user_number(), Some("anonymous"));
    assert!(invite.headers.list_contains("Privacy", "id"));
    assert!(!String::from_utf8_lossy(&invite.to_bytes()).contains("5550100"));
}

#[test]
fn isdn_caller_without_a_number_is_unknown() {
    let invite = from_isdn(Number::new("200"), None);
    assert_eq!(invite.headers.from().unwrap().uri.user_number(), Some("unknown"));
}

#[test]
fn withheld_number_is_not_in_the_record() {
    let mut bench = Bench::with(to_span);
    let calling =
        CallingNumber { number: Number::new("5550100"), presentation: Presentation::Restricted, ..CallingNumber::default() };
    let setup = Setup { calling: Some(calling), ..Setup::speech(Number::new("200")) };
    bench.at_exchange(|x, now| x.setup(now, setup)).unwrap();
    bench.at_box(|b, now| b.hang_up_all(now, "test is over"));
    bench.assert_idle();
    assert_eq!((bench.record().calling.as_str(), bench.record().called.as_str()), ("", "200"));
}

#[test]
fn route_strips_and_adds_toward_isdn_and_the_record_keeps_what_was_dialled() {
    let mut bench =
        Bench::with(|s| s.routes = vec![route("phone", "9", "span1", 1, "0"), route("phone", "+49", "span1", 3, "0")]);
    bench.phone_calls("9555");
    assert_eq!(bench.setup_at_exchange().1.called, Number::new("0555"));
    bench.phone_calls("+4930100");
    assert_eq!(bench.setup_at_exchange().1.called, Number::new("030100"));
    bench.at_box(|b, now| b.hang_up_all(now, "test is over"));
    bench.assert_idle();
    let called: Vec<_> = bench.records.iter().map(|record| record.called.as_str()).collect();
    assert_eq!(called, ["9555", "+4930100"]);
}

#[test]
fn route_adds_plus_toward_sip_and_international_type_toward_isdn() {
    let mut bench =
        Bench::with(|s| s.routes = vec![route("span1", "0", "phone", 1, "+49"), route("phone", "00", "span1", 2, "+")]);
    bench.exchange_calls("030200");
    assert_eq!(bench.invite_at_phone().1.uri.user_number(), Some("+4930200"));
    bench.phone_calls("0015550100");
    assert_eq!(bench.setup_at_exchange().1.called, international("15550100"));
    bench.at_box(|b, now| b.hang_up_all(now, "test is over"));
    bench.assert_idle();
}
