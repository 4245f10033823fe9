//! The command line of `junctor`: commands, options, and what each asks of the control API.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Looks after the telephony gateway: its spans, calls and configuration.
#[derive(Debug, Parser)]
#[command(name = "junctor", version, after_help = "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 cannot connect.")]
pub(crate) struct Arguments {
    /// junctord's control socket
    #[arg(long, global = true, value_name = "SOCKET", env = "JUNCTOR_CONTROL", default_value = client::DEFAULT_SOCKET)]
    pub(crate) control: PathBuf,
    /// Print the control API's JSON instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The box at a glance
    Status,
    /// Spans: line, D-channel and channels
    Span {
        #[command(subcommand)]
        command: Option<SpanCommand>,
    },
    /// Calls, now and past
    Call {
        #[command(subcommand)]
        command: CallCommand,
    },
    /// The last call records, newest first
    Record {
        /// How many
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Messages of calls as they cross the box, or what happens on a span, until Ctrl-C
    Trace(TraceArguments),
    /// The configuration document
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Ends junctord; calls are cleared first
    Shutdown,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum SpanCommand {
    /// All spans
    List,
    /// One span with all its channels
    Show {
        /// The span's name
        name: String,
    },
    /// The cards and ports that the kernel sees, configured or not
    Detect {
        /// Print the piece of configuration for each instead, ready to be copied into the document
        #[arg(long)]
        config: bool,
    },
    /// Configures one span anew; its calls end, other spans' calls go on. It lasts until junctord is started again
    Configure {
        /// A document with one [[span]], whose name says which; - is standard input
        file: PathBuf,
    },
    /// Switches a loop or a bit-error test of a card's span
    Maintain {
        /// The span's name
        name: String,
        /// What to switch on
        #[arg(value_enum)]
        mode: Mode,
    },
    /// Writes the frames that a span's flight recorder has to a pcapng file
    Capture {
        /// The span's name
        name: String,
        /// Where to write it; - is standard output
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Begins a bit-error test of a timeslot that no call has, or ends it; `junctor span show` has its figures
    Test {
        /// The span's name
        name: String,
        /// The timeslot; without it the test that runs ends
        timeslot: Option<u8>,
    },
    /// Brings a B-channel, or every one, to idle at both ends of the span; their calls end
    Restart {
        /// The span's name
        name: String,
        /// The timeslot; without it every B-channel
        timeslot: Option<u8>,
    },
    /// Sets a span's counters to zero
    Reset {
        /// The span's name
        name: String,
    },
}

/// What can be switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Mode {
    /// Back to traffic
    None,
    /// What the box sends comes back to it
    LocalLoop,
    /// What the line brings goes back to it, at the line's interface
    LineLoop,
    /// The same behind the framer
    PayloadLoop,
    /// The card sends a pseudo-random bit sequence and looks for it
    Prbs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CallCommand {
    /// The calls that are not over
    List,
    /// One call, over or not, with its messages
    Show {
        /// The call's number
        id: u64,
    },
    /// How each second of a call sounded, over or not
    Quality {
        /// The call's number
        id: u64,
    },
    /// Ends a call
    Hangup {
        /// The call's number
        id: u64,
    },
    /// Plays an answered call, both sides of it, to the sound card of audio.monitor_device, until it ends
    Monitor {
        /// The call's number
        id: u64,
        /// Play it no more
        #[arg(long)]
        stop: bool,
    },
    /// Fetches a call's capture (pcapng)
    Capture {
        /// The call's number
        id: u64,
        /// Where to write it; - is standard output
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TraceArguments {
    /// Not calls, but this span's D-channel: its frames, and how its line, link and verdict change
    #[arg(conflicts_with_all = ["call", "until_ended"])]
    pub(crate) span: Option<String>,
    /// Of a span: begin with so many entries of its past
    #[arg(long, value_name = "N", default_value_t = 20, requires = "span")]
    pub(crate) last: u32,
    /// Of a span: print what there is and end
    #[arg(long, requires = "span")]
    pub(crate) once: bool,
    /// Only this call, from its beginning, until it is over
    #[arg(long, value_name = "ID")]
    pub(crate) call: Option<u64>,
    /// Stop after so many calls have ended
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) until_ended: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Has junctord check a document without using it
    Check {
        /// The document; - is standard input
        file: PathBuf,
    },
    /// The running configuration
    Show,
}
