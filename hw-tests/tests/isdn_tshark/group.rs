//! Two groups of spans: calls on each span, their channels named with it, and a switch to the other D-channel (Q.931 annex F).

use crate::calls::{cause, offered};
use crate::tape::{Tape, config, seconds};
use isdn::{CauseValue, Channel, Config, Connected, Event, Framing, Interface, Nfas, NfasSpan, Number, Setup, Side, Variant};
use sansio::sim::Pair;
use sansio::{Machine, Peer};
use std::time::Instant;

/// The types that are tried: one that names the span of a channel where it must, one that always does.
pub const TYPES: [Variant; 2] = [Variant::EuroIsdn, Variant::NationalIsdn2];

/// Spans 0 and 1 with a D-channel and one B-channel, span 2 with the slot of the D-channel as one of its two.
pub fn group(side: Side, framing: Framing, variant: Variant) -> Config {
    let span = |interface, channels| NfasSpan { channels, ..NfasSpan::with_backup(interface, framing) };
    let bearers = NfasSpan { d_channel: false, ..span(2, vec![1, framing.d_channel()]) };
    let nfas = Some(Nfas { spans: vec![span(1, vec![1]), bearers] });
    Config { nfas, variant, channels: vec![1], ..config(side, framing) }
}

/// One end: its frames carry the span of their D-channel, and are on tape.
pub struct Member {
    interface: Interface,
    side: Side,
    tape: Tape,
}

impl Machine for Member {
    type Transmit = (u8, Vec<u8>);
    type Event = Event;

    fn handle_timeout(&mut self, now: Instant) {
        self.interface.handle_timeout(now);
    }
    fn poll_transmit(&mut self) -> Option<(u8, Vec<u8>)> {
        let (span, frame) = [0, 1].into_iter().find_map(|span| Some((span, self.interface.poll_transmit_on(span)?)))?;
        self.tape.keep(self.side, frame.clone());
        Some((span, frame))
    }
    fn poll_event(&mut self) -> Option<Event> {
        self.interface.poll_event()
    }
    fn poll_timeout(&self) -> Option<Instant> {
        self.interface.poll_timeout()
    }
}

impl Peer for Member {
    fn handle_receive(&mut self, now: Instant, (span, frame): (u8, Vec<u8>)) {
        self.interface.handle_frame_on(now, span, &frame);
    }
}

impl Member {
    fn new(tape: &Tape, side: Side, framing: Framing, variant: Variant) -> Self {
        Self { interface: Interface::new(group(side, framing, variant)), side, tape: tape.clone() }
    }
}

type Group = Pair<Member, Member>;

fn describe((span, frame): &(u8, Vec<u8>)) -> String {
    format!("{span}: {}", isdn::decode::describe(frame))
}

/// User on the left, network on the right, both D-channels up.
fn up(tape: &Tape, framing: Framing, variant: Variant) -> Group {
    let member = |side| Member::new(tape, side, framing, variant);
    let (user, network) = (("user", member(Side::User)), ("net", member(Side::Network)));
    let mut pair = Pair::new(Instant::now(), user, network, describe as fn(&(u8, Vec<u8>)) -> String);
    act(&mut pair, |user, network, now| {
        user.start(now);
        network.start(now);
    });
    assert!(pair.left.interface.link_up() && pair.right.interface.link_up());
    pair
}

fn act<T>(pair: &mut Group, what: impl FnOnce(&mut Interface, &mut Interface, Instant) -> T) -> T {
    let now = pair.now();
    let result = what(&mut pair.left.interface, &mut pair.right.interface, now);
    pair.run_for(seconds(1));
    result
}

/// The end of that side, and the other.
fn sorted<'a>(user: &'a mut Interface, network: &'a mut Interface, from: Side) -> (&'a mut Interface, &'a mut Interface) {
    if from == Side::User { (user, network) } else { (network, user) }
}

/// A call on every channel; the first D-channel fails and comes back; calls are asked after and cleared over the backup. A channel of a span
/// without a D-channel is blocked, given back, and restarted.
pub fn calls_on_every_span(tape: &Tape, framing: Framing, from: Side) {
    for variant in TYPES {
        let mut pair = up(tape, framing, variant);
        for _ in 0..4 {
            call(&mut pair, from);
        }
        assert_eq!(pair.left.interface.calls().count(), 4, "{}", pair.ladder);
        for up in [false, true] {
            act(&mut pair, |user, network, now| [user, network].map(|end| end.handle_layer1_on(now, 0, up)));
        }
        for _ in 0..4 {
            clear(&mut pair, from);
        }
        let channel = Channel { interface: 2, slot: 1 };
        act(&mut pair, |user, network, now| sorted(user, network, from).0.block(now, channel).unwrap());
        act(&mut pair, |user, network, now| sorted(user, network, from).0.unblock(now, channel));
        act(&mut pair, |user, network, now| sorted(user, network, from).0.restart(now, &[channel]));
        let left = [&pair.left, &pair.right].map(|end| (end.interface.calls().count(), end.interface.stats().switch_overs));
        assert_eq!(left.map(|(calls, _)| calls), [0, 0], "{}", pair.ladder);
        assert!(left.iter().any(|(_, switch_overs)| *switch_overs > 0), "{left:?}");
    }
}

/// A call by that side, answered.
fn call(pair: &mut Group, from: Side) {
    let setup = Setup::speech(Number::new("5551001"));
    act(pair, |user, network, now| sorted(user, network, from).0.setup(now, setup).unwrap());
    let call = offered(if from == Side::User { &pair.right_events } else { &pair.left_events });
    act(pair, |user, network, now| sorted(user, network, from).1.connect(now, call, Connected::default()));
}

/// Ends the first call of that side.
fn clear(pair: &mut Group, from: Side) {
    act(pair, |user, network, now| {
        let (end, _) = sorted(user, network, from);
        let call = end.calls().next().unwrap().call;
        end.clear(now, call, cause(CauseValue::NORMAL_CLEARING));
    });
    act(pair, |user, network, now| {
        let (_, end) = sorted(user, network, from);
        let call = end.calls().find(|call| matches!(call.state, 11 | 12)).unwrap().call;
        end.clear(now, call, cause(CauseValue::NORMAL_CLEARING));
    });
}
