//! One boot of the guest in QEMU, under emulation with the instruction counter as clock.
//!
//! Hardware virtualisation is not tried: it may be there and hang, and without the instruction counter a busy host starves the
//! guest until its spans go red. The first serial port is the console, written to a file by QEMU itself; the second brings the
//! results through QEMU's standard output.

use super::{HwTestError, io};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// The guest's memory, in MiB.
const MEMORY: &str = "1024";

/// What is booted.
#[derive(Debug, Clone, Copy)]
pub struct Guest<'a> {
    /// The kernel.
    pub kernel: &'a Path,
    /// The archive with everything else.
    pub initrd: &'a Path,
    /// The host's folder that is /host in the guest.
    pub share: &'a Path,
    /// Where the console's text goes.
    pub console: &'a Path,
    /// A guest instruction takes 2^shift ns.
    pub shift: u8,
}

/// How a boot ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// QEMU's exit status; none when a signal ended it.
    pub status: Option<i32>,
    /// Whether it was ended because its time was over.
    pub timed_out: bool,
    /// How long it took, on this machine's clock.
    pub host: Duration,
}

impl Guest<'_> {
    fn command(&self) -> Command {
        // The kernel ends QEMU when this process is killed, and nobody else is left to do it.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", "qemu-system-x86_64", "-accel", "tcg"]);
        command.args(["-icount", &format!("shift={},sleep=off", self.shift), "-rtc", "clock=vm", "-cpu", "max"]);
        command.args(["-m", MEMORY, "-smp", "1", "-display", "none", "-no-reboot", "-nodefaults", "-monitor", "none"]);
        command.arg("-kernel").arg(self.kernel).arg("-initrd").arg(self.initrd);
        command.args(["-append", "console=ttyS0 panic=-1 oops=panic mitigations=off tsc=reliable loglevel=5"]);
        command.args(["-serial", &format!("file:{}", self.console.display()), "-serial", "stdio"]);
        command.args(["-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]);
        let share = format!("local,path={},mount_tag=host,security_model=none", self.share.display());
        command.args(["-virtfs", &share]);
        command
    }
}

/// Boots the guest, hands on each line of its second serial port, and ends it when `limit` is over.
pub fn run(guest: &Guest<'_>, limit: Duration, mut on_line: impl FnMut(&str)) -> Result<Ending, HwTestError> {
    let started = Instant::now();
    let mut child = guest.command().stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(io("cannot run setpriv"))?;
    let (sender, lines) = sync_channel(64);
    let output = child.stdout.take();
    let reader = std::thread::spawn(move || {
        for line in output.into_iter().flat_map(|output| BufReader::new(output).split(b'\n')) {
            if line.is_ok_and(|line| sender.send(line).is_err()) {
                return;
            }
        }
    });
    let timed_out = loop {
        match lines.recv_timeout(limit.saturating_sub(started.elapsed())) {
            Ok(line) => on_line(String::from_utf8_lossy(&line).trim_end()),
            Err(RecvTimeoutError::Disconnected) => break false,
            Err(RecvTimeoutError::Timeout) => break true,
        }
    };
    if timed_out {
        child.kill().map_err(io("cannot end QEMU"))?;
    }
    let status = child.wait().map_err(io("cannot wait for QEMU"))?;
    drop(lines);
    let _ = reader.join();
    Ok(Ending { status: status.code(), timed_out, host: started.elapsed() })
}

/// Runs a program of this machine and hands on each line of its standard output.
pub fn lines_of(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<ExitStatus, HwTestError> {
    let what = command.get_program().display().to_string();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(io(format!("cannot run {what}")))?;
    for line in child.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines()) {
        on_line(&line.map_err(io(format!("cannot read what {what} prints")))?);
    }
    child.wait().map_err(io(format!("cannot wait for {what}")))
}
