//! The stand-in's routes: the same paths, methods and media types as junctord's.

use std::convert::Infallible;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::sse::{Event as Sse, KeepAlive};
use axum::response::{IntoResponse, Response};
use axum::routing::{Router, get, post, put};
use model::api::{Event, Fault, path};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use super::{Seen, Shared};

pub(super) fn router(shared: Shared) -> Router {
    Router::new()
        .route(path::STATUS, get(|State(s): State<Shared>| async move { Json(s.world.lock().unwrap().status.clone()) }))
        .route(path::SPANS, get(|State(s): State<Shared>| async move { Json(s.world.lock().unwrap().status.spans.clone()) }))
        .route(path::SPAN, get(span))
        .route(path::SPAN_BIT_ERROR_TEST, put(span).delete(span))
        .route(path::SPAN_RESTART, post(span))
        .route(path::SPAN_RECORDER, get(recorder))
        .route(path::SPAN_CAPTURE, get(capture_of_span))
        .route(path::CALLS, get(|State(s): State<Shared>| async move { Json(s.world.lock().unwrap().status.calls.clone()) }))
        .route(path::CALL, get(call))
        .route(path::CALL_HANGUP, post(for_call))
        .route(path::CALL_MONITOR, put(for_call).delete(for_call))
        .route(path::CALL_CAPTURE, get(capture))
        .route(path::RECORDS, get(|State(s): State<Shared>| async move { Json(s.world.lock().unwrap().records.clone()) }))
        .route(path::EVENTS, get(events))
        .route(path::CONFIGURATION, get(|State(s): State<Shared>| async move { s.world.lock().unwrap().configuration.clone() }))
        .route(
            path::CONFIGURATION_CHECK,
            post(|State(s): State<Shared>| async move { Json(s.world.lock().unwrap().check.clone()) }),
        )
        .route(path::SHUTDOWN, post(|| async { StatusCode::NO_CONTENT }))
        .layer(axum::middleware::from_fn_with_state(shared.clone(), note))
        .with_state(shared)
}

/// Writes the request down, and refuses it if the test wants that.
async fn note(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let named = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    shared.requests.lock().unwrap().push(Seen {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        user: named("x-junctor-user"),
        role: named("x-junctor-role"),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    });
    let refusal = shared.world.lock().unwrap().refuse.clone();
    match refusal {
        Some(fault) => refused(fault),
        None => next.run(Request::from_parts(parts, bytes.into())).await,
    }
}

fn refused(fault: Fault) -> Response {
    let status = StatusCode::from_u16(fault.status).unwrap();
    let body = serde_json::to_vec(&fault).unwrap();
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
}

fn not_found(title: &str, detail: String) -> Response {
    refused(Fault { status: 404, title: title.into(), detail: Some(detail), path: None })
}

async fn span(State(shared): State<Shared>, Path(name): Path<String>) -> Response {
    let world = shared.world.lock().unwrap();
    match world.status.spans.iter().find(|span| span.name == name) {
        Some(span) => Json(span.clone()).into_response(),
        None => not_found("no such span", format!("there is no span \"{name}\"")),
    }
}

async fn recorder(State(shared): State<Shared>) -> Response {
    Json(shared.world.lock().unwrap().recording.clone()).into_response()
}

async fn capture_of_span(State(shared): State<Shared>) -> Response {
    Bytes::from(shared.world.lock().unwrap().span_capture.clone()).into_response()
}

async fn call(State(shared): State<Shared>, Path(id): Path<u64>) -> Response {
    match shared.world.lock().unwrap().details.get(&id) {
        Some(detail) => Json(detail.clone()).into_response(),
        None => not_found("no such call", format!("there is no call {id}")),
    }
}

/// What is done to a call that is there.
async fn for_call(State(shared): State<Shared>, Path(id): Path<u64>) -> Response {
    match shared.world.lock().unwrap().status.calls.iter().any(|call| call.id == id) {
        true => StatusCode::NO_CONTENT.into_response(),
        false => not_found("no such call", format!("call {id} is over or never was")),
    }
}

async fn capture(State(shared): State<Shared>, Path(id): Path<u64>) -> Response {
    match shared.world.lock().unwrap().captures.get(&id) {
        Some(bytes) => Bytes::from(bytes.clone()).into_response(),
        None => not_found("no capture", format!("call {id} was not captured")),
    }
}

async fn events(State(shared): State<Shared>) -> Response {
    let mut events = shared.events.subscribe();
    let mut era = shared.era.subscribe();
    era.mark_unchanged();
    let (sender, receiver) = tokio::sync::mpsc::channel::<Event>(64);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    Ok(event) => if sender.send(event).await.is_err() { return },
                    Err(_) => return,
                },
                _ = era.changed() => return,
                () = sender.closed() => return,
            }
        }
    });
    let stream = ReceiverStream::new(receiver)
        .map(|event| Ok::<_, Infallible>(Sse::default().event(event.kind()).json_data(&event).unwrap()));
    axum::response::Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}
