//! What arrives on a D-channel that stands by, SERVICE about D-channels, and T321 (Q.931 F.2.2).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use std::time::{Duration, Instant};

use common::group::{Group, answered_from_user, config, cut, fresh, states, t1, t1_from, then};
use common::{cause, released, seconds};
use isdn::DChannelState::{self, InService, MaintenanceBusy, OutOfService, Standby};
use isdn::decode::{describe, describe_message};
use isdn::q931::Timer;
use isdn::{CauseValue, Event, Framing, Interface, Side, Variant, Who, q921};

/// An I frame of the network with `message` as the first that it sends on `span`; what the user sends there.
fn inject(pair: &mut Group, span: u8, message: &[u8]) -> Vec<String> {
    let now = pair.now();
    pair.left.handle_frame_on(now, span, &[&[0x02, 0x01, 0x00, 0x00], message].concat());
    let sent = std::iter::from_fn(|| pair.left.poll_transmit_on(span)).map(|frame| describe(&frame)).collect();
    pair.drain();
    sent
}

#[test]
fn standby_that_receives_a_message_serves() {
    let mut pair = t1();
    let (_, _, channel) = answered_from_user(&mut pair);
    assert_eq!(channel, 1);
    fresh(&mut pair);
    let enquiry = [0x08, 0x02, 0x80, 0x01, 0x75];
    let sent = inject(&mut pair, 1, &enquiry);
    assert_eq!(sent, ["I n(s)=0 n(r)=1 STATUS cr=1 cause=30 state=10"], "answered where it came");
    assert_eq!(states(&pair.left), [Standby, InService]);
    assert_eq!(
        pair.left_events,
        [Event::DChannel { interface: 0, state: Standby }, Event::DChannel { interface: 1, state: InService },]
    );
}

#[test]
fn setup_on_the_standby_means_the_span_of_that_d_channel_when_it_names_none() {
    let mut pair = t1();
    let mut setup = vec![0x08, 0x02, 0x00, 0x01, 0x05, 0x04, 0x03, 0x80, 0x90, 0xa2, 0x18, 0x03, 0xa9, 0x83, 0x83];
    setup.extend([0x70, 0x02, 0x81, b'5']);
    inject(&mut pair, 1, &setup);
    assert!(
        matches!(pair.left_events[0], Event::Setup { channel, .. } if channel.to_string() == "1/3"),
        "{:?}",
        pair.left_events
    );
}

#[test]
fn ends_that_use_different_d_channels_meet_on_one() {
    let mut pair = t1();
    let (left, ..) = answered_from_user(&mut pair);
    // The network sees the first D-channel fail, the user does not.
    let now = pair.now();
    pair.right.handle_frame_on(now, 0, &[0x00, 0x01, 0x53]);
    pair.run_for(seconds(5));
    assert_eq!(
        (states(&pair.left), states(&pair.right)),
        (vec![Standby, InService], vec![Standby, InService]),
        "{}",
        pair.ladder
    );
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    assert!(pair.right_events.iter().any(|event| matches!(event, Event::Clearing { .. })));
}

/// As libpri does it: it takes another D-channel for new calls and leaves the old ones where it last heard of them.
#[test]
fn call_of_the_d_channel_that_the_far_end_left_is_asked_after_when_that_one_is_lost() {
    let mut pair = t1_from(2);
    answered_from_user(&mut pair);
    let mut setup = vec![0x08, 0x02, 0x00, 0x01, 0x05, 0x04, 0x03, 0x80, 0x90, 0xa2, 0x18, 0x04, 0xe9, 0x82, 0x83, 0x98];
    setup.extend([0x70, 0x02, 0x81, b'5']);
    assert_eq!(inject(&mut pair, 1, &setup), ["RR n(r)=1"]);
    assert_eq!(states(&pair.left), [Standby, InService]);
    let now = pair.now();
    pair.left.handle_layer1_on(now, 0, false);
    let sent: Vec<String> = std::iter::from_fn(|| pair.left.poll_transmit_on(1)).map(|frame| describe(&frame)).collect();
    assert_eq!(sent, ["I n(s)=0 n(r)=1 STATUS ENQUIRY cr=1"], "the call that was last heard of on the first, and no other");
    assert_eq!(states(&pair.left), [OutOfService, InService]);
}

/// The user's end against links above which nothing answers.
struct Silent {
    user: Interface,
    peers: [q921::Link; 2],
    now: Instant,
    events: Vec<Event>,
    received: Vec<String>,
}

impl Silent {
    fn new() -> Self {
        let user = Interface::new(config(Side::User, Framing::T1, Variant::NationalIsdn2));
        let peer = || q921::Link::new(Side::Network, q921::Config::new(Side::Network));
        Self { user, peers: [peer(), peer()], now: Instant::now(), events: Vec::new(), received: Vec::new() }
    }

    /// Frames go both ways until there are no more.
    fn exchange(&mut self) {
        for _ in 0..20 {
            for (span, peer) in (0..).zip(&mut self.peers) {
                while let Some(frame) = self.user.poll_transmit_on(span) {
                    peer.handle_frame(self.now, &frame);
                }
                while let Some(frame) = peer.poll_transmit() {
                    self.user.handle_frame_on(self.now, span, &frame);
                }
                while let Some(event) = peer.poll_event() {
                    if let q921::Event::Data(bytes) = event {
                        self.received.push(format!("{span}: {}", describe_message(&bytes)));
                    }
                }
            }
        }
        self.events.extend(std::iter::from_fn(|| self.user.poll_event()));
    }

    fn run_for(&mut self, span: Duration) {
        let end = self.now + span;
        self.exchange();
        while self.now < end {
            self.now += common::ms(100);
            self.user.handle_timeout(self.now);
            self.peers.iter_mut().for_each(|peer| peer.handle_timeout(self.now));
            self.exchange();
        }
    }

    fn states(&self) -> Vec<DChannelState> {
        self.user.d_channels().map(|status| status.state).collect()
    }
}

/// An active call, and the first D-channel has failed.
fn switching() -> Silent {
    let mut silent = Silent::new();
    silent.user.start(silent.now);
    silent.exchange();
    silent.user.setup(silent.now, common::speech("1")).unwrap();
    silent.exchange();
    silent.peers[0].data(silent.now, vec![0x08, 0x02, 0x80, 0x01, 0x07]).unwrap();
    silent.exchange();
    silent.events.clear();
    silent.received.clear();
    silent.peers[0].release(silent.now);
    silent.exchange();
    assert_eq!(silent.states(), [MaintenanceBusy, InService]);
    silent
}

#[test]
fn call_is_asked_after_until_t321_expires_and_not_cleared() {
    let mut silent = switching();
    silent.run_for(seconds(29));
    assert_eq!(silent.received, ["1: STATUS ENQUIRY cr=1"; 8], "every 4 s");
    assert!(!silent.events.contains(&Event::LinkDown));
    assert_eq!((silent.user.calls().next().unwrap().state, silent.states()), (10, vec![MaintenanceBusy, InService]));
}

#[test]
fn t321_expiry_sets_every_d_channel_up_anew_and_the_first_serves() {
    let mut silent = switching();
    silent.run_for(seconds(30));
    let told = |event: &&Event| matches!(event, Event::LinkDown | Event::LinkUp);
    assert_eq!(silent.events.iter().filter(told).collect::<Vec<_>>(), [&Event::LinkDown, &Event::LinkUp]);
    assert_eq!(silent.states(), [InService, Standby]);
    assert_eq!(silent.received.last().unwrap(), "0: STATUS ENQUIRY cr=1");
    assert_eq!(silent.user.calls().next().unwrap().state, 10);
    // Nor is there an answer there: the call is over.
    silent.run_for(seconds(60));
    assert_eq!(silent.user.calls().count(), 0);
    assert_eq!(released(&silent.events), [(CauseValue::TEMPORARY_FAILURE, Who::Timer(Timer::T322))]);
}

#[test]
fn failed_d_channel_answers_set_up_by_dm_until_the_switch_is_certain() {
    let mut silent = switching();
    silent.peers[0].establish(silent.now);
    silent.run_for(seconds(1));
    assert!(!silent.peers[0].is_established());
    // STATUS: the call is active.
    let status = vec![0x08, 0x02, 0x80, 0x01, 0x7d, 0x08, 0x02, 0x82, 0x9e, 0x14, 0x01, 0x0a];
    silent.peers[1].data(silent.now, status).unwrap();
    silent.run_for(seconds(2));
    assert_eq!(silent.states(), [Standby, InService]);
    assert!(silent.peers[0].is_established());
}

#[test]
fn backup_that_fails_in_the_switch_ends_the_service_and_both_are_tried() {
    let mut silent = switching();
    silent.peers[1].release(silent.now);
    silent.exchange();
    assert_eq!(silent.states(), [OutOfService, OutOfService]);
    assert!(silent.events.contains(&Event::LinkDown));
    silent.run_for(seconds(2));
    assert_eq!(silent.states(), [InService, Standby]);
    assert_eq!(silent.received.last().unwrap(), "0: STATUS ENQUIRY cr=1");
}

#[test]
fn switch_without_calls_asks_nothing_and_is_over_at_once() {
    let mut silent = Silent::new();
    silent.user.start(silent.now);
    silent.exchange();
    silent.peers[0].release(silent.now);
    silent.exchange();
    assert_eq!(silent.states(), [OutOfService, InService]);
    silent.run_for(seconds(120));
    assert_eq!((silent.received.len(), silent.states()), (0, vec![Standby, InService]));
    assert_eq!(silent.events.iter().filter(|event| **event == Event::LinkDown).count(), 0);
}

#[test]
fn service_about_a_d_channel_is_acknowledged_and_followed() {
    let named: [&[u8]; 4] =
        [&[0x18, 0x02, 0xe9, 0x81], &[0x18, 0x04, 0xe9, 0x81, 0x83, 0x98], &[0x18, 0x02, 0xed, 0x81], &[0x18, 0x02, 0xec, 0x81]];
    for element in named {
        let mut pair = t1();
        let service = [&[0x43, 0x02, 0x00, 0x00, 0x07, 0x01, 0x01, 0xc0], element].concat();
        let now = pair.now();
        pair.left.handle_frame_on(now, 0, &[&[0x02, 0x01, 0x00, 0x00], service.as_slice()].concat());
        let answer = pair.left.poll_transmit_on(0).unwrap();
        assert_eq!(answer[4..], [&[0x43, 0x02, 0x80, 0x00, 0x0f, 0x01, 0x01, 0xc0], element].concat(), "the same, acknowledged");
        assert_eq!(states(&pair.left), [Standby, InService], "{element:02x?}");
    }
}

#[test]
fn d_channel_that_the_far_end_takes_out_of_service_is_left() {
    let mut pair = t1();
    inject(&mut pair, 0, &[0x43, 0x02, 0x00, 0x00, 0x07, 0x01, 0x01, 0xc2, 0x18, 0x02, 0xe9, 0x80]);
    assert_eq!(states(&pair.left), [Standby, InService]);
    // Of the one that stands by it says nothing new.
    inject(&mut pair, 1, &[0x43, 0x02, 0x00, 0x00, 0x07, 0x01, 0x01, 0xc2, 0x18, 0x02, 0xe9, 0x80]);
    assert_eq!(states(&pair.left), [Standby, InService]);
}

#[test]
fn only_d_channel_stays_when_the_far_end_takes_it_out_of_service() {
    let mut pair = t1();
    cut(&mut pair, 1, true);
    pair.run_for(seconds(30));
    assert_eq!(states(&pair.left), [InService, OutOfService]);
    inject(&mut pair, 0, &[0x43, 0x02, 0x00, 0x00, 0x07, 0x01, 0x01, 0xc2, 0x18, 0x02, 0xe9, 0x80]);
    assert_eq!(states(&pair.left), [InService, OutOfService]);
}
