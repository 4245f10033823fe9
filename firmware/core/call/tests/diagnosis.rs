//! One verdict per span: a test for each area, for what must not be one, and for what holds a verdict still.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests; virtual time needs one real instant to start from")]

use std::time::{Duration, Instant};

use call::diagnosis::{DFigures, Diagnosis, Sample};
use model::api::{Alarms, Area, Verdict};

struct Line {
    diagnosis: Diagnosis,
    sample: Sample,
    now: Instant,
    second: i64,
    changes: u32,
}

impl Line {
    /// A primary rate span with its link up.
    fn new() -> Self {
        let d_channel = Some(DFigures { up: true, timeslot: 16, ..DFigures::default() });
        let sample = Sample { d_channel, ..Sample::default() };
        Self { diagnosis: Diagnosis::default(), sample, now: Instant::now(), second: 0, changes: 0 }
    }

    /// Runs for `seconds`, changing the figures before each.
    fn run(&mut self, seconds: u32, mut change: impl FnMut(&mut Sample)) -> &mut Self {
        for _ in 0..seconds {
            change(&mut self.sample);
            self.now += Duration::from_secs(1);
            self.second += 1;
            self.changes += u32::from(self.diagnosis.handle_sample(self.now, self.second * 1000, self.sample.clone()));
        }
        self
    }

    fn alarms(&mut self, names: &[&str]) -> &mut Self {
        self.sample.alarms = Alarms(names.iter().map(|name| (*name).to_owned()).collect());
        self
    }

    fn verdict(&self) -> Verdict {
        self.diagnosis.verdict().cloned().unwrap()
    }

    fn area(&self) -> Area {
        self.verdict().area
    }
}

fn d(sample: &mut Sample) -> &mut DFigures {
    sample.d_channel.as_mut().unwrap()
}

#[test]
fn quiet_line_is_healthy_after_ten_samples_and_not_before() {
    let mut line = Line::new();
    line.run(9, |_| {});
    assert_eq!(line.diagnosis.verdict(), None);
    line.run(1, |_| {});
    assert_eq!((line.area(), line.verdict().since), (Area::Healthy, 1000));
}

#[test]
fn alarms_are_told_at_once_each_in_its_area() {
    for (alarms, area, words) in [
        (&["RED", "LOS"][..], Area::Physical, "nothing usable is received"),
        (&["RED"], Area::Physical, "nothing usable is received"),
        (&["BLUE"], Area::FarEnd, "alarm indication signal"),
        (&["RED", "LFA"], Area::Physical, "no frame"),
        (&["LMFA"], Area::Physical, "crc4"),
        (&["YELLOW"], Area::FarEnd, "the far end says"),
        (&["NOT_OPEN"], Area::Physical, "not started"),
    ] {
        let mut line = Line::new();
        line.run(20, |_| {}).alarms(alarms).run(1, |_| {});
        assert_eq!(line.area(), area, "{alarms:?}");
        assert!(line.verdict().text.contains(words), "{alarms:?}: {:?}", line.verdict());
        assert_eq!(line.verdict().evidence, [format!("alarms: {}", alarms.join(" "))]);
    }
}

#[test]
fn slips_with_crc_errors_are_the_clock_and_not_the_cable() {
    let mut line = Line::new();
    let mut second = 0;
    line.run(60, |sample| {
        second += 1;
        if second % 4 == 0 {
            sample.line.slips += 1;
            sample.line.crc4 += 2;
        }
    });
    assert_eq!(line.area(), Area::Clock);
    assert_eq!(line.verdict().evidence[..2], ["15 slips in the last 15 minutes", "30 CRC-4 errors in the last minute"]);
}

#[test]
fn one_slip_a_day_is_allowed() {
    let mut line = Line::new();
    line.run(20, |_| {}).run(1, |sample| sample.line.slips += 1).run(60, |_| {});
    assert_eq!(line.area(), Area::Healthy);
}

#[test]
fn errors_received_and_errors_sent_are_told_apart() {
    let mut line = Line::new();
    line.run(20, |sample| sample.line.bpv += 5);
    assert_eq!(line.area(), Area::Physical);
    assert!(line.verdict().text.starts_with("what is received"), "{:?}", line.verdict());
    let mut line = Line::new();
    line.run(20, |sample| sample.line.ebit += 5);
    assert_eq!(line.area(), Area::Physical);
    assert!(line.verdict().text.starts_with("what is sent"), "{:?}", line.verdict());
}

#[test]
fn link_down_on_a_good_line_says_what_the_far_end_does() {
    for (change, area, words) in [
        (Box::new(|_: &mut DFigures| {}) as Box<dyn Fn(&mut DFigures)>, Area::FarEnd, "does not answer on timeslot 16"),
        (Box::new(|d| d.dm_received += 1), Area::FarEnd, "refuses the data link"),
        (Box::new(|d| d.looped += 1), Area::FarEnd, "looped"),
        (Box::new(|d| d.same_side += 1), Area::Layer2, "set `side` to \"network\""),
        (Box::new(|d| d.bad += 1), Area::Layer2, "no frames that can be read"),
        (Box::new(|d| d.received += 1), Area::Layer2, "does not come up"),
    ] {
        let mut line = Line::new();
        line.run(20, |_| {});
        line.run(9, |sample| {
            d(sample).up = false;
            change(d(sample));
        });
        assert_eq!(line.area(), Area::Healthy, "{words}: too soon");
        line.run(6, |sample| change(d(sample)));
        assert_eq!(line.area(), area, "{words}");
        assert!(line.verdict().text.contains(words), "{words}: {:?}", line.verdict());
    }
}

#[test]
fn link_that_comes_and_goes_is_layer_2() {
    let mut line = Line::new();
    line.run(20, |_| {}).run(1, |sample| d(sample).failures += 1).run(30, |_| {});
    assert_eq!(line.area(), Area::Healthy);
    line.run(1, |sample| d(sample).failures += 1).run(5, |_| {});
    assert_eq!(line.area(), Area::Layer2);
}

#[test]
fn fault_that_flaps_changes_the_verdict_once() {
    let mut line = Line::new();
    line.run(20, |_| {});
    line.changes = 0;
    // Four bad seconds in a minute are there or not from second to second.
    let mut second = 0;
    line.run(300, |sample| {
        second += 1;
        sample.line.crc4 += u64::from(second % 15 == 0);
    });
    assert!(line.changes <= 2, "{} changes", line.changes);
}

#[test]
fn fault_that_ends_is_healthy_only_after_its_window_and_thirty_seconds() {
    let mut line = Line::new();
    line.run(20, |sample| sample.line.fas += 1);
    assert_eq!(line.area(), Area::Physical);
    // Fewer than four errored seconds are in the window after 57 seconds; thirty more must be good.
    line.run(57 + 28, |_| {});
    assert_eq!(line.area(), Area::Physical);
    line.run(2, |_| {});
    assert_eq!(line.area(), Area::Healthy);
}

#[test]
fn counter_that_falls_began_anew_and_is_no_flood() {
    let mut line = Line::new();
    line.sample.line.slips = 1_000_000;
    line.run(20, |_| {}).run(1, |sample| sample.line.slips = 0).run(20, |_| {});
    assert_eq!(line.area(), Area::Healthy);
}

#[test]
fn maintenance_silences_the_verdict() {
    let mut line = Line::new();
    line.run(20, |_| {}).run(1, |sample| sample.in_maintenance = true);
    assert_eq!(line.diagnosis.verdict(), None);
}

#[test]
fn span_without_d_channel_has_no_layer_2() {
    let mut line = Line::new();
    line.sample.d_channel = None;
    line.run(60, |_| {});
    assert_eq!(line.area(), Area::Healthy);
}
