//! The routes of spans and their hardware.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use call::words::SpanId;
use model::api::{BitErrorTestRequest, Hardware, MaintenanceRequest, Recording, RestartRequest, Span};
use model::settings::{self, Settings, Severity};
use serde::Deserialize;

use super::Control;
use super::fault::Problem;
use super::routes::{Answer, engine_gone, pcapng};
use crate::spans::Order;

/// How long the far end may take to let go of a span's calls: an answer that has not come within T308 (4 s, Q.931 9.1) is asked for again.
const LET_GO: Duration = Duration::from_secs(4);

pub(super) async fn spans(State(control): State<Control>) -> Answer<Vec<Span>> {
    control.inputs.ask(|task| task.spans()).await.map(Json).ok_or_else(engine_gone)
}

pub(super) async fn span(State(control): State<Control>, Path(name): Path<String>) -> Answer<Span> {
    shown(&control, &name).await.map(Json)
}

async fn shown(control: &Control, name: &str) -> Result<Span, Problem> {
    let spans = control.inputs.ask(|task| task.spans()).await.ok_or_else(engine_gone)?;
    spans.into_iter().find(|span| span.name == name).ok_or_else(|| no_such(name))
}

fn no_such(name: &str) -> Problem {
    Problem::missing(format!("there is no span \"{name}\""))
}

async fn number(control: &Control, name: &str) -> Result<SpanId, Problem> {
    let wanted = name.to_owned();
    let found = control.inputs.ask(move |task| task.span_named(&wanted)).await.ok_or_else(engine_gone)?;
    found.ok_or_else(|| no_such(name))
}

/// Which entries of a flight recorder to show.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    after: u64,
    #[serde(default = "thousand")]
    limit: u32,
}

const fn thousand() -> u32 {
    1000
}

pub(super) async fn recorder(
    State(control): State<Control>,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer<Recording> {
    let span = number(&control, &name).await?;
    let most = usize::try_from(wanted.limit.clamp(1, 20_000)).unwrap_or(usize::MAX);
    control.inputs.ask(move |task| task.recording(span, wanted.after, most)).await.map(Json).ok_or_else(engine_gone)
}

pub(super) async fn capture(State(control): State<Control>, Path(name): Path<String>) -> Result<Response, Problem> {
    let span = number(&control, &name).await?;
    control.inputs.ask(move |task| task.d_channel_capture(span)).await.map(pcapng).ok_or_else(engine_gone)
}

pub(super) async fn hardware(State(control): State<Control>) -> Answer<Vec<Hardware>> {
    let listed = control.spans.ask(|answer| Order::Hardware { answer }).await.ok_or_else(engine_gone)?;
    listed.map(Json).map_err(|why| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no hardware can be listed", why))
}

pub(super) async fn reset_counters(State(control): State<Control>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    let id = number(&control, &name).await?;
    control.inputs.ask(move |task| task.reset_counters(id)).await.ok_or_else(engine_gone)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn maintain(
    State(control): State<Control>,
    Path(name): Path<String>,
    Json(request): Json<MaintenanceRequest>,
) -> Answer<Span> {
    let span = number(&control, &name).await?;
    let done = control.spans.ask(|answer| Order::Maintain { span, mode: request.mode, answer }).await.ok_or_else(engine_gone)?;
    done.map_err(|why| Problem::new(StatusCode::CONFLICT, "the span cannot do this", why))?;
    shown(&control, &name).await.map(Json)
}

pub(super) async fn restart(
    State(control): State<Control>,
    Path(name): Path<String>,
    Json(request): Json<RestartRequest>,
) -> Answer<Span> {
    let span = number(&control, &name).await?;
    let begun = control.inputs.ask(move |task| task.restart_channels(span, request.timeslot)).await.ok_or_else(engine_gone)?;
    begun.map_err(|why| Problem::new(StatusCode::CONFLICT, "nothing can be restarted", why))?;
    let which = request.timeslot.map_or_else(|| "every channel".to_owned(), |slot| format!("timeslot {slot}"));
    tracing::info!("spans[{name}]{{running}}: {which} -> restarted by the administrator");
    shown(&control, &name).await.map(Json)
}

pub(super) async fn begin_test(
    State(control): State<Control>,
    Path(name): Path<String>,
    Json(request): Json<BitErrorTestRequest>,
) -> Answer<Span> {
    let span = number(&control, &name).await?;
    tokio::spawn(begin_test_of(control, span, name, request.timeslot)).await.map_err(|_| engine_gone())?.map(Json)
}

async fn begin_test_of(control: Control, span: SpanId, name: String, timeslot: u8) -> Result<Span, Problem> {
    let cannot = |why| Problem::new(StatusCode::CONFLICT, "the timeslot cannot be tested", why);
    let begun = control.inputs.ask(move |task| task.begin_test(span, timeslot)).await.ok_or_else(engine_gone)?;
    let opened = begun.map_err(cannot)?.await.map_err(|_| engine_gone())?;
    if let Err(why) = opened {
        control.inputs.ask(move |task| task.end_test(span)).await.ok_or_else(engine_gone)?;
        return Err(cannot(why));
    }
    tracing::info!("spans[{name}]{{testing}}: timeslot {timeslot} -> no calls");
    shown(&control, &name).await
}

pub(super) async fn end_test(State(control): State<Control>, Path(name): Path<String>) -> Answer<Span> {
    let span = number(&control, &name).await?;
    tokio::spawn(end_test_of(control, span, name)).await.map_err(|_| engine_gone())?.map(Json)
}

async fn end_test_of(control: Control, span: SpanId, name: String) -> Result<Span, Problem> {
    let last = shown(&control, &name).await?;
    let closed = control.inputs.ask(move |task| task.stop_test(span)).await.ok_or_else(engine_gone)?;
    // A span that is not there has nothing to close.
    let _ = closed.await.map_err(|_| engine_gone())?;
    control.inputs.ask(move |task| task.end_test(span)).await.ok_or_else(engine_gone)?;
    if let Some(test) = &last.bit_error_test {
        tracing::info!(
            "spans[{name}]{{testing}}: {} of {} bits wrong, lost {} times -> calls",
            test.errors,
            test.bits,
            test.losses
        );
    }
    // The figures as they were last: afterwards they are gone.
    Ok(Span { bit_error_test: last.bit_error_test, ..shown(&control, &name).await? })
}

/// Checks the span within the whole document, ends its calls, and has it opened with the new settings.
pub(super) async fn configure(
    State(control): State<Control>,
    Path(name): Path<String>,
    Json(new): Json<settings::Span>,
) -> Answer<Span> {
    let span = number(&control, &name).await?;
    if new.name != name {
        return Err(Problem::invalid("name", format!("the path names span \"{name}\", the document \"{}\"", new.name)));
    }
    take_up(&control, span, &new)?;
    // A task of its own: it is done whole even when the caller goes away meanwhile.
    tokio::spawn(configure_anew(control, span, new)).await.map_err(|_| engine_gone())?.map(Json)
}

async fn configure_anew(control: Control, span: SpanId, new: settings::Span) -> Result<Span, Problem> {
    let_go(&control, span).await?;
    let (settings, name) = (new.clone(), new.name.clone());
    control.inputs.ask(move |task| task.reconfigure_span(span, settings)).await.ok_or_else(engine_gone)?;
    let order = |answer| Order::Configure { span, settings: Box::new(new), answer };
    control.spans.ask(order).await.ok_or_else(engine_gone)?;
    shown(&control, &name).await
}

/// Waits until the far end has let go of the span's calls, or until it has shown that it will not.
async fn let_go(control: &Control, span: SpanId) -> Result<(), Problem> {
    let end = Instant::now() + LET_GO;
    while control.inputs.ask(move |task| task.let_go_of_span(span)).await.ok_or_else(engine_gone)? > 0 && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Puts the span into the running document if that is still valid with it.
fn take_up(control: &Control, id: SpanId, new: &settings::Span) -> Result<(), Problem> {
    let mut configuration = control.configuration.lock().unwrap_or_else(PoisonError::into_inner);
    let mut spans = configuration.settings.spans.clone();
    match spans.get_mut(id.0) {
        Some(old) => *old = new.clone(),
        None => return Err(no_such(&new.name)),
    }
    // Its D-channels are others' too: their calls would end with it.
    if new.nfas.is_some() || configuration.settings.spans.get(id.0).is_some_and(|old| old.nfas.is_some()) {
        let why = format!("span \"{}\" shares D-channels with others: change the document and start junctord anew", new.name);
        return Err(Problem::new(StatusCode::CONFLICT, "the span cannot be configured by itself", why));
    }
    let settings = Settings { spans, ..configuration.settings.clone() };
    if let Some(problem) = settings::validate(&settings).into_iter().find(|problem| problem.severity == Severity::Error) {
        return Err(Problem::invalid(problem.path, problem.text));
    }
    configuration.text = settings::write(&settings);
    configuration.settings = settings;
    Ok(())
}
