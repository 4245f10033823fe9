//! Two ends of a group of spans in virtual time: spans 0 and 1 with a D-channel, span 2 without.

use std::ops::{Deref, DerefMut};
use std::time::Instant;

use isdn::decode::describe;
use isdn::{Config, Connected, DChannelState, Event, Framing, Interface, Nfas, NfasSpan, Side, Variant};
use sansio::sim::{Ladder, Pair};
use sansio::{Machine, Peer};

use super::{ms, offered, speech};

/// One end: an interface whose frames carry the span of their D-channel, and the D-channels that are cut unnoticed.
#[derive(Debug)]
pub struct Member {
    interface: Interface,
    pub cut: Vec<u8>,
}

impl Deref for Member {
    type Target = Interface;
    fn deref(&self) -> &Interface {
        &self.interface
    }
}

impl DerefMut for Member {
    fn deref_mut(&mut self) -> &mut Interface {
        &mut self.interface
    }
}

impl Machine for Member {
    type Transmit = (u8, Vec<u8>);
    type Event = Event;

    fn handle_timeout(&mut self, now: Instant) {
        self.interface.handle_timeout(now);
    }
    fn poll_transmit(&mut self) -> Option<(u8, Vec<u8>)> {
        let spans: Vec<u8> = self.interface.d_channels().map(|status| status.interface).collect();
        loop {
            let (span, frame) = spans.iter().find_map(|span| Some((*span, self.interface.poll_transmit_on(*span)?)))?;
            if !self.cut.contains(&span) {
                return Some((span, frame));
            }
        }
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
        if !self.cut.contains(&span) {
            self.interface.handle_frame_on(now, span, &frame);
        }
    }
}

pub type Group = Pair<Member, Member>;

fn describe_on((span, frame): &(u8, Vec<u8>)) -> String {
    format!("{span}: {}", describe(frame))
}

pub fn nfas(framing: Framing) -> Nfas {
    Nfas { spans: vec![NfasSpan::with_backup(1, framing), NfasSpan::bearers_only(2, framing)] }
}

pub fn config(side: Side, framing: Framing, variant: Variant) -> Config {
    let name = if side == Side::User { "user" } else { "net" };
    Config { nfas: Some(nfas(framing)), variant, ..Config::new(name, side, framing) }
}

pub fn group_of(user: Config, network: Config) -> Group {
    let member = |config| Member { interface: Interface::new(config), cut: Vec::new() };
    Pair::new(Instant::now(), ("user", member(user)), ("net", member(network)), describe_on)
}

/// Neither end started.
pub fn group(framing: Framing, variant: Variant) -> Group {
    group_of(config(Side::User, framing, variant), config(Side::Network, framing, variant))
}

/// Both ends started, D-channel 0 in service and 1 standing by, ladder empty.
pub fn up(mut pair: Group) -> Group {
    let now = pair.now();
    pair.left.start(now);
    pair.right.start(now);
    pair.run_for(ms(100));
    assert_eq!(states(&pair.left), [DChannelState::InService, DChannelState::Standby]);
    assert_eq!(states(&pair.right), [DChannelState::InService, DChannelState::Standby]);
    fresh(&mut pair);
    pair
}

/// National ISDN on T1, up.
pub fn t1() -> Group {
    up(group(Framing::T1, Variant::NationalIsdn2))
}

/// Forgets ladder and events so far.
pub fn fresh(pair: &mut Group) {
    pair.left_events.clear();
    pair.right_events.clear();
    pair.ladder = Ladder::new(pair.now());
}

pub fn states(member: &Member) -> Vec<DChannelState> {
    member.d_channels().map(|status| status.state).collect()
}

pub fn then<T>(pair: &mut Group, act: impl FnOnce(&mut Group, Instant) -> T) -> T {
    let now = pair.now();
    let result = act(pair, now);
    pair.run_for(ms(50));
    result
}

/// Layer 1 of a span at both ends.
pub fn layer1(pair: &mut Group, span: u8, up: bool) {
    then(pair, |p, now| {
        p.left.handle_layer1_on(now, span, up);
        p.right.handle_layer1_on(now, span, up);
    });
}

/// A D-channel carries nothing any more, and no alarm says so; or does again.
pub fn cut(pair: &mut Group, span: u8, cut: bool) {
    for member in [&mut pair.left, &mut pair.right] {
        member.cut.retain(|one| *one != span);
        member.cut.extend(cut.then_some(span));
    }
}

/// National ISDN on T1, up, and the user's calls begin on span `first`: it has no channels before it.
pub fn t1_from(first: u8) -> Group {
    let mut user = config(Side::User, Framing::T1, Variant::NationalIsdn2);
    user.channels.clear();
    let before = user.nfas.iter_mut().flat_map(|nfas| &mut nfas.spans).filter(|span| span.interface < first);
    before.for_each(|span| span.channels.clear());
    up(group_of(user, config(Side::Network, Framing::T1, Variant::NationalIsdn2)))
}

/// A call from the user that the network has answered, and its channel.
pub fn answered_from_user(pair: &mut Group) -> (isdn::CallId, isdn::CallId, isdn::Channel) {
    let left = then(pair, |p, now| p.left.setup(now, speech("5551001")).unwrap());
    let right = offered(&pair.right_events);
    then(pair, |p, now| p.right.proceeding(now, right, Vec::new()));
    then(pair, |p, now| p.right.alerting(now, right, Vec::new()));
    then(pair, |p, now| p.right.connect(now, right, Connected::default()));
    let channel = pair.left.calls().find(|call| call.call == left).unwrap().channel.unwrap();
    (left, right, channel)
}

/// States of the calls in Q.931's numbers, at both ends.
pub fn call_states(pair: &Group) -> (Vec<u8>, Vec<u8>) {
    let of = |member: &Member| member.calls().map(|call| call.state).collect();
    (of(&pair.left), of(&pair.right))
}

/// The D-channel events in order.
pub fn d_channel_events(events: &[Event]) -> Vec<(u8, DChannelState)> {
    let of = |event: &Event| {
        if let Event::DChannel { interface, state } = event { Some((*interface, *state)) } else { None }
    };
    events.iter().filter_map(of).collect()
}
