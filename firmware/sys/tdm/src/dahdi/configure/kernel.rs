//! The DAHDI modules: there, ours to use, new enough.

use nix::libc;

use super::CTL;
use crate::dahdi::config::SpanConfig;
use crate::dahdi::ioctl::{Request, VersionInfo};
use crate::dahdi::refused::Refused;
use crate::dahdi::system::{DahdiFile, DahdiSys};

/// Oldest modules known to work, and what their version begins with.
const OLDEST: (u32, u32) = (2, 11);

/// Opens the control device of modules that will do.
pub(super) fn open(sys: &dyn DahdiSys, config: &SpanConfig) -> Result<Box<dyn DahdiFile>, Refused> {
    let ctl = sys.open(CTL).map_err(|error| {
        let loaded = sys.list("/sys/bus/dahdi_devices").is_ok() || sys.list("/sys/bus/dahdi_devices/devices").is_ok();
        let errno = error.raw_os_error();
        let refused = Refused::of(&config.name, &format!("open {CTL}"), error);
        match errno {
            Some(libc::ENOENT) if loaded => refused.cure("the dahdi module is loaded but its device is not there: see that udev runs"),
            Some(libc::ENOENT | libc::ENODEV | libc::ENXIO) => {
                let cure = "the dahdi kernel module is not loaded: `modprobe dahdi`, and see that it is built for this kernel (`uname -r`)";
                refused.cure(cure).missing(true)
            }
            _ => refused,
        }
    })?;
    let mut info = VersionInfo::default();
    let too_old = |cure: String| Refused::because(&config.name, "use the dahdi kernel modules", cure);
    let (major, minor) = OLDEST;
    match ctl.ioctl(Request::GetVersion(&mut info)) {
        Ok(()) => {}
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENOTTY | libc::EINVAL)) => {
            return Err(too_old(format!("they are too old to tell their version: install {major}.{minor} or newer")));
        }
        Err(error) => return Err(Refused::of(&config.name, "read the version of the dahdi kernel modules", error)),
    }
    let text = info.version.text();
    // Versions that are no numbers are of somebody's own building: let them show what they can.
    if version(&text).is_some_and(|version| version < OLDEST) {
        return Err(too_old(format!("they are version {text}: install {major}.{minor} or newer and load them")));
    }
    Ok(ctl)
}

/// The first two numbers of `2.11.1.0.20170917`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}
