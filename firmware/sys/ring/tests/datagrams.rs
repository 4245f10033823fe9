//! Datagrams: each once, in order, with its sender; floods, long ones, sockets that come and go, no allocation.
#![allow(
    unsafe_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and counts by an allocator"
)]
mod both;
mod counting;
use both::{QUIET, SOON, on_both_back_ends};
use counting::ALLOCATIONS;
use ring::{Backend, DatagramCounters, LONGEST, Ring, Token, Wake, open, open_batching};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::time::Duration;

/// Both kinds of ring of a back end.
fn rings(backend: Backend) -> [Box<dyn Ring>; 2] {
    [open(Some(backend)).unwrap().ring, open_batching(Some(backend)).unwrap().ring]
}

fn socket(address: &str) -> UdpSocket {
    UdpSocket::bind((address, 0)).unwrap()
}

type Heard = Vec<(Token, SocketAddr, Vec<u8>)>;

/// Waits once and takes what came.
fn take(ring: &mut dyn Ring, timeout: Duration) -> Heard {
    let mut heard = Vec::new();
    let mut ready = Vec::new();
    ring.wait(Some(timeout), &mut ready).unwrap();
    assert_eq!(ready, [], "sockets are not reported");
    ring.datagrams(&mut |one| heard.push((one.token, one.from, one.octets.to_vec())));
    heard
}

/// Takes until there are so many.
fn take_all(ring: &mut dyn Ring, count: usize) -> Heard {
    let mut heard = Vec::new();
    while heard.len() < count {
        let more = take(ring, SOON);
        assert!(!more.is_empty(), "{} of {count} came", heard.len());
        heard.extend(more);
    }
    heard
}

/// Says its number to a socket and returns the number.
fn say(from: &UdpSocket, to: &UdpSocket, number: u32) {
    from.send_to(&number.to_be_bytes(), to.local_addr().unwrap()).unwrap();
}

fn number(octets: &[u8]) -> u32 {
    u32::from_be_bytes(octets.try_into().unwrap())
}

on_both_back_ends! {
    fn two_sockets_of_both_families_each_datagram_once_with_its_sender(backend: Backend) {
        for mut ring in rings(backend) {
            for (token, address) in [(1, "127.0.0.1"), (2, "::1")] {
                let (ours, theirs) = (socket(address), socket(address));
                ring.receive(Token(token), ours.as_fd()).unwrap();
                assert_eq!(take(&mut *ring, QUIET), []);
                theirs.send_to(b"", ours.local_addr().unwrap()).unwrap();
                theirs.send_to(b"one", ours.local_addr().unwrap()).unwrap();
                let from = theirs.local_addr().unwrap();
                let heard = take_all(&mut *ring, 2);
                assert_eq!(heard, [(Token(token), from, Vec::new()), (Token(token), from, b"one".to_vec())]);
                assert_eq!(take(&mut *ring, QUIET), []);
            }
            assert_eq!(ring.datagram_counters(), DatagramCounters { received: 4, ..DatagramCounters::default() });
        }
    }

    fn datagrams_before_the_receive_are_taken_too(backend: Backend) {
        for mut ring in rings(backend) {
            let (ours, theirs) = (socket("127.0.0.1"), socket("127.0.0.1"));
            say(&theirs, &ours, 7);
            ring.receive(Token(1), ours.as_fd()).unwrap();
            assert_eq!(number(&take_all(&mut *ring, 1)[0].2), 7);
        }
    }

    fn flood_of_one_socket_keeps_the_order_and_the_others_are_heard(backend: Backend) {
        const FLOOD: u32 = 3_000;
        for mut ring in rings(backend) {
            let (ours, other, theirs) = (socket("127.0.0.1"), socket("127.0.0.1"), socket("127.0.0.1"));
            nix::sys::socket::setsockopt(&ours, nix::sys::socket::sockopt::RcvBuf, &4_000_000).unwrap();
            ring.receive(Token(1), ours.as_fd()).unwrap();
            ring.receive(Token(2), other.as_fd()).unwrap();
            let mut sent = 0;
            let mut heard: Heard = Vec::new();
            while sent < FLOOD {
                // More than the pool holds, fewer than a socket of the usual size.
                (0..100).for_each(|ahead| say(&theirs, &ours, sent + ahead));
                sent += 100;
                if sent % 1000 == 0 {
                    say(&theirs, &other, sent);
                    while heard.len() < (sent + sent / 1000) as usize {
                        heard.extend(take_all(&mut *ring, 1));
                    }
                }
            }
            let of = |token| heard.iter().filter(|one| one.0 == token).map(|one| number(&one.2)).collect::<Vec<_>>();
            assert_eq!(of(Token(1)), (0..FLOOD).collect::<Vec<_>>());
            assert_eq!(of(Token(2)), [1000, 2000, 3000]);
            let counters = ring.datagram_counters();
            assert_eq!((counters.received, counters.too_long, counters.stale), (3_003, 0, 0));
            assert_eq!(counters.pool_empty > 0, backend == Backend::IoUring, "{counters:?}");
        }
    }

    fn longest_is_taken_and_longer_is_counted(backend: Backend) {
        for mut ring in rings(backend) {
            let (ours, theirs) = (socket("127.0.0.1"), socket("127.0.0.1"));
            ring.receive(Token(1), ours.as_fd()).unwrap();
            for length in [LONGEST + 1, 9_000, LONGEST] {
                theirs.send_to(&vec![5; length], ours.local_addr().unwrap()).unwrap();
            }
            let heard = loop {
                let heard = take(&mut *ring, SOON);
                if !heard.is_empty() {
                    break heard;
                }
            };
            assert_eq!((heard.len(), heard[0].2.len()), (1, LONGEST));
            assert_eq!(ring.datagram_counters().too_long, 2);
        }
    }

    fn unwatched_socket_is_not_heard_and_its_port_is_free_again(backend: Backend) {
        for mut ring in rings(backend) {
            let (other, theirs) = (socket("127.0.0.1"), socket("127.0.0.1"));
            ring.receive(Token(9), other.as_fd()).unwrap();
            let address = socket("127.0.0.1").local_addr().unwrap();
            for round in 0..20 {
                let ours = UdpSocket::bind(address).unwrap();
                ring.receive(Token(1), ours.as_fd()).unwrap();
                say(&theirs, &ours, round);
                say(&theirs, &other, round);
                assert_eq!(take_all(&mut *ring, 2).len(), 2);
                // What comes between the last wait and the end is lost with the socket; the other's is not.
                say(&theirs, &ours, round);
                say(&theirs, &other, round);
                ring.unwatch(Token(1)).unwrap();
                drop(ours);
                let left = take_all(&mut *ring, 1);
                assert_eq!(left.iter().filter(|one| one.0 == Token(9)).count(), 1);
            }
        }
    }

    fn what_is_no_socket_is_refused(backend: Backend) {
        for mut ring in rings(backend) {
            let wake = Wake::new().unwrap();
            let refused = ring.receive(Token(3), wake.as_fd());
            let told = refused.is_err() || {
                wake.wake();
                let mut ready = Vec::new();
                while ready.is_empty() {
                    ring.wait(Some(SOON), &mut ready).unwrap();
                    ring.datagrams(&mut |_| panic!("a datagram of no socket"));
                    if backend == Backend::Epoll {
                        break; // it reads in vain
                    }
                }
                backend == Backend::Epoll || ready[0].gone
            };
            assert!(told);
        }
    }

    fn datagrams_and_descriptors_share_a_ring(backend: Backend) {
        let mut ring = open(Some(backend)).unwrap().ring;
        let (ours, theirs, wake) = (socket("127.0.0.1"), socket("127.0.0.1"), Wake::new().unwrap());
        ring.receive(Token(1), ours.as_fd()).unwrap();
        ring.watch(Token(2), wake.as_fd(), ring::Interest::READ).unwrap();
        for round in 0..10 {
            wake.wake();
            assert_eq!(both::wait(&mut *ring), [both::readable(2)]);
            wake.drain();
            say(&theirs, &ours, round);
            assert_eq!(number(&take_all(&mut *ring, 1)[0].2), round);
        }
    }

    fn running_receives_allocate_nothing(backend: Backend) {
        for mut ring in rings(backend) {
            let theirs = socket("127.0.0.1");
            let all: Vec<_> = (0..50).map(|_| socket("127.0.0.1")).collect();
            let addresses: Vec<_> = all.iter().map(|ours| ours.local_addr().unwrap()).collect();
            for (token, ours) in all.iter().enumerate() {
                ring.receive(Token(token as u64), ours.as_fd()).unwrap();
            }
            let mut ready = Vec::with_capacity(64);
            let mut round = |ring: &mut dyn Ring| {
                addresses.iter().for_each(|to| drop(theirs.send_to(&[1; 172], to)));
                let mut heard = 0;
                while heard < addresses.len() {
                    ring.wait(Some(SOON), &mut ready).unwrap();
                    ring.datagrams(&mut |one| heard += usize::from(one.octets.len() == 172));
                }
            };
            round(&mut *ring);
            let before = ALLOCATIONS.get();
            (0..50).for_each(|_| round(&mut *ring));
            assert_eq!(ALLOCATIONS.get() - before, 0);
        }
        let before = ALLOCATIONS.get();
        drop(Box::new(1_u8));
        assert!(ALLOCATIONS.get() > before, "the allocator does not count");
    }
}
