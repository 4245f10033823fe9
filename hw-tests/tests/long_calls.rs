//! The long forms: run one by `cargo xtask long NAME`, which keeps the figures printed here.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::far_end::{FarEnd, Kind};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::speech::town;
use std::time::Duration;

#[test]
#[ignore = "takes 70 s: cargo xtask long calls-30-for-60s"]
fn calls_30_for_60s() {
    let scratch = Scratch::new("calls-30-for-60s");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    let run = Run::new(Scenario::UacCall)
        .calls(30, 30, 30)
        .media(Media::Echo)
        .hold(Duration::from_secs(62))
        .limit(Duration::from_secs(90))
        .port(port);
    Sipp::start(&scratch, &run.to("5551001", gateway.address())).finish().expect_success();
    let records = gateway.records(40);
    assert_eq!(records.len(), 30);
    let qualities: Vec<_> = records.iter().map(|r| r.quality.unwrap()).collect();
    let (sent, received): (u64, u64) =
        (qualities.iter().map(|q| q.packets_sent).sum(), qualities.iter().map(|q| q.packets_received).sum());
    let (lost, late): (u64, u64) = (qualities.iter().map(|q| q.lost).sum(), qualities.iter().map(|q| q.late).sum());
    figure("calls at once", 30, "calls");
    figure("RTP packets sent", sent, "packets");
    figure("RTP packets received", received, "packets");
    figure("RTP packets lost", lost, "packets");
    figure("RTP packets late", late, "packets");
    assert_eq!(lost, 0);
    assert!(sent >= 30 * 60 * 50, "{sent}");
}

#[test]
#[ignore = "takes 4 minutes: cargo xtask long calls-500-in-a-row"]
fn calls_500_in_a_row() {
    let scratch = Scratch::new("calls-500-in-a-row");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    let row = |calls: u32, per_second: u32, at_once: u32| {
        let run = Run::new(Scenario::UacCall)
            .calls(calls, per_second, at_once)
            .hold(Duration::from_millis(50))
            .limit(Duration::from_secs(300))
            .port(port);
        Sipp::start(&scratch, &run.to("5551001", gateway.address())).finish().expect_success();
        // What is kept on purpose for a while (RFC 3261 timers D, H, J, K: 32 s) has to go before memory is compared.
        gateway.wait_until_idle(Duration::from_secs(20));
        std::thread::sleep(Duration::from_secs(35));
        gateway.resident_kb()
    };
    // Warm, with more at once than is measured: the first calls fill pools, SQLite's cache and the kept ladders.
    let warm = row(1500, 40, 15);
    let before = row(500, 20, 5);
    let after = row(500, 20, 5);
    figure("resident memory after 1,500 calls to warm", warm, "kB");
    figure("resident memory before the 500 calls that count", before, "kB");
    figure("resident memory after them", after, "kB");
    let counters = gateway.status().counters;
    figure("calls answered and ended", counters.ended, "calls");
    assert_eq!((counters.calls, counters.answered, counters.ended), (2500, 2500, 2500));
    let difference = after.abs_diff(before);
    assert!(difference * 100 <= before * 2, "{before} kB before 500 calls, {after} kB after");
}

/// A line that `cargo xtask long` keeps in firmware/docs/evidence.
fn figure(name: &str, value: impl std::fmt::Display, unit: &str) {
    println!("figure: {name} = {value} {unit}");
}
