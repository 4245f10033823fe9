//! A wake-up of the serving loop that comes too late: the line sends silence meanwhile, and nothing else. What was received waits in the
//! kernel, and what is sent goes on where it stopped, within two blocks.

use crate::talk::Talk;
use hw_tests::scratch::Scratch;
use ring::Backend;
use std::time::Duration;

/// Two blocks of 10 ms.
const TWO_BLOCKS: usize = 160;

#[test]
#[ignore = "fails in one of three whole runs, audio is lost behind the gap: cargo xtask hw-test --ignored skipped_wake"]
fn loop_asleep_for_50_ms_costs_two_blocks_of_silence_at_most_and_no_audio() {
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
        println!("channel {slot}: {} octets as sent, gaps {:?}", there.right, there.gaps);
        assert!(
            !there.lost && there.right >= least - TWO_BLOCKS as u64,
            "channel {slot}: {} octets of {least} came",
            there.right
        );
        assert!(silence <= TWO_BLOCKS, "channel {slot}: {silence} octets of silence: {:?}", there.gaps);
    }
    println!("underruns and overruns: {:?}", heard.lost);
    assert_eq!(heard.lost.1, 0, "overruns: {:?}", heard.troubles);
    // The pacer is read as soon as it has a block, so its queue may be up to a block deeper than the others'.
    let skipped = heard.there.iter().filter(|one| !one.gaps.is_empty()).count();
    assert!(skipped >= 29, "{skipped} of 30 channels have a gap: 50 ms with 40 ms to send and no gap: was nothing skipped?");
    assert!(heard.lost.0 >= 29, "the gaps were not counted: {} underruns on 30 channels", heard.lost.0);
}
