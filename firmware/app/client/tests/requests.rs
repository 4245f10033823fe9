//! Every route of the control API through the client, against a stand-in for junctord.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod fake;

use client::{Client, Role};
use fake::{Fake, Seen, samples};
use model::api::CallState;

#[tokio::test]
async fn each_reading_method_returns_what_junctord_said() {
    let fake = Fake::start().await;
    let client = Client::new(fake.socket());
    assert_eq!(client.status().await.unwrap(), samples::status());
    assert_eq!(client.spans().await.unwrap(), samples::status().spans);
    assert_eq!(client.span("pbx").await.unwrap(), samples::status().spans[1]);
    assert_eq!(client.calls().await.unwrap(), []);
    assert_eq!(client.call(7).await.unwrap().ladder, samples::ladder());
    assert_eq!(client.records(20).await.unwrap().len(), 2);
    assert_eq!(client.configuration().await.unwrap(), "name = \"demo\"\n");
    assert_eq!(client.capture(7).await.unwrap().bytes().await.unwrap(), [0x0a, 0x0d, 0x0d, 0x0a, 0, 1, 2, 255]);
}

#[tokio::test]
async fn each_acting_method_posts_to_its_path() {
    let fake = Fake::start().await;
    fake.call(samples::call(8, CallState::Answered));
    let client = Client::new(fake.socket());
    client.hangup(8).await.unwrap();
    assert!(client.check("name = \"x\"").await.unwrap().usable);
    client.shutdown().await.unwrap();
    let seen =
        |path: &str, body: &str| Seen { method: "POST".into(), path: path.into(), user: None, role: None, body: body.into() };
    let expected = [seen("/v1/calls/8/hangup", ""), seen("/v1/configuration/check", "name = \"x\""), seen("/v1/shutdown", "")];
    assert_eq!(fake.requests(), expected);
}

#[tokio::test]
async fn call_is_monitored_and_no_more_by_put_and_delete_of_one_path() {
    let fake = Fake::start().await;
    fake.call(samples::call(8, CallState::Answered));
    let client = Client::new(fake.socket());
    client.monitor(8).await.unwrap();
    client.end_monitor(8).await.unwrap();
    assert!(client.monitor(9).await.is_err());
    let seen: Vec<String> = fake.requests().into_iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect();
    assert_eq!(seen, ["PUT /v1/calls/8/monitor", "DELETE /v1/calls/8/monitor", "PUT /v1/calls/9/monitor"]);
}

#[tokio::test]
async fn limit_of_records_is_in_the_query() {
    let fake = Fake::start().await;
    Client::new(fake.socket()).records(5).await.unwrap();
    assert_eq!(fake.requests()[0].path, "/v1/records?limit=5");
}

#[tokio::test]
async fn user_and_role_go_with_every_request() {
    let fake = Fake::start().await;
    let client = Client::new(fake.socket()).on_behalf_of("ada", Role::Viewer);
    client.status().await.unwrap();
    let _events = client.events().await.unwrap();
    for seen in fake.requests() {
        assert_eq!((seen.user.as_deref(), seen.role.as_deref()), (Some("ada"), Some("viewer")));
    }
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn name_with_odd_characters_stays_one_path_segment() {
    let fake = Fake::start().await;
    fake.change(|world| world.status.spans[0].name = "a b/c?é".into());
    assert_eq!(Client::new(fake.socket()).span("a b/c?é").await.unwrap().name, "a b/c?é");
}
