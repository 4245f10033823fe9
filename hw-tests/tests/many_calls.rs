//! Many calls: all 30 channels at once with sound in each, and one after the other. Short forms of what long_calls.rs does.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::far_end::{FarEnd, Kind};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::speech::{expect_heard_as_recorded, repaired_blocks, river, town};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

#[test]
fn thirty_calls_at_once_lose_no_packet_and_leave_no_channel() {
    let scratch = Scratch::new("thirty-calls");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    let run = Run::new(Scenario::UacCall)
        .calls(30, 30, 30)
        .media(Media::Speech(river()))
        .hold(Duration::from_secs(8))
        .port(port)
        .to("5551001", gateway.address());
    Sipp::start(&scratch, &run).finish().expect_success();
    let records = gateway.records(40);
    assert_eq!(records.len(), 30);
    for record in &records {
        let quality = record.quality.unwrap();
        assert_eq!((record.cause, quality.lost), (16, 0), "{record:#?}");
    }
    // What the exchange heard on each channel is the whole of what SIPp said there: a lost packet would show.
    let heard = far.heard();
    assert_eq!(heard.len(), 30);
    let repaired = records.iter().filter_map(|record| record.quality).max_by_key(repaired_blocks).unwrap();
    for audio in &heard {
        expect_heard_as_recorded(&river(), audio, &repaired);
    }
}

#[test]
fn thirty_first_call_finds_no_channel_and_is_503() {
    let scratch = Scratch::new("thirty-first");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let (port, late_port) = (free_port(), free_port());
    let setup = Setup::new(&far).peer("sipp", Transport::Udp, port).peer("late", Transport::Udp, late_port);
    let gateway = JunctorBox::start(&scratch, &setup);
    let run = Run::new(Scenario::UacCall).calls(30, 30, 30).hold(Duration::from_secs(6)).port(port);
    let thirty = Sipp::start(&scratch, &run.to("5551001", gateway.address()));
    let end = std::time::Instant::now() + SOON;
    while gateway.status().counters.answered < 30 {
        assert!(std::time::Instant::now() < end, "{:?}", gateway.status().counters);
        std::thread::sleep(Duration::from_millis(50));
    }
    let late = Run::new(Scenario::UacRefused(503)).port(late_port).to("5551001", gateway.address());
    Sipp::start(&scratch, &late).finish().expect_success();
    thirty.finish().expect_success();
    let status = gateway.wait_until_idle(SOON);
    assert_eq!((status.counters.calls, status.counters.answered), (31, 30));
}

#[test]
fn twenty_calls_in_a_row_leave_nothing_behind() {
    let scratch = Scratch::new("twenty-calls");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    let run = Run::new(Scenario::UacCall)
        .calls(20, 10, 1)
        .ring(Duration::ZERO)
        .hold(Duration::from_millis(100))
        .port(port)
        .to("5551001", gateway.address());
    Sipp::start(&scratch, &run).finish().expect_success();
    let status = gateway.wait_until_idle(SOON);
    assert_eq!((status.counters.calls, status.counters.answered, status.counters.ended), (20, 20, 20));
    let counters = status.counters;
    assert_eq!((counters.malformed_sip, counters.malformed_isdn, counters.malformed_rtp), (0, 0, 0));
    assert_eq!((counters.records_lost, counters.events_lost), (0, 0));
}
