//! A directory per test for configurations, logs and recordings; removed afterwards, kept when the test fails.
//!
//! It lies under `$JUNCTOR_TEST_DIR` or the system's temporary directory, not in `target/`: a Unix socket's path may not be
//! longer than 107 bytes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// The directory. Create it first in a test, so that it is dropped after the programs that write to it.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes a new, empty directory whose name starts with `name`.
    #[track_caller]
    pub fn new(name: &str) -> Self {
        let parent = std::env::var_os("JUNCTOR_TEST_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
        let path = parent.join(format!("junctor-{name}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
        std::fs::create_dir_all(&path).unwrap_or_else(|e| panic!("cannot make {}: {e}", path.display()));
        Self { path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes a directory in it that did not exist: `name`, or `name-2`, `name-3` and so on.
    #[track_caller]
    pub fn subdirectory(&self, name: &str) -> PathBuf {
        let path = (1..)
            .map(|n| if n == 1 { self.join(name) } else { self.join(&format!("{name}-{n}")) })
            .find(|path| !path.exists())
            .unwrap_or_else(|| self.join(name));
        std::fs::create_dir(&path).unwrap_or_else(|e| panic!("cannot make {}: {e}", path.display()));
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("what the programs wrote is in {}", self.path.display());
        } else if let Err(error) = std::fs::remove_dir_all(&self.path) {
            eprintln!("cannot remove {}: {error}", self.path.display());
        }
    }
}
