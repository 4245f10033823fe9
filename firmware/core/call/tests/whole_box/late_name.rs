//! A caller's name that the network sends after SETUP (National ISDN): the INVITE waits for it, not for long. Own pair only: libpri says
//! such a name in SETUP too.

use isdn::facility::{Dialect, InvokeIds, Name, NameKind};
use isdn::ie::Element;
use isdn::q931::{Message, MessageType};
use model::settings::SwitchType;

use crate::bench::{Bench, PHONE_OFFER, cause, ms, sdp, seconds};

/// Called in place of sending FACILITY, which the exchange cannot.
const FACILITY: &str = "777";

/// A SETUP of the exchange promises a name; one to [`FACILITY`] is a FACILITY for its first call instead, which brings the name.
fn promises_and_brings(message: &mut Message) {
    let (dialect, mut ids) = (Dialect::NationalIsdn2, InvokeIds::default());
    let is_facility = |element: &Element| matches!(element, Element::CalledNumber(number) if number.digits == FACILITY);
    if message.message_type != MessageType::Setup {
        return;
    }
    let facilities = if message.elements.iter().any(is_facility) {
        message.message_type = MessageType::Facility;
        message.reference.value = 1;
        message.elements.clear();
        dialect.name(NameKind::Calling, &Name::new("BERTA EXAMPLE"), &mut ids)
    } else {
        dialect.name_follows(&mut ids)
    };
    let elements: Vec<Element> = facilities.iter().map(|facility| Element::Facility(facility.emit())).collect();
    // Elements stand in the order of their identifiers: Facility (0x1c) behind the channel (0x18).
    let place = message.elements.iter().position(|element| matches!(element, Element::CallingNumber(_)));
    let place = place.unwrap_or(message.elements.len());
    message.elements.splice(place..place, elements);
}

fn bench(wait_ms: u16) -> Bench {
    let mut bench = Bench::with(|settings| {
        settings.spans[0].switch_type = SwitchType::Ni2;
        settings.spans[0].name_wait_ms = wait_ms;
    });
    bench.alter = Some(promises_and_brings);
    bench
}

fn is_named(bench: &Bench) -> bool {
    bench.sent("INVITE ")[0].contains("BERTA EXAMPLE")
}

#[test]
fn name_that_follows_in_time_is_in_the_invite() {
    let mut bench = bench(1_000);
    let call = bench.exchange_calls("200");
    bench.run(ms(400));
    assert!(bench.sent("INVITE ").is_empty(), "it is waited for");
    bench.exchange_calls(FACILITY);
    assert!(is_named(&bench));
    let phone = bench.offered_to_phone();
    bench.at_phone(|p, now| p.accept(now, phone, &[], sdp(PHONE_OFFER)));
    assert!(bench.answered_at_exchange());
    bench.at_exchange(|x, now| x.clear(now, call, cause(16)));
    bench.assert_idle();
}

#[test]
fn name_that_does_not_come_is_waited_for_no_longer_than_the_span_says() {
    let mut bench = bench(1_000);
    let call = bench.exchange_calls("200");
    bench.run(ms(800));
    assert!(bench.sent("INVITE ").is_empty());
    bench.run(ms(200));
    assert!(!is_named(&bench), "one INVITE, without it");
    bench.at_exchange(|x, now| x.clear(now, call, cause(16)));
    bench.assert_idle();
}

#[test]
fn span_that_waits_for_no_name_invites_at_once_and_shows_it_later() {
    let mut bench = bench(0);
    let call = bench.exchange_calls("200");
    assert!(!is_named(&bench));
    let phone = bench.offered_to_phone();
    bench.at_phone(|p, now| p.provisional(now, phone, 180, &[], None));
    bench.exchange_calls(FACILITY);
    assert_eq!(bench.sent("INVITE ").len(), 1);
    bench.at_exchange(|x, now| x.clear(now, call, cause(16)));
    bench.assert_idle();
}

#[test]
fn caller_who_gives_up_before_his_name_came_leaves_no_call_and_no_record() {
    let mut bench = bench(1_000);
    let call = bench.exchange_calls("200");
    bench.at_exchange(|x, now| x.clear(now, call, cause(16)));
    bench.run(seconds(3));
    assert!(bench.sent("INVITE ").is_empty() && bench.records.is_empty());
    assert_eq!((bench.engine.held().legs, bench.engine.held().channels, bench.engine.held().calls), (0, 0, 0));
}
