//! Log lines to the journal, or to stderr when there is none. Level by JUNCTOR_LOG (`info`, `isdn=debug`).

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// Starts logging. The journal is used when the process's stderr is connected to it (systemd sets JOURNAL_STREAM).
pub(crate) fn start() {
    let filter = EnvFilter::try_from_env("JUNCTOR_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let journal = std::env::var_os("JOURNAL_STREAM").and_then(|_| tracing_journald::layer().ok());
    match journal {
        Some(journal) => registry.with(journal).init(),
        None => registry.with(fmt::layer().with_writer(std::io::stderr).with_target(false)).init(),
    }
}
