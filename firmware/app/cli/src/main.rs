//! `junctor`: the command line over the control API. It has no private door: everything here is one request to junctord.
//!
//! ```text
//! arguments   what can be typed
//! commands    one request each, then text for people or the API's JSON
//! span        spans, their hardware and what is done to them
//! trace       ladders as they happen
//! show        the API's types as text for people
//! table       columns
//! failure     what goes wrong, and the exit code it means
//! ```
//!
//! Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 cannot connect.
#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod failure;
mod show;
mod span;
mod table;
mod trace;
mod trace_span;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use failure::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match commands::run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(text) = failure.text() {
                eprintln!("junctor: {text}");
            }
            failure.exit_code()
        }
    }
}

/// Writes to standard output at once. A reader that has gone away (`| head`) is told apart from a real failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(Failure::output)
}
