//! The store's promises: durable before reported, never in a call's way, bounded when the disk does not follow.

use std::time::Duration;

use model::api::{CallRecord, Event, LegStatus, Party};
use rusqlite::Connection;
use tokio::sync::broadcast;

use super::spool::{CAPACITY, Spool};
use super::{Store, schema};

fn record(id: u64) -> CallRecord {
    CallRecord {
        id,
        calling: "5550001".into(),
        called: "1001".into(),
        from: LegStatus { trunk: "pstn".into(), timeslot: Some(1), holds: false },
        to: None,
        started_at: 0,
        answered_at: None,
        ended_at: 1,
        post_dial_delay_ms: None,
        cause: 16,
        cause_text: "normal call clearing".into(),
        sip_status: None,
        ended_by: Party::Caller,
        reason: "normal call clearing".into(),
        quality: None,
    }
}

struct Scene {
    directory: std::path::PathBuf,
    store: Store,
    events: broadcast::Receiver<Event>,
}

impl Scene {
    fn new(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("junctor-store-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let (sender, events) = broadcast::channel(16);
        let store = Store::open(&directory.join("calls.sqlite"), sender).unwrap();
        Self { directory, store, events }
    }

    fn connection(&self) -> Connection {
        schema::open(&self.directory.join("calls.sqlite")).unwrap()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.store.stop();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

#[test]
fn ended_call_is_reported_only_when_its_record_can_be_read_back() {
    let mut scene = Scene::new("durable");
    scene.store.keep(Box::new(record(7)));
    let event = scene.events.blocking_recv().unwrap();
    assert_eq!(event, Event::CallEnded { record: record(7) });
    assert_eq!(schema::record(&scene.connection(), 7).unwrap(), Some(record(7)));
    assert_eq!(scene.store.next_call().unwrap(), 8);
    assert_eq!(scene.store.figures(), (0, 0));
}

#[test]
fn locked_database_holds_the_report_back_and_nobody_else() {
    let mut scene = Scene::new("locked");
    let other = scene.connection();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    for id in 1..=300 {
        scene.store.keep(Box::new(record(id)));
    }
    // Handing over has not waited for the lock, which nobody has given back yet. Longer than a batch gathers:
    std::thread::sleep(Duration::from_millis(300));
    assert!(scene.events.try_recv().is_err());
    assert_eq!(scene.store.figures(), (300, 0));
    other.execute_batch("COMMIT").unwrap();
    while scene.store.figures().0 > 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(scene.store.last(1000).unwrap().len(), 300);
    // The listener was 16 slow: it is told that it missed events, not given others.
    assert!(matches!(scene.events.blocking_recv(), Err(broadcast::error::RecvError::Lagged(_))));
}

#[test]
fn full_spool_gives_up_its_oldest_record() {
    let mut spool = Spool::default();
    for id in 0..CAPACITY as u64 {
        assert!(!spool.push(Box::new(record(id))));
    }
    assert!(spool.push(Box::new(record(CAPACITY as u64))));
    assert_eq!((spool.len(), spool.first(1).next().map(|record| record.id)), (CAPACITY, Some(1)));
}

#[test]
fn channels_out_at_the_far_end_are_there_after_the_store_was_opened_anew() {
    let scene = Scene::new("far-end");
    assert_eq!(scene.store.out_at_far_end().unwrap(), []);
    for timeslots in [&[5, 6][..], &[6]] {
        scene.store.keep_out_at_far_end("pstn", timeslots);
    }
    scene.store.keep_out_at_far_end("other", &[]);
    scene.store.stop();
    let anew = Store::open(&scene.directory.join("calls.sqlite"), broadcast::channel(1).0).unwrap();
    assert_eq!(anew.out_at_far_end().unwrap(), [("other".to_owned(), vec![]), ("pstn".to_owned(), vec![6])]);
    anew.stop();
}

#[test]
fn database_of_the_first_form_gets_what_it_lacks_and_keeps_its_records() {
    let scene = Scene::new("first-form");
    scene.store.keep(Box::new(record(7)));
    scene.store.stop();
    let connection = scene.connection();
    connection.execute_batch("DROP TABLE out_at_far_end; PRAGMA user_version = 1;").unwrap();
    drop(connection);
    let anew = Store::open(&scene.directory.join("calls.sqlite"), broadcast::channel(1).0).unwrap();
    assert_eq!(anew.out_at_far_end().unwrap(), []);
    assert_eq!(anew.record(7).unwrap(), Some(record(7)));
    anew.stop();
}
