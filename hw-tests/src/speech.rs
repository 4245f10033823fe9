//! The two speech files in vectors/speech, each the other's negative control, and whether one of them was heard.

use crate::audio::Audio;
use crate::correlation::{correlation, windowed};
use model::api::Quality;
use std::path::{Path, PathBuf};

/// A man saying something about a town, 8 kHz mono 16 bit.
pub fn town() -> PathBuf {
    vector("town.wav")
}

/// A woman saying something about a river, 8 kHz mono 16 bit.
pub fn river() -> PathBuf {
    vector("river.wav")
}

fn vector(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors/speech").join(name)
}

/// Panics unless `heard` is what is in `said` (windowed median r > 0.95 over at least four seconds with speech) and not what
/// the other file says (r < 0.3). For paths where a block may slip: a phone's clock and the span's run free of each other.
#[track_caller]
pub fn expect_heard(said: &Path, heard: &Audio) {
    let found = windowed(&Audio::load(said), heard);
    let good = found.as_ref().is_some_and(|f| f.median_r > 0.95 && f.windows >= 4);
    assert!(good, "{}: {found:?}, level {} dBFS, {} ms", said.display(), heard.level_dbfs(), heard.ms());
    expect_not_the_other(said, heard);
}

/// Panics unless `heard` is what is in `said` with no block missing or repeated: r > 0.95 over the whole file at one lag,
/// at least 5 s of it. Returns the lag in ms.
#[track_caller]
pub fn expect_heard_without_slip(said: &Path, heard: &Audio) -> f64 {
    let found = correlation(&Audio::load(said), heard);
    expect_not_the_other(said, heard);
    match found {
        Some(f) if f.r > 0.95 && f.overlap_ms >= 5000 => f.lag_ms,
        Some(_) | None => {
            let windows = windowed(&Audio::load(said), heard);
            panic!("{}: {found:?}, {windows:?}, level {} dBFS, {} ms", said.display(), heard.level_dbfs(), heard.ms())
        }
    }
}

/// Most blocks that a call of some seconds may have repaired on a busy machine before its sound proves nothing.
pub const MOST_REPAIRED: u64 = 15;

/// As [`expect_heard_without_slip`], or, when the record of the call says that blocks were put in or left out: each second
/// with speech is what was said (median r > 0.9), and what was heard is shifted by no more than the record owns up to. For
/// calls whose peer runs by the machine's clock: a peer that was woken late is no fault of the box, a slip that the box does
/// not count is.
#[track_caller]
pub fn expect_heard_as_recorded(said: &Path, heard: &Audio, quality: &Quality) {
    let repaired = repaired_blocks(quality);
    let whole = correlation(&Audio::load(said), heard).is_some_and(|found| found.r > 0.95 && found.overlap_ms >= 5000);
    if !whole && (1..=MOST_REPAIRED).contains(&repaired) {
        let found = windowed(&Audio::load(said), heard);
        // Ten blocks repaired in six windows leave none of them whole; other speech is below 0.3.
        let good = found.as_ref().is_some_and(|found| found.median_r > 0.9 && found.windows >= 4);
        let within = found.as_ref().is_some_and(|found| found.drift_ms.abs() <= 10.0 * repaired as f64);
        assert!(good && within, "{}: {found:?}, {quality:?}", said.display());
    } else {
        assert!(whole, "{}: {:?}, {quality:?}", said.display(), windowed(&Audio::load(said), heard));
    }
    expect_not_the_other(said, heard);
}

/// Blocks that the record of a call says were put in or left out. Its underruns are not among them: a peer that has nothing
/// left to say and has not hung up yet makes many, and one in the middle of speech makes a slip or a late packet besides.
#[must_use]
pub const fn repaired_blocks(quality: &Quality) -> u64 {
    quality.late + quality.concealed + quality.slips_inserted + quality.slips_dropped + quality.overflows + quality.line_missed
}

#[track_caller]
fn expect_not_the_other(said: &Path, heard: &Audio) {
    let other = if said == town() { river() } else { town() };
    if let Some(control) = correlation(&Audio::load(&other), heard) {
        assert!(control.r < 0.3, "{} is heard, or the measure is of no use: {control:?}", other.display());
    }
}
