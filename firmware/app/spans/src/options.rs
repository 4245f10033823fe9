//! Command line of junctor-spans.

use std::path::PathBuf;
use std::time::Duration;

use model::root_request::SILENCE_SECONDS;

/// Writes DAHDI's root-only files for junctord. Started by systemd through junctor-spans.socket, or with --listen.
#[derive(Debug, clap::Parser)]
#[command(name = "junctor-spans", version)]
pub(crate) struct Options {
    /// Listen on this Unix socket instead of the one systemd passes.
    #[arg(long, value_name = "PATH")]
    pub(crate) listen: Option<PathBuf>,
    /// Where sysfs is mounted.
    #[arg(long, value_name = "DIR", default_value = "/sys")]
    pub(crate) sysfs: PathBuf,
    /// Besides root, this user and the members of the group of this name may ask.
    #[arg(long, value_name = "NAME", default_value = "junctor")]
    pub(crate) allow_user: String,
    /// Seconds without a connection after which a socket-activated process ends.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    idle_exit: u64,
    /// Seconds after which a connection that sends no whole line is closed.
    #[arg(long, value_name = "SECONDS", default_value_t = SILENCE_SECONDS, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    silence: u64,
}

impl Options {
    /// How long a socket-activated process stays without a connection.
    pub(crate) const fn idle_exit(&self) -> Duration {
        Duration::from_secs(self.idle_exit)
    }

    /// How long a connection may send no whole line.
    pub(crate) const fn silence(&self) -> Duration {
        Duration::from_secs(self.silence)
    }
}
