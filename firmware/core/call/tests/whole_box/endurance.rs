//! Random sequences of what the far ends, the lines and the administrator can do: nothing is ever left over.

use call::words::{CallId, MediaReport, SpanId};
use proptest::prelude::*;
use sansio::sim::Disturbance;
use sip::Event;

use crate::bench::{BOX, Bench, IN_BAND, Media, PHONE, PHONE_OFFER, address, cause, ms, sdp, seconds};

#[derive(Debug, Clone)]
enum Action {
    PhoneCalls { number: &'static str, offers: bool },
    ExchangeCalls { number: &'static str },
    Exchange { call: usize, does: ExchangeDoes },
    Phone { call: usize, does: PhoneDoes },
    HangUp { call: u64 },
    HangUpAll,
    Line { up: bool },
    Loss { loss: f64 },
    ExchangeClears { clears: bool },
    Media(Media),
    MediaSays { call: u64, failed: bool },
    Silent { silent: bool },
    Unreachable { unreachable: bool },
    Garbage { bytes: Vec<u8> },
    Wait { ms: u64 },
}

#[derive(Debug, Clone, Copy)]
enum ExchangeDoes {
    Proceeding,
    Alerting { in_band: bool },
    Progress,
    Connect,
    Clear { cause: u8 },
}

#[derive(Debug, Clone, Copy)]
enum PhoneDoes {
    Provisional { status: u16, early: bool },
    Accept { usable: bool },
    HangUp { status: u16 },
    Reinvite { offers: bool },
}

fn exchange_does() -> impl Strategy<Value = ExchangeDoes> {
    prop_oneof![
        1 => Just(ExchangeDoes::Proceeding),
        1 => any::<bool>().prop_map(|in_band| ExchangeDoes::Alerting { in_band }),
        1 => Just(ExchangeDoes::Progress),
        6 => Just(ExchangeDoes::Connect),
        1 => (1u8..128).prop_map(|cause| ExchangeDoes::Clear { cause }),
    ]
}

fn phone_does() -> impl Strategy<Value = PhoneDoes> {
    let status = prop_oneof![Just(180u16), Just(183), Just(182), Just(199)];
    prop_oneof![
        1 => (status, any::<bool>()).prop_map(|(status, early)| PhoneDoes::Provisional { status, early }),
        6 => prop::bool::weighted(0.85).prop_map(|usable| PhoneDoes::Accept { usable }),
        1 => (300u16..700).prop_map(|status| PhoneDoes::HangUp { status }),
        1 => any::<bool>().prop_map(|offers| PhoneDoes::Reinvite { offers }),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let number = |good: &'static str| prop_oneof![12 => Just(good), 1 => Just("999"), 1 => Just("alice")];
    let media = prop_oneof![3 => Just(Media::Works), 1 => Just(Media::Fails), 1 => Just(Media::Silent)];
    prop_oneof![
        7 => (number("100"), prop::bool::weighted(0.9)).prop_map(|(number, offers)| Action::PhoneCalls { number, offers }),
        7 => number("200").prop_map(|number| Action::ExchangeCalls { number }),
        12 => (0usize..8, exchange_does()).prop_map(|(call, does)| Action::Exchange { call, does }),
        12 => (0usize..8, phone_does()).prop_map(|(call, does)| Action::Phone { call, does }),
        1 => (0u64..10).prop_map(|call| Action::HangUp { call }),
        1 => prop::bool::weighted(0.2).prop_map(|all| if all { Action::HangUpAll } else { Action::HangUp { call: 1 } }),
        1 => prop::bool::weighted(0.7).prop_map(|up| Action::Line { up }),
        1 => (0.0..0.3).prop_map(|loss| Action::Loss { loss }),
        1 => prop::bool::weighted(0.7).prop_map(|clears| Action::ExchangeClears { clears }),
        1 => media.prop_map(Action::Media),
        1 => (0u64..10, any::<bool>()).prop_map(|(call, failed)| Action::MediaSays { call, failed }),
        1 => prop::bool::weighted(0.3).prop_map(|silent| Action::Silent { silent }),
        1 => prop::bool::weighted(0.2).prop_map(|unreachable| Action::Unreachable { unreachable }),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| Action::Garbage { bytes }),
        // Mostly within one round trip, so that messages cross; now and then beyond a timer.
        16 => prop_oneof![6 => 0u64..40, 6 => 40u64..1_000, 1 => 1_000u64..40_000].prop_map(|ms| Action::Wait { ms }),
    ]
}

/// Calls that the exchange has.
fn exchange_calls(bench: &Bench) -> Vec<isdn::CallId> {
    bench.exchange.calls().map(|status| status.call).collect()
}

/// Calls that the phone has: an endpoint numbers them from 1 on.
fn phone_calls(bench: &Bench) -> Vec<sip::CallId> {
    let over = |call: &sip::CallId| {
        bench.phone_events.iter().any(|event| match event {
            Event::Rejected { call: over, .. } | Event::Cancelled { call: over, .. } | Event::Ended { call: over, .. } => {
                over == call
            }
            _ => false,
        })
    };
    let so_far = 0..u32::try_from(bench.phone.stats().calls + bench.phone_events.len()).unwrap();
    let calls = so_far.map(|number| sip::CallId(number + 1));
    calls.filter(|call| !over(call)).take(bench.phone.stats().calls).collect()
}

/// One of the live calls, or now and then a name that is dead or never was.
fn one_of<T: Copy>(live: &[T], index: usize, other: T) -> T {
    if index == 7 || live.is_empty() { other } else { live[index % live.len()] }
}

fn act(bench: &mut Bench, action: Action) {
    let now = bench.now();
    match action {
        Action::PhoneCalls { number, offers } => {
            let body = sdp(PHONE_OFFER).filter(|_| offers);
            bench.phone.invite(now, sip::Invite { body, ..Bench::phone_invite(number) });
        }
        Action::ExchangeCalls { number } => drop(bench.exchange.setup(now, isdn::Setup::speech(isdn::Number::new(number)))),
        Action::Exchange { call, does } => exchange_acts(bench, call, does),
        Action::Phone { call, does } => phone_acts(bench, call, does),
        Action::HangUp { call } => drop(bench.engine.hang_up(now, CallId(call), "administrator")),
        Action::HangUpAll => bench.engine.hang_up_all(now, "administrator"),
        Action::Line { up } => bench.line(up),
        Action::Loss { loss } => {
            let disturbance =
                Disturbance { loss, duplicate: loss / 2.0, jitter: ms(30), in_order: false, ..Disturbance::default() };
            bench.sip_to_box.disturb(disturbance);
            bench.sip_from_box.disturb(disturbance);
        }
        Action::ExchangeClears { clears } => bench.clears = clears,
        Action::Media(media) => bench.media = media,
        Action::MediaSays { call, failed } => {
            let call = CallId(call);
            let failure = MediaReport::Failed { call, reason: "random".into() };
            bench.engine.handle_media(now, if failed { failure } else { MediaReport::Started { call } });
        }
        Action::Silent { silent } => bench.silent = if silent { vec![address(PHONE)] } else { vec![] },
        Action::Unreachable { unreachable } => bench.unreachable = if unreachable { vec![address(PHONE)] } else { vec![] },
        Action::Garbage { bytes } => {
            let flow = sip::Flow { transport: sip::Transport::Udp, local: address(BOX), remote: address(PHONE) };
            bench.engine.handle_datagram(now, flow, &bytes);
            bench.engine.handle_frame(now, SpanId(0), &bytes);
        }
        Action::Wait { ms: time } => bench.run(ms(time)),
    }
    bench.drain();
}

fn exchange_acts(bench: &mut Bench, call: usize, does: ExchangeDoes) {
    let now = bench.now();
    let call = one_of(&exchange_calls(bench), call, isdn::CallId(1));
    let exchange = &mut bench.exchange;
    match does {
        ExchangeDoes::Proceeding => exchange.proceeding(now, call, vec![]),
        ExchangeDoes::Alerting { in_band } => exchange.alerting(now, call, if in_band { vec![IN_BAND] } else { vec![] }),
        ExchangeDoes::Progress => exchange.progress(now, call, vec![IN_BAND], None),
        ExchangeDoes::Connect => exchange.connect(now, call, isdn::Connected::default()),
        ExchangeDoes::Clear { cause: value } => exchange.clear(now, call, cause(value)),
    }
}

fn phone_acts(bench: &mut Bench, call: usize, does: PhoneDoes) {
    let now = bench.now();
    let call = one_of(&phone_calls(bench), call, sip::CallId(1));
    let phone = &mut bench.phone;
    match does {
        PhoneDoes::Provisional { status, early } => phone.provisional(now, call, status, &[], sdp(PHONE_OFFER).filter(|_| early)),
        PhoneDoes::Accept { usable } => {
            let other = PHONE_OFFER.replace("RTP/AVP 8 0 101", "RTP/AVP 18");
            phone.accept(now, call, &[], sdp(if usable { PHONE_OFFER } else { &other }));
        }
        PhoneDoes::HangUp { status } => phone.hangup(now, call, status, None, &[]),
        PhoneDoes::Reinvite { offers } => phone.reinvite(now, call, sdp(PHONE_OFFER).filter(|_| offers)),
    }
}

/// All is mended, and every far end ends its calls.
fn wind_up(bench: &mut Bench) {
    bench.sip_to_box.disturb(Disturbance::default());
    bench.sip_from_box.disturb(Disturbance::default());
    bench.silent.clear();
    bench.unreachable.clear();
    bench.media = Media::Works;
    bench.clears = true;
    bench.line(true);
    bench.run(seconds(5));
    // Twice: a SETUP that T303 repeats may cross its refusal, and is a new call to the exchange then.
    for _ in 0..2 {
        let now = bench.now();
        for call in exchange_calls(bench) {
            bench.exchange.clear(now, call, cause(16));
        }
        for call in phone_calls(bench) {
            bench.phone.hangup(now, call, 480, None, &[]);
        }
        bench.run(seconds(10));
    }
    bench.run(seconds(150));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_no_call_channel_port_or_dialog_is_left(actions in prop::collection::vec(action(), 1..60)) {
        let mut bench = Bench::new();
        for action in actions {
            act(&mut bench, action);
        }
        wind_up(&mut bench);
        bench.assert_idle();
    }
}

#[test]
fn calls_over_a_sip_path_that_loses_a_fifth_are_set_up_and_cleared() {
    for seed in 0..20 {
        let mut bench = Bench::with(|s| s.sip.ring_seconds = 180);
        let lossy = Disturbance { loss: 0.2, duplicate: 0.1, jitter: ms(20), in_order: false, ..Disturbance::default() };
        bench.sip_to_box = sansio::sim::Link::new(lossy, 2 * seed + 1);
        bench.sip_from_box = sansio::sim::Link::new(lossy, 2 * seed + 2);
        bench.exchange_calls("200");
        bench.run(seconds(10));
        let far = bench.offered_to_phone();
        bench.at_phone(|p, now| p.accept(now, far, &[], sdp(PHONE_OFFER)));
        bench.run(seconds(20));
        assert!(bench.answered_at_exchange(), "seed {seed}:\n{}", bench.story(1));
        bench.at_phone(|p, now| p.hangup(now, far, 480, None, &[]));
        bench.assert_idle();
        assert_eq!((bench.record().cause, bench.record().ended_by), (16, model::api::Party::Called), "seed {seed}");
    }
}
