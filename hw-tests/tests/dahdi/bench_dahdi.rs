//! What the DAHDI path costs: our end reads blocks of 10 ms and sends them back, 30 and 120 channels, by io_uring and by epoll.
//!
//! In the guest a nanosecond is an instruction (`-icount shift=0`), so the serving thread's processor time is a count of instructions that
//! does not depend on the host. It holds what the kernel does in our calls, and the interrupts that fell into the thread. The far end
//! talks in a thread of its own, which is not counted.
//!
//! ```text
//! cargo xtask bench dahdi
//! ```

use crate::far_end::{FarEnd, Span};
use crate::near_end::{MediaLoop, Part, e1_isdn, open};
use crate::sequence::{Listener, Talker};
use crate::stranger::Stranger;
use crate::talk::b_channels;
use hw_tests::scratch::Scratch;
use nix::time::{ClockId, clock_gettime};
use ring::Backend;
use std::time::Duration;
use tdm::Law;

fn processor_time() -> Duration {
    Duration::from(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap())
}

/// Instructions that one channel takes in one second.
fn cost(backend: Backend, pairs: u8, seconds: u64) -> u64 {
    let scratch = Scratch::new(&format!("bench-{backend}-{pairs}"));
    let wanted: Vec<Span> = (0..pairs).map(|key| Span::e1_isdn(key, 1)).collect();
    let far = FarEnd::start(&scratch, &wanted);
    let near = (0..pairs).map(|key| open(e1_isdn(key, 0))).collect();
    far.wait_until_clear();
    let numbers = far.spans().iter().flat_map(|span| b_channels().map(|slot| span.channel(slot.into())));
    // Each hears its own sequence again.
    let stranger =
        Stranger::start(numbers.map(|number| (number, Talker::new(number, Law::A, 4000), Listener::new(number))).collect());
    let mut near = MediaLoop::new(near, backend, |_, _, _| Part::Echo);
    near.run(Duration::from_secs(1));
    let before = processor_time();
    near.run(Duration::from_secs(seconds));
    let took = processor_time() - before;
    let channels = near.channels();
    assert_eq!(near.lost(), (0, 0), "what was lost costs nothing");
    for (number, heard) in stranger.stop() {
        assert!(heard.is_exact(8000 * seconds), "channel {number}: {} octets came back, gaps {:?}", heard.right, heard.gaps);
    }
    drop(near);
    let each = u64::try_from(took.as_nanos()).unwrap() / (seconds * channels as u64);
    println!("BENCH dahdi {backend} {channels} channels: {each} instructions a channel-second");
    each
}

/// A tenth of the guest's one processor for 120 channels is 833 thousand each; what costs more than that is broken.
const BROKEN: u64 = 833_000;

const BOTH: [Backend; 2] = [Backend::IoUring, Backend::Epoll];

#[test]
#[ignore = "bench: cargo xtask bench dahdi"]
fn cost_of_a_channel_second_by_both_rings() {
    for (pairs, backend) in [1, 4].into_iter().flat_map(|pairs| BOTH.map(|backend| (pairs, backend))) {
        let each = cost(backend, pairs, 10);
        assert!(each < BROKEN, "{backend}, {pairs} pairs: {each} instructions a channel-second");
    }
}

/// Shows that it runs; of a dev build nothing is judged.
#[test]
#[ignore = "bench: cargo xtask bench dahdi --quick"]
fn cost_of_a_channel_second_in_short() {
    for backend in BOTH {
        cost(backend, 1, 2);
    }
}
