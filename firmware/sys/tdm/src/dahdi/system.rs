//! The seam between this back end and the operating system: [`DahdiSys`] opens devices and reads `/proc` and `/sys`,
//! [`DahdiFile`] is one open device. [`Kernel`] is the real one.
//!
//! Everything of `tdm::dahdi` goes through here, so that a scripted kernel can replay alarms, counters, refusals and removals
//! that neither a test machine nor a local span can produce. The seam has no meaning of its own: no call is retried or changed.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::ioctl::{self, Request};

/// The operating system as this back end sees it.
pub trait DahdiSys: Send + Sync {
    /// Opens a device such as `/dev/dahdi/channel` for reading and writing, never blocking.
    fn open(&self, path: &str) -> io::Result<Box<dyn DahdiFile>>;
    /// The text of a small file of `/proc` or `/sys`, such as `/proc/dahdi/1`.
    fn read_text(&self, path: &str) -> io::Result<String>;
    /// The names in a folder of `/proc` or `/sys`, sorted.
    fn list(&self, path: &str) -> io::Result<Vec<String>>;
    /// Where a link of `/sys` points, as text.
    fn read_link(&self, path: &str) -> io::Result<String>;
}

/// One open device.
pub trait DahdiFile: Send {
    /// Its descriptor, for polling only.
    fn as_fd(&self) -> BorrowedFd<'_>;
    /// Reads without waiting: `WouldBlock` when there is nothing, errno 500 ([`ioctl::value::ELAST`]) while an event waits.
    fn read(&self, buf: &mut [u8]) -> io::Result<usize>;
    /// Writes without waiting; errors as [`DahdiFile::read`].
    fn write(&self, buf: &[u8]) -> io::Result<usize>;
    /// Carries out an ioctl.
    fn ioctl(&self, request: Request<'_>) -> io::Result<()>;
}

/// The real operating system. `root` other than `/` serves a tree that only looks like one.
#[derive(Debug, Clone)]
pub struct Kernel {
    root: PathBuf,
}

impl Default for Kernel {
    fn default() -> Self {
        Self { root: PathBuf::from("/") }
    }
}

impl Kernel {
    /// Paths are taken below `root`.
    #[must_use]
    pub fn below(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn place(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }
}

impl DahdiSys for Kernel {
    fn open(&self, path: &str) -> io::Result<Box<dyn DahdiFile>> {
        let file = OpenOptions::new().read(true).write(true).custom_flags(nix::libc::O_NONBLOCK).open(self.place(path))?;
        Ok(Box::new(Device(file)))
    }

    fn read_text(&self, path: &str) -> io::Result<String> {
        std::fs::read_to_string(self.place(path))
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let entries = std::fs::read_dir(self.place(path))?;
        let mut names =
            entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    }

    fn read_link(&self, path: &str) -> io::Result<String> {
        std::fs::read_link(self.place(path)).map(|target: PathBuf| Path::to_string_lossy(&target).into_owned())
    }
}

struct Device(File);

impl DahdiFile for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    fn read(&self, buf: &mut [u8]) -> io::Result<usize> {
        (&self.0).read(buf)
    }

    fn write(&self, buf: &[u8]) -> io::Result<usize> {
        (&self.0).write(buf)
    }

    fn ioctl(&self, request: Request<'_>) -> io::Result<()> {
        ioctl::issue(self.0.as_fd(), request)
    }
}
