//! Digits by SIP INFO: keyed at a phone and heard on the line, keyed in ISDN or heard by the media threads and told to a phone.

use call::words::{CallId, MediaCommand, MediaReport, Side, Terminal};
use insta::assert_snapshot;
use isdn::Connected;
use model::settings::Digits;
use sip::msg::dtmf::Keyed;
use sip::{Body, Endpoint, Event, Flow, Transport};

use crate::bench::{BOX, Bench, IN_BAND, PHONE, PHONE_OFFER, address, cause, ms, route, sdp, seconds};

/// A box whose phone is told of digits by INFO.
fn by_info() -> Bench {
    Bench::with(|s| s.peers[0].digits = Digits::Info)
}

/// Digits that the media threads were told to key, with their lengths, and whether to a line.
fn ordered(bench: &Bench) -> Vec<(String, u32, bool)> {
    let of = |command: &MediaCommand| match command {
        MediaCommand::Digits { to, digits, ms, .. } => Some((digits.clone(), *ms, matches!(to, Terminal::Channel { .. }))),
        _ => None,
    };
    bench.commands.iter().filter_map(of).collect()
}

fn line(digit: &str, ms: u32) -> (String, u32, bool) {
    (digit.to_owned(), ms, true)
}

/// Digits that the phone was told by INFO.
fn told_phone(bench: &Bench) -> Vec<(char, u32)> {
    let of = |event: &Event| match event {
        Event::Keyed { keyed: Keyed::Digit { digit, ms }, .. } => Some((*digit, *ms)),
        _ => None,
    };
    bench.phone_events.iter().filter_map(of).collect()
}

fn heard(bench: &mut Bench, from: Side, digit: char, ms: u32) {
    let report = MediaReport::Digit { call: CallId(1), from, digit, ms };
    bench.at_box(|engine, now| engine.handle_media(now, report));
}

/// The phone answers the box's last INFO with this status line, in place of the endpoint that is silent.
fn answer_info(bench: &mut Bench, status: &str) {
    let info = (*bench.sent("INFO ").last().unwrap()).to_owned();
    let copied = |name: &str| info.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let headers = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].map(copied).join("\r\n");
    let answer = format!("SIP/2.0 {status}\r\n{headers}\r\nContent-Length: 0\r\n\r\n");
    let flow = Flow { transport: Transport::Udp, local: address(BOX), remote: address(PHONE) };
    bench.at_box(|engine, now| engine.handle_datagram(now, flow, answer.as_bytes()));
}

#[test]
fn info_of_a_phone_in_an_answered_call_is_a_tone_on_the_line_of_its_length() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    for (digit, length) in [('5', 160), ('*', 20_000)] {
        bench.at_phone(|p, now| p.info(now, phone, &Body::digit(digit, length)));
    }
    assert_eq!(ordered(&bench), [line("5", 160), line("*", 10_000)]);
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn info_of_a_called_phone_is_a_tone_on_the_callers_line() {
    let mut bench = Bench::new();
    let (near, phone) = bench.answered_from_exchange();
    bench.at_phone(|p, now| p.info(now, phone, &Body::digit('D', 100)));
    assert_eq!(ordered(&bench), [line("D", 100)]);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn flash_by_info_is_200_and_a_note() {
    let mut bench = Bench::new();
    let (phone, _) = bench.answered_from_phone();
    let flash = Body { content_type: "application/dtmf-relay".into(), bytes: b"Signal=16\r\n".to_vec() };
    bench.at_phone(|p, now| p.info(now, phone, &flash));
    assert!(bench.phone_events.iter().any(|event| matches!(event, Event::InfoAnswered { result: Ok(()), .. })));
    assert_eq!((bench.lines(1, "hook flash by the caller: ignored"), ordered(&bench).len()), (1, 0));
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn digit_before_the_answer_reaches_a_line_that_speaks_and_is_lost_on_one_that_rings() {
    for (indicators, expected) in [(vec![IN_BAND], vec![line("1", 100)]), (vec![], vec![])] {
        let mut bench = Bench::new();
        bench.phone_calls("100");
        let far = bench.offered_to_exchange();
        bench.at_exchange(|x, now| x.proceeding(now, far, vec![]));
        bench.at_exchange(|x, now| x.alerting(now, far, indicators));
        early_info(&mut bench);
        assert_eq!(ordered(&bench), expected);
        let lost = bench.lines(1, "digit 1 not passed on: the other side has no audio");
        assert_eq!(lost, usize::from(expected.is_empty()), "{}", bench.story(1));
        bench.at_exchange(|x, now| x.clear(now, far, cause(17)));
        bench.assert_idle();
    }
}

/// INFO in the early dialog that the box's last provisional answer made; the phone's endpoint sends none before the answer.
fn early_info(bench: &mut Bench) {
    let answer = (*bench.sent("SIP/2.0 18").last().unwrap()).to_owned();
    let copied = |name: &str| answer.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let headers = ["From:", "To:", "Call-ID:"].map(copied).join("\r\n");
    let info = format!(
        "INFO sip:100@192.0.2.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP {PHONE};branch=z9hG4bKearly\r\n{headers}\r\nCSeq: 2 INFO\r\n\
         Content-Type: application/dtmf\r\nContent-Length: 1\r\n\r\n1"
    );
    let flow = Flow { transport: Transport::Udp, local: address(BOX), remote: address(PHONE) };
    bench.at_box(|engine, now| engine.handle_datagram(now, flow, info.as_bytes()));
    assert_eq!(bench.all_sent.iter().filter(|sent| sent.contains("CSeq: 2 INFO") && sent.starts_with("SIP/2.0 200")).count(), 1);
}

#[test]
fn keypad_to_a_phone_that_wants_info_is_one_info_a_digit_in_order() {
    let mut bench = by_info();
    let (near, _) = bench.answered_from_exchange();
    bench.at_exchange(|x, now| x.key(now, near, "*21#d-"));
    assert_eq!(told_phone(&bench), [('*', 100), ('2', 100), ('1', 100), ('#', 100), ('D', 100)]);
    assert!(ordered(&bench).is_empty(), "{:?}", bench.commands);
    assert_eq!(bench.lines(1, "digit - not passed on: it is no key"), 1);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    assert_snapshot!(bench.story(1));
    bench.assert_idle();
}

#[test]
fn second_digit_waits_for_the_answer_to_the_first() {
    let mut bench = by_info();
    let (near, _) = bench.answered_from_exchange();
    bench.silent = vec![address(PHONE)];
    bench.at_exchange(|x, now| x.key(now, near, "12"));
    assert_eq!(bench.sent("INFO ").len(), 1);
    answer_info(&mut bench, "200 OK");
    assert!(bench.sent("INFO ").last().unwrap().ends_with("\r\n\r\nSignal=2\r\nDuration=100\r\n"));
    bench.silent.clear();
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn digit_that_the_media_threads_report_is_an_info_with_its_length() {
    let mut bench = by_info();
    let (phone, _) = bench.answered_from_phone();
    heard(&mut bench, Side::Outgoing, '7', 230);
    assert_eq!(told_phone(&bench), [('7', 230)]);
    // The other way round it is a tone on the line: nothing that was reported is lost.
    heard(&mut bench, Side::Incoming, '8', 90);
    assert_eq!(ordered(&bench), [line("8", 90)]);
    assert_eq!(bench.lines(1, "audio: digit 7 keyed for 230 ms"), 1);
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn info_between_peers_is_what_the_other_peer_wants() {
    for (digits, by_rtp) in [(Digits::Rtp, 1), (Digits::Info, 0)] {
        let mut bench = Bench::with(|s| {
            let carrier = model::settings::Peer {
                name: "carrier".into(),
                address: "udp:192.0.2.3:5060".parse().unwrap(),
                digits,
                ..s.peers[0].clone()
            };
            s.peers.push(carrier);
            s.routes.push(route("phone", "7", "carrier", 0, ""));
        });
        let near = bench.phone_calls("700");
        let far = bench.offered_to_phone();
        bench.at_phone(|p, now| p.accept(now, far, &[], sdp(PHONE_OFFER)));
        bench.at_phone(|p, now| p.info(now, near, &Body::digit('#', 300)));
        assert_eq!(ordered(&bench), vec![("#".to_owned(), 300, false); by_rtp]);
        assert_eq!(told_phone(&bench), vec![('#', 300); 1 - by_rtp]);
        bench.at_phone(|p, now| p.hangup(now, near, 480, None, &[]));
        bench.assert_idle();
    }
}

#[test]
fn refused_info_is_a_note_and_the_call_and_the_next_digit_go_on() {
    for status in ["415 Unsupported Media Type", "405 Method Not Allowed", "500 Server Internal Error"] {
        let mut bench = by_info();
        let (near, _) = bench.answered_from_exchange();
        bench.silent = vec![address(PHONE)];
        bench.at_exchange(|x, now| x.key(now, near, "12"));
        answer_info(&mut bench, status);
        assert_eq!(bench.lines(1, &format!("digit 1 not passed on: INFO failed with {status}")), 1, "{}", bench.story(1));
        assert_eq!((bench.sent("INFO ").len(), bench.engine.held().calls), (2, 1));
        bench.silent.clear();
        bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
        bench.assert_idle();
    }
}

#[test]
fn info_to_a_phone_that_has_forgotten_the_call_clears_the_line() {
    let mut bench = by_info();
    let (near, _) = bench.answered_from_exchange();
    bench.phone = Endpoint::new(sip::Config::new([9; 32]));
    bench.at_exchange(|x, now| x.key(now, near, "12"));
    bench.run(ms(200));
    assert_eq!(bench.cleared_at_exchange(), Some(41));
    assert_eq!(bench.lines(1, "digit 1 not passed on: INFO failed with 481"), 1);
    assert_eq!(bench.sent("INFO ").len(), 1);
    bench.assert_idle();
}

#[test]
fn info_without_an_answer_clears_the_line_after_timer_f() {
    let mut bench = by_info();
    let (near, _) = bench.answered_from_exchange();
    bench.silent = vec![address(PHONE)];
    bench.at_exchange(|x, now| x.key(now, near, "1"));
    bench.run(seconds(31));
    assert_eq!(bench.cleared_at_exchange(), None);
    bench.run(seconds(2));
    assert_eq!(bench.cleared_at_exchange(), Some(41));
    bench.phone.hangup(bench.now(), bench.offered_to_phone(), 480, None, &[]);
    bench.silent.clear();
    bench.assert_idle();
}

#[test]
fn digits_beyond_those_that_may_wait_are_lost_with_a_note() {
    let mut bench = by_info();
    let (near, _) = bench.answered_from_exchange();
    bench.silent = vec![address(PHONE)];
    for _ in 0..7 {
        bench.at_exchange(|x, now| x.key(now, near, "1234567890"));
    }
    assert_eq!(bench.lines(1, "not passed on: too many wait"), 5, "one is sent and 64 wait");
    bench.silent.clear();
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

#[test]
fn info_in_a_data_call_is_no_tone_among_its_octets() {
    let mut bench = Bench::new();
    let clear =
        PHONE_OFFER.replace("RTP/AVP 8 0 101", "RTP/AVP 97").replace("a=rtpmap:8 PCMA/8000", "a=rtpmap:97 CLEARMODE/8000");
    let invite = sip::Invite { body: sdp(&clear), ..Bench::phone_invite("100") };
    let phone = bench.at_phone(|p, now| p.invite(now, invite));
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.connect(now, far, Connected::default()));
    bench.at_phone(|p, now| p.info(now, phone, &Body::digit('5', 160)));
    assert!(ordered(&bench).is_empty());
    assert_eq!(bench.lines(1, "digit 5 not passed on: the call carries data"), 1, "{}", bench.story(1));
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn digit_for_a_side_that_holds_and_has_no_channel_is_lost_with_a_note() {
    let mut bench = Bench::new();
    let (near, phone) = bench.answered_from_exchange();
    bench.at_exchange(|x, now| x.hold(now, near));
    bench.at_phone(|p, now| p.info(now, phone, &Body::digit('5', 160)));
    assert!(ordered(&bench).is_empty());
    assert_eq!(bench.lines(1, "digit 5 not passed on: the other side has no audio"), 1, "{}", bench.story(1));
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}
