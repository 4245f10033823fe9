//! Information transfer on an established link: window, loss, rejection, polling, busy, errors (Q.921 5.6 to 5.8).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{Links, links_up, ms, seconds};
use isdn::q921::{Event, MdlError, NotTaken, Stats};

fn send(pair: &mut Links, count: u8) {
    let now = pair.now();
    for byte in 0..count {
        pair.left.data(now, vec![byte]).unwrap();
    }
}

fn received(pair: &Links) -> Vec<u8> {
    pair.right_events.iter().filter_map(|event| if let Event::Data(data) = event { Some(data[0]) } else { None }).collect()
}

#[test]
fn lost_i_frame_is_rejected_and_sent_again() {
    let mut pair = links_up();
    pair.forward.drop_next(1);
    send(&mut pair, 3);
    pair.run_for(ms(500));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(received(&pair), [0, 1, 2]);
    assert_eq!((pair.left.stats().i_sent, pair.left.stats().i_repeated), (3, 3));
    assert_eq!((pair.right.stats().rej_sent, pair.right.stats().i_dropped), (1, 2));
}

#[test]
fn lost_last_i_frame_is_found_by_timer_recovery() {
    let mut pair = links_up();
    pair.forward.drop_next(1);
    send(&mut pair, 1);
    pair.run_for(ms(1500));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(received(&pair), [0]);
}

#[test]
fn lost_acknowledgement_is_asked_for_and_nothing_is_sent_twice() {
    let mut pair = links_up();
    pair.backward.drop_next(1);
    send(&mut pair, 1);
    pair.run_for(ms(1500));
    assert_eq!(received(&pair), [0]);
    let stats = pair.left.stats();
    assert_eq!((stats.i_sent, stats.i_repeated, stats.t200_expired), (1, 0, 1));
}

#[test]
fn unanswered_polls_set_the_link_up_anew() {
    let mut pair = links_up();
    pair.forward.drop_next(6);
    send(&mut pair, 1);
    pair.run_for(seconds(8));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(pair.left_events, [Event::Error(MdlError::I), Event::Reset { lost: true }]);
}

#[test]
fn silent_link_is_polled_by_the_network_first() {
    let mut pair = links_up();
    pair.run_for(seconds(20));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!((pair.left.stats().t203_expired, pair.right.stats().t203_expired), (0, 2));
}

#[test]
fn window_of_seven_is_not_exceeded() {
    let mut pair = links_up();
    send(&mut pair, 20);
    pair.drain();
    assert_eq!(pair.left.stats().i_sent, 7);
    pair.run_for(seconds(1));
    assert_eq!(received(&pair), (0..20).collect::<Vec<_>>());
    assert_eq!(pair.left.stats().i_repeated, 0);
}

#[test]
fn sequence_numbers_wrap_at_128() {
    let mut pair = links_up();
    for _ in 0..10 {
        send(&mut pair, 30);
        pair.run_for(ms(500));
    }
    assert_eq!(received(&pair).len(), 300);
    assert_eq!(pair.left.stats().i_repeated, 0);
    assert_eq!(pair.left.stats().t200_expired, 0);
}

#[test]
fn busy_receiver_holds_the_sender_until_it_is_ready() {
    let mut pair = links_up();
    let now = pair.now();
    pair.right.set_busy(now, true);
    pair.run_for(ms(50));
    send(&mut pair, 2);
    pair.run_for(ms(2500));
    assert_eq!(received(&pair), [0u8; 0]);
    let now = pair.now();
    pair.right.set_busy(now, false);
    pair.run_for(ms(500));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(received(&pair), [0, 1]);
}

#[test]
fn i_frames_carry_the_acknowledgement_both_ways() {
    let mut pair = links_up();
    let now = pair.now();
    pair.left.data(now, vec![1]).unwrap();
    let frame = pair.left.poll_transmit().unwrap();
    pair.right.handle_frame(now, &frame);
    pair.right.data(now, vec![2]).unwrap();
    assert_eq!(pair.right.poll_transmit().unwrap(), [0x02, 0x01, 0x00, 0x02, 2]);
    assert_eq!(pair.right.poll_transmit(), None, "no RR besides");
}

#[test]
fn acknowledgement_of_what_was_not_sent_sets_the_link_up_anew() {
    let mut pair = links_up();
    let now = pair.now();
    // RR response from the network with N(R) = 5.
    pair.left.handle_frame(now, &[0x00, 0x01, 0x01, 0x0a]);
    pair.run_for(ms(100));
    insta::assert_snapshot!(pair.ladder);
    assert_eq!(pair.left_events, [Event::Error(MdlError::J), Event::Reset { lost: false }]);
    assert_eq!(pair.right_events, [Event::Error(MdlError::F), Event::Reset { lost: false }]);
}

#[test]
fn frame_rejection_conditions_set_the_link_up_anew() {
    let too_long = [&[0x02, 0x01, 0x00, 0x00][..], &[0; 261]].concat();
    let cases: [(&[u8], MdlError); 6] = [
        (&[0x02, 0x01, 0x2f], MdlError::L),
        (&[0x02, 0x01, 0x7f, 0x00], MdlError::M),
        (&[0x02, 0x01, 0x01, 0x00, 0x00], MdlError::N),
        (&[0x00, 0x01, 0x87, 0, 0, 0, 0, 0], MdlError::K),
        (&[0x00, 0x01, 0x0f], MdlError::E),
        (&too_long, MdlError::O),
    ];
    for (bytes, error) in cases {
        let mut pair = links_up();
        let now = pair.now();
        pair.left.handle_frame(now, bytes);
        assert_eq!(pair.left.state_name(), "AwaitingEstablishment", "{bytes:02x?}");
        assert_eq!(pair.left.poll_transmit().unwrap(), [0x00, 0x01, 0x7f]);
        assert_eq!(pair.left.poll_event(), Some(Event::Error(error)));
    }
}

#[test]
fn unasked_responses_are_reported_and_change_nothing() {
    let cases: [(&[u8], MdlError); 4] = [
        (&[0x00, 0x01, 0x01, 0x01], MdlError::A),
        (&[0x00, 0x01, 0x1f], MdlError::B),
        (&[0x00, 0x01, 0x73], MdlError::C),
        (&[0x00, 0x01, 0x63], MdlError::D),
    ];
    for (bytes, error) in cases {
        let mut pair = links_up();
        let now = pair.now();
        pair.left.handle_frame(now, bytes);
        assert!(pair.left.is_established(), "{bytes:02x?}");
        assert_eq!(pair.left.poll_event(), Some(Event::Error(error)));
        assert_eq!(pair.left.poll_transmit(), None);
    }
}

#[test]
fn sabme_on_a_link_with_unacknowledged_frames_tells_layer_3() {
    let mut pair = links_up();
    send(&mut pair, 1);
    let now = pair.now();
    while pair.left.poll_transmit().is_some() {}
    pair.left.handle_frame(now, &[0x02, 0x01, 0x7f]);
    assert_eq!(pair.left.poll_transmit().unwrap(), [0x02, 0x01, 0x73]);
    assert_eq!(pair.left.poll_event(), Some(Event::Error(MdlError::F)));
    assert_eq!(pair.left.poll_event(), Some(Event::Reset { lost: true }));
    assert_eq!(pair.left.poll_transmit(), None, "the unacknowledged frame is gone");
}

#[test]
fn messages_are_not_taken_when_down_or_too_long() {
    let mut pair = links_up();
    let now = pair.now();
    assert_eq!(pair.left.data(now, vec![0; 261]), Err(NotTaken::TooLong { octets: 261, n201: 260 }));
    assert_eq!(pair.left.data(now, vec![0; 260]), Ok(()));
    pair.left.deactivate(now);
    assert_eq!(pair.left.data(now, vec![0]), Err(NotTaken::Down));
}

#[test]
fn quiet_transfer_counts_exactly_what_it_did() {
    let mut pair = links_up();
    send(&mut pair, 2);
    pair.run_for(ms(100));
    let stats = pair.left.stats();
    let expected = Stats { frames_sent: 3, frames_received: 3, i_sent: 2, established: 1, ..Stats::default() };
    assert_eq!(stats, expected);
}

#[test]
fn each_gap_is_rejected_anew_once_the_last_is_closed() {
    let mut pair = links_up();
    for _ in 0..2 {
        pair.forward.drop_next(1);
        send(&mut pair, 3);
        pair.run_for(ms(500));
    }
    assert_eq!(received(&pair), [0, 1, 2, 0, 1, 2]);
    assert_eq!((pair.right.stats().rej_sent, pair.left.stats().t200_expired), (2, 0));
}

#[test]
fn new_set_up_after_lost_frames_drops_what_waited_behind_them() {
    let mut pair = links_up();
    pair.forward.drop_next(7 + 4);
    send(&mut pair, 9);
    pair.run_for(seconds(8));
    assert_eq!(pair.left_events, [Event::Error(MdlError::I), Event::Reset { lost: true }]);
    assert_eq!(received(&pair), [0u8; 0]);
    send(&mut pair, 1);
    pair.run_for(ms(100));
    assert_eq!(received(&pair), [0]);
}
