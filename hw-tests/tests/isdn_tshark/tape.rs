//! What two ends of a D-channel sent, kept as a capture.
//!
//! A [`Taped`] machine is the machine with a tape on its transmitter. The file has the form that the box's own captures have: link type
//! LINUX_LAPD, so that the decoder knows which side sent a frame and whether its P/F bit is a poll or a final.

use hw_tests::scratch::Scratch;
use hw_tests::tshark::Capture;
use isdn::{Config, Framing, Interface, Side, q921};
use sansio::sim::Pair;
use sansio::{Machine, Peer};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// One frame and which side sent it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub network_side: bool,
    pub frame: Vec<u8>,
}

/// Frames of one or more machines in the order sent.
#[derive(Debug, Clone, Default)]
pub struct Tape(Rc<RefCell<Vec<Sent>>>);

impl Tape {
    /// `machine`, whose frames are kept from now on.
    pub fn on<M>(&self, side: Side, machine: M) -> Taped<M> {
        Taped { machine, network_side: side == Side::Network, tape: self.clone() }
    }

    /// Keeps a frame that no machine sent.
    pub fn keep(&self, side: Side, frame: Vec<u8>) {
        self.0.borrow_mut().push(Sent { network_side: side == Side::Network, frame });
    }

    /// Which side sent the frame that tshark gives this number.
    pub fn sender(&self, number: &str) -> Side {
        let index = number.parse::<usize>().unwrap() - 1;
        if self.0.borrow()[index].network_side { Side::Network } else { Side::User }
    }

    /// All frames as a capture. tshark numbers them from 1.
    pub fn capture(&self, scratch: &Scratch) -> Capture {
        let mut file = Vec::new();
        file.extend(0xa1b2_c3d4_u32.to_le_bytes());
        file.extend([2, 0, 4, 0]); // version 2.4
        file.extend([0; 8]);
        file.extend(0xffff_u32.to_le_bytes());
        file.extend(177_u32.to_le_bytes()); // LINKTYPE_LINUX_LAPD
        for (second, sent) in (1_u32..).zip(self.0.borrow().iter()) {
            let packet = linux_lapd(sent);
            let length = u32::try_from(packet.len()).unwrap();
            for field in [second, 0, length, length] {
                file.extend(field.to_le_bytes());
            }
            file.extend(packet);
        }
        let path = scratch.join("frames.pcap");
        std::fs::write(&path, file).unwrap();
        Capture::open(&path)
    }
}

/// The frame behind the header of LINKTYPE_LINUX_LAPD, as its sender would capture it.
fn linux_lapd(sent: &Sent) -> Vec<u8> {
    let mut bytes = vec![0, 4]; // outgoing
    bytes.extend(8445_u16.to_be_bytes()); // ARPHRD_LAPD
    bytes.extend([0, 1, u8::from(sent.network_side)]); // one octet of address: whether it is the network
    bytes.extend([0; 7]);
    bytes.extend([0x00, 0x30]); // ETH_P_LAPD
    bytes.extend(&sent.frame);
    bytes
}

/// A machine with a tape on its transmitter.
#[derive(Debug)]
pub struct Taped<M> {
    pub machine: M,
    network_side: bool,
    tape: Tape,
}

impl<M: Machine<Transmit = Vec<u8>>> Machine for Taped<M> {
    type Transmit = Vec<u8>;
    type Event = M::Event;

    fn handle_timeout(&mut self, now: Instant) {
        self.machine.handle_timeout(now);
    }
    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        let frame = self.machine.poll_transmit()?;
        self.tape.0.borrow_mut().push(Sent { network_side: self.network_side, frame: frame.clone() });
        Some(frame)
    }
    fn poll_event(&mut self) -> Option<M::Event> {
        self.machine.poll_event()
    }
    fn poll_timeout(&self) -> Option<Instant> {
        self.machine.poll_timeout()
    }
}

impl<M: Peer + Machine<Transmit = Vec<u8>>> Peer for Taped<M> {
    fn handle_receive(&mut self, now: Instant, received: Vec<u8>) {
        self.machine.handle_receive(now, received);
    }
}

pub type Ends = Pair<Taped<Interface>, Taped<Interface>>;
/// An interface against a bare data link, by which a test sends any octets as a message. Only the interface is on tape.
pub type Against = Pair<Taped<Interface>, q921::Link>;

pub fn describe(frame: &Vec<u8>) -> String {
    isdn::decode::describe(frame)
}

pub const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn config(side: Side, framing: Framing) -> Config {
    Config::new(if side == Side::User { "user" } else { "net" }, side, framing)
}

/// User on the left, network on the right, the link up.
pub fn ends(tape: &Tape, user: Config, network: Config) -> Ends {
    let user = tape.on(Side::User, Interface::new(user));
    let network = tape.on(Side::Network, Interface::new(network));
    let mut pair = Pair::new(Instant::now(), ("user", user), ("net", network), describe as fn(&Vec<u8>) -> String);
    let now = pair.now();
    pair.left.machine.start(now);
    pair.right.machine.start(now);
    pair.run_for(seconds(1));
    assert!(pair.left.machine.link_up() && pair.right.machine.link_up());
    pair
}

/// An interface of that configuration against a link of the other side, the link up.
pub fn against(tape: &Tape, config: Config) -> Against {
    let side = config.side;
    let other = if side == Side::User { Side::Network } else { Side::User };
    let us = tape.on(side, Interface::new(config));
    let peer = q921::Link::new(other, q921::Config::new(other));
    let mut pair = Pair::new(Instant::now(), ("us", us), ("peer", peer), describe as fn(&Vec<u8>) -> String);
    let now = pair.now();
    pair.left.machine.start(now);
    pair.run_for(seconds(1));
    assert!(pair.left.machine.link_up());
    pair
}
