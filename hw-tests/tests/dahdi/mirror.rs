//! A channel of the far end that sends back what it receives: what a loop plug does, by plain reads and writes of a channel that
//! Debian's `dahdi_cfg` configured. Bits can be turned on the way.

use crate::stranger;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const BLOCK: usize = 80;
/// Silence that waits to be sent before the first octet comes: 60 ms, since the kernel moves data in bursts.
const AHEAD: usize = 6 * BLOCK;

#[derive(Debug, Default)]
struct Shared {
    stop: AtomicBool,
    /// Octets in which one bit is still to be turned.
    to_turn: AtomicU32,
}

/// The mirror; it ends when dropped.
pub(crate) struct Mirror {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Mirror {
    /// On a channel by its number in the kernel.
    pub(crate) fn start(channel: u32) -> Self {
        let file = stranger::open_audio(channel, BLOCK);
        for _ in 0..AHEAD / BLOCK {
            assert_eq!(file.write(&[0xd5; BLOCK]).unwrap(), BLOCK, "channel {channel}");
        }
        let shared = Arc::new(Shared::default());
        let seen = shared.clone();
        let thread = std::thread::spawn(move || {
            let mut block = [0; BLOCK];
            while !seen.stop.load(Ordering::Relaxed) {
                match stranger::read(&*file, &mut block) {
                    Ok(length) => {
                        turn(&seen.to_turn, &mut block[..length]);
                        assert_eq!(file.write(&block[..length]).unwrap(), length, "channel {channel}");
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(4)),
                    Err(error) => panic!("channel {channel}: {error}"),
                }
            }
        });
        Self { shared, thread: Some(thread) }
    }

    /// Turns one bit in each of the next `octets`.
    pub(crate) fn turn_bits(&self, octets: u32) {
        self.shared.to_turn.fetch_add(octets, Ordering::Relaxed);
    }
}

fn turn(left: &AtomicU32, block: &mut [u8]) {
    let now = usize::try_from(left.load(Ordering::Relaxed)).unwrap().min(block.len());
    block[..now].iter_mut().for_each(|octet| *octet ^= 0x10);
    left.fetch_sub(u32::try_from(now).unwrap(), Ordering::Relaxed);
}

impl Drop for Mirror {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) && !std::thread::panicking() {
            panic!("the mirror broke");
        }
    }
}
