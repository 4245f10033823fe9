//! Many calls, a bounded number at once, started at a bounded rate, summed up.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

use crate::Error;
use crate::client::{Connection, name};
use crate::control::{CallRequest, Request};

/// The most calls of one run.
pub const MOST_CALLS: u32 = 1_000_000;

/// What to do.
#[derive(Clone, Debug)]
pub struct Load {
    /// Calls altogether, at most [`MOST_CALLS`].
    pub calls: u32,
    /// Calls that live at the same time; more than the span has channels are refused by it.
    pub at_once: u32,
    /// Calls begun in a second at most.
    pub rate: f64,
    /// Each call as it is placed: who is called, how long it lasts, what it says.
    pub call: CallRequest,
}

/// What came of it. Times are in ms.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Calls placed, or tried to.
    pub attempts: u32,
    /// Calls answered.
    pub connected: u32,
    /// Calls not answered.
    pub failed: u32,
    /// Those by Q.850 cause; `refused` without a cause is `local`.
    pub failed_by_cause: BTreeMap<String, u32>,
    /// SETUP to CONNECT of the connected.
    pub setup_ms: Percentiles,
    /// SETUP to ALERTING (or CONNECT without) of the connected.
    pub post_dial_delay_ms: Percentiles,
    /// Connected calls that ended otherwise than by cause 16.
    pub ended_badly: u32,
    /// Calls whose own audio came back (with `probe`).
    pub audio_verified: u32,
    /// Connected calls that sent the probe and did not hear it.
    pub audio_missing: u32,
    /// Blocks of silence this end sent because it was late, all calls.
    pub underruns: u64,
    /// The whole run.
    pub seconds: f64,
}

/// Nearest-rank percentiles; zero when there was nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs, reason = "they say what they are")]
pub struct Percentiles {
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

impl Percentiles {
    /// Of these values, in any order.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let rank = |percent: f64| {
            let rank = (percent / 100.0 * values.len() as f64).ceil() as usize;
            values.get(rank.saturating_sub(1)).copied().unwrap_or_default()
        };
        Self { p50: rank(50.0), p99: rank(99.0), max: rank(100.0) }
    }
}

/// Runs the load over one connection. Ends when every call is over, or with an error when the exchange goes away.
pub fn run(connection: &mut Connection, load: &Load) -> Result<Summary, Error> {
    let started = Instant::now();
    let mut run = Run { summary: Summary::default(), setup: Vec::new(), post_dial: Vec::new(), living: BTreeMap::new() };
    let calls = load.calls.min(MOST_CALLS);
    let gap = Duration::from_secs_f64(1.0 / load.rate.clamp(0.001, 100_000.0));
    let mut next_start = started;
    while run.summary.attempts < calls || !run.living.is_empty() {
        let may_start = run.summary.attempts < calls && run.living.len() < load.at_once.max(1) as usize;
        if may_start && Instant::now() >= next_start {
            next_start += gap;
            run.summary.attempts += 1;
            run.living.insert(u64::from(run.summary.attempts), false);
            let id = Some(Value::from(run.summary.attempts));
            connection.send(&Request::Call(CallRequest { id, ..load.call.clone() }))?;
            continue;
        }
        if let Some(event) = connection.next(may_start.then_some(next_start))? {
            run.note(&event)?;
        }
    }
    run.summary.setup_ms = Percentiles::of(run.setup);
    run.summary.post_dial_delay_ms = Percentiles::of(run.post_dial);
    run.summary.seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    Ok(run.summary)
}

struct Run {
    summary: Summary,
    setup: Vec<f64>,
    post_dial: Vec<f64>,
    /// Calls that are not over, and whether they are connected.
    living: BTreeMap<u64, bool>,
}

impl Run {
    fn note(&mut self, event: &Value) -> Result<(), Error> {
        let number = |field: &str| event.get(field).and_then(Value::as_f64);
        let id = event.get("id").and_then(Value::as_u64);
        match (name(event), id) {
            ("connected", Some(id)) => {
                self.living.insert(id, true);
                self.summary.connected += 1;
                self.setup.extend(number("setup_ms"));
                self.post_dial.extend(number("post_dial_delay_ms"));
            }
            ("released" | "refused", Some(id)) => {
                let connected = self.living.remove(&id).unwrap_or(false);
                self.ended(event, connected);
            }
            ("error", _) => return Err(Error::Answer(event.to_string())),
            (_, _) => {}
        }
        Ok(())
    }

    fn ended(&mut self, event: &Value, connected: bool) {
        let cause = event.get("cause").and_then(Value::as_u64);
        if connected {
            self.summary.ended_badly += u32::from(cause != Some(16));
            self.summary.underruns += event.get("underruns").and_then(Value::as_u64).unwrap_or_default();
            match event.pointer("/probe/verified").and_then(Value::as_bool) {
                Some(true) => self.summary.audio_verified += 1,
                Some(false) => self.summary.audio_missing += 1,
                None => {}
            }
        } else {
            self.summary.failed += 1;
            let cause = cause.map_or_else(|| "local".to_owned(), |cause| cause.to_string());
            *self.summary.failed_by_cause.entry(cause).or_default() += 1;
        }
    }
}
