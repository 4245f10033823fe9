//! Every frame that an interface sends, read by Wireshark's tshark: nothing is malformed, nothing unknown, and every type that can be
//! sent was.
//!
//! `calls.rs`, `hold.rs`: two interfaces in virtual time, user and network; `group.rs`: the same of groups of spans. `errors.rs`: an interface
//! against a bare data link, which can say what no interface says; `span.rs`: a group against two of them. `link.rs`: what only the data link sends. `elements.rs`: the codec without a machine. Left out: elements of other
//! codesets, which a gateway passes on without reading.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
#![allow(clippy::ptr_arg, reason = "the pair hands over what a machine sends, a vector")]

mod calls;
mod elements;
mod errors;
mod group;
mod hold;
mod link;
mod span;
mod tape;

use hw_tests::scratch::Scratch;
use hw_tests::tshark::Capture;
use isdn::q931::MessageType;
use isdn::{Framing, Side};
use std::collections::{BTreeMap, BTreeSet};
use tape::Tape;

/// Every message that an interface sends. SEGMENT stands for itself: tshark shows the type of the whole message beside it.
const MESSAGES: [MessageType; 25] = [
    MessageType::Alerting,
    MessageType::CallProceeding,
    MessageType::Progress,
    MessageType::Setup,
    MessageType::Connect,
    MessageType::SetupAcknowledge,
    MessageType::ConnectAcknowledge,
    MessageType::SuspendReject,
    MessageType::ResumeReject,
    MessageType::Hold,
    MessageType::HoldAcknowledge,
    MessageType::HoldReject,
    MessageType::Retrieve,
    MessageType::RetrieveAcknowledge,
    MessageType::RetrieveReject,
    MessageType::Disconnect,
    MessageType::Restart,
    MessageType::Release,
    MessageType::RestartAcknowledge,
    MessageType::ReleaseComplete,
    MessageType::Segment,
    MessageType::Notify,
    MessageType::StatusEnquiry,
    MessageType::Information,
    MessageType::Status,
];

/// Every frame that the data link sends, in tshark's words: P is a command with its poll bit set, F a response with its final bit. FRMR,
/// UI and XID are received and never sent.
const FRAMES: [&str; 12] = [
    "I",
    "S P, func=RR",
    "S F, func=RR",
    "S, func=RR",
    "S P, func=RNR",
    "S F, func=RNR",
    "S, func=RNR",
    "S, func=REJ",
    "U P, func=SABME",
    "U P, func=DISC",
    "U F, func=UA",
    "U F, func=DM",
];

type Scenario = fn(&Tape, Framing, Side);

const SCENARIOS: [Scenario; 16] = [
    calls::whole_call,
    calls::every_variant,
    calls::every_bearer,
    calls::said_while_clearing,
    calls::segmented_setup,
    calls::link_lost_and_back,
    calls::message_lost,
    hold::held_and_retrieved,
    group::calls_on_every_span,
    span::named_by_the_far_end,
    errors::rejects_and_status,
    errors::restarts_answered,
    errors::silent_far_end,
    errors::link_taken_down,
    link::busy,
    link::released,
];

/// Lines of tshark's reading that say that something is not known, but for those that mean another thing.
fn unknown(capture: &Capture) -> Vec<String> {
    let meant = [
        // The values 0 of Q.931 table 4-9.
        "Number type: Unknown (0x0)",
        "Numbering plan: Unknown (0x0)",
        "Reason for redirection: Unknown (0x0)",
        "Cause value: Unallocated (unassigned) number (1)",
        // tshark 4.0 shifts these bits down and then looks them up where they stand in the octet: user specified and odd (Q.931 4.5.9),
        // national network (4.5.21).
        "Type of subaddress: Unknown (0x2)",
        "Odd/even indicator: Unknown (0x1)",
        "Type of network identification: Unknown (0x2)",
        // Connected subaddress (Q.951-5), which tshark 4.0 does not know; libpri has it under the same identifier.
        "Unknown information element (0x4D)",
        "Information element: Unknown (0x4D)",
        // Diagnostics of STATUS: what the far end had sent in `errors.rs`, told back to it.
        "Information element: Unknown (0x0F)",
        "Message type: Unknown (0x1f)",
    ];
    let words = ["unknown", "undecoded", "undefined", "not decoded", "unassigned", "reserved", "malformed", "dissector"];
    let says = |line: &&str| words.iter().any(|word| line.to_lowercase().contains(word));
    let all = capture.details("frame");
    all.lines().filter(says).filter(|line| !meant.iter().any(|text| line.ends_with(text))).map(str::to_owned).collect()
}

#[track_caller]
fn expect_read(capture: &Capture) {
    assert_eq!(capture.objections(), Vec::<String>::new(), "{}", capture.details("_ws.expert"));
    assert_eq!(unknown(capture), Vec::<String>::new());
    // Octets that no dissector takes would be a protocol of their own, data.
    let layers: BTreeSet<String> = capture.values("frame.protocols").into_iter().collect();
    let known = ["lapd", "lapd:q931", "lapd:q931:q932", "lapd:q931:q932:q932.ros:qsig"].map(str::to_owned);
    assert!(layers.is_subset(&known.into()), "{layers:?}");
}

fn frame_kind(info: &str) -> String {
    let (_, kind) = info.split_once(' ').unwrap();
    let kind = kind.split(", N(").next().unwrap();
    kind.trim_end_matches([' ', '|']).to_owned()
}

#[track_caller]
fn expect_all_sent(tape: &Tape, capture: &Capture, side: Side) {
    let of_side = |row: &Vec<String>| tape.sender(&row[0]) == side;
    let types = capture.fields("q931", &["frame.number", "q931.message_type"]).into_iter().filter(of_side);
    // SERVICE has a field of its own for its type.
    let types = types.filter(|row| !row[1].is_empty());
    let types: BTreeSet<u8> = types.map(|row| u8::from_str_radix(row[1].trim_start_matches("0x"), 16).unwrap()).collect();
    assert_eq!(types, MESSAGES.map(MessageType::code).into(), "messages of the {side:?} side");
    let kinds = capture.fields("lapd", &["frame.number", "_ws.col.Info"]).into_iter().filter(of_side);
    let kinds: BTreeSet<String> = kinds.map(|row| frame_kind(&row[1])).collect();
    assert_eq!(kinds, FRAMES.map(str::to_owned).into(), "frames of the {side:?} side");
}

/// Which spans tshark read in the channel identification of each message that names a span, of one side.
#[track_caller]
fn expect_spans_named(tape: &Tape, capture: &Capture, side: Side) {
    let fields = ["frame.number", "q931.message_type", "q931.maintenance_message_type", "q931.channel.interface_id"];
    let mut spans: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in capture.fields("q931.channel.interface_id", &fields).into_iter().filter(|row| tape.sender(&row[0]) == side) {
        spans.entry(format!("{}{}", row[1], row[2])).or_default().insert(row[3].clone());
    }
    let all = BTreeSet::from(["0", "1", "2"].map(str::to_owned));
    // SETUP, CONNECT as the first response, RESTART ACKNOWLEDGE; SERVICE ACKNOWLEDGE of National ISDN.
    for message in ["0x05", "0x07", "0x4e", "0x0f"] {
        assert_eq!(spans.get(message), Some(&all), "{message} of the {side:?} side: {spans:?}");
    }
    // RESTART of a channel of the last span.
    assert_eq!(spans.get("0x46").map(BTreeSet::len), Some(1), "{spans:?}");
}

#[track_caller]
fn everything_on(framing: Framing) {
    let tape = Tape::default();
    for side in [Side::User, Side::Network] {
        for scenario in SCENARIOS {
            scenario(&tape, framing, side);
        }
    }
    let scratch = Scratch::new("isdn-tshark");
    let capture = tape.capture(&scratch);
    expect_read(&capture);
    for side in [Side::User, Side::Network] {
        expect_all_sent(&tape, &capture, side);
        expect_spans_named(&tape, &capture, side);
    }
}

#[test]
fn every_frame_sent_on_an_e1_is_read_and_every_type_was_sent() {
    everything_on(Framing::E1);
}

#[test]
fn every_frame_sent_on_a_t1_is_read_and_every_type_was_sent() {
    everything_on(Framing::T1);
}

#[test]
fn every_element_that_can_be_emitted_is_read() {
    let (tape, scratch) = (Tape::default(), Scratch::new("isdn-elements"));
    elements::on_tape(&tape);
    let capture = tape.capture(&scratch);
    expect_read(&capture);
    assert_eq!(capture.count("q931"), elements::all().len());
}

#[test]
fn frames_with_a_fault_are_noticed() {
    let (tape, scratch) = (Tape::default(), Scratch::new("isdn-faults"));
    let header = [0x02, 0x01, 0x00, 0x00, 0x08, 0x02, 0x00, 0x01];
    // A date of two octets; an element and a message that nobody knows.
    for message in [&[0x07, 0x29, 0x02, 26, 11][..], &[0x07, 0x4f, 0x01, 0x81], &[0x1e]] {
        tape.keep(Side::Network, [&header, message].concat());
    }
    let capture = tape.capture(&scratch);
    assert_eq!(capture.objections().len(), 1, "{:?}", capture.objections());
    let unknown = unknown(&capture).join("\n");
    assert!(unknown.contains("Unknown information element (0x4F)") && unknown.contains("Unknown (0x1e)"), "{unknown}");
}
