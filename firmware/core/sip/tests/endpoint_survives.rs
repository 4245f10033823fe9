//! An endpoint under damaged messages in any order, commands at any time, and jumps of the clock: no panic, at most one end for each call.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests")]

mod bench;

use std::collections::HashMap;
use std::time::Duration;

use bench::{Alone, OFFER, invite, request, sdp, to_tag};
use proptest::prelude::*;
use sip::{Body, CallId, Event, Transport};

#[derive(Clone, Debug)]
enum Step {
    /// A request by its number in the list, for our newest dialog or none, sequence number, damage.
    Request(usize, bool, u32, Option<(usize, u8)>),
    /// An answer to the last request that was sent: status, tag.
    Answer(u16, u8, Option<(usize, u8)>),
    Command(u8, u32),
    Wait(u64),
    Bytes(Vec<u8>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let damage = proptest::option::weighted(0.2, (any::<usize>(), any::<u8>()));
    let status =
        prop_oneof![Just(100u16), Just(180), Just(200), Just(202), Just(302), Just(481), Just(487), Just(491), Just(503)];
    let step = prop_oneof![
        4 => (0usize..9, any::<bool>(), 0u32..4, damage.clone()).prop_map(|(m, d, n, x)| Step::Request(m, d, n, x)),
        4 => (status, 0u8..3, damage).prop_map(|(s, t, x)| Step::Answer(s, t, x)),
        4 => (0u8..10, 0u32..4).prop_map(|(what, call)| Step::Command(what, call)),
        2 => prop_oneof![0u64..3_000, 0u64..70_000].prop_map(Step::Wait),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Step::Bytes),
    ];
    prop::collection::vec(step, 1..40)
}

struct Bench {
    alone: Alone,
    last_request: String,
    tag: String,
    branch: u32,
    ended: HashMap<CallId, u32>,
    begun: HashMap<CallId, u32>,
}

impl Bench {
    fn drain(&mut self) {
        for sent in self.alone.sent() {
            if sent.starts_with("SIP/2.0") {
                self.tag = to_tag(&sent);
            } else {
                self.last_request = sent;
            }
        }
        for event in self.alone.events() {
            let (map, call) = match event {
                Event::Incoming { call, .. } => (&mut self.begun, call),
                Event::Rejected { call, .. } | Event::Cancelled { call, .. } | Event::Ended { call, .. } => {
                    (&mut self.ended, call)
                }
                Event::Trying { call }
                | Event::Provisional { call, .. }
                | Event::Answered { call, .. }
                | Event::Confirmed { call, .. }
                | Event::Reinvited { call, .. }
                | Event::Keyed { call, .. }
                | Event::InfoAnswered { call, .. }
                | Event::ReinviteConfirmed { call, .. }
                | Event::ReinviteAnswered { call, .. } => {
                    assert!(!self.ended.contains_key(&call), "something after the end of {call:?}");
                    continue;
                }
                Event::OptionsAnswered { .. } | Event::Malformed { .. } | Event::CloseStream { .. } => continue,
            };
            let count = map.entry(call).or_insert(0);
            *count += 1;
            assert_eq!(*count, 1, "{call:?}");
        }
    }

    fn send(&mut self, text: &str, damage: Option<(usize, u8)>) {
        let mut bytes = text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
        if let Some((at, byte)) = damage.filter(|_| !bytes.is_empty()) {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        match self.alone.flow.transport {
            Transport::Udp => self.alone.endpoint.handle_datagram(self.alone.now, self.alone.flow, &bytes),
            Transport::Tcp => self.alone.endpoint.handle_stream(self.alone.now, self.alone.flow, &bytes),
        }
    }

    fn answer(&self, status: u16, tag: u8) -> String {
        let copied = |name: &str| self.last_request.lines().find(|l| l.starts_with(name)).unwrap_or("").to_owned();
        let to = copied("To:");
        let to = if to.contains("tag=") { to } else { format!("{to};tag={tag}") };
        let (via, from, call, cseq) = (copied("Via:"), copied("From:"), copied("Call-ID:"), copied("CSeq:"));
        format!("SIP/2.0 {status} x\n{via}\n{from}\n{to}\n{call}\n{cseq}\nContact: <sip:b@192.0.2.1>\nContent-Length: 0\n\n")
    }

    fn command(&mut self, what: u8, call: u32) {
        let (now, flow, call) = (self.alone.now, self.alone.flow, CallId(call));
        let endpoint = &mut self.alone.endpoint;
        match what {
            0 => drop(endpoint.invite(now, invite(flow))),
            1 => endpoint.hangup(now, call, 486, None, &[]),
            2 => endpoint.provisional(now, call, 180, &[], None),
            3 => endpoint.accept(now, call, &[], sdp()),
            4 => endpoint.reinvite(now, call, sdp()),
            5 => endpoint.answer_reinvite(now, call, Ok(Body::sdp(OFFER))),
            6 => endpoint.answer_reinvite(now, call, Err(488)),
            7 => endpoint.handle_send_failed(now, flow, "x"),
            8 => endpoint.info(now, call, &Body::digit('5', 160)),
            _ => endpoint.handle_stream_closed(now, flow),
        }
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Request(method, in_dialog, number, damage) => {
                let method = ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INVITE", "ACK", "BYE", "INFO"][method];
                let tag = if in_dialog { self.tag.clone() } else { String::new() };
                self.branch += u32::from(method != "CANCEL");
                let (extra, body) = match method {
                    "INFO" => ("Content-Type: application/dtmf-relay\n", "Signal=5\nDuration=160\n"),
                    _ => ("", ""),
                };
                let text = request(method, &self.branch.to_string(), &tag, number, extra, body);
                self.send(&text, damage);
            }
            Step::Answer(status, tag, damage) => self.send(&self.answer(status, tag), damage),
            Step::Command(what, call) => self.command(what, call),
            Step::Wait(ms) => {
                let end = self.alone.now + Duration::from_millis(ms);
                while let Some(at) = self.alone.endpoint.poll_timeout().filter(|at| *at <= end) {
                    self.alone.now = self.alone.now.max(at);
                    self.alone.endpoint.handle_timeout(self.alone.now);
                    self.drain();
                }
                self.alone.now = end;
            }
            Step::Bytes(bytes) => self.alone.endpoint.handle_datagram(self.alone.now, self.alone.flow, &bytes),
        }
        self.drain();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn endpoint_survives_anything(steps in steps(), tcp in any::<bool>()) {
        let mut alone = Alone::new();
        alone.flow.transport = if tcp { Transport::Tcp } else { Transport::Udp };
        let (last_request, tag) = (String::new(), String::new());
        let mut bench = Bench { alone, last_request, tag, branch: 0, ended: HashMap::new(), begun: HashMap::new() };
        for step in steps {
            bench.run(step);
        }
        // Whatever is left ends when asked to, and nothing stays behind.
        for call in 1..100 {
            bench.alone.endpoint.hangup(bench.alone.now, CallId(call), 480, None, &[]);
            bench.drain();
        }
        bench.run(Step::Wait(1_000_000));
        let stats = bench.alone.endpoint.stats();
        // An INVITE that a peer answered provisionally and never finally waits for as long as the layer above wants; a cancelled one does not.
        prop_assert_eq!((stats.calls, stats.transactions), (0, 0));
        for call in bench.begun.keys() {
            prop_assert!(bench.ended.contains_key(call), "{:?} has no end", call);
        }
    }
}
