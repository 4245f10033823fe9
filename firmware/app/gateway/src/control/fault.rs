//! Errors of the control API as RFC 9457 problem details.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::api::Fault;

/// A [`Fault`] on its way out.
#[derive(Debug)]
pub(super) struct Problem(Fault);

impl Problem {
    pub(super) fn new(status: StatusCode, title: &str, detail: impl Into<String>) -> Self {
        Self(Fault { status: status.as_u16(), title: title.into(), detail: Some(detail.into()), path: None })
    }

    /// There is no such thing.
    pub(super) fn missing(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not found", detail)
    }

    /// What was sent cannot be used: the key at `path` is wrong.
    pub(super) fn invalid(path: impl Into<String>, detail: impl Into<String>) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY.as_u16();
        Self(Fault { status, title: "not valid".into(), detail: Some(detail.into()), path: Some(path.into()) })
    }

    /// The engine or the store did not answer.
    pub(super) fn broken(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the box cannot answer", detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.0)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}
