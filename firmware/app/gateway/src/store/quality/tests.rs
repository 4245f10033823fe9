//! Seconds come back as they were kept, and the store stays within its bounds.

use model::api::{CallLeg, QualitySecond};

use super::{QualityStore, form, sample};

fn second(leg: CallLeg, second: u32) -> QualitySecond {
    QualitySecond {
        leg,
        second,
        level_dbm0: Some(-23.0),
        loss_percent: 1.5,
        jitter_ms: 12.3,
        buffer_ms: 40,
        delay_ms: 95,
        r: 88.0,
        mos: 4.28,
        echo_return_loss_db: Some(14.0),
        echo_enhancement_db: None,
    }
}

fn path(name: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("junctor-quality-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    path.join("quality.sqlite")
}

#[test]
fn seconds_of_both_legs_come_back_while_the_call_lasts_and_after_a_restart() {
    let path = path("legs");
    let store = QualityStore::open(&path).unwrap();
    let kept: Vec<_> = (0..130).map(|at| second(CallLeg::From, at)).chain((0..70).map(|at| second(CallLeg::To, at))).collect();
    kept.iter().for_each(|second| store.keep(7, *second));
    store.keep(8, second(CallLeg::From, 0));
    assert_eq!(store.of_call(7).unwrap(), kept);
    store.keep(8, second(CallLeg::From, 1));
    store.stop();
    let store = QualityStore::open(&path).unwrap();
    assert_eq!(store.of_call(7).unwrap(), kept);
    assert_eq!(store.of_call(8).unwrap().len(), 2, "written when it stopped");
    assert_eq!(store.lost(), 0);
    store.stop();
}

#[test]
fn leg_that_begins_anew_keeps_both_parts() {
    let store = QualityStore::open(&path("anew")).unwrap();
    [0, 1, 2, 0, 1].into_iter().for_each(|at| store.keep(1, second(CallLeg::To, at)));
    store.call_ended(1);
    let seconds: Vec<u32> = store.of_call(1).unwrap().iter().map(|second| second.second).collect();
    assert_eq!(seconds, [0, 1, 2, 0, 1]);
    store.stop();
}

#[test]
fn values_beyond_their_octets_become_the_nearest() {
    let wild = QualitySecond {
        level_dbm0: Some(-200.0),
        loss_percent: 100.0,
        jitter_ms: 1e9,
        r: 300.0,
        mos: f32::NAN,
        echo_return_loss_db: Some(400.0),
        ..second(CallLeg::From, 9)
    };
    let back = sample::unpack(CallLeg::From, 9, sample::pack(&wild));
    assert_eq!((back.level_dbm0, back.loss_percent, back.jitter_ms), (Some(-128.0), 100.0, 6553.5));
    let unheard = QualitySecond { level_dbm0: None, ..wild };
    assert_eq!(sample::unpack(CallLeg::From, 9, sample::pack(&unheard)).level_dbm0, None);
    let loud = QualitySecond { level_dbm0: Some(200.0), ..wild };
    assert_eq!(sample::unpack(CallLeg::From, 9, sample::pack(&loud)).level_dbm0, Some(126.0));
    assert_eq!((back.r, back.mos, back.echo_return_loss_db), (255.0, 0.0, Some(254.0)));
}

#[test]
fn what_is_too_old_or_too_much_is_removed_oldest_first() {
    let connection = form::open(&path("bounds")).unwrap();
    let samples = [sample::pack(&second(CallLeg::From, 0)); 60];
    let put = |call, at| form::insert(&connection, (call, CallLeg::From), at, 0, &samples).unwrap();
    (0..5_000).for_each(|call| put(call, i64::try_from(call).unwrap()));
    form::sweep(&connection, 100, i64::MAX).unwrap();
    assert!(form::of_call(&connection, 99).unwrap().is_empty());
    assert_eq!(form::of_call(&connection, 100).unwrap().len(), 60);
    form::sweep(&connection, 100, 2 << 20).unwrap();
    assert!(form::of_call(&connection, 100).unwrap().is_empty());
    assert_eq!(form::of_call(&connection, 4_999).unwrap().len(), 60, "the newest stay");
    form::sweep(&connection, i64::MAX, i64::MAX).unwrap();
    assert!(form::of_call(&connection, 4_999).unwrap().is_empty());
}
