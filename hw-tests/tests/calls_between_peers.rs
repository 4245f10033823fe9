//! A call between two SIP phones through the box, neither of which was written here: speech both ways, passed on packet by packet.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::baresip::{Baresip, Options};
use hw_tests::far_end::{FarEnd, Kind};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::scratch::Scratch;
use hw_tests::speech::{expect_heard, river, town};
use hw_tests::tshark::Capture;
use std::collections::HashSet;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
/// Longer than either speech file.
const SPEECH: Duration = Duration::from_secs(7);

/// RTP payloads of the packets that went to this port, silence left out.
fn payloads(capture: &Capture, filter: &str) -> HashSet<String> {
    capture.fields(filter, &["rtp.payload"]).into_iter().map(|fields| fields.join("")).collect()
}

#[test]
fn phones_hear_each_other_and_each_packet_leaves_as_it_came() {
    let scratch = Scratch::new("between-peers");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let caller = Baresip::start(&scratch, Options::speaking("1001", &river()));
    let callee = Baresip::start(&scratch, Options::speaking("1011", &town()).auto_answer());
    let setup = Setup::new(&far)
        .peer("caller", Transport::Udp, caller.port())
        .peer("callee", Transport::Udp, callee.port())
        .route("caller", "1011", "callee")
        .capture();
    let gateway = JunctorBox::start(&scratch, &setup);
    caller.dial(&gateway.uri("1011", Transport::Udp));
    caller.wait_for("CALL_ESTABLISHED", SOON);
    std::thread::sleep(SPEECH);
    caller.hang_up();
    caller.wait_for("CALL_CLOSED", SOON);
    let record = gateway.record();
    let quality = record.quality.unwrap();
    assert_eq!((record.cause, quality.lost), (16, 0), "{record:#?}");
    assert!(quality.mos.unwrap() > 4.0, "{quality:?}");
    expect_heard(&river(), &callee.heard());
    expect_heard(&town(), &caller.heard());

    // The mediation thread has taken in both phones' packets, and the spans' thread none; its figures are a second old at most.
    std::thread::sleep(Duration::from_millis(1_200));
    let threads = gateway.status().media;
    let received: Vec<(&str, bool)> = threads.iter().map(|thread| (thread.name.as_str(), thread.received > 600)).collect();
    assert_eq!(received, [("media", false), ("mediation", true)], "{threads:?}");

    let capture = Capture::open(&gateway.capture(record.id));
    assert_eq!(capture.malformed(), Vec::<String>::new(), "{}", capture.details("_ws.malformed"));
    // What the box received of either phone and what it sent are the same payloads, whichever way.
    let counts = (quality.packets_received, quality.packets_sent);
    assert!(counts.0 > 300 && counts.1 > 300, "{counts:?}");
    let sources: HashSet<String> = capture.fields("rtp", &["rtp.ssrc"]).into_iter().map(|fields| fields.join("")).collect();
    assert_eq!(sources.len(), 4, "two phones, and the box towards each: {sources:?}");
    let of = |ssrc: &String| payloads(&capture, &format!("rtp.ssrc == {ssrc}"));
    let all: Vec<HashSet<String>> = sources.iter().map(of).collect();
    for payloads in &all {
        let twins = all.iter().filter(|other| other.intersection(payloads).count() * 100 >= payloads.len() * 99).count();
        assert_eq!(twins, 2, "each stream has one other with the same payloads");
    }
}
