//! Whole calls between two processes, libpri at both ends of a virtual span.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod processes;

use libpri_peer::g711::Law;
use processes::{Clock, Span, call, read_wav, write_noise};
use serde_json::json;

const CONNECTED: [&str; 5] = ["placed", "proceeding", "alerting", "connected", "released"];
const CLEARED_BY_FAR_END: [&str; 6] = ["placed", "proceeding", "alerting", "connected", "clearing", "released"];

#[test]
fn user_calls_network_and_clears() {
    let span = Span::up(Clock::NetworkSide, "lockstep", &[]);
    let mut watcher = span.network.connect();
    watcher.send(json!({"do": "watch"}));
    let (events, released) = call(&span.user, json!({"called": "5551001", "calling": "100", "channel": 3, "clear_after_ms": 20}));
    assert_eq!(events, CONNECTED);
    assert_eq!((&released["cause"], &released["by"]), (&json!(16), &json!("us")));
    let incoming = watcher.wait("incoming");
    assert_eq!((&incoming["called"], &incoming["calling"], &incoming["channel"]), (&json!("5551001"), &json!("100"), &json!(3)));
    assert_eq!(watcher.wait("released")["by"], "peer");
}

#[test]
fn network_calls_user_who_clears() {
    let span = Span::up(Clock::NetworkSide, "lockstep", &["--rule", "5555=clear:20"]);
    let (events, released) = call(&span.network, json!({"called": "5555001", "calling": "100"}));
    assert_eq!(events, CLEARED_BY_FAR_END);
    assert_eq!((&released["cause"], &released["by"]), (&json!(16), &json!("peer")));
}

#[test]
fn clock_may_be_with_the_user_side() {
    let span = Span::up(Clock::UserSide, "lockstep", &["--answer-after-ms", "0"]);
    for peer in [&span.user, &span.network] {
        let (events, released) = call(peer, json!({"called": "5551001", "clear_after_ms": 10}));
        assert_eq!((events, &released["cause"]), (CONNECTED.map(String::from).to_vec(), &json!(16)));
    }
}

#[test]
fn refused_calls_say_the_cause_of_the_number() {
    let span = Span::up(Clock::NetworkSide, "lockstep", &[]);
    for peer in [&span.user, &span.network] {
        for (called, cause) in [("5552001", 17), ("5553001", 1), ("5556001", 34), ("911", 1)] {
            let (events, released) = call(peer, json!({"called": called}));
            assert_eq!((&released["cause"], &released["by"]), (&json!(cause), &json!("peer")), "{called}: {events:?}");
            assert!(!events.contains(&"connected".to_owned()), "{called}: {events:?}");
        }
        assert_eq!(peer.idle_status()["channels_in_use"], 0);
    }
}

#[test]
fn ringing_call_is_given_up_by_its_caller() {
    let span = Span::up(Clock::NetworkSide, "lockstep", &[]);
    let mut wire = span.network.connect();
    wire.send(json!({"do": "call", "called": "5554001"}));
    let id = wire.wait("alerting")["call"].clone();
    wire.send(json!({"do": "hangup", "call": id}));
    let (events, released) = wire.until_released();
    assert_eq!((events, &released["by"]), (vec!["done".to_owned(), "released".to_owned()], &json!("us")));
    assert_eq!(span.user.idle_status()["counters"]["released"], json!({"16": 1}));
}

#[test]
fn twenty_calls_in_a_row_leave_no_channel_in_use() {
    let span = Span::up(Clock::NetworkSide, "lockstep", &["--answer-after-ms", "0"]);
    for turn in 0..20 {
        let peer = if turn % 2 == 0 { &span.user } else { &span.network };
        let (events, _) = call(peer, json!({"called": "5551001", "clear_after_ms": 1}));
        assert_eq!(events, CONNECTED, "call {turn}");
    }
    for peer in [&span.user, &span.network] {
        let status = peer.idle_status();
        assert_eq!((&status["channels_in_use"], &status["counters"]["released"]), (&json!(0), &json!({"16": 20})), "{status}");
    }
}

#[test]
fn all_thirty_channels_carry_a_call_and_the_next_is_refused() {
    let span = Span::up(Clock::NetworkSide, "lockstep", &["--answer-after-ms", "0"]);
    let mut wire = span.user.connect();
    for _ in 0..30 {
        wire.send(json!({"do": "call", "called": "5551001"}));
        wire.wait("connected");
    }
    assert_eq!(span.network.status()["channels_in_use"], 30);
    wire.send(json!({"do": "call", "called": "5551001"}));
    assert_eq!(wire.next(), json!({"event": "refused", "reason": "no free channel"}));
}

#[test]
fn speech_crosses_both_ways_bit_exact() {
    let clips = processes::Folder::new();
    let (there, back) = (clips.file("there.wav"), clips.file("back.wav"));
    write_noise(&there, 4000);
    write_noise(&back, 3000);
    let heard_there = clips.file("heard-there.wav");
    let options = ["--play", back.to_str().unwrap(), "--record-dir", clips.file("").to_str().unwrap()].map(String::from);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let span = Span::up(Clock::NetworkSide, "lockstep", &options);
    let (_, released) =
        call(&span.user, json!({"called": "5551001", "play": there, "record": heard_there, "clear_after_ms": 300}));
    assert_eq!(released["record"], json!(heard_there));
    assert!(span.network.shut_down());
    assert_contains(Law::A, &read_wav(&heard_there), &read_wav(&back));
    assert_contains(Law::A, &read_wav(&clips.file("call-1.wav")), &read_wav(&there));
}

#[test]
fn t1_has_twenty_three_channels_and_mu_law() {
    let clips = processes::Folder::new();
    let (said, heard) = (clips.file("said.wav"), clips.file("heard.wav"));
    write_noise(&said, 2000);
    let span = Span::up(Clock::NetworkSide, "lockstep", &["--framing", "t1", "--answer-after-ms", "0"]);
    call(&span.user, json!({"called": "5557001", "channel": 23, "play": said, "record": heard, "clear_after_ms": 300}));
    assert_contains(Law::Mu, &read_wav(&heard), &read_wav(&said));
    let (_, refused) = call(&span.network, json!({"called": "5551001", "channel": 24}));
    assert_eq!(refused["reason"], "timeslot 24 is no B-channel");
    let mut wire = span.network.connect();
    for _ in 0..23 {
        wire.send(json!({"do": "call", "called": "5551001"}));
        wire.wait("connected");
    }
    wire.send(json!({"do": "call", "called": "5551001"}));
    assert_eq!(wire.next(), json!({"event": "refused", "reason": "no free channel"}));
}

#[test]
fn echo_number_sends_back_what_it_hears() {
    let clips = processes::Folder::new();
    let (said, heard) = (clips.file("said.wav"), clips.file("heard.wav"));
    write_noise(&said, 2000);
    let span = Span::up(Clock::UserSide, "lockstep", &[]);
    call(&span.network, json!({"called": "5557001", "play": said, "record": heard, "clear_after_ms": 300}));
    assert_contains(Law::A, &read_wav(&heard), &read_wav(&said));
}

#[test]
fn call_in_real_time_is_paced_by_the_span() {
    let clips = processes::Folder::new();
    let (said, heard) = (clips.file("said.wav"), clips.file("heard.wav"));
    write_noise(&said, 2000);
    let span = Span::up(Clock::NetworkSide, "realtime", &[]);
    let (events, released) = call(&span.user, json!({"called": "5557001", "play": said, "record": heard, "clear_after_ms": 500}));
    assert_eq!(events, CONNECTED, "{released}");
    // Half a second is 4000 samples; the loop may be late by a few blocks, and slips may cost some on a busy machine.
    let samples = read_wav(&heard).len();
    assert!((2400..=5600).contains(&samples), "{samples} samples in 500 ms");
}

/// `clip`, as the law makes it, must be somewhere in `heard` without a sample missing.
fn assert_contains(law: Law, heard: &[i16], clip: &[i16]) {
    let expected: Vec<i16> = clip.iter().map(|sample| law.decode(law.encode(*sample))).collect();
    assert!(heard.windows(expected.len()).any(|window| window == expected), "{} samples, none of them the clip", heard.len());
}
