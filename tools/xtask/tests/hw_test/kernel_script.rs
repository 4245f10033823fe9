//! The scripts of the guest name the packages that `tools/packages` installs, and never the one that would build with DKMS.

use std::fs;

fn text(path: &str) -> String {
    fs::read_to_string(format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The words of the lists of packages.
fn packages() -> Vec<String> {
    let text = text("tools/packages");
    let lists = text.lines().filter_map(|line| ["run=(", "test=(", "test+=("].iter().find_map(|start| line.strip_prefix(start)));
    lists.flat_map(|list| list.trim_end_matches(')').split_whitespace()).map(ToOwned::to_owned).collect()
}

#[test]
fn packages_that_the_guest_needs_are_installed_for_tests() {
    let packages = packages();
    for wanted in [
        "qemu-system-x86",
        "busybox-static",
        "cpio",
        "bzip2",
        "xz-utils",
        "dahdi-source",
        "gcc",
        "make",
        "sip-tester",
        "alsa-utils",
    ] {
        assert!(packages.iter().any(|package| package == wanted), "tools/packages has no {wanted}: {packages:?}");
    }
}

#[test]
fn nothing_installs_what_pulls_in_dkms() {
    for package in packages() {
        assert!(!["dahdi", "dahdi-linux", "dahdi-dkms", "dkms"].contains(&package.as_str()), "{package}");
    }
    assert!(!text("hw-tests/guest/kernel").contains("apt-get install"));
}
