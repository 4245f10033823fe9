//! The D-channel in service is lost and the one that stands by takes over, libpri as network and as user.

use std::time::Duration;

use super::group::{
    EURO_ISDN_ON_E1, NI2_ON_T1, each, each_with, its_call, its_channels, libpri_clears, libpri_serves, on, our_call, we_clear,
    with, word,
};
use crate::{Rig, call_to};
use hw_tests::libpri::Side;
use isdn::DChannelState::{InService, OutOfService, Standby};
use isdn::{CallId, Channel, Config, DChannelState, Event};
use serde_json::json;

/// Calls of libpri on spans 1 and 2.
fn four_calls(rig: &mut Rig) -> [(CallId, Channel); 4] {
    [on(1, 3), on(1, 4), on(2, 3), on(2, 4)].map(|channel| (its_call(rig, channel).1, channel))
}

/// Two of the four calls are cleared by each end.
fn cleared_both_ways(rig: &mut Rig, calls: [(CallId, Channel); 4]) {
    for (turn, (call, channel)) in calls.into_iter().enumerate() {
        if turn % 2 == 0 {
            we_clear(rig, call);
        } else {
            libpri_clears(rig, channel, call);
        }
    }
}

/// A call of ours, and one of libpri on each of these channels; each is cleared by the other end.
fn new_calls_both_ways(rig: &mut Rig, channels: &[Channel]) {
    let call = our_call(rig);
    let ours = rig.near.look().channels[0];
    assert_eq!(its_channels(rig)[0].0, word(ours));
    libpri_clears(rig, ours, call);
    for channel in channels {
        let (mut conversation, call) = its_call(rig, *channel);
        we_clear(rig, call);
        assert_eq!(conversation.until_released()["by"], "peer");
    }
}

/// libpri puts loss of signal on a span; waits until our D-channels are so.
#[track_caller]
fn cut(rig: &Rig, span: u8, expected: [DChannelState; 2]) {
    rig.libpri.request(&json!({"do": "alarm", "on": true, "span": span}));
    assert_eq!(rig.near.look_when(|look| look.d_channels == expected).d_channels, expected);
}

#[track_caller]
fn mend(rig: &Rig, span: u8, expected: [DChannelState; 2]) {
    rig.libpri.request(&json!({"do": "alarm", "on": false, "span": span}));
    assert_eq!(rig.near.look_when(|look| look.d_channels == expected).d_channels, expected);
}

/// Messages of calls on the D-channel of span 0.
fn messages_on_the_first(rig: &Rig) -> usize {
    rig.near.ladder().iter().filter(|line| line.contains(" 0: ") && line.contains(" cr=")).count()
}

fn calls_stay_when_the_first_span_is_cut_and_either_end_clears_over_the_backup(side: Side) {
    each(side, &[], |mut rig| {
        let calls = four_calls(&mut rig);
        let mut watching = rig.libpri.watch();
        cut(&rig, 0, [OutOfService, InService]);
        let before = messages_on_the_first(&rig);
        rig.near.restart(on(2, 7));
        assert_eq!(watching.wait_for("restart")["channel"], "2/7");
        rig.libpri.request(&json!({"do": "restart", "channel": "1/7"}));
        assert_eq!(watching.wait_for("restarted")["channel"], "1/7");
        cleared_both_ways(&mut rig, calls);
        new_calls_both_ways(&mut rig, &[on(1, 9), on(2, 9)]);
        assert_eq!(messages_on_the_first(&rig), before);
        rig.assert_clean();
    });
}

/// The first D-channel stands by when it is back, and takes over when the backup is cut in its turn.
fn first_d_channel_that_is_back_stands_by_and_takes_over_again(side: Side) {
    each(side, &[], |mut rig| {
        cut(&rig, 0, [OutOfService, InService]);
        new_calls_both_ways(&mut rig, &[on(1, 9)]);
        mend(&rig, 0, [Standby, InService]);
        let before = messages_on_the_first(&rig);
        new_calls_both_ways(&mut rig, &[on(0, 9), on(1, 9)]);
        assert_eq!(messages_on_the_first(&rig), before);
        let (_conversation, call) = its_call(&mut rig, on(2, 9));
        cut(&rig, 1, [InService, OutOfService]);
        libpri_clears(&mut rig, on(2, 9), call);
        new_calls_both_ways(&mut rig, &[on(0, 9), on(2, 9)]);
        assert!(messages_on_the_first(&rig) > before);
        assert_eq!(rig.near.look().stats.switch_overs, 2);
        rig.assert_clean();
    });
}

/// Its B-channel was gone too, and T309 waited for it.
fn call_on_the_span_that_was_cut_goes_on_when_that_is_back(side: Side) {
    each(side, &[], |mut rig| {
        let (_ours, ours) = its_call(&mut rig, on(0, 8));
        let (_theirs, theirs) = its_call(&mut rig, on(0, 9));
        cut(&rig, 0, [OutOfService, InService]);
        mend(&rig, 0, [Standby, InService]);
        we_clear(&mut rig, ours);
        libpri_clears(&mut rig, on(0, 9), theirs);
        new_calls_both_ways(&mut rig, &[on(0, 9), on(1, 9)]);
        rig.assert_clean();
    });
}

fn calls_stay_when_the_first_d_channel_falls_silent_and_either_end_clears_over_the_backup(side: Side) {
    let soon = |config: &mut Config| {
        config.link.t203 = Duration::from_millis(200);
        config.link.t200 = Duration::from_millis(150);
        config.link.n200 = 2;
    };
    with(NI2_ON_T1, side, &[], soon, |mut rig, _| {
        let calls = four_calls(&mut rig);
        rig.near.silence(0, true);
        rig.near.look_when(|look| look.d_channels == [OutOfService, InService]);
        cleared_both_ways(&mut rig, calls);
        new_calls_both_ways(&mut rig, &[on(0, 9), on(1, 9), on(2, 9)]);
        rig.assert_clean();
    });
}

/// libpri finds out first, and its next call is on the backup: the near end goes along. libpri keeps its older calls on the D-channel that is
/// lost until the near end speaks of them elsewhere, which it does when it finds out too.
fn libpri_that_takes_the_backup_first_is_followed(side: Side) {
    let patient = |config: &mut Config| config.link.t203 = Duration::from_secs(60);
    with(EURO_ISDN_ON_E1, side, &["--timer", "T203=200", "--timer", "T200=150", "--timer", "N200=2"], patient, |mut rig, _| {
        let calls = four_calls(&mut rig);
        rig.near.silence(0, true);
        libpri_serves(&rig, 1, [false, true]);
        let (mut conversation, _) = its_call(&mut rig, on(1, 9));
        assert_eq!(rig.near.look().d_channels, [Standby, InService]);
        conversation.hang_up(16);
        conversation.until_released();
        cut(&rig, 0, [OutOfService, InService]);
        rig.near.look_when(|_| statuses_on_the_backup(&rig) == calls.len());
        assert_eq!(statuses_on_the_backup(&rig), calls.len());
        cleared_both_ways(&mut rig, calls);
        rig.libpri.wait_until_idle();
    });
}

fn statuses_on_the_backup(rig: &Rig) -> usize {
    rig.near.ladder().iter().filter(|line| line.contains(" 1: libpri > near") && line.contains(" STATUS cr=")).count()
}

fn call_in_set_up_goes_on_over_the_backup(side: Side) {
    let on_others = |config: &mut Config| config.channels.clear();
    each_with(side, &["--answer-after-ms", "200"], on_others, |mut rig, _| {
        let call = rig.near.place(call_to("5551001"));
        rig.near.wait("Alerting", |event| matches!(event, Event::Alerting { .. }).then_some(()));
        rig.libpri.request(&json!({"do": "alarm", "on": true, "span": 0}));
        rig.near.connected(call);
        we_clear(&mut rig, call);
        rig.assert_clean();
    });
}

with_libpri_on_either_side! {
    calls_stay_when_the_first_span_is_cut_and_either_end_clears_over_the_backup
    first_d_channel_that_is_back_stands_by_and_takes_over_again
    call_on_the_span_that_was_cut_goes_on_when_that_is_back
    calls_stay_when_the_first_d_channel_falls_silent_and_either_end_clears_over_the_backup
    libpri_that_takes_the_backup_first_is_followed
    call_in_set_up_goes_on_over_the_backup
}
