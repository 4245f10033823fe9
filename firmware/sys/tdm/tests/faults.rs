//! The fault injector: alarms, slips and lost frames on order.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod joined;
use joined::{Joined, channel_events, read_block, read_frame, span_events};
use tdm::virtual_span::{VirtualNetwork, VirtualUser};
use tdm::{Alarms, ChannelEvent, Direction, FaultHandle, FaultInjector, Mode, SlipKind, Span, SpanEvent};

struct Faulty {
    network: VirtualNetwork,
    user: FaultInjector<VirtualUser>,
    faults: FaultHandle,
}

impl Faulty {
    fn new() -> Self {
        let Joined { network, user } = Joined::e1();
        let user = FaultInjector::new(user);
        let faults = user.handle();
        let mut faulty = Self { network, user, faults };
        faulty.tick();
        span_events(&mut faulty.user);
        faulty
    }

    fn tick(&mut self) {
        self.network.service().unwrap();
        self.user.service().unwrap();
        self.network.service().unwrap();
    }
}

#[test]
fn alarm_raised_and_cleared_is_shown_once_each() {
    let mut faulty = Faulty::new();
    faulty.faults.raise(Alarms::RED | Alarms::LFA);
    assert_eq!(faulty.user.alarms(), Alarms::RED | Alarms::LFA);
    faulty.tick();
    faulty.tick();
    faulty.faults.clear(Alarms::RED | Alarms::LFA);
    faulty.tick();
    let changed = |alarms| SpanEvent::AlarmsChanged { alarms };
    assert_eq!(span_events(&mut faulty.user), [changed(Alarms::RED | Alarms::LFA), changed(Alarms::NONE)]);
}

#[test]
fn injected_alarm_does_not_hide_the_spans_own() {
    let mut faulty = Faulty::new();
    faulty.faults.raise(Alarms::BLUE);
    faulty.network.set_sent_alarms(Alarms::YELLOW).unwrap();
    faulty.tick();
    assert_eq!(faulty.user.alarms(), Alarms::YELLOW | Alarms::BLUE);
    faulty.faults.clear(Alarms::BLUE | Alarms::YELLOW);
    faulty.tick();
    assert_eq!(faulty.user.alarms(), Alarms::YELLOW);
}

#[test]
fn deaf_span_hears_silence_and_no_frame_but_sends() {
    let mut faulty = Faulty::new();
    let mut far = faulty.network.open(1, Mode::Audio).unwrap();
    let mut far_d = faulty.network.open(16, Mode::Hdlc).unwrap();
    let mut near = faulty.user.open(1, Mode::Audio).unwrap();
    let mut near_d = faulty.user.open(16, Mode::Hdlc).unwrap();
    faulty.faults.raise(Alarms::LOS);
    far.write(&[5; 80]).unwrap();
    far_d.write(&[5; 10]).unwrap();
    near.write(&[6; 80]).unwrap();
    near_d.write(&[6; 10]).unwrap();
    faulty.tick();
    assert_eq!(read_block(&mut *near), Some([0xd5; 80]));
    assert_eq!(read_frame(&mut *near_d), None);
    assert_eq!(read_block(&mut *far), Some([6; 80]));
    assert_eq!(read_frame(&mut *far_d), Some(vec![6; 10]));
}

/// Audio numbered by tick, with a slip ordered after the third block.
fn heard_with(slip: SlipKind) -> (Vec<u8>, Faulty) {
    let mut faulty = Faulty::new();
    let mut far = faulty.network.open(1, Mode::Audio).unwrap();
    let mut near = faulty.user.open(1, Mode::Audio).unwrap();
    let mut heard = Vec::new();
    for tick in 0..8 {
        far.write(&[tick; 80]).unwrap();
        faulty.tick();
        heard.extend(std::iter::from_fn(|| read_block(&mut *near)).map(|block| block[0]));
        if tick == 2 {
            faulty.faults.slip(slip);
        }
    }
    (heard, faulty)
}

#[test]
fn slip_drop_skips_one_block() {
    let (heard, mut faulty) = heard_with(SlipKind::Drop);
    assert_eq!(heard, [0, 1, 2, 4, 5, 6, 7]);
    assert_eq!(faulty.user.counters().slips, 1);
    assert_eq!(span_events(&mut faulty.user), [SpanEvent::Slip { blocks: 1 }]);
}

#[test]
fn slip_repeat_plays_one_block_twice() {
    let (heard, faulty) = heard_with(SlipKind::Repeat);
    assert_eq!(heard, [0, 1, 2, 2, 3, 4, 5, 6, 7]);
    assert_eq!(faulty.user.counters().slips, 1);
}

#[test]
fn channel_opened_after_a_slip_has_none() {
    let mut faulty = Faulty::new();
    faulty.faults.slip(SlipKind::Repeat);
    let mut near = faulty.user.open(1, Mode::Audio).unwrap();
    assert!(read_block(&mut *near).is_none());
}

#[test]
fn every_third_received_frame_is_lost_as_bad_fcs() {
    let mut faulty = Faulty::new();
    let mut far = faulty.network.open(16, Mode::Hdlc).unwrap();
    let mut near = faulty.user.open(16, Mode::Hdlc).unwrap();
    faulty.faults.lose_every_nth_frame(3, Direction::Received);
    for number in 0..9 {
        far.write(&[number; 5]).unwrap();
        near.write(&[number; 5]).unwrap();
    }
    faulty.tick();
    let heard: Vec<u8> = std::iter::from_fn(|| read_frame(&mut *near)).map(|frame| frame[0]).collect();
    assert_eq!(heard, [0, 1, 3, 4, 6, 7]);
    assert_eq!(channel_events(&mut *near), [ChannelEvent::BadFcs; 3]);
    assert_eq!((near.counters().frames_received, near.counters().bad_frames), (6, 3));
    assert_eq!(std::iter::from_fn(|| read_frame(&mut *far)).count(), 9, "what is sent is not touched");
    assert_eq!(faulty.faults.lost_frames(), 3);
}

#[test]
fn every_frame_sent_is_lost_then_none() {
    let mut faulty = Faulty::new();
    let mut far = faulty.network.open(16, Mode::Hdlc).unwrap();
    let mut near = faulty.user.open(16, Mode::Hdlc).unwrap();
    faulty.faults.lose_every_nth_frame(1, Direction::Sent);
    near.write(&[1; 5]).unwrap();
    faulty.faults.lose_every_nth_frame(0, Direction::Both);
    near.write(&[2; 5]).unwrap();
    faulty.tick();
    assert_eq!(read_frame(&mut *far), Some(vec![2; 5]));
    assert_eq!(read_frame(&mut *far), None);
}

#[test]
fn seeded_loss_is_repeatable_and_near_its_probability() {
    let heard = |seed| {
        let mut faulty = Faulty::new();
        let mut far = faulty.network.open(16, Mode::Hdlc).unwrap();
        let mut near = faulty.user.open(16, Mode::Hdlc).unwrap();
        faulty.faults.lose_frames(0.3, seed, Direction::Both);
        let mut heard = Vec::new();
        for number in 0..200 {
            far.write(&[number; 77]).unwrap();
            faulty.tick();
            heard.extend(read_frame(&mut *near).map(|frame| frame[0]));
        }
        heard
    };
    assert_eq!(heard(7), heard(7));
    assert_ne!(heard(7), heard(8));
    assert!((110..170).contains(&heard(7).len()), "{}", heard(7).len());
}
