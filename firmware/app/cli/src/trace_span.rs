//! `junctor trace SPAN`: a span's flight recorder, its past and then what happens.

use std::time::Duration;

use client::Client;
use client::time::rfc3339;
use model::api::{Happening, LinkState, Recorded, SpanState};

use crate::arguments::TraceArguments;
use crate::commands::as_json;
use crate::failure::Failure;
use crate::print;
use crate::table::printable;

/// How often is asked for what is new.
const PAUSE: Duration = Duration::from_millis(250);
/// The most that is asked for at once.
const MOST: u32 = 20_000;

pub(crate) async fn follow(client: &Client, json: bool, span: &str, arguments: &TraceArguments) -> Result<(), Failure> {
    let past = client.recording(span, 0, arguments.last.clamp(1, MOST)).await?;
    let (mut after, skip) = (past.entries.last().map_or(past.lost, |entry| entry.number), arguments.last == 0);
    past.entries.iter().filter(|_| !skip).try_for_each(|entry| print_entry(json, entry))?;
    if arguments.once {
        return Ok(());
    }
    loop {
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
        let new = client.recording(span, after, MOST).await?;
        if new.lost > 0 && !json {
            print(&format!("{} entries missed\n", new.lost))?;
        }
        new.entries.iter().try_for_each(|entry| print_entry(json, entry))?;
        after = new.entries.last().map_or(after, |entry| entry.number);
    }
}

fn print_entry(json: bool, entry: &Recorded) -> Result<(), Failure> {
    if json {
        return print(&format!("{}\n", as_json(entry, serde_json::to_string)));
    }
    print(&format!("{} {}\n", rfc3339(entry.at), printable(&words(&entry.what))))
}

fn words(what: &Happening) -> String {
    match what {
        Happening::Frame { sent, text, call } => {
            let arrow = if *sent { ">" } else { "<" };
            let call = call.map_or_else(String::new, |call| format!(" (call {call})"));
            format!("{arrow} {text}{call}")
        }
        Happening::Alarms { alarms } if alarms.is_clear() => "* line clear".into(),
        Happening::Alarms { alarms } => format!("* alarms {}", alarms.0.join(" ")),
        Happening::Link { link: LinkState::Up } => "* data link up".into(),
        Happening::Link { link: LinkState::Down } => "* data link down".into(),
        Happening::Link { link: LinkState::None } => "* no data link".into(),
        Happening::State { state: SpanState::Running } => "* in use".into(),
        Happening::State { state: SpanState::Missing { why } } => format!("* missing: {why}"),
        Happening::State { state: SpanState::Failed { why, cure } } => format!("* failed: {why}: {cure}"),
        Happening::Verdict { area, text } => format!("* {}: {text}", area.as_str()),
    }
}
