//! The scripted kernel's state, and what happens to it without a request: audio, events, alarms, removal.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::c_int;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use nix::libc;
use tdm::dahdi::ioctl::{Params, value};

use super::span::FakeSpan;
use super::{error, is_alarmed};

/// `DAHDI_MAX_EVENTSIZE` less the one place that tells full from empty.
const MOST_EVENTS: usize = 63;

/// A tone zone that was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone {
    pub(crate) number: c_int,
    pub(crate) name: String,
    pub(crate) cadence: [c_int; 16],
    pub(crate) steps: usize,
}

/// A channel; the fields are what the kernel keeps of it.
#[derive(Debug, Default)]
pub(crate) struct Channel {
    pub(crate) span: i32,
    pub(crate) position: i32,
    pub(crate) sigtype: c_int,
    pub(crate) sigcap: c_int,
    /// As CHANCONFIG said; 0 is the span's.
    pub(crate) default_law: c_int,
    /// In use since it was opened.
    pub(crate) law: c_int,
    pub(crate) idle_bits: c_int,
    pub(crate) received_bits: c_int,
    pub(crate) sent_bits: c_int,
    /// Every hook signal sent, in order.
    pub(crate) hooks: Vec<c_int>,
    pub(crate) hook_state: HookState,
    pub(crate) polarity: c_int,
    pub(crate) alarms: c_int,
    /// Which open file has it.
    pub(crate) open: Option<u64>,
    pub(crate) audio: bool,
    pub(crate) clear: bool,
    pub(crate) hdlc: bool,
    pub(crate) linear: bool,
    pub(crate) policy: c_int,
    pub(crate) numbufs: usize,
    pub(crate) bufsize: usize,
    pub(crate) sending_waits: bool,
    pub(crate) received: VecDeque<Vec<u8>>,
    pub(crate) written: VecDeque<Vec<u8>>,
    pub(crate) events: VecDeque<c_int>,
    pub(crate) buffer_events: bool,
    /// Blocks of silence that the line took for want of written ones since it was opened.
    pub(crate) underruns: usize,
    pub(crate) overruns: usize,
    in_underrun: bool,
    in_overrun: bool,
    /// Echo canceller attached, as asked.
    pub(crate) canceller: Option<String>,
    /// Its taps while it runs.
    pub(crate) taps: u32,
    pub(crate) canceller_params: Vec<(String, i32)>,
    pub(crate) trained: c_int,
    pub(crate) fax_mode: bool,
    pub(crate) zone: Option<c_int>,
    /// Times, as SET_PARAMS left them.
    pub(crate) params: Params,
    pub(crate) impedance: Option<u8>,
    pub(crate) gains: [i32; 2],
    pub(crate) voltage: tdm::dahdi::ioctl::LineVoltage,
}

/// Where a hook signal over bits stands (`txstate`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum HookState {
    #[default]
    OnHook,
    OffHook,
    /// Ringing or seizing.
    Starting,
    Winking,
    Flashing,
}

/// What an open file is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Device {
    Ctl,
    /// `/dev/dahdi/channel` before SPECIFY.
    AnyChannel,
    Channel(i32),
    Timer {
        period: c_int,
        tripped: c_int,
    },
    /// A channel whose span was removed; its number was this.
    Gone(i32),
}

pub(crate) struct OpenFile {
    pub(crate) device: Device,
    /// The far end of the pair that stands for the descriptor; without it the descriptor hangs up.
    far: Option<UnixStream>,
    near: UnixStream,
    readable: bool,
}

pub(crate) struct State {
    /// Whether the module is there at all.
    pub(crate) loaded: bool,
    pub(crate) version: String,
    /// Echo cancellers that are registered or can be loaded.
    pub(crate) cancellers: Vec<String>,
    pub(crate) auto_assign: bool,
    /// Drivers of dynamic spans; empty: `dahdi_dynamic` is missing.
    pub(crate) dynamic_drivers: Vec<String>,
    pub(crate) spans: Vec<FakeSpan>,
    pub(crate) channels: BTreeMap<i32, Channel>,
    /// The first is the default.
    pub(crate) zones: Vec<Zone>,
    pub(crate) master: i32,
    /// Further files of `/proc` and `/sys`.
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) links: BTreeMap<String, String>,
    /// Folders without files.
    pub(crate) folders: BTreeSet<String>,
    /// `dahdi_spantype` or `spantype`.
    pub(crate) types_file: String,
    pub(crate) refusals: Vec<(String, i32, usize)>,
    pub(crate) log: Vec<String>,
    pub(crate) open_files: BTreeMap<u64, OpenFile>,
    next_file: u64,
    /// What the files are, until something changes.
    pub(super) listing: Option<BTreeMap<String, String>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            loaded: true,
            version: "2.11.1".to_owned(),
            cancellers: vec!["mg2".to_owned(), "oslec".to_owned()],
            auto_assign: true,
            dynamic_drivers: vec!["loc".to_owned(), "eth".to_owned()],
            spans: Vec::new(),
            channels: BTreeMap::new(),
            zones: Vec::new(),
            master: 0,
            files: BTreeMap::new(),
            links: BTreeMap::new(),
            folders: BTreeSet::new(),
            types_file: "dahdi_spantype".to_owned(),
            refusals: Vec::new(),
            log: Vec::new(),
            open_files: BTreeMap::new(),
            next_file: 1,
            listing: None,
        }
    }
}

/// Whether `words` stand in `line` between spaces.
pub(super) fn has_words(line: &str, words: &str) -> bool {
    format!(" {line} ").contains(&format!(" {words} "))
}

impl State {
    pub(crate) fn span(&mut self, number: i32) -> Option<&mut FakeSpan> {
        self.spans.iter_mut().find(|span| span.present && span.number == number && number > 0)
    }

    pub(super) fn note(&mut self, line: String, failed: Option<&io::Error>) {
        let end = failed.and_then(io::Error::raw_os_error).map(|errno| format!(" -> errno {errno}")).unwrap_or_default();
        self.log.push(line + &end);
    }

    pub(super) fn refused(&mut self, line: &str) -> io::Result<()> {
        let hit = self.refusals.iter_mut().find(|(what, _, times)| *times > 0 && has_words(line.trim_end(), what));
        let Some((_, errno, times)) = hit else { return Ok(()) };
        if *times != super::ALWAYS {
            *times -= 1;
        }
        Err(error(*errno))
    }

    pub(super) fn add(&mut self, span: FakeSpan) -> i32 {
        let (device, port) = (span.device.clone(), span.port);
        self.spans.push(span);
        if self.auto_assign { self.assign_port(&device, port) } else { 0 }
    }

    pub(super) fn assign(&mut self, hardware_id: &str, port: i32) -> i32 {
        let device = self.spans.iter().find(|span| span.hardware_id == hardware_id).expect("no such device").device.clone();
        self.assign_port(&device, port)
    }

    fn assign_port(&mut self, device: &str, port: i32) -> i32 {
        let channels =
            self.spans.iter().find(|span| span.device == device && span.port == port).expect("no such port").sigcaps.len();
        let (number, base) = self.free_place(i32::try_from(channels).unwrap());
        let span = self.spans.iter_mut().find(|span| span.device == device && span.port == port).expect("no such port");
        span.number = number;
        span.base = base;
        self.make_channels(number);
        self.find_master();
        number
    }

    /// `_assign_spanno_and_basechan`: the lowest free number between whose neighbours the channels fit. A removed span keeps its own
    /// here, for [`State::restore`].
    fn free_place(&self, channels: i32) -> (i32, i32) {
        let mut taken: Vec<(i32, std::ops::Range<i32>)> =
            self.spans.iter().filter(|span| span.number > 0).map(|span| (span.number, span.channel_numbers())).collect();
        taken.sort_by_key(|(number, _)| *number);
        let (mut number, mut base) = (1, 1);
        for (other, range) in taken {
            if other > number && base + channels <= range.start {
                break;
            }
            (number, base) = (other + 1, range.end);
        }
        (number, base)
    }

    fn make_channels(&mut self, number: i32) {
        let Some(span) = self.span(number).cloned() else { return };
        for (channo, (position, sigcap)) in span.channel_numbers().zip((1..).zip(span.sigcaps.iter().copied())) {
            let params = Params { rxwinktime: 300, rxflashtime: 1250, winktime: 150, flashtime: 750, ..Params::default() };
            let channel = Channel { span: number, position, sigcap, params, numbufs: 2, bufsize: 1024, ..Channel::default() };
            self.channels.insert(channo, channel);
        }
    }

    /// `__dahdi_find_master_span`: the first span that will do and is not the master already.
    pub(super) fn find_master(&mut self) {
        let had = self.master != 0;
        let fits = |span: &&FakeSpan| {
            let waits = span.is_digital() && !span.running;
            span.present && span.number > 0 && !(had && (span.alarms != 0 || waits)) && span.can_provide_timing()
        };
        if let Some(span) = self.spans.iter().filter(fits).find(|span| span.number != self.master) {
            self.master = span.number;
        }
    }

    pub(super) fn open_file(&mut self, device: Device) -> (u64, UnixStream) {
        let (near, far) = UnixStream::pair().unwrap();
        near.set_nonblocking(true).unwrap();
        far.set_nonblocking(true).unwrap();
        let id = self.next_file;
        self.next_file += 1;
        let file = OpenFile { device, far: Some(far), near: near.try_clone().unwrap(), readable: false };
        self.open_files.insert(id, file);
        (id, near)
    }

    pub(super) fn who(&self, id: u64) -> String {
        match self.open_files.get(&id).map(|file| file.device) {
            Some(Device::Ctl) => "ctl".to_owned(),
            Some(Device::AnyChannel) => "channel".to_owned(),
            Some(Device::Channel(channo) | Device::Gone(channo)) => format!("ch{channo}"),
            Some(Device::Timer { .. }) => "timer".to_owned(),
            None => "closed".to_owned(),
        }
    }

    /// Makes the descriptors agree with what can be read.
    pub(super) fn settle(&mut self, channo: i32) {
        let Some(channel) = self.channels.get(&channo) else { return };
        let wanted = !channel.received.is_empty() || !channel.events.is_empty();
        if let Some(file) = channel.open.and_then(|id| self.open_files.get_mut(&id)) {
            file.show(wanted);
        }
    }

    pub(crate) fn close(&mut self, id: u64) {
        let who = self.who(id);
        let Some(file) = self.open_files.remove(&id) else { return };
        self.log.push(format!("{who} close"));
        let Device::Channel(channo) = file.device else { return };
        if let Some(channel) = self.channels.get_mut(&channo) {
            channel.open = None;
            channel.taps = 0;
            channel.buffer_events = false;
            channel.hang_up();
        }
    }

    pub(super) fn queue_event(&mut self, channo: i32, code: c_int) {
        if let Some(channel) = self.channels.get_mut(&channo) {
            channel.queue(code);
            self.settle(channo);
        }
    }

    pub(super) fn receive(&mut self, channo: i32, bytes: &[u8]) {
        let Some(channel) = self.channels.get_mut(&channo) else { return };
        // A frame that the kernel frames must leave room in its buffer, one that the card frames may fill it.
        let card_frames = channel.sigtype == value::SIG_HARDHDLC;
        if channel.hdlc && bytes.len() + usize::from(!card_frames) > channel.bufsize {
            channel.queue(value::EVENT_OVERRUN);
        } else {
            for block in bytes.chunks(channel.bufsize) {
                channel.take_block(block);
            }
        }
        self.settle(channo);
    }

    pub(super) fn play(&mut self, channo: i32, blocks: usize) -> Vec<Vec<u8>> {
        let Some(channel) = self.channels.get_mut(&channo) else { return Vec::new() };
        let played = (0..blocks).filter_map(|_| channel.send_block()).collect();
        self.settle(channo);
        played
    }

    /// `dahdi_rbsbits` for CAS; other signalling is what `event` is for.
    pub(super) fn receive_bits(&mut self, channo: i32, bits: c_int) {
        let Some(channel) = self.channels.get_mut(&channo) else { return };
        let changed = channel.received_bits != bits;
        channel.received_bits = bits;
        if changed && channel.sigtype == value::SIG_CAS {
            channel.queue(value::EVENT_BITSCHANGED);
        }
        self.settle(channo);
    }

    pub(super) fn hook_complete(&mut self, channo: i32) {
        let Some(channel) = self.channels.get_mut(&channo) else { return };
        channel.hook_state = match channel.hook_state {
            HookState::OnHook | HookState::Winking => HookState::OnHook,
            HookState::OffHook | HookState::Flashing | HookState::Starting => HookState::OffHook,
        };
        channel.queue(value::EVENT_HOOKCOMPLETE);
        self.settle(channo);
    }

    /// `dahdi_alarm_notify` and `dahdi_alarm_channel`.
    pub(super) fn alarm(&mut self, number: i32, bits: c_int) {
        let Some(span) = self.span(number) else { return };
        span.alarms = bits & !value::ALARM_LOOPBACK;
        if span.maint_state != 0 {
            span.alarms |= value::ALARM_LOOPBACK;
        }
        if (span.alarms == 0) == (span.last_alarms == 0) {
            return;
        }
        span.last_alarms = span.alarms;
        let (alarms, channels) = (span.alarms, span.channel_numbers());
        for channo in channels {
            let Some(channel) = self.channels.get_mut(&channo) else { continue };
            if channel.alarms != alarms {
                channel.alarms = alarms;
                channel.queue(if alarms == 0 { value::EVENT_NOALARM } else { value::EVENT_ALARM });
            }
            self.settle(channo);
        }
        self.find_master();
    }

    /// `disable_span`.
    pub(super) fn announce_removal(&mut self, number: i32) {
        let Some(span) = self.span(number) else { return };
        for channo in span.channel_numbers() {
            self.queue_event(channo, value::EVENT_REMOVED);
        }
        self.alarm(number, value::ALARM_NOTOPEN);
    }

    /// `_dahdi_unassign_span` and `dahdi_chan_unreg`.
    pub(super) fn remove(&mut self, number: i32) {
        let Some(span) = self.span(number) else { return };
        span.present = false;
        span.running = false;
        span.alarms = 0;
        span.last_alarms = 0;
        span.maint_state = 0;
        for channo in span.channel_numbers() {
            let Some(channel) = self.channels.remove(&channo) else { continue };
            if let Some(file) = channel.open.and_then(|id| self.open_files.get_mut(&id)) {
                file.device = Device::Gone(channo);
                file.far = None;
            }
        }
        if self.master == number {
            self.master = 0;
            self.find_master();
        }
    }

    pub(super) fn restore(&mut self, number: i32) {
        let Some(span) = self.spans.iter_mut().find(|span| span.number == number) else { return };
        span.present = true;
        self.make_channels(number);
        self.find_master();
    }

    pub(super) fn tick(&mut self, count: c_int) {
        for file in self.open_files.values_mut() {
            if let Device::Timer { period: 1.., tripped } = &mut file.device {
                *tripped += count;
                file.show(true);
            }
        }
    }

    /// Whether any alarm holds on a span.
    pub(crate) fn alarmed(&mut self, number: i32) -> bool {
        self.span(number).is_some_and(|span| is_alarmed(span.alarms))
    }
}

impl OpenFile {
    /// Makes the descriptor readable or not.
    pub(super) fn show(&mut self, readable: bool) {
        let Some(far) = &self.far else { return };
        if readable && !self.readable {
            (&*far).write_all(&[1]).unwrap();
        } else if !readable && self.readable {
            (&self.near).read_exact(&mut [0]).unwrap();
        }
        self.readable = readable;
    }
}

impl Channel {
    /// `__qevent`: what does not fit is dropped.
    pub(super) fn queue(&mut self, code: c_int) {
        if self.events.len() < MOST_EVENTS {
            self.events.push_back(code);
        }
    }

    /// `dahdi_hangup` for what has bits or a hook; a clear channel cannot hang up.
    pub(super) fn hang_up(&mut self) {
        if self.clear {
            return;
        }
        if self.sigtype == value::SIG_CAS {
            self.sent_bits = self.idle_bits;
        }
        self.hook_state = HookState::OnHook;
        self.received.clear();
        self.written.clear();
    }

    /// `dahdi_reallocbufs`.
    pub(super) fn set_buffers(&mut self, bufsize: usize, numbufs: usize) {
        self.bufsize = bufsize;
        self.numbufs = numbufs.clamp(2, 32);
        self.received.clear();
        self.written.clear();
        self.sending_waits = self.policy != value::POLICY_IMMEDIATE;
    }

    /// `__putbuf_chunk` for a whole block.
    fn take_block(&mut self, block: &[u8]) {
        if self.received.len() < self.numbufs {
            self.received.push_back(block.to_vec());
            self.in_overrun = false;
            return;
        }
        self.overruns += 1;
        if self.buffer_events && !self.in_overrun {
            self.queue(value::EVENT_READ_OVERRUN);
        }
        self.in_overrun = true;
    }

    /// `__dahdi_getbuf_chunk` for a whole block: an event once for each run of missing ones. HDLC sends flags instead.
    fn send_block(&mut self) -> Option<Vec<u8>> {
        let block = if self.sending_waits { None } else { self.written.pop_front() };
        if block.is_some() {
            self.in_underrun = false;
            self.sending_waits = self.policy != value::POLICY_IMMEDIATE && self.written.is_empty();
        } else if !self.hdlc {
            self.underruns += 1;
            if self.buffer_events && !self.in_underrun {
                self.queue(value::EVENT_WRITE_UNDERRUN);
            }
            self.in_underrun = true;
        }
        block
    }

    pub(super) fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Err(error(libc::EINVAL));
        }
        if !self.events.is_empty() {
            return Err(error(value::ELAST));
        }
        // What does not fit is lost, as in the kernel.
        let block = self.received.pop_front().ok_or_else(|| error(libc::EAGAIN))?;
        let length = block.len().min(buf.len());
        buf[..length].copy_from_slice(&block[..length]);
        Ok(length)
    }

    pub(super) fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Err(error(libc::EINVAL));
        }
        if !self.events.is_empty() {
            return Err(error(value::ELAST));
        }
        if self.written.len() >= self.numbufs {
            return Err(error(libc::EAGAIN));
        }
        let length = buf.len().min(self.bufsize);
        self.written.push_back(buf[..length].to_vec());
        let filled = self.written.len();
        if filled >= self.numbufs || self.policy == value::POLICY_HALF_FULL && filled >= self.numbufs / 2 {
            self.sending_waits = false;
        }
        Ok(length)
    }
}
