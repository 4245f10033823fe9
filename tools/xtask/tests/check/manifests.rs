//! Manifests that leave out what every manifest says.

use crate::fixture::Fixture;

#[track_caller]
fn caught(test: &str, from: &str, to: &str, words: &str) {
    let fixture = Fixture::new(test);
    let path = "firmware/app/updater/Cargo.toml";
    let text = fixture.read(path);
    assert!(text.contains(from));
    fixture.write(path, &text.replace(from, to));
    fixture.caught("manifest", path, words);
}

#[test]
fn lints_not_inherited_are_caught() {
    caught("lints_not_inherited", "[lints]\nworkspace = true\n", "", "[lints] workspace = true");
}

#[test]
fn another_licence_is_caught() {
    caught("another_licence", "MIT OR Apache-2.0", "GPL-3.0-only", "license = \"MIT OR Apache-2.0\"");
}

#[test]
fn publishable_crate_is_caught() {
    caught("publishable", "publish = false\n", "", "publish = false");
}

#[test]
fn package_named_otherwise_than_its_folder_is_caught() {
    let fixture = Fixture::new("named_otherwise");
    let client = fixture.read("firmware/app/client/Cargo.toml");
    fixture.write("firmware/app/talk/Cargo.toml", &client.replace("\"client\"", "\"cli\""));
    fixture.write("firmware/app/talk/src/lib.rs", "//! A library of the fixture, misplaced.\n");
    fixture.caught("manifest", "firmware/app/talk/Cargo.toml", "package cli must be named talk as its folder");
}
