//! LAPD frames, Q.931 messages, contents of Facility elements, and a whole primary rate interface that a peer talks nonsense to.

use super::{drain, start};
use isdn::facility::{Component, Dialect, Diversion, Facility, Form, LegOne, LegThree, Name, NameKind};
use isdn::ie::Element;
use isdn::q921::Frame;
use isdn::q931::Message;
use isdn::{Config, Event, Framing, Interface, Side};
use std::time::Duration;

/// A frame that parses is emitted and parses to the same.
pub(super) fn frame(bytes: &[u8]) -> bool {
    let _ = isdn::decode::describe(bytes);
    let Ok(frame) = Frame::parse(bytes) else { return false };
    let again = frame.emit();
    assert_eq!(Frame::parse(&again), Ok(frame), "emitted {again:02x?}");
    true
}

/// A message that parses is emitted and parses to the same, unknown elements included. Two things settle only by being
/// emitted: an element that was cut short is emitted whole, and display text is emitted in IA5.
pub(super) fn message(bytes: &[u8]) -> bool {
    let _ = isdn::decode::describe_message(bytes);
    let Ok(message) = Message::parse(bytes) else { return false };
    let again = emit_and_parse(&message);
    let settled = message.elements.iter().all(|element| match element {
        Element::Malformed { .. } => false,
        Element::Display(text) => text.is_ascii(),
        _ => true,
    });
    assert!(!settled || again == message, "emitted, it means another thing: {again:?}, was {message:?}");
    // An element that was both takes two turns.
    let twice = emit_and_parse(&again);
    assert_eq!(emit_and_parse(&twice), twice, "emitted for the third time, it still means another thing");
    true
}

fn emit_and_parse(message: &Message) -> Message {
    let emitted = message.emit();
    Message::parse(&emitted).unwrap_or_else(|malformed| panic!("emitted {emitted:02x?}, it is refused: {malformed}"))
}

/// An element is emitted octet for octet. A name or a diversion that is read from it and sent again means the same from then on; the first
/// time what cannot be sent is replaced. Accepted means that one component at least was understood.
pub(super) fn facility(bytes: &[u8]) -> bool {
    let Ok(facility) = Facility::parse(bytes) else { return false };
    assert_eq!(facility.emit(), bytes, "emitted with other octets");
    let understood = facility.components().iter().any(|component| !matches!(component, Component::Unknown(_)));
    let facilities = [facility];
    for dialect in [Dialect::Etsi, Dialect::Qsig, Dialect::NationalIsdn2, Dialect::Dms100, Dialect::None] {
        for kind in [NameKind::Calling, NameKind::Called, NameKind::Connected, NameKind::Busy] {
            if let Some(name) = dialect.read_name(&facilities, kind) {
                settles(name, |name| Some(name.emit()), |octets| Name::parse(octets).ok());
            }
        }
        for form in [Form::Etsi, Form::Qsig] {
            if let Some(diversion) = dialect.read_diversion(&facilities) {
                settles(diversion, |diversion| Some(diversion.emit(form)), |octets| Diversion::parse(form, octets).ok());
            }
            if let Some(leg) = dialect.read_leg_one(&facilities) {
                settles(leg, |leg| leg.emit(form), |octets| LegOne::parse(form, octets).ok());
            }
            if let Some(leg) = dialect.read_leg_three(&facilities) {
                settles(leg, |leg| Some(leg.emit(form)), |octets| LegThree::parse(form, octets).ok());
            }
        }
        let _ = dialect.reads_name_follows(&facilities);
        let _ = dialect.unrecognised(&facilities);
    }
    understood
}

/// What is emitted is read, and from the second time on means the same. Some things cannot be emitted in another form at all.
fn settles<T: PartialEq + std::fmt::Debug>(read: T, emit: impl Fn(&T) -> Option<Vec<u8>>, parse: impl Fn(&[u8]) -> Option<T>) {
    let Some(first) = emit(&read) else { return };
    let once = parse(&first).unwrap_or_else(|| panic!("emitted {first:02x?}, it is refused"));
    assert_eq!(emit(&once).and_then(|octets| parse(&octets)), Some(once), "emitted again, it means another thing");
}

/// SABME of a network with TEI 0: C/R of a network's command is 1.
const SABME: [u8; 3] = [0x02, 0x01, 0x7F];
/// UA of a network, to our own SABME.
const UA: [u8; 3] = [0x00, 0x01, 0x73];

/// A user side with its link up. The input is a list of (what, length, octets): raw frames, Q.931 messages in proper I frames, time
/// that passes. Calls that come in are answered or cleared. Accepted means that a call came in.
pub(super) fn interface(bytes: &[u8]) -> bool {
    let mut now = start();
    let mut interface = Interface::new(Config { hold: true, ..Config::new("fuzz", Side::User, Framing::E1) });
    interface.start(now);
    for frame in [SABME, UA] {
        interface.handle_frame(now, &frame);
    }
    assert!(interface.link_up(), "the link does not come up");
    let mut called = answer_calls(&mut interface, now);
    let mut sent = 0;
    let mut rest = bytes;
    while let [what, length, tail @ ..] = rest {
        let (octets, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        match what % 4 {
            0 => interface.handle_frame(now, octets),
            1 | 2 => {
                let acknowledged = interface_sent(&interface);
                let header = [0x02, 0x01, (sent % 128) << 1, acknowledged << 1];
                interface.handle_frame(now, &[&header, octets].concat());
                sent = (sent + 1) % 128;
            }
            _ => {
                now += Duration::from_millis(100 * u64::from(*length));
                interface.handle_timeout(now);
            }
        }
        called |= answer_calls(&mut interface, now);
        check_channels(&interface);
    }
    called
}

/// N(R) for our frames: none of the peer's own is ever refused for it when all are acknowledged at once.
fn interface_sent(interface: &Interface) -> u8 {
    u8::try_from(interface.stats().link.i_sent % 128).unwrap_or(0)
}

fn answer_calls(interface: &mut Interface, now: std::time::Instant) -> bool {
    let mut called = false;
    drain(|| {
        let event = interface.poll_event()?;
        if let Event::Setup { call, .. } = &event {
            called = true;
            if call.0 % 2 == 0 {
                interface.alerting(now, *call, Vec::new());
            } else {
                interface.proceeding(now, *call, Vec::new());
            }
        }
        if let Event::Clearing { call, cause, .. } = &event {
            interface.clear(now, *call, cause.clone());
        }
        Some(event)
    });
    drain(|| interface.poll_transmit());
    called
}

/// No channel is held by a call that is gone.
fn check_channels(interface: &Interface) {
    for channel in interface.channels() {
        if let isdn::ChannelState::InUse(call) = channel.state {
            assert!(interface.calls().any(|status| status.call == call), "channel {} held by no call", channel.channel);
        }
    }
}
