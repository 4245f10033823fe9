//! One verdict per span: a test for each area, for what must not be one, and for what holds a verdict still.

use crate::line::{Line, d};
use call::diagnosis::DFigures;
use model::api::{Area, ClockStatus};
use model::settings::Framing;

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
    let evidence =
        ["15 slips in the last minute, 15 in the last 15, evenly one every 4.0 s", "CRC-4 errors: 30 in the last minute"];
    assert_eq!(line.verdict().evidence[..2], evidence);
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
        (Box::new(|d| d.malformed += 1), Area::Layer2, "no frames that can be read"),
        (Box::new(|d| d.other_link += 1), Area::Layer2, "another TEI"),
        (Box::new(|d| d.disc_received += 1), Area::FarEnd, "takes the data link down"),
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

#[test]
fn link_up_tells_of_answers_not_heard_of_disc_and_of_messages_not_understood() {
    for (change, area, words) in [
        (
            Box::new(|d: &mut DFigures| d.sabme_received += 1) as Box<dyn Fn(&mut DFigures)>,
            Area::Layer2,
            "does not hear the answers",
        ),
        (Box::new(|d| (d.failures, d.disc_received) = (d.failures + 1, d.disc_received + 1)), Area::FarEnd, "again and again"),
        (Box::new(|d| d.malformed += 1), Area::FarEnd, "cannot be understood"),
        (Box::new(|d| d.repeated += 4), Area::Layer2, "unsteady"),
        (Box::new(|d| d.bad += 4), Area::Layer2, "arrive damaged"),
    ] {
        let mut line = Line::new();
        line.run(20, |_| {});
        line.run(8, |sample| change(d(sample)));
        assert_eq!(line.area(), area, "{words}");
        assert!(line.verdict().text.contains(words), "{words}: {:?}", line.verdict());
    }
}

/// Seconds at which there is a slip, and what the verdict says of them.
fn slips_at(seconds: impl Fn(u64) -> bool, clock: Option<u8>) -> model::api::Verdict {
    let mut line = Line::new();
    line.sample.clock = clock.map(|priority| ClockStatus { priority, is_master: false, source: Some("internal".into()) });
    let mut second = 0;
    line.run(300, |sample| {
        second += 1;
        sample.line.slips += u64::from(seconds(second));
    });
    line.verdict()
}

#[test]
fn even_slips_are_two_clocks_and_the_words_go_by_whose_clock_is_given() {
    let evenly = |second: u64| second.is_multiple_of(7);
    for (clock, words) in
        [(None, "exactly one end"), (Some(0), "though this box gives the clock"), (Some(2), "the card follows another")]
    {
        let verdict = slips_at(evenly, clock);
        assert_eq!(verdict.area, Area::Clock);
        assert!(verdict.text.contains(words), "{verdict:?}");
        assert!(verdict.evidence[0].ends_with("evenly one every 7.0 s"), "{verdict:?}");
        assert_eq!(verdict.evidence.len(), 1 + usize::from(clock.is_some()));
    }
}

#[test]
fn slips_in_bursts_are_the_box_first() {
    let verdict = slips_at(|second| second % 60 < 4, Some(0));
    assert_eq!(verdict.area, Area::Clock);
    assert!(verdict.text.contains("at odd times") && verdict.evidence[0].contains("unevenly"), "{verdict:?}");
}

#[test]
fn crc_errors_of_a_t1_are_named_as_its_own() {
    let mut line = Line::new();
    line.sample.framing = Framing::T1;
    line.run(20, |sample| sample.line.crc4 += 5);
    assert_eq!(line.verdict().evidence[0], "CRC-6 errors: 95 in the last minute");
}
