//! `junctor trace`: ladders of calls as they happen.
//!
//! For one call the lines so far are read from its detail after the stream was opened, so that none is missed; a line that
//! comes both ways is printed once. The command then ends with that call.

use std::collections::BTreeSet;

use client::Client;
use model::api::{Event, Fault, LadderLine};

use crate::arguments::TraceArguments;
use crate::commands::as_json;
use crate::failure::Failure;
use crate::{print, show};

pub(crate) async fn follow(client: &Client, json: bool, arguments: &TraceArguments) -> Result<(), Failure> {
    let mut events = client.events().await?;
    let mut trace = Trace { json, only: arguments.call, shown: BTreeSet::new(), already_printed: Vec::new() };
    let mut left = arguments.until_ended.or_else(|| arguments.call.map(|_| 1));
    if let Some(id) = arguments.call
        && trace.catch_up(client, id).await?
    {
        return Ok(());
    }
    while left != Some(0) {
        let event = tokio::select! {
            event = events.next() => event?.ok_or(Failure::StreamEnded)?,
            _ = tokio::signal::ctrl_c() => return Ok(()),
        };
        let ended = matches!(event, Event::CallEnded { .. }) && trace.wants(&event);
        trace.event(&event)?;
        left = left.map(|left| left - u32::from(ended));
    }
    Ok(())
}

struct Trace {
    json: bool,
    only: Option<u64>,
    /// Calls whose first line was printed.
    shown: BTreeSet<u64>,
    /// Lines from the call's detail that the stream may bring again.
    already_printed: Vec<LadderLine>,
}

impl Trace {
    /// Prints what is known of a call so far; true when it is already over. A call that does not exist yet is waited for.
    async fn catch_up(&mut self, client: &Client, id: u64) -> Result<bool, Failure> {
        let detail = match client.call(id).await {
            Err(client::Error::Fault(Fault { status: 404, .. })) => return Ok(false),
            other => other?,
        };
        if let Some(call) = detail.call {
            self.event(&Event::Call { call })?;
        }
        for line in &detail.ladder {
            self.event(&Event::Ladder { call: id, line: line.clone() })?;
        }
        self.already_printed = detail.ladder;
        match detail.record {
            Some(record) => self.event(&Event::CallEnded { record }).map(|()| true),
            None => Ok(false),
        }
    }

    fn wants(&self, event: &Event) -> bool {
        let id = match event {
            Event::Call { call } => call.id,
            Event::CallEnded { record } => record.id,
            Event::Ladder { call, .. } => *call,
            Event::Missed { .. } => return true,
            Event::Span { .. } | Event::Peer { .. } | Event::Counters { .. } => return false,
        };
        self.only.is_none_or(|only| only == id)
    }

    fn event(&mut self, event: &Event) -> Result<(), Failure> {
        if !self.wants(event) || self.is_repeated(event) {
            return Ok(());
        }
        if self.json {
            return print(&format!("{}\n", as_json(event, serde_json::to_string)));
        }
        match event {
            Event::Call { call } if self.shown.insert(call.id) => print(&format!("{}\n", show::beginning(call))),
            Event::Ladder { call, line } => print(&format!("{call:>5} {}\n", show::ladder_line(line))),
            Event::CallEnded { record } => {
                self.shown.remove(&record.id);
                print(&format!("{}\n", show::ending(record)))
            }
            Event::Missed { count } => print(&format!("{count} events missed: this listener is too slow\n")),
            Event::Call { .. } | Event::Span { .. } | Event::Peer { .. } | Event::Counters { .. } => Ok(()),
        }
    }

    fn is_repeated(&mut self, event: &Event) -> bool {
        let Event::Ladder { line, .. } = event else { return false };
        let found = self.already_printed.iter().position(|printed| printed == line);
        found.map(|index| self.already_printed.remove(index)).is_some()
    }
}
