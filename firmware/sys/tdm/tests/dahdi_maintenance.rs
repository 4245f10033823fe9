//! Loops and the card's bit-error test, and how they are refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod dahdi_fake;
mod dahdi_open;

use dahdi_fake::FakeSpan;
use dahdi_open::Opened;
use tdm::dahdi::ioctl::value;
use tdm::dahdi::maintenance::{Maintenance, Mode, PrbsReading};
use tdm::{Alarms, Error, Span};

fn maintenance(opened: &Opened) -> Maintenance {
    Maintenance::new(opened.fake.sys(), opened.span.probe())
}

/// What the driver was told since the last call.
fn commands(opened: &Opened) -> Vec<i32> {
    opened.fake.span(opened.number, |span| std::mem::take(span.maint.as_mut().unwrap()))
}

#[test]
fn loops_go_to_the_driver_one_after_the_other_and_off() {
    let opened = Opened::e1();
    let mut maintenance = maintenance(&opened);
    for mode in [Mode::LocalLoop, Mode::LineLoop, Mode::PayloadLoop, Mode::None] {
        maintenance.set(mode).unwrap();
        assert_eq!(maintenance.mode(), mode);
    }
    let expected = [value::MAINT_LOCALLOOP, value::MAINT_NETWORKLINELOOP, value::MAINT_NETWORKPAYLOADLOOP, value::MAINT_NONE];
    assert_eq!(commands(&opened), expected);
}

#[test]
fn loop_is_shown_as_loopback_and_is_no_alarm() {
    let mut opened = Opened::e1();
    let mut maintenance = maintenance(&opened);
    maintenance.set(Mode::LocalLoop).unwrap();
    opened.span.service().unwrap();
    assert_eq!(opened.span.alarms(), Alarms::LOOPBACK);
    assert!(!opened.span.alarms().is_down());
    maintenance.set(Mode::None).unwrap();
    opened.span.service().unwrap();
    assert_eq!(opened.span.alarms(), Alarms::NONE);
}

#[test]
fn loop_that_somebody_left_is_switched_off() {
    let opened = Opened::e1();
    opened.fake.span(opened.number, |span| span.maint_state = value::MAINT_LOCALLOOP);
    maintenance(&opened).set(Mode::None).unwrap();
    assert_eq!(commands(&opened), [value::MAINT_NONE]);
}

#[test]
fn dropped_maintenance_switches_off_what_it_switched_on() {
    let opened = Opened::e1();
    let mut line_loop = maintenance(&opened);
    line_loop.set(Mode::LineLoop).unwrap();
    drop(line_loop);
    assert_eq!(commands(&opened), [value::MAINT_NETWORKLINELOOP, value::MAINT_NONE]);
    drop(maintenance(&opened));
    assert_eq!(commands(&opened), [], "nothing was on");
}

#[test]
fn cards_bit_error_test_counts_from_its_start_and_is_really_switched_off() {
    let opened = Opened::e1();
    opened.fake.span(opened.number, |span| span.stat.becount = 700);
    let mut maintenance = maintenance(&opened);
    maintenance.set(Mode::PayloadLoop).unwrap();
    maintenance.set(Mode::Prbs).unwrap();
    assert_eq!(maintenance.prbs().unwrap(), PrbsReading { errors: 0, in_sync: false });
    opened.fake.span(opened.number, |span| {
        span.stat.becount = 703;
        span.stat.prbs = 1;
    });
    assert_eq!(maintenance.prbs().unwrap(), PrbsReading { errors: 3, in_sync: true });
    opened.fake.span(opened.number, |span| span.stat.becount = 2);
    assert_eq!(maintenance.prbs().unwrap().errors, 5, "the driver's counter was set to 0");
    let begin = [value::MAINT_NETWORKPAYLOADLOOP, value::MAINT_NONE, value::MAINT_PRBS];
    assert_eq!(commands(&opened), begin);
    maintenance.set(Mode::None).unwrap();
    assert_eq!(
        commands(&opened),
        [value::MAINT_LOCALLOOP, value::MAINT_NONE],
        "the kernel keeps MAINT_NONE from a driver without loop"
    );
}

#[test]
fn driver_without_maintenance_is_unsupported_in_words() {
    let opened = Opened::with(FakeSpan { maint: None, ..FakeSpan::e1("A1", 1) }, dahdi_open::e1_config());
    let mut maintenance = maintenance(&opened);
    let words = |maintenance: &mut Maintenance, mode| maintenance.set(mode).unwrap_err().to_string();
    assert_eq!(
        words(&mut maintenance, Mode::LineLoop),
        "unsupported: span \"span1\" cannot be put into a line loop: its driver has no such maintenance"
    );
    assert_eq!(
        words(&mut maintenance, Mode::Prbs),
        "unsupported: span \"span1\" cannot be put into a bit-error test of its own: its driver has no such maintenance; \
         use the bit-error test on a timeslot"
    );
    assert_eq!(maintenance.mode(), Mode::None);
    maintenance.set(Mode::None).unwrap();
    maintenance.reset_counters().unwrap();
}

#[test]
fn each_refusal_keeps_what_was_on() {
    let opened = Opened::e1();
    let mut maintenance = maintenance(&opened);
    maintenance.set(Mode::LocalLoop).unwrap();
    for errno in [nix::libc::ENOSYS, nix::libc::ENOTTY] {
        opened.fake.refuse("DAHDI_MAINT", errno, 1);
        assert!(matches!(maintenance.set(Mode::PayloadLoop), Err(Error::Unsupported(_))));
        assert_eq!(maintenance.mode(), Mode::LocalLoop);
    }
    opened.fake.refuse("DAHDI_MAINT", nix::libc::EIO, 1);
    let refused = maintenance.set(Mode::PayloadLoop).unwrap_err();
    assert_eq!(refused.to_string(), "cannot maintain span \"span1\" by /dev/dahdi/ctl");
    opened.fake.refuse("open /dev/dahdi/ctl", nix::libc::EACCES, 1);
    assert!(matches!(maintenance.set(Mode::PayloadLoop), Err(Error::Os { .. })));
    assert_eq!(maintenance.mode(), Mode::LocalLoop);
}

#[test]
fn span_that_is_gone_is_closed() {
    let opened = Opened::e1();
    let mut maintenance = maintenance(&opened);
    maintenance.set(Mode::LocalLoop).unwrap();
    opened.fake.remove(opened.number);
    assert!(matches!(maintenance.set(Mode::None), Err(Error::SpanClosed)));
    assert!(matches!(maintenance.prbs(), Err(Error::SpanClosed)));
    assert!(matches!(maintenance.reset_counters(), Err(Error::SpanClosed)));
}

#[test]
fn counters_are_reset_in_the_driver_and_here() {
    let mut opened = Opened::e1();
    opened.fake.span(opened.number, |span| span.stat.crc4count = 5);
    maintenance(&opened).reset_counters().unwrap();
    assert_eq!(commands(&opened), [value::RESET_COUNTERS]);
    assert_eq!(opened.fake.span(opened.number, |span| { span.stat.crc4count }), 0);
    opened.span.service().unwrap();
    assert_eq!(opened.span.counters().crc4, 0);
}
