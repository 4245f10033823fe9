//! Lines that are no request: each is refused, nothing is written, and the program goes on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod running;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use running::{Client, Running, Tree, refusal};

#[test]
fn line_that_is_no_request_is_refused() {
    let tree = Tree::new("nasty");
    let _running = Running::start(&tree);
    let before = tree.files();
    let mut client = Client::connect(&tree);
    let deep = "[".repeat(4000);
    for line in [
        "",
        "{}",
        "null",
        "[]",
        "\"hello\"",
        r#"{"request":"reboot"}"#,
        r#"{"request":"hello","more":1}"#,
        r#"{"request":"hello"} {"request":"hello"}"#,
        r#"{"request":"hello","request":"hello"}"#,
        r#"{"request":"set-master-span"}"#,
        r#"{"request":"set-master-span","span":3,"span":3}"#,
        r#"{"request":"set-master-span","span":3,"file":"/etc/passwd"}"#,
        r#"{"request":"set-master-span","span":"3"}"#,
        r#"{"request":"set-master-span","span":3.0}"#,
        r#"{"request":"set-master-span","span":-3}"#,
        r#"{"request":"set-master-span","span":0}"#,
        r#"{"request":"set-master-span","span":129}"#,
        r#"{"request":"set-master-span","span":4294967299}"#,
        r#"{"request":"SetMasterSpan","span":3}"#,
        deep.as_str(),
    ] {
        let (why, cure) = client.refused(line);
        assert!(why.starts_with("the request is not one of the list") && cure.contains("same release"), "{line}: {why}");
    }
    client.says_hello();
    assert_eq!(tree.files(), before);
}

#[test]
fn garbage_bytes_are_refused_line_by_line() {
    let tree = Tree::new("garbage");
    let _running = Running::start(&tree);
    let before = tree.files();
    let client = std::cell::RefCell::new(Client::connect(&tree));
    let bytes = proptest::collection::vec(any::<u8>().prop_filter("one line", |byte| *byte != b'\n'), 0..600);
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    runner
        .run(&bytes, |mut line| {
            line.push(b'\n');
            let mut client = client.borrow_mut();
            client.send(&line);
            let (why, _) = refusal(client.answer().unwrap());
            prop_assert!(why.starts_with("the request is not one of the list"), "{}", why);
            Ok(())
        })
        .unwrap();
    client.borrow_mut().says_hello();
    assert_eq!(tree.files(), before);
}

#[test]
fn text_of_others_reaches_the_log_escaped() {
    let tree = Tree::new("escaped");
    let _running = Running::start(&tree);
    Client::connect(&tree).refused(r#"{"request":"x\nspans[uid 0 pid 1]{request}: done: forged\u001b[2J"}"#);
    let log = tree.log();
    assert!(log.contains(r"x\nspans[uid 0"), "{log}");
    assert!(!log.lines().any(|line| line.starts_with("spans[uid 0 pid 1]")), "{log}");
    assert!(!log.contains("\u{1b}[2J"), "{log}");
}

#[test]
fn line_over_the_limit_is_refused_and_the_connection_closed() {
    let tree = Tree::new("long");
    let _running = Running::start(&tree);
    let before = tree.files();
    let mut client = Client::connect(&tree);
    // White space is permitted in JSON: only its length is wrong.
    let mut line = vec![b' '; 4096];
    line.extend(b"{\"request\":\"set-master-span\",\"span\":3}\n");
    client.send(&line);
    assert!(refusal(client.answer().unwrap()).0.contains("4096 bytes or more"));
    assert_eq!(client.answer(), None);
    assert_eq!(tree.files(), before);
    Client::connect(&tree).says_hello();
}

#[test]
fn line_of_just_the_limit_is_answered() {
    let tree = Tree::new("limit");
    let _running = Running::start(&tree);
    let request = r#"{"request":"hello"}"#;
    let line = format!("{request}{}", " ".repeat(4095 - request.len()));
    let mut client = Client::connect(&tree);
    client.says_hello();
    assert!(matches!(client.ask(&line), model::root_request::Answer::Hello { .. }));
    client.says_hello();
}

#[test]
fn line_cut_by_the_end_of_the_connection_is_not_carried_out() {
    let tree = Tree::new("cut");
    let _running = Running::start(&tree);
    let before = tree.files();
    let mut client = Client::connect(&tree);
    client.says_hello();
    client.send(br#"{"request":"set-master-span","span":3}"#);
    drop(client);
    Client::connect(&tree).says_hello();
    assert_eq!(tree.files(), before);
    assert!(tree.log().contains("closed in the middle of a line, 38 bytes"), "{}", tree.log());
}
