//! A telephone line with kewl start over robbed bits: ring, answer, flash, disconnect by the exchange, hang-up. Both ends are ours
//! (`tdm::dahdi`): an FXS port feeds the line, an FXO port is fed by it.
//!
//! The kernel tells no ring for two seconds after an FXO port was opened, and refuses a flash for a while after the answer.

use crate::hooks::End;
use crate::near_end::{open, t1_of};
use std::time::Duration;
use tdm::dahdi::{ChannelKind, Start};
use tdm::{AnalogPort, ChannelEvent, Hook, Mode};

struct Line {
    fxs: End,
    fxo: End,
}

fn line() -> Line {
    let config = |name: &str, id, kind| {
        let mut config = t1_of(name, 0, id, &[kind]);
        config.tone_zone = Some("us".to_owned());
        config
    };
    let fxs = open(config("fxs", 0, ChannelKind::Fxs(Start::Kewl)));
    let fxo = open(config("fxo", 1, ChannelKind::Fxo(Start::Kewl)));
    let mut line = Line { fxs: End::new(fxs, Mode::Analog(AnalogPort::Fxs)), fxo: End::new(fxo, Mode::Analog(AnalogPort::Fxo)) };
    line.fxs.pause(Duration::from_millis(2500));
    line.fxo.pause(Duration::ZERO);
    line
}

/// Rings and answers.
fn answered(line: &mut Line) {
    line.fxs.send(Hook::Ring);
    line.fxs.wait_for(ChannelEvent::Ringer { on: true });
    line.fxo.wait_for(ChannelEvent::Hook(Hook::Ring));
    line.fxo.send(Hook::OffHook);
    line.fxs.wait_for(ChannelEvent::Hook(Hook::OffHook));
    line.fxs.send(Hook::OffHook);
    line.fxs.pause(Duration::from_millis(1500));
    line.fxo.pause(Duration::ZERO);
}

#[test]
fn ring_answered_then_flash_is_told_to_the_feeding_end() {
    let mut line = line();
    answered(&mut line);
    line.fxo.send(Hook::Flash);
    line.fxs.wait_for(ChannelEvent::Hook(Hook::Flash));
    line.fxo.wait_for(ChannelEvent::HookComplete);
    let more = line.fxs.pause(Duration::from_millis(1500));
    assert!(!more.contains(&ChannelEvent::Hook(Hook::OnHook)), "the flash ended the call: {more:?}");
    line.fxo.send(Hook::OnHook);
    line.fxs.wait_for(ChannelEvent::Hook(Hook::OnHook));
}

#[test]
fn exchange_disconnecting_is_told_to_the_fed_end_and_its_hang_up_back() {
    let mut line = line();
    answered(&mut line);
    line.fxs.send(Hook::OnHook);
    line.fxo.wait_for(ChannelEvent::Hook(Hook::OnHook));
    line.fxo.send(Hook::OnHook);
    line.fxs.wait_for(ChannelEvent::Hook(Hook::OnHook));
}

#[test]
fn fed_end_seizing_the_line_is_told_to_the_feeding_end() {
    let mut line = line();
    line.fxo.send(Hook::OffHook);
    line.fxs.wait_for(ChannelEvent::Hook(Hook::OffHook));
    line.fxo.send(Hook::OnHook);
    line.fxs.wait_for(ChannelEvent::Hook(Hook::OnHook));
}
