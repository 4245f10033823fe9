//! Routes, the Host check and the security headers.
//!
//! A page of a stranger's site that this machine's browser shows can reach loopback too. It cannot read our answers (no
//! CORS header is ever sent), and the Host check keeps out names that a stranger's DNS lets point at 127.0.0.1 (rebinding).

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{Router, get};
use axum::{Json, middleware};
use client::{Client, Error, time};
use model::api::Fault;
use tokio::sync::Semaphore;

use crate::page::{RECORDS_SHOWN, StatusPage, View};
use crate::{events, text};

/// How many pages may follow the events at once; each costs junctord a stream.
const MOST_LISTENERS: usize = 32;

const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

#[derive(Clone)]
struct Web {
    client: Client,
    hosts: Arc<[String]>,
    listeners: Arc<Semaphore>,
}

pub(crate) fn router(client: Client, address: SocketAddr) -> Router {
    let web = Web { client, hosts: hosts(address).into(), listeners: Arc::new(Semaphore::new(MOST_LISTENERS)) };
    Router::new()
        .route("/", get(status_page))
        .route("/status.json", get(status_json))
        .route("/events", get(follow))
        .route("/assets/page.css", get(|| asset("text/css; charset=utf-8", include_str!("../assets/page.css"))))
        .route("/assets/page.js", get(|| asset("text/javascript; charset=utf-8", include_str!("../assets/page.js"))))
        .route("/assets/icon.svg", get(|| asset("image/svg+xml", include_str!("../assets/icon.svg"))))
        .layer(middleware::from_fn_with_state(web.clone(), guard))
        .with_state(web)
}

/// The names under which a browser on this machine reaches `address`. Port 80 is left out of a Host header.
fn hosts(address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let own = match address {
        SocketAddr::V4(v4) => v4.ip().to_string(),
        SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
    };
    let names = ["127.0.0.1", "localhost", "[::1]", own.as_str()];
    let with_port = names.iter().map(|name| format!("{name}:{port}"));
    let bare = names.iter().filter(|_| port == 80).map(ToString::to_string);
    with_port.chain(bare).collect()
}

async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = if is_for_us(&web.hosts, &request) {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, text::WRONG_HOST).into_response()
    };
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether the one Host header, and the target if it has an authority (RFC 9112 3.2.2), name us.
fn is_for_us(hosts: &[String], request: &Request) -> bool {
    let known = |name: &str| hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
    let mut named = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else { return false };
    host.to_str().is_ok_and(known) && request.uri().authority().is_none_or(|authority| known(authority.as_str()))
}

async fn asset(media_type: &'static str, content: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, media_type)], content)
}

impl Web {
    async fn view(&self) -> Result<View, Error> {
        let (status, records) = tokio::try_join!(self.client.status(), self.client.records(RECORDS_SHOWN))?;
        Ok(View::new(&status, &records, time::now()))
    }
}

async fn status_page(State(web): State<Web>) -> Response {
    let (status, view) = match web.view().await {
        Ok(view) => (StatusCode::OK, Some(view)),
        Err(error) => {
            tracing::warn!("no status for the page: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, None)
        }
    };
    match (StatusPage { view }).render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn status_json(State(web): State<Web>) -> Response {
    web.view().await.map_or_else(unavailable, |view| Json(view).into_response())
}

async fn follow(State(web): State<Web>) -> Response {
    let Ok(permit) = web.listeners.try_acquire_owned() else {
        return (StatusCode::SERVICE_UNAVAILABLE, text::TOO_MANY_LISTENERS).into_response();
    };
    web.client.events().await.map_or_else(unavailable, |events| events::forward(events, permit))
}

/// junctord's own refusal is passed on, anything else is 503.
fn unavailable(error: Error) -> Response {
    tracing::warn!("{error}");
    let fault = match error {
        Error::Fault(fault) => fault,
        other @ (Error::Connect { .. } | Error::Silent { .. } | Error::Broken { .. }) => {
            Fault { status: 503, title: text::DOWN_HEADING.into(), detail: Some(other.to_string()), path: None }
        }
    };
    let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(fault).into_response().into_body()).into_response()
}
