//! What junctor-web answers: the page, its state as JSON, its events, and what it refuses.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod running;

use std::process::Stdio;

use model::api::{Call, CallState, Event, Fault};
use running::fake::{Fake, samples};
use running::{Web, command};

#[tokio::test]
async fn page_shows_spans_channels_peers_records_and_counters() {
    let fake = Fake::start().await;
    fake.call(samples::call(8, CallState::Ringing));
    let web = Web::start(fake.socket()).await;
    let reply = web.get("/").await;
    assert_eq!(reply.status, 200);
    for part in [
        "<h1>demo</h1>",
        "Timeslot 3: in use, call 8",
        "Timeslot 16: D-channel",
        "Timeslot 31: idle",
        "Timeslot 31: out of service",
        "Alarm: RED",
        "1 of 30",
        "udp:127.0.0.1:5062",
        "16 normal call clearing",
        "17 user busy",
        "Malformed SIP",
    ] {
        assert!(reply.body.contains(part), "no {part:?}");
    }
    // 31 cells for each of two spans, one more in the template that the script copies.
    assert_eq!(reply.body.matches("aria-hidden=\"true\" data-field=\"key\"").count(), 2 * 31 + 1);
}

#[tokio::test]
async fn what_strangers_send_is_text_and_never_markup() {
    let fake = Fake::start().await;
    fake.call(Call { calling: "<script>alert(1)</script>".into(), ..samples::call(8, CallState::Ringing) });
    let web = Web::start(fake.socket()).await;
    let body = web.get("/").await.body;
    assert!(!body.contains("<script>alert") && body.contains("alert(1)"));
}

#[tokio::test]
async fn control_api_is_asked_as_a_viewer() {
    let fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    web.get("/status.json").await;
    let mut listener = web.events().await;
    listener.wait_for("text/event-stream").await;
    let requests = fake.requests();
    assert_eq!(requests.len(), 3);
    for seen in requests {
        assert_eq!((seen.user.as_deref(), seen.role.as_deref()), (Some("status-page"), Some("viewer")));
    }
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    for path in ["/", "/status.json", "/assets/page.css", "/assets/page.js", "/assets/icon.svg", "/nothing"] {
        let reply = web.get(path).await;
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; ",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cross-origin-resource-policy: same-origin",
        ] {
            assert!(reply.head.contains(header), "{path}: no {header:?} in {}", reply.head);
        }
        assert!(!reply.head.contains("access-control-allow"), "{path}: {}", reply.head);
        assert_eq!(reply.status, if path == "/nothing" { 404 } else { 200 }, "{path}");
    }
}

#[tokio::test]
async fn page_has_no_inline_script_or_style_and_names_no_other_host() {
    let fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    let body = web.get("/").await.body;
    for forbidden in ["<style", " style=", "<script>", " onclick=", " onload=", "http://", "https://", "javascript:"] {
        assert!(!body.contains(forbidden), "{forbidden}");
    }
    for asset in ["/assets/page.js", "/assets/page.css"] {
        assert!(!web.get(asset).await.body.contains("://"), "{asset}");
    }
}

#[tokio::test]
async fn only_loopback_names_with_the_port_are_answered() {
    let fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    let port = web.address.port();
    let ask = async |lines: String| web.send(&format!("GET {lines}connection: close\r\n\r\n")).await.status;
    for host in ["127.0.0.1", "localhost", "LocalHost", "[::1]"] {
        assert_eq!(ask(format!("/status.json HTTP/1.1\r\nhost: {host}:{port}\r\n")).await, 200, "{host}");
    }
    for host in ["evil.example", "127.0.0.1", "localhost:1", "localhost.evil.example", "127.0.0.1.nip.io", ""] {
        let host = if host.contains("evil") || host.contains("nip") { format!("{host}:{port}") } else { host.to_owned() };
        assert_eq!(ask(format!("/status.json HTTP/1.1\r\nhost: {host}\r\n")).await, 421, "{host}");
    }
    assert_eq!(ask("/status.json HTTP/1.0\r\n".into()).await, 421, "no Host at all");
    let twice = format!("/status.json HTTP/1.1\r\nhost: localhost:{port}\r\nhost: evil.example:{port}\r\n");
    assert!([400, 421].contains(&ask(twice).await), "two Hosts");
    let absolute = format!("http://evil.example:{port}/status.json HTTP/1.1\r\nhost: localhost:{port}\r\n");
    assert_eq!(ask(absolute).await, 421, "absolute target");
}

#[tokio::test]
async fn other_methods_are_refused() {
    let fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    for method in ["POST", "PUT", "DELETE"] {
        let request = format!("{method} / HTTP/1.1\r\nhost: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", web.address);
        assert_eq!(web.send(&request).await.status, 405, "{method}");
    }
}

#[tokio::test]
async fn events_are_forwarded_in_the_pages_words_and_ladders_are_not() {
    let fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    let mut listener = web.events().await;
    fake.wait_for_listeners(1).await;
    fake.send(Event::Ladder { call: 8, line: samples::ladder()[0].clone() });
    fake.call(samples::call(8, CallState::Ringing));
    fake.end(samples::record(8, "2005", "100", 17, "user busy"));
    fake.send(Event::Peer { peer: samples::peer("phone", "udp:127.0.0.1:5062", Some(false)) });
    fake.send(Event::Missed { count: 3 });
    listener.wait_for("event: missed\ndata: 3\n").await;
    for part in [
        "event: call\ndata: {\"key\":8,",
        "Call 8 from 2005 to 100: ringing",
        "event: call-ended\ndata: {\"key\":8,",
        "event: span\ndata: {\"key\":\"pstn\",\"tone\":\"good\",",
        "event: peer\ndata: {\"key\":\"phone\",\"tone\":\"bad\",",
        "event: counters\ndata: [{\"key\":\"calls\",",
    ] {
        assert!(listener.heard.contains(part), "no {part:?} in {}", listener.heard);
    }
    assert!(!listener.heard.contains("event: ladder"));
}

#[tokio::test]
async fn browser_that_leaves_gives_back_its_stream() {
    let fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    let listeners = [web.events().await, web.events().await];
    fake.wait_for_listeners(2).await;
    drop(listeners);
    fake.wait_for_listeners(0).await;
}

#[tokio::test]
async fn one_page_too_many_is_told_so() {
    let fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    let mut listeners = Vec::new();
    for _ in 0..32 {
        listeners.push(web.events().await);
    }
    fake.wait_for_listeners(32).await;
    assert_eq!(web.get("/events").await.status, 503);
    listeners.pop();
    fake.wait_for_listeners(31).await;
    let mut again = web.events().await;
    again.wait_for("200 OK").await;
}

#[tokio::test]
async fn stream_ends_with_junctord_and_the_page_says_503_until_it_is_back() {
    let mut fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    let mut listener = web.events().await;
    fake.wait_for_listeners(1).await;
    fake.stop();
    listener.wait_for_end().await;
    let page = web.get("/").await;
    assert_eq!(page.status, 503);
    assert!(page.body.contains("The gateway does not answer"));
    let reply = web.get("/status.json").await;
    assert_eq!(reply.status, 503);
    assert!(reply.head.contains("content-type: application/problem+json"), "{}", reply.head);
    let fault: Fault = serde_json::from_str(&reply.body).unwrap();
    assert!(fault.detail.unwrap().contains("control.sock"));
    assert_eq!(web.get("/events").await.status, 503);
    fake.resume();
    assert_eq!(web.get("/").await.status, 200);
}

#[tokio::test]
async fn refusal_of_junctord_is_passed_on() {
    let fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    let fault = Fault { status: 403, title: "not for you".into(), detail: None, path: None };
    fake.change(|world| world.refuse = Some(fault.clone()));
    let reply = web.get("/status.json").await;
    assert_eq!((reply.status, serde_json::from_str::<Fault>(&reply.body).unwrap()), (403, fault));
}

#[tokio::test]
async fn address_beyond_this_machine_is_refused_with_the_reason() {
    for listen in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080"] {
        let output = command("/nowhere".as_ref(), listen).stderr(Stdio::piped()).output().await.unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(listen) && text.contains("has no login"), "{text}");
    }
}

#[tokio::test]
async fn taken_port_is_named() {
    let fake = Fake::start().await;
    let web = Web::start(fake.socket()).await;
    let output = command(fake.socket(), &web.address.to_string()).stderr(Stdio::piped()).output().await.unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains(&format!("cannot listen on {}", web.address)), "{text}");
}
