//! Messages and commands of hold in any order: a call and its channel always know each other, and nothing is left at the end.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::{Raw, all_idle, cause, config, inject, ms, raw_with, seconds, speech, with_hold};
use isdn::{CallId, CauseValue, ChannelState, Config, Connected, Event, Interface, Side};
use proptest::prelude::*;

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// A message of the far end about its call (reference 1 or 2) or about our first call, with a channel or without.
    Hear {
        code: u8,
        reference: [u8; 2],
        channel: Option<[u8; 3]>,
    },
    /// RESTART of a channel.
    Restart(u8),
    /// A command for a call.
    Command(u8, u32),
    Wait(u64),
}

fn hear() -> impl Strategy<Value = Step> {
    let code = prop::sample::select(vec![0x24, 0x28, 0x30, 0x31, 0x33, 0x37, 0x24, 0x31, 0x07, 0x01, 0x45, 0x4d, 0x5a]);
    let reference = prop::sample::select(vec![[0x00, 0x01], [0x00, 0x02], [0x80, 0x01]]);
    let channel =
        prop::option::of((prop::sample::select(vec![0xa1, 0xa9]), 0x80..0x86_u8).prop_map(|(octet, slot)| [octet, 0x83, slot]));
    (code, reference, channel).prop_map(|(code, reference, channel)| Step::Hear { code, reference, channel })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => hear(),
        1 => (1..5_u8).prop_map(Step::Restart),
        6 => (0..10_u8, 1..5_u32).prop_map(|(command, call)| Step::Command(command, call)),
        1 => (0..5000_u64).prop_map(Step::Wait),
    ]
}

fn command(interface: &mut Interface, now: std::time::Instant, command: u8, call: CallId) {
    let normal = cause(CauseValue::NORMAL_CLEARING);
    match command {
        0 | 1 => interface.hold(now, call),
        2 | 3 => interface.retrieve(now, call),
        4 => interface.accept_hold(now, call),
        5 => interface.accept_retrieve(now, call),
        6 => interface.refuse_hold(now, call, normal),
        7 => interface.refuse_retrieve(now, call, normal),
        8 => drop(interface.setup(now, speech("200"))),
        _ => interface.clear(now, call, normal),
    }
}

fn setup(reference: u8) -> Vec<u8> {
    let mut message = common::SETUP.to_vec();
    message[3] = reference;
    message[13] = 0xa1;
    message
}

fn take(pair: &mut Raw, step: &Step) {
    let now = pair.now();
    match step {
        Step::Hear { code, reference, channel } => {
            let mut message = vec![0x08, 0x02, reference[0], reference[1], *code];
            if *code == 0x45 || *code == 0x4d {
                message.extend([0x08, 0x02, 0x80, 0x90]);
            }
            message.extend(channel.iter().flat_map(|octets| [&[0x18, 0x03], octets.as_slice()].concat()));
            inject(pair, &[&message]);
        }
        Step::Restart(slot) => {
            inject(pair, &[&[0x08, 0x02, 0x00, 0x00, 0x46, 0x18, 0x03, 0xa9, 0x83, 0x80 | slot, 0x79, 0x01, 0x80]]);
        }
        Step::Command(what, call) => {
            command(&mut pair.left, now, *what, CallId(*call));
            inject(pair, &[]);
        }
        Step::Wait(time) => pair.run_for(ms(*time)),
    }
    let now = pair.now();
    for event in std::mem::take(&mut pair.left_events) {
        if let Event::Clearing { call, cause, .. } = event {
            pair.left.clear(now, call, cause);
        }
    }
    pair.drain();
}

/// Each channel in use is known to its call, each call's channel is its own, and a held call has none.
fn agree(interface: &Interface) -> Result<(), TestCaseError> {
    for channel in interface.channels() {
        if let ChannelState::InUse(call) = channel.state {
            let status = interface.calls().find(|status| status.call == call);
            prop_assert_eq!(
                status.and_then(|status| status.channel),
                Some(channel.channel),
                "channel {} is stuck",
                channel.channel
            );
        }
    }
    for status in interface.calls() {
        prop_assert!(!status.held || status.channel.is_none(), "{:?}", status);
        if let Some(slot) = status.channel {
            let state = interface.channels().iter().find(|channel| channel.channel == slot).unwrap().state;
            prop_assert_eq!(state, ChannelState::InUse(status.call), "{:?}", status);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn calls_and_channels_agree_after_each_step(network in any::<bool>(), steps in prop::collection::vec(step(), 1..60)) {
        let side = if network { Side::Network } else { Side::User };
        let mut pair = raw_with(with_hold(Config { channels: vec![1, 2, 3, 4], ..config(side) }));
        inject(&mut pair, &[&setup(1), &setup(2)]);
        let now = pair.now();
        for call in [1, 2] {
            pair.left.connect(now, CallId(call), Connected::default());
        }
        inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x01, 0x0f], &[0x08, 0x02, 0x00, 0x02, 0x0f]]);
        for step in &steps {
            take(&mut pair, step);
            agree(&pair.left)?;
        }
        let now = pair.now();
        for call in pair.left.calls().map(|status| status.call).collect::<Vec<_>>() {
            pair.left.clear(now, call, cause(CauseValue::NORMAL_CLEARING));
        }
        // The far end says nothing any more, so what it had goes through T305, T308 and a restart that nobody answers.
        pair.run_for(seconds(120));
        prop_assert_eq!(pair.left.calls().count(), 0);
        let in_use = pair.left.channels().iter().any(|channel| matches!(channel.state, ChannelState::InUse(_)));
        prop_assert!(!in_use);
        prop_assert_eq!(pair.left.stats().channels_freed, 0);
        inject(&mut pair, &[&[0x08, 0x02, 0x00, 0x00, 0x46, 0x79, 0x01, 0x87]]);
        prop_assert!(all_idle(&pair.left));
    }
}
