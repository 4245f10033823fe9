//! junctor-spans: writes DAHDI's root-only sysfs files for junctord, from a closed list of requests.
//!
//! The only process of the box that runs as root for telephony. It has no network and no devices, starts when junctord
//! connects (socket activation, or `--listen PATH`) and ends when it has had nothing to do for a minute. The requests are
//! `model::root_request`; decision 0007 says why they are there and what this program may touch.
//!
//! ```text
//! server (poll loop) ── peer (SO_PEERCRED) ── connection (lines) ── carry_out (request -> file, text, cure) ── sysfs
//! ```
//!
//! One thread, and one request after the other: the kernel serialises these writes anyway.
//! Options: see [`options`]. Prints `junctor-spans ready` on stdout once it can be asked.
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::wildcard_enum_match_arm)]

mod carry_out;
mod connection;
mod logging;
mod options;
mod peer;
mod refusal;
mod server;
mod socket;
mod sysfs;

use std::process::ExitCode;

use clap::Parser;

use options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    logging::start();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tracing::error!("spans{{start}}: {why}");
            eprintln!("junctor-spans: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    let socket = socket::take(options)?;
    let idle_exit = socket.activated.then_some(options.idle_exit());
    println!("junctor-spans ready");
    server::Server::new(socket.listener, options, idle_exit).run()
}
