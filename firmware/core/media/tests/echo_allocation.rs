//! A block takes no memory, whatever the canceller is doing. Alone in its program, since the counter is the program's allocator.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod g168;

use g168::path::Path;
use g168::signal::Signal;
use media::BLOCK;
use media::echo::{Canceller, Config, ReferenceRing};

/// Allocations over 400 blocks of a canceller that meets speech, double talk, silence, slips, tones and a change of path.
#[test]
fn no_block_allocates() {
    let mut canceller = Canceller::new(Config::default());
    let mut ring = ReferenceRing::new(16, 0);
    let mut path = Path::new(0, 6.0, 100);
    let mut far =
        [Signal::css(-10.0), Signal::silence(), Signal::tones(&[697.0, 1209.0], -10.0), Signal::tones(&[2100.0], -10.0)];
    let mut near = [Signal::silence(), Signal::near_css(-10.0), Signal::hoth_noise(-50.0, 1)];
    let mut allocations = 0;
    for block in 0..2400usize {
        if block == 1200 {
            path.change_to(Path::new(4, 6.0, 500));
        }
        let (reference, mut sin) = path.block(&far[block / 300 % 4].block(), &near[block / 100 % 3].block());
        let counted = allocation_counter::measure(|| {
            ring.write(&reference);
            let (reference, _) = ring.read((block * BLOCK) as i64);
            if block % 500 == 450 {
                canceller.freeze(20);
            }
            canceller.bypass(block % 1000 > 950);
            canceller.process(&mut sin, &reference);
            std::hint::black_box(canceller.figures());
        });
        allocations += counted.count_total;
    }
    assert_eq!(allocations, 0);
    let counted = allocation_counter::measure(|| canceller.reset());
    assert_eq!(counted.count_total, 0);
    // The counter counts.
    assert!(allocation_counter::measure(|| drop(Canceller::new(Config::default()))).count_total > 0);
}
