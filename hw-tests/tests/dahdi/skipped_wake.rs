//! A wake-up of the serving loop that comes too late. What was received waits in the kernel and is read whole. The line sends silence
//! when its queue is empty; what would have been sent in that time is passed over, and two blocks later all is as before.

use crate::talk::Talk;
use hw_tests::scratch::Scratch;
use ring::Backend;
use std::time::Duration;

/// A block of 10 ms.
const BLOCK: usize = 80;

/// How long the loop is not served is not quite known: 50 ms, and up to two ticks of the kernel's timer. So the line sends silence for 10 ms
/// or somewhat more, and a backlog of five blocks may meet room for four.
#[test]
fn loop_asleep_for_50_ms_costs_two_blocks_of_silence_at_most_and_what_follows_is_in_time() {
    let scratch = Scratch::new("skipped-wake");
    let mut talk = Talk::start(&scratch, 0, 1, Backend::IoUring);
    talk.near.run(Duration::from_millis(1500));
    assert!(talk.near.troubles.is_empty(), "before the wake-up was skipped: {:?}", talk.near.troubles);
    std::thread::sleep(Duration::from_millis(50));
    talk.near.run(Duration::from_millis(1500));
    let heard = talk.stop();
    let least = Talk::least(Duration::from_millis(3000));
    for (slot, here) in heard.here.iter().enumerate() {
        assert!(here.is_exact(least), "channel {slot} received {} of {least} octets, gaps {:?}", here.right, here.gaps);
    }
    for (slot, there) in heard.there.iter().enumerate() {
        let silence: usize = there.gaps.iter().sum();
        println!("channel {slot}: {} octets as sent, gaps {:?}, {} missing", there.right, there.gaps, there.missing);
        assert!(!there.lost && there.right + 2 * BLOCK as u64 >= least, "channel {slot}: {} octets of {least} came", there.right);
        assert!(there.gaps.len() <= 1 && silence <= 2 * BLOCK, "channel {slot}: silence {:?}", there.gaps);
        // The line's queue is whole again: of the time that passed in silence as much was passed over, to a block. (The pacer's queue is up to
        // a block deeper than it must be until it runs empty.)
        let shift = silence.abs_diff(there.missing);
        assert!(shift <= BLOCK, "channel {slot}: {silence} octets of silence, {} missing: {shift} out of time", there.missing);
    }
    println!("underruns and overruns: {:?}", heard.lost);
    assert_eq!(heard.lost.1, 0, "overruns: {:?}", heard.troubles);
    // The pacer is read as soon as it has a block, so its queue may be up to a block deeper than the others'.
    let skipped = heard.there.iter().filter(|one| !one.gaps.is_empty()).count();
    assert!(skipped >= 29, "{skipped} of 30 channels have a gap: 50 ms with 40 ms to send and no gap: was nothing skipped?");
    assert!(heard.lost.0 >= 29, "the gaps were not counted: {} underruns on 30 channels", heard.lost.0);
}
