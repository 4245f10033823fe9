//! `cargo xtask bench ring`: what it costs a media thread to take in the packets of 200 sockets at telephone pacing.
//!
//! Each round of 10 ms brings a packet to every second socket, sent by a thread on another core. The measured thread takes
//! them in three ways in turn: by the batching ring on io_uring, by the same on epoll, and by one `recvfrom` a socket and round
//! and more while there is something, as media threads did before there was the ring. Only that is measured: no RTP.

use hw_tests::bench::{Bench, Cores, Figure};
use ring::{Backend, Ring, Token, open_batching};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

const SOCKETS: usize = 200;
const PACKET: [u8; 172] = [0xd5; 172];
const BROKEN: &str = "the sockets of this machine do not work";

fn main() {
    let bench = Bench::new("ring");
    let sockets: [Vec<UdpSocket>; 3] = std::array::from_fn(|_| open());
    let sender = Sending::start(sockets.iter().map(|way| way.iter().map(address).collect()).collect());
    let [by_uring, by_epoll, plain] = &sockets;
    let (mut uring, mut epoll) = (ring_of(Backend::IoUring, by_uring), ring_of(Backend::Epoll, by_epoll));
    let mut ready = Vec::with_capacity(64);
    let mut again = Vec::with_capacity(64);
    let rates = bench.per_cpu_second_each(
        &mut || sender.round(),
        &mut [&mut || drain(&mut *uring, &mut ready), &mut || drain(&mut *epoll, &mut again), &mut || read_each(plain)],
    );
    let name = |how| format!("packet taken in, 200 sockets, 20 ms packets, {how}");
    for (how, rate) in ["io_uring", "epoll", "a read a socket and block"].into_iter().zip(rates) {
        bench.print(Figure::lower(&name(how), "us", 1e6 / rate));
    }
}

fn open() -> Vec<UdpSocket> {
    let socket = |_| {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).expect(BROKEN);
        socket.set_nonblocking(true).expect(BROKEN);
        socket
    };
    (0..SOCKETS).map(socket).collect()
}

fn address(socket: &UdpSocket) -> SocketAddr {
    socket.local_addr().expect(BROKEN)
}

fn ring_of(backend: Backend, sockets: &[UdpSocket]) -> Box<dyn Ring> {
    let mut ring = open_batching(Some(backend)).expect("the back end is refused").ring;
    for (token, socket) in (0..).map(Token).zip(sockets) {
        ring.receive(token, socket.as_fd()).expect(BROKEN);
    }
    ring
}

/// Takes in this round's packets.
#[track_caller]
fn drain(ring: &mut dyn Ring, ready: &mut Vec<ring::Ready>) -> u64 {
    let mut packets = 0;
    ring.wait(Some(Duration::ZERO), ready).expect(BROKEN);
    ring.datagrams(&mut |one| packets += u64::from(one.octets.len() == PACKET.len()));
    assert_eq!(packets, SOCKETS as u64 / 2, "a packet is missing");
    packets
}

#[track_caller]
fn read_each(sockets: &[UdpSocket]) -> u64 {
    let mut packets = 0;
    let mut buffer = [0; ring::LONGEST];
    for socket in sockets {
        while socket.recv_from(&mut buffer).is_ok_and(|(octets, _)| octets == PACKET.len()) {
            packets += 1;
        }
    }
    assert_eq!(packets, SOCKETS as u64 / 2, "a packet is missing");
    packets
}

/// The thread that sends a round when it is told to. The ways take turns, and so do the sockets of each.
struct Sending {
    go: Sender<()>,
    done: Receiver<()>,
}

impl Sending {
    fn start(ways: Vec<Vec<SocketAddr>>) -> Self {
        let ((go, told), (finished, done)) = (channel(), channel());
        std::thread::spawn(move || {
            Cores::new().go_to_others();
            let socket = UdpSocket::bind(("127.0.0.1", 0)).expect(BROKEN);
            let mut rounds = 0..;
            while let (Ok(()), Some(round)) = (told.recv(), rounds.next()) {
                let way: &[SocketAddr] = ways.get(round % ways.len()).map_or(&[], Vec::as_slice);
                for to in way.iter().skip(round / ways.len() % 2).step_by(2) {
                    socket.send_to(&PACKET, to).expect(BROKEN);
                }
                finished.send(()).expect(BROKEN);
            }
        });
        Self { go, done }
    }

    fn round(&self) {
        self.go.send(()).expect(BROKEN);
        self.done.recv().expect(BROKEN);
    }
}
