//! Each request writes its bytes to its file, and nothing else in sysfs changes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod running;

use model::root_request::{Answer, PROTOCOL};
use running::{CARD, Client, FOLDER, MASTER, Running, Tree};

/// Asks once and compares the whole tree: only `file` may differ, and must then hold `text`.
fn writes(test: &str, request: &str, file: &str, text: &str) {
    let tree = Tree::new(test);
    let _running = Running::start(&tree);
    let mut expected = tree.files();
    assert!(expected.insert(file.to_owned(), text.to_owned()).is_some_and(|before| before != text));
    assert_eq!(Client::connect(&tree).ask(request), Answer::Done);
    assert_eq!(tree.files(), expected);
}

#[test]
fn set_span_type_writes_port_and_type() {
    // The file is not truncated: the second line is what stood there.
    let request = format!(r#"{{"request":"set-span-type","device":"{CARD}","port":1,"kind":"t1"}}"#);
    writes("type", &request, &format!("{FOLDER}/spantype"), "1:T1\n2:E1\n");
    let request = format!(r#"{{"request":"set-span-type","device":"{CARD}","port":1,"kind":"j1"}}"#);
    writes("j1", &request, &format!("{FOLDER}/spantype"), "1:J1\n2:E1\n");
}

#[test]
fn set_span_type_with_the_other_file_name_writes_there() {
    let tree = Tree::new("renamed");
    std::fs::rename(tree.sys().join(FOLDER).join("spantype"), tree.sys().join(FOLDER).join("dahdi_spantype")).unwrap();
    let _running = Running::start(&tree);
    let request = format!(r#"{{"request":"set-span-type","device":"{CARD}","port":2,"kind":"e1"}}"#);
    assert_eq!(Client::connect(&tree).ask(&request), Answer::Done);
    assert_eq!(tree.files()[&format!("{FOLDER}/dahdi_spantype")], "2:E1\n2:E1\n");
}

#[test]
fn assign_span_writes_port_span_and_first_channel() {
    let request = format!(r#"{{"request":"assign-span","device":"{CARD}","port":1,"span":2,"first_channel":32}}"#);
    writes("assign", &request, &format!("{FOLDER}/assign_span"), "1:2:32\n");
}

#[test]
fn unassign_span_writes_the_port() {
    let request = format!(r#"{{"request":"unassign-span","device":"{CARD}","port":2}}"#);
    writes("unassign", &request, &format!("{FOLDER}/unassign_span"), "2\n");
}

#[test]
fn set_master_span_writes_the_span() {
    writes("master", r#"{"request":"set-master-span","span":3}"#, MASTER, "3\n");
}

#[test]
fn set_master_span_that_is_not_assigned_is_refused_and_names_those_that_are() {
    let tree = Tree::new("nomaster");
    let _running = Running::start(&tree);
    let before = tree.files();
    let (why, cure) = Client::connect(&tree).refused(r#"{"request":"set-master-span","span":4}"#);
    assert_eq!(why, "there is no span 4 (assigned: 3)");
    assert!(cure.contains("assign the span first"), "{cure}");
    assert_eq!(tree.files(), before);
}

#[test]
fn auto_assign_with_every_port_assigned_is_done() {
    let tree = Tree::new("auto");
    tree.write(&format!("{FOLDER}/span-2/local_spanno"), "1\n");
    let _running = Running::start(&tree);
    let mut expected = tree.files();
    expected.insert(format!("{FOLDER}/auto_assign"), "1\n".to_owned());
    assert_eq!(Client::connect(&tree).ask(&format!(r#"{{"request":"auto-assign","device":"{CARD}"}}"#)), Answer::Done);
    assert_eq!(tree.files(), expected);
}

#[test]
fn auto_assign_that_leaves_a_port_is_refused_and_names_it() {
    let tree = Tree::new("autoleft");
    let _running = Running::start(&tree);
    let (why, cure) = Client::connect(&tree).refused(&format!(r#"{{"request":"auto-assign","device":"{CARD}"}}"#));
    assert!(why.ends_with("left ports 1 unassigned"), "{why}");
    assert!(cure.contains("by number"), "{cure}");
}

#[test]
fn hello_answers_the_version_and_writes_nothing() {
    let tree = Tree::new("hello");
    let _running = Running::start(&tree);
    let before = tree.files();
    let answer = Client::connect(&tree).ask(r#"{"request":"hello"}"#);
    assert_eq!(answer, Answer::Hello { protocol: PROTOCOL, version: env!("CARGO_PKG_VERSION").to_owned() });
    assert_eq!(tree.files(), before);
}

#[test]
fn requests_sent_together_are_answered_in_their_order() {
    let tree = Tree::new("together");
    let _running = Running::start(&tree);
    let mut client = Client::connect(&tree);
    client.send(
        b"{\"request\":\"hello\"}\n{\"request\":\"set-master-span\",\"span\":3}\n{\"request\":\"set-master-span\",\"span\":9}\n",
    );
    assert!(matches!(client.answer(), Some(Answer::Hello { .. })));
    assert_eq!(client.answer(), Some(Answer::Done));
    assert!(matches!(client.answer(), Some(Answer::Refused { .. })));
}

#[test]
fn request_is_logged_with_who_asked() {
    let tree = Tree::new("logged");
    let _running = Running::start(&tree);
    assert_eq!(Client::connect(&tree).ask(r#"{"request":"set-master-span","span":3}"#), Answer::Done);
    let log = tree.log();
    let who = format!("spans[uid {} pid {}]{{request}}: done: SetMasterSpan", nix::unistd::geteuid(), std::process::id());
    assert!(log.contains(&who), "{log}");
}
