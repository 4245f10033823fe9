//! junctord: spans, signalling, media, routing, call records and the control API, in one process.
//!
//! The engine task owns all call state as one sans-IO [`call::Engine`]; everything else here is input and output for it:
//!
//! ```text
//! net (SIP sockets) ──┐                    ┌── net
//! media threads ──────┼─> engine task ────┼── media threads (commands, D-channel frames)
//! spans (opening) ────┤                    │   (also sound: cards for music on hold and monitoring)
//! control API ────────┘                    ├── store (call records), capture (pcapng)
//!                                           └── events (SSE)
//! ```
//!
//! Options: see [`options`]. Prints `junctord ready control=PATH` on stdout once calls can come. SIGTERM and SIGINT clear
//! all calls first.
#![forbid(unsafe_code)]

mod capture;
mod control;
mod engine_task;
mod ladder;
mod logging;
mod media;
mod net;
mod options;
mod recorder;
mod shutdown;
mod sound;
mod spans;
mod store;

use std::process::ExitCode;

use clap::Parser;

use options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    logging::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("cannot start the runtime: {error}")),
    };
    match runtime.block_on(run(options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => failed(&why),
    }
}

fn failed(why: &str) -> ExitCode {
    tracing::error!("junctord{{start}}: {why}");
    eprintln!("junctord: {why}");
    ExitCode::FAILURE
}

/// Starts every part, runs until told to stop, then stops them in turn.
async fn run(options: Options) -> Result<(), String> {
    let configuration = options.configuration()?;
    let state = options.prepare_state()?;
    let settings = configuration.settings.clone();

    let (events, _) = tokio::sync::broadcast::channel(1024);
    let store = store::Store::open(&state.join("calls.sqlite"), events.clone())
        .map_err(|why| format!("cannot open the call store: {why}"))?;
    let quality = store::QualityStore::open(&state.join("quality.sqlite"))
        .map_err(|why| format!("cannot open the store of calls' quality: {why}"))?;
    let capture = capture::Capture::start(&settings.capture, &state.join("captures"))?;
    let (inputs, input_queue) = engine_task::inputs();
    let (orders, order_queue) = std::sync::mpsc::channel();
    let (sound_orders, sound_queue) = std::sync::mpsc::channel();
    let returns = media::Returns { spans: orders.clone(), sound: sound_orders.clone() };
    let media = media::Media::start(&settings, capture.clone(), inputs.clone(), returns)?;
    let sound = sound::Sound::start(&settings.audio, media.clone(), (sound_orders, sound_queue))?;
    let surroundings = spans::Surroundings { state: options.state.clone(), helper: options.spans_helper.clone() };
    let spans = spans::Spans::start(&settings, surroundings, media.clone(), inputs.clone(), (orders, order_queue))?;
    let net = net::Net::start(&settings, &inputs).await?;

    let parts = engine_task::Parts {
        media: media.clone(),
        net,
        store: store.clone(),
        quality: quality.clone(),
        capture: capture.clone(),
        events: events.clone(),
    };
    let task = engine_task::EngineTask::new(&configuration, parts, inputs.clone())?;
    let engine = tokio::spawn(task.run(input_queue));

    let stop = shutdown::Stop::new();
    let control = control::Control::new(control::Parts {
        inputs: inputs.clone(),
        events,
        store: store.clone(),
        quality: quality.clone(),
        capture: capture.clone(),
        spans: spans.clone(),
        sound: sound.clone(),
        configuration,
        stop: stop.clone(),
    });
    control.serve(&options.control).await?;
    println!("junctord ready control={}", options.control.display());

    stop.requested().await;
    shutdown::clear_calls(&inputs).await;
    drop(inputs);
    engine.abort();
    media.stop();
    spans.stop();
    sound.stop();
    capture.stop();
    store.stop();
    quality.stop();
    Ok(())
}
