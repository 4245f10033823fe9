//! Hold and retrieve from each end, libpri as network and as user, in EuroISDN and National ISDN: libpri asks for no switch type there.

use crate::{Rig, call_to, other};
use hw_tests::libpri::Side;
use isdn::{CallId, CauseValue, Config, Event, Framing, Variant};
use serde_json::{Value, json};

const TYPES: [(&str, Variant); 2] = [("euro-isdn", Variant::EuroIsdn), ("ni2", Variant::NationalIsdn2)];

/// Runs `test` with each type, libpri on this side; hold is allowed at both ends, or only where `options` and `hold` say so.
fn each(side: Side, options: &[&str], hold: bool, test: impl Fn(Rig)) {
    for (word, variant) in TYPES {
        println!("libpri as {side:?}, {word}");
        let options = [&["--switch", word], options].concat();
        let config = Config { variant, hold, ..Config::new("near", other(side), Framing::E1) };
        test(Rig::with(side, &options, config));
    }
}

/// libpri's only call.
fn its_call(rig: &Rig) -> Value {
    rig.libpri.status()["calls"][0].clone()
}

/// Our call, answered by libpri.
fn our_call(rig: &mut Rig) -> CallId {
    let call = rig.near.place(call_to("5551001"));
    rig.near.connected(call);
    call
}

fn incoming(rig: &mut Rig) -> CallId {
    rig.near.wait("Setup", |event| if let Event::Setup { call, .. } = event { Some(*call) } else { None })
}

fn end(rig: &mut Rig, call: CallId) {
    rig.near.clear(call, CauseValue::NORMAL_CLEARING);
    assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
    rig.assert_clean();
}

fn our_call_is_held_and_retrieved_by_us(side: Side) {
    each(side, &["--hold"], true, |mut rig| {
        let mut watching = rig.libpri.watch();
        let call = our_call(&mut rig);
        for _ in 0..3 {
            assert_eq!(rig.near.hold(call), Ok(()));
            assert_eq!(watching.wait_for("held")["by"], "peer");
            assert_eq!((rig.near.look().channels_in_use, &its_call(&rig)["channel"]), (0, &Value::Null));
            let channel = rig.near.retrieve(call).unwrap();
            let seen = watching.wait_for("retrieved");
            assert_eq!((&seen["by"], &seen["channel"]), (&json!("peer"), &json!(channel)));
            assert_eq!((rig.near.look().channels_in_use, &its_call(&rig)["channel"]), (1, &json!(channel)));
        }
        end(&mut rig, call);
    });
}

fn our_call_is_held_and_retrieved_by_libpri(side: Side) {
    each(side, &["--hold"], true, |mut rig| {
        let mut watching = rig.libpri.watch();
        let call = our_call(&mut rig);
        let its = its_call(&rig)["call"].clone();
        for _ in 0..3 {
            rig.libpri.request(&json!({"do": "hold", "call": its}));
            assert_eq!(watching.wait_for("held")["by"], "us");
            assert_eq!(rig.near.look().channels_in_use, 0);
            rig.libpri.request(&json!({"do": "retrieve", "call": its}));
            let seen = watching.wait_for("retrieved");
            assert_eq!((&seen["by"], rig.near.look().channels_in_use), (&json!("us"), 1));
        }
        end(&mut rig, call);
    });
}

fn call_of_libpri_is_held_by_one_end_and_retrieved_by_the_other(side: Side) {
    each(side, &["--hold"], true, |mut rig| {
        let mut conversation = rig.libpri.place(json!({"called": "201"}));
        conversation.wait_for("connected");
        let call = incoming(&mut rig);
        let its = its_call(&rig)["call"].clone();
        assert_eq!(rig.near.hold(call), Ok(()));
        assert_eq!(conversation.wait_for("held")["by"], "peer");
        rig.libpri.request(&json!({"do": "retrieve", "call": its}));
        conversation.wait_for("retrieved");
        rig.libpri.request(&json!({"do": "hold", "call": its}));
        assert_eq!(conversation.wait_for("held")["by"], "us");
        let channel = rig.near.retrieve(call).unwrap();
        assert_eq!(conversation.wait_for("retrieved")["channel"], json!(channel));
        conversation.hang_up(16);
        conversation.until_released();
        rig.assert_clean();
    });
}

fn channel_of_a_held_call_goes_to_another_call(side: Side) {
    each(side, &["--hold"], true, |mut rig| {
        let first = our_call(&mut rig);
        assert_eq!(rig.near.hold(first), Ok(()));
        let second = our_call(&mut rig);
        let channel = rig.near.retrieve(first).unwrap();
        assert_eq!(rig.near.look().channels_in_use, 2);
        let status = rig.libpri.status();
        let mut channels: Vec<u64> = status["calls"].as_array().unwrap().iter().filter_map(|c| c["channel"].as_u64()).collect();
        channels.dedup();
        assert!(channels.len() == 2 && channels.contains(&channel.into()), "{status}");
        rig.near.clear(second, CauseValue::NORMAL_CLEARING);
        rig.near.released(second);
        end(&mut rig, first);
    });
}

fn held_call_is_cleared_by_either_end(side: Side) {
    each(side, &["--hold"], true, |mut rig| {
        let call = our_call(&mut rig);
        assert_eq!(rig.near.hold(call), Ok(()));
        end(&mut rig, call);
        let call = our_call(&mut rig);
        assert_eq!(rig.near.hold(call), Ok(()));
        let its = its_call(&rig)["call"].clone();
        rig.libpri.request(&json!({"do": "hangup", "call": its, "cause": 16}));
        assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
        rig.assert_clean();
    });
}

fn end_that_does_not_allow_hold_says_cause_69(side: Side) {
    each(side, &[], true, |mut rig| {
        let call = our_call(&mut rig);
        assert_eq!(rig.near.hold(call), Err(CauseValue::FACILITY_NOT_IMPLEMENTED));
        assert_eq!(rig.near.look().channels_in_use, 1);
        end(&mut rig, call);
    });
    each(side, &["--hold"], false, |mut rig| {
        let mut watching = rig.libpri.watch();
        let call = our_call(&mut rig);
        rig.libpri.request(&json!({"do": "hold", "call": its_call(&rig)["call"]}));
        assert_eq!(watching.wait_for("hold_refused")["cause"], 69);
        end(&mut rig, call);
    });
}

fn ringing_call_is_held_and_retrieved_before_it_is_answered(side: Side) {
    each(side, &["--hold", "--rule", "5555=ring"], true, |mut rig| {
        let call = rig.near.place(call_to("5555001"));
        rig.near.wait("Alerting", |event| matches!(event, Event::Alerting { .. }).then_some(()));
        assert_eq!(rig.near.hold(call), Ok(()));
        assert!(rig.near.retrieve(call).is_ok());
        end(&mut rig, call);
    });
}

with_libpri_on_either_side! {
    our_call_is_held_and_retrieved_by_us
    our_call_is_held_and_retrieved_by_libpri
    call_of_libpri_is_held_by_one_end_and_retrieved_by_the_other
    channel_of_a_held_call_goes_to_another_call
    held_call_is_cleared_by_either_end
    end_that_does_not_allow_hold_says_cause_69
    ringing_call_is_held_and_retrieved_before_it_is_answered
}
