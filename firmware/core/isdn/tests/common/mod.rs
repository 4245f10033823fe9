//! Two ends of a primary rate interface in virtual time, shared by the tests.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "each test file uses a part of this")]
#![allow(clippy::ptr_arg, reason = "the pair hands over what the machine sends, a vector")]
#![allow(clippy::disallowed_methods, reason = "virtual time needs one real instant to start from")]

pub mod group;

use std::time::{Duration, Instant};

use isdn::decode::describe;
use isdn::{CallId, Cause, CauseValue, Config, Connected, Event, Framing, Interface, Location, Number, Setup, Side, q921};
use sansio::sim::Pair;

pub type Ends = Pair<Interface, Interface>;
pub type Links = Pair<q921::Link, q921::Link>;

pub const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn describe_frame(frame: &Vec<u8>) -> String {
    describe(frame)
}

pub fn config(side: Side) -> Config {
    Config::new(if side == Side::User { "user" } else { "net" }, side, Framing::E1)
}

pub fn ends_with(user: Config, network: Config) -> Ends {
    Pair::new(Instant::now(), ("user", Interface::new(user)), ("net", Interface::new(network)), describe_frame)
}

/// User on the left, network on the right, neither started.
pub fn ends() -> Ends {
    ends_with(config(Side::User), config(Side::Network))
}

/// Both ends started, link up, ladder empty so far but for that.
pub fn up(mut pair: Ends) -> Ends {
    let now = pair.now();
    pair.left.start(now);
    pair.right.start(now);
    pair.run_for(ms(100));
    assert!(pair.left.link_up() && pair.right.link_up());
    pair.left_events.clear();
    pair.right_events.clear();
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    pair
}

/// A frame whose information field is no message.
fn describe_link_frame(frame: &Vec<u8>) -> String {
    match q921::Frame::parse(frame) {
        Ok(q921::Frame { body: q921::Body::Information { ns, nr, poll, info }, .. }) => {
            format!("I n(s)={ns} n(r)={nr}{} {info:?}", if poll { " p=1" } else { "" })
        }
        Ok(_) | Err(_) => describe(frame),
    }
}

pub fn links() -> Links {
    let link = |side, name: &str| {
        let config = q921::Config { name: name.to_owned(), ..q921::Config::new(side) };
        q921::Link::new(side, config)
    };
    Pair::new(Instant::now(), ("user", link(Side::User, "user")), ("net", link(Side::Network, "net")), describe_link_frame)
}

/// Both links established, ladder and events empty.
pub fn links_up() -> Links {
    let mut pair = links();
    let now = pair.now();
    pair.left.establish(now);
    pair.run_for(ms(50));
    assert!(pair.left.is_established() && pair.right.is_established());
    pair.left_events.clear();
    pair.right_events.clear();
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    pair
}

/// Runs `act` with the virtual time, then 50 ms.
pub fn then<T>(pair: &mut Ends, act: impl FnOnce(&mut Ends, Instant) -> T) -> T {
    let now = pair.now();
    let result = act(pair, now);
    pair.run_for(ms(50));
    result
}

pub fn speech(digits: &str) -> Setup {
    Setup::speech(Number::new(digits))
}

pub const fn cause(value: CauseValue) -> Cause {
    Cause::new(value, Location::User)
}

/// The call of the last `Setup` event.
pub fn offered(events: &[Event]) -> CallId {
    events.iter().rev().find_map(|event| if let Event::Setup { call, .. } = event { Some(*call) } else { None }).unwrap()
}

pub fn released(events: &[Event]) -> Vec<(CauseValue, isdn::Who)> {
    let of = |event: &Event| if let Event::Released { cause, by, .. } = event { Some((cause.value, *by)) } else { None };
    events.iter().filter_map(of).collect()
}

/// A call from the user that the network has answered: its name at both ends.
pub fn answered_from_user(pair: &mut Ends) -> (CallId, CallId) {
    let left = then(pair, |p, now| p.left.setup(now, speech("5551001")).unwrap());
    let right = offered(&pair.right_events);
    then(pair, |p, now| p.right.proceeding(now, right, Vec::new()));
    then(pair, |p, now| p.right.alerting(now, right, Vec::new()));
    then(pair, |p, now| p.right.connect(now, right, Connected::default()));
    (left, right)
}

/// A call from the network that the user has answered: its name at both ends.
pub fn answered_from_network(pair: &mut Ends) -> (CallId, CallId) {
    let right = then(pair, |p, now| p.right.setup(now, speech("200")).unwrap());
    let left = offered(&pair.left_events);
    then(pair, |p, now| p.left.proceeding(now, left, Vec::new()));
    then(pair, |p, now| p.left.alerting(now, left, Vec::new()));
    then(pair, |p, now| p.left.connect(now, left, Connected::default()));
    (left, right)
}

pub fn all_idle(interface: &Interface) -> bool {
    interface.calls().count() == 0 && interface.channels().iter().all(|channel| channel.state == isdn::ChannelState::Idle)
}

/// An interface against a bare data link, so that tests can send any bytes as a message.
pub type Raw = Pair<Interface, q921::Link>;

pub fn raw(side: Side) -> Raw {
    raw_with(config(side))
}

/// The same, of an interface with these settings.
pub fn raw_with(config: Config) -> Raw {
    let peer = if config.side == Side::User { Side::Network } else { Side::User };
    let link = q921::Link::new(peer, q921::Config::new(peer));
    let mut pair =
        Pair::new(Instant::now(), ("us", Interface::new(config)), ("peer", link), describe_frame as fn(&Vec<u8>) -> String);
    let now = pair.now();
    pair.left.start(now);
    pair.run_for(ms(100));
    assert!(pair.left.link_up());
    pair.left_events.clear();
    pair.right_events.clear();
    pair.ladder = sansio::sim::Ladder::new(pair.now());
    pair
}

/// Sends `messages` to the interface; says what it answered within 50 ms, in hex.
pub fn inject(pair: &mut Raw, messages: &[&[u8]]) -> Vec<String> {
    let now = pair.now();
    for message in messages {
        pair.right.data(now, message.to_vec()).unwrap();
    }
    answers(pair, ms(50))
}

/// The same config, with hold allowed.
pub fn with_hold(config: Config) -> Config {
    Config { hold: true, ..config }
}

/// Both ends up, hold allowed at both.
pub fn holding_ends() -> Ends {
    up(ends_with(with_hold(config(Side::User)), with_hold(config(Side::Network))))
}

/// Slots that calls have.
pub fn in_use(interface: &Interface) -> Vec<u8> {
    let slot =
        |channel: &isdn::ChannelStatus| matches!(channel.state, isdn::ChannelState::InUse(_)).then_some(channel.channel.slot);
    interface.channels().iter().filter_map(slot).collect()
}

/// The user's call is held by the user, with the network's consent.
pub fn held_by_user(pair: &mut Ends) -> (CallId, CallId) {
    let (left, right) = answered_from_user(pair);
    then(pair, |p, now| p.left.hold(now, left));
    then(pair, |p, now| p.right.accept_hold(now, right));
    assert!(pair.left.calls().all(|call| call.held) && pair.right.calls().all(|call| call.held));
    (left, right)
}

/// What the interface sends within `span`, in words.
pub fn answers(pair: &mut Raw, span: Duration) -> Vec<String> {
    pair.right_events.clear();
    pair.run_for(span);
    let message = |event: &q921::Event| match event {
        q921::Event::Data(bytes) => Some(isdn::decode::describe_message(bytes)),
        q921::Event::Established
        | q921::Event::Reset { .. }
        | q921::Event::Released
        | q921::Event::UnitData(_)
        | q921::Event::Error(_) => None,
    };
    pair.right_events.iter().filter_map(message).collect()
}

/// SETUP with call reference 1, speech, channel 1 exclusive, called 5551001.
pub const SETUP: &[u8] = &[
    0x08, 0x02, 0x00, 0x01, 0x05, 0xa1, 0x04, 0x03, 0x80, 0x90, 0xa3, 0x18, 0x03, 0xa9, 0x83, 0x81, 0x70, 0x08, 0x81, b'5', b'5',
    b'5', b'1', b'0', b'0', b'1',
];
