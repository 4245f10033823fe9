//! SIP messages, streams of them, and a whole endpoint that a peer talks nonsense to.

use super::{drain, start};
use sip::msg::dtmf::{self, Keyed};
use sip::msg::{Limits, StreamFramer};
use sip::{Config, Endpoint, Event, Flow, Message, Transport};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// A message that parses is printed; that parses to the same, and is printed the same again.
pub(super) fn message(bytes: &[u8]) -> bool {
    let _ = sip::describe(bytes);
    let Ok(message) = Message::parse(bytes) else { return false };
    look_into(&message);
    let printed = message.to_bytes();
    let again = match Message::parse(&printed) {
        Ok(again) => again,
        Err(malformed) => panic!("printed, it is refused: {malformed}\n{}", String::from_utf8_lossy(&printed)),
    };
    assert!(again == message, "printed, it means another thing:\n{}", String::from_utf8_lossy(&printed));
    assert_eq!(again.to_bytes(), printed, "printed twice, it differs");
    true
}

fn look_into(message: &Message) {
    let headers = message.headers();
    let _ = (headers.from(), headers.to(), headers.contact(), headers.via(), headers.cseq(), headers.call_id());
    let _ = (headers.reason_q850(), headers.max_forwards(), headers.content_type());
    for header in headers.iter() {
        let _ = headers.list(header.name());
        let _ = headers.name_addr(header.name());
    }
}

/// Bounds small enough for an input to pass them.
const LIMITS: Limits = Limits { header: 2048, body: 1024 };

/// The first octet says how the rest is cut; the messages that come out are the same as when it comes at once.
pub(super) fn stream(bytes: &[u8]) -> bool {
    let Some((cut, rest)) = bytes.split_first() else { return false };
    let whole = take_messages([rest].into_iter());
    let pieces = take_messages(rest.chunks(usize::from(*cut) + 1));
    assert_eq!(whole, pieces, "cut into pieces of {}", u16::from(*cut) + 1);
    !whole.0.is_empty() && whole.1
}

/// The messages, and whether the stream was still good at its end.
fn take_messages<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, bool) {
    let mut framer = StreamFramer::new(LIMITS);
    let mut messages = Vec::new();
    for piece in pieces {
        framer.feed(piece);
        loop {
            match framer.next_message() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(_) => return (messages, false),
            }
        }
    }
    (messages, true)
}

/// A body that says a digit says one within bounds; written, it is read as the same.
pub(super) fn dtmf(bytes: &[u8]) -> bool {
    let Ok(keyed) = dtmf::read(bytes) else { return false };
    if let Keyed::Digit { digit, ms } = keyed {
        assert!("0123456789*#ABCD".contains(digit) && (dtmf::SHORTEST_MS..=dtmf::LONGEST_MS).contains(&ms), "{keyed:?}");
        let written = dtmf::write(digit, ms);
        assert_eq!(dtmf::read(written.as_bytes()), Ok(keyed), "written {written:?}");
    }
    true
}

fn flow(transport: Transport) -> Flow {
    let at = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    Flow { transport, local: at(5060), remote: at(5062) }
}

/// The input is cut at its NULs into datagrams, half a second apart; another endpoint gets the same as pieces of a stream. Calls that come
/// in are answered or refused. Accepted means that a call came in by datagram.
pub(super) fn endpoint(bytes: &[u8]) -> bool {
    let mut now = start();
    let mut by_datagram = Endpoint::new(Config::new([7; 32]));
    let mut by_stream = Endpoint::new(Config::new([8; 32]));
    let mut called = false;
    for piece in bytes.split(|octet| *octet == 0) {
        by_datagram.handle_datagram(now, flow(Transport::Udp), piece);
        by_stream.handle_stream(now, flow(Transport::Tcp), piece);
        called |= answer_calls(&mut by_datagram, now);
        answer_calls(&mut by_stream, now);
        now += Duration::from_millis(500);
        for endpoint in [&mut by_datagram, &mut by_stream] {
            endpoint.handle_timeout(now);
            answer_calls(endpoint, now);
        }
    }
    called
}

fn answer_calls(endpoint: &mut Endpoint, now: std::time::Instant) -> bool {
    let mut called = false;
    drain(|| {
        let event = endpoint.poll_event()?;
        match &event {
            Event::Incoming { call, .. } if call.0 % 2 == 0 => {
                called = true;
                endpoint.provisional(now, *call, 180, &[], None);
                endpoint.accept(now, *call, &[], None);
            }
            Event::Incoming { call, .. } => {
                called = true;
                endpoint.hangup(now, *call, 486, None, &[]);
            }
            Event::Reinvited { call, .. } => endpoint.answer_reinvite(now, *call, Err(488)),
            _ => {}
        }
        Some(event)
    });
    drain(|| endpoint.poll_transmit());
    called
}
