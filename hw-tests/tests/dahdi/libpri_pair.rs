//! libpri at both ends of a pair of DAHDI spans: what the tests of the box take for granted of the peer and of the kernel.

use crate::far_end::{FarEnd, Span};
use hw_tests::audio::Audio;
use hw_tests::libpri::{Attach, Libpri, Side};
use hw_tests::scratch::Scratch;
use hw_tests::speech::{expect_heard_without_slip, river, town};
use serde_json::json;

/// Both ends with their data link up; the spans outlive the peers that hold their channels.
struct Pair {
    user: Libpri,
    network: Libpri,
    far: FarEnd,
}

fn e1(scratch: &Scratch, options: &[&str]) -> Pair {
    pair(scratch, [Span::e1_isdn(0, 0), Span::e1_isdn(0, 1)], Attach::DahdiE1, options)
}

fn pair(scratch: &Scratch, spans: [Span; 2], attach: fn(u32) -> Attach<'static>, options: &[&str]) -> Pair {
    let far = FarEnd::start(scratch, &spans);
    far.wait_until_clear();
    let start = |side, index: usize| Libpri::start(scratch, side, attach(far.spans()[index].channel(1)), options);
    let (user, network) = (start(Side::User, 0), start(Side::Network, 1));
    user.wait_for_link(true);
    network.wait_for_link(true);
    Pair { user, network, far }
}

/// Speech there and back, bit for bit in the line's law, without underrun.
fn speech_crosses(scratch: &Scratch, pair: &Pair, channel: u8) {
    let (heard, at_network) = (scratch.join("heard.wav"), scratch.join("call-1.wav"));
    let request = json!({"called": "5551001", "channel": channel, "play": river(), "record": heard, "clear_after_ms": 7000});
    let mut call = pair.user.place(request);
    call.wait_for("connected");
    assert_eq!(call.until_released()["cause"], 16);
    let status = pair.network.wait_until_idle();
    expect_heard_without_slip(&town(), &Audio::load(&heard));
    expect_heard_without_slip(&river(), &Audio::load(&at_network));
    let none = json!({"underruns": 0, "overruns": 0, "bad_frames": 0});
    assert_eq!((&status["line"], &pair.user.status()["line"]), (&none, &none));
}

#[test]
fn e1_carries_speech_both_ways_in_a_law() {
    let scratch = Scratch::new("pair-e1");
    let clip = town();
    let pair = e1(&scratch, &["--play", clip.to_str().unwrap(), "--record-dir", scratch.path().to_str().unwrap()]);
    speech_crosses(&scratch, &pair, 31);
}

#[test]
fn t1_carries_speech_both_ways_in_mu_law() {
    let scratch = Scratch::new("pair-t1");
    let clip = town();
    let options = ["--play", clip.to_str().unwrap(), "--record-dir", scratch.path().to_str().unwrap()];
    let pair = pair(&scratch, [Span::t1_isdn(0, 0), Span::t1_isdn(0, 1)], Attach::DahdiT1, &options);
    speech_crosses(&scratch, &pair, 23);
}

#[test]
fn call_in_progress_survives_a_cut_of_two_seconds() {
    let scratch = Scratch::new("pair-cut");
    let mut pair = e1(&scratch, &["--timer", "T309=20000"]);
    let mut call = pair.user.place(json!({"called": "5551001"}));
    call.wait_for("connected");
    pair.user.cut(true);
    pair.network.cut(true);
    pair.far.unplug();
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(pair.user.status()["alarms"], "cut");
    pair.far.plug_in();
    pair.user.cut(false);
    pair.network.cut(false);
    pair.user.wait_for_link(true);
    assert_eq!(pair.user.status()["calls"][0]["state"], "connected");
    call.hang_up(16);
    assert_eq!(call.until_released()["cause"], 16);
    pair.network.wait_until_idle();
}

#[test]
fn span_whose_other_end_goes_away_is_red_and_no_call_is_placed() {
    let scratch = Scratch::new("pair-red");
    let near = FarEnd::start(&scratch, &[Span::e1_isdn(0, 0)]);
    let mut far = FarEnd::start(&scratch, &[Span::e1_isdn(0, 1)]);
    near.wait_until_clear();
    let libpri = Libpri::start(&scratch, Side::User, Attach::DahdiE1(near.spans()[0].channel(1)), &[]);
    far.unplug();
    libpri.wait_for_alarms("RED");
    let refused = libpri.place(json!({"called": "5551001"})).wait_for("refused");
    assert_eq!(refused["reason"], "the line is out of order: RED");
    far.plug_in();
    libpri.wait_for_alarms("none");
}
