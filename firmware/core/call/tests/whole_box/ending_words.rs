//! What crosses the box besides the cause when a call is answered or ends: the connected subaddress, user-user information of who clears.

use call::words::{MediaCommand, Terminal};
use isdn::ie::{Subaddress, UserUser};
use isdn::{CallingNumber, Connected, Event, Number};
use sip::Headers;

use crate::bench::{Bench, PHONE_OFFER, cause, ms, route, sdp};

/// "bye" as IA5 characters (Q.931 table 4-26: discriminator 4), and the same in RFC 7433's form.
const HEADER: (&str, &str) = ("User-to-User", "04627965;purpose=isdn-uui;content=isdn-uui;encoding=hex");

fn bye() -> UserUser {
    UserUser { protocol: 4, octets: b"bye".to_vec() }
}

fn header() -> Vec<(String, String)> {
    vec![(HEADER.0.to_owned(), HEADER.1.to_owned())]
}

/// What the exchange was told at the end of a call.
fn told_exchange(bench: &Bench) -> Option<UserUser> {
    bench.exchange_events.iter().find_map(|event| match event {
        Event::Clearing { user_user, .. } | Event::Released { user_user, .. } => user_user.clone(),
        _ => None,
    })
}

#[test]
fn isdn_side_clears_with_user_user_information_and_bye_has_it() {
    let mut bench = Bench::new();
    let (near, _) = bench.answered_from_exchange();
    bench.at_exchange(|x, now| x.clear_saying(now, near, cause(16), bye()));
    assert!(bench.sent("BYE ")[0].contains("User-to-User: 04627965;"), "{:?}", bench.sent("BYE "));
    bench.assert_idle();
}

#[test]
fn isdn_side_refuses_with_user_user_information_and_the_refusal_has_it() {
    let mut bench = Bench::new();
    bench.phone_calls("100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.clear_saying(now, far, cause(17), bye()));
    assert!(bench.sent("SIP/2.0 486")[0].contains("User-to-User: 04627965;"), "{:?}", bench.sent("SIP/2.0 486"));
    bench.assert_idle();
}

#[test]
fn sip_side_refuses_with_user_to_user_and_the_exchange_is_told() {
    let mut bench = Bench::new();
    bench.exchange_calls("200");
    let phone = bench.offered_to_phone();
    bench.at_phone(|p, now| p.hangup(now, phone, 486, None, &header()));
    assert_eq!((told_exchange(&bench), bench.cleared_at_exchange()), (Some(bye()), Some(17)));
    bench.assert_idle();
}

#[test]
fn sip_side_ends_with_user_to_user_in_bye_and_the_exchange_is_told() {
    let mut bench = Bench::new();
    let (_, phone) = bench.answered_from_exchange();
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &header()));
    assert_eq!((told_exchange(&bench), bench.cleared_at_exchange()), (Some(bye()), Some(16)));
    bench.assert_idle();
}

#[test]
fn call_that_the_box_ends_says_nothing_of_a_user() {
    let mut bench = Bench::new();
    bench.answered_from_exchange();
    bench.at_box(|engine, now| engine.hang_up_all(now, "the box goes down"));
    assert_eq!(told_exchange(&bench), None);
    assert!(!bench.sent("BYE ")[0].contains("User-to-User"));
    bench.assert_idle();
}

/// Local IA5 characters (AFI 0x50 of X.213), as Q.931 4.5.9 has them.
fn desk() -> Subaddress {
    Subaddress { kind: Subaddress::NSAP, odd: false, octets: b"\x50desk7".to_vec() }
}

fn answering() -> Connected {
    let number = CallingNumber { number: Number::new("5550200"), ..CallingNumber::default() };
    Connected { number: Some(number), subaddress: Some(desk()), ..Connected::default() }
}

#[test]
fn connected_subaddress_is_in_the_asserted_identity_of_the_answer() {
    let mut bench = Bench::new();
    bench.phone_calls("100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.connect(now, far, answering()));
    let of = |headers: &Headers| headers.get("P-Asserted-Identity").map(str::to_owned);
    let said = bench.phone_events.iter().find_map(|event| match event {
        sip::Event::Answered { response, .. } => of(&response.headers),
        _ => None,
    });
    assert_eq!(said.as_deref(), Some("<sip:5550200;isub=desk7;isub-encoding=nsap-ia5@192.0.2.1:5060>"));
}

#[test]
fn subaddress_in_the_asserted_identity_of_an_answer_is_in_connect() {
    let mut bench = Bench::new();
    bench.exchange_calls("200");
    let phone = bench.offered_to_phone();
    let asserted = ("P-Asserted-Identity".to_owned(), "<sip:5550200;isub=desk7@192.0.2.2>".to_owned());
    bench.at_phone(|p, now| p.accept(now, phone, &[asserted], sdp(PHONE_OFFER)));
    assert_eq!(connected(&bench).subaddress, Some(desk()));
}

#[test]
fn what_is_keyed_in_a_call_between_spans_reaches_the_other_side() {
    let mut bench = Bench::with(|s| s.routes.push(route("span1", "3", "span1", 1, "")));
    let near = bench.exchange_calls("3100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.connect(now, far, Connected::default()));
    bench.at_exchange(|x, now| x.key(now, near, "*21#"));
    bench.at_exchange(|x, now| x.key(now, far, "7"));
    let keyed: Vec<(isdn::CallId, &str)> = bench.exchange_events.iter().filter_map(keyed).collect();
    assert_eq!(keyed, [(far, "*21#"), (near, "7")]);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn what_is_keyed_in_a_call_to_a_phone_is_keyed_to_its_rtp() {
    let mut bench = Bench::new();
    let (near, _) = bench.answered_from_exchange();
    bench.commands.clear();
    bench.at_exchange(|x, now| x.key(now, near, "*21#"));
    let keyed = |command: &MediaCommand| match command {
        MediaCommand::Digits { to: Terminal::Rtp(to), digits, .. } => Some((to.local_port, digits.clone())),
        _ => None,
    };
    assert_eq!(bench.commands.iter().map(keyed).collect::<Vec<_>>(), [Some((40_000, "*21#".to_owned()))]);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

fn keyed(event: &Event) -> Option<(isdn::CallId, &str)> {
    if let Event::Information { call, keypad: Some(digits), .. } = event { Some((*call, digits)) } else { None }
}

#[test]
fn both_cross_between_spans() {
    let mut bench = Bench::with(|s| s.routes.push(route("span1", "3", "span1", 1, "")));
    let near = bench.exchange_calls("3100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.connect(now, far, answering()));
    assert_eq!(connected(&bench).subaddress, Some(desk()));
    bench.at_exchange(|x, now| x.clear_saying(now, near, cause(16), bye()));
    bench.run(ms(200));
    assert_eq!(told_exchange(&bench), Some(bye()));
    bench.assert_idle();
}

/// What the exchange's own call was answered with.
fn connected(bench: &Bench) -> Connected {
    let of = |event: &Event| if let Event::Connected { connected, .. } = event { Some(connected.clone()) } else { None };
    bench.exchange_events.iter().find_map(of).expect("the call was answered")
}
