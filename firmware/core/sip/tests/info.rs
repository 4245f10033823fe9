//! INFO in a call: what comes is answered and told, what we send is decided one by one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod bench;

use std::time::Duration;

use bench::{Alone, Ends, OFFER, lossy, pair, request, sdp, to_tag, up};
use sip::msg::dtmf::Keyed;
use sip::{Body, CallId, EndedBy, Event, Transport};

const RELAY: &str = "Content-Type: application/dtmf-relay\n";

fn status(answers: &[String]) -> &str {
    assert_eq!(answers.len(), 1, "{answers:?}");
    answers[0].split("\r\n").next().unwrap().strip_prefix("SIP/2.0 ").unwrap_or(&answers[0])
}

fn invited() -> (Alone, CallId) {
    let mut alone = Alone::new();
    alone.send(&request("INVITE", "first", "", 1, "Content-Type: application/sdp\n", &OFFER.replace("\r\n", "\n")));
    let call = bench::incoming(&alone.events());
    (alone, call)
}

/// An endpoint with one call, up; gives our tag too.
fn with_call() -> (Alone, CallId, String) {
    let (mut alone, call) = invited();
    alone.endpoint.accept(alone.now, call, &[], sdp());
    let tag = to_tag(&alone.sent()[0]);
    alone.send(&request("ACK", "ack", &tag, 1, "", ""));
    alone.events();
    (alone, call, tag)
}

#[track_caller]
fn keyed(alone: &mut Alone) -> Vec<Keyed> {
    let of = |event: Event| if let Event::Keyed { keyed, .. } = event { keyed } else { panic!("{event:?}") };
    alone.events().into_iter().map(of).collect()
}

#[test]
fn up_info_with_a_digit_is_200_and_told() {
    let (mut alone, _, tag) = with_call();
    let relay = request("INFO", "i2", &tag, 2, RELAY, "Signal=5\nDuration=160\n");
    assert_eq!(status(&alone.send(&relay)), "200 OK");
    assert_eq!(keyed(&mut alone), [Keyed::Digit { digit: '5', ms: 160 }]);
    let bare = request("INFO", "i3", &tag, 3, "Content-Type: Application/DTMF; charset=utf-8\n", "#");
    assert_eq!(status(&alone.send(&bare)), "200 OK");
    assert_eq!(keyed(&mut alone), [Keyed::Digit { digit: '#', ms: 100 }]);
    let flash = request("INFO", "i4", &tag, 4, RELAY, "Signal=16\n");
    assert_eq!(status(&alone.send(&flash)), "200 OK");
    assert_eq!(keyed(&mut alone), [Keyed::Flash]);
}

#[test]
fn up_info_that_comes_again_is_answered_again_and_told_once() {
    let (mut alone, _, tag) = with_call();
    let info = request("INFO", "i", &tag, 2, RELAY, "Signal=5\n");
    let first = alone.send(&info);
    assert_eq!(alone.send(&info), first);
    assert_eq!(keyed(&mut alone).len(), 1);
    assert_eq!(alone.endpoint.stats().repeats_out, 1);
}

#[test]
fn up_info_with_a_lower_sequence_number_is_500_and_not_told() {
    let (mut alone, _, tag) = with_call();
    alone.send(&request("INFO", "new", &tag, 9, RELAY, "Signal=1\n"));
    let answers = alone.send(&request("INFO", "old", &tag, 8, RELAY, "Signal=2\n"));
    assert!(status(&answers).starts_with("500 Server Internal Error"), "{answers:?}");
    assert_eq!(keyed(&mut alone), [Keyed::Digit { digit: '1', ms: 100 }]);
}

#[test]
fn up_info_that_says_nothing_for_us_is_refused_or_200_and_not_told() {
    let (mut alone, _, tag) = with_call();
    for (number, extra, body, expected, header) in [
        (2, "", "", "200 OK", ""),
        (3, RELAY, "", "200 OK", ""),
        (
            4,
            "Content-Type: application/json\n",
            "{}",
            "415 Unsupported Media Type",
            "Accept: application/dtmf-relay, application/dtmf",
        ),
        (5, "", "5", "415 Unsupported Media Type", "Accept: "),
        (6, "Content-Type: text/plain\nContent-Disposition: x;handling=optional\n", "5", "200 OK", ""),
        (
            7,
            "Content-Encoding: gzip\nContent-Type: application/dtmf\n",
            "5",
            "415 Unsupported Media Type",
            "Accept-Encoding: identity",
        ),
        (8, "Info-Package: conference\nContent-Type: application/dtmf\n", "5", "469 Bad Info Package", "Recv-Info:"),
        (9, RELAY, "Duration=100\n", "400 Bad Request (body has no signal)", ""),
        (10, RELAY, "Signal=X\n", "400 Bad Request (signal is no key)", ""),
    ] {
        let answers = alone.send(&request("INFO", &format!("i{number}"), &tag, number, extra, body));
        assert_eq!(status(&answers), expected, "{extra}{body}");
        assert!(answers[0].contains(header), "{}", answers[0]);
    }
    assert!(alone.events().is_empty());
    assert_eq!((alone.endpoint.stats().refused, alone.endpoint.stats().calls), (6, 1));
}

#[test]
fn info_without_its_dialog_is_481() {
    let (mut alone, _, tag) = with_call();
    assert_eq!(status(&alone.send(&request("INFO", "a", "", 2, RELAY, "Signal=5\n"))), "481 Call/Transaction Does Not Exist");
    assert_eq!(status(&alone.send(&request("INFO", "b", "nope", 2, RELAY, "Signal=5\n"))), "481 Call/Transaction Does Not Exist");
    let foreign = request("INFO", "c", &tag, 2, RELAY, "Signal=5\n").replace("tag=peer", "tag=other");
    assert_eq!(status(&alone.send(&foreign)), "481 Call/Transaction Does Not Exist");
    assert!(alone.events().is_empty());
}

#[test]
fn ringing_info_of_the_caller_is_200_and_told_and_ending_481() {
    let (mut alone, call) = invited();
    alone.endpoint.provisional(alone.now, call, 183, &[], sdp());
    let tag = to_tag(&alone.sent()[0]);
    assert_eq!(status(&alone.send(&request("INFO", "early", &tag, 2, RELAY, "Signal=7\n"))), "200 OK");
    assert_eq!(keyed(&mut alone), [Keyed::Digit { digit: '7', ms: 100 }]);
    alone.endpoint.accept(alone.now, call, &[], sdp());
    alone.sent();
    assert_eq!(status(&alone.send(&request("INFO", "i", &tag, 3, RELAY, "Signal=8\n"))), "200 OK");
    assert_eq!(keyed(&mut alone), [Keyed::Digit { digit: '8', ms: 100 }], "the ACK may be lost or late");
    alone.send(&request("ACK", "ack", &tag, 1, "", ""));
    alone.events();
    alone.endpoint.hangup(alone.now, call, 480, None, &[]);
    alone.sent();
    let late = alone.send(&request("INFO", "late", &tag, 4, RELAY, "Signal=9\n"));
    assert_eq!(status(&late), "481 Call/Transaction Does Not Exist");
    assert!(alone.events().is_empty());
}

#[test]
fn inviting_info_of_the_callee_in_its_early_dialog_is_200_and_told() {
    let mut alone = Alone::new();
    let call = alone.endpoint.invite(alone.now, bench::invite(alone.flow));
    let invite = alone.sent().remove(0);
    let copied = |name: &str| invite.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let [via, from, to, id, cseq] = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].map(copied);
    alone.send(&format!("SIP/2.0 183 Progress\n{via}\n{from}\n{to};tag=peer\n{id}\n{cseq}\nContent-Length: 0\n\n"));
    alone.events();
    let info = request("INFO", "early", &to_tag(&from.replace("From:", "To:")), 1, RELAY, "Signal=3\n");
    let info = info.replace("Call-ID: raw@192.0.2.1", &id);
    assert_eq!(status(&alone.send(&info)), "200 OK");
    assert_eq!(alone.events(), [Event::Keyed { call, keyed: Keyed::Digit { digit: '3', ms: 100 } }]);
}

fn answered(events: &[Event]) -> Vec<Result<(), u16>> {
    let of = |event: &Event| if let Event::InfoAnswered { result, .. } = event { Some(*result) } else { None };
    events.iter().filter_map(of).collect()
}

fn told(events: &[Event]) -> String {
    let of = |event: &Event| if let Event::Keyed { keyed: Keyed::Digit { digit, .. }, .. } = event { Some(*digit) } else { None };
    events.iter().filter_map(of).collect()
}

/// Alice tells Bob these digits, one after the other.
fn tell(pair: &mut Ends, alice: CallId, digits: &str) {
    for digit in digits.chars() {
        let (now, before) = (pair.now(), answered(&pair.left_events).len());
        pair.left.info(now, alice, &Body::digit(digit, 160));
        pair.drain();
        while answered(&pair.left_events).len() == before {
            assert!(pair.step(), "never answered:\n{}", pair.ladder);
        }
    }
}

#[test]
fn up_info_of_ours_is_answered() {
    let mut pair = pair();
    let (alice, _) = up(&mut pair, Transport::Udp);
    tell(&mut pair, alice, "5");
    assert_eq!(answered(&pair.left_events), [Ok(())]);
    assert_eq!(
        pair.right_events.last().map(|event| format!("{event:?}")).unwrap(),
        "Keyed { call: CallId(1), keyed: Digit { digit: '5', ms: 160 } }"
    );
    insta::assert_snapshot!(pair.ladder);
}

#[test]
fn up_digits_over_a_lossy_link_arrive_once_and_in_order() {
    for seed in 0..20 {
        let mut pair = lossy(0.2, seed);
        let (alice, _) = up(&mut pair, Transport::Udp);
        tell(&mut pair, alice, "0123456789*#");
        assert_eq!(told(&pair.right_events), "0123456789*#", "seed {seed}");
    }
}

/// What Alice is told when her INFO gets this answer, and what else she sends.
fn after_answer(answer: &str) -> (Vec<Event>, Vec<String>, Alone) {
    let (mut alone, call, _) = with_call();
    alone.endpoint.info(alone.now, call, &Body::digit('5', 160));
    let info = alone.sent().remove(0);
    assert!(info.starts_with("INFO sip:200@192.0.2.1:5060 SIP/2.0\r\n"), "{info}");
    assert!(info.contains("\r\nCSeq: 1 INFO\r\n") && info.ends_with("\r\n\r\nSignal=5\r\nDuration=160\r\n"), "{info}");
    let copied = |name: &str| info.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let [via, from, to, id, cseq] = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].map(copied);
    let sent = alone.send(&format!("SIP/2.0 {answer}\n{via}\n{from}\n{to}\n{id}\n{cseq}\nContent-Length: 0\n\n"));
    (alone.events(), sent, alone)
}

#[test]
fn up_info_of_ours_refused_leaves_the_call_up_and_the_next_may_follow() {
    for (answer, status) in [("415 Unsupported Media Type", 415), ("405 No", 405), ("503 Busy", 503), ("603 Decline", 603)] {
        let (events, sent, mut alone) = after_answer(answer);
        assert_eq!(answered(&events), [Err(status)]);
        assert!(events.len() == 1 && sent.is_empty(), "{events:?} {sent:?}");
        alone.endpoint.info(alone.now, CallId(1), &Body::digit('6', 160));
        assert!(alone.sent()[0].contains("\r\nCSeq: 2 INFO\r\n"));
        assert_eq!(alone.endpoint.stats().misuse, 0);
    }
}

#[test]
fn up_info_of_ours_answered_200_is_not_acknowledged() {
    let (events, sent, _) = after_answer("200 OK");
    assert_eq!(answered(&events), [Ok(())]);
    assert!(sent.is_empty(), "{sent:?}");
}

#[test]
fn up_info_of_ours_answered_481_ends_the_call_and_408_by_bye() {
    let (events, sent, alone) = after_answer("481 Gone");
    assert!(
        matches!(&events[..], [Event::InfoAnswered { result: Err(481), .. }, Event::Ended { by: EndedBy::SessionLost, .. }]),
        "{events:?}"
    );
    assert!(sent.is_empty());
    assert_eq!(alone.endpoint.stats().calls, 0);
    let (events, sent, alone) = after_answer("408 Late");
    assert!(
        matches!(&events[..], [Event::InfoAnswered { result: Err(408), .. }, Event::Ended { by: EndedBy::SessionLost, .. }]),
        "{events:?}"
    );
    assert!(sent[0].starts_with("BYE "), "{sent:?}");
    assert_eq!(alone.endpoint.stats().calls, 0);
}

#[test]
fn up_info_of_ours_without_an_answer_ends_the_call_after_timer_f() {
    let (mut alone, call, _) = with_call();
    alone.endpoint.info(alone.now, call, &Body::digit('5', 160));
    let end = alone.now + Duration::from_secs(40);
    while let Some(at) = alone.endpoint.poll_timeout().filter(|at| *at <= end) {
        alone.now = at;
        alone.endpoint.handle_timeout(at);
    }
    assert!(matches!(
        &alone.events()[..],
        [Event::InfoAnswered { result: Err(408), .. }, Event::Ended { by: EndedBy::SessionLost, .. }]
    ));
    assert!(alone.sent().iter().any(|sent| sent.starts_with("BYE ")));
}

#[test]
fn up_info_of_ours_on_a_broken_path_is_503_and_the_call_stays() {
    let (mut alone, call, _) = with_call();
    alone.endpoint.info(alone.now, call, &Body::digit('5', 160));
    alone.endpoint.handle_send_failed(alone.now, alone.flow, "connection refused");
    assert!(matches!(&alone.events()[..], [Event::InfoAnswered { result: Err(503), .. }]));
    assert_eq!(alone.endpoint.stats().calls, 1);
}

#[test]
fn info_before_the_last_is_answered_or_outside_a_call_that_is_up_is_misuse() {
    let (mut alone, call) = invited();
    alone.endpoint.info(alone.now, call, &Body::digit('5', 160));
    alone.endpoint.info(alone.now, CallId(99), &Body::digit('5', 160));
    assert_eq!(alone.endpoint.stats().misuse, 2);
    let (mut alone, call, _) = with_call();
    alone.endpoint.info(alone.now, call, &Body::digit('5', 160));
    alone.endpoint.info(alone.now, call, &Body::digit('6', 160));
    assert_eq!((alone.endpoint.stats().misuse, alone.sent().len()), (1, 1));
}
