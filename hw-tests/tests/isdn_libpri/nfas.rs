//! A group of spans that share D-channels (NFAS, Q.931 annex F), libpri as network and as user: span 0 and 1 with a D-channel, span 2 without;
//! National ISDN on T1, where a channel always names its span, and EuroISDN on E1, where it does so only on another span than the one that
//! signals.
//!
//! libpri has no procedure for D-channels that stand by: its calls follow the D-channel that the far end last spoke of them on, and its
//! application (libpri-peer, as chan_dahdi) takes the one for new calls that the last message came on. Left out: audio, which is the same as on
//! a single span; the switch by SERVICE, which libpri has not.

mod backup;
mod group;

use crate::call_to;
use group::{each, each_with, its_call, its_channels, libpri_clears, on, our_call, read, we_clear, with, word};
use hw_tests::libpri::Side;
use isdn::{CallId, CauseValue, Channel, Config, Event, Framing, Variant};
use serde_json::{Value, json};

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

/// The other types of North America, as National ISDN.
fn other_types_name_the_span_too(side: Side) {
    let others =
        [("ni1", Variant::NationalIsdn1), ("dms100", Variant::Dms100), ("4ess", Variant::Att4Ess), ("5ess", Variant::Lucent5Ess)];
    for (switch, variant) in others {
        with(
            ("t1", switch, Framing::T1, variant),
            side,
            &[],
            |config| config.channels.clear(),
            |mut rig, _| {
                let call = our_call(&mut rig);
                let channel = rig.near.look().channels[0];
                assert_ne!(channel.interface, 0);
                assert_eq!(its_channels(&rig)[0].0, word(channel));
                libpri_clears(&mut rig, channel, call);
                let (mut conversation, call) = its_call(&mut rig, on(1, 3));
                we_clear(&mut rig, call);
                conversation.until_released();
                rig.assert_clean();
            },
        );
    }
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
    other_types_name_the_span_too
    seventy_calls_at_once_have_a_channel_each
    channel_of_another_span_is_restarted_by_either_end
    channel_of_another_span_is_taken_out_of_service_by_either_end
}
