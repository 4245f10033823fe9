//! Call records in SQLite, durable before a call is reported as ended; and which channels far ends have out of service. How each second of a
//! call sounded has a store of its own ([`quality`]).
//!
//! One thread writes. It gathers records for at most 50 ms or 256 of them, commits them in one transaction with
//! `synchronous=FULL`, and only then publishes [`Event::CallEnded`]. Channels and dialogs never wait for it (DESIGN 7). When the disk
//! is full or slow the records wait in memory, 10,000 at most; beyond that the oldest is lost and counted.

mod quality;
mod schema;
mod spool;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use model::api::{CallRecord, Event};
use rusqlite::Connection;
use tokio::sync::broadcast;

pub(crate) use quality::QualityStore;
use spool::Spool;

/// Longest wait before gathered records are committed.
const GATHER: Duration = Duration::from_millis(50);
/// Most records in one transaction.
const BATCH: usize = 256;
/// How long after a failed commit the next is tried.
const RETRY: Duration = Duration::from_secs(1);

/// The call store. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    path: PathBuf,
    records: SyncSender<Word>,
    figures: Arc<Figures>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

/// What the writing thread is told.
enum Word {
    Record(Box<CallRecord>),
    /// Timeslots of a span that its far end has out of service.
    OutAtFarEnd(String, Vec<u8>),
    Stop,
}

/// What an administrator must know of the store.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    waiting: AtomicU64,
    lost: AtomicU64,
}

impl Store {
    /// Opens or makes the database and starts the writing thread.
    pub(crate) fn open(path: &Path, events: broadcast::Sender<Event>) -> rusqlite::Result<Self> {
        let connection = schema::open(path)?;
        let figures = Arc::new(Figures::default());
        let (records, queue) = sync_channel(spool::CAPACITY);
        let writer = Writer { connection, events, figures: figures.clone(), spool: Spool::default() };
        let thread = std::thread::Builder::new().name("store".into()).spawn(move || writer.run(&queue));
        let thread = thread.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok(Self { path: path.to_owned(), records, figures, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Hands over a record. Never waits: when the writer is 10,000 behind, the record is lost and counted.
    pub(crate) fn keep(&self, record: Box<CallRecord>) {
        self.figures.waiting.fetch_add(1, Ordering::Relaxed);
        if self.records.try_send(Word::Record(record)).is_err() {
            self.figures.waiting.fetch_sub(1, Ordering::Relaxed);
            self.figures.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Hands over which timeslots of a span its far end has out of service. Never waits; lost when the writer is far behind, and a switch
    /// that is asked says it again.
    pub(crate) fn keep_out_at_far_end(&self, span: &str, timeslots: &[u8]) {
        if self.records.try_send(Word::OutAtFarEnd(span.to_owned(), timeslots.to_vec())).is_err() {
            tracing::warn!(
                "store{{writing}}: channels that span {span}'s far end has out of service are not kept: the store is behind"
            );
        }
    }

    /// What [`Store::keep_out_at_far_end`] was last given of each span.
    pub(crate) fn out_at_far_end(&self) -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
        schema::out_at_far_end(&schema::open(&self.path)?)
    }

    /// Records that wait to be stored, and records lost.
    pub(crate) fn figures(&self) -> (u64, u64) {
        (self.figures.waiting.load(Ordering::Relaxed), self.figures.lost.load(Ordering::Relaxed))
    }

    /// The number that the next call gets: one above the highest stored.
    pub(crate) fn next_call(&self) -> rusqlite::Result<u64> {
        schema::next_call(&schema::open(&self.path)?)
    }

    /// The last `limit` records, newest first. Reads by a connection of its own: the writer is not held up.
    pub(crate) fn last(&self, limit: u32) -> rusqlite::Result<Vec<CallRecord>> {
        schema::last(&schema::open(&self.path)?, limit)
    }

    /// The record of one call.
    pub(crate) fn record(&self, id: u64) -> rusqlite::Result<Option<CallRecord>> {
        schema::record(&schema::open(&self.path)?, id)
    }

    /// Commits what waits and ends the writing thread.
    pub(crate) fn stop(&self) {
        let _ = self.records.send(Word::Stop);
        if let Some(thread) = self.thread.lock().ok().and_then(|mut thread| thread.take()) {
            let _ = thread.join();
        }
    }
}

/// The writing thread.
struct Writer {
    connection: Connection,
    events: broadcast::Sender<Event>,
    figures: Arc<Figures>,
    spool: Spool,
}

impl Writer {
    fn run(mut self, queue: &Receiver<Word>) {
        loop {
            let stopping = self.gather(queue);
            let stored = self.commit();
            if stopping {
                return;
            }
            if !stored {
                std::thread::sleep(RETRY);
            }
        }
    }

    /// Waits for a first record, then gathers more for a moment; true when the thread must end.
    fn gather(&mut self, queue: &Receiver<Word>) -> bool {
        if self.spool.is_empty() {
            match queue.recv() {
                Ok(Word::Record(record)) => self.take(record),
                Ok(Word::OutAtFarEnd(span, timeslots)) => self.keep_out_at_far_end(&span, &timeslots),
                Ok(Word::Stop) | Err(_) => return true,
            }
        }
        let end = Instant::now() + GATHER;
        while self.spool.len() < BATCH {
            match queue.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(Word::Record(record)) => self.take(record),
                Ok(Word::OutAtFarEnd(span, timeslots)) => self.keep_out_at_far_end(&span, &timeslots),
                Err(RecvTimeoutError::Timeout) => return false,
                Ok(Word::Stop) | Err(RecvTimeoutError::Disconnected) => return true,
            }
        }
        false
    }

    fn keep_out_at_far_end(&self, span: &str, timeslots: &[u8]) {
        if let Err(error) = schema::keep_out_at_far_end(&self.connection, span, timeslots) {
            tracing::error!(
                "store{{writing}}: channels that span {span}'s far end has out of service are not kept: {error}; is the disk of the state directory full?"
            );
        }
    }

    fn take(&mut self, record: Box<CallRecord>) {
        if self.spool.push(record) {
            self.figures.waiting.fetch_sub(1, Ordering::Relaxed);
            self.figures.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Commits up to a batch and publishes what is durable; false when the database refused.
    fn commit(&mut self) -> bool {
        let count = self.spool.len().min(BATCH);
        if count == 0 {
            return true;
        }
        match schema::insert(&mut self.connection, self.spool.first(count)) {
            Ok(()) => {
                self.figures.waiting.fetch_sub(count as u64, Ordering::Relaxed);
                for record in self.spool.take(count) {
                    // Nobody may be listening: that is no error.
                    let _ = self.events.send(Event::CallEnded { record: *record });
                }
                true
            }
            Err(error) => {
                let (waiting, lost) = (self.spool.len(), self.figures.lost.load(Ordering::Relaxed));
                tracing::error!(
                    "store{{writing}}: {waiting} call records wait, {lost} lost: {error}; is the disk of the state directory full?"
                );
                false
            }
        }
    }
}
