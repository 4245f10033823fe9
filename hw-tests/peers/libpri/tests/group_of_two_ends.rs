//! Two libpri ends of a group of spans in one process: what libpri itself does with D-channels that share their calls.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use libpri_peer::channel::{Channel, Further, Spans};
use libpri_peer::framing::Framing;
use libpri_peer::stack::{CallId, Event, Options, Setup, Side, Stack};
use libpri_peer::switch_type::SwitchType;

/// Spans 0 and 1 with a D-channel, span 2 without.
struct Group {
    user: Stack,
    network: Stack,
    user_events: Vec<Event>,
    network_events: Vec<Event>,
    /// Every frame and the span of its D-channel.
    frames: Vec<(u8, Vec<u8>)>,
    /// D-channels that carry nothing.
    cut: Vec<u8>,
}

impl Group {
    fn up(framing: Framing, switch: SwitchType) -> Self {
        let stack = |name, side| {
            let spans = Spans::new(framing, vec![Further::WithDChannel, Further::BearersOnly]);
            Stack::new(name, side, spans, switch, Options::default(), 0).unwrap()
        };
        let (user, network) = (stack("user", Side::User), stack("network", Side::Network));
        let (user_events, network_events, frames, cut) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut group = Self { user, network, user_events, network_events, frames, cut };
        group.settle();
        assert_eq!(group.user.d_channels(), (0, vec![(0, true), (1, true)]));
        assert_eq!(group.network.d_channels(), (0, vec![(0, true), (1, true)]));
        group.forget();
        group
    }

    fn settle(&mut self) {
        loop {
            self.user.handle_timeout();
            self.network.handle_timeout();
            let before = self.frames.len();
            for span in [0, 1] {
                let up: Vec<_> = std::iter::from_fn(|| self.user.poll_transmit_on(span)).collect();
                let down: Vec<_> = std::iter::from_fn(|| self.network.poll_transmit_on(span)).collect();
                if self.cut.contains(&span) {
                    continue;
                }
                up.iter().for_each(|frame| self.network.handle_frame_on(span, frame));
                down.iter().for_each(|frame| self.user.handle_frame_on(span, frame));
                self.frames.extend(up.into_iter().chain(down).map(|frame| (span, frame)));
            }
            if self.frames.len() == before {
                break;
            }
        }
        self.user_events.extend(std::iter::from_fn(|| self.user.poll_event()));
        self.network_events.extend(std::iter::from_fn(|| self.network.poll_event()));
    }

    fn forget(&mut self) {
        self.user_events.clear();
        self.network_events.clear();
        self.frames.clear();
    }

    /// A call of the user on this channel, answered; its name at each end.
    fn connected(&mut self, channel: Channel) -> (CallId, CallId) {
        let setup = Setup {
            called: "5551001".into(),
            calling: None,
            withheld: false,
            data: false,
            name: None,
            channel,
            exclusive: true,
            complete: true,
            redirecting: None,
        };
        let outgoing = self.user.place(&setup).unwrap();
        self.settle();
        let ring =
            self.network_events.iter().rev().find_map(|event| if let Event::Ring(ring) = event { Some(ring) } else { None });
        let ring = ring.expect("a SETUP arrived");
        assert_eq!((ring.channel, ring.flexible), (Some(channel), false));
        let incoming = ring.call;
        self.network.proceeding(incoming, channel).unwrap();
        self.network.answer(incoming).unwrap();
        self.settle();
        assert!(self.user_events.contains(&Event::Answer { call: outgoing, channel: Some(channel) }), "{:?}", self.user_events);
        (outgoing, incoming)
    }

    /// Channel identifications that were sent, without their element header.
    fn identifications(&self) -> Vec<&[u8]> {
        let of = |frame: &'_ Vec<u8>| frame.windows(2).position(|two| two[0] == 0x18 && matches!(two[1], 3 | 4));
        self.frames
            .iter()
            .filter_map(|(_, frame)| of(frame).map(|at| &frame[at + 2..at + 2 + usize::from(frame[at + 1])]))
            .collect()
    }
}

fn channel(interface: u8, slot: u8) -> Channel {
    Channel { interface, slot }
}

#[test]
fn channel_names_its_span_but_in_euroisdn_on_the_span_that_signals() {
    let mut group = Group::up(Framing::T1, SwitchType::Ni2);
    group.connected(channel(0, 3));
    group.connected(channel(2, 24));
    assert_eq!(group.identifications()[0], [0xe9, 0x80, 0x83, 0x83]);
    assert_eq!(group.identifications().last().unwrap(), &[0xe9, 0x82, 0x83, 0x98]);
    let mut group = Group::up(Framing::E1, SwitchType::EuroIsdn);
    group.connected(channel(0, 3));
    group.connected(channel(1, 3));
    assert_eq!(group.identifications()[0], [0xa9, 0x83, 0x83]);
    assert_eq!(group.identifications().last().unwrap(), &[0xe9, 0x81, 0x83, 0x83]);
}

#[test]
fn call_of_a_cut_d_channel_stays_with_it_and_a_new_one_takes_the_other() {
    let mut group = Group::up(Framing::T1, SwitchType::Ni2);
    let (outgoing, _) = group.connected(channel(1, 5));
    for stack in [&mut group.user, &mut group.network] {
        stack.handle_line(0, false);
        assert_eq!(stack.d_channels().0, 1);
    }
    group.cut.push(0);
    group.forget();
    group.connected(channel(0, 7));
    assert!(group.frames.iter().all(|(span, _)| *span == 1));
    // libpri moves a call when the far end speaks of it elsewhere, and not before: DISCONNECT waits for the link that is cut.
    group.forget();
    group.user.hangup(outgoing, 16).unwrap();
    group.settle();
    assert!(group.frames.is_empty() && group.network_events.is_empty(), "{:?}", group.frames);
}
