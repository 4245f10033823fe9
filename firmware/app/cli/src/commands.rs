//! One request each, then text for people or the API's JSON.

use std::io::{Read, Write};
use std::path::Path;

use client::{Client, time};
use serde::Serialize;

use crate::arguments::{Arguments, CallCommand, Command, ConfigCommand, SpanCommand};
use crate::failure::Failure;
use crate::{print, show, span, trace, trace_span};

pub(crate) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = Client::new(&arguments.control);
    let json = arguments.json;
    match &arguments.command {
        Command::Status => tell(json, &client.status().await?, |status| show::status(status, time::now())),
        Command::Span { command } => span::run(&client, json, command.as_ref().unwrap_or(&SpanCommand::List)).await,
        Command::Call { command } => call(&client, json, command).await,
        Command::Record { limit } => tell(json, &client.records(*limit).await?, |records| show::records(records)),
        Command::Trace(arguments) => match &arguments.span {
            Some(span) => trace_span::follow(&client, json, span, arguments).await,
            None => trace::follow(&client, json, arguments).await,
        },
        Command::Config { command: ConfigCommand::Check { file } } => check(&client, json, file).await,
        Command::Config { command: ConfigCommand::Show } => tell(json, &client.configuration().await?, String::clone),
        Command::Shutdown => Ok(client.shutdown().await?),
    }
}

/// Prints what a request returned.
pub(crate) fn tell<T: Serialize>(json: bool, answer: &T, text: impl FnOnce(&T) -> String) -> Result<(), Failure> {
    if json { print(&format!("{}\n", as_json(answer, serde_json::to_string_pretty))) } else { print(&text(answer)) }
}

/// The API's types have no map with odd keys and no failing serialiser, the only things that could fail here.
pub(crate) fn as_json<T: Serialize>(answer: &T, write: impl FnOnce(&T) -> serde_json::Result<String>) -> String {
    write(answer).unwrap_or_else(|error| format!("\"{error}\""))
}

async fn call(client: &Client, json: bool, command: &CallCommand) -> Result<(), Failure> {
    match command {
        CallCommand::List => tell(json, &client.calls().await?, |calls| show::calls(calls, time::now())),
        CallCommand::Show { id } => tell(json, &client.call(*id).await?, |detail| show::detail(detail, time::now())),
        CallCommand::Quality { id } => tell(json, &client.call_quality(*id).await?, |seconds| show::quality(seconds)),
        CallCommand::Hangup { id } => Ok(client.hangup(*id).await?),
        CallCommand::Monitor { id, stop: false } => Ok(client.monitor(*id).await?),
        CallCommand::Monitor { id, stop: true } => Ok(client.end_monitor(*id).await?),
        CallCommand::Capture { id, output } => capture(client, *id, output).await,
    }
}

async fn capture(client: &Client, id: u64, output: &Path) -> Result<(), Failure> {
    write_capture(client.capture(id).await?, output).await
}

/// The file is made only once junctord has said yes, so that a refusal leaves an older file alone.
pub(crate) async fn write_capture(mut capture: client::Capture, output: &Path) -> Result<(), Failure> {
    if output == Path::new("-") {
        return copy(&mut capture, &mut std::io::stdout().lock()).await?.map_err(Failure::output);
    }
    let mut file = std::fs::File::create(output).map_err(Failure::file(output))?;
    copy(&mut capture, &mut file).await?.map_err(Failure::file(output))
}

/// Blocking writes are fine: this program has nothing else to do meanwhile.
async fn copy(capture: &mut client::Capture, output: &mut impl Write) -> Result<std::io::Result<()>, client::Error> {
    while let Some(chunk) = capture.chunk().await? {
        if let Err(error) = output.write_all(&chunk) {
            return Ok(Err(error));
        }
    }
    Ok(output.flush())
}

async fn check(client: &Client, json: bool, file: &Path) -> Result<(), Failure> {
    let check = client.check(read_text(file)?).await?;
    tell(json, &check, show::check)?;
    if check.usable { Ok(()) } else { Err(Failure::AlreadySaid) }
}

/// A file's text; `-` is standard input.
pub(crate) fn read_text(file: &Path) -> Result<String, Failure> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    text.map_err(Failure::file(file))
}
