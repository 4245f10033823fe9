//! What a caller reads when it goes wrong: no socket, a refusal, nonsense, a stand-in that hangs up.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod fake;

use client::{Client, Error};
use fake::Fake;
use model::api::Fault;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;

#[tokio::test]
async fn missing_socket_names_the_path_and_what_to_check() {
    let error = Client::new("/nowhere/control.sock").status().await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }));
    let text = "cannot connect to /nowhere/control.sock: there is no such socket, check that junctord runs and the path";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn socket_without_a_listener_says_that_nobody_listens() {
    let mut fake = Fake::start().await;
    let left_behind = fake.socket().with_file_name("left.sock");
    drop(UnixListener::bind(&left_behind).unwrap());
    let error = Client::new(&left_behind).status().await.unwrap_err();
    assert!(error.to_string().ends_with("left.sock: nobody listens there, check that junctord runs"), "{error}");
    fake.stop();
}

#[tokio::test]
async fn refusal_is_the_fault_with_its_words() {
    let fake = Fake::start().await;
    let fault =
        Fault { status: 403, title: "administrators only".into(), detail: Some("user web may only look".into()), path: None };
    fake.change(|world| world.refuse = Some(fault.clone()));
    let error = Client::new(fake.socket()).shutdown().await.unwrap_err();
    assert_eq!(error.to_string(), "administrators only: user web may only look");
    assert!(matches!(error, Error::Fault(found) if found == fault));
}

#[tokio::test]
async fn unknown_call_is_a_fault_404() {
    let fake = Fake::start().await;
    let error = Client::new(fake.socket()).capture(99).await.unwrap_err();
    assert!(matches!(error, Error::Fault(Fault { status: 404, .. })), "{error}");
}

/// A socket that answers each connection with `reply`, whatever is asked, and closes it.
fn parrot(folder: &std::path::Path, reply: &'static str) -> std::path::PathBuf {
    let socket = folder.join("parrot.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _length = stream.read(&mut request).await.unwrap();
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    socket
}

async fn status_after(reply: &'static str) -> String {
    let fake = Fake::start().await;
    let socket = parrot(fake.socket().parent().unwrap(), reply);
    Client::new(socket).status().await.unwrap_err().to_string()
}

#[tokio::test]
async fn answer_that_is_no_http_is_broken() {
    let text = status_after("SSH-2.0-OpenSSH_9.2\r\n").await;
    assert!(text.starts_with("broken answer to GET /v1/status: "), "{text}");
}

#[tokio::test]
async fn answer_with_another_json_is_broken_and_says_what_is_missing() {
    let text = status_after("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    assert_eq!(text, "broken answer to GET /v1/status: missing field `name` at line 1 column 2");
}

#[tokio::test]
async fn answer_that_ends_early_is_broken() {
    let text = status_after("HTTP/1.1 200 OK\r\ncontent-length: 200\r\n\r\n{\"name\":").await;
    assert!(text.starts_with("broken answer to GET /v1/status: "), "{text}");
}

#[tokio::test]
async fn failure_without_problem_document_names_the_status() {
    let text = status_after("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(text, "broken answer to GET /v1/status: status 502 Bad Gateway without a problem document");
}

#[tokio::test(start_paused = true)]
async fn silence_ends_after_ten_seconds() {
    let fake = Fake::start().await;
    let socket = fake.socket().with_file_name("silent.sock");
    let _listener = UnixListener::bind(&socket).unwrap(); // connections queue up and are never taken
    let error = Client::new(socket).status().await.unwrap_err();
    assert_eq!(error.to_string(), "no answer to GET /v1/status within 10 s: junctord hangs or is overloaded");
}

#[tokio::test]
async fn events_of_another_media_type_are_broken() {
    let fake = Fake::start().await;
    let socket =
        parrot(fake.socket().parent().unwrap(), "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 0\r\n\r\n");
    let error = Client::new(socket).events().await.unwrap_err();
    let text = "broken answer to GET /v1/events: media type text/html, expected text/event-stream";
    assert_eq!(error.to_string(), text);
}
