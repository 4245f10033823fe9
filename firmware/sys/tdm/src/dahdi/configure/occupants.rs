//! Who has DAHDI channels open: the descriptors of every process that we may look at.
//!
//! A channel opened by its own device (`/dev/dahdi/17`) is certain. One opened by `/dev/dahdi/channel` does not show its number: such a process
//! is named when there is no certain one. Descriptors of other users' processes are hidden from us; then nobody is named.

use std::ffi::c_int;

use crate::dahdi::system::DahdiSys;

/// Who most likely has one of `channels` open, for people: `asterisk (process 812)`.
pub(super) fn occupants(sys: &dyn DahdiSys, channels: &[c_int]) -> Option<String> {
    let Holders { certain, others, own } = holders(sys, channels);
    let named = [certain, others, own].into_iter().find(|pids| !pids.is_empty())?;
    Some(named.iter().map(|pid| describe(sys, *pid)).collect::<Vec<_>>().join(", "))
}

/// Other programs that use `channels`, or at least DAHDI.
pub(super) fn suspects(sys: &dyn DahdiSys, channels: &[c_int]) -> Option<String> {
    let Holders { certain, others, .. } = holders(sys, channels);
    let named = [certain, others].into_iter().find(|pids| !pids.is_empty())?;
    Some(named.iter().map(|pid| describe(sys, *pid)).collect::<Vec<_>>().join(", "))
}

/// Processes by what their descriptors tell.
#[derive(Default)]
struct Holders {
    /// Has one of the channels open by its own device.
    certain: Vec<u32>,
    /// Has some channel open.
    others: Vec<u32>,
    /// We ourselves, having some channel open: our own spans are.
    own: Vec<u32>,
}

fn holders(sys: &dyn DahdiSys, channels: &[c_int]) -> Holders {
    let devices: Vec<String> = channels.iter().map(|channo| format!("/dev/dahdi/{channo}")).collect();
    let mut holders = Holders::default();
    for process in sys.list("/proc").unwrap_or_default() {
        let Ok(pid) = process.parse::<u32>() else { continue };
        let folder = format!("/proc/{pid}/fd");
        let open = sys.list(&folder).unwrap_or_default();
        let open: Vec<String> = open.iter().filter_map(|fd| sys.read_link(&format!("{folder}/{fd}")).ok()).collect();
        if open.iter().any(|target| devices.contains(target)) {
            holders.certain.push(pid);
        } else if open.iter().any(|target| target == "/dev/dahdi/channel") {
            if pid == std::process::id() { holders.own.push(pid) } else { holders.others.push(pid) }
        }
    }
    holders
}

fn describe(sys: &dyn DahdiSys, pid: u32) -> String {
    if pid == std::process::id() {
        return "this very program, for another span of its configuration".to_owned();
    }
    let name = sys.read_text(&format!("/proc/{pid}/comm")).unwrap_or_default();
    let name = if name.trim().is_empty() { "a program" } else { name.trim() };
    format!("{name} (process {pid})")
}
