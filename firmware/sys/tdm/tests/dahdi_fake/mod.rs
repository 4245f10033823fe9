//! A scripted kernel behind `DahdiSys`: spans, channels, `/proc`, sysfs, alarms, events, removal, refusals. Its semantics are those
//! of `dahdi-base.c`, `dahdi-sysfs.c` and `dahdi_dynamic.c` (2.11), each said where it is kept.
//!
//! What it leaves out: conferences, gains, dialling, PPP, slaves. Two things differ for want of a real device: a descriptor shows
//! an event as readable (the kernel: `POLLPRI`), and it is always writable; data moves only when the test calls
//! [`FakeKernel::receive`] and [`FakeKernel::play`].
//!
//! How to drive it: `let fake = FakeKernel::new(); let span = fake.add(FakeSpan::e1("1TE435F1", 1));` then give `fake.sys()` to the
//! code under test, and afterwards look at `fake.log()`, [`FakeKernel::span`] and [`FakeKernel::channel`].
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, reason = "shared by several tests, each using its part")]

mod describe;
mod files;
mod requests;
mod span;
mod state;

use std::ffi::c_int;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard};

use tdm::dahdi::ioctl::{Request, value};
use tdm::dahdi::{DahdiFile, DahdiSys};

pub(crate) use span::FakeSpan;
pub(crate) use state::{Channel, State};

/// Refuses for ever.
pub(crate) const ALWAYS: usize = usize::MAX;

#[derive(Clone, Default)]
pub(crate) struct FakeKernel(Arc<Mutex<State>>);

impl FakeKernel {
    /// Modules loaded with `auto_assign_spans=1` and the `loc` and `eth` drivers; no spans.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn sys(&self) -> Arc<dyn DahdiSys> {
        Arc::new(self.clone())
    }

    /// Everything, for what has no call of its own. Do not hold it while the code under test runs.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.looked_at();
        state.forget_listing();
        state
    }

    /// The same for what changes nothing: the listing of files stays as it is.
    fn looked_at(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Plugs a span in and says its number; 0 when `auto_assign` is off.
    pub(crate) fn add(&self, span: FakeSpan) -> i32 {
        self.state().add(span)
    }

    /// What writing `PORT:0:0` to the device's `assign_span` does; says the number.
    pub(crate) fn assign(&self, hardware_id: &str, port: i32) -> i32 {
        self.state().assign(hardware_id, port)
    }

    /// Looks at a span or changes it.
    pub(crate) fn span<T>(&self, number: i32, look: impl FnOnce(&mut FakeSpan) -> T) -> T {
        look(self.state().span(number).expect("no such span"))
    }

    /// Looks at a channel or changes it; its descriptor follows.
    pub(crate) fn channel<T>(&self, channo: i32, look: impl FnOnce(&mut Channel) -> T) -> T {
        let mut state = self.state();
        let seen = look(state.channels.get_mut(&channo).expect("no such channel"));
        state.settle(channo);
        seen
    }

    /// One block of audio or one frame with its FCS arrives. More than `numbufs` waiting is an overrun.
    pub(crate) fn receive(&self, channo: i32, bytes: &[u8]) {
        self.state().receive(channo, bytes);
    }

    /// The line takes `blocks` blocks or frames off the write queue, and says which; an empty queue is an underrun.
    pub(crate) fn play(&self, channo: i32, blocks: usize) -> Vec<Vec<u8>> {
        self.state().play(channo, blocks)
    }

    /// Queues an event on a channel.
    pub(crate) fn event(&self, channo: i32, code: c_int) {
        self.state().queue_event(channo, code);
    }

    /// The far end's ABCD bits are now this; bits 4 to 7 may be set, as the kernel's dynamic spans do.
    pub(crate) fn bits(&self, channo: i32, bits: c_int) {
        self.state().receive_bits(channo, bits);
    }

    /// The wink, flash or ring that was started is over.
    pub(crate) fn hook_complete(&self, channo: i32) {
        self.state().hook_complete(channo);
    }

    /// The driver reports this set of alarms. As in the kernel, channels get an event only when some become none or none some.
    pub(crate) fn alarm(&self, span: i32, bits: c_int) {
        self.state().alarm(span, bits);
    }

    /// The first half of a removal: EVENT_REMOVED and NOTOPEN on every channel, which can still be used for up to a second.
    pub(crate) fn announce_removal(&self, span: i32) {
        self.state().announce_removal(span);
    }

    /// The span is pulled: open files hang up and give ENODEV, listings lose it.
    pub(crate) fn remove(&self, span: i32) {
        self.state().remove(span);
    }

    /// It is plugged in again, unconfigured, under its old number.
    pub(crate) fn restore(&self, span: i32) {
        self.state().restore(span);
    }

    /// Refuses the next `times` calls whose log line has the words of `what` in it: a request's name, a path, `ch5 read`,
    /// `ch5 DAHDI_AUDIOMODE 1`, `open /dev/dahdi/ctl`, `read_text /proc/dahdi/1`.
    pub(crate) fn refuse(&self, what: &str, errno: i32, times: usize) {
        self.state().refusals.push((what.to_owned(), errno, times));
    }

    /// Every open, close and request in order; reads, writes and looks at `/proc` and sysfs are left out.
    pub(crate) fn log(&self) -> Vec<String> {
        self.state().log.clone()
    }

    pub(crate) fn clear_log(&self) {
        self.state().log.clear();
    }

    /// How many lines of the log have `words` in them.
    pub(crate) fn logged(&self, words: &str) -> usize {
        self.state().log.iter().filter(|line| state::has_words(line, words)).count()
    }

    /// `count` ticks of every running timer.
    pub(crate) fn tick(&self, count: c_int) {
        self.state().tick(count);
    }

    /// Another process that has these devices open.
    pub(crate) fn process(&self, pid: u32, name: &str, devices: &[&str]) {
        let mut state = self.state();
        state.files.insert(format!("/proc/{pid}/comm"), format!("{name}\n"));
        for (fd, device) in devices.iter().enumerate() {
            state.links.insert(format!("/proc/{pid}/fd/{}", fd + 3), (*device).to_owned());
        }
    }

    /// Another process opens a channel, which then is busy. Dropping it closes.
    pub(crate) fn occupy(&self, channo: i32) -> Box<dyn DahdiFile> {
        let file = self.open("/dev/dahdi/channel").unwrap();
        file.ioctl(Request::Specify(channo)).unwrap();
        file
    }
}

impl DahdiSys for FakeKernel {
    fn open(&self, path: &str) -> io::Result<Box<dyn DahdiFile>> {
        let mut state = self.state();
        let line = format!("open {path}");
        let result = state.refused(&line).and_then(|()| state.open(path));
        state.note(line, result.as_ref().err());
        let (id, fd) = result?;
        Ok(Box::new(FakeFile { kernel: self.clone(), id, fd }))
    }

    fn read_text(&self, path: &str) -> io::Result<String> {
        let mut state = self.looked_at();
        state.refused(&format!("read_text {path}"))?;
        state.listing().get(path).cloned().ok_or_else(|| error(nix::libc::ENOENT))
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let mut state = self.looked_at();
        state.refused(&format!("list {path}"))?;
        state.list(path)
    }

    fn read_link(&self, path: &str) -> io::Result<String> {
        let mut state = self.looked_at();
        state.refused(&format!("read_link {path}"))?;
        state.all_links().remove(path).ok_or_else(|| error(nix::libc::EINVAL))
    }
}

pub(crate) struct FakeFile {
    kernel: FakeKernel,
    id: u64,
    fd: UnixStream,
}

impl DahdiFile for FakeFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn read(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.kernel.state().read(self.id, buf)
    }

    fn write(&self, buf: &[u8]) -> io::Result<usize> {
        self.kernel.state().write(self.id, buf)
    }

    fn ioctl(&self, request: Request<'_>) -> io::Result<()> {
        let mut state = self.kernel.state();
        let line = format!("{} {}", state.who(self.id), describe::describe(&request));
        let result = state.refused(&line).and_then(|()| state.request(self.id, request));
        state.note(line.trim_end().to_owned(), result.as_ref().err());
        result
    }
}

impl Drop for FakeFile {
    fn drop(&mut self) {
        if let Ok(mut state) = self.kernel.0.lock() {
            state.close(self.id);
        }
    }
}

pub(crate) fn error(errno: i32) -> io::Error {
    io::Error::from_raw_os_error(errno)
}

/// Whether any alarm but LOOPBACK is among `bits`.
pub(crate) fn is_alarmed(bits: c_int) -> bool {
    bits & !value::ALARM_LOOPBACK != 0
}
