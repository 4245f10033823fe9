//! What is said of a call besides its numbers: who diverted it, who answered, subaddresses, user-to-user information, the bearer.
//!
//! Header values in the form that RFC 5806, 7044, 7433 and 7544 give them.

use isdn::ie::{Element, NetworkSpecificFacilities, Subaddress, TransferCapability, UserUser};
use isdn::{
    Bearer, CallingNumber, Connected, Number, Presentation, RateAdaption, RedirectReason, Redirecting, Screening, Setup,
    TypeOfNumber,
};
use model::settings::DiversionHeader;
use proptest::prelude::*;
use sip::Invite;

use crate::bench::{Bench, PHONE_OFFER, cause, route, sdp};

fn pairs(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What the exchange sees of a call of the phone with these headers.
fn from_sip(headers: &[(&str, &str)]) -> Setup {
    let mut bench = Bench::new();
    bench.at_phone(|p, now| p.invite(now, Invite { headers: pairs(headers), ..Bench::phone_invite("100") }));
    bench.setup_at_exchange().1
}

/// What the phone sees of a call of the exchange, told of diversions in this form.
fn from_isdn(setup: Setup, form: DiversionHeader) -> sip::Request {
    let mut bench = Bench::with(|s| s.peers[0].diversion_header = form);
    bench.at_exchange(|x, now| x.setup(now, setup)).unwrap();
    bench.invite_at_phone().1
}

fn international(digits: &str) -> Number {
    Number { ton: TypeOfNumber::International, ..Number::new(digits) }
}

fn diverted(reason: RedirectReason) -> Setup {
    let redirecting = Redirecting { number: international("4930555"), reason, ..Redirecting::default() };
    Setup { redirecting: Some(redirecting), ..Setup::speech(Number::new("200")) }
}

fn values(request: &sip::Request, name: &str) -> Vec<String> {
    request.headers.list(name).unwrap().into_iter().map(str::to_owned).collect()
}

#[test]
fn diversion_header_becomes_redirecting_number_with_its_reason() {
    let reasons = [
        ("user-busy", RedirectReason::Busy),
        ("no-answer", RedirectReason::NoReply),
        ("unconditional", RedirectReason::Unconditional),
        ("deflection", RedirectReason::Deflection),
        ("out-of-service", RedirectReason::OutOfOrder),
        ("unavailable", RedirectReason::OutOfOrder),
        ("do-not-disturb", RedirectReason::Unconditional),
        ("\"moonshine\"", RedirectReason::Unknown),
    ];
    for (said, reason) in reasons {
        let value = format!("\"Sales\" <sip:+4930555@192.0.2.2>;reason={said};counter=1;privacy=off");
        let redirecting = from_sip(&[("Diversion", &value)]).redirecting.unwrap();
        assert_eq!((redirecting.number, redirecting.reason), (international("4930555"), reason), "{said}");
        assert_eq!(redirecting.presentation, Presentation::Allowed);
    }
}

#[test]
fn of_several_diversions_the_last_one_goes_to_isdn() {
    let both = "<sip:2222@192.0.2.2>;reason=no-answer,<sip:1111@192.0.2.2>;reason=user-busy";
    let redirecting = from_sip(&[("Diversion", both)]).redirecting.unwrap();
    assert_eq!((redirecting.number.digits.as_str(), redirecting.reason), ("2222", RedirectReason::NoReply));
}

#[test]
fn private_diversion_is_restricted_at_isdn() {
    let redirecting = from_sip(&[("Diversion", "<sip:2222@192.0.2.2>;reason=user-busy;privacy=full")]).redirecting.unwrap();
    assert_eq!(redirecting.presentation, Presentation::Restricted);
}

#[test]
fn history_info_with_a_cause_becomes_redirecting_number() {
    let history = [
        "<sip:+4930111@192.0.2.2>;index=1",
        "<sip:+4930222@192.0.2.2;cause=486>;index=1.1;mp=1",
        "<sip:100@192.0.2.1;cause=408>;index=1.1.1;mp=1.1",
    ];
    let redirecting = from_sip(&[("History-Info", &history.join(","))]).redirecting.unwrap();
    assert_eq!((redirecting.number, redirecting.reason), (international("4930222"), RedirectReason::NoReply));
}

#[test]
fn history_info_without_a_cause_is_no_diversion() {
    let history = "<sip:+4930111@192.0.2.2>;index=1,<sip:100@192.0.2.1>;index=1.1;rc=1";
    assert_eq!(from_sip(&[("History-Info", history)]).redirecting, None);
}

#[test]
fn redirecting_number_becomes_diversion_header() {
    let invite = from_isdn(diverted(RedirectReason::NoReply), DiversionHeader::Diversion);
    let expected = "<sip:+4930555@192.0.2.1:5060>;reason=no-answer;counter=1;privacy=off;screen=no";
    assert_eq!(values(&invite, "Diversion"), [expected]);
    assert_eq!(invite.headers.get("History-Info"), None);
}

#[test]
fn redirecting_number_becomes_history_info_for_a_peer_that_wants_that() {
    let invite = from_isdn(diverted(RedirectReason::Busy), DiversionHeader::HistoryInfo);
    let expected = ["<sip:+4930555@192.0.2.1:5060>;index=1", "<sip:200@192.0.2.2:5060;cause=486>;index=1.1;mp=1"];
    assert_eq!(values(&invite, "History-Info"), expected);
    assert_eq!(invite.headers.get("Diversion"), None);
}

#[test]
fn peer_that_wants_no_diversion_is_told_of_none() {
    let invite = from_isdn(diverted(RedirectReason::Busy), DiversionHeader::None);
    assert_eq!((invite.headers.get("Diversion"), invite.headers.get("History-Info")), (None, None));
}

#[test]
fn restricted_redirecting_number_does_not_leave_the_box() {
    let mut setup = diverted(RedirectReason::Busy);
    setup.redirecting.as_mut().unwrap().presentation = Presentation::Restricted;
    let invite = from_isdn(setup, DiversionHeader::Both);
    assert!(!String::from_utf8_lossy(&invite.to_bytes()).contains("4930555"));
    assert!(
        values(&invite, "Diversion")[0].contains("reason=user-busy") && values(&invite, "Diversion")[0].contains("privacy=full")
    );
}

#[test]
fn asserted_identity_of_200_becomes_connected_number_and_name() {
    let mut bench = Bench::new();
    bench.exchange_calls("200");
    let phone = bench.offered_to_phone();
    let headers = pairs(&[("P-Asserted-Identity", "\"Bo\" <sip:+4930777@192.0.2.2>")]);
    bench.at_phone(|p, now| p.accept(now, phone, &headers, sdp(PHONE_OFFER)));
    let connected = connected_at_exchange(&bench);
    assert_eq!(connected.number.unwrap().number, international("4930777"));
    assert_eq!(connected.name.as_deref(), Some("Bo"));
}

#[test]
fn private_200_gives_a_restricted_connected_number_and_no_name() {
    let mut bench = Bench::new();
    bench.exchange_calls("200");
    let phone = bench.offered_to_phone();
    let headers = pairs(&[("P-Asserted-Identity", "\"Bo\" <sip:+4930777@192.0.2.2>"), ("Privacy", "id")]);
    bench.at_phone(|p, now| p.accept(now, phone, &headers, sdp(PHONE_OFFER)));
    let connected = connected_at_exchange(&bench);
    assert_eq!((connected.number.unwrap().presentation, connected.name), (Presentation::Restricted, None));
}

#[test]
fn plain_200_gives_no_connected_number() {
    let mut bench = Bench::new();
    bench.answered_from_exchange();
    assert_eq!(connected_at_exchange(&bench), Connected::default());
}

fn connected_at_exchange(bench: &Bench) -> Connected {
    let connected =
        |event: &isdn::Event| if let isdn::Event::Connected { connected, .. } = event { Some(connected.clone()) } else { None };
    bench.exchange_events.iter().find_map(connected).unwrap()
}

/// The 200 that the phone gets of an exchange that answers so.
fn answered(connected: Connected) -> sip::Response {
    let mut bench = Bench::new();
    bench.phone_calls("100");
    let call = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.connect(now, call, connected));
    let response =
        |event: &sip::Event| if let sip::Event::Answered { response, .. } = event { Some((**response).clone()) } else { None };
    bench.phone_events.iter().find_map(response).unwrap()
}

#[test]
fn connected_number_and_name_become_asserted_identity_of_200() {
    let number = CallingNumber { number: international("4930777"), ..CallingNumber::default() };
    let response = answered(Connected { number: Some(number), name: Some("Bo".into()), ..Connected::default() });
    assert_eq!(response.headers.get("P-Asserted-Identity"), Some("\"Bo\" <sip:+4930777@192.0.2.1:5060>"));
    assert_eq!(response.headers.get("Privacy"), None);
}

#[test]
fn restricted_connected_number_does_not_leave_the_box() {
    let number =
        CallingNumber { number: international("4930777"), presentation: Presentation::Restricted, ..CallingNumber::default() };
    let response = answered(Connected { number: Some(number), name: Some("Bo".into()), ..Connected::default() });
    assert_eq!((response.headers.get("P-Asserted-Identity"), response.headers.get("Privacy")), (None, Some("id")));
}

#[test]
fn exchange_that_does_not_say_who_answered_gives_no_asserted_identity() {
    assert_eq!(answered(Connected::default()).headers.get("P-Asserted-Identity"), None);
}

#[test]
fn user_to_user_information_crosses_with_setup_and_connect_both_ways() {
    // "hello" as IA5 characters (Q.931 table 4-26: discriminator 4).
    let hello = UserUser { protocol: 4, octets: b"hello".to_vec() };
    let header = ("User-to-User", "0468656c6c6f;purpose=isdn-uui;content=isdn-uui;encoding=hex");
    let setup = from_sip(&[header]);
    assert!(setup.other.contains(&Element::UserUser(hello.clone())), "{:?}", setup.other);
    let other = vec![Element::UserUser(hello.clone())];
    let invite = from_isdn(Setup { other, ..Setup::speech(Number::new("200")) }, DiversionHeader::None);
    assert_eq!(invite.headers.get("User-to-User"), Some(header.1));
    let response = answered(Connected { user_user: Some(hello.clone()), ..Connected::default() });
    assert_eq!(response.headers.get("User-to-User"), Some(header.1));

    let mut bench = Bench::new();
    bench.exchange_calls("200");
    let phone = bench.offered_to_phone();
    bench.at_phone(|p, now| p.accept(now, phone, &pairs(&[header]), sdp(PHONE_OFFER)));
    assert_eq!(connected_at_exchange(&bench).user_user, Some(hello));
}

#[test]
fn user_to_user_of_another_package_or_encoding_is_not_passed() {
    for value in ["0468;purpose=call-center", "0468;encoding=base64", "046", "xx68", ""] {
        let setup = from_sip(&[("User-to-User", value)]);
        assert!(!setup.other.iter().any(|element| matches!(element, Element::UserUser(_))), "{value}: {:?}", setup.other);
    }
}

#[test]
fn subaddress_crosses_as_isub_both_ways() {
    // AFI 0x50, local IA5 characters (X.213), as Q.931 4.5.9 has it.
    let of = |text: &str| Subaddress { kind: Subaddress::NSAP, odd: false, octets: [&[0x50], text.as_bytes()].concat() };
    let other = vec![Element::CallingSubaddress(of("12")), Element::CalledSubaddress(of("desk7"))];
    let calling = Some(CallingNumber { number: Number::new("555"), ..CallingNumber::default() });
    let invite = from_isdn(Setup { calling, other: other.clone(), ..Setup::speech(Number::new("200")) }, DiversionHeader::None);
    assert_eq!(invite.uri.to_string(), "sip:200;isub=desk7;isub-encoding=nsap-ia5@192.0.2.2:5060");
    assert_eq!(invite.headers.from().unwrap().uri.number_param("isub").as_deref(), Some("12"));

    let mut bench = Bench::new();
    let mut call = Bench::phone_invite("100");
    call.request_uri = sip::Uri::parse("sip:100;isub=desk7@192.0.2.1").unwrap();
    call.from.uri = sip::Uri::parse("sip:555;isub=12;isub-encoding=nsap-ia5@192.0.2.2").unwrap();
    bench.at_phone(|p, now| p.invite(now, call));
    assert_eq!(bench.setup_at_exchange().1.other, other);
}

#[test]
fn subaddress_in_an_encoding_that_is_not_read_is_left_out() {
    let mut bench = Bench::new();
    let mut call = Bench::phone_invite("100");
    call.request_uri = sip::Uri::parse("sip:100;isub=1234;isub-encoding=nsap-bcd@192.0.2.1").unwrap();
    bench.at_phone(|p, now| p.invite(now, call));
    assert_eq!(bench.setup_at_exchange().1.other, []);
}

fn numbered(digits: &str, screening: Screening) -> CallingNumber {
    CallingNumber { number: international(digits), screening, ..CallingNumber::default() }
}

#[test]
fn of_two_calling_numbers_the_networks_is_asserted_and_the_users_is_in_from() {
    let (own, networks) = (numbered("4930555", Screening::NotScreened), numbered("4930100", Screening::Network));
    for [first, second] in [[own.clone(), networks.clone()], [networks, own]] {
        let setup = Setup { calling: Some(first), second_calling: Some(second), ..Setup::speech(Number::new("200")) };
        let invite = from_isdn(setup, DiversionHeader::None);
        assert_eq!(invite.headers.from().unwrap().uri.user_number(), Some("+4930555"));
        assert_eq!(invite.headers.get("P-Asserted-Identity"), Some("<sip:+4930100@192.0.2.1:5060>"));
    }
}

#[test]
fn restricted_second_number_does_not_leave_the_box() {
    let networks = CallingNumber { presentation: Presentation::Restricted, ..numbered("4930100", Screening::Network) };
    let own = CallingNumber { presentation: Presentation::Restricted, ..numbered("4930555", Screening::NotScreened) };
    let setup = Setup { calling: Some(own), second_calling: Some(networks), ..Setup::speech(Number::new("200")) };
    let text = String::from_utf8_lossy(&from_isdn(setup, DiversionHeader::None).to_bytes()).into_owned();
    assert!(!text.contains("4930100") && !text.contains("4930555"), "{text}");
}

#[test]
fn network_facility_of_the_span_is_asked_for_in_setup() {
    let mut bench = Bench::with(|s| s.spans[0].network_facility = Some(0xe3));
    bench.phone_calls("100");
    let facility = NetworkSpecificFacilities { network: None, facility: vec![0xe3] };
    assert_eq!(bench.setup_at_exchange().1.network_facilities, Some(facility));
}

#[test]
fn number_in_keypad_is_the_called_number_where_there_is_no_other() {
    let setup = Setup { keypad: Some("200".into()), ..Setup::speech(Number::new("")) };
    assert_eq!(from_isdn(setup, DiversionHeader::None).uri.user_number(), Some("200"));
}

/// What the exchange is offered of a call of its own that the box sends back to it.
fn returned(setup: Setup) -> (Bench, Setup) {
    let mut bench = Bench::with(|s| s.routes.push(route("span1", "3", "span1", 1, "")));
    bench.at_exchange(|x, now| x.setup(now, setup)).unwrap();
    let offered = bench.setup_at_exchange().1;
    (bench, offered)
}

#[test]
fn isdn_to_isdn_keeps_everything_that_was_said() {
    let number = |digits: &str| Some(CallingNumber { number: international(digits), ..CallingNumber::default() });
    let setup = Setup {
        calling: number("4930555"),
        second_calling: Some(numbered("4930100", Screening::Network)),
        reverse_charging: true,
        display: Some("Ada".into()),
        bearer: Bearer::AUDIO_31,
        other: vec![
            Element::CallingSubaddress(Subaddress { kind: Subaddress::USER, odd: true, octets: vec![0x12, 0x30] }),
            Element::LowLayerCompatibility(vec![0x88, 0x90]),
            Element::HighLayerCompatibility(vec![0x91, 0x84]),
            Element::UserUser(UserUser { protocol: 0, octets: vec![1, 2, 3] }),
        ],
        ..diverted(RedirectReason::ByTerminal)
    };
    let (_, offered) = returned(Setup { called: Number::new("3100"), ..setup.clone() });
    let law = Some(isdn::Law::A);
    let expected = Setup { called: Number::new("100"), bearer: Bearer { law, ..setup.bearer.clone() }, ..setup };
    assert_eq!(offered, expected);
}

#[test]
fn data_call_keeps_its_rate_adaption_and_is_joined_as_data() {
    let bearer = Bearer { adaption: Some(RateAdaption::kbit_56()), ..Bearer::UNRESTRICTED_64 };
    let (mut bench, offered) = returned(Setup { bearer: bearer.clone(), ..Setup::speech(Number::new("3100")) });
    assert_eq!(offered.bearer, bearer);
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.connect(now, far, Connected::default()));
    assert!(bench.story(1).contains("as data"), "{}", bench.story(1));
    bench.at_exchange(|x, now| x.clear(now, far, cause(16)));
    bench.assert_idle();
}

#[test]
fn data_call_to_sip_offers_clear_mode_and_is_joined_as_data() {
    for capability in [TransferCapability::Unrestricted, TransferCapability::Restricted, TransferCapability::Video] {
        let mut bench = Bench::new();
        let bearer = Bearer { capability, ..Bearer::UNRESTRICTED_64 };
        bench.at_exchange(|x, now| x.setup(now, Setup { bearer, ..Setup::speech(Number::new("200")) })).unwrap();
        let invite = bench.sent("INVITE ")[0].to_owned();
        let audio: Vec<_> = invite.lines().filter(|line| line.starts_with("m=") || line.starts_with("a=rtpmap")).collect();
        assert_eq!(audio, ["m=audio 40000 RTP/AVP 97", "a=rtpmap:97 CLEARMODE/8000"], "{capability:?}");
        let phone = bench.offered_to_phone();
        let answer = "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\nm=audio 4000 RTP/AVP 97\r\n\
                      a=rtpmap:97 clearmode/8000\r\n";
        bench.at_phone(|p, now| p.accept(now, phone, &[], sdp(answer)));
        assert!(bench.story(1).contains("as data"), "{}", bench.story(1));
        bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
        bench.assert_idle();
    }
}

#[test]
fn data_call_to_a_phone_without_clear_mode_is_refused_with_cause_65() {
    let mut bench = Bench::new();
    bench
        .at_exchange(|x, now| x.setup(now, Setup { bearer: Bearer::UNRESTRICTED_64, ..Setup::speech(Number::new("200")) }))
        .unwrap();
    let phone = bench.offered_to_phone();
    bench.at_phone(|p, now| p.hangup(now, phone, 488, None, &[]));
    assert_eq!(bench.cleared_at_exchange(), Some(65));
    bench.assert_idle();
}

#[test]
fn clear_mode_from_sip_is_a_data_call_and_answered_by_its_own_payload_type() {
    let offer = "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\nm=audio 4000 RTP/AVP 125 8\r\n\
                 a=rtpmap:125 CLEARMODE/8000\r\na=rtpmap:8 PCMA/8000\r\n";
    let mut bench = Bench::new();
    let call = bench.at_phone(|p, now| p.invite(now, Invite { body: sdp(offer), ..Bench::phone_invite("100") }));
    let (far, offered) = bench.setup_at_exchange();
    assert_eq!(offered.bearer, Bearer { law: offered.bearer.law, ..Bearer::UNRESTRICTED_64 });
    bench.at_exchange(|x, now| x.connect(now, far, Connected::default()));
    assert!(bench.sent("SIP/2.0 200 OK")[0].contains("m=audio 40000 RTP/AVP 125\r\na=rtpmap:125 CLEARMODE/8000\r\n"));
    assert!(bench.story(1).contains("as data"), "{}", bench.story(1));
    bench.at_phone(|p, now| p.hangup(now, call, 480, None, &[]));
    bench.assert_idle();
}

/// Text such as headers of addresses have, mostly broken.
fn header_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "<sip:",
            ">",
            ";",
            "=",
            ",",
            "\"",
            "?",
            "&",
            "%",
            "@",
            "cause",
            "reason",
            "index=1",
            "Privacy=history",
            "486",
            "04",
            "isub",
            "encoding=hex",
            "tel:+49",
            "sip:555@h",
        ])
        .prop_map(str::to_owned),
        "[ -~\u{e9}\u{1f4de}]{0,6}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_in_these_headers_is_survived_and_the_call_is_made(texts in prop::collection::vec(header_text(), 4)) {
        let mut bench = Bench::new();
        let names = ["Diversion", "History-Info", "User-to-User", "P-Asserted-Identity"];
        let headers = names.iter().zip(&texts).map(|(name, text)| ((*name).to_owned(), text.clone())).collect();
        bench.at_phone(|p, now| p.invite(now, Invite { headers, ..Bench::phone_invite("100") }));
        let called = bench.setup_at_exchange().1.called;
        prop_assert_eq!(called, Number::new("100"));
    }
}
