//! `cargo xtask bench isdn`: what the D-channels of a full box cost, and how long one of their frames takes.
//!
//! Eight spans with 50 call attempts a second together, half of them incoming, each from SETUP to RELEASE COMPLETE, 2 s long, so that a
//! hundred calls stand at any time. First the box's eight ends are driven against eight far ends in virtual time, and all that they are
//! told is kept; then the same is told to eight new ones, and only they run while the clock is read: machines without clock and
//! randomness do the same again. Left out: sockets, the span and the call engine.

use hw_tests::bench::{Bench, Figure};
use isdn::{CallId, Cause, CauseValue, Config, Connected, Event, Framing, Interface, Location, Number, Setup, Side};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

const SPANS: usize = 8;
const ATTEMPTS: u32 = 50;
const BETWEEN: Duration = Duration::from_millis(1000 / ATTEMPTS as u64);
const HELD: Duration = Duration::from_secs(2);

fn main() {
    let bench = Bench::new("isdn");
    // Long enough that the hundred calls stand most of the time.
    let tape = record(bench.choose(30, 4));
    let seconds = tape.span.as_secs_f64();
    let rate = bench.per_cpu_second(|| {
        tape.replay(None);
        1
    });
    let share = 100.0 / (rate * seconds);
    let name = format!("{SPANS} spans with {ATTEMPTS} call attempts a second together, the box's ends");
    bench.print(Figure::lower(&name, "% of a core", share).target(20.0));
    let mut times = Vec::new();
    // A hundred thousand frames or so.
    for _ in 0..bench.choose(4, 1) {
        tape.replay(Some(&mut times));
    }
    times.sort_unstable();
    let micros = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1e6;
    bench.print(Figure::lower("D-channel frame handled and its answers drained, p50", "us", micros(50)));
    bench.print(Figure::lower("D-channel frame handled and its answers drained, p99", "us", micros(99)).target(10.0));
}

/// What an end is told.
#[derive(Debug, Clone)]
enum Told {
    Start,
    Frame(Vec<u8>),
    Timeout,
    Place,
    Answer(CallId),
    Clear(CallId),
}

impl Told {
    fn to(&self, end: &mut Interface, now: Instant) {
        match self {
            Self::Start => end.start(now),
            Self::Frame(frame) => end.handle_frame(now, frame),
            Self::Timeout => end.handle_timeout(now),
            Self::Place => {
                let refused = end.setup(now, Setup::speech(Number::new("5551001"))).err();
                assert_eq!(refused, None, "a call was refused");
            }
            Self::Answer(call) => {
                end.proceeding(now, *call, Vec::new());
                end.alerting(now, *call, Vec::new());
                end.connect(now, *call, Connected::default());
            }
            Self::Clear(call) => end.clear(now, *call, Cause::new(CauseValue::NORMAL_CLEARING, Location::User)),
        }
    }
}

/// What the layer above answers at once.
const fn reaction(event: &Event) -> Option<Told> {
    match event {
        Event::Setup { call, .. } => Some(Told::Answer(*call)),
        Event::Clearing { call, .. } => Some(Told::Clear(*call)),
        Event::LinkUp
        | Event::LinkDown
        | Event::DChannel { .. }
        | Event::ChannelReady { .. }
        | Event::Proceeding { .. }
        | Event::Alerting { .. }
        | Event::Progress { .. }
        | Event::Connected { .. }
        | Event::Established { .. }
        | Event::NeedDigits { .. }
        | Event::MoreDigits { .. }
        | Event::Information { .. }
        | Event::Notify { .. }
        | Event::ChannelService { .. }
        | Event::ChannelFreed { .. }
        | Event::HoldRequested { .. }
        | Event::Held { .. }
        | Event::RetrieveRequested { .. }
        | Event::Retrieved { .. }
        | Event::Name { .. }
        | Event::Released { .. } => None,
    }
}

/// The ends of one kind, box or far: the box is the user on every other span.
fn ends(far: bool) -> Vec<Interface> {
    let side = |span: usize| if span.is_multiple_of(2) == far { Side::Network } else { Side::User };
    (0..SPANS).map(|span| Interface::new(Config::new("x", side(span), Framing::E1))).collect()
}

/// All that the box's ends were told in a time: when, on which span, and what.
struct Tape {
    told: Vec<(Instant, usize, Told)>,
    span: Duration,
    /// Frames that they sent, and calls that they saw end.
    sent: u64,
    released: u64,
}

impl Tape {
    /// Tells it to new ends. With `times`, notes how long each frame took.
    #[track_caller]
    fn replay(&self, mut times: Option<&mut Vec<Duration>>) {
        let mut ends = ends(false);
        let (mut sent, mut released) = (0, 0);
        for (now, span, told) in &self.told {
            let end = &mut ends[*span];
            let before = Instant::now();
            told.to(end, *now);
            while end.poll_transmit().is_some() {
                sent += 1;
            }
            while let Some(event) = end.poll_event() {
                released += u64::from(matches!(event, Event::Released { .. }));
            }
            if let (Some(times), Told::Frame(_)) = (&mut times, told) {
                times.push(before.elapsed());
            }
        }
        assert_eq!((sent, released), (self.sent, self.released), "it did not go as before");
    }
}

/// The box's ends and the far ends, on tape.
struct Trunks {
    near: Vec<Interface>,
    far: Vec<Interface>,
    now: Instant,
    tape: Tape,
}

fn record(seconds: u64) -> Tape {
    let tape = Tape { told: Vec::new(), span: Duration::from_secs(seconds), sent: 0, released: 0 };
    let mut trunks = Trunks { near: ends(false), far: ends(true), now: Instant::now(), tape };
    for span in 0..SPANS {
        trunks.tell(true, span, Told::Start);
        trunks.tell(false, span, Told::Start);
    }
    let last = trunks.now + trunks.tape.span;
    let mut standing: VecDeque<(Instant, bool, usize)> = VecDeque::new();
    let mut placed: u64 = 0;
    // The calls of the last two seconds are cleared after it: what that takes is counted as if it were within.
    while trunks.now < last || !standing.is_empty() {
        if trunks.now < last {
            let (span, near) = (placed as usize % SPANS, (placed as usize / SPANS).is_multiple_of(2));
            trunks.tell(near, span, Told::Place);
            standing.push_back((trunks.now + HELD, near, span));
            placed += 1;
        }
        while let Some((_, near, span)) = standing.pop_front_if(|(due, ..)| *due <= trunks.now) {
            let end = if near { &trunks.near[span] } else { &trunks.far[span] };
            let oldest = end.calls().find(|call| call.outgoing).map(|call| call.call);
            trunks.tell(near, span, Told::Clear(oldest.unwrap_or(CallId(0))));
        }
        trunks.now += BETWEEN;
        trunks.timers();
    }
    assert_eq!((trunks.tape.released, placed), (placed, u64::from(ATTEMPTS) * seconds), "calls that ended");
    let repeated: u64 = trunks.near.iter().chain(&trunks.far).map(|end| end.stats().link.i_repeated).sum();
    assert_eq!(repeated, 0, "nothing is lost, nothing is repeated");
    trunks.tape
}

impl Trunks {
    /// Tells one end something and carries what comes of it, in its order, until both ends of the span are silent.
    fn tell(&mut self, near: bool, span: usize, told: Told) {
        let mut queue = VecDeque::from([(near, told)]);
        while let Some((near, told)) = queue.pop_front() {
            let end = if near { &mut self.near[span] } else { &mut self.far[span] };
            told.to(end, self.now);
            if near {
                self.tape.told.push((self.now, span, told));
            }
            while let Some(frame) = end.poll_transmit() {
                self.tape.sent += u64::from(near);
                queue.push_back((!near, Told::Frame(frame)));
            }
            while let Some(event) = end.poll_event() {
                self.tape.released += u64::from(near && matches!(event, Event::Released { .. }));
                queue.extend(reaction(&event).map(|told| (near, told)));
            }
        }
    }

    fn timers(&mut self) {
        for span in 0..SPANS {
            for near in [true, false] {
                let end = if near { &self.near[span] } else { &self.far[span] };
                if end.poll_timeout().is_some_and(|due| due <= self.now) {
                    self.tell(near, span, Told::Timeout);
                }
            }
        }
    }
}
