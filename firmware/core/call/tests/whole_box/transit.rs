//! Calls whose legs are of one kind, and calls over TCP.

use call::words::{MediaCommand, Terminal};
use insta::assert_snapshot;

use crate::bench::{Bench, PHONE_OFFER, cause, descriptions, route, sdp};

#[test]
fn isdn_to_isdn_joins_two_channels_without_an_rtp_port() {
    let mut bench = Bench::with(|s| s.routes.push(route("span1", "3", "span1", 1, "")));
    let near = bench.exchange_calls("3100");
    let far = bench.offered_to_exchange();
    bench.at_exchange(|x, now| x.connect(now, far, isdn::Connected::default()));
    assert!(bench.answered_at_exchange());
    assert_eq!((bench.engine.held().channels, bench.engine.held().ports), (2, 0));
    let joined = |command: &MediaCommand| {
        matches!(command, MediaCommand::Connect { a: Terminal::Channel { .. }, b: Terminal::Channel { .. }, .. })
    };
    assert!(matches!(&bench.commands[..], [connect] if joined(connect)), "{:?}", bench.commands);
    bench.at_exchange(|x, now| x.clear(now, near, cause(16)));
    bench.assert_idle();
}

/// A second SIP peer, which the phone reaches by 7...
fn with_carrier() -> Bench {
    Bench::with(|s| {
        let carrier = model::settings::Peer {
            name: "carrier".into(),
            address: "udp:192.0.2.3:5060".parse().unwrap(),
            ..s.peers[0].clone()
        };
        s.peers.push(carrier);
        s.routes.push(route("phone", "7", "carrier", 0, ""));
    })
}

#[test]
fn one_sip_side_holds_and_resumes_the_other_is_offered_the_same() {
    let mut bench = with_carrier();
    let near = bench.phone_calls("700");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.accept(now, far, &[], sdp(PHONE_OFFER)));
    for (direction, answer) in [("sendonly", "recvonly"), ("sendrecv", "sendrecv")] {
        let body = |direction: &str| sdp(&format!("{PHONE_OFFER}a={direction}\r\n"));
        bench.at_phone(|p, now| p.reinvite(now, near, body(direction)));
        bench.at_phone(|p, now| p.answer_reinvite(now, far, body(answer).ok_or(488)));
    }
    let directions = [(1, "sendrecv"), (2, "sendonly"), (3, "sendrecv")].map(|(version, d)| (version, d.to_owned()));
    assert_eq!(descriptions(&bench.sent("INVITE ")), directions);
    bench.at_phone(|p, now| p.hangup(now, near, 480, None, &[]));
    bench.assert_idle();
}

#[test]
fn sip_to_sip_keeps_the_refusing_status_and_holds_two_ports() {
    let mut bench = with_carrier();
    bench.phone_calls("700");
    assert_eq!(bench.engine.held().ports, 2);
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.hangup(now, far, 603, None, &[]));
    assert_eq!(bench.refused_at_phone(), Some((603, Some(21))));
    bench.phone_events.clear();
    let near = bench.phone_calls("700");
    let far = bench.offered_to_phone();
    bench.at_phone(|p, now| p.provisional(now, far, 180, &[], None));
    bench.at_phone(|p, now| p.accept(now, far, &[], sdp(&PHONE_OFFER.replace("audio 4000", "audio 5000"))));
    assert!(bench.answered_at_phone());
    bench.at_phone(|p, now| p.hangup(now, near, 480, None, &[]));
    assert_snapshot!(bench.story(2));
    bench.assert_idle();
}

#[test]
fn call_over_tcp_to_the_peer() {
    let mut bench = Bench::with(|s| s.peers[0].address = "tcp:192.0.2.2:5060".parse().unwrap());
    let (_, phone) = bench.answered_from_exchange();
    bench.at_phone(|p, now| p.hangup(now, phone, 480, None, &[]));
    assert!(bench.sent("INVITE ")[0].contains("SIP/2.0/TCP"));
    bench.assert_idle();
    assert!(bench.record().answered_at.is_some());
}
