//! A device is a name of the listing, inside sysfs, with plain files: nothing leads elsewhere.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod running;

use std::fs;
use std::os::unix::fs::symlink;

use running::{CARD, Client, FOLDER, Running, Tree};

fn unassign(device: &str) -> String {
    serde_json::json!({"request": "unassign-span", "device": device, "port": 1}).to_string()
}

#[test]
fn device_that_is_a_path_is_refused_before_any_file_is_touched() {
    let tree = Tree::new("paths");
    let _running = Running::start(&tree);
    let before = tree.files();
    let mut client = Client::connect(&tree);
    let long = "a".repeat(65);
    for device in [
        "..",
        ".",
        "",
        "../../../etc",
        "/etc",
        "pci:0000:05:00.0/",
        "pci:0000:05:00.0/../pci:0000:05:00.0",
        "./pci:0000:05:00.0",
        "pci:0000:05:00.0\0",
        "pci:0000:05:00.0\n",
        "pci..0",
        "-pci",
        "pci 0",
        "p\u{e4}",
        "%2e%2e",
        "*",
        long.as_str(),
    ] {
        let (why, _) = client.refused(&unassign(device));
        assert!(why.contains("device is"), "{device:?}: {why}");
    }
    assert_eq!(tree.files(), before);
}

#[test]
fn device_that_is_not_listed_is_refused_with_those_that_are() {
    let tree = Tree::new("unlisted");
    let _running = Running::start(&tree);
    let (why, cure) = Client::connect(&tree).refused(&unassign("pci:0000:06:00.0"));
    assert!(why.contains("no DAHDI device pci:0000:06:00.0") && why.contains(&format!("(there: {CARD})")), "{why}");
    assert!(cure.contains("junctor span detect"), "{cure}");
}

#[test]
fn device_link_out_of_sysfs_is_refused() {
    let tree = Tree::new("linkout");
    let outside = tree.root.join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("unassign_span"), "").unwrap();
    tree.link("bus/dahdi_devices/devices", "away", outside.to_str().unwrap());
    let _running = Running::start(&tree);
    let (why, _) = Client::connect(&tree).refused(&unassign("away"));
    assert!(why.contains("outside"), "{why}");
    assert_eq!(fs::read_to_string(outside.join("unassign_span")).unwrap(), "");
}

#[test]
fn attribute_that_is_a_link_is_not_followed() {
    let tree = Tree::new("attrlink");
    let target = tree.root.join("target");
    fs::write(&target, "").unwrap();
    let attribute = tree.sys().join(FOLDER).join("unassign_span");
    fs::remove_file(&attribute).unwrap();
    symlink(&target, &attribute).unwrap();
    let _running = Running::start(&tree);
    let (why, cure) = Client::connect(&tree).refused(&unassign(CARD));
    assert!(why.contains("ELOOP"), "{why}");
    assert!(cure.contains("not sysfs"), "{cure}");
    assert_eq!(fs::read_to_string(target).unwrap(), "");
}

#[test]
fn attribute_that_is_a_pipe_is_refused_without_waiting() {
    let tree = Tree::new("pipe");
    let attribute = tree.sys().join(FOLDER).join("unassign_span");
    fs::remove_file(&attribute).unwrap();
    nix::unistd::mkfifo(&attribute, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let _running = Running::start(&tree);
    let mut client = Client::connect(&tree);
    // Without a reader the open fails; with one it succeeds and the kind of file is what is refused.
    assert!(client.refused(&unassign(CARD)).0.contains("ENXIO"));
    let _reader = fs::OpenOptions::new().read(true).write(true).open(&attribute).unwrap();
    assert!(client.refused(&unassign(CARD)).0.contains("ENXIO"));
}

#[test]
fn missing_attribute_is_refused_and_not_created() {
    let tree = Tree::new("missing");
    let attribute = tree.sys().join(FOLDER).join("unassign_span");
    fs::remove_file(&attribute).unwrap();
    let _running = Running::start(&tree);
    let (why, cure) = Client::connect(&tree).refused(&unassign(CARD));
    assert!(why.contains("ENOENT"), "{why}");
    assert!(cure.contains("DAHDI 2.6"), "{cure}");
    assert!(!attribute.exists());
}
