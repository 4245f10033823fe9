//! Names at the top of the checkout.

use crate::fixture::Fixture;

#[test]
fn strange_file_is_caught() {
    let fixture = Fixture::new("top_strange");
    fixture.write("notes.txt", "").caught("top-level", "notes.txt", "does not belong at the top level");
}

#[test]
fn strange_folder_is_caught() {
    let fixture = Fixture::new("top_folder");
    fixture.write("scripts/run", "").caught("top-level", "scripts", "does not belong at the top level");
}

#[test]
fn missing_file_is_caught() {
    let fixture = Fixture::new("top_missing");
    fixture.remove("LICENSE-MIT").caught("top-level", "LICENSE-MIT", "is missing");
}

#[test]
fn ignored_and_hidden_names_pass() {
    Fixture::new("top_ignored").write("target/debug/x", "").write(".ci/run", "").passes();
}
