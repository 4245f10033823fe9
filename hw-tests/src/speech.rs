//! The two speech files in vectors/speech: each is the other's negative control.

use std::path::PathBuf;

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
