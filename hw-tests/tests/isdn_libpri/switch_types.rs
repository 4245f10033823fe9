//! Each switch type that libpri has, libpri as network and as user: calls both ways, clearing both ways, names, redirecting numbers,
//! restart and SERVICE; neither end may find fault with the other. INS1500 libpri has not: that one is only proven against itself.

use crate::{Rig, call_to, other};
use hw_tests::libpri::Side;
use isdn::{CallingNumber, CauseValue, Config, Event, Framing, Number, RedirectReason, Redirecting, Screening, Setup, Variant};
use serde_json::json;

/// libpri's word and our variant.
const TYPES: [(&str, Variant); 7] = [
    ("euro-isdn", Variant::EuroIsdn),
    ("ni2", Variant::NationalIsdn2),
    ("ni1", Variant::NationalIsdn1),
    ("dms100", Variant::Dms100),
    ("4ess", Variant::Att4Ess),
    ("5ess", Variant::Lucent5Ess),
    ("qsig", Variant::Qsig),
];

/// Runs `test` with each type, libpri on this side.
fn each(side: Side, options: &[&str], test: impl Fn(Rig, Variant)) {
    for (word, variant) in TYPES {
        println!("libpri as {side:?}, {word}");
        let options = [&["--switch", word], options].concat();
        let config = Config { variant, ..Config::new("near", other(side), Framing::E1) };
        test(Rig::with(side, &options, config), variant);
    }
}

fn incoming(rig: &mut Rig) -> Setup {
    rig.near.wait("Setup", |event| if let Event::Setup { setup, .. } = event { Some((**setup).clone()) } else { None })
}

fn calls_go_both_ways(side: Side) {
    each(side, &["--rule", "5555=clear:20"], |mut rig, _| {
        let call = rig.near.place(call_to("5551001"));
        rig.near.connected(call);
        rig.near.clear(call, CauseValue::NORMAL_CLEARING);
        assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
        let call = rig.near.place(call_to("5555001"));
        assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
        let released = rig.libpri.place(json!({"called": "201", "clear_after_ms": 20})).until_released();
        assert_eq!((&released["cause"], &released["by"]), (&json!(16), &json!("us")));
        let released = rig.libpri.place(json!({"called": "205"})).until_released();
        assert_eq!((&released["cause"], &released["by"]), (&json!(16), &json!("peer")));
        let released = rig.libpri.place(json!({"called": "202"})).until_released();
        assert_eq!(released["cause"], 17);
        rig.assert_clean();
    });
}

/// Whether libpri sends names by display in this type: QSIG and a EuroISDN user have other ways, or none.
fn libpri_displays_names(side: Side, variant: Variant) -> bool {
    match variant {
        Variant::Qsig => false,
        Variant::EuroIsdn => side == Side::Network,
        Variant::NationalIsdn2
        | Variant::NationalIsdn1
        | Variant::Dms100
        | Variant::Att4Ess
        | Variant::Lucent5Ess
        | Variant::Ins1500 => true,
    }
}

fn numbers_names_and_redirections_cross(side: Side) {
    each(side, &[], |mut rig, variant| {
        let mut watching = rig.libpri.watch();
        let calling = CallingNumber { number: Number::new("5550001"), ..CallingNumber::default() };
        let redirecting =
            Redirecting { number: Number::new("5557777"), reason: RedirectReason::NoReply, ..Redirecting::default() };
        let setup = Setup {
            calling: Some(calling),
            redirecting: Some(redirecting),
            display: Some("Anna Example".to_owned()),
            ..call_to("5551001")
        };
        let call = rig.near.place(setup);
        rig.near.connected(call);
        rig.near.clear(call, CauseValue::NORMAL_CLEARING);
        rig.near.released(call);
        let seen = watching.wait_for("incoming");
        assert_eq!((&seen["called"], &seen["calling"]), (&json!("5551001"), &json!("5550001")));
        assert_eq!(seen["redirecting"], json!(["5557777", 2]), "{variant:?}");
        assert_eq!(seen["complete"], json!(variant.row().sending_complete), "{variant:?}");
        assert_eq!(seen["name"], "Anna Example", "{variant:?}");

        let order = json!({
            "called": "201", "calling": "5550002", "name": "Berta Example", "redirecting": ["5558888", 15], "clear_after_ms": 20,
        });
        rig.libpri.place(order).until_released();
        let setup = incoming(&mut rig);
        let calling = setup.calling.unwrap();
        assert_eq!((setup.called.digits.as_str(), calling.number.digits.as_str()), ("201", "5550002"));
        assert_eq!(calling.screening == Screening::Network, variant.row().network_provided, "{variant:?}");
        let redirecting = setup.redirecting.unwrap();
        assert_eq!((redirecting.number.digits.as_str(), redirecting.reason), ("5558888", RedirectReason::Unconditional));
        let name = libpri_displays_names(side, variant).then_some("Berta Example");
        assert_eq!(setup.display.as_deref(), name, "{variant:?}");
        assert_eq!(setup.sending_complete, variant == Variant::EuroIsdn, "libpri says it in EuroISDN only: {variant:?}");
        rig.assert_clean();
    });
}

/// libpri sends names and diversions in Facility: QSIG's name with SETUP, National ISDN's from the network later.
fn names_and_diversions_in_facility_are_read(side: Side) {
    each(side, &["--facility"], |mut rig, variant| {
        let order = json!({
            "called": "201", "calling": "5550002", "name": "Berta Example", "redirecting": ["5558888", 15], "clear_after_ms": 20,
        });
        rig.libpri.place(order).until_released();
        let setup = incoming(&mut rig);
        let redirecting = setup.redirecting.unwrap();
        assert_eq!((redirecting.number.digits.as_str(), redirecting.reason), ("5558888", RedirectReason::Unconditional));
        let named = variant == Variant::Qsig || libpri_displays_names(side, variant);
        assert_eq!(setup.display.as_deref(), named.then_some("Berta Example"), "{variant:?}");
        let came_later = rig.near.any(|event| matches!(event, Event::Name { name, .. } if name == "Berta Example"));
        assert_eq!(came_later, variant == Variant::NationalIsdn2 && side == Side::Network, "{variant:?}");
        rig.assert_clean();
    });
}

fn restart_of_a_channel_ends_its_call_at_the_other_end(side: Side) {
    each(side, &[], |mut rig, variant| {
        let mut watching = rig.libpri.watch();
        rig.near.restart(7);
        assert_eq!(watching.wait_for("restart")["channel"], 7, "{variant:?}");
        let mut call = rig.libpri.place(json!({"called": "201", "channel": 9}));
        call.wait_for("connected");
        let id = rig.near.wait("Setup", |event| if let Event::Setup { call, .. } = event { Some(*call) } else { None });
        rig.libpri.request(&json!({"do": "restart", "channel": 9}));
        assert_eq!(watching.wait_for("restarted")["channel"], 9, "{variant:?}");
        assert_eq!(rig.near.released(id), CauseValue::TEMPORARY_FAILURE);
        call.hang_up(16);
        call.until_released();
        // What is left at libpri of that call it finds out by itself: our end knows nothing of it any more.
        let look = rig.near.look_when_idle();
        assert_eq!((look.calls, look.channels_in_use), (0, 0), "{variant:?} {look:?}");
    });
}

fn channel_out_of_service_is_told_and_obeyed(side: Side) {
    each(side, &[], |mut rig, variant| {
        if variant.row().maintenance.is_none() {
            return;
        }
        let mut watching = rig.libpri.watch();
        for (blocked, status) in [(true, 2), (false, 0)] {
            rig.near.set_blocked(5, blocked);
            let told = watching.wait_for("service");
            assert_eq!((&told["channel"], &told["status"]), (&json!(5), &json!(status)), "{variant:?}");
        }
        for (status, in_service) in [(2, false), (0, true)] {
            rig.libpri.request(&json!({"do": "service", "channel": 6, "status": status}));
            let answered = watching.wait_for("service");
            assert_eq!((&answered["channel"], &answered["acknowledged"]), (&json!(6), &json!(true)), "{variant:?}");
            let told = rig.near.wait("ChannelService", |event| match event {
                Event::ChannelService { channel, in_service } => Some((channel.slot, *in_service)),
                _ => None,
            });
            assert_eq!(told, (6, in_service), "{variant:?}");
        }
        rig.assert_clean();
    });
}

with_libpri_on_either_side! {
    calls_go_both_ways
    numbers_names_and_redirections_cross
    names_and_diversions_in_facility_are_read
    restart_of_a_channel_ends_its_call_at_the_other_end
    channel_out_of_service_is_told_and_obeyed
}
