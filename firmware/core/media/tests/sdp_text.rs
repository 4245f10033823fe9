//! SDP text: what peers really send comes back as it was, what is no SDP is named.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use media::sdp::{Connection, Line, Malformed, Media, Session, SessionOrigin};
use proptest::prelude::*;

/// What baresip 1.0 offers.
const BARESIP: &str = "v=0\r\no=- 4164587541 2817302114 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\na=tool:baresip 1.0.0\r\n\
m=audio 13568 RTP/AVP 0 8 101\r\nb=AS:125\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
a=fmtp:101 0-15\r\na=rtcp:13569\r\na=sendrecv\r\na=label:1\r\na=ssrc:3110349204 cname:sip:a@10.0.0.2\r\na=ptime:20\r\n";

#[test]
fn typical_offer_prints_as_it_was_read() {
    let session = Session::parse(BARESIP).unwrap();
    assert_eq!(session.to_string(), BARESIP);
    let audio = &session.media[0];
    assert_eq!((audio.port, audio.formats.len(), audio.attribute("label")), (13568, 3, Some("1")));
    assert_eq!(session.connection_of(audio).unwrap().address, "10.0.0.2");
    assert_eq!(session.origin().unwrap().id, "4164587541");
    assert_eq!(audio.payload_type_of("telephone-event/8000"), Some(101));
    assert_eq!(audio.payload_type_of("opus/48000/2"), None);
}

#[test]
fn bare_line_feeds_missing_lines_and_blank_ends_are_taken() {
    let session = Session::parse("v=0\no=- 1 1 IN IP4 1.2.3.4\nc=IN IP4 1.2.3.4\nm=audio 4000/2  RTP/AVP  8\n\n\n").unwrap();
    assert_eq!((session.media[0].port, session.media[0].port_count), (4000, Some(2)));
    assert_eq!(session.to_string(), "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\nc=IN IP4 1.2.3.4\r\nm=audio 4000/2 RTP/AVP 8\r\n");
}

#[test]
fn text_that_is_no_sdp_is_named_by_line() {
    let field = |line, letter, what| Malformed::Field { line, letter, what };
    for (text, expected) in [
        ("", Malformed::Version),
        ("v=1\r\n", Malformed::Version),
        ("hello", Malformed::Version),
        ("v=0\r\ns=-\r\n", Malformed::NoOrigin),
        ("v=0\r\no=- 1 1 IN IP4\r\n", field(2, 'o', "no address")),
        ("v=0\r\n\r\nnonsense\r\n", Malformed::Shape(3)),
        ("v=0\r\nab=c\r\n", Malformed::Shape(2)),
        ("v=0\r\nm=audio x RTP/AVP 0\r\n", field(2, 'm', "port is no number up to 65535")),
        ("v=0\r\nm=audio 65536 RTP/AVP 0\r\n", field(2, 'm', "port is no number up to 65535")),
        ("v=0\r\nm=audio 4000 RTP/AVP\r\n", field(2, 'm', "no format")),
        ("v=0\r\nc=IN\r\n", field(2, 'c', "no address type")),
    ] {
        assert_eq!(Session::parse(text), Err(expected), "{text:?}");
    }
    assert_eq!(Session::parse(&format!("v=0\r\n{}", "a=b\r\n".repeat(3000))), Err(Malformed::TooLarge("2000 lines")));
    assert_eq!(Session::parse(&format!("v=0\r\n{}", "m=a 1 b c\r\n".repeat(65))), Err(Malformed::TooLarge("64 media sections")));
    assert_eq!(Session::parse(&"v".repeat(70_000)), Err(Malformed::TooLarge("65536 octets")));
}

#[test]
fn error_text_never_holds_what_the_line_held() {
    let error = Session::parse("v=0\r\nsecret-key-material\r\n").unwrap_err();
    assert_eq!(error.to_string(), "sdp line 2 is not letter=value");
}

fn token() -> impl Strategy<Value = String> {
    "[A-Za-z0-9./-]{1,12}"
}

fn connection() -> impl Strategy<Value = Connection> {
    (token(), token(), token()).prop_map(|(network, address_type, address)| Connection { network, address_type, address })
}

fn line() -> impl Strategy<Value = Line> {
    prop_oneof![
        connection().prop_map(Line::Connection),
        ("[a-z-]{1,10}", prop::option::of("[ -~]{0,20}")).prop_map(|(name, value)| Line::Attribute { name, value }),
        ("[bdefghijklnpqrstuwxyzA-Z]", "[ -~]{0,20}")
            .prop_map(|(letter, value)| Line::Other { letter: letter.chars().next().unwrap(), value }),
    ]
}

fn media() -> impl Strategy<Value = Media> {
    let lines = prop::collection::vec(line(), 0..6);
    (token(), any::<u16>(), any::<Option<u16>>(), token(), prop::collection::vec(token(), 1..5), lines)
        .prop_map(|(kind, port, port_count, protocol, formats, lines)| Media { kind, port, port_count, protocol, formats, lines })
}

fn session() -> impl Strategy<Value = Session> {
    let origin = (token(), token(), token(), connection())
        .prop_map(|(username, id, version, connection)| Line::Origin(SessionOrigin { username, id, version, connection }));
    (origin, prop::collection::vec(line(), 0..6), prop::collection::vec(media(), 0..4)).prop_map(|(origin, mut lines, media)| {
        lines.insert(0, origin);
        Session { lines, media }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn parse_of_print_is_the_session(session in session()) {
        prop_assert_eq!(Session::parse(&session.to_string()).unwrap(), session);
    }

    #[test]
    fn parse_survives_every_text(text in any::<String>()) {
        let _ = Session::parse(&text);
    }

    #[test]
    fn parse_survives_damaged_sdp(at in 0usize..400, with in any::<char>(), cut: bool) {
        let damaged: String = if cut {
            BARESIP.chars().take(at).collect()
        } else {
            BARESIP.chars().enumerate().map(|(index, known)| if index == at { with } else { known }).collect()
        };
        if let Ok(session) = Session::parse(&damaged) {
            prop_assert_eq!(Session::parse(&session.to_string()).unwrap(), session);
        }
    }
}
