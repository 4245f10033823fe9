//! User-user information in the messages that end a call, from each end, libpri as network and as user. libpri reads and sends IA5
//! characters, 35 at most, and has no event for a connected subaddress.

use crate::{Rig, call_to};
use hw_tests::libpri::Side;
use isdn::ie::UserUser;
use isdn::{CallId, CauseValue, Event};
use serde_json::json;

fn said(text: &str) -> UserUser {
    UserUser { protocol: UserUser::IA5, octets: text.as_bytes().to_vec() }
}

/// Our call, answered by libpri.
fn our_call(rig: &mut Rig) -> CallId {
    let call = rig.near.place(call_to("5551001"));
    rig.near.connected(call);
    call
}

fn ours_in_disconnect_reaches_libpri(side: Side) {
    let mut rig = Rig::up(side, &[]);
    let mut watching = rig.libpri.watch();
    let call = our_call(&mut rig);
    rig.near.clear_saying(call, CauseValue::NORMAL_CLEARING, said("bye"));
    assert_eq!(watching.wait_for("user_user")["text"], "bye");
    assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
    rig.assert_clean();
}

fn ours_while_libpri_rings_reaches_it(side: Side) {
    let mut rig = Rig::up(side, &["--rule", "5555=ring"]);
    let mut watching = rig.libpri.watch();
    let call = rig.near.place(call_to("5555001"));
    rig.near.wait("Alerting", |event| matches!(event, Event::Alerting { .. }).then_some(()));
    rig.near.clear_saying(call, CauseValue::NORMAL_CLEARING, said("no longer"));
    assert_eq!(watching.wait_for("user_user")["text"], "no longer");
    rig.near.released(call);
    rig.assert_clean();
}

fn its_in_disconnect_reaches_us(side: Side) {
    let mut rig = Rig::up(side, &[]);
    let call = our_call(&mut rig);
    let its = rig.libpri.status()["calls"][0]["call"].clone();
    rig.libpri.request(&json!({"do": "hangup", "call": its, "cause": 16, "user_user": "bye"}));
    let heard = rig.near.wait("Clearing", |event| match event {
        Event::Clearing { call: of, user_user, .. } if *of == call => Some(user_user.clone()),
        _ => None,
    });
    assert_eq!(heard, Some(said("bye")));
    assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
    rig.assert_clean();
}

with_libpri_on_either_side! {
    ours_in_disconnect_reaches_libpri
    ours_while_libpri_rings_reaches_it
    its_in_disconnect_reaches_us
}
