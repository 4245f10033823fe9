//! Who may ask: root, the named user, the named group. Everyone else is refused and logged, whatever the socket's mode.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod running;

use std::fs;
use std::os::unix::net::UnixStream;

use nix::unistd::{Gid, Group, Uid, User, setegid, seteuid};
use running::{Client, Running, Tree, open_to_all, refusal};

/// A user other than root: nobody when the tests run as root, else the tests' own.
fn ordinary() -> (Uid, Gid) {
    if Uid::effective().is_root() { (Uid::from_raw(65534), Gid::from_raw(65534)) } else { (Uid::effective(), Gid::effective()) }
}

/// Connects as that user. It changes the whole process, so this file has one test that does.
fn connect_as_ordinary(tree: &Tree) -> Client {
    let ((uid, gid), was_root) = (ordinary(), Uid::effective().is_root());
    open_to_all(&tree.socket());
    if was_root {
        setegid(gid).unwrap();
        seteuid(uid).unwrap();
    }
    let stream = UnixStream::connect(tree.socket());
    if was_root {
        seteuid(Uid::from_raw(0)).unwrap();
        setegid(Gid::from_raw(0)).unwrap();
    }
    Client::over(stream.unwrap())
}

#[test]
fn user_is_admitted_by_name_or_group_only() {
    let tree = Tree::new("foreign");
    let before = tree.files();
    let (uid, gid) = ordinary();

    let stranger = Running::start_with(&tree, &["--allow-user", "junctor-absent"]);
    let mut client = connect_as_ordinary(&tree);
    let (why, cure) = refusal(client.answer().unwrap());
    assert!(why.contains(&format!("uid {uid} ")) && why.contains("may not ask"), "{why}");
    assert!(cure.contains("through junctord"), "{cure}");
    assert_eq!(client.answer(), None);
    assert!(tree.log().contains(&format!("spans[uid {uid} pid {}]{{accepting}}: refused", std::process::id())), "{}", tree.log());
    drop(stranger);

    let user = User::from_uid(uid).unwrap().unwrap().name;
    let by_user = Running::start_with(&tree, &["--allow-user", &user]);
    connect_as_ordinary(&tree).says_hello();
    drop(by_user);

    let group = Group::from_gid(gid).unwrap().unwrap().name;
    let by_group = Running::start_with(&tree, &["--allow-user", &group]);
    connect_as_ordinary(&tree).says_hello();
    drop(by_group);

    assert_eq!(tree.files(), before);
}

#[test]
fn socket_without_a_group_to_give_it_to_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::new("mode");
    let _running = Running::start_with(&tree, &["--allow-user", "junctor-absent"]);
    assert_eq!(fs::metadata(tree.socket()).unwrap().permissions().mode() & 0o777, 0o600);
}
