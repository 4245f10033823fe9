//! The clock: what sysfs says of a span, and which span is made master, with fall-back and return.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod dahdi_fake;

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use dahdi_fake::{FakeKernel, FakeSpan};
use proptest::prelude::*;
use tdm::dahdi::clock::{ClockChoice, ClockEvent, ClockStatus, Settle, Source, Why, status};

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Spans 1, 2 and 3 with priorities 1, 2 and 3; these are usable.
fn sources(usable: &[i32]) -> [Source; 3] {
    [1_u8, 2, 3].map(|priority| Source { span: priority.into(), priority, usable: usable.contains(&priority.into()) })
}

fn events(clock: &mut ClockChoice) -> Vec<ClockEvent> {
    std::iter::from_fn(|| clock.poll_event()).collect()
}

const fn make(span: i32, why: Why) -> ClockEvent {
    ClockEvent::MakeMaster { span, why }
}

#[test]
fn status_of_a_span_is_read_from_sysfs() {
    let fake = FakeKernel::new();
    let one = fake.add(FakeSpan::e1("A1", 1));
    let two = fake.add(FakeSpan::e1("A1", 2));
    fake.span(two, |span| span.sync_source = one);
    fake.state().master = two;
    let sys = fake.sys();
    assert_eq!(status(&*sys, one, 0).unwrap(), ClockStatus { priority: 0, is_master: false, source: None });
    assert_eq!(status(&*sys, two, 2).unwrap(), ClockStatus { priority: 2, is_master: true, source: Some(one) });
    assert_eq!(status(&*sys, 9, 1).unwrap_err().kind(), ErrorKind::NotFound);
    fake.state().files.insert("/sys/bus/dahdi_spans/devices/span-2/syncsrc".to_owned(), "soon\n".to_owned());
    assert_eq!(
        status(&*sys, two, 2).unwrap_err().to_string(),
        "/sys/bus/dahdi_spans/devices/span-2/syncsrc: \"soon\" is not a number"
    );
}

#[test]
fn best_usable_source_is_the_first_master() {
    let now = Instant::now();
    let mut clock = ClockChoice::new(Settle::default());
    assert_eq!((clock.decision(), clock.poll_timeout()), (None, None));
    clock.handle_sources(now, &sources(&[2, 3]));
    assert_eq!(events(&mut clock), [make(2, Why::First)]);
    let decision = clock.decision().unwrap();
    assert_eq!((decision.span, decision.since, decision.why.to_string().as_str()), (2, now, "the best source there is"));
}

#[test]
fn span_that_gives_the_clock_is_never_a_source() {
    let mut clock = ClockChoice::new(Settle::default());
    clock.handle_sources(Instant::now(), &[Source { span: 1, priority: 0, usable: true }]);
    assert_eq!((events(&mut clock), clock.decision()), (vec![], None));
}

#[test]
fn lowest_number_wins_among_equal_priorities() {
    let mut clock = ClockChoice::new(Settle::default());
    let equal = [5, 4].map(|span| Source { span, priority: 1, usable: true });
    clock.handle_sources(Instant::now(), &equal);
    assert_eq!(events(&mut clock), [make(4, Why::First)]);
}

#[test]
fn master_that_fails_is_replaced_at_once_and_returns_after_ten_good_seconds() {
    let now = Instant::now();
    let mut clock = ClockChoice::new(Settle::default());
    clock.handle_sources(now, &sources(&[1, 2, 3]));
    assert_eq!(events(&mut clock), [make(1, Why::First)]);
    clock.handle_sources(now + s(60), &sources(&[2, 3]));
    assert_eq!(events(&mut clock), [make(2, Why::Lost { span: 1 })]);
    assert_eq!(clock.decision().unwrap().why.to_string(), "span 1 has an alarm or is gone");
    clock.handle_sources(now + s(70), &sources(&[1, 2, 3]));
    assert_eq!((events(&mut clock), clock.poll_timeout()), (vec![], Some(now + s(80))));
    clock.handle_timeout(now + s(79));
    assert_eq!(events(&mut clock), []);
    clock.handle_timeout(now + s(80));
    assert_eq!(events(&mut clock), [make(1, Why::Better { span: 2 })]);
    assert_eq!(clock.decision().unwrap().why.to_string(), "it comes before span 2 and has settled");
    assert_eq!(clock.poll_timeout(), None);
}

#[test]
fn better_source_that_comes_and_goes_moves_nothing() {
    let now = Instant::now();
    let mut clock = ClockChoice::new(Settle::default());
    clock.handle_sources(now, &sources(&[2]));
    events(&mut clock);
    for second in (0..100).step_by(10) {
        clock.handle_sources(now + s(second), &sources(&[1, 2]));
        clock.handle_timeout(now + s(second + 9));
        clock.handle_sources(now + s(second + 9), &sources(&[2]));
    }
    assert_eq!(events(&mut clock), []);
}

#[test]
fn fall_back_prefers_a_source_that_has_settled() {
    let now = Instant::now();
    let mut clock = ClockChoice::new(Settle::default());
    clock.handle_sources(now, &sources(&[1, 3]));
    clock.handle_sources(now + s(100), &sources(&[1, 2, 3]));
    events(&mut clock);
    clock.handle_sources(now + s(102), &sources(&[2, 3]));
    assert_eq!(events(&mut clock), [make(3, Why::Lost { span: 1 })]);
    clock.handle_timeout(now + s(110));
    assert_eq!(events(&mut clock), [make(2, Why::Better { span: 3 })]);
}

#[test]
fn last_master_stays_while_no_source_is_usable() {
    let now = Instant::now();
    let mut clock = ClockChoice::new(Settle::default());
    clock.handle_sources(now, &sources(&[1]));
    events(&mut clock);
    clock.handle_sources(now + s(1), &sources(&[]));
    clock.handle_sources(now + s(2), &sources(&[]));
    assert_eq!(events(&mut clock), [ClockEvent::NoSource], "told once");
    assert_eq!(clock.decision().unwrap().span, 1);
    clock.handle_sources(now + s(3), &sources(&[1]));
    assert_eq!(events(&mut clock), [], "it is master still");
    clock.handle_sources(now + s(4), &[]);
    clock.handle_sources(now + s(5), &sources(&[2]));
    assert_eq!(events(&mut clock), [ClockEvent::NoSource, make(2, Why::Lost { span: 1 })]);
}

#[test]
fn kernel_that_moved_away_is_asked_again_but_not_every_second() {
    let now = Instant::now();
    let mut clock = ClockChoice::new(Settle::default());
    clock.handle_sources(now, &sources(&[1, 2]));
    events(&mut clock);
    clock.handle_master(now + s(1), Some(1));
    clock.handle_master(now + s(60), Some(2));
    assert_eq!(events(&mut clock), [make(1, Why::First)]);
    for second in 61..65 {
        clock.handle_master(now + s(second), Some(2));
    }
    assert_eq!(events(&mut clock), []);
    clock.handle_master(now + s(65), None);
    assert_eq!(events(&mut clock), [make(1, Why::First)]);
    clock.handle_sources(now + s(66), &[]);
    events(&mut clock);
    clock.handle_master(now + s(80), Some(2));
    assert_eq!(events(&mut clock), [], "a span that is gone is not asked for");
}

proptest! {
    /// However sources come and go: the master is usable whenever one is, a better one takes over only after ten good seconds, and in
    /// the end the best of those that stay is master.
    #[test]
    fn sources_that_come_and_go_in_any_order_end_with_the_best(
        steps in prop::collection::vec((0_u64..15_000, any::<[bool; 3]>()), 1..60),
        priorities in any::<[u8; 3]>().prop_map(|bytes| bytes.map(|byte| byte % 4)),
    ) {
        let mut now = Instant::now();
        let mut clock = ClockChoice::new(Settle::default());
        let mut usable_since: [Option<Instant>; 3] = [None; 3];
        let mut master = None;
        for (wait, usable) in &steps {
            now += Duration::from_millis(*wait);
            clock.handle_timeout(now);
            let all: Vec<Source> = (0..3).map(|at| Source { span: at as i32 + 1, priority: priorities[at], usable: usable[at] }).collect();
            let before = master;
            clock.handle_sources(now, &all);
            for at in 0..3 {
                usable_since[at] = usable[at].then(|| usable_since[at].unwrap_or(now));
            }
            while let Some(event) = clock.poll_event() {
                if let ClockEvent::MakeMaster { span, why } = event {
                    if let Why::Better { span: worse } = why {
                        prop_assert!(usable_since[span as usize - 1].is_none_or(|since| now - since >= s(10)) || before == Some(span));
                        prop_assert!((priorities[span as usize - 1], span) < (priorities[worse as usize - 1], worse));
                    }
                    prop_assert_ne!(master, Some(span));
                    master = Some(span);
                }
            }
            prop_assert_eq!(clock.decision().map(|decision| decision.span), master);
            if (0..3).any(|at| usable[at] && priorities[at] > 0) {
                prop_assert!(usable[master.unwrap() as usize - 1], "a master that cannot be used beside a source that can");
            }
        }
        clock.handle_timeout(now + s(10));
        let last = steps.last().unwrap().1;
        let best = (0..3).filter(|at| last[*at] && priorities[*at] > 0).min_by_key(|at| priorities[*at]);
        if let Some(best) = best {
            prop_assert_eq!(clock.decision().unwrap().span, best as i32 + 1);
            prop_assert_eq!(clock.poll_timeout(), None);
        }
    }
}
