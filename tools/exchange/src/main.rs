//! `junctor-exchange`: the telephone network at the far end of a span, and what drives it from a shell.
//!
//! ```text
//! junctor-exchange serve --span-socket S --control C     the exchange; the box joins S as the user end
//! junctor-exchange call --control C --called 100         places a call, prints its ladder; succeeds if it was connected
//! junctor-exchange load --control C --called 100 ...     many calls; prints a summary as JSON
//! junctor-exchange status|watch|trace|stop --control C
//! ```
#![forbid(unsafe_code)]

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use exchange::client::{self, Connection};
use exchange::control::{CallRequest, Request};
use exchange::load::{self, Load};
use exchange::plan::Rule;
use exchange::sound::{Sound, law_of};
use exchange::{Error, Exchange, Plan, Settings, Time, serve};
use tdm::SpanInfo;
use tdm::virtual_span::{Clock, VirtualNetwork};

/// The telephone network at the far end of a span: answers, refuses and places calls.
#[derive(Parser)]
#[command(name = "junctor-exchange", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the exchange until it is stopped.
    Serve(Serve),
    /// Place one call and print what becomes of it; exit status 0 only if it was connected.
    Call(Call),
    /// Place many calls and print a summary as JSON; exit status 0 only if all were connected and ended well.
    Load(LoadArgs),
    /// Print what the exchange is doing, as JSON.
    Status(Control),
    /// Print every call and alarm as it happens, JSON lines.
    Watch(Control),
    /// Print every frame on the D-channel as it happens.
    Trace(Control),
    /// Put loss of signal on the line, or take it off.
    Alarm {
        #[command(flatten)]
        control: Control,
        /// On or off.
        state: OnOff,
    },
    /// Clear all calls and end the exchange.
    Stop(Control),
}

#[derive(Args)]
struct Control {
    /// The exchange's control socket.
    #[arg(long)]
    control: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum OnOff {
    On,
    Off,
}

#[derive(Clone, Copy, ValueEnum)]
enum Framing {
    E1,
    T1,
}

#[derive(Args)]
struct Serve {
    /// Where the user end of the span joins.
    #[arg(long)]
    span_socket: PathBuf,
    /// Where requests are taken (JSON lines).
    #[arg(long)]
    control: PathBuf,
    /// realtime, lockstep, or ppm=N for a clock that is wrong by N parts per million.
    #[arg(long, default_value = "realtime", value_parser = clock)]
    clock: Clock,
    #[arg(long, value_enum, default_value = "e1")]
    framing: Framing,
    /// WAV file (8 kHz mono 16 bit) that answering numbers say; without it a built-in sentence.
    #[arg(long)]
    play: Option<PathBuf>,
    /// Folder for what answering numbers hear, one WAV file a call.
    #[arg(long)]
    record_dir: Option<PathBuf>,
    /// A rule for numbers that begin with PREFIX, e.g. 777=reject:41; may be repeated, goes before the default plan.
    #[arg(long = "plan", value_name = "PREFIX=TREATMENT")]
    rules: Vec<Rule>,
    /// Ringing tone on the B-channel, announced in ALERTING.
    #[arg(long)]
    in_band_ringing: bool,
    /// Name in log lines.
    #[arg(long, default_value = "exchange")]
    name: String,
}

#[derive(Args)]
struct CallArgs {
    /// Number to call.
    #[arg(long)]
    called: String,
    /// Calling number.
    #[arg(long)]
    calling: Option<String>,
    /// Do not let the calling number be shown.
    #[arg(long)]
    withheld: bool,
    /// Calling name.
    #[arg(long)]
    name: Option<String>,
    /// WAV file (8 kHz mono 16 bit) to say.
    #[arg(long, conflicts_with_all = ["echo", "probe"])]
    play: Option<PathBuf>,
    /// Return what is heard.
    #[arg(long, conflicts_with = "probe")]
    echo: bool,
    /// Send tones and check that they come back: needs a far end that returns what it hears.
    #[arg(long)]
    probe: bool,
    /// How long a call lasts once connected, in ms.
    #[arg(long, default_value_t = 5000)]
    hold_ms: u64,
    /// How long to wait for an answer, in ms.
    #[arg(long, default_value_t = 180_000)]
    give_up_ms: u64,
}

impl CallArgs {
    fn request(self) -> Result<CallRequest, Error> {
        Ok(CallRequest {
            called: self.called,
            calling: self.calling,
            withheld: self.withheld,
            name: self.name,
            play: self.play.map(absolute).transpose()?,
            echo: self.echo,
            probe: self.probe,
            record: None,
            clear_after_ms: Some(self.hold_ms),
            give_up_after_ms: Some(self.give_up_ms),
            id: None,
        })
    }
}

#[derive(Args)]
struct Call {
    #[command(flatten)]
    control: Control,
    #[command(flatten)]
    call: CallArgs,
    /// WAV file for what is heard.
    #[arg(long)]
    record: Option<PathBuf>,
    /// Print events as JSON lines instead of a ladder.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct LoadArgs {
    #[command(flatten)]
    control: Control,
    #[command(flatten)]
    call: CallArgs,
    /// Calls altogether.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(load::MOST_CALLS)))]
    calls: u32,
    /// Calls that live at the same time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    at_once: u32,
    /// Calls begun in a second at most.
    #[arg(long, default_value_t = 10.0)]
    rate: f64,
}

fn clock(text: &str) -> Result<Clock, String> {
    match text.split_once('=') {
        None if text == "realtime" => Ok(Clock::RealTime),
        None if text == "lockstep" => Ok(Clock::LockStep),
        Some(("ppm", ppm)) => ppm.parse().map(Clock::RealTimePpm).map_err(|error| format!("ppm={ppm}: {error}")),
        _ => Err(format!("'{text}' is neither realtime, lockstep nor ppm=N")),
    }
}

/// The exchange runs in another folder, perhaps.
fn absolute(path: PathBuf) -> Result<PathBuf, Error> {
    std::path::absolute(&path).map_err(|source| Error::Control { doing: format!("cannot use {}", path.display()), source })
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("JUNCTOR_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match run(Cli::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("junctor-exchange: {}", chain(&error));
            ExitCode::from(2)
        }
    }
}

/// An error with everything that caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

fn run(command: Command) -> Result<bool, Error> {
    match command {
        Command::Serve(options) => run_exchange(options).map(|()| true),
        Command::Call(options) => place_call(options),
        Command::Load(options) => place_many(options),
        Command::Status(Control { control }) => ask(&control, &Request::Status),
        Command::Watch(Control { control }) => follow(&control, &Request::Watch, |event| println!("{event}")),
        Command::Trace(Control { control }) => follow(&control, &Request::Trace, |event| {
            if let Some(text) = event.get("text").and_then(serde_json::Value::as_str) {
                let arrow = if event.get("sent") == Some(&serde_json::Value::Bool(true)) { "net > user" } else { "user > net" };
                println!("{arrow}  {text}");
            }
        }),
        Command::Alarm { control: Control { control }, state } => {
            ask(&control, &Request::Alarm { on: matches!(state, OnOff::On) })
        }
        Command::Stop(Control { control }) => ask(&control, &Request::Shutdown),
    }
}

fn run_exchange(options: Serve) -> Result<(), Error> {
    let info = match options.framing {
        Framing::E1 => SpanInfo::e1(&options.name),
        Framing::T1 => SpanInfo::t1(&options.name),
    };
    let speech = options.play.map(|path| Sound::load(&path, law_of(info.law))).transpose()?;
    let mut plan = Plan::default();
    options.rules.into_iter().for_each(|rule| plan.add(rule));
    let settings = Settings {
        plan,
        speech,
        record_dir: options.record_dir,
        in_band_ringing: options.in_band_ringing,
        time: if options.clock == Clock::LockStep { Time::OfSpan } else { Time::Real },
    };
    let span = VirtualNetwork::listen(&options.span_socket, info, options.clock)?;
    let exchange = Exchange::new(span, settings)?;
    serve::serve(exchange, &options.control, || {
        println!("junctor-exchange ready span={} control={}", options.span_socket.display(), options.control.display());
    })
}

fn place_call(options: Call) -> Result<bool, Error> {
    let json = options.json;
    let probe = options.call.probe;
    let request = CallRequest { record: options.record.map(absolute).transpose()?, ..options.call.request()? };
    let mut connection = Connection::open(&options.control.control)?;
    let outcome = client::place(&mut connection, request, |event| {
        if json {
            println!("{event}");
        } else {
            println!("{}", client::ladder_line(event));
        }
    })?;
    Ok(outcome.connected && (!probe || outcome.verified == Some(true)))
}

fn place_many(options: LoadArgs) -> Result<bool, Error> {
    let probe = options.call.probe;
    let load = Load { calls: options.calls, at_once: options.at_once, rate: options.rate, call: options.call.request()? };
    let mut connection = Connection::open(&options.control.control)?;
    let summary = load::run(&mut connection, &load)?;
    println!("{}", serde_json::to_string_pretty(&summary).map_err(|error| Error::Answer(error.to_string()))?);
    let good = summary.connected == summary.attempts && summary.ended_badly == 0;
    Ok(good && (!probe || summary.audio_verified == summary.connected))
}

fn ask(control: &std::path::Path, request: &Request) -> Result<bool, Error> {
    let answer = Connection::open(control)?.ask(request)?;
    if client::name(&answer) == "status" {
        println!("{answer:#}");
    }
    Ok(client::name(&answer) != "error")
}

fn follow(control: &std::path::Path, request: &Request, mut show: impl FnMut(&serde_json::Value)) -> Result<bool, Error> {
    let mut connection = Connection::open(control)?;
    connection.send(request)?;
    loop {
        if let Some(event) = connection.next(None)? {
            show(&event);
        }
    }
}
