//! More than one D-channel that stands by: they take over in the order in which they are configured.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "tests fail by panic")]

mod common;

use common::group::{Group, Member, answered_from_user, call_states, config, cut, group_of, layer1, then};
use common::{all_idle, cause, ms, seconds};
use isdn::DChannelState::InService;
use isdn::{CauseValue, Config, Framing, Hunting, Nfas, NfasSpan, Side, Variant};

/// The user's end and the network's with D-channels on spans 0, 3 and 1, in this order.
fn three() -> Group {
    let spans = vec![
        NfasSpan::bearers_only(2, Framing::T1),
        NfasSpan::with_backup(3, Framing::T1),
        NfasSpan::with_backup(1, Framing::T1),
    ];
    let side = |side| {
        let settings = config(side, Framing::T1, Variant::NationalIsdn2);
        Config { nfas: Some(Nfas { spans: spans.clone() }), hunting: Hunting::EvenFirst, ..settings }
    };
    let mut pair = group_of(side(Side::User), side(Side::Network));
    let now = pair.now();
    pair.left.start(now);
    pair.right.start(now);
    pair.run_for(ms(100));
    pair
}

fn serving(member: &Member) -> Option<u8> {
    member.d_channels().find(|status| status.state == InService).map(|status| status.interface)
}

#[test]
fn backups_take_over_in_the_order_of_the_list() {
    let mut pair = three();
    let mut seen = vec![(serving(&pair.left), serving(&pair.right))];
    for (span, up) in [(0, false), (3, false), (0, true), (3, true), (1, false), (0, false), (3, false), (1, true)] {
        layer1(&mut pair, span, up);
        pair.run_for(seconds(1));
        assert_eq!(serving(&pair.left), serving(&pair.right));
        seen.push((serving(&pair.left), serving(&pair.right)));
    }
    let left: Vec<Option<u8>> = seen.into_iter().map(|(left, _)| left).collect();
    let expected = [Some(0), Some(3), Some(1), Some(1), Some(1), Some(0), Some(3), None, Some(1)];
    assert_eq!(left, expected, "{}", pair.ladder);
}

#[test]
fn call_lives_through_two_switches_in_a_row() {
    let mut pair = three();
    let (left, _, channel) = answered_from_user(&mut pair);
    assert_eq!(channel.to_string(), "2");
    cut(&mut pair, 0, true);
    pair.run_for(seconds(60));
    cut(&mut pair, 3, true);
    pair.run_for(seconds(60));
    assert_eq!((call_states(&pair), serving(&pair.left), serving(&pair.right)), ((vec![10], vec![10]), Some(1), Some(1)));
    then(&mut pair, |p, now| p.left.clear(now, left, cause(CauseValue::NORMAL_CLEARING)));
    let right = pair.right.calls().next().unwrap().call;
    then(&mut pair, |p, now| p.right.clear(now, right, cause(CauseValue::NORMAL_CLEARING)));
    assert!(all_idle(&pair.left) && all_idle(&pair.right));
}
