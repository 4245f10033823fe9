//! The torture messages of RFC 4475: what the parser makes of each, and what an endpoint answers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod bench;

use std::path::PathBuf;

use bench::Alone;
use sip::msg::Method;
use sip::{Message, Response};

fn vector(name: &str) -> Vec<u8> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/vectors/rfc4475", &format!("{name}.sip")].iter().collect();
    std::fs::read(path).unwrap()
}

fn parse(name: &str) -> Message {
    Message::parse(&vector(name)).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

/// What the endpoint sends first when `name` comes: status and phrase, or nothing.
fn answer(name: &str) -> String {
    let sent = Alone::new().send_bytes(&vector(name));
    sent.first().map_or_else(
        || "nothing".to_owned(),
        |answer| answer.lines().next().unwrap().strip_prefix("SIP/2.0 ").unwrap().to_owned(),
    )
}

/// Section, message, answer of an endpoint that serves INVITE, BYE, CANCEL, ACK and OPTIONS.
const VALID: [(&str, &str, &str); 13] = [
    ("3.1.1.1", "wsinv", "481 Call/Transaction Does Not Exist"), // its To has a tag
    ("3.1.1.2", "intmeth", "501 Not Implemented"),
    ("3.1.1.3", "esc01", "100 Trying"),
    ("3.1.1.4", "escnull", "405 Method Not Allowed"),
    ("3.1.1.5", "esc02", "501 Not Implemented"),
    ("3.1.1.6", "lwsdisp", "200 OK"),
    ("3.1.1.7", "longreq", "100 Trying"),
    ("3.1.1.8", "dblreq", "405 Method Not Allowed"),
    ("3.1.1.9", "semiuri", "200 OK"),
    ("3.1.1.10", "transports", "200 OK"),
    ("3.1.1.11", "mpart01", "405 Method Not Allowed"),
    ("3.1.1.12", "unreason", "nothing"),
    ("3.1.1.13", "noreason", "nothing"),
];

/// Section, message, answer. Those of 3.1.2 that the RFC lets a lenient element take are marked by their answer.
const INVALID: [(&str, &str, &str); 19] = [
    ("3.1.2.1", "badinv01", "nothing"), // its Via cannot be read, so there is nowhere to answer to
    ("3.1.2.2", "clerr", "400 Bad Request (Content-Length 9999, but 150 bytes follow)"),
    ("3.1.2.3", "ncl", "400 Bad Request (Content-Length: '-999' is no number)"),
    ("3.1.2.4", "scalar02", "400 Bad Request (CSeq: 36893488147419103232 is more than 4294967295)"),
    ("3.1.2.5", "scalarlg", "nothing"),
    ("3.1.2.6", "quotbal", "400 Bad Request (To: quoted string without end in '\"Mr. J. User <sip:j.user@example.com>')"),
    ("3.1.2.7", "ltgtruri", "400 Bad Request (Request-URI: '<' in URI '<sip:user@example.com>')"),
    ("3.1.2.8", "lwsruri", "400 Bad Request (Request-URI: ' ' in URI 'sip:user@example.com; lr')"),
    ("3.1.2.9", "lwsstart", "400 Bad Request (Request-URI: ' ' in URI ' sip:user@example.com ')"),
    ("3.1.2.10", "trws", "400 Bad Request (request line does not end in SIP/2.0)"),
    ("3.1.2.11", "escruri", "400 Bad Request (headers in the Request-URI)"),
    ("3.1.2.12", "baddate", "100 Trying"), // we do not read Date
    (
        "3.1.2.13",
        "regbadct",
        "400 Bad Request (Contact: URI 'sip:user@example.com?Route=%3Csip:sip.example.com%3E' must stand in '<' and '>')",
    ),
    ("3.1.2.14", "badaspec", "200 OK"), // space inside of the brackets is dropped
    ("3.1.2.15", "baddn", "400 Bad Request (From: ',' in display name 'Bell, Alexander' without quotes)"),
    ("3.1.2.16", "badvers", "nothing"), // its Via is of SIP/7.0 as well
    ("3.1.2.17", "mismatch01", "400 Bad Request (CSeq method INVITE in a OPTIONS request)"),
    ("3.1.2.18", "mismatch02", "400 Bad Request (CSeq method INVITE in a NEWMETHOD request)"),
    ("3.1.2.19", "bigcode", "nothing"),
];

/// Section, message, answer: well-formed, but not to be served without thought.
const SEMANTIC: [(&str, &str, &str); 17] = [
    ("3.2.1", "badbranch", "200 OK"),
    ("3.3.1", "insuf", "400 Bad Request (missing From)"),
    ("3.3.2", "unkscm", "416 Unsupported URI Scheme"),
    ("3.3.3", "novelsc", "416 Unsupported URI Scheme"),
    ("3.3.4", "unksm2", "405 Method Not Allowed"),
    ("3.3.5", "bext01", "420 Bad Extension"),
    ("3.3.6", "invut", "415 Unsupported Media Type"),
    ("3.3.7", "regaut01", "405 Method Not Allowed"),
    ("3.3.8", "multi01", "400 Bad Request (more than one From)"),
    ("3.3.9", "mcl01", "400 Bad Request (more than one Content-Length)"),
    ("3.3.10", "bcast", "nothing"),
    ("3.3.11", "zeromf", "200 OK"),
    ("3.3.12", "cparam01", "405 Method Not Allowed"),
    ("3.3.13", "cparam02", "405 Method Not Allowed"),
    ("3.3.14", "regescrt", "405 Method Not Allowed"),
    ("3.3.15", "sdp01", "100 Trying"),
    // 3.4.1: RFC 2543 allows it, but a call without Contact has no remote target.
    ("3.4.1", "inv2543", "400 Bad Request (INVITE without Contact)"),
];

#[test]
fn every_message_gets_its_answer() {
    let all = VALID.iter().chain(&INVALID).chain(&SEMANTIC);
    let wrong: Vec<_> =
        all.map(|(section, name, expected)| (section, name, answer(name), *expected)).filter(|w| w.2 != w.3).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_valid_message_is_kept_byte_for_byte() {
    for (section, name, _) in VALID {
        let bytes = vector(name);
        let printed = parse(name).to_bytes();
        assert_eq!(printed, bytes[..printed.len()], "{section} {name}");
        // 3.1.1.8: what follows Content-Length in a datagram is dropped.
        assert_eq!(printed.len() == bytes.len(), name != "dblreq", "{section} {name}");
    }
}

#[test]
fn wsinv_is_understood() {
    let message = parse("wsinv");
    let headers = message.headers();
    assert_eq!(headers.to().unwrap().tag(), Some("1918181833n"));
    assert_eq!(headers.from().unwrap().display.as_deref(), Some("J Rosenberg \\\""));
    assert_eq!((headers.max_forwards(), headers.cseq().unwrap().number), (Some(68), 9));
    assert_eq!(headers.list("Via").unwrap().len(), 3);
    let hosts: Vec<_> = headers.list("v").unwrap().into_iter().map(|via| sip::msg::Via::parse(via).unwrap().host).collect();
    assert_eq!(hosts, ["192.0.2.2", "spindle.example.com", "192.168.255.111"]);
    assert_eq!(
        (headers.get("Subject"), headers.get("newfangledheader")),
        (Some(""), Some("newfangled value continued newfangled value"))
    );
    let contact = headers.contact().unwrap();
    assert_eq!(
        (contact.display.as_deref(), contact.params.get("q"), contact.params.get("secondparam")),
        (Some("Quoted string \"\""), Some("0.33"), Some(""))
    );
    assert_eq!(message.body().len(), 150);
}

#[test]
fn intmeth_is_understood() {
    let Message::Request(request) = parse("intmeth") else { panic!() };
    assert_eq!(request.method, Method::Other("!interesting-Method0123456789_*+`.%indeed'~".to_owned()));
    assert_eq!(request.uri.host(), Some("example.com"));
    assert_eq!(request.headers.to().unwrap().display.as_deref(), Some("BEL:\u{7} NUL:\0 DEL:\u{7f}"));
    assert_eq!(request.headers.from().unwrap().tag(), Some("_token~1'+`*%!-."));
    assert_eq!(request.headers.get("extensionHeader-!.%*+_`'~"), Some("\u{feff}\u{5927}\u{505c}\u{96fb}"));
}

#[test]
fn escapes_are_understood_where_they_are_escapes() {
    let Message::Request(request) = parse("esc01") else { panic!() };
    assert_eq!(request.uri.user_number(), Some("sips:user@example.com"));
    assert_eq!(request.headers.to().unwrap().uri.user_number(), Some("user"));
    assert_eq!(request.headers.from().unwrap().uri.user_number(), Some("I have spaces"));
    let Message::Request(request) = parse("esc02") else { panic!() };
    assert_eq!(request.method, Method::Other("RE%47IST%45R".to_owned()));
    assert_eq!(request.headers.from().unwrap().display.as_deref(), Some("%Z%45"));
    assert_eq!(request.headers.get_all("Contact").count(), 2, "C%6Fntact is another header");
}

#[test]
fn reasons_are_kept() {
    let reason = |name: &str| match parse(name) {
        Message::Response(Response { status, reason, .. }) => (status, reason),
        Message::Request(request) => panic!("{request:?}"),
    };
    assert_eq!(reason("unreason"), (200, "= 2**3 * 5**2 но сто девяносто девять - простое".to_owned()));
    assert_eq!(reason("noreason"), (100, String::new()));
}
