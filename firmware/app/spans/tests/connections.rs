//! Connections: their number, their silence, and peers that do not read.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod running;

use std::io::{ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use running::{Client, Running, Tree, own_name, refusal};

#[test]
fn ninth_connection_is_refused_until_one_of_eight_ends() {
    let tree = Tree::new("ninth");
    let _running = Running::start(&tree);
    let mut clients: Vec<Client> = (0..8).map(|_| Client::connect(&tree)).collect();
    clients.iter_mut().for_each(Client::says_hello);
    let mut ninth = Client::connect(&tree);
    assert!(refusal(ninth.answer().unwrap()).0.contains("8 connections are open"));
    assert_eq!(ninth.answer(), None);
    clients.pop();
    clients[0].says_hello();
    Client::connect(&tree).says_hello();
}

#[test]
fn silent_connection_is_closed_and_one_that_asks_is_not() {
    let tree = Tree::new("silent");
    let _running = Running::start_with(&tree, &["--allow-user", &own_name(), "--silence", "2"]);
    let (mut silent, mut drip, mut asking) = (Client::connect(&tree), Client::connect(&tree), Client::connect(&tree));
    for _ in 0..6 {
        std::thread::sleep(Duration::from_millis(300));
        asking.says_hello();
        // Bytes without an end of line do not count.
        drip.send(b" ");
    }
    std::thread::sleep(Duration::from_millis(600));
    asking.says_hello();
    assert_eq!(silent.answer(), None);
    assert_eq!(drip.answer(), None);
}

#[test]
fn peer_that_reads_no_answers_does_not_hold_up_others() {
    let tree = Tree::new("unread");
    let _running = Running::start(&tree);
    let mut stream = UnixStream::connect(tree.socket()).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
    let line = b"{\"request\":\"hello\"}\n";
    let end = (0..100_000).find_map(|_| stream.write_all(line).err()).expect("it was never closed");
    assert!(matches!(end.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset), "{end}");
    Client::connect(&tree).says_hello();
}
