//! The routes of the control API, one small function each.

use axum::extract::{ConnectInfo, Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use model::api::{Call, CallDetail, CallRecord, ConfigurationCheck, QualitySecond, Status, path};
use model::settings;
use serde::Deserialize;

use super::caller::{Caller, Role};
use super::fault::Problem;
use super::{Control, events, monitor_routes, span_routes};

pub(super) type Answer<T> = Result<Json<T>, Problem>;

/// Every route with the role it needs. A document is 1 MiB at most, axum's own limit of 2 MiB guards the rest.
pub(super) fn router(control: Control) -> Router {
    let look = Router::new()
        .route(path::STATUS, get(status))
        .route(path::SPANS, get(span_routes::spans))
        .route(path::SPAN, get(span_routes::span))
        .route(path::SPAN_RECORDER, get(span_routes::recorder))
        .route(path::HARDWARE, get(span_routes::hardware))
        .route(path::CALLS, get(calls))
        .route(path::CALL, get(call))
        .route(path::CALL_QUALITY, get(call_quality))
        .route(path::RECORDS, get(records))
        .route(path::EVENTS, get(event_stream))
        .route(path::CONFIGURATION_CHECK, post(check_configuration))
        .layer(from_fn_with_state(Role::Viewer, authorise));
    let operate = Router::new()
        .route(path::CALL_HANGUP, post(hang_up))
        .route(path::SPAN_COUNTERS_RESET, post(span_routes::reset_counters))
        .layer(from_fn_with_state(Role::Operator, authorise));
    let administer = Router::new()
        .route(path::CALL_CAPTURE, get(call_capture))
        .route(path::CALL_MONITOR, put(monitor_routes::begin).delete(monitor_routes::end))
        .route(path::SPAN_CAPTURE, get(span_routes::capture))
        .route(path::CONFIGURATION, get(configuration))
        .route(path::SPAN_CONFIGURATION, put(span_routes::configure))
        .route(path::SPAN_MAINTENANCE, post(span_routes::maintain))
        .route(path::SPAN_BIT_ERROR_TEST, put(span_routes::begin_test).delete(span_routes::end_test))
        .route(path::SPAN_RESTART, post(span_routes::restart))
        .route(path::SHUTDOWN, post(shut_down))
        .layer(from_fn_with_state(Role::Administrator, authorise));
    look.merge(operate).merge(administer).fallback(unknown).layer(from_fn(log)).with_state(control)
}

/// Lets a request through if its caller's role is enough.
async fn authorise(
    State(needed): State<Role>,
    ConnectInfo(caller): ConnectInfo<Caller>,
    request: Request,
    next: Next,
) -> Response {
    match caller.role(request.headers()) {
        Ok(role) if role >= needed => next.run(request).await,
        Ok(role) => {
            let detail =
                format!("{} {} needs the role {needed:?}, this caller has {role:?}", request.method(), request.uri().path());
            Problem::new(StatusCode::FORBIDDEN, "not allowed", detail).into_response()
        }
        Err(missing) => Problem::new(StatusCode::FORBIDDEN, "not allowed", missing).into_response(),
    }
}

async fn log(request: Request, next: Next) -> Response {
    let what = format!("{} {}", request.method(), request.uri().path());
    let response = next.run(request).await;
    tracing::debug!("control{{serving}}: {what} -> {}", response.status().as_u16());
    response
}

async fn unknown(request: Request) -> Problem {
    Problem::missing(format!("there is no {}", request.uri().path()))
}

pub(super) fn engine_gone() -> Problem {
    Problem::broken("the engine does not answer: junctord is stopping")
}

async fn status(State(control): State<Control>) -> Answer<Status> {
    control.inputs.ask(|task| task.status()).await.map(Json).ok_or_else(engine_gone)
}

async fn calls(State(control): State<Control>) -> Answer<Vec<Call>> {
    control.inputs.ask(|task| task.calls()).await.map(Json).ok_or_else(engine_gone)
}

async fn call(State(control): State<Control>, Path(id): Path<u64>) -> Answer<CallDetail> {
    let (call, ladder) = control.inputs.ask(move |task| (task.call(id), task.ladder(id))).await.ok_or_else(engine_gone)?;
    let record = match call {
        Some(_) => None,
        None => stored(&control, move |store| store.record(id)).await?,
    };
    if call.is_none() && record.is_none() && ladder.is_empty() {
        return Err(Problem::missing(format!("there is no call {id}")));
    }
    Ok(Json(CallDetail { call, record, ladder }))
}

async fn call_quality(State(control): State<Control>, Path(id): Path<u64>) -> Answer<Vec<QualitySecond>> {
    let quality = control.quality.clone();
    off_the_loop(move || quality.of_call(id)).await.map(Json)
}

async fn hang_up(State(control): State<Control>, Path(id): Path<u64>) -> Result<StatusCode, Problem> {
    match control.inputs.ask(move |task| task.hang_up(id, "ended by the administrator")).await {
        Some(true) => Ok(StatusCode::NO_CONTENT),
        Some(false) => Err(Problem::missing(format!("there is no call {id} that is not over"))),
        None => Err(engine_gone()),
    }
}

async fn call_capture(State(control): State<Control>, Path(id): Path<u64>) -> Result<Response, Problem> {
    let file = control.capture.file(id);
    control.capture.flush().await;
    let bytes = tokio::fs::read(&file).await.map_err(|error| {
        Problem::missing(format!("there is no capture of call {id} ({error}): is capture.calls on in the configuration?"))
    })?;
    Ok(pcapng(bytes))
}

/// The answer that is a capture.
pub(super) fn pcapng(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/x-pcapng")], bytes).into_response()
}

/// Which records to list.
#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default = "twenty")]
    limit: u32,
}

const fn twenty() -> u32 {
    20
}

async fn records(State(control): State<Control>, Query(wanted): Query<Wanted>) -> Answer<Vec<CallRecord>> {
    let limit = wanted.limit.clamp(1, 1000);
    stored(&control, move |store| store.last(limit)).await.map(Json)
}

/// Reads from the store on a thread that may block.
async fn stored<T: Send + 'static>(
    control: &Control,
    read: impl FnOnce(&crate::store::Store) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, Problem> {
    let store = control.store.clone();
    off_the_loop(move || read(&store)).await
}

/// Reads from a disk on a thread that may wait for it.
async fn off_the_loop<T: Send + 'static>(read: impl FnOnce() -> rusqlite::Result<T> + Send + 'static) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Problem::broken(format!("the call store cannot be read: {error}"))),
        Err(error) => Err(Problem::broken(format!("the call store's reader failed: {error}"))),
    }
}

async fn event_stream(State(control): State<Control>) -> impl IntoResponse {
    Sse::new(events::stream(&control.events)).keep_alive(events::keep_alive())
}

async fn configuration(State(control): State<Control>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/toml")],
        control.configuration.lock().unwrap_or_else(std::sync::PoisonError::into_inner).text.clone(),
    )
}

async fn check_configuration(text: String) -> Json<ConfigurationCheck> {
    let reading = settings::read(&text);
    Json(ConfigurationCheck { usable: reading.settings.is_some(), problems: reading.problems })
}

async fn shut_down(State(control): State<Control>) -> StatusCode {
    control.stop.request();
    StatusCode::ACCEPTED
}
