//! Two libpri ends in one process, joined by queues: proves the shim before anything else is blamed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use libpri_peer::framing::Framing;
use libpri_peer::stack::{CallId, Event, Options, Refused, Ring, Setup, Side, Stack};
use libpri_peer::switch_type::SwitchType;

const WITH_HOLD: Options = Options { overlap: false, facility: false, hold: true, hear_clearing: false };

/// Both ends; frames go straight across.
struct Joined {
    user: Stack,
    network: Stack,
    user_events: Vec<Event>,
    network_events: Vec<Event>,
    /// Every frame, for checks of what libpri put on the wire.
    frames: Vec<(Side, Vec<u8>)>,
}

impl Joined {
    fn new() -> Self {
        Self {
            user: Stack::new("user", Side::User, Framing::E1, SwitchType::EuroIsdn, WITH_HOLD, 0).unwrap(),
            network: Stack::new("network", Side::Network, Framing::E1, SwitchType::EuroIsdn, WITH_HOLD, 0).unwrap(),
            user_events: Vec::new(),
            network_events: Vec::new(),
            frames: Vec::new(),
        }
    }

    /// Moves frames until both ends have nothing more to say, running timers that are due.
    fn settle(&mut self) {
        loop {
            self.user.handle_timeout();
            self.network.handle_timeout();
            let up: Vec<_> = std::iter::from_fn(|| self.user.poll_transmit()).collect();
            let down: Vec<_> = std::iter::from_fn(|| self.network.poll_transmit()).collect();
            if up.is_empty() && down.is_empty() {
                break;
            }
            for frame in up {
                self.network.handle_frame(&frame);
                self.frames.push((Side::User, frame));
            }
            for frame in down {
                self.user.handle_frame(&frame);
                self.frames.push((Side::Network, frame));
            }
        }
        self.user_events.extend(std::iter::from_fn(|| self.user.poll_event()));
        self.network_events.extend(std::iter::from_fn(|| self.network.poll_event()));
    }

    fn up() -> Self {
        let mut joined = Self::new();
        joined.settle();
        assert!(joined.user_events.contains(&Event::LinkUp) && joined.network_events.contains(&Event::LinkUp));
        joined.forget();
        joined
    }

    fn forget(&mut self) {
        self.user_events.clear();
        self.network_events.clear();
        self.frames.clear();
    }

    fn ring(events: &[Event]) -> &Ring {
        events.iter().find_map(|event| if let Event::Ring(ring) = event { Some(ring) } else { None }).expect("a SETUP arrived")
    }
}

fn setup(called: &str, channel: u8) -> Setup {
    Setup {
        called: called.into(),
        calling: Some("5550001".into()),
        withheld: false,
        data: false,
        name: None,
        channel: channel.into(),
        exclusive: true,
        complete: true,
        redirecting: None,
    }
}

/// Places a call from the user side and answers it.
fn connected_from_user(joined: &mut Joined) -> (CallId, CallId) {
    let outgoing = joined.user.place(&setup("5551001", 3)).unwrap();
    joined.settle();
    let incoming = Joined::ring(&joined.network_events).call;
    joined.network.proceeding(incoming, 3).unwrap();
    joined.network.alerting(incoming).unwrap();
    joined.network.answer(incoming).unwrap();
    joined.settle();
    (outgoing, incoming)
}

#[test]
fn link_comes_up_and_frames_have_no_fcs() {
    let mut joined = Joined::new();
    joined.settle();
    assert!(joined.user_events.contains(&Event::LinkUp), "{:?}", joined.user_events);
    assert!(joined.network_events.contains(&Event::LinkUp), "{:?}", joined.network_events);
    // SABME with P=1 on SAPI 0, TEI 0 is three octets; as commands the user's has C/R 0 and the network's C/R 1 (Q.921 3.3.2).
    assert!(joined.frames.contains(&(Side::User, vec![0x00, 0x01, 0x7f])), "{:02x?}", joined.frames);
    assert!(joined.frames.contains(&(Side::Network, vec![0x02, 0x01, 0x7f])), "{:02x?}", joined.frames);
}

#[test]
fn setup_carries_numbers_and_channel() {
    let mut joined = Joined::up();
    let call = joined.user.place(&Setup { withheld: true, name: Some("Ada".into()), ..setup("5551001", 17) }).unwrap();
    joined.settle();
    let ring = Joined::ring(&joined.network_events);
    assert_eq!((ring.called.as_str(), ring.calling.as_str()), ("5551001", "5550001"));
    assert_eq!((ring.channel, ring.flexible, ring.withheld, ring.complete), (Some(17.into()), false, true, true));
    assert_eq!(ring.called_plan, 0x01);
    assert_eq!(call, CallId(1));
}

#[test]
fn answered_call_is_cleared_by_caller_and_both_ends_say_released() {
    let mut joined = Joined::up();
    let (outgoing, incoming) = connected_from_user(&mut joined);
    let channel = Some(3.into());
    assert_eq!(
        joined.user_events,
        [
            Event::Proceeding { call: outgoing, channel },
            Event::Alerting { call: outgoing, channel, in_band: false },
            Event::Answer { call: outgoing, channel },
        ]
    );
    joined.forget();
    joined.user.hangup(outgoing, 16).unwrap();
    joined.settle();
    assert_eq!(joined.user_events, [Event::Released { call: outgoing, cause: Some(16) }]);
    assert_eq!(
        joined.network_events,
        [Event::Clearing { call: incoming, cause: Some(16) }, Event::Released { call: incoming, cause: Some(16) }]
    );
}

#[test]
fn answered_call_is_cleared_by_called_side() {
    let mut joined = Joined::up();
    let (outgoing, incoming) = connected_from_user(&mut joined);
    joined.forget();
    joined.network.hangup(incoming, 16).unwrap();
    joined.settle();
    assert_eq!(joined.network_events, [Event::Released { call: incoming, cause: Some(16) }]);
    assert_eq!(
        joined.user_events,
        [Event::Clearing { call: outgoing, cause: Some(16) }, Event::Released { call: outgoing, cause: Some(16) }]
    );
    assert_eq!(joined.user.hangup(outgoing, 16), Err(Refused::UnknownCall(outgoing)));
}

#[test]
fn both_ends_clear_at_the_same_time() {
    let mut joined = Joined::up();
    let (outgoing, incoming) = connected_from_user(&mut joined);
    joined.forget();
    joined.user.hangup(outgoing, 16).unwrap();
    joined.network.hangup(incoming, 16).unwrap();
    joined.settle();
    assert!(joined.user_events.contains(&Event::Released { call: outgoing, cause: Some(16) }), "{:?}", joined.user_events);
    assert!(joined.network_events.contains(&Event::Released { call: incoming, cause: Some(16) }), "{:?}", joined.network_events);
}

#[test]
fn second_hangup_does_not_disturb_the_first() {
    let mut joined = Joined::up();
    let (outgoing, _) = connected_from_user(&mut joined);
    joined.user.hangup(outgoing, 16).unwrap();
    joined.user.hangup(outgoing, 31).unwrap();
    joined.settle();
    assert_eq!(joined.user_events.last(), Some(&Event::Released { call: outgoing, cause: Some(16) }));
    joined.forget();
    connected_from_user(&mut joined);
}

#[test]
fn busy_user_clears_with_cause_17() {
    let mut joined = Joined::up();
    let outgoing = joined.network.place(&setup("5552001", 31)).unwrap();
    joined.settle();
    let incoming = Joined::ring(&joined.user_events).call;
    joined.user.hangup(incoming, 17).unwrap();
    joined.settle();
    // CALL PROCEEDING first: libpri sends nothing when a call that was only presented is cleared with cause 17.
    assert_eq!(
        joined.network_events,
        [
            Event::Proceeding { call: outgoing, channel: Some(31.into()) },
            Event::Clearing { call: outgoing, cause: Some(17) },
            Event::Released { call: outgoing, cause: Some(17) },
        ]
    );
    assert_eq!(joined.user_events.last(), Some(&Event::Released { call: incoming, cause: Some(17) }));
}

#[test]
fn unallocated_number_is_refused_by_release_complete() {
    let mut joined = Joined::up();
    let outgoing = joined.user.place(&setup("5553001", 1)).unwrap();
    joined.settle();
    let incoming = Joined::ring(&joined.network_events).call;
    joined.network.hangup(incoming, 1).unwrap();
    joined.settle();
    assert_eq!(joined.user_events, [Event::Released { call: outgoing, cause: Some(1) }]);
    // libpri frees the refused call without an event of its own; the shim must report it all the same.
    assert_eq!(joined.network_events.last(), Some(&Event::Released { call: incoming, cause: Some(1) }));
}

#[test]
fn calls_in_a_row_never_reuse_an_id() {
    let mut joined = Joined::up();
    for expected in 1..=20 {
        let (outgoing, _) = connected_from_user(&mut joined);
        assert_eq!(outgoing, CallId(expected));
        joined.user.hangup(outgoing, 16).unwrap();
        joined.settle();
        assert_eq!(joined.user_events.last(), Some(&Event::Released { call: outgoing, cause: Some(16) }));
        joined.forget();
    }
}

#[test]
fn unknown_timer_and_text_with_nul_are_refused() {
    let mut stack = Stack::new("user", Side::User, Framing::E1, SwitchType::EuroIsdn, WITH_HOLD, 0).unwrap();
    assert_eq!(stack.set_timer("T200", 500), Ok(()));
    assert_eq!(stack.set_timer("T999", 1), Err(Refused::UnknownTimer("T999".into())));
    assert_eq!(stack.place(&setup("55\0", 1)), Err(Refused::BadText("55\0".into())));
}

#[test]
fn frames_of_any_length_do_not_disturb_the_stack() {
    let mut joined = Joined::up();
    for length in 0..1100 {
        joined.user.handle_frame(&vec![0x7f; length]);
    }
    joined.forget();
    connected_from_user(&mut joined);
    assert!(joined.user_events.iter().any(|event| matches!(event, Event::Answer { .. })), "{:?}", joined.user_events);
}

#[test]
fn held_call_has_no_channel_and_is_retrieved_on_another() {
    let mut joined = Joined::up();
    let (outgoing, incoming) = connected_from_user(&mut joined);
    joined.forget();
    joined.user.request_hold(outgoing).unwrap();
    joined.settle();
    assert_eq!(joined.network_events, [Event::Hold { call: incoming }]);
    joined.network.accept_hold(incoming).unwrap();
    joined.settle();
    assert_eq!(joined.user_events, [Event::Held { call: outgoing, refused: None }]);
    joined.forget();
    joined.user.retrieve(outgoing, Some(7.into())).unwrap();
    joined.settle();
    assert_eq!(joined.network_events, [Event::Retrieve { call: incoming, channel: Some(7.into()), flexible: true }]);
    joined.network.accept_retrieve(incoming, 9).unwrap();
    joined.settle();
    assert_eq!(joined.user_events, [Event::Retrieved { call: outgoing, channel: Some(9.into()), refused: None }]);
}

#[test]
fn retrieve_that_is_refused_leaves_the_call_held_and_what_is_out_of_place_is_not_sent() {
    let mut joined = Joined::up();
    let (outgoing, incoming) = connected_from_user(&mut joined);
    assert_eq!(joined.network.retrieve(incoming, None), Err(Refused::WrongState("RETRIEVE")));
    joined.network.request_hold(incoming).unwrap();
    joined.settle();
    joined.user.accept_hold(outgoing).unwrap();
    joined.settle();
    joined.forget();
    joined.network.retrieve(incoming, None).unwrap();
    joined.settle();
    assert_eq!(joined.user_events, [Event::Retrieve { call: outgoing, channel: None, flexible: true }]);
    joined.user.refuse_retrieve(outgoing, 34).unwrap();
    joined.settle();
    assert_eq!(joined.network_events, [Event::Retrieved { call: incoming, channel: None, refused: Some(34) }]);
    assert_eq!(joined.network.request_hold(incoming), Err(Refused::WrongState("HOLD")));
}

#[test]
fn network_ignores_a_hold_that_meets_its_own() {
    let mut joined = Joined::up();
    let (outgoing, incoming) = connected_from_user(&mut joined);
    joined.forget();
    joined.user.request_hold(outgoing).unwrap();
    joined.network.request_hold(incoming).unwrap();
    joined.settle();
    assert_eq!(
        (joined.user_events.as_slice(), joined.network_events.as_slice()),
        (&[Event::Hold { call: outgoing }][..], &[][..])
    );
    joined.user.accept_hold(outgoing).unwrap();
    joined.settle();
    assert_eq!(joined.network_events, [Event::Held { call: incoming, refused: None }]);
}
