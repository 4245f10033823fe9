//! [`DahdiSpan`]: a configured DAHDI span as a [`Span`].
//!
//! Opening it configures the span in the kernel and opens every channel; that may take long on a card, so it is done away from media
//! threads. From then on no call waits. One channel, the *pacer*, is read all the time: its blocks are the span's clock, and
//! the others are read when it has one. While a channel in use is the pacer, its user's reads are that: whoever opens channels reads
//! them whenever the span had blocks. Dropping the span closes its channels and undoes the configuration; channels that are still in use
//! fail from then on, and as long as they live the kernel keeps a dynamic span.
//!
//! Alarms are looked at once a second and whenever a channel tells of a change; [`LineState`] alone decides what is declared.
//! A removed device makes [`Span::service`] fail: whoever drives the span drops it and opens it anew when it is back. Counters that only
//! `/proc` has come in by [`DahdiSpan::probe`].

use std::collections::VecDeque;
use std::ffi::c_int;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::alarms;
use super::channel::{Beginning, DahdiChannel};
use super::config::{Place, SpanConfig};
use super::configure::{Configured, configure};
use super::counters::{LineCounters, LineProbe};
use super::ioctl::{Request, SpanStat};
use super::line_state::{Debounce, LineEvent, LineState};
use super::port::{Moved, Port, Shared, is_gone};
use super::refused::Refused;
use super::system::{DahdiFile, DahdiSys};
use crate::{Alarms, BLOCK, Channel, ClockRole, Counters, Error, Mode, Serviced, Span, SpanEvent, SpanInfo, Watch};

/// How often alarms and counters are looked at when no channel tells of a change.
const LOOK: Duration = Duration::from_secs(1);
/// The most blocks that are taken from the pacer at once: twice what the kernel's buffers hold.
const MOST_BLOCKS: u32 = 32;
/// Timing, alarms and counters are asked of this device.
const CTL: &str = "/dev/dahdi/ctl";

/// A descriptor to watch, its own so that it outlives the hands its port is in.
struct Watched {
    key: u16,
    fd: OwnedFd,
    readable: bool,
    urgent: bool,
}

/// See the module header.
pub struct DahdiSpan {
    info: SpanInfo,
    config: SpanConfig,
    ports: Vec<Port>,
    lent: Arc<AtomicBool>,
    pacer: Option<u8>,
    watched: Vec<Watched>,
    shared: Arc<Shared>,
    ctl: Box<dyn DahdiFile>,
    line: LineState,
    counters: LineCounters,
    probe: LineProbe,
    /// When the next second of the counters is over.
    next_tick: Instant,
    events: VecDeque<SpanEvent>,
    // Last: the channels are closed before the configuration is undone.
    configured: Configured,
}

impl DahdiSpan {
    /// Configures and opens the span. May take long: see the module header.
    pub fn open(sys: &Arc<dyn DahdiSys>, config: SpanConfig) -> Result<Self, Refused> {
        let configured = configure(sys, &config)?;
        let shared = Arc::new(Shared::default());
        let mut ports = Vec::new();
        for (slot, channo) in &configured.channels {
            let Some(channel) = config.channels.iter().find(|channel| channel.slot == *slot) else { continue };
            ports.push(Port::open(&**sys, &config, channel, *channo, configured.tone_zone, &shared)?);
        }
        let ctl = sys.open(CTL).map_err(|error| Refused::of(&config.name, &format!("open {CTL}"), error))?;
        let pacer = pacer(&ports);
        let watched = ports.iter().filter_map(|port| watched(port, pacer).transpose()).collect::<std::io::Result<Vec<_>>>();
        let duplicate = |error| Refused::of(&config.name, "duplicate a descriptor", error);
        let watched = watched.map_err(duplicate)?;
        if let Some(port) = ports.iter().find(|port| pacer == Some(port.slot)) {
            shared.set_pacer(port.as_fd().try_clone_to_owned().map_err(duplicate)?);
        }
        let now = Instant::now();
        let mut span = Self {
            info: info(&config),
            probe: LineProbe::new(&config.name, configured.spanno),
            config,
            ports,
            lent: Arc::default(),
            pacer,
            watched,
            shared,
            ctl,
            line: LineState::new(Debounce::default()),
            counters: LineCounters::default(),
            next_tick: now,
            events: VecDeque::new(),
            configured,
        };
        span.look(now);
        Ok(span)
    }

    /// The span's number in the kernel, as in `/proc/dahdi`.
    #[must_use]
    pub const fn kernel_number(&self) -> i32 {
        self.configured.spanno
    }

    /// What it was opened with.
    #[must_use]
    pub const fn config(&self) -> &SpanConfig {
        &self.config
    }

    /// A handle for the threads that read files: slips come in by it, and counters are begun anew.
    #[must_use]
    pub fn probe(&self) -> LineProbe {
        self.probe.clone()
    }

    fn take_returned_ports(&mut self) {
        self.ports.append(&mut self.shared.take_returned());
    }

    /// Reads the pacer while nobody has it; how many blocks there were. When it is lent its user reads it: then it is only looked at.
    fn pace(&mut self) -> u32 {
        let Some(pacer) = self.pacer else { return 0 };
        if self.lent.load(Ordering::Relaxed) {
            return u32::from(self.shared.pacer_is_ready());
        }
        let Some(port) = self.ports.iter_mut().find(|port| port.slot == pacer) else { return 0 };
        let mut block = [0; BLOCK];
        let mut blocks = 0;
        for _ in 0..MOST_BLOCKS {
            match port.read(&mut block) {
                Ok(Moved::Octets(_)) => blocks += 1,
                Ok(Moved::Events) => {}
                Ok(Moved::Nothing) | Err(_) => break,
            }
        }
        if !port.is_signalling() {
            port.kernel_events.clear();
        }
        self.shared.paced.fetch_add(blocks.into(), Ordering::Relaxed);
        blocks
    }

    /// Looks at alarms, and at the counters when a second is over.
    fn look(&mut self, now: Instant) {
        let mut stat = SpanStat { spanno: self.configured.spanno as c_int, ..SpanStat::default() };
        match self.ctl.ioctl(Request::SpanStat(&mut stat)) {
            Ok(()) => {
                self.line.handle_alarms(now, alarms::from_kernel(stat.alarms));
                if now >= self.next_tick {
                    self.tick(now, &stat);
                }
            }
            // EINVAL: no span has this number.
            Err(error) if is_gone(&error) || error.raw_os_error() == Some(nix::libc::EINVAL) => {
                self.shared.gone.store(true, Ordering::Relaxed);
            }
            Err(error) => {
                self.next_tick = now + LOOK;
                tracing::warn!("dahdi[{}]{{line}}: cannot read the span's state: {error}", self.info.name);
            }
        }
    }

    /// A second is over.
    fn tick(&mut self, now: Instant, stat: &SpanStat) {
        if self.probe.take_reset() {
            self.counters.reset();
            self.shared.underruns.store(0, Ordering::Relaxed);
            self.shared.overruns.store(0, Ordering::Relaxed);
        }
        self.counters.tick(stat, self.probe.slips(), self.line.alarms());
        // Counted from when it was due, so that being called late does not make the seconds longer; after a pause from now.
        self.next_tick += LOOK;
        if self.next_tick <= now {
            self.next_tick = now + LOOK;
        }
        // Ports that nobody has are asked for their events, so that the kernel has room for the next ones.
        for port in self.ports.iter_mut().filter(|port| port.is_signalling()) {
            port.fetch_events();
        }
    }

    fn tell_line_events(&mut self) {
        while let Some(event) = self.line.poll_event() {
            self.events.push_back(match event {
                LineEvent::Changed { alarms } => SpanEvent::AlarmsChanged { alarms },
                LineEvent::Removed => SpanEvent::FarEndGone,
                LineEvent::Returned => SpanEvent::FarEndBack,
            });
        }
    }
}

/// The channel whose blocks are the span's clock: the highest one, since the kernel moves a tick's data channel by channel from the lowest
/// (`_dahdi_receive`), so that another core that sees its block finds those of all others whole. The kernel empties the buffers of
/// a port that goes on hook, which would shift its blocks against all others, so those come last.
fn pacer(ports: &[Port]) -> Option<u8> {
    let audio = ports.iter().filter(|port| port.mode().has_audio());
    audio.max_by_key(|port| (!port.mode().has_hook(), port.slot)).map(|port| port.slot)
}

impl Drop for DahdiSpan {
    fn drop(&mut self) {
        self.shared.close();
    }
}

fn watched(port: &Port, pacer: Option<u8>) -> std::io::Result<Option<Watched>> {
    let readable = pacer == Some(port.slot) || port.mode() == Mode::Hdlc;
    if !readable && !port.is_signalling() {
        return Ok(None);
    }
    let fd = port.as_fd().try_clone_to_owned()?;
    Ok(Some(Watched { key: port.slot.into(), fd, readable, urgent: true }))
}

fn info(config: &SpanConfig) -> SpanInfo {
    SpanInfo {
        name: config.name.clone(),
        hardware_id: match &config.place {
            Place::Hardware(id) => id.clone(),
            Place::Dynamic { driver, address, .. } => format!("dynamic:{driver}/{address}"),
        },
        kind: config.kind,
        law: config.law,
        timeslots: config.channels.iter().map(|channel| channel.slot).max().unwrap_or_default(),
        d_channel: config.d_channel(),
        clock: if config.clock_priority == 0 { ClockRole::Master } else { ClockRole::Slave },
        back_end: "dahdi",
    }
}

impl Span for DahdiSpan {
    fn info(&self) -> &SpanInfo {
        &self.info
    }

    fn open(&mut self, slot: u8, mode: Mode) -> Result<Box<dyn Channel>, Error> {
        if self.shared.is_gone() {
            return Err(Error::SpanClosed);
        }
        self.take_returned_ports();
        if !self.config.channels.iter().any(|channel| channel.slot == slot) {
            return Err(Error::NoSuchTimeslot { slot, timeslots: self.info.timeslots });
        }
        let Some(index) = self.ports.iter().position(|port| port.slot == slot) else { return Err(Error::Busy { slot }) };
        // A B-channel carries any octets.
        let fits = |port: &&Port| port.mode() == mode || (port.mode() == Mode::Audio && mode == Mode::Clear);
        if let Some(port) = self.ports.get(index).filter(|port| !fits(port)) {
            return Err(Error::WrongMode { slot, mode: port.mode(), what: "be opened so: the configuration says otherwise" });
        }
        let port = self.ports.swap_remove(index);
        let pacer = self.pacer == Some(slot);
        let beginning = Beginning {
            mode,
            pacer,
            echo: self.config.echo.as_ref(),
            write_queue: self.config.write_queue.into(),
            lent: if pacer { self.lent.clone() } else { Arc::default() },
        };
        match DahdiChannel::begin(port, beginning) {
            Ok(channel) => Ok(Box::new(channel)),
            Err((port, source)) => {
                self.ports.push(port);
                if is_gone(&source) {
                    return Err(Error::SpanClosed);
                }
                Err(Error::Os { doing: format!("begin with timeslot {slot} of span \"{}\"", self.info.name), source })
            }
        }
    }

    fn alarms(&self) -> Alarms {
        self.line.alarms()
    }

    fn counters(&self) -> Counters {
        Counters {
            underruns: self.shared.underruns.load(Ordering::Relaxed),
            overruns: self.shared.overruns.load(Ordering::Relaxed),
            blocks: self.shared.paced.load(Ordering::Relaxed),
            ..self.counters.totals()
        }
    }

    fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
        let key = self.pacer.or(self.info.d_channel)?;
        self.watched.iter().find(|watched| watched.key == u16::from(key)).map(|watched| watched.fd.as_fd())
    }

    fn watches(&self) -> Vec<Watch<'_>> {
        let each = self.watched.iter();
        each.map(|watched| Watch { key: watched.key, fd: watched.fd.as_fd(), readable: watched.readable, urgent: watched.urgent })
            .collect()
    }

    fn service(&mut self) -> Result<Serviced, Error> {
        self.take_returned_ports();
        let now = Instant::now();
        let blocks = if self.shared.is_gone() { 0 } else { self.pace() };
        let told = self.shared.alarm_event.swap(false, Ordering::Relaxed);
        if (told || now >= self.next_tick) && !self.shared.is_gone() {
            self.look(now);
        }
        if self.line.poll_timeout().is_some_and(|at| at <= now) {
            self.line.handle_timeout(now);
        }
        if self.shared.gone.load(Ordering::Relaxed) {
            self.line.handle_removed(now);
            self.tell_line_events();
            return Err(Error::SpanClosed);
        }
        self.tell_line_events();
        Ok(Serviced { blocks })
    }

    fn poll_event(&mut self) -> Option<SpanEvent> {
        self.events.pop_front()
    }
}
