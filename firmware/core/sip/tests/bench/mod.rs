//! Two endpoints on a lossy link in virtual time, and raw messages for one endpoint alone.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "shared by several test binaries, each of which uses a part"
)]

use std::time::Instant;

use sansio::sim::{Disturbance, Pair};
use sip::{Body, CallId, Config, Endpoint, Event, Flow, Invite, NameAddr, Transmit, Transport, Uri};

pub const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";

pub fn flow(transport: Transport) -> Flow {
    Flow { transport, local: "192.0.2.1:5060".parse().unwrap(), remote: "192.0.2.2:5060".parse().unwrap() }
}

pub fn udp() -> Flow {
    flow(Transport::Udp)
}

pub fn endpoint(seed: u8) -> Endpoint {
    Endpoint::new(Config::new([seed; 32]))
}

pub fn sdp() -> Option<Body> {
    Some(Body::sdp(OFFER))
}

pub fn invite(flow: Flow) -> Invite {
    Invite {
        flow,
        request_uri: Uri::sip_at(Some("100"), flow.remote),
        from: NameAddr::new(Uri::sip(Some("200"), "192.0.2.1", None)).with_display("Alice"),
        to: NameAddr::new(Uri::sip(Some("100"), "192.0.2.2", None)),
        headers: vec![],
        body: sdp(),
    }
}

fn describe(transmit: &Transmit) -> String {
    sip::describe(&transmit.bytes)
}

pub type Ends = Pair<Endpoint, Endpoint>;

pub fn pair() -> Ends {
    Pair::new(Instant::now(), ("alice", endpoint(1)), ("bob", endpoint(2)), describe)
}

pub fn lossy(loss: f64, seed: u64) -> Ends {
    pair().disturbed(Disturbance { loss, duplicate: loss / 2.0, ..Disturbance::default() }, seed)
}

/// The call that `events` say came in.
pub fn incoming(events: &[Event]) -> CallId {
    events.iter().find_map(|e| if let Event::Incoming { call, .. } = e { Some(*call) } else { None }).expect("no Incoming")
}

/// Alice calls Bob, who rings; gives both names of the call.
pub fn ringing(pair: &mut Ends, transport: Transport) -> (CallId, CallId) {
    let now = pair.now();
    let alice = pair.left.invite(now, invite(flow(transport)));
    while !pair.right_events.iter().any(|e| matches!(e, Event::Incoming { .. })) {
        assert!(pair.step(), "the INVITE never came:\n{}", pair.ladder);
    }
    let bob = incoming(&pair.right_events);
    let now = pair.now();
    pair.right.provisional(now, bob, 180, &[], None);
    pair.drain();
    (alice, bob)
}

/// And Bob answers; run until both know.
pub fn up(pair: &mut Ends, transport: Transport) -> (CallId, CallId) {
    let (alice, bob) = ringing(pair, transport);
    let now = pair.now();
    pair.right.accept(now, bob, &[], sdp());
    while !pair.right_events.iter().any(|e| matches!(e, Event::Confirmed { .. })) {
        assert!(pair.step(), "the ACK never came:\n{}", pair.ladder);
    }
    (alice, bob)
}

/// One endpoint, with the test as its peer at 192.0.2.1; the endpoint is at 192.0.2.2.
pub struct Alone {
    pub endpoint: Endpoint,
    pub now: Instant,
    pub flow: Flow,
}

impl Alone {
    pub fn new() -> Self {
        let flow = Flow {
            transport: Transport::Udp,
            local: "192.0.2.2:5060".parse().unwrap(),
            remote: "192.0.2.1:5060".parse().unwrap(),
        };
        Self { endpoint: endpoint(9), now: Instant::now(), flow }
    }

    /// Sends `text` (lines ended by LF) and gives what comes back.
    pub fn send(&mut self, text: &str) -> Vec<String> {
        self.send_bytes(text.replace('\n', "\r\n").as_bytes())
    }

    pub fn send_bytes(&mut self, bytes: &[u8]) -> Vec<String> {
        self.endpoint.handle_datagram(self.now, self.flow, bytes);
        self.sent()
    }

    pub fn sent(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.endpoint.poll_transmit()).map(|t| String::from_utf8_lossy(&t.bytes).into_owned()).collect()
    }

    pub fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.endpoint.poll_event()).collect()
    }
}

/// A request to the endpoint of [`Alone`]; `extra` are whole lines ended by LF.
pub fn request(method: &str, branch: &str, to_tag: &str, number: u32, extra: &str, body: &str) -> String {
    let to_tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
    format!(
        "{method} sip:100@192.0.2.2 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{branch}\nMax-Forwards: 70\n\
         From: <sip:200@192.0.2.1>;tag=peer\nTo: <sip:100@192.0.2.2>{to_tag}\nCall-ID: raw@192.0.2.1\nCSeq: {number} {method}\n\
         Contact: <sip:200@192.0.2.1:5060>\n{extra}Content-Length: {}\n\n{body}",
        body.len() + body.matches('\n').count()
    )
}

/// The tag that the endpoint put into To.
pub fn to_tag(answer: &str) -> String {
    let line = answer.lines().find(|l| l.starts_with("To:")).unwrap_or("");
    line.split(";tag=").nth(1).unwrap_or("").trim().to_owned()
}
