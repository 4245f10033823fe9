//! Offer and answer (RFC 3264): our text as snapshots, the peers' text as tables.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use media::sdp::{Origin, Reason, Session, answer_to_sdp, offer_to_sdp, read_answer, read_offer};
use media::{Codec, Direction, Format, Offer};
use proptest::prelude::*;

const ORIGIN: Origin = Origin { id: 42, version: 1 };

fn ours() -> Offer {
    Offer::g711("192.0.2.1:16384".parse().unwrap(), Codec::Pcma)
}

fn theirs() -> Offer {
    Offer { telephone_event: Some(96), ..Offer::g711("192.0.2.9:4000".parse().unwrap(), Codec::Pcmu) }
}

fn sdp(rest: &str) -> String {
    format!("v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n{rest}")
}

#[test]
fn our_offer_as_text() {
    insta::assert_snapshot!(offer_to_sdp(&ours(), ORIGIN).replace("\r\n", "\n"), @r"
    v=0
    o=- 42 1 IN IP4 192.0.2.1
    s=-
    c=IN IP4 192.0.2.1
    t=0 0
    m=audio 16384 RTP/AVP 8 0 13 101
    a=rtpmap:8 PCMA/8000
    a=rtpmap:0 PCMU/8000
    a=rtpmap:13 CN/8000
    a=rtpmap:101 telephone-event/8000
    a=fmtp:101 0-16
    a=ptime:20
    a=sendrecv
    ");
}

#[test]
fn our_offer_over_ipv6_as_text() {
    let offer = Offer {
        address: "[2001:db8::1]:16384".parse().unwrap(),
        formats: vec![Format::of(Codec::Pcmu)],
        telephone_event: None,
        comfort_noise: false,
        ptime_ms: 30,
        direction: Direction::Inactive,
    };
    insta::assert_snapshot!(offer_to_sdp(&offer, ORIGIN).replace("\r\n", "\n"), @r"
    v=0
    o=- 42 1 IN IP6 2001:db8::1
    s=-
    c=IN IP6 2001:db8::1
    t=0 0
    m=audio 16384 RTP/AVP 0
    a=rtpmap:0 PCMU/8000
    a=ptime:30
    a=inactive
    ");
}

#[test]
fn baresip_offer_is_read() {
    let text = sdp(
        "a=tool:baresip 1.0.0\r\nm=audio 13568 RTP/AVP 0 8 101\r\nb=AS:125\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=rtcp:13569\r\na=sendrecv\r\na=label:1\r\na=ptime:20\r\n",
    );
    let expected = Offer {
        address: "192.0.2.9:13568".parse().unwrap(),
        formats: vec![Format::of(Codec::Pcmu), Format::of(Codec::Pcma)],
        telephone_event: Some(101),
        comfort_noise: false,
        ptime_ms: 20,
        direction: Direction::SendRecv,
    };
    assert_eq!(read_offer(&text).unwrap(), expected);
}

#[test]
fn sipp_offer_without_rtpmap_for_audio_is_read() {
    // The uac_pcap scenario that SIPp ships.
    let text = "v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 8 101\r\n\
a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-11,16\r\n";
    let expected = Offer {
        address: "127.0.0.1:6000".parse().unwrap(),
        formats: vec![Format::of(Codec::Pcma)],
        telephone_event: Some(101),
        comfort_noise: false,
        ptime_ms: 20,
        direction: Direction::SendRecv,
    };
    assert_eq!(read_offer(text).unwrap(), expected);
    let bare =
        "v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n";
    assert_eq!(read_offer(bare).unwrap(), Offer { formats: vec![Format::of(Codec::Pcmu)], telephone_event: None, ..expected });
}

#[test]
fn communicator_like_offer_gives_g711_of_its_many_codecs() {
    let text = sdp("b=CT:53980\r\nm=audio 21122 RTP/AVP 114 111 112 115 116 4 8 0 97 13 118 101\r\nk=base64:secret\r\n\
a=candidate:abc 1 def UDP 0.830 192.0.2.9 21122\r\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:secret|2^31|1:1\r\na=maxptime:200\r\na=rtcp:26002\r\n\
a=rtpmap:114 x-msrta/16000\r\na=rtpmap:111 SIREN/16000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=encryption:optional\r\n");
    let offer = read_offer(&text).unwrap();
    assert_eq!(offer.formats, [Format::of(Codec::Pcma), Format::of(Codec::Pcmu)]);
    assert_eq!((offer.telephone_event, offer.comfort_noise, offer.ptime_ms), (Some(101), true, 20));
}

#[test]
fn teams_like_offer_with_srtp_only_is_not_acceptable() {
    let text = sdp(
        "m=audio 50024 RTP/SAVP 104 9 8 0 101 13\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:secret\r\na=rtpmap:8 PCMA/8000\r\n",
    );
    let unacceptable = read_offer(&text).unwrap_err();
    assert_eq!((unacceptable.reason, unacceptable.status), (Reason::Transport("RTP/SAVP".into()), 488));
}

#[test]
fn what_cannot_be_agreed_to_says_why_and_with_which_status() {
    let origin = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n";
    let cases = [
        (sdp(""), Reason::NoAudio, 488),
        (sdp("m=video 5000 RTP/AVP 97\r\n"), Reason::NoAudio, 488),
        (sdp("m=audio 0 RTP/AVP 8\r\n"), Reason::NoAudio, 488),
        (sdp("m=audio 5000 RTP/AVP 4 18 101\r\n"), Reason::NoCodec("4 18 101".into()), 488),
        (format!("{origin}m=audio 5000 RTP/AVP 8\r\n"), Reason::NoConnection, 400),
        (format!("{origin}c=IN IP4 host.example\r\nm=audio 5000 RTP/AVP 8\r\n"), Reason::Address("host.example".into()), 488),
        (
            format!("{origin}c=IN IP4 224.2.36.42/127\r\nm=audio 5000 RTP/AVP 8\r\n"),
            Reason::Address("224.2.36.42/127".into()),
            488,
        ),
    ];
    for (text, reason, status) in cases {
        let unacceptable = read_offer(&text).unwrap_err();
        assert_eq!((unacceptable.reason, unacceptable.status), (reason, status), "{text}");
    }
    let unacceptable = read_offer("v=0\r\nrubbish").unwrap_err();
    assert_eq!((unacceptable.status, unacceptable.to_string().as_str()), (400, "sdp line 2 is not letter=value"));
}

#[test]
fn hold_is_read_in_all_its_forms() {
    for (lines, direction) in [
        ("m=audio 5000 RTP/AVP 8\r\na=sendonly\r\n", Direction::SendOnly),
        ("m=audio 5000 RTP/AVP 8\r\na=inactive\r\n", Direction::Inactive),
        ("a=inactive\r\nm=audio 5000 RTP/AVP 8\r\n", Direction::Inactive),
        ("a=inactive\r\nm=audio 5000 RTP/AVP 8\r\na=sendrecv\r\n", Direction::SendRecv),
        ("m=audio 5000 RTP/AVP 8\r\nc=IN IP4 0.0.0.0\r\n", Direction::SendOnly),
        ("m=audio 5000 RTP/AVP 8\r\nc=IN IP4 0.0.0.0\r\na=recvonly\r\n", Direction::Inactive),
    ] {
        assert_eq!(read_offer(&sdp(lines)).unwrap().direction, direction, "{lines}");
    }
}

#[test]
fn ptime_is_brought_to_what_a_stream_keeps() {
    for (lines, ptime) in [
        ("", 20),
        ("a=ptime:10\r\n", 10),
        ("a=ptime:30\r\n", 30),
        ("a=ptime:20.000\r\n", 20),
        ("a=ptime:25\r\n", 20),
        ("a=ptime:200\r\n", 60),
        ("a=ptime:0\r\n", 20),
        ("a=ptime:5\r\n", 10),
        ("a=ptime:x\r\n", 20),
        ("a=maxptime:10\r\n", 10),
        ("a=ptime:40\r\na=maxptime:30\r\n", 30),
    ] {
        assert_eq!(read_offer(&sdp(&format!("m=audio 5000 RTP/AVP 8\r\n{lines}"))).unwrap().ptime_ms, ptime, "{lines}");
    }
}

#[test]
fn answer_takes_our_first_codec_their_event_number_and_their_ptime() {
    let answered = ours().answer(&Offer { ptime_ms: 30, comfort_noise: false, ..theirs() }).unwrap();
    let expected = Offer {
        address: ours().address,
        formats: vec![Format::of(Codec::Pcma)],
        telephone_event: Some(96),
        comfort_noise: false,
        ptime_ms: 30,
        direction: Direction::SendRecv,
    };
    assert_eq!(answered, expected);
}

fn wideband() -> Offer {
    Offer { formats: [Codec::G722, Codec::Pcma].map(Format::of).to_vec(), ..ours() }
}

#[test]
fn offer_with_g722_names_it_with_the_clock_of_8000() {
    let text = offer_to_sdp(&wideband(), ORIGIN);
    let audio: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("m=")).take(3).collect();
    assert_eq!(audio, ["m=audio 16384 RTP/AVP 9 8 13 101", "a=rtpmap:9 G722/8000", "a=rtpmap:8 PCMA/8000"]);
}

#[test]
fn g722_of_a_peer_is_read_by_its_number_or_its_name() {
    for (format, lines, payload_type) in [
        ("9", "", 9),
        ("9", "a=rtpmap:9 G722/8000\r\n", 9),
        ("109", "a=rtpmap:109 g722/8000/1\r\n", 109),
        // The rate at which it samples is what some peers write (RFC 3551 section 4.5.2 says why it is 8000).
        ("9", "a=rtpmap:9 G722/16000\r\n", 9),
    ] {
        let offer = read_offer(&sdp(&format!("m=audio 5000 RTP/AVP {format}\r\n{lines}"))).unwrap();
        assert_eq!(offer.formats, [Format { codec: Codec::G722, payload_type }], "{lines}");
    }
}

#[test]
fn answer_of_g722_has_no_comfort_noise_and_that_of_g711_has() {
    for (theirs, codec) in [(wideband(), Codec::G722), (ours(), Codec::Pcma)] {
        let answered = wideband().answer(&theirs).unwrap();
        assert_eq!((&answered.formats[..], answered.comfort_noise), (&[Format::of(codec)][..], codec == Codec::Pcma));
        let text = answer_to_sdp(&offer_to_sdp(&theirs, ORIGIN), &Offer { comfort_noise: true, ..answered }, ORIGIN).unwrap();
        let read = read_answer(&wideband(), &text).unwrap();
        assert_eq!((&read.formats[..], read.comfort_noise), (&[Format::of(codec)][..], codec == Codec::Pcma));
    }
}

#[test]
fn answer_without_common_codec_is_488() {
    let ours = Offer { formats: vec![Format::of(Codec::Pcma)], ..ours() };
    let theirs = Offer { formats: vec![Format::of(Codec::Pcmu)], ..theirs() };
    let unacceptable = ours.answer(&theirs).unwrap_err();
    assert_eq!((unacceptable.reason, unacceptable.status), (Reason::NoCodec("PCMU".into()), 488));
}

#[test]
fn answered_direction_follows_rfc_3264_section_6_1() {
    use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
    for (offered, wanted, answered) in [
        (SendRecv, SendRecv, SendRecv),
        (SendRecv, SendOnly, SendOnly),
        (SendRecv, RecvOnly, RecvOnly),
        (SendRecv, Inactive, Inactive),
        (SendOnly, SendRecv, RecvOnly),
        (SendOnly, SendOnly, Inactive),
        (RecvOnly, SendRecv, SendOnly),
        (RecvOnly, RecvOnly, Inactive),
        (Inactive, SendRecv, Inactive),
    ] {
        let ours = Offer { direction: wanted, ..ours() };
        let theirs = Offer { direction: offered, ..theirs() };
        assert_eq!(ours.answer(&theirs).unwrap().direction, answered, "{offered:?} {wanted:?}");
    }
}

#[test]
fn answer_keeps_every_section_in_order_and_refuses_the_others() {
    let text = sdp("m=image 6000 udptl t38\r\na=T38FaxVersion:0\r\nm=audio 5002 RTP/SAVP 8\r\nm=audio 5000 RTP/AVP 0 8 96\r\n\
a=rtpmap:96 telephone-event/8000\r\nm=video 5004/2 RTP/AVP 97 98\r\n")
    .replace("t=0 0", "t=3724394400 3724398000");
    let theirs = read_offer(&text).unwrap();
    assert_eq!(theirs.address.port(), 5000, "the first audio that can be agreed to");
    let answered = ours().answer(&theirs).unwrap();
    insta::assert_snapshot!(answer_to_sdp(&text, &answered, ORIGIN).unwrap().replace("\r\n", "\n"), @r"
    v=0
    o=- 42 1 IN IP4 192.0.2.1
    s=-
    c=IN IP4 192.0.2.1
    t=3724394400 3724398000
    m=image 0 udptl t38
    m=audio 0 RTP/SAVP 8
    m=audio 16384 RTP/AVP 8 96
    a=rtpmap:8 PCMA/8000
    a=rtpmap:96 telephone-event/8000
    a=fmtp:96 0-16
    a=ptime:20
    a=sendrecv
    m=video 0 RTP/AVP 97 98
    ");
}

#[test]
fn offer_answered_and_read_gives_both_ends_the_same_call() {
    // The far end plays with the same crate: it prefers mu-law and uses 96 for events.
    let offered = offer_to_sdp(&ours(), ORIGIN);
    let at_their_end = theirs().answer(&read_offer(&offered).unwrap()).unwrap();
    let text = answer_to_sdp(&offered, &at_their_end, Origin { id: 7, version: 7 }).unwrap();
    let negotiated = read_answer(&ours(), &text).unwrap();
    let expected = Offer {
        address: theirs().address,
        formats: vec![Format::of(Codec::Pcmu)],
        telephone_event: Some(101),
        comfort_noise: true,
        ptime_ms: 20,
        direction: Direction::SendRecv,
    };
    assert_eq!(negotiated, expected);
    assert_eq!(at_their_end.formats, negotiated.formats);
}

#[test]
fn answer_on_hold_gives_our_direction() {
    let text = sdp("m=audio 4000 RTP/AVP 0 8\r\na=recvonly\r\n");
    let negotiated = read_answer(&ours(), &text).unwrap();
    assert_eq!((negotiated.direction, negotiated.formats), (Direction::SendOnly, vec![Format::of(Codec::Pcmu)]));
}

#[test]
fn answer_that_refuses_or_answers_something_else_is_not_acceptable() {
    let only_a = Offer { formats: vec![Format::of(Codec::Pcma)], ..ours() };
    for (rest, reason) in [
        ("m=audio 0 RTP/AVP 8\r\n", Reason::Refused),
        ("m=video 4000 RTP/AVP 97\r\n", Reason::NoAudio),
        ("", Reason::NoAudio),
        ("m=audio 4000 RTP/SAVP 8\r\n", Reason::Transport("RTP/SAVP".into())),
        ("m=audio 4000 RTP/AVP 0\r\n", Reason::NoCodec("PCMU".into())),
    ] {
        let unacceptable = read_answer(&only_a, &sdp(rest)).unwrap_err();
        assert_eq!((unacceptable.reason, unacceptable.status), (reason, 488), "{rest}");
    }
}

fn direction() -> impl Strategy<Value = Direction> {
    (any::<bool>(), any::<bool>()).prop_map(|(sends, receives)| Direction::of(sends, receives))
}

fn offer() -> impl Strategy<Value = Offer> {
    let formats = prop::sample::select(vec![
        vec![Format::of(Codec::Pcma)],
        vec![Format::of(Codec::Pcmu)],
        vec![Format::of(Codec::Pcma), Format::of(Codec::Pcmu)],
        vec![Format::of(Codec::Pcmu), Format::of(Codec::Pcma)],
    ]);
    let address = (any::<[u8; 4]>(), 1024u16..65535)
        .prop_filter("unicast", |(ip, _)| ip[0] > 0 && ip[0] < 224)
        .prop_map(|(ip, port)| (ip, port).into());
    (address, formats, prop::option::of(96u8..128), any::<bool>(), 1u8..=6, direction()).prop_map(
        |(address, formats, telephone_event, comfort_noise, tens, direction)| Offer {
            address,
            formats,
            telephone_event,
            comfort_noise,
            ptime_ms: tens * 10,
            direction,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn read_of_print_is_the_offer(offer in offer()) {
        prop_assert_eq!(read_offer(&offer_to_sdp(&offer, ORIGIN)).unwrap(), offer);
    }

    #[test]
    fn every_answer_has_as_many_sections_as_its_offer(
        offer in offer(), extra in prop::collection::vec("(audio|video|image) (0|5000) (RTP/AVP|RTP/SAVP|udptl) [0-9]{1,3}", 0..5), at in 0usize..6
    ) {
        let mut text = offer_to_sdp(&offer, ORIGIN);
        let (session, audio) = text.split_once("m=").map(|(a, b)| (a.to_owned(), format!("m={b}"))).unwrap();
        let mut sections: Vec<String> = extra.iter().map(|line| format!("m={line}\r\n")).collect();
        sections.insert(at.min(sections.len()), audio);
        text = session + &sections.concat();
        let theirs = read_offer(&text).unwrap();
        if let Ok(answered) = ours().answer(&theirs) {
            let text = answer_to_sdp(&text, &answered, ORIGIN).unwrap();
            let answer = Session::parse(&text).unwrap();
            prop_assert_eq!(answer.media.len(), sections.len());
            prop_assert_eq!(answer.media.iter().filter(|media| media.port != 0).count(), 1);
        }
    }
}
