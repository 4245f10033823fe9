//! The rig of the tests of groups: our group and libpri's with every D-channel up, and calls of either end.

use crate::near_end::NearEnd;
use crate::{Rig, call_to, other};
use hw_tests::libpri::{Attach, Conversation, Libpri, Side};
use hw_tests::scratch::Scratch;
use isdn::DChannelState::{InService, Standby};
use isdn::{CallId, CauseValue, Channel, Config, Event, Framing, Nfas, NfasSpan, Variant};
use serde_json::{Value, json};

/// Framing and type, as libpri-peer has them and as we do.
pub(super) type Kind = (&'static str, &'static str, Framing, Variant);

pub(super) const NI2_ON_T1: Kind = ("t1", "ni2", Framing::T1, Variant::NationalIsdn2);
pub(super) const EURO_ISDN_ON_E1: Kind = ("e1", "euro-isdn", Framing::E1, Variant::EuroIsdn);

/// The near end's group.
fn config(side: Side, framing: Framing, variant: Variant) -> Config {
    let spans = vec![NfasSpan::with_backup(1, framing), NfasSpan::bearers_only(2, framing)];
    Config { variant, nfas: Some(Nfas { spans }), ..Config::new("near", other(side), framing) }
}

/// Runs `test` with each type, libpri on this side, with every D-channel up.
pub(super) fn each(side: Side, options: &[&str], test: impl Fn(Rig)) {
    each_with(side, options, |_| {}, |rig, _| test(rig));
}

/// The same with these settings of the near end. libpri answers at once unless `options` say otherwise.
pub(super) fn each_with(side: Side, options: &[&str], settings: impl Fn(&mut Config), test: impl Fn(Rig, Variant)) {
    for kind in [NI2_ON_T1, EURO_ISDN_ON_E1] {
        with(kind, side, options, &settings, &test);
    }
}

pub(super) fn with(kind: Kind, side: Side, options: &[&str], settings: impl Fn(&mut Config), test: impl Fn(Rig, Variant)) {
    let (framing_word, switch, framing, variant) = kind;
    println!("libpri as {side:?}, {switch} on {framing_word}");
    let mut config = config(side, framing, variant);
    settings(&mut config);
    let scratch = Scratch::new("isdn-libpri-nfas");
    let sockets: Vec<_> = ["span0", "span1", "span2"].iter().map(|name| scratch.join(name)).collect();
    let near = NearEnd::start_group(config, &sockets);
    let group = ["--nfas-span", sockets[1].to_str().unwrap(), "--nfas-bearers", sockets[2].to_str().unwrap()];
    let first = ["--framing", framing_word, "--switch", switch];
    let at_once = if options.contains(&"--answer-after-ms") { [].as_slice() } else { &["--answer-after-ms", "0"] };
    let options = [first.as_slice(), &group, at_once, options].concat();
    let libpri = Libpri::start(&scratch, side, Attach::Connect(&sockets[0]), &options);
    let mut rig = Rig { near, libpri, scratch, span: sockets[0].clone(), libpri_side: side };
    rig.wait_for_link();
    rig.near.look_when(|look| look.d_channels == [InService, Standby]);
    libpri_serves(&rig, 0, [true, true]);
    test(rig, variant);
}

/// Waits until libpri takes this D-channel for new calls and has these links up.
#[track_caller]
pub(super) fn libpri_serves(rig: &Rig, serving: u8, up: [bool; 2]) {
    let of = |interface: u8| json!({"interface": interface, "up": up[usize::from(interface)], "serves": interface == serving});
    let expected = json!([of(0), of(1)]);
    rig.libpri.wait_for_d_channels(&expected);
}

pub(super) fn on(interface: u8, slot: u8) -> Channel {
    Channel { interface, slot }
}

/// As libpri-peer names it.
pub(super) fn word(channel: Channel) -> Value {
    if channel.interface == 0 { json!(channel.slot) } else { json!(channel.to_string()) }
}

/// As libpri-peer told it.
pub(super) fn read(word: &Value) -> Channel {
    match word.as_str().and_then(|text| text.split_once('/')) {
        Some((interface, slot)) => on(interface.parse().unwrap(), slot.parse().unwrap()),
        None => word.as_u64().and_then(|slot| u8::try_from(slot).ok()).unwrap().into(),
    }
}

/// A call of ours that libpri has answered.
pub(super) fn our_call(rig: &mut Rig) -> CallId {
    let call = rig.near.place(call_to("5551001"));
    rig.near.connected(call);
    call
}

/// A call of libpri on this channel that we have answered, and its name here.
#[track_caller]
pub(super) fn its_call(rig: &mut Rig, channel: Channel) -> (Conversation, CallId) {
    let before = acknowledged(rig);
    let mut conversation = rig.libpri.place(json!({"called": "201", "channel": word(channel)}));
    let connected = conversation.wait_for("connected");
    assert_eq!(connected["channel"], word(channel));
    let incoming = rig.near.wait("Setup", |event| match event {
        Event::Setup { call, channel, .. } => Some((*call, *channel)),
        _ => None,
    });
    assert_eq!(incoming.1, channel);
    // Else a DISCONNECT of ours may cross its CONNECT ACKNOWLEDGE.
    rig.near.look_when(|_| acknowledged(rig) > before);
    (conversation, incoming.0)
}

fn acknowledged(rig: &Rig) -> usize {
    rig.near.ladder().iter().filter(|line| line.contains("libpri > near") && line.contains("CONNECT ACKNOWLEDGE")).count()
}

/// Channels of libpri's calls, and the names of these calls there.
pub(super) fn its_channels(rig: &Rig) -> Vec<(Value, Value)> {
    let status = rig.libpri.status();
    let calls = status["calls"].as_array().unwrap();
    calls.iter().map(|call| (call["channel"].clone(), call["call"].clone())).collect()
}

pub(super) fn we_clear(rig: &mut Rig, call: CallId) {
    rig.near.clear(call, CauseValue::NORMAL_CLEARING);
    assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
}

pub(super) fn libpri_clears(rig: &mut Rig, channel: Channel, call: CallId) {
    let its = its_channels(rig).into_iter().find(|(of, _)| *of == word(channel)).unwrap().1;
    rig.libpri.request(&json!({"do": "hangup", "call": its, "cause": 16}));
    assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
}
