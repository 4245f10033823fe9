//! Double talk: what the canceller leaves of the echo before it, in it and after it. Echo path models of G.168 Annex D.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod g168;

use g168::arrangement::Arrangement;
use g168::path::Path;
use g168::signal::Signal;
use media::echo::Config;

#[test]
fn converged_five_seconds_of_double_talk_lose_at_most_6_db() {
    for (tail_ms, model, delay) in [(16, 0, 0), (32, 5, 80), (64, 2, 300), (128, 7, 850)] {
        for near in [-16.0, -10.0, -4.0] {
            let mut arrangement = Arrangement::linear(tail_ms, Path::new(model, 6.0, delay));
            let mut css = Signal::css(-10.0);
            arrangement.run(&mut css, &mut Signal::silence(), 5.0);
            let before = arrangement.residual(&mut css, 1.0);
            arrangement.run(&mut css, &mut Signal::near_css(near), 5.0);
            arrangement.hold();
            arrangement.run(&mut css, &mut Signal::silence(), 0.2);
            let after = arrangement.residual(&mut css, 1.0);
            assert!(after - before <= 6.0, "{tail_ms} ms, near end {near} dBm0: {before:.1} before, {after:.1} dBm0 after");
        }
    }
}

#[test]
fn near_end_alone_passes_unchanged() {
    let mut arrangement = Arrangement::new(Config::default(), Path::new(1, 6.0, 200).without_law());
    arrangement.run(&mut Signal::css(-10.0), &mut Signal::silence(), 3.0);
    arrangement.run(&mut Signal::silence(), &mut Signal::silence(), 0.5);
    let left = {
        arrangement.forget_peaks();
        arrangement.run(&mut Signal::silence(), &mut Signal::near_css(-15.0), 3.0);
        arrangement.left.take_peak()
    };
    assert!(left < -60.0, "{left:.1} dBm0 were changed of a near end of -15 dBm0");
}

#[test]
fn far_end_talking_near_end_onset_is_not_clipped() {
    let mut arrangement = Arrangement::new(Config::default(), Path::new(1, 6.0, 200));
    let mut css = Signal::css(-15.0);
    arrangement.run(&mut css, &mut Signal::silence(), 5.0);
    arrangement.forget_peaks();
    // Both talk; the linear filter's residual is all that may differ from the near end.
    arrangement.run(&mut css, &mut Signal::near_css(-15.0), 0.07);
    let left = arrangement.left.take_peak();
    assert!(left < -30.0, "{left:.1} dBm0 of difference within the first 70 ms");
}
