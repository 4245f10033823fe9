//! One request on one connection: HTTP/1.1 over the Unix socket (RFC 9112), errors told apart.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use model::api::Fault;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;
use tokio::time::timeout;

use crate::{Client, Error, ROLE_HEADER, USER_HEADER};

/// How long an answer may take. junctord answers every route in milliseconds; ending it takes up to 3 s.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest answer that is read whole into memory: a status of 64 full spans has about 400 kB.
const LARGEST_ANSWER: usize = 64 << 20;

/// What is sent besides method and path.
pub(crate) enum Send {
    Nothing,
    Toml(String),
    Json(Vec<u8>),
}

impl Send {
    /// `what` as JSON for the request to `path`.
    pub(crate) fn json<T: Serialize>(what: &T, path: &str) -> Result<Self, Error> {
        serde_json::to_vec(what).map(Self::Json).map_err(|error| Error::broken(path, format_args!("not sent, no JSON: {error}")))
    }
}

/// An answer whose head says success; the body is still on its way.
pub(crate) struct Answer {
    pub(crate) request: String,
    pub(crate) response: Response<Incoming>,
}

impl Client {
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.ask(Method::GET, path, Send::Nothing).await?.json().await
    }

    /// Sends a request and waits for the head of a successful answer.
    pub(crate) async fn ask(&self, method: Method, path: &str, send: Send) -> Result<Answer, Error> {
        let name = format!("{method} {path}");
        let request = self.request(method, path, send).map_err(|error| Error::broken(&name, error))?;
        let exchange = self.exchange(&name, request);
        let response = within_patience(&name, exchange).await?;
        let answer = Answer { request: name, response };
        if answer.response.status().is_success() { Ok(answer) } else { Err(answer.fault().await) }
    }

    fn request(&self, method: Method, path: &str, send: Send) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let mut builder = Request::builder().method(method).uri(path).header(HOST, "junctor").header(ACCEPT, "*/*");
        if let Some((user, role)) = &self.on_behalf_of {
            builder = builder.header(USER_HEADER, user).header(ROLE_HEADER, role.as_str());
        }
        match send {
            Send::Nothing => builder.body(Full::default()),
            Send::Json(bytes) => builder.header(CONTENT_TYPE, "application/json").body(Full::from(bytes)),
            Send::Toml(text) => builder.header(CONTENT_TYPE, "application/toml").body(Full::from(text)),
        }
    }

    async fn exchange(&self, name: &str, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Error> {
        let stream =
            UnixStream::connect(&self.socket).await.map_err(|source| Error::Connect { socket: self.socket.clone(), source })?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| Error::broken(name, error))?;
        // Ends when the answer's body is read or dropped. Its error reaches the reader of the body as well.
        tokio::spawn(connection);
        sender.send_request(request).await.map_err(|error| Error::broken(name, error))
    }
}

impl Answer {
    pub(crate) async fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        let request = self.request.clone();
        let bytes = self.whole().await?;
        serde_json::from_slice(&bytes).map_err(|error| Error::broken(&request, error))
    }

    pub(crate) async fn text(self) -> Result<String, Error> {
        let request = self.request.clone();
        String::from_utf8(self.whole().await?.into()).map_err(|error| Error::broken(&request, error))
    }

    /// Reads the body to its end.
    pub(crate) async fn whole(self) -> Result<Bytes, Error> {
        let Self { request, response } = self;
        let body = Limited::new(response.into_body(), LARGEST_ANSWER).collect();
        within_patience(&request, async { body.await.map_err(|error| Error::broken(&request, error)) })
            .await
            .map(http_body_util::Collected::to_bytes)
    }

    async fn fault(self) -> Error {
        let (request, status) = (self.request.clone(), self.response.status());
        match self.whole().await {
            Ok(bytes) => match serde_json::from_slice::<Fault>(&bytes) {
                Ok(fault) => Error::Fault(fault),
                Err(_) => Error::broken(&request, format_args!("status {status} without a problem document")),
            },
            Err(error) => error,
        }
    }
}

async fn within_patience<T>(request: &str, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match timeout(PATIENCE, work).await {
        Ok(result) => result,
        Err(_) => Err(Error::Silent { request: request.to_owned(), waited: PATIENCE }),
    }
}
