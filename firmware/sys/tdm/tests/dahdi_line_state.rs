//! The one owner of a span's layer-1 state: every alarm with its debounce, removal and return, and any pulse of any length.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use tdm::Alarms;
use tdm::dahdi::line_state::{Debounce, LineEvent, LineState};

const GONE: Alarms = Alarms::from_bits(Alarms::RED.bits() | Alarms::LOS.bits());
const KINDS: [Alarms; 8] =
    [Alarms::RED, Alarms::YELLOW, Alarms::BLUE, Alarms::LOS, Alarms::LFA, Alarms::LMFA, Alarms::RECOVER, Alarms::NOT_OPEN];

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A line that was seen without alarm, its events drained.
fn clear_line(now: Instant) -> LineState {
    let mut line = LineState::new(Debounce::default());
    line.handle_alarms(now, Alarms::NONE);
    line
}

fn events(line: &mut LineState) -> Vec<LineEvent> {
    std::iter::from_fn(|| line.poll_event()).collect()
}

fn changed(alarms: Alarms) -> LineEvent {
    LineEvent::Changed { alarms }
}

#[test]
fn clear_line_each_kind_is_declared_after_its_debounce_and_not_before() {
    for kind in KINDS {
        let start = Instant::now();
        let wait = if kind == Alarms::YELLOW { ms(500) } else { ms(100) };
        let mut line = clear_line(start);
        line.handle_alarms(start, kind);
        assert_eq!(line.poll_timeout(), Some(start + wait), "{kind}");
        line.handle_timeout(start + wait - ms(1));
        assert_eq!((events(&mut line), line.alarms()), (vec![], Alarms::NONE), "{kind}");
        line.handle_timeout(start + wait);
        assert_eq!(events(&mut line), [changed(kind)]);
        assert_eq!((line.alarms(), line.raw(), line.poll_timeout()), (kind, kind, None), "{kind}");
    }
}

#[test]
fn declared_alarm_that_ends_stays_with_recover_for_a_second() {
    let start = Instant::now();
    let mut line = clear_line(start);
    line.handle_alarms(start, Alarms::BLUE);
    line.handle_timeout(start + ms(100));
    line.handle_alarms(start + ms(200), Alarms::NONE);
    assert_eq!(events(&mut line), [changed(Alarms::BLUE), changed(Alarms::BLUE | Alarms::RECOVER)]);
    assert_eq!(line.poll_timeout(), Some(start + ms(1200)));
    line.handle_timeout(start + ms(1199));
    assert_eq!(events(&mut line), []);
    line.handle_timeout(start + ms(1200));
    assert_eq!(events(&mut line), [changed(Alarms::NONE)]);
    assert_eq!(line.poll_timeout(), None);
}

#[test]
fn pulse_shorter_than_the_debounce_is_not_declared() {
    let start = Instant::now();
    let mut line = clear_line(start);
    line.handle_alarms(start, Alarms::RED);
    line.handle_alarms(start + ms(99), Alarms::NONE);
    line.handle_timeout(start + ms(5000));
    assert_eq!((events(&mut line), line.alarms(), line.poll_timeout()), (vec![], Alarms::NONE, None));
}

#[test]
fn recovering_line_that_fails_again_is_declared_at_once() {
    let start = Instant::now();
    let mut line = clear_line(start);
    line.handle_alarms(start, Alarms::RED);
    line.handle_timeout(start + ms(100));
    line.handle_alarms(start + ms(200), Alarms::NONE);
    line.handle_alarms(start + ms(300), Alarms::RED);
    assert_eq!(events(&mut line), [changed(Alarms::RED), changed(Alarms::RED | Alarms::RECOVER), changed(Alarms::RED)]);
}

#[test]
fn red_that_becomes_blue_never_passes_through_none() {
    let start = Instant::now();
    let mut line = clear_line(start);
    line.handle_alarms(start, Alarms::RED | Alarms::LOS);
    line.handle_timeout(start + ms(100));
    line.handle_alarms(start + ms(1000), Alarms::BLUE);
    assert_eq!(line.alarms(), Alarms::RED | Alarms::LOS);
    line.handle_timeout(start + ms(1100));
    assert_eq!(events(&mut line), [changed(Alarms::RED | Alarms::LOS), changed(Alarms::BLUE)]);
}

#[test]
fn faults_of_changing_kinds_are_declared_though_none_of_them_lasts() {
    let start = Instant::now();
    let mut line = clear_line(start);
    for step in 0..5 {
        line.handle_alarms(start + ms(40 * step), if step % 2 == 0 { Alarms::RED } else { Alarms::LFA });
    }
    assert!(line.alarms().is_down(), "{}", line.alarms());
}

#[test]
fn first_reading_counts_at_once() {
    let start = Instant::now();
    let mut line = LineState::new(Debounce::default());
    line.handle_alarms(start, Alarms::RED);
    assert_eq!(events(&mut line), [changed(Alarms::RED)]);
}

#[test]
fn loopback_follows_at_once_and_is_no_fault() {
    let start = Instant::now();
    let mut line = clear_line(start);
    line.handle_alarms(start, Alarms::LOOPBACK);
    line.handle_alarms(start + ms(10), Alarms::NONE);
    assert_eq!(events(&mut line), [changed(Alarms::LOOPBACK), changed(Alarms::NONE)]);
    assert!(!Alarms::LOOPBACK.is_down());
}

#[test]
fn removed_device_is_red_and_los_until_its_return_has_settled() {
    let start = Instant::now();
    let mut line = clear_line(start);
    line.handle_removed(start);
    line.handle_removed(start + ms(1));
    assert_eq!(events(&mut line), [LineEvent::Removed, changed(GONE)]);
    line.handle_alarms(start + ms(2), Alarms::NONE);
    assert_eq!((line.is_present(), line.alarms()), (false, GONE), "a reading of a device that is gone is stale");
    line.handle_returned(start + ms(5000));
    line.handle_returned(start + ms(5001));
    assert_eq!((events(&mut line), line.alarms()), (vec![LineEvent::Returned], GONE));
    line.handle_alarms(start + ms(5002), Alarms::NONE);
    line.handle_timeout(start + ms(6002));
    assert_eq!(events(&mut line), [changed(GONE | Alarms::RECOVER), changed(Alarms::NONE)]);
}

#[derive(Debug, Clone, Copy)]
enum Stimulus {
    Alarms(Alarms),
    Removed,
    Returned,
    /// The timer is served, as `poll_timeout` asked or for no reason.
    Timeout,
}

fn stimulus() -> impl Strategy<Value = Stimulus> {
    let alarms = prop_oneof![2 => Just(0_u16), 3 => (0_u32..9).prop_map(|bit| 1 << bit), 1 => any::<u16>()];
    prop_oneof![
        6 => alarms.prop_map(|bits| Stimulus::Alarms(Alarms::from_bits(bits))),
        1 => Just(Stimulus::Removed),
        1 => Just(Stimulus::Returned),
        3 => Just(Stimulus::Timeout),
    ]
}

/// Steps of time, many around the debounce times.
fn step() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(ms(0)),
        (0_u64..20).prop_map(ms),
        (95_u64..105).prop_map(ms),
        (495_u64..505).prop_map(ms),
        (990_u64..1010).prop_map(ms),
        (0_u64..5000).prop_map(ms)
    ]
}

fn debounce() -> impl Strategy<Value = Debounce> {
    let time = || prop_oneof![Just(0_u64), Just(100), Just(500), Just(1000), 0_u64..3000].prop_map(ms);
    prop_oneof![
        Just(Debounce::default()),
        (time(), time(), time()).prop_map(|(raise, raise_remote, clear)| Debounce { raise, raise_remote, clear })
    ]
}

/// The state machine with a look at what it says: never twice the same, and the events alone give the state.
struct Watched {
    line: LineState,
    now: Instant,
    told: Alarms,
    present: bool,
    serve_timers: bool,
}

impl Watched {
    fn advance(&mut self, step: Duration) {
        let until = self.now + step;
        // A driver of the machine serves its timers in time; one that is late is the other case.
        while self.serve_timers {
            let Some(at) = self.line.poll_timeout().filter(|at| *at <= until) else { break };
            self.now = self.now.max(at);
            self.line.handle_timeout(self.now);
            self.drain();
        }
        self.now = until;
    }

    fn handle(&mut self, stimulus: Stimulus) {
        match stimulus {
            Stimulus::Alarms(alarms) => self.line.handle_alarms(self.now, alarms),
            Stimulus::Removed => self.line.handle_removed(self.now),
            Stimulus::Returned => self.line.handle_returned(self.now),
            Stimulus::Timeout => self.line.handle_timeout(self.now),
        }
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(event) = self.line.poll_event() {
            match event {
                LineEvent::Changed { alarms } => {
                    assert_ne!(alarms, self.told, "told twice");
                    self.told = alarms;
                }
                LineEvent::Removed => assert!(std::mem::replace(&mut self.present, false), "removed twice"),
                LineEvent::Returned => assert!(!std::mem::replace(&mut self.present, true), "returned twice"),
            }
        }
        assert_eq!((self.told, self.present), (self.line.alarms(), self.line.is_present()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Any pulses of any length, readings in any order, with and without timers served, removals and returns among them: once the kernel
    /// has shown the same for the longest debounce time, that is what is declared, and nothing more is to come.
    #[test]
    fn any_pulse_of_any_length_ends_in_the_state_of_the_line(
        debounce in debounce(),
        pulses in prop::collection::vec((step(), stimulus()), 0..40),
        last in stimulus(),
        serve_timers in any::<bool>(),
    ) {
        let mut watched = Watched {
            line: LineState::new(debounce),
            now: Instant::now(),
            told: Alarms::NONE,
            present: true,
            serve_timers,
        };
        let mut shown = None;
        for (step, stimulus) in pulses.into_iter().chain([(ms(7), last)]) {
            watched.advance(step);
            watched.handle(stimulus);
            match stimulus {
                Stimulus::Alarms(alarms) if watched.present => shown = Some(alarms),
                Stimulus::Removed => shown = Some(GONE),
                Stimulus::Alarms(_) | Stimulus::Returned | Stimulus::Timeout => {}
            }
        }
        let longest = debounce.raise.max(debounce.raise_remote).max(debounce.clear);
        watched.now += longest;
        watched.handle(Stimulus::Timeout);
        prop_assert_eq!(watched.told, shown.unwrap_or(Alarms::NONE));
        prop_assert_eq!(watched.line.poll_timeout(), None);
        watched.now += ms(100_000);
        watched.handle(Stimulus::Timeout);
        prop_assert_eq!(watched.told, shown.unwrap_or(Alarms::NONE), "nothing happens by itself later");
    }

    /// Readings that repeat what is shown, with events or each second, change nothing about when it is declared; nor does what was
    /// declared before.
    #[test]
    fn readings_repeated_at_any_time_do_not_delay_a_declaration(
        kind in prop::sample::select(&KINDS[..]),
        before in prop::option::of(prop::sample::select(&KINDS[..])),
        repeats in prop::collection::vec(1_u64..200, 0..20),
    ) {
        let start = Instant::now();
        let due = start + if kind == Alarms::YELLOW { ms(500) } else { ms(100) };
        let mut line = LineState::new(Debounce::default());
        line.handle_alarms(start, before.filter(|before| *before != kind).unwrap_or(Alarms::NONE));
        line.handle_alarms(start, kind);
        let mut now = start;
        for repeat in repeats {
            now += ms(repeat);
            line.handle_alarms(now, kind);
            prop_assert_eq!(line.alarms() == kind, now >= due);
        }
        line.handle_timeout(due.max(now));
        prop_assert_eq!(line.alarms(), kind);
    }
}
