//! What an interface answers to a far end that asks for services, makes mistakes, restarts or falls silent.

use crate::calls::cause;
use crate::tape::{Against, Tape, against, config, seconds};
use isdn::ie::{ChannelIdentification, ChannelSelection, Element, RestartClass};
use isdn::q931::{CallReference, Message, MessageType};
use isdn::{CauseValue, ChannelState, Connected, Event, Framing, Side, q921};
use std::time::Duration;

/// Of a call that the far end set up.
const REFERENCE: CallReference = CallReference { value: 1, to_origin: false, octets: 2 };

fn send(pair: &mut Against, messages: &[Message]) {
    let now = pair.now();
    for message in messages {
        pair.right.data(now, message.emit()).unwrap();
    }
    pair.run_for(seconds(1));
}

/// A call from the far end on channel 3, answered.
fn with_call(tape: &Tape, framing: Framing, side: Side) -> Against {
    let mut pair = against(tape, config(side, framing));
    let setup = Message::new(REFERENCE, MessageType::Setup)
        .with(crate::calls::speech_bearer())
        .with(Element::ChannelIdentification(ChannelIdentification::one(3, true)));
    send(&mut pair, &[setup]);
    let offered = |event: &Event| if let Event::Setup { call, .. } = event { Some(*call) } else { None };
    let (call, now) = (pair.left_events.iter().find_map(offered).unwrap(), pair.now());
    pair.left.machine.connect(now, call, Connected::default());
    send(&mut pair, &[Message::new(REFERENCE, MessageType::ConnectAcknowledge)]);
    assert_eq!(pair.left.machine.calls().next().unwrap().state, 10);
    pair
}

/// Every service that is not given, and STATUS of every kind: each cause with what diagnostics it has.
pub fn rejects_and_status(tape: &Tape, framing: Framing, side: Side) {
    let mut pair = with_call(tape, framing, side);
    let of_call = |message_type| Message::new(REFERENCE, message_type);
    let unknown_call = |message_type| Message::new(CallReference { value: 77, ..REFERENCE }, message_type);
    let unknown_mandatory = Element::Unknown { codeset: 0, id: 0x0f, bytes: vec![1] };
    send(
        &mut pair,
        &[
            of_call(MessageType::Hold),
            of_call(MessageType::Retrieve),
            of_call(MessageType::Suspend),
            unknown_call(MessageType::Resume),
            of_call(MessageType::StatusEnquiry),
            unknown_call(MessageType::StatusEnquiry),
            of_call(MessageType::Unknown(0x1f)),
            of_call(MessageType::Alerting),
            of_call(MessageType::Progress),
            of_call(MessageType::Notify).with(unknown_mandatory),
            of_call(MessageType::Notify).with(Element::Malformed { id: 0x27, bytes: Vec::new() }),
            unknown_call(MessageType::Connect),
            unknown_call(MessageType::Setup),
            Message::new(CallReference::global(false), MessageType::Connect),
            // Without a cause: it is cleared all the same, and what was wrong is said.
            of_call(MessageType::Release),
        ],
    );
    assert_eq!(pair.left.machine.calls().count(), 0);
}

/// RESTART of one channel, of channels in a list and in a map, of the interface, and two that cannot be.
pub fn restarts_answered(tape: &Tape, framing: Framing, side: Side) {
    let mut pair = with_call(tape, framing, side);
    let restart = |selection: Option<ChannelSelection>, class| {
        let channel = selection.map(|selection| ChannelIdentification { selection, ..ChannelIdentification::one(1, true) });
        Message::new(CallReference::global(false), MessageType::Restart)
            .with_all(channel.map(Element::ChannelIdentification))
            .with(Element::RestartIndicator(class))
    };
    let map = match framing {
        Framing::E1 => vec![0, 0, 0, 0x1e],
        Framing::T1 => vec![0, 0, 0x0f],
    };
    send(
        &mut pair,
        &[
            restart(Some(ChannelSelection::Numbers(vec![3])), RestartClass::IndicatedChannels),
            restart(Some(ChannelSelection::Numbers(vec![1, 2])), RestartClass::IndicatedChannels),
            restart(Some(ChannelSelection::Map(map)), RestartClass::IndicatedChannels),
            restart(None, RestartClass::SingleInterface),
            restart(None, RestartClass::AllInterfaces),
            restart(None, RestartClass::IndicatedChannels),
            restart(Some(ChannelSelection::Numbers(vec![99])), RestartClass::IndicatedChannels),
        ],
    );
    assert_eq!(pair.left.machine.stats().restarts_received, 7);
}

/// A far end whose link is up and that answers nothing: DISCONNECT, RELEASE twice, RESTART twice. The first audit comes after 300 s.
pub fn silent_far_end(tape: &Tape, framing: Framing, side: Side) {
    let mut pair = with_call(tape, framing, side);
    let (call, now) = (pair.left.machine.calls().next().unwrap().call, pair.now());
    pair.left.machine.clear(now, call, cause(CauseValue::NORMAL_CLEARING));
    pair.run_for(seconds(290));
    assert!(pair.left.machine.channels().iter().any(|channel| channel.state == ChannelState::OutOfService));
}

/// DISC to a link that is down is DM; a link that is up is taken down and set up again.
pub fn link_taken_down(tape: &Tape, framing: Framing, side: Side) {
    let mut pair = against(tape, config(side, framing));
    let now = pair.now();
    pair.right.release(now);
    // Before the interface tries again, after a second.
    pair.run_for(Duration::from_millis(100));
    assert!(!pair.left.machine.link_up());
    let disc = q921::Frame {
        address: q921::Address { sapi: 0, command_response: side == Side::User, tei: 0 },
        body: q921::Body::Unnumbered { kind: q921::Unnumbered::Disconnect, poll_final: true, info: Vec::new() },
    };
    let now = pair.now();
    pair.left.machine.handle_frame(now, &disc.emit());
    pair.run_for(seconds(5));
    assert!(pair.left.machine.link_up());
}
