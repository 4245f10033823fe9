//! `junctor-web`: one live status page in front of the control API.
//!
//! ```text
//! server    routes, Host check, security headers
//! page      the control API's types as words and lists for the page
//! events    the control API's events in the same words, as server-sent events
//! text      every word a person reads
//! templates/status.html, assets/page.css, assets/page.js
//! ```
//!
//! The page is rendered here; its script only follows `/events` and puts the same words into the same places.
//!
//! Left out: login and roles. Until they exist only this machine may look, so any address but loopback is refused.
#![forbid(unsafe_code)]

mod events;
mod page;
mod server;
mod text;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use client::{Client, Role};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// The gateway's status page.
#[derive(Debug, Parser)]
#[command(name = "junctor-web", version)]
struct Arguments {
    /// junctord's control socket
    #[arg(long, value_name = "SOCKET", env = "JUNCTOR_CONTROL", default_value = client::DEFAULT_SOCKET)]
    control: PathBuf,
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("JUNCTOR_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    if !arguments.listen.ip().is_loopback() {
        eprintln!("junctor-web: {}", text::refused_to_listen(arguments.listen));
        return ExitCode::from(2);
    }
    match serve(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("junctor-web: cannot listen on {}: {error}", arguments.listen);
            ExitCode::FAILURE
        }
    }
}

/// Serves until a signal. Open event streams are cut off then: they would never end by themselves.
async fn serve(arguments: &Arguments) -> std::io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let listener = TcpListener::bind(arguments.listen).await?;
    let address = listener.local_addr()?;
    // There is no login yet, so nobody who looks at this page may do more than look.
    let client = Client::new(&arguments.control).on_behalf_of("status-page", Role::Viewer);
    // Whoever started us may have closed the pipe; the page is served all the same.
    let _reader_gone = writeln!(std::io::stdout(), "junctor-web ready http://{address}/");
    tokio::select! {
        ended = axum::serve(listener, server::router(client, address)).into_future() => ended,
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}
