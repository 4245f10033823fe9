//! Called numbers that come in pieces: from a span with `overlap_receiving` and one without, and from SIP (RFC 3578) to a span with
//! `overlap_sending` and one without.

use sip::{Headers, Message};

use crate::bench::{Bench, PHONE_OFFER, address, cause, phone_flow, sdp, seconds};

/// SETUP of the exchange with the first digits of a number only.
fn begun(bench: &mut Bench, digits: &str) -> isdn::CallId {
    let setup = isdn::Setup { sending_complete: false, ..isdn::Setup::speech(isdn::Number::new(digits)) };
    let call = bench.at_exchange(|exchange, now| exchange.setup(now, setup)).unwrap();
    bench.drain();
    call
}

fn dial(bench: &mut Bench, call: isdn::CallId, digits: &str, complete: bool) {
    bench.at_exchange(|exchange, now| exchange.more_digits(now, call, digits, complete));
    bench.drain();
}

fn overlap() -> Bench {
    Bench::with(|settings| settings.spans[0].overlap_receiving = true)
}

#[test]
fn number_in_pieces_is_one_invite_once_it_is_complete() {
    let mut bench = overlap();
    let call = begun(&mut bench, "2");
    dial(&mut bench, call, "0", false);
    assert!(bench.sent("INVITE").is_empty());
    dial(&mut bench, call, "0", true);
    let (_, invite) = bench.invite_at_phone();
    assert!(invite.uri.to_string().contains("200"), "{}", invite.uri);
    let phone = bench.offered_to_phone();
    bench.at_phone(|sip, now| sip.accept(now, phone, &[], sdp(PHONE_OFFER)));
    assert!(bench.answered_at_exchange());
}

#[test]
fn number_that_stops_is_taken_as_it_is_after_t302() {
    let mut bench = overlap();
    let call = begun(&mut bench, "2");
    dial(&mut bench, call, "1", false);
    bench.run(seconds(14));
    assert!(bench.sent("INVITE").is_empty());
    bench.run(seconds(2));
    assert!(bench.invite_at_phone().1.uri.to_string().contains("21"));
}

#[test]
fn caller_who_gives_up_while_dialling_leaves_no_call_and_no_record() {
    let mut bench = overlap();
    let call = begun(&mut bench, "5");
    bench.at_exchange(|exchange, now| exchange.clear(now, call, cause(16)));
    bench.run(seconds(2));
    assert!(bench.records.is_empty());
    assert_eq!((bench.engine.held().legs, bench.engine.held().channels, bench.engine.held().calls), (0, 0, 0));
}

#[test]
fn span_without_overlap_takes_what_setup_has_for_the_whole() {
    let mut bench = Bench::new();
    begun(&mut bench, "201");
    assert!(bench.invite_at_phone().1.uri.to_string().contains("201"));
}

/// An INVITE as a phone writes it that dials in pieces: all of one Call-ID and From tag, each with a greater CSeq.
fn dialled(bench: &mut Bench, number: &str, cseq: u32) {
    let invite = format!(
        "INVITE sip:{number}@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK-{cseq}\r\nMax-Forwards: 70\r\n\
         From: <sip:200@192.0.2.2>;tag=pieces\r\nTo: <sip:{number}@192.0.2.1>\r\nCall-ID: pieces@192.0.2.2\r\n\
         CSeq: {cseq} INVITE\r\nContact: <sip:200@192.0.2.2:5060>\r\nContent-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n{PHONE_OFFER}",
        PHONE_OFFER.len()
    );
    let flow = sip::Flow { local: address(crate::bench::BOX), remote: phone_flow().local, ..phone_flow() };
    bench.at_box(|engine, now| engine.handle_datagram(now, flow, invite.as_bytes()));
    bench.drain();
}

/// Status and CSeq of each answer of the box but 100.
fn answers(bench: &Bench) -> Vec<(u16, u32)> {
    let of = |text: &&str| match Message::parse(text.as_bytes()) {
        Ok(Message::Response(response)) if response.status > 100 => {
            let number = |headers: &Headers| headers.cseq().map_or(0, |cseq| cseq.number);
            Some((response.status, number(&response.headers)))
        }
        Ok(_) | Err(_) => None,
    };
    bench.sent("SIP/2.0").iter().filter_map(of).collect()
}

fn dialling_out() -> Bench {
    Bench::with(|settings| settings.spans[0].overlap_sending = true)
}

/// The digits that came to the exchange in INFORMATION.
fn keyed(bench: &Bench) -> Vec<(String, bool)> {
    let digits = |event: &isdn::Event| match event {
        isdn::Event::MoreDigits { digits, complete, .. } => Some((digits.clone(), *complete)),
        _ => None,
    };
    bench.exchange_events.iter().filter_map(digits).collect()
}

#[test]
fn longer_invites_are_one_call_and_bring_their_new_digits() {
    let mut bench = dialling_out();
    dialled(&mut bench, "10", 1);
    let (call, setup) = bench.setup_at_exchange();
    assert_eq!((setup.called.digits.as_str(), setup.sending_complete), ("10", false));
    bench.at_exchange(|x, now| x.need_digits(now, call, Vec::new()));
    bench.drain();
    dialled(&mut bench, "105", 2);
    dialled(&mut bench, "10577", 3);
    assert_eq!(keyed(&bench), [("5".to_owned(), false), ("77".to_owned(), false)]);
    assert_eq!(answers(&bench), [(484, 1), (484, 2)]);
    bench.at_exchange(|x, now| x.alerting(now, call, Vec::new()));
    bench.at_exchange(|x, now| x.connect(now, call, isdn::Connected::default()));
    bench.drain();
    assert_eq!(answers(&bench).split_off(2), [(180, 3), (200, 3)]);
    assert_eq!(bench.engine.held().calls, 1);
}

#[test]
fn digits_that_come_before_the_exchange_asks_are_sent_when_it_does() {
    let mut bench = dialling_out();
    dialled(&mut bench, "10", 1);
    dialled(&mut bench, "105", 2);
    let call = bench.offered_to_exchange();
    assert_eq!(keyed(&bench), []);
    bench.at_exchange(|x, now| x.need_digits(now, call, Vec::new()));
    bench.drain();
    assert_eq!(keyed(&bench), [("5".to_owned(), false)]);
}

#[test]
fn number_that_stops_growing_is_484_after_t304_and_leaves_nothing() {
    let mut bench = Bench::with(|settings| {
        settings.spans[0].overlap_sending = true;
        settings.sip.ring_seconds = 120;
    });
    dialled(&mut bench, "10", 1);
    let call = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.need_digits(now, call, Vec::new()));
    bench.run(seconds(60));
    assert_eq!(answers(&bench).first(), Some(&(484, 1)));
    assert_eq!(bench.record().cause, 28);
    assert_eq!((bench.engine.held().legs, bench.engine.held().channels, bench.engine.held().calls), (0, 0, 0));
}

#[test]
fn number_too_short_for_any_route_is_484_and_one_for_none_is_404() {
    let mut bench = Bench::with(|settings| settings.routes[0].prefix = "105".into());
    dialled(&mut bench, "10", 1);
    dialled(&mut bench, "11", 2);
    assert_eq!(answers(&bench)[0], (484, 1));
    assert!(answers(&bench).contains(&(404, 2)), "{:?}", answers(&bench));
    dialled(&mut bench, "1057", 3);
    assert_eq!(bench.setup_at_exchange().1.called.digits, "1057");
}

#[test]
fn span_that_does_not_dial_in_pieces_gets_a_whole_number_and_a_longer_invite_is_a_call_of_its_own() {
    let mut bench = Bench::new();
    dialled(&mut bench, "10", 1);
    assert!(bench.setup_at_exchange().1.sending_complete);
    dialled(&mut bench, "105", 2);
    assert_eq!(bench.engine.held().calls, 2);
    assert_eq!(bench.setup_at_exchange().1.called.digits, "105");
}
