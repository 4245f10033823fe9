//! `cargo xtask bench sip`: our SIP stack in virtual time, without sockets, and its parser beside rsip's.
//!
//! Whole calls: two endpoints back to back, INVITE 100 180 200 ACK BYE 200, a hundred calls a second of virtual time, so that
//! the transactions of the last 32 s linger in the tables as they do in service. The figure is of both ends together.

use hw_tests::bench::{Bench, Figure};
use rsip::prelude::{HeadersExt, ToTypedHeader};
use sip::{Body, Config, Endpoint, Event, Flow, Invite, Message, NameAddr, Transmit, Transport, Uri};
use std::hint::black_box;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const BETWEEN_CALLS: Duration = Duration::from_millis(10);
/// Calls whose transactions linger (RFC 3261 17.2.1 timer H: 32 s), and some more.
const LINGERING: u64 = 3_300;
const BATCH: u64 = 100;
const SDP: &str = "v=0\r\no=- 3940 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0 101\r\n\
    a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n";

fn main() {
    let bench = Bench::new("sip");
    for transport in [Transport::Udp, Transport::Tcp] {
        whole_calls(bench, transport);
    }
    parsing(bench);
}

fn whole_calls(bench: Bench, transport: Transport) {
    let mut ends = Ends::new(transport);
    // A quick run shows that it works; its tables need not be as full.
    ends.calls(bench.choose(LINGERING, BATCH));
    let rate = bench.per_cpu_second(|| ends.calls(BATCH));
    let name = format!("whole calls over {}, both ends", transport.as_str());
    bench.print(Figure::higher(&name, "calls per CPU second", rate));
}

/// Caller and callee, with nothing between them.
struct Ends {
    caller: Endpoint,
    callee: Endpoint,
    flow: Flow,
    now: Instant,
    begun: u64,
    ended: u64,
}

impl Ends {
    fn new(transport: Transport) -> Self {
        let [local, remote] = [1, 2].map(|end| SocketAddr::from(([192, 0, 2, end], 5060)));
        let [caller, callee] = [1, 2].map(|seed| Endpoint::new(Config::new([seed; 32])));
        Self { caller, callee, flow: Flow { transport, local, remote }, now: Instant::now(), begun: 0, ended: 0 }
    }

    /// That many calls from INVITE to the 200 for BYE, one after the other.
    #[track_caller]
    fn calls(&mut self, count: u64) -> u64 {
        for _ in 0..count {
            self.begun += 1;
            self.caller.invite(self.now, self.invite());
            self.exchange();
            self.now += BETWEEN_CALLS;
            for end in [&mut self.caller, &mut self.callee] {
                if end.poll_timeout().is_some_and(|due| due <= self.now) {
                    end.handle_timeout(self.now);
                }
            }
            self.exchange();
        }
        assert_eq!(self.ended, self.begun, "calls that ended at the callee: {:?} {:?}", self.caller.stats(), self.callee.stats());
        assert_eq!(self.callee.stats().repeats_out + self.caller.stats().repeats_out, 0, "nothing is lost, nothing is repeated");
        count
    }

    fn invite(&self) -> Invite {
        Invite {
            flow: self.flow,
            request_uri: Uri::sip_at(Some("5551001"), self.flow.remote),
            from: NameAddr::new(Uri::sip(Some("5559001"), "192.0.2.1", None)),
            to: NameAddr::new(Uri::sip(Some("5551001"), "192.0.2.2", None)),
            headers: vec![],
            body: Some(Body::sdp(SDP)),
        }
    }

    /// Carries messages and answers events until both are silent.
    fn exchange(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(transmit) = self.caller.poll_transmit() {
                quiet = false;
                deliver(self.now, &transmit, &mut self.callee);
            }
            while let Some(transmit) = self.callee.poll_transmit() {
                quiet = false;
                deliver(self.now, &transmit, &mut self.caller);
            }
            while let Some(event) = self.callee.poll_event() {
                quiet = false;
                if let Event::Incoming { call, .. } = event {
                    self.callee.provisional(self.now, call, 180, &[], None);
                    self.callee.accept(self.now, call, &[], Some(Body::sdp(SDP)));
                } else if let Event::Ended { .. } = event {
                    self.ended += 1;
                }
            }
            while let Some(event) = self.caller.poll_event() {
                quiet = false;
                if let Event::Answered { call, .. } = event {
                    self.caller.hangup(self.now, call, 0, None, &[]);
                }
            }
            if quiet {
                return;
            }
        }
    }
}

fn deliver(now: Instant, transmit: &Transmit, to: &mut Endpoint) {
    let Flow { transport, local, remote } = transmit.flow;
    let arrives = Flow { transport, local: remote, remote: local };
    match transport {
        Transport::Udp => to.handle_datagram(now, arrives, &transmit.bytes),
        Transport::Tcp => to.handle_stream(now, arrives, &transmit.bytes),
    }
}

/// What a trunk to a PBX sends: 12 header fields and a session description.
fn typical_invite() -> String {
    format!(
        "INVITE sip:+4930901820@gateway.example.com:5060;user=phone SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK-524287-1-7d1f33a1;rport\r\n\
         Max-Forwards: 70\r\n\
         From: \"Ada Example\" <sip:+4930123456@pbx.example.com;user=phone>;tag=7c0f3a11\r\n\
         To: <sip:+4930901820@gateway.example.com;user=phone>\r\n\
         Call-ID: 3f7bd2a94c1e48a0@192.0.2.9\r\n\
         CSeq: 102 INVITE\r\n\
         Contact: <sip:+4930123456@192.0.2.9:5060;transport=udp>\r\n\
         Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO, NOTIFY, REFER\r\n\
         Supported: timer, replaces, 100rel\r\n\
         P-Asserted-Identity: \"Ada Example\" <sip:+4930123456@pbx.example.com>\r\n\
         User-Agent: Example-PBX/7.2\r\n\
         Content-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n{SDP}",
        SDP.len()
    )
}

const UNREADABLE: &str = "the typical INVITE cannot be read";

fn parsing(bench: Bench) {
    let text = typical_invite();
    let bytes = text.as_bytes();
    let ours = || Message::parse(black_box(bytes)).unwrap_or_else(|e| panic!("{UNREADABLE}: {e}"));
    let theirs = || rsip::SipMessage::try_from(black_box(bytes)).unwrap_or_else(|e| panic!("{UNREADABLE} by rsip: {e}"));
    compare(bench, "parse a typical INVITE", &|| drop(black_box(ours())), &|| drop(black_box(theirs())));
    let ours_typed = || {
        let message = ours();
        let headers = message.headers();
        let typed = (headers.via(), headers.from(), headers.to(), headers.cseq());
        let all_there = typed.0.is_some() && typed.1.is_some() && typed.2.is_some() && typed.3.is_some();
        assert!(all_there, "{UNREADABLE}: {typed:?}");
        black_box(typed);
    };
    let theirs_typed = || {
        let message = theirs();
        let via = message.via_header().and_then(ToTypedHeader::typed);
        let from = message.from_header().and_then(ToTypedHeader::typed);
        let to = message.to_header().and_then(ToTypedHeader::typed);
        let cseq = message.cseq_header().and_then(ToTypedHeader::typed);
        let (Ok(via), Ok(from), Ok(to), Ok(cseq)) = (via, from, to, cseq) else { panic!("{UNREADABLE} by rsip") };
        black_box((via, from, to, cseq));
    };
    compare(bench, "parse a typical INVITE, read Via, From, To and CSeq", &ours_typed, &theirs_typed);
}

fn compare(bench: Bench, name: &str, ours: &dyn Fn(), theirs: &dyn Fn()) {
    let batch = |work: &dyn Fn()| {
        (0..BATCH).for_each(|_| work());
        BATCH
    };
    let (rate, rate_of_rsip) = bench.per_cpu_second_in_turn(&mut || batch(ours), &mut || batch(theirs));
    bench.print(Figure::lower(name, "us", 1e6 / rate).peer("rsip-0.4", 1e6 / rate_of_rsip));
}
