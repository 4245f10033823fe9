//! Called numbers that arrive in pieces, on a span with `overlap_receiving` and on one without.

use crate::bench::{Bench, PHONE_OFFER, cause, sdp, seconds};

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
