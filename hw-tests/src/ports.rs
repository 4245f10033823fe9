//! Port numbers on 127.0.0.1 for programs that must be told theirs.
//!
//! Each test process takes a block of ports by an exclusive lock on a file, which the kernel gives back when the process
//! ends, however it ends. The blocks lie below 32768, where Linux begins to hand out ports of its own accord, so that
//! nothing takes a port between its choice and its use. Ports that somebody else has bound are passed over.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

const FIRST: u16 = 12_000;
const BLOCK: u16 = 500;
const BLOCKS: u16 = 40;

struct Block {
    start: u16,
    used: u16,
    _lock: File,
}

/// The first of `count` consecutive ports that are free for UDP and for TCP; the first is even, as RTP wants it.
/// Numbers come round again after 500: a long test may use ports anew that it has given up.
#[track_caller]
pub fn free_ports(count: u16) -> u16 {
    static OURS: OnceLock<Mutex<Block>> = OnceLock::new();
    let block = OURS.get_or_init(|| Mutex::new(take_block()));
    let mut block = block.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    for _ in 0..BLOCK {
        if block.used + count > BLOCK {
            block.used = 0;
        }
        let first = block.start + block.used;
        block.used += count.next_multiple_of(2);
        if (first..first + count).all(is_free) {
            return first;
        }
    }
    panic!("no {count} consecutive free ports between {} and {}", block.start, block.start + BLOCK);
}

/// One port that is free for UDP and for TCP.
#[track_caller]
pub fn free_port() -> u16 {
    free_ports(1)
}

fn is_free(port: u16) -> bool {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok() && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn take_block() -> Block {
    let directory = std::env::temp_dir().join("junctor-test-ports");
    std::fs::create_dir_all(&directory).unwrap_or_else(|e| panic!("cannot make {}: {e}", directory.display()));
    for index in 0..BLOCKS {
        let path = directory.join(index.to_string());
        let lock = File::create(&path).unwrap_or_else(|e| panic!("cannot make {}: {e}", path.display()));
        if lock.try_lock().is_ok() {
            return Block { start: FIRST + index * BLOCK, used: 0, _lock: lock };
        }
    }
    panic!("{BLOCKS} test processes hold all port blocks in {}", directory.display());
}

/// Waits until somebody has bound the UDP port (on 127.0.0.1 or on all addresses), without touching it: a probing
/// connection would be a peer's first, unexpected one.
#[track_caller]
pub fn wait_until_bound(transport: crate::Transport, port: u16, limit: Duration) {
    let file = match transport {
        crate::Transport::Udp => "/proc/net/udp",
        crate::Transport::Tcp => "/proc/net/tcp",
    };
    let wanted = [format!("0100007F:{port:04X}"), format!("00000000:{port:04X}")];
    let end = Instant::now() + limit;
    loop {
        let table = std::fs::read_to_string(file).unwrap_or_default();
        // Column 1 is the local address; for TCP column 3 must be 0A, listening.
        let bound = table.lines().any(|line| {
            let mut columns = line.split_whitespace().skip(1);
            let local = columns.next().unwrap_or_default();
            let state = columns.nth(1).unwrap_or_default();
            wanted.iter().any(|w| w == local) && (transport == crate::Transport::Udp || state == "0A")
        });
        if bound {
            return;
        }
        assert!(Instant::now() < end, "nobody bound {transport:?} port {port} within {limit:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
