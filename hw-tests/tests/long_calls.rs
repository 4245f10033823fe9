//! The long forms: run one by `cargo xtask long NAME`, which keeps the figures printed here.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::far_end::{FarEnd, Kind};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::speech::town;
use std::time::{Duration, Instant};

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
    println!("calls 30 sent {sent} received {received} lost {lost} late {late}");
    assert_eq!(lost, 0);
    assert!(sent >= 30 * 60 * 50, "{sent}");
}

#[test]
#[ignore = "takes 3 minutes: cargo xtask long calls-500-in-a-row"]
fn calls_500_in_a_row() {
    let scratch = Scratch::new("calls-500-in-a-row");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let port = free_port();
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, port));
    let row = |calls: u32| {
        let run = Run::new(Scenario::UacCall)
            .calls(calls, 20, 5)
            .hold(Duration::from_millis(100))
            .limit(Duration::from_secs(600))
            .port(port);
        Sipp::start(&scratch, &run.to("5551001", gateway.address())).finish().expect_success();
        // What is kept on purpose for a while (RFC 3261 timers D, H, J, K: 32 s) has to go before memory is compared.
        gateway.wait_until_idle(Duration::from_secs(20));
        std::thread::sleep(Duration::from_secs(35));
        gateway.resident_kb()
    };
    // Warm: the first calls fill pools, caches and the kept ladders.
    let start = Instant::now();
    let before = row(500);
    let after = row(500);
    println!("calls 1000 resident_kb_after_500 {before} resident_kb_after_1000 {after} seconds {}", start.elapsed().as_secs());
    assert!(after * 100 <= before * 102, "{before} kB after 500 calls, {after} kB after 1000");
}
