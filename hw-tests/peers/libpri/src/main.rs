//! `libpri-peer`: libpri at the far end of an E1 or T1, virtual or of DAHDI. See the library's header for what it is and its licence.
//!
//! The end of the span (which owns the clock) and the side of the interface (which libpri plays) are chosen apart:
//!
//! ```text
//! libpri-peer --side network --span-listen /run/e1 --control /run/libpri     the exchange, with the clock
//! libpri-peer --side user --span-connect /run/e1 --control /run/libpri       the PBX, following the clock
//! libpri-peer --side user --span-dahdi 1 --control /run/libpri               the PBX, on channels 1 to 31 of DAHDI
//! ```
//!
//! A group of spans that share their D-channels (NFAS) has the further spans' sockets besides, or their first channels of DAHDI:
//!
//! ```text
//! libpri-peer --side user --framing t1 --switch ni2 --span-connect /run/t1-0 --nfas-span /run/t1-1 --nfas-bearers /run/t1-2 ...
//! libpri-peer --side network --framing t1 --switch ni2 --span-dahdi 1 --nfas-dahdi 25 ...
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
use libpri_peer::attach::Attached;
use libpri_peer::audio::Clip;
use libpri_peer::channel::{Further, Spans};
use libpri_peer::control::Control;
use libpri_peer::dahdi::line::DahdiLine;
use libpri_peer::engine::{Config, Engine};
use libpri_peer::framing::Framing;
use libpri_peer::group::LineGroup;
use libpri_peer::line::{Line, VirtualEnd};
use libpri_peer::plan::{NumberPlan, Rule};
use libpri_peer::run::run;
use libpri_peer::stack::{Options, Side};
use libpri_peer::switch_type::SwitchType;
use tdm::SpanInfo;
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser};

/// libpri as a peer on an E1 or T1. For tests only: links GPL-2 code.
#[derive(Parser)]
struct Cli {
    /// Which side of the user-network interface libpri plays.
    #[arg(long)]
    side: SideName,
    /// E1 (D-channel 16, A-law) or T1 (D-channel 24, mu-law).
    #[arg(long, default_value = "e1")]
    framing: Framing,
    /// What libpri takes the far end for.
    #[arg(long, default_value = "euro-isdn")]
    switch: SwitchType,
    #[command(flatten)]
    span: Attachment,
    #[command(flatten)]
    further: FurtherSpans,
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
    /// Numbers may come in pieces: one that calls us is whole with seven digits, one that we call may be sent so (`first_digits`).
    #[arg(long)]
    overlap: bool,
    /// Names and diversions go in Facility where the switch type has that; the redirecting number is left out there.
    #[arg(long)]
    facility: bool,
    /// The far end may hold calls; otherwise HOLD is refused with cause 69.
    #[arg(long)]
    hold: bool,
    /// A call that is cleared with something to hear (progress indicator 8 in DISCONNECT) stays until somebody hangs up.
    #[arg(long)]
    hear_clearing: bool,
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
    /// Have the span of DAHDI whose first channel has this number; dahdi_cfg has made it bchan and dchan.
    #[arg(long, value_name = "FIRST_CHANNEL", value_parser = clap::value_parser!(u32).range(1..))]
    span_dahdi: Option<u32>,
}

#[derive(Args)]
struct FurtherSpans {
    /// A further span of a group, attached as the first is, whose D-channel stands by. Interface identifiers count from 1.
    #[arg(long, value_name = "SOCKET", conflicts_with = "span_dahdi")]
    nfas_span: Vec<PathBuf>,
    /// A further span of a group that has no D-channel; counted after those that have.
    #[arg(long, value_name = "SOCKET", conflicts_with = "span_dahdi")]
    nfas_bearers: Vec<PathBuf>,
    /// As --nfas-span, a span of DAHDI beside that of --span-dahdi.
    #[arg(long, value_name = "FIRST_CHANNEL", requires = "span_dahdi", value_parser = clap::value_parser!(u32).range(1..))]
    nfas_dahdi: Vec<u32>,
}

impl FurtherSpans {
    /// Spans of DAHDI and sockets exclude each other.
    fn all(&self) -> Vec<Further> {
        let with = vec![Further::WithDChannel; self.nfas_span.len() + self.nfas_dahdi.len()];
        with.into_iter().chain(vec![Further::BearersOnly; self.nfas_bearers.len()]).collect()
    }
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

fn attach(cli: &Cli, spans: &Spans) -> Result<LineGroup, Box<dyn Error>> {
    let Attachment { span_listen, span_connect, span_dahdi } = &cli.span;
    let listens = span_listen.is_some();
    let mut lines: Vec<(u8, Box<dyn Attached>)> = Vec::new();
    let Some(first) = span_listen.as_ref().or(span_connect.as_ref()) else {
        let first = span_dahdi.ok_or("none of --span-listen, --span-connect and --span-dahdi")?;
        for ((interface, _), first) in spans.all().zip([&first].into_iter().chain(&cli.further.nfas_dahdi)) {
            lines.push((interface, Box::new(DahdiLine::new(interface, *first, cli.framing)?)));
        }
        return Ok(LineGroup::new(lines));
    };
    let sockets = [first].into_iter().chain(&cli.further.nfas_span).chain(&cli.further.nfas_bearers);
    for ((interface, d_channel), socket) in spans.all().zip(sockets) {
        lines.push((interface, Box::new(Line::of_group(virtual_end(cli, socket, listens)?, interface, d_channel)?)));
    }
    Ok(LineGroup::new(lines))
}

fn virtual_end(cli: &Cli, socket: &Path, listens: bool) -> Result<Box<dyn VirtualEnd>, tdm::Error> {
    let info = match cli.framing {
        Framing::E1 => SpanInfo::e1("libpri"),
        Framing::T1 => SpanInfo::t1("libpri"),
    };
    if listens {
        Ok(Box::new(VirtualNetwork::listen(socket, info, cli.clock)?))
    } else {
        Ok(Box::new(VirtualUser::connect(socket, info)?))
    }
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
    let spans = Spans::new(cli.framing, cli.further.all());
    let mut line = attach(cli, &spans)?;
    let engine = Engine::new(Config {
        name: cli.control.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        side,
        spans,
        switch: cli.switch,
        options: Options { overlap: cli.overlap, facility: cli.facility, hold: cli.hold, hear_clearing: cli.hear_clearing },
        debug: cli.debug_libpri,
        timers: cli.timer.clone(),
        plan: NumberPlan::with(cli.rule.iter().cloned()),
        answer_after: Duration::from_millis(cli.answer_after_ms),
        play: cli.play.as_deref().map(|path| Clip::load(path, cli.framing.law())).transpose()?,
        record_dir: cli.record_dir.clone(),
    })?;
    println!("ready");
    let ended = run(&mut line, engine, control);
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
