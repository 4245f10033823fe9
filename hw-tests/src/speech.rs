//! The two speech files in vectors/speech, each the other's negative control, and whether one of them was heard.

use crate::audio::Audio;
use crate::correlation::{correlation, windowed};
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

#[track_caller]
fn expect_not_the_other(said: &Path, heard: &Audio) {
    let other = if said == town() { river() } else { town() };
    if let Some(control) = correlation(&Audio::load(&other), heard) {
        assert!(control.r < 0.3, "{} is heard, or the measure is of no use: {control:?}", other.display());
    }
}
