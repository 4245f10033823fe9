//! What the kernel refuses: the file, the errno and the cure are in the answer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod running;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;

use running::{CARD, Client, FOLDER, MASTER, Running, Tree, command, own_name};

fn assign() -> String {
    format!(r#"{{"request":"assign-span","device":"{CARD}","port":1,"span":2,"first_channel":32}}"#)
}

#[test]
fn file_that_may_not_be_written_is_reported_with_path_errno_and_cure() {
    let tree = Tree::new("denied");
    let attribute = tree.sys().join(FOLDER).join("assign_span");
    fs::set_permissions(&attribute, fs::Permissions::from_mode(0o444)).unwrap();
    let _running = without_privileges(&tree);
    let (why, cure) = Client::connect(&tree).refused(&assign());
    assert!(why.starts_with("cannot write \"1:2:32\" to ") && why.contains(attribute.to_str().unwrap()), "{why}");
    assert!(why.ends_with("Permission denied (EACCES, errno 13)"), "{why}");
    assert!(cure.contains("run as root"), "{cure}");
}

/// The program as a user whom file permissions bind: nobody when the tests run as root.
fn without_privileges(tree: &Tree) -> Running {
    if !nix::unistd::geteuid().is_root() {
        return Running::start(tree);
    }
    // Where nobody may run it and listen.
    fs::set_permissions(&tree.root, fs::Permissions::from_mode(0o777)).unwrap();
    let program = tree.root.join("junctor-spans");
    fs::copy(running::PROGRAM, &program).unwrap();
    let mut command = command(tree, &program);
    command.arg("--listen").arg(tree.socket()).uid(65534).gid(65534);
    Running::spawn(command)
}

#[test]
fn folder_in_the_place_of_a_file_is_reported_with_path_errno_and_cure() {
    let tree = Tree::new("folder");
    let attributes: Vec<PathBuf> = ["assign_span", "unassign_span", "auto_assign", "spantype"]
        .map(|name| tree.sys().join(FOLDER).join(name))
        .into_iter()
        .chain([tree.sys().join(MASTER)])
        .collect();
    for attribute in &attributes {
        fs::remove_file(attribute).unwrap();
        fs::create_dir(attribute).unwrap();
    }
    let _running = Running::start(&tree);
    let mut client = Client::connect(&tree);
    let requests = [
        assign(),
        format!(r#"{{"request":"unassign-span","device":"{CARD}","port":1}}"#),
        format!(r#"{{"request":"auto-assign","device":"{CARD}"}}"#),
        format!(r#"{{"request":"set-span-type","device":"{CARD}","port":1,"kind":"e1"}}"#),
        r#"{"request":"set-master-span","span":3}"#.to_owned(),
    ];
    for (request, attribute) in requests.iter().zip(&attributes) {
        let (why, cure) = client.refused(request);
        assert!(why.contains(attribute.to_str().unwrap()) && why.contains("EISDIR, errno 21"), "{why}");
        assert!(cure.contains("not sysfs"), "{cure}");
    }
}

#[test]
fn dahdi_not_loaded_is_reported_with_the_cure() {
    let tree = Tree::new("unloaded");
    fs::remove_dir_all(tree.sys().join("bus")).unwrap();
    let _running = Running::start_with(&tree, &["--allow-user", &own_name()]);
    let mut client = Client::connect(&tree);
    for request in [assign(), r#"{"request":"set-master-span","span":3}"#.to_owned()] {
        let (why, cure) = client.refused(&request);
        assert!(why.contains("ENOENT"), "{why}");
        assert!(cure.contains("DAHDI is not loaded") && cure.contains("modprobe dahdi"), "{cure}");
    }
}

#[test]
fn device_that_went_away_is_reported_with_the_cure() {
    let tree = Tree::new("gone");
    fs::remove_dir_all(tree.sys().join(FOLDER)).unwrap();
    let _running = Running::start(&tree);
    let (why, cure) = Client::connect(&tree).refused(&assign());
    assert!(why.starts_with("cannot follow "), "{why}");
    assert!(cure.contains("the device went away"), "{cure}");
}
