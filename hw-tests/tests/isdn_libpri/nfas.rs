//! A group of spans that share D-channels (NFAS, Q.931 annex F), libpri as network and as user: span 0 and 1 with a D-channel, span 2 without;
//! National ISDN on T1, where a channel always names its span, and EuroISDN on E1, where it does so only on another span than the one that
//! signals.
//!
//! libpri has no procedure for D-channels that stand by: its calls follow the D-channel that the far end last spoke of them on, and its
//! application (libpri-peer, as chan_dahdi) takes the one for new calls that the last message came on. Left out: audio, which is the same as on
//! a single span; the switch by SERVICE, which libpri has not.

mod backup;

use std::time::Duration;

use crate::near_end::NearEnd;
use crate::{Rig, call_to, other};
use hw_tests::libpri::{Attach, Conversation, Libpri, Side};
use hw_tests::scratch::Scratch;
use isdn::DChannelState::{InService, Standby};
use isdn::{CallId, CauseValue, Channel, Config, Event, Framing, Nfas, NfasSpan, Variant};
use serde_json::{Value, json};

const TYPES: [(&str, &str, Framing, Variant); 2] =
    [("t1", "ni2", Framing::T1, Variant::NationalIsdn2), ("e1", "euro-isdn", Framing::E1, Variant::EuroIsdn)];

/// The near end's group.
fn config(side: Side, framing: Framing, variant: Variant) -> Config {
    let spans = vec![NfasSpan::with_backup(1, framing), NfasSpan::bearers_only(2, framing)];
    let mut config = Config { variant, nfas: Some(Nfas { spans }), ..Config::new("near", other(side), framing) };
    // A D-channel that falls silent is noticed soon.
    config.link.t203 = Duration::from_millis(200);
    config.link.t200 = Duration::from_millis(100);
    config.link.n200 = 1;
    config
}

/// Runs `test` with each type, libpri on this side, with every D-channel up.
fn each(side: Side, options: &[&str], test: impl Fn(Rig)) {
    each_with(side, options, |_| {}, |rig, _| test(rig));
}

/// The same with these settings of the near end. libpri answers at once unless `options` say otherwise.
fn each_with(side: Side, options: &[&str], settings: impl Fn(&mut Config), test: impl Fn(Rig, Variant)) {
    for (framing_word, switch, framing, variant) in TYPES {
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
}

/// Waits until libpri takes this D-channel for new calls and has these links up.
#[track_caller]
fn libpri_serves(rig: &Rig, serving: u8, up: [bool; 2]) {
    let of = |interface: u8| json!({"interface": interface, "up": up[usize::from(interface)], "serves": interface == serving});
    let expected = json!([of(0), of(1)]);
    rig.libpri.wait_for_d_channels(&expected);
}

fn on(interface: u8, slot: u8) -> Channel {
    Channel { interface, slot }
}

/// As libpri-peer names it.
fn word(channel: Channel) -> Value {
    if channel.interface == 0 { json!(channel.slot) } else { json!(channel.to_string()) }
}

/// As libpri-peer told it.
fn read(word: &Value) -> Channel {
    match word.as_str().and_then(|text| text.split_once('/')) {
        Some((interface, slot)) => on(interface.parse().unwrap(), slot.parse().unwrap()),
        None => word.as_u64().and_then(|slot| u8::try_from(slot).ok()).unwrap().into(),
    }
}

/// A call of ours that libpri has answered.
fn our_call(rig: &mut Rig) -> CallId {
    let call = rig.near.place(call_to("5551001"));
    rig.near.connected(call);
    call
}

/// A call of libpri on this channel that we have answered, and its name here.
#[track_caller]
fn its_call(rig: &mut Rig, channel: Channel) -> (Conversation, CallId) {
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
fn its_channels(rig: &Rig) -> Vec<(Value, Value)> {
    let status = rig.libpri.status();
    let calls = status["calls"].as_array().unwrap();
    calls.iter().map(|call| (call["channel"].clone(), call["call"].clone())).collect()
}

fn we_clear(rig: &mut Rig, call: CallId) {
    rig.near.clear(call, CauseValue::NORMAL_CLEARING);
    assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
}

fn libpri_clears(rig: &mut Rig, channel: Channel, call: CallId) {
    let its = its_channels(rig).into_iter().find(|(of, _)| *of == word(channel)).unwrap().1;
    rig.libpri.request(&json!({"do": "hangup", "call": its, "cause": 16}));
    assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
}

fn calls_of_ours_are_on_the_same_channel_of_each_span_at_both_ends_and_either_clears(side: Side) {
    let few = |config: &mut Config| {
        config.channels = vec![1, 2];
        for span in config.nfas.iter_mut().flat_map(|nfas| &mut nfas.spans) {
            let last = if span.d_channel { 2 } else { config.framing.d_channel() };
            span.channels = vec![1, last];
        }
    };
    each_with(side, &[], few, |mut rig, _| {
        let calls: Vec<CallId> = (0..6).map(|_| our_call(&mut rig)).collect();
        let channels = rig.near.look().channels;
        let spans = |span: u8| channels.iter().filter(|channel| channel.interface == span).count();
        assert_eq!([spans(0), spans(1), spans(2)], [2, 2, 2]);
        let its: Vec<Value> = its_channels(&rig).into_iter().map(|(channel, _)| channel).collect();
        assert_eq!(its, channels.iter().map(|channel| word(*channel)).collect::<Vec<_>>());
        for (turn, (call, channel)) in calls.into_iter().zip(channels).enumerate() {
            if turn % 2 == 0 {
                we_clear(&mut rig, call);
            } else {
                libpri_clears(&mut rig, channel, call);
            }
        }
        rig.assert_clean();
    });
}

fn calls_of_libpri_are_on_the_same_channel_of_each_span_at_both_ends_and_either_clears(side: Side) {
    each(side, &[], |mut rig| {
        for channel in [on(0, 3), on(1, 3), on(2, 3), on(2, 24)] {
            let (mut conversation, _) = its_call(&mut rig, channel);
            conversation.hang_up(16);
            assert_eq!(conversation.until_released()["by"], "us");
            let (mut conversation, call) = its_call(&mut rig, channel);
            we_clear(&mut rig, call);
            assert_eq!(conversation.until_released()["by"], "peer");
        }
        rig.assert_clean();
    });
}

/// Every channel of the T1 group is taken, from both ends of the hunt.
fn seventy_calls_at_once_have_a_channel_each(side: Side) {
    each(side, &[], |mut rig| {
        let ours: Vec<CallId> = (0..35).map(|_| rig.near.place(call_to("5551001"))).collect();
        let mut theirs: Vec<_> = (0..35).map(|_| rig.libpri.place(json!({"called": "201"}))).collect();
        ours.iter().for_each(|call| rig.near.connected(*call));
        theirs.iter_mut().for_each(|call| drop(call.wait_for("connected")));
        let mut channels = rig.near.look().channels;
        channels.sort_unstable();
        channels.dedup();
        let mut its: Vec<Channel> = its_channels(&rig).iter().map(|(channel, _)| read(channel)).collect();
        its.sort_unstable();
        assert_eq!((channels.len(), &its), (70, &channels));
        ours.iter().for_each(|call| rig.near.clear(*call, CauseValue::NORMAL_CLEARING));
        theirs.iter_mut().for_each(|call| call.hang_up(16));
        rig.assert_clean();
    });
}

fn channel_of_another_span_is_restarted_by_either_end(side: Side) {
    each(side, &[], |mut rig| {
        let mut watching = rig.libpri.watch();
        rig.near.restart(on(1, 7));
        assert_eq!(watching.wait_for("restart")["channel"], "1/7");
        rig.near.look_when_idle();
        // The same slot of another span is left alone.
        let (_first, stays) = its_call(&mut rig, on(0, 9));
        let (mut second, ends) = its_call(&mut rig, on(1, 9));
        rig.libpri.request(&json!({"do": "restart", "channel": "1/9"}));
        assert_eq!(watching.wait_for("restarted")["channel"], "1/9");
        assert_eq!(rig.near.released(ends), CauseValue::TEMPORARY_FAILURE);
        assert_eq!(rig.near.look().channels, [on(0, 9)]);
        second.hang_up(16);
        second.until_released();
        we_clear(&mut rig, stays);
    });
}

/// National ISDN only: EuroISDN has no SERVICE.
fn channel_of_another_span_is_taken_out_of_service_by_either_end(side: Side) {
    each_with(
        side,
        &[],
        |_| {},
        |mut rig, variant| {
            if variant.row().maintenance.is_none() {
                return;
            }
            let mut watching = rig.libpri.watch();
            for (blocked, status) in [(true, 2), (false, 0)] {
                rig.near.set_blocked(on(2, 24), blocked);
                let told = watching.wait_for("service");
                assert_eq!((&told["channel"], &told["status"]), (&json!("2/24"), &json!(status)));
            }
            for (status, in_service) in [(2, false), (0, true)] {
                rig.libpri.request(&json!({"do": "service", "channel": "1/6", "status": status}));
                assert_eq!(watching.wait_for("service")["channel"], "1/6");
                let told = rig.near.wait("ChannelService", |event| match event {
                    Event::ChannelService { channel, in_service } => Some((*channel, *in_service)),
                    _ => None,
                });
                assert_eq!(told, (on(1, 6), in_service));
            }
            rig.assert_clean();
        },
    );
}

with_libpri_on_either_side! {
    calls_of_ours_are_on_the_same_channel_of_each_span_at_both_ends_and_either_clears
    calls_of_libpri_are_on_the_same_channel_of_each_span_at_both_ends_and_either_clears
    seventy_calls_at_once_have_a_channel_each
    channel_of_another_span_is_restarted_by_either_end
    channel_of_another_span_is_taken_out_of_service_by_either_end
}
