//! How each second of each call sounded, kept for [`DAYS`] days and in [`MOST_OCTETS`] at most: the oldest goes first.
//!
//! A database of its own beside the call records, with a thread of its own: samples are worth less than records, so nothing of them may hold a
//! record up, and a power failure may cost the last minute. Samples gather in memory and become one row a minute and leg. Nobody waits for
//! the thread; a sample that finds its queue full is lost and counted.

mod form;
mod sample;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use model::api::{CallLeg, QualitySecond};
use rusqlite::Connection;

use sample::Packed;

/// How long samples are kept.
pub(crate) const DAYS: i64 = 30;
/// Most octets of the database: 12 octets a second make it 12,000 hours of calls.
const MOST_OCTETS: i64 = 512 << 20;
/// Samples in a row.
const ROW: usize = 60;
/// Words that may wait for the thread: a burst of 1,000 calls' seconds, and room.
const QUEUE: usize = 4_096;
/// How often what is too old or too much is removed.
const SWEEP: Duration = Duration::from_secs(600);

/// The quality store. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct QualityStore {
    path: PathBuf,
    words: SyncSender<Word>,
    lost: Arc<AtomicU64>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

enum Word {
    Second {
        call: u64,
        second: QualitySecond,
    },
    Ended {
        call: u64,
    },
    /// Writes what there is of a call, then says so.
    Flush {
        call: u64,
        done: SyncSender<()>,
    },
    Stop,
}

impl QualityStore {
    /// Opens or makes the database and starts its thread.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let writer = Writer { connection: form::open(path)?, gathered: HashMap::new(), failed: false };
        let (words, queue) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new().name("quality".into()).spawn(move || writer.run(&queue));
        let thread = thread.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok(Self { path: path.to_owned(), words, lost: Arc::default(), thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Hands over a second of a call. Never waits.
    pub(crate) fn keep(&self, call: u64, second: QualitySecond) {
        if self.words.try_send(Word::Second { call, second }).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// No more of this call will come. Never waits; a word that is lost costs a row that is written when the box stops.
    pub(crate) fn call_ended(&self, call: u64) {
        let _ = self.words.try_send(Word::Ended { call });
    }

    /// Seconds lost because the disk did not follow.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// All seconds of a call, of the incoming leg first. Waits for the disk.
    pub(crate) fn of_call(&self, call: u64) -> rusqlite::Result<Vec<QualitySecond>> {
        let (done, is_done) = sync_channel(1);
        if self.words.send(Word::Flush { call, done }).is_ok() {
            // The thread may have ended: then everything is written.
            let _ = is_done.recv();
        }
        form::of_call(&form::open(&self.path)?, call)
    }

    /// Writes what waits and ends the thread.
    pub(crate) fn stop(&self) {
        let _ = self.words.send(Word::Stop);
        if let Some(thread) = self.thread.lock().ok().and_then(|mut thread| thread.take()) {
            let _ = thread.join();
        }
    }
}

/// Samples of one leg of a call that follow each other.
#[derive(Debug, Default)]
struct Gathered {
    first: u32,
    samples: Vec<Packed>,
}

struct Writer {
    connection: Connection,
    gathered: HashMap<(u64, CallLeg), Gathered>,
    /// The last row could not be written: that is said once, not each second.
    failed: bool,
}

impl Writer {
    fn run(mut self, queue: &Receiver<Word>) {
        let mut sweep = Instant::now();
        loop {
            if Instant::now() >= sweep {
                sweep += SWEEP;
                let swept = form::sweep(&self.connection, unix_ms() - DAYS * 86_400_000, MOST_OCTETS);
                self.told(swept);
            }
            match queue.recv_timeout(sweep.saturating_duration_since(Instant::now())) {
                Ok(Word::Second { call, second }) => self.gather(call, &second),
                Ok(Word::Ended { call }) => self.write_call(call),
                Ok(Word::Flush { call, done }) => {
                    self.write_call(call);
                    // The asker may have gone away.
                    let _ = done.send(());
                }
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Word::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let calls: Vec<u64> = self.gathered.keys().map(|(call, _)| *call).collect();
        calls.into_iter().for_each(|call| self.write_call(call));
    }

    fn gather(&mut self, call: u64, second: &QualitySecond) {
        let key = (call, second.leg);
        let next = self.gathered.get(&key).map(|row| row.first + row.samples.len() as u32);
        // A leg that begins anew, or whose sample was lost, begins a row.
        if next.is_some_and(|next| next != second.second) {
            self.write(key);
        }
        let row = self.gathered.entry(key).or_insert_with(|| Gathered { first: second.second, samples: Vec::new() });
        row.samples.push(sample::pack(second));
        if row.samples.len() >= ROW {
            self.write(key);
        }
    }

    fn write_call(&mut self, call: u64) {
        [CallLeg::From, CallLeg::To].into_iter().for_each(|leg| self.write((call, leg)));
    }

    fn write(&mut self, key: (u64, CallLeg)) {
        let Some(row) = self.gathered.remove(&key).filter(|row| !row.samples.is_empty()) else { return };
        let written = form::insert(&self.connection, key, unix_ms(), row.first, &row.samples);
        self.told(written);
    }

    fn told(&mut self, done: rusqlite::Result<()>) {
        match done {
            Ok(()) => self.failed = false,
            Err(error) if !self.failed => {
                self.failed = true;
                tracing::error!(
                    "store{{quality}}: seconds of calls are not kept: {error}; is the disk of the state directory full?"
                );
            }
            Err(_) => {}
        }
    }
}

fn unix_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
