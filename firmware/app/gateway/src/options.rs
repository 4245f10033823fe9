//! Command line options and the files they lead to.

use std::path::{Path, PathBuf};

use clap::Parser;
use model::settings::{self, Settings};

/// What junctord runs with when no file is given: the same document that `tools/run` starts from.
const EMBEDDED: &str = include_str!("default.toml");

/// The Junctor gateway: TDM spans on one side, SIP on the other.
#[derive(Debug, Parser)]
#[command(name = "junctord", version)]
pub(crate) struct Options {
    /// Configuration document; without it an embedded default: one virtual E1 span and a SIP peer on loopback.
    #[arg(long)]
    pub(crate) config: Option<PathBuf>,
    /// Where call records and captures are kept, and where relative span sockets are looked for.
    #[arg(long, default_value = "/var/lib/junctor")]
    pub(crate) state: PathBuf,
    /// The control API's socket.
    #[arg(long, default_value = "/run/junctor/control.sock")]
    pub(crate) control: PathBuf,
    /// Where junctor-spans listens, which does what only root may do to DAHDI's spans.
    #[arg(long, default_value = model::root_request::SOCKET)]
    pub(crate) spans_helper: PathBuf,
}

/// A document that passed every check, and its text.
#[derive(Debug, Clone)]
pub(crate) struct Configuration {
    pub(crate) text: String,
    pub(crate) settings: Settings,
}

impl Options {
    /// Reads and checks the configuration; every problem is logged, errors are fatal at start.
    pub(crate) fn configuration(&self) -> Result<Configuration, String> {
        let text = match &self.config {
            None => EMBEDDED.to_owned(),
            Some(path) => {
                std::fs::read_to_string(path).map_err(|error| format!("cannot read configuration {}: {error}", path.display()))?
            }
        };
        let reading = settings::read(&text);
        for problem in &reading.problems {
            tracing::warn!("configuration{{start}}: {problem}");
        }
        match reading.settings {
            Some(settings) => Ok(Configuration { text, settings }),
            None => {
                let problems: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
                Err(format!("the configuration cannot be used:\n{}", problems.join("\n")))
            }
        }
    }

    /// Makes the state directory and that of the control socket.
    pub(crate) fn prepare_state(&self) -> Result<PathBuf, String> {
        let make = |path: &Path| {
            std::fs::create_dir_all(path).map_err(|error| format!("cannot make directory {}: {error}", path.display()))
        };
        make(&self.state)?;
        if let Some(parent) = self.control.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            make(parent)?;
        }
        Ok(self.state.clone())
    }
}
