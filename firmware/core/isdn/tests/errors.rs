//! What is answered to messages that are wrong (Q.931 5.8), message by message.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{Raw, SETUP, answers, inject, ms, offered, raw, released, seconds, speech};
use isdn::{CauseValue, Connected, Event, Interface, Side, Who, q931::Timer};

/// Call reference 1 of the peer, then the message type.
fn to_call(message_type: u8, elements: &[u8]) -> Vec<u8> {
    [&[0x08, 0x02, 0x00, 0x01, message_type], elements].concat()
}

/// An incoming call in state U10.
fn active() -> Raw {
    let mut pair = raw(Side::User);
    inject(&mut pair, &[SETUP]);
    let call = offered(&pair.left_events);
    let now = pair.now();
    pair.left.connect(now, call, Connected::default());
    inject(&mut pair, &[&to_call(0x0f, &[])]);
    assert_eq!(state(&pair.left), 10);
    pair.left_events.clear();
    pair
}

fn state(interface: &Interface) -> u8 {
    interface.calls().next().map_or(0, |call| call.state)
}

#[test]
fn unknown_call_reference_is_answered_by_its_clause() {
    let cases: [(u8, &[u8], &[&str]); 9] = [
        (0x01, &[], &["RELEASE COMPLETE cr=1' cause=81"]),
        (0x07, &[], &["RELEASE COMPLETE cr=1' cause=81"]),
        (0x45, &[0x08, 0x02, 0x80, 0x90], &["RELEASE COMPLETE cr=1' cause=81"]),
        (0x4d, &[0x08, 0x02, 0x80, 0x90], &["RELEASE COMPLETE cr=1' cause=81"]),
        (0x5a, &[0x08, 0x02, 0x80, 0x90], &[]),
        (0x7d, &[0x08, 0x02, 0x80, 0x9e, 0x14, 0x01, 0x00], &[]),
        (0x7d, &[0x08, 0x02, 0x80, 0x9e, 0x14, 0x01, 0x0a], &["RELEASE COMPLETE cr=1' cause=101"]),
        (0x75, &[], &["STATUS cr=1' cause=30 state=0"]),
        (0x22, &[], &["RELEASE COMPLETE cr=1' cause=81"]),
    ];
    for (message_type, elements, expected) in cases {
        let mut pair = raw(Side::Network);
        assert_eq!(inject(&mut pair, &[&to_call(message_type, elements)]), expected, "{message_type:02x}");
        assert_eq!(pair.left.stats().wrong_reference, 1);
    }
}

#[test]
fn setup_with_the_flag_of_the_answering_side_is_ignored() {
    let mut pair = raw(Side::Network);
    let mut setup = SETUP.to_vec();
    setup[2] = 0x80;
    assert_eq!(inject(&mut pair, &[&setup]), [""; 0]);
    assert!(pair.left_events.is_empty());
}

#[test]
fn repeated_setup_is_ignored() {
    let mut pair = raw(Side::Network);
    assert_eq!(inject(&mut pair, &[SETUP, SETUP]), [""; 0]);
    assert_eq!(pair.left.calls().count(), 1);
}

#[test]
fn messages_that_cannot_be_read_are_counted_and_ignored() {
    let mut pair = raw(Side::Network);
    let bad: [&[u8]; 7] = [
        &[],
        &[8],
        &[0x08, 0x02, 0x00],
        &[0x08, 0x02, 0x00, 0x01],
        &[0x03, 0, 1],
        &[0x08, 0x04, 1, 2, 3, 4, 5],
        &[0x08, 0x12, 0, 1, 5],
    ];
    assert_eq!(inject(&mut pair, &bad), [""; 0]);
    assert_eq!(pair.left.stats().malformed, 7);
}

#[test]
fn setup_without_or_with_bad_mandatory_elements_is_refused() {
    let with = |elements: &[u8]| to_call(0x05, elements);
    let bearer = [0x04, 0x03, 0x80, 0x90, 0xa3];
    let channel = [0x18, 0x03, 0xa9, 0x83, 0x81];
    let cases = [
        (with(&channel), "RELEASE COMPLETE cr=1' cause=96"),
        (with(&bearer), "RELEASE COMPLETE cr=1' cause=96"),
        (with(&[&[0x04, 0x01, 0x80], &channel[..]].concat()), "RELEASE COMPLETE cr=1' cause=100"),
        (with(&[&bearer[..], &[0x18, 0x01, 0x89]].concat()), "RELEASE COMPLETE cr=1' cause=100"),
        // Contents cut short by the end of the message.
        (with(&[&bearer[..], &[0x18, 0x03, 0xa9, 0x83]].concat()), "RELEASE COMPLETE cr=1' cause=100"),
        // Longer than a bearer capability may be.
        (
            with(&[&[0x04, 12, 0x80, 0x90, 0xa3, 1, 2, 3, 4, 5, 6, 7, 8, 9], &channel[..]].concat()),
            "RELEASE COMPLETE cr=1' cause=100",
        ),
        // An unknown element that must be understood.
        (with(&[&bearer[..], &[0x05, 0x00], &channel[..]].concat()), "RELEASE COMPLETE cr=1' cause=96"),
        // Packet mode.
        (with(&[&[0x04, 0x02, 0x88, 0xc0], &channel[..]].concat()), "RELEASE COMPLETE cr=1' cause=65"),
        // 384 kbit/s.
        (with(&[&[0x04, 0x02, 0x88, 0x93], &channel[..]].concat()), "RELEASE COMPLETE cr=1' cause=65"),
    ];
    for (setup, expected) in cases {
        let mut pair = raw(Side::User);
        assert_eq!(inject(&mut pair, &[&setup]), [expected], "{setup:02x?}");
        assert!(pair.left_events.is_empty());
        assert!(common::all_idle(&pair.left));
    }
}

#[test]
fn diagnostics_name_the_missing_element() {
    let mut pair = raw(Side::Network);
    let now = pair.now();
    pair.right.data(now, to_call(0x05, &[])).unwrap();
    pair.run_for(ms(50));
    let expected = isdn::q921::Event::Data(vec![0x08, 0x02, 0x80, 0x01, 0x5a, 0x08, 0x03, 0x82, 0xe0, 0x04]);
    assert!(pair.right_events.contains(&expected), "{:02x?}", pair.right_events);
}

#[test]
fn elements_that_do_not_matter_are_ignored_when_unknown_bad_repeated_or_out_of_order() {
    let mut pair = raw(Side::Network);
    let elements = [
        &[0x70, 0x03, 0x81, b'1', b'2'][..],
        &[0x6c, 0x02, 0x00, b'9'],
        &[0x3a, 0x01, 0x00],
        &[0x96, 0x04, 0x01, 0x55],
        &[0x70, 0x02, 0x81, b'7'],
        &[0x04, 0x03, 0x90, 0x90, 0xa3],
    ];
    // Codeset 6 was locked, so the last two are not of codeset 0: bring them before it.
    let order = [0, 4, 5, 1, 2, 3];
    let setup = to_call(0x05, &order.map(|index| elements[index]).concat());
    assert_eq!(inject(&mut pair, &[&setup]), [""; 0]);
    let Event::Setup { setup, .. } = &pair.left_events[0] else { panic!("{:?}", pair.left_events) };
    assert_eq!(setup.called.digits, "12", "of a repeated element the first counts");
    assert_eq!(setup.calling, None, "no octet ends the group");
    assert_eq!(setup.bearer.capability, isdn::TransferCapability::Audio31);
    assert_eq!(setup.other.len(), 2, "{:?}", setup.other);
    assert_eq!(pair.left.stats().elements_invalid, 1);
}

#[test]
fn element_that_runs_over_the_end_is_left_out() {
    let mut pair = raw(Side::Network);
    let setup = to_call(0x05, &[0x04, 0x03, 0x80, 0x90, 0xa3, 0x70, 0x08, 0x81, b'1']);
    assert_eq!(inject(&mut pair, &[&setup]), [""; 0]);
    assert!(matches!(&pair.left_events[..], [Event::Setup { setup, .. }] if setup.called.digits.is_empty()));
    assert_eq!(pair.left.stats().elements_invalid, 1);
}

#[test]
fn unknown_and_unexpected_messages_are_answered_by_status() {
    let cases: [(Vec<u8>, &[&str]); 8] = [
        (to_call(0x20, &[]), &["STATUS cr=1' cause=97 state=10"]),
        (to_call(0x6f, &[]), &["STATUS cr=1' cause=97 state=10"]),
        (to_call(0x01, &[]), &["STATUS cr=1' cause=101 state=10"]),
        (to_call(0x02, &[]), &["STATUS cr=1' cause=101 state=10"]),
        (to_call(0x75, &[]), &["STATUS cr=1' cause=30 state=10"]),
        (to_call(0x0f, &[]), &[]),
        (to_call(0x6e, &[]), &["STATUS cr=1' cause=96 state=10"]),
        (to_call(0x7b, &[0x70, 0x02, 0x81, b'1']), &[]),
    ];
    for (message, expected) in cases {
        let mut pair = active();
        assert_eq!(inject(&mut pair, &[&message]), expected, "{message:02x?}");
        assert_eq!(state(&pair.left), 10);
    }
}

#[test]
fn notify_is_told() {
    let mut pair = active();
    inject(&mut pair, &[&to_call(0x6e, &[0x27, 0x01, 0xf9])]);
    assert!(matches!(pair.left_events[..], [Event::Notify { notification: 0x79, .. }]));
}

#[test]
fn clearing_messages_without_or_with_bad_cause_clear_all_the_same() {
    let mut pair = active();
    inject(&mut pair, &[&to_call(0x45, &[])]);
    let Event::Clearing { call, cause, in_band: false, .. } = pair.left_events[0].clone() else { panic!("no clearing") };
    assert_eq!(cause.value, CauseValue::NORMAL_UNSPECIFIED);
    let now = pair.now();
    pair.left.clear(now, call, cause);
    assert_eq!(answers(&mut pair, ms(50)), ["RELEASE cr=1' cause=96"]);

    let mut pair = active();
    assert_eq!(inject(&mut pair, &[&to_call(0x4d, &[0x08, 0x01, 0x80])]), ["RELEASE COMPLETE cr=1' cause=100"]);
    assert_eq!(released(&pair.left_events), [(CauseValue::NORMAL_UNSPECIFIED, Who::Peer)]);

    let mut pair = active();
    assert_eq!(inject(&mut pair, &[&to_call(0x5a, &[])]), [""; 0]);
    assert_eq!(released(&pair.left_events), [(CauseValue::NORMAL_UNSPECIFIED, Who::Peer)]);
}

#[test]
fn disconnect_with_in_band_tones_says_so() {
    let mut pair = active();
    inject(&mut pair, &[&to_call(0x45, &[0x08, 0x02, 0x80, 0x91, 0x1e, 0x02, 0x82, 0x88])]);
    assert!(matches!(pair.left_events[..], [Event::Clearing { in_band: true, .. }]));
}

#[test]
fn status_with_state_null_releases_the_call() {
    let mut pair = active();
    inject(&mut pair, &[&to_call(0x7d, &[0x08, 0x02, 0x80, 0xe1, 0x14, 0x01, 0x00])]);
    assert_eq!(released(&pair.left_events), [(CauseValue::MESSAGE_TYPE_NOT_IMPLEMENTED, Who::Peer)]);
    assert!(common::all_idle(&pair.left));
}

#[test]
fn status_with_another_state_is_counted_and_the_call_goes_on() {
    let mut pair = active();
    inject(&mut pair, &[&to_call(0x7d, &[0x08, 0x02, 0x80, 0xe5, 0x14, 0x01, 0x0a])]);
    assert_eq!(state(&pair.left), 10);
    assert_eq!(pair.left.stats().errors_reported, 1);
}

#[test]
fn global_reference_takes_restart_only() {
    let mut pair = raw(Side::User);
    let answers = inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x00, 0x05], &[0x08, 0x02, 0x00, 0x00, 0x7d]]);
    assert_eq!(answers, ["STATUS cr=0' cause=81 state=0"]);
}

#[test]
fn call_reference_of_one_octet_is_answered_in_one_octet() {
    let mut pair = raw(Side::Network);
    let now = pair.now();
    pair.right.data(now, vec![0x08, 0x01, 0x05, 0x01]).unwrap();
    pair.run_for(ms(50));
    let answer = vec![0x08, 0x01, 0x85, 0x5a, 0x08, 0x02, 0x82, 0xd1];
    assert!(pair.right_events.contains(&isdn::q921::Event::Data(answer)));
}

#[test]
fn setup_acknowledge_is_answered_by_sending_complete_and_t304_waits() {
    let mut pair = raw(Side::User);
    let now = pair.now();
    pair.left.setup(now, speech("12")).unwrap();
    answers(&mut pair, ms(50));
    let acknowledge = [0x08, 0x02, 0x80, 0x01, 0x0d, 0x18, 0x03, 0xa9, 0x83, 0x81];
    assert_eq!(inject(&mut pair, &[&acknowledge]), ["INFORMATION cr=1"]);
    assert_eq!(state(&pair.left), 2);
    assert_eq!(answers(&mut pair, seconds(31)), ["DISCONNECT cr=1 cause=102"]);
}

#[test]
fn unanswered_setup_is_repeated_once_then_given_up() {
    let mut pair = raw(Side::User);
    let now = pair.now();
    pair.left.setup(now, speech("12")).unwrap();
    let answers = answers(&mut pair, seconds(10));
    let setup = "SETUP cr=1 channel=1 called=12";
    assert_eq!(answers, [setup, setup, "RELEASE COMPLETE cr=1 cause=102"]);
    assert_eq!(released(&pair.left_events), [(CauseValue::RECOVERY_ON_TIMER_EXPIRY, Who::Timer(Timer::T303))]);
    assert!(common::all_idle(&pair.left));
}

#[test]
fn unacknowledged_answer_is_disconnected_by_t313() {
    let mut pair = raw(Side::User);
    inject(&mut pair, &[SETUP]);
    let call = offered(&pair.left_events);
    let now = pair.now();
    pair.left.connect(now, call, Connected::default());
    assert_eq!(answers(&mut pair, seconds(5)), ["CONNECT cr=1' channel=1 excl", "DISCONNECT cr=1' cause=102"]);
}

#[test]
fn messages_that_cross_a_disconnect_are_not_answered() {
    let mut pair = raw(Side::User);
    let now = pair.now();
    let call = pair.left.setup(now, speech("12")).unwrap();
    answers(&mut pair, ms(50));
    let now = pair.now();
    pair.left.clear(now, call, common::cause(CauseValue::NORMAL_CLEARING));
    let alerting = [0x08, 0x02, 0x80, 0x01, 0x01];
    let release = [0x08, 0x02, 0x80, 0x01, 0x4d];
    assert_eq!(inject(&mut pair, &[&alerting, &release]), ["DISCONNECT cr=1 cause=16", "RELEASE COMPLETE cr=1"]);
    assert_eq!(released(&pair.left_events), [(CauseValue::NORMAL_CLEARING, Who::Us)]);
}

#[test]
fn unacknowledged_and_dummy_reference_messages_are_counted_and_ignored() {
    let mut pair = raw(Side::User);
    let now = pair.now();
    // UI from the network with a SETUP, then FACILITY with the dummy call reference.
    pair.left.handle_frame(now, &[&[0x02, 0x01, 0x03], SETUP].concat());
    assert_eq!(inject(&mut pair, &[&[0x08, 0x00, 0x62]]), [""; 0]);
    assert!(pair.left_events.is_empty());
    assert_eq!((pair.left.stats().unexpected_messages, pair.left.stats().unknown_messages), (1, 1));
}

#[test]
fn progress_instead_of_proceeding_settles_the_channel() {
    let mut pair = raw(Side::User);
    let now = pair.now();
    let call = pair.left.setup(now, speech("12")).unwrap();
    answers(&mut pair, ms(50));
    let progress = [0x08, 0x02, 0x80, 0x01, 0x03, 0x18, 0x03, 0xa9, 0x83, 0x81, 0x1e, 0x02, 0x82, 0x88];
    assert_eq!(inject(&mut pair, &[&progress]), [""; 0]);
    assert_eq!(pair.left_events[0], Event::ChannelReady { call, channel: 1.into() });
    assert!(matches!(pair.left_events[1], Event::Progress { .. }));
    assert_eq!(state(&pair.left), 3);
    assert_eq!(answers(&mut pair, seconds(100)), [""; 0], "neither T303 nor T310 runs");
}
