//! `cargo xtask bench span`: a virtual E1 in lock step, and the signalling of its D-channel in virtual time.
//!
//! The span: both ends in one thread, joined by their Unix socket, 31 timeslots open at each end; every tick of 10 ms each end
//! reads and writes one block a timeslot. The signalling: two interfaces back to back without a span between them, one
//! call after the other, set up, answered and cleared. All figures are of both ends together.

use hw_tests::bench::{Bench, Figure};
use isdn::{CallId, Cause, CauseValue, Config, Connected, Event, Framing, Interface, Location, Number, Setup, Side};
use std::hint::black_box;
use std::time::{Duration, Instant};
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser, pair};
use tdm::{BLOCK, Channel, Mode, Span, SpanInfo};

const TICKS: u64 = 100;
const BROKEN: &str = "a virtual span broke in lock step";
const CALLS: u64 = 100;
/// A hundred calls a second of virtual time.
const BETWEEN_CALLS: Duration = Duration::from_millis(10);

fn main() {
    let bench = Bench::new("span");
    let mut e1 = E1::new();
    let ticks = bench.per_cpu_second(|| e1.ticks());
    let blocks = ticks * e1.blocks_in_a_tick();
    bench.print(Figure::higher("virtual E1 in lock step, 31 timeslots both ways", "ticks per CPU second", ticks));
    bench.print(Figure::lower("block of one timeslot written, carried and read", "us", 1e6 / blocks));
    signalling(bench);
}

struct E1 {
    network: VirtualNetwork,
    user: VirtualUser,
    far: Vec<Box<dyn Channel>>,
    near: Vec<Box<dyn Channel>>,
}

fn open_all(span: &mut dyn Span) -> Vec<Box<dyn Channel>> {
    let timeslots = 1..=span.info().timeslots;
    let mut open = |slot| span.open(slot, Mode::Audio).unwrap_or_else(|e| panic!("cannot open timeslot {slot}: {e}"));
    timeslots.map(&mut open).collect()
}

impl E1 {
    fn new() -> Self {
        let ends = pair(SpanInfo::e1("span1"), Clock::LockStep);
        let (mut network, mut user) = ends.unwrap_or_else(|e| panic!("cannot make a virtual span: {e}"));
        let (far, near) = (open_all(&mut network), open_all(&mut user));
        Self { network, user, far, near }
    }

    fn blocks_in_a_tick(&self) -> f64 {
        (self.far.len() + self.near.len()) as f64
    }

    /// Some ticks, each there and back.
    #[track_caller]
    fn ticks(&mut self) -> u64 {
        for tick in 0..TICKS {
            let block = [tick as u8; BLOCK];
            for channel in self.far.iter_mut().chain(&mut self.near) {
                assert_eq!(channel.write(&block).ok(), Some(BLOCK), "{BROKEN}");
            }
            // The network end ticks, the user end takes the tick and answers, the network end takes the answer.
            let served = [self.network.service(), self.user.service(), self.network.service()];
            let blocks = served.map(|one| one.map(|one| one.blocks).unwrap_or_else(|e| panic!("{BROKEN}: {e}")));
            assert_eq!(blocks, [0, 1, 1]);
            let mut heard = [0; BLOCK];
            for channel in self.far.iter_mut().chain(&mut self.near) {
                assert_eq!(channel.read(&mut heard).ok(), Some(BLOCK), "{BROKEN}");
                black_box(&heard);
            }
        }
        let (far, near) = (self.network.counters(), self.user.counters());
        assert_eq!(far.slips + near.slips + far.underruns + near.underruns, 0, "{far:?} {near:?}");
        TICKS
    }
}

fn signalling(bench: Bench) {
    let mut line = Line::new();
    let calls = bench.per_cpu_second(|| line.calls());
    let frames_in_a_call = line.frames as f64 / line.begun as f64;
    bench.print(Figure::higher("isdn: calls set up and cleared, both ends", "calls per CPU second", calls));
    bench.print(Figure::lower("isdn: D-channel frame sent and taken", "us", 1e6 / (calls * frames_in_a_call)));
}

/// Two interfaces and the D-channel between them.
struct Line {
    user: Interface,
    network: Interface,
    now: Instant,
    frames: u64,
    begun: u64,
    ended: u64,
}

impl Line {
    fn new() -> Self {
        let now = Instant::now();
        let end = |side, name| Interface::new(Config::new(name, side, Framing::E1));
        let (user, network) = (end(Side::User, "user"), end(Side::Network, "net"));
        let mut line = Self { user, network, now, frames: 0, begun: 0, ended: 0 };
        line.user.start(now);
        line.network.start(now);
        line.exchange();
        assert!(line.user.link_up() && line.network.link_up(), "the data link does not come up");
        line.frames = 0;
        line
    }

    /// Some calls from the user to the network, from SETUP to RELEASE COMPLETE.
    #[track_caller]
    fn calls(&mut self) -> u64 {
        for _ in 0..CALLS {
            let refused = self.user.setup(self.now, Setup::speech(Number::new("5551001"))).err();
            assert_eq!(refused, None, "a call was refused");
            self.begun += 1;
            self.exchange();
            self.now += BETWEEN_CALLS;
            for end in [&mut self.user, &mut self.network] {
                if end.poll_timeout().is_some_and(|due| due <= self.now) {
                    end.handle_timeout(self.now);
                }
            }
            self.exchange();
        }
        assert_eq!(self.ended, 2 * self.begun, "calls released at both ends");
        CALLS
    }

    /// Carries frames and answers events until both ends are silent.
    fn exchange(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(frame) = self.user.poll_transmit() {
                (quiet, self.frames) = (false, self.frames + 1);
                self.network.handle_frame(self.now, &frame);
            }
            while let Some(frame) = self.network.poll_transmit() {
                (quiet, self.frames) = (false, self.frames + 1);
                self.user.handle_frame(self.now, &frame);
            }
            while let Some(event) = self.network.poll_event() {
                quiet = false;
                self.ended += answer(self.now, &mut self.network, event);
            }
            while let Some(event) = self.user.poll_event() {
                quiet = false;
                self.ended += answer(self.now, &mut self.user, event);
            }
            if quiet {
                return;
            }
        }
    }
}

/// The called end answers at once, the calling end then clears. Says how many calls ended.
fn answer(now: Instant, end: &mut Interface, event: Event) -> u64 {
    let clear = |end: &mut Interface, call: CallId| end.clear(now, call, Cause::new(CauseValue::NORMAL_CLEARING, Location::User));
    match event {
        Event::Setup { call, .. } => {
            end.proceeding(now, call, Vec::new());
            end.alerting(now, call, Vec::new());
            end.connect(now, call, Connected::default());
        }
        Event::Connected { call, .. } | Event::Clearing { call, .. } => clear(end, call),
        Event::Released { .. } => return 1,
        Event::LinkUp
        | Event::LinkDown
        | Event::DChannel { .. }
        | Event::ChannelReady { .. }
        | Event::Proceeding { .. }
        | Event::Alerting { .. }
        | Event::Progress { .. }
        | Event::Established { .. }
        | Event::NeedDigits { .. }
        | Event::MoreDigits { .. }
        | Event::Information { .. }
        | Event::ChannelService { .. }
        | Event::Name { .. }
        | Event::ChannelFreed { .. }
        | Event::HoldRequested { .. }
        | Event::Held { .. }
        | Event::RetrieveRequested { .. }
        | Event::Retrieved { .. }
        | Event::Notify { .. } => {}
    }
    0
}
