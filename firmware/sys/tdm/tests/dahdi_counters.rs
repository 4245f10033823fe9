//! Error counters: totals over wraps and resets, errored seconds, and the slips that only /proc has.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod dahdi_fake;
mod dahdi_open;

use dahdi_fake::{FakeKernel, FakeSpan};
use proptest::prelude::*;
use tdm::dahdi::counters::{LineCounters, LineProbe, slips_of};
use tdm::dahdi::ioctl::SpanStat;
use tdm::{Alarms, Counters};

fn stat(bpv: u32) -> SpanStat {
    SpanStat { bpvcount: bpv.cast_signed(), ..SpanStat::default() }
}

/// The total after these readings of one counter.
fn total(readings: &[u32]) -> u64 {
    let mut counters = LineCounters::default();
    for reading in readings {
        counters.tick(&stat(*reading), None, Alarms::NONE);
    }
    counters.totals().bpv
}

#[test]
fn each_counter_goes_to_its_total() {
    let mut counters = LineCounters::default();
    counters.tick(&SpanStat::default(), Some(0), Alarms::NONE);
    let stat = SpanStat { bpvcount: 1, crc4count: 2, ebitcount: 3, fascount: 4, irqmisses: 5, errsec: 99, ..SpanStat::default() };
    counters.tick(&stat, Some(6), Alarms::NONE);
    let expected =
        Counters { bpv: 1, crc4: 2, ebit: 3, fas: 4, irq_misses: 5, slips: 6, errored_seconds: 1, ..Counters::default() };
    assert_eq!(counters.totals(), expected);
}

#[test]
fn first_reading_is_where_counting_begins() {
    assert_eq!(total(&[1_000_000]), 0);
    assert_eq!(total(&[1_000_000, 1_000_007]), 7);
}

#[test]
fn counter_that_wraps_goes_on() {
    assert_eq!(total(&[u32::MAX - 1, 3]), 5);
    assert_eq!(total(&[0x7fff_ffff, 0x8000_0001]), 2, "the kernel's int becomes negative");
    assert_eq!(total(&[u32::MAX, 0, u32::MAX, 0]), u64::from(u32::MAX) + 2);
}

#[test]
fn counter_that_was_set_to_zero_counts_from_there() {
    assert_eq!(total(&[5_000, 5_010, 3, 4]), 14);
    assert_eq!(total(&[5_000, 0, 0, 8]), 8);
}

#[test]
fn second_with_an_error_of_any_kind_or_an_alarm_is_errored_once() {
    let errors = [
        SpanStat { bpvcount: 9, ..SpanStat::default() },
        SpanStat { crc4count: 9, ..SpanStat::default() },
        SpanStat { ebitcount: 9, ..SpanStat::default() },
        SpanStat { fascount: 9, ..SpanStat::default() },
        SpanStat { irqmisses: 9, ..SpanStat::default() },
        SpanStat { bpvcount: 1, crc4count: 1, fascount: 1, ..SpanStat::default() },
    ];
    for error in errors {
        let mut counters = LineCounters::default();
        counters.tick(&SpanStat::default(), None, Alarms::NONE);
        counters.tick(&error, None, Alarms::NONE);
        counters.tick(&error, None, Alarms::NONE);
        assert_eq!(counters.totals().errored_seconds, 1, "{error:?}");
    }
    let mut counters = LineCounters::default();
    for alarms in [Alarms::RED, Alarms::YELLOW, Alarms::RED | Alarms::RECOVER, Alarms::NONE, Alarms::LOOPBACK] {
        counters.tick(&SpanStat::default(), None, alarms);
    }
    assert_eq!(counters.totals().errored_seconds, 3);
}

#[test]
fn slips_make_a_second_errored_and_an_unknown_number_changes_nothing() {
    let mut counters = LineCounters::default();
    for slips in [None, Some(10), Some(12), None, Some(12), Some(13)] {
        counters.tick(&SpanStat::default(), slips, Alarms::NONE);
    }
    assert_eq!((counters.totals().slips, counters.totals().errored_seconds), (3, 2));
}

#[test]
fn reset_begins_the_totals_anew_and_not_the_readings() {
    let mut counters = LineCounters::default();
    counters.tick(&stat(10), None, Alarms::NONE);
    counters.tick(&stat(15), None, Alarms::NONE);
    counters.reset();
    assert_eq!(counters.totals(), Counters::default());
    counters.tick(&stat(17), None, Alarms::NONE);
    assert_eq!(counters.totals().bpv, 2);
}

#[test]
fn slips_are_found_in_the_text_of_a_span() {
    let text = "Span 2: TE4/0/2 \"T4XXP\" HDB3/CCS/CRC4 ClockSource \n\tBPV count: 3\n\tTiming slips: 175319\n\n\t  32 TE4/0/2/1 Clear \n";
    assert_eq!(slips_of(text), Some(175_319));
    assert_eq!(slips_of("Span 2: TE4/0/2 \"T4XXP\" \n\n\tTiming slips: 7\n"), Some(0), "what follows the counters is none");
    assert_eq!(slips_of("Span 2: x \"\" \n\tTiming slips: -2\n\n"), Some(0xffff_fffe), "shown as a signed number");
    for text in [
        "",
        "garbage",
        "\tTiming slips: 4\n",
        "Span 2: x \"\" \n\tTiming slips: many\n",
        "Span 1: x\n\tTiming slips: 9999999999\n",
    ] {
        assert_eq!(slips_of(text), None, "{text:?}");
    }
}

#[test]
fn probe_reads_the_slips_of_its_span_from_proc() {
    let fake = FakeKernel::new();
    let span = fake.add(FakeSpan::e1("A1", 1));
    let probe = LineProbe::new("span1", span);
    assert_eq!(probe.slips(), None);
    probe.read_slips(&*fake.sys()).unwrap();
    assert_eq!(probe.slips(), Some(0));
    fake.span(span, |span| span.slips = 41);
    probe.read_slips(&*fake.sys()).unwrap();
    assert_eq!(probe.slips(), Some(41));
    fake.remove(span);
    assert_eq!(probe.read_slips(&*fake.sys()).unwrap_err().kind(), std::io::ErrorKind::NotFound);
    assert_eq!(probe.slips(), Some(41), "what was known stays");
}

proptest! {
    /// A counter that only the line moves, by what a line can, is followed exactly through any number of wraps.
    #[test]
    fn total_follows_any_rise_through_wraps(start in any::<u32>(), steps in prop::collection::vec(0_u32..(1 << 24), 0..300)) {
        let mut counters = LineCounters::default();
        let mut reading = start;
        counters.tick(&stat(reading), None, Alarms::NONE);
        for step in &steps {
            reading = reading.wrapping_add(*step);
            counters.tick(&stat(reading), None, Alarms::NONE);
        }
        prop_assert_eq!(counters.totals().bpv, steps.iter().map(|step| u64::from(*step)).sum::<u64>());
    }

    /// No reading makes a total fall or panic.
    #[test]
    fn totals_never_fall(readings in prop::collection::vec((any::<u32>(), any::<Option<u64>>()), 0..100)) {
        let mut counters = LineCounters::default();
        let mut before = Counters::default();
        for (reading, slips) in readings {
            counters.tick(&stat(reading), slips, Alarms::NONE);
            let now = counters.totals();
            prop_assert!(now.bpv >= before.bpv && now.slips >= before.slips && now.errored_seconds >= before.errored_seconds);
            before = now;
        }
    }

    /// Any text at all is parsed without a panic.
    #[test]
    fn text_of_proc_is_never_trusted(text in ".{0,200}", body in "(\t(Timing slips:|BPV count:)? ?-?[0-9]{0,30}\n){0,4}") {
        let _ = slips_of(&text);
        let _ = slips_of(&format!("Span 1: {text}\n{body}"));
    }
}
