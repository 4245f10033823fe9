//! DAHDI's part of sysfs: finding a device by its listed name, reading what it says, writing one attribute.
//!
//! The kernel's side is DAHDI's `dahdi-sysfs.c`. No path is made from a peer's words: a name is compared with a listing, and the
//! listing's own entry is taken; everything else is constant. Files are opened without following a link, without creating or
//! truncating, and must be regular; each write is one write(2), as a sysfs store wants it.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use model::root_request::DeviceName;
use nix::errno::Errno;
use nix::fcntl::OFlag;

use crate::refusal::{Refusal, errno, general_cure, listed, named};

const DEVICES: &str = "bus/dahdi_devices/devices";
const SPANS: &str = "bus/dahdi_spans/devices";
const MASTER_SPAN: &str = "bus/dahdi_spans/drivers/generic_lowlevel/master_span";
/// More than any attribute has (a page).
const ATTRIBUTE_LIMIT: u64 = 65_536;

/// A write that failed.
#[derive(Debug)]
pub(crate) struct WriteFailure {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) error: io::Error,
}

impl WriteFailure {
    /// What was tried and what the kernel said.
    pub(crate) fn why(&self) -> String {
        format!("cannot write {:?} to {}: {}", self.text.trim_end(), self.path.display(), named(&self.error))
    }

    /// The refusal with the cure that goes by the error number alone.
    pub(crate) fn refusal(&self) -> Refusal {
        Refusal::new(self.why(), general_cure(errno(&self.error)))
    }
}

/// Where sysfs is.
pub(crate) struct Sysfs {
    root: PathBuf,
}

impl Sysfs {
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The device of that name.
    pub(crate) fn device(&self, name: &DeviceName) -> Result<Device, Refusal> {
        let folder = self.root.join(DEVICES);
        let entries = list(&folder)?;
        let Some(found) = entries.iter().find(|entry| entry.file_name() == Some(OsStr::new(name.as_str()))) else {
            let names: Vec<_> = entries.iter().filter_map(|entry| entry.file_name()?.to_str()).collect();
            let why = format!("there is no DAHDI device {name} in {} (there: {})", folder.display(), listed(&names));
            let cure = "check the card and that its driver is loaded; `junctor span detect` lists the devices";
            return Err(Refusal::new(why, cure));
        };
        // The entry is a link into /sys/devices; it must stay inside sysfs.
        let inside = fs::canonicalize(found).and_then(|device| Ok((device, fs::canonicalize(&self.root)?)));
        match inside {
            Ok((device, root)) if device.starts_with(&root) => Ok(Device { folder: device }),
            Ok((device, root)) => {
                let why = format!("{} leads to {}, outside {}", found.display(), device.display(), root.display());
                Err(Refusal::new(why, general_cure(Errno::ENOTDIR)))
            }
            Err(error) => {
                let why = format!("cannot follow {}: {}", found.display(), named(&error));
                Err(Refusal::new(why, general_cure(Errno::ENODEV)))
            }
        }
    }

    /// Numbers of the assigned spans, in order.
    pub(crate) fn spans(&self) -> Result<Vec<u32>, Refusal> {
        let mut numbers: Vec<u32> = list(&self.root.join(SPANS))?.iter().filter_map(|entry| span_number(entry)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Writes `master_span`.
    pub(crate) fn write_master_span(&self, text: String) -> Result<(), WriteFailure> {
        write(self.root.join(MASTER_SPAN), text)
    }
}

/// A DAHDI device: a card, or a dynamic span's device.
pub(crate) struct Device {
    folder: PathBuf,
}

impl Device {
    /// Its ports, by `local_spanno`; empty when they cannot be told.
    pub(crate) fn ports(&self) -> Vec<u32> {
        let text = read(&self.span_type_file()).unwrap_or_default();
        text.lines().filter_map(|line| line.split_once(':')?.0.parse().ok()).collect()
    }

    /// Its assigned ports, each with its span's number.
    pub(crate) fn assigned(&self) -> Vec<(u32, u32)> {
        let assigned = |entry: &PathBuf| {
            let span = span_number(entry)?;
            let port = read(&entry.join("local_spanno")).ok()?.trim().parse().ok()?;
            Some((port, span))
        };
        list(&self.folder).unwrap_or_default().iter().filter_map(assigned).collect()
    }

    /// Writes the ports' types.
    pub(crate) fn write_span_type(&self, text: String) -> Result<(), WriteFailure> {
        write(self.span_type_file(), text)
    }

    /// Writes `assign_span`.
    pub(crate) fn write_assign_span(&self, text: String) -> Result<(), WriteFailure> {
        write(self.folder.join("assign_span"), text)
    }

    /// Writes `auto_assign`.
    pub(crate) fn write_auto_assign(&self, text: String) -> Result<(), WriteFailure> {
        write(self.folder.join("auto_assign"), text)
    }

    /// Writes `unassign_span`.
    pub(crate) fn write_unassign_span(&self, text: String) -> Result<(), WriteFailure> {
        write(self.folder.join("unassign_span"), text)
    }

    /// `spantype`; some releases of DAHDI (2.11.1 of 2017 on kernels from 4.13) call it `dahdi_spantype` by mistake.
    fn span_type_file(&self) -> PathBuf {
        let renamed = self.folder.join("dahdi_spantype");
        if fs::symlink_metadata(&renamed).is_ok() { renamed } else { self.folder.join("spantype") }
    }
}

/// N of an entry `span-N`.
fn span_number(entry: &Path) -> Option<u32> {
    entry.file_name()?.to_str()?.strip_prefix("span-")?.parse().ok()
}

/// The entries of a folder of the kernel.
fn list(folder: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>());
    entries.map_err(|error| {
        let not_loaded =
            "DAHDI is not loaded: `modprobe dahdi` and the card's driver, and see that both are built for this kernel";
        let cure = if errno(&error) == Errno::ENOENT { not_loaded } else { general_cure(errno(&error)) };
        Refusal::new(format!("cannot list {}: {}", folder.display(), named(&error)), cure)
    })
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    open(path, OpenOptions::new().read(true))?.take(ATTRIBUTE_LIMIT).read_to_string(&mut text)?;
    Ok(text)
}

fn write(path: PathBuf, text: String) -> Result<(), WriteFailure> {
    match write_once(&path, text.as_bytes()) {
        Ok(()) => Ok(()),
        Err(error) => Err(WriteFailure { path, text, error }),
    }
}

fn write_once(path: &Path, text: &[u8]) -> io::Result<()> {
    let written = open(path, OpenOptions::new().write(true))?.write(text)?;
    if written == text.len() {
        return Ok(());
    }
    Err(io::Error::other(format!("the kernel took {written} of {} bytes", text.len())))
}

/// Opens a regular file that is there. A pipe in its place must not make us wait (ENXIO), a link not lead us away (ELOOP).
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let file = options.custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits()).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(Errno::ENXIO.into()) }
}
