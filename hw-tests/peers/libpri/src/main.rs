//! `libpri-peer`: libpri at the far end of a virtual E1. See the library's header for what it is and its licence.
//!
//! The end of the span (which owns the clock) and the side of the interface (which libpri plays) are chosen apart:
//!
//! ```text
//! libpri-peer --side network --span-listen /run/e1 --control /run/libpri     the exchange, with the clock
//! libpri-peer --side user --span-connect /run/e1 --control /run/libpri       the PBX, following the clock
//! ```
//!
//! Prints `ready` on stdout once both sockets are there. Logs go to stderr.
#![forbid(unsafe_code)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Parser, ValueEnum};
use libpri_peer::audio::Clip;
use libpri_peer::control::Control;
use libpri_peer::engine::{Config, Engine};
use libpri_peer::line::{Line, VirtualEnd};
use libpri_peer::plan::{NumberPlan, Rule};
use libpri_peer::run::run;
use libpri_peer::stack::Side;
use tdm::SpanInfo;
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser};

/// libpri as a peer on a virtual E1. For tests only: links GPL-2 code.
#[derive(Parser)]
struct Cli {
    /// Which side of the user-network interface libpri plays.
    #[arg(long)]
    side: SideName,
    #[command(flatten)]
    span: Attachment,
    /// The span's clock, for --span-listen: realtime, lockstep or ppm=N.
    #[arg(long, default_value = "realtime", value_parser = parse_clock)]
    clock: Clock,
    /// Unix socket for JSON lines.
    #[arg(long)]
    control: PathBuf,
    /// WAV file (8 kHz, mono, 16 bit) that answered calls hear.
    #[arg(long)]
    play: Option<PathBuf>,
    /// Keep what incoming calls say, as call-N.wav.
    #[arg(long)]
    record_dir: Option<PathBuf>,
    /// How long an incoming call alerts before it is answered, in ms.
    #[arg(long, default_value_t = 100)]
    answer_after_ms: u64,
    /// PREFIX=answer|echo|ring|busy|unallocated|congested|clear:MS|refuse:CAUSE, over the default of the same prefix.
    #[arg(long)]
    rule: Vec<Rule>,
    /// One of libpri's timers (ms) or counters, e.g. T309=2000 or N200=3.
    #[arg(long, value_parser = parse_timer)]
    timer: Vec<(String, i32)>,
    /// libpri's debug output: PRI_DEBUG_* bits, e.g. 106 for decoded frames and both state machines.
    #[arg(long, default_value_t = 0)]
    debug_libpri: i32,
}

#[derive(Clone, Copy, ValueEnum)]
enum SideName {
    User,
    Network,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Attachment {
    /// Be the span's network end: own the clock and wait for the far end here.
    #[arg(long)]
    span_listen: Option<PathBuf>,
    /// Be the span's user end: follow the clock of the far end that listens here.
    #[arg(long)]
    span_connect: Option<PathBuf>,
}

fn parse_clock(text: &str) -> Result<Clock, String> {
    match text.split_once('=') {
        None if text == "realtime" => Ok(Clock::RealTime),
        None if text == "lockstep" => Ok(Clock::LockStep),
        Some(("ppm", value)) => i32::from_str(value).map(Clock::RealTimePpm).map_err(|error| format!("{value:?}: {error}")),
        None | Some(_) => Err(format!("{text:?}, expected realtime, lockstep or ppm=N")),
    }
}

fn parse_timer(text: &str) -> Result<(String, i32), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("{text:?}, expected NAME=VALUE"))?;
    let value = value.parse().map_err(|error| format!("{value:?}: {error}"))?;
    Ok((name.to_owned(), value))
}

fn open_span(cli: &Cli) -> Result<Box<dyn VirtualEnd>, Box<dyn Error>> {
    let info = SpanInfo::e1("libpri");
    Ok(match (&cli.span.span_listen, &cli.span.span_connect) {
        (Some(path), _) => Box::new(VirtualNetwork::listen(path, info, cli.clock)?),
        (None, Some(path)) => Box::new(VirtualUser::connect(path, info)?),
        (None, None) => return Err("neither --span-listen nor --span-connect".into()),
    })
}

fn serve(cli: &Cli) -> Result<(), Box<dyn Error>> {
    let side = match cli.side {
        SideName::User => Side::User,
        SideName::Network => Side::Network,
    };
    if let Some(dir) = cli.record_dir.as_deref().filter(|dir| !dir.is_dir()) {
        return Err(format!("{}: no such folder", dir.display()).into());
    }
    let control = Control::listen(&cli.control).map_err(|error| format!("{}: {error}", cli.control.display()))?;
    let line = Line::new(open_span(cli)?)?;
    let engine = Engine::new(Config {
        name: cli.control.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        side,
        debug: cli.debug_libpri,
        timers: cli.timer.clone(),
        plan: NumberPlan::with(cli.rule.iter().cloned()),
        answer_after: Duration::from_millis(cli.answer_after_ms),
        play: cli.play.as_deref().map(Clip::load).transpose()?,
        record_dir: cli.record_dir.clone(),
    })?;
    println!("ready");
    let ended = run(line, engine, control);
    remove_socket(&cli.control);
    Ok(ended?)
}

/// Best effort: a socket file that stays is replaced by the next peer.
fn remove_socket(path: &Path) {
    let _ = std::fs::remove_file(path);
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match serve(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain of sources, once, here at the edge.
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                text = format!("{text}: {cause}");
                source = cause.source();
            }
            eprintln!("libpri-peer: {text}");
            ExitCode::FAILURE
        }
    }
}
