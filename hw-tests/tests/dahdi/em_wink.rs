//! E&M over robbed bits: seizure, wink, answer, hang-up, begun by either end. Both ends are ours (`tdm::dahdi`); the kernel times wink and
//! debounce.

use crate::hooks::End;
use crate::near_end::{open, t1_of};
use std::time::Duration;
use tdm::dahdi::ChannelKind;
use tdm::{ChannelEvent, Hook, Mode};

fn ends() -> [End; 2] {
    let config = |name: &str, id| {
        let mut config = t1_of(name, 0, id, &[ChannelKind::EAndM]);
        config.tone_zone = Some("us".to_owned());
        config
    };
    // Both spans are there before a channel looks at the other's bits.
    let spans = [open(config("em-a", 0)), open(config("em-b", 1))];
    let mut ends = spans.map(|span| End::new(span, Mode::EAndM));
    for end in &mut ends {
        end.pause(Duration::from_millis(1000));
    }
    ends
}

/// A call from `one` to `other`, cleared by `clears`.
fn call(one: &mut End, other: &mut End, caller_clears: bool) {
    one.send(Hook::OffHook);
    other.wait_for(ChannelEvent::Hook(Hook::OffHook));
    other.send(Hook::Wink);
    one.wait_for(ChannelEvent::Hook(Hook::Wink));
    other.wait_for(ChannelEvent::HookComplete);
    assert_eq!(one.pause(Duration::from_millis(500)), [], "after the wink");
    other.send(Hook::OffHook);
    one.wait_for(ChannelEvent::Hook(Hook::OffHook));
    let (first, second) = if caller_clears { (one, other) } else { (other, one) };
    first.send(Hook::OnHook);
    second.wait_for(ChannelEvent::Hook(Hook::OnHook));
    second.send(Hook::OnHook);
    first.wait_for(ChannelEvent::Hook(Hook::OnHook));
    for end in [first, second] {
        end.pause(Duration::from_millis(1000));
    }
}

#[test]
fn seizure_wink_answer_and_hang_up_are_told_both_ways() {
    let [mut one, mut other] = ends();
    call(&mut one, &mut other, true);
    call(&mut other, &mut one, true);
}

#[test]
fn called_end_hanging_up_first_is_told_both_ways() {
    let [mut one, mut other] = ends();
    call(&mut one, &mut other, false);
    call(&mut other, &mut one, false);
}
