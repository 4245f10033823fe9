//! Tests that are left out, and why.

use crate::fixture::Fixture;
use xtask::check::Workspace;
use xtask::not_run::ignored_lines;

const TEST: &str = "hw-tests/tests/rig.rs";

fn ignoring(name: &str, attribute: &str) -> Fixture {
    let fixture = Fixture::new(name);
    let text =
        format!("//! Needs the rig of the fixture.\n\nmod deeper {{\n    #[test]\n    {attribute}\n    fn loops() {{}}\n}}\n");
    fixture.write(TEST, &text);
    fixture
}

#[test]
fn test_ignored_with_a_reason_passes_and_is_listed() {
    let fixture = ignoring("ignored_reason", "#[ignore = \"rig: e1-loop\"]");
    fixture.passes();
    let workspace = Workspace::load(&fixture.tree()).unwrap();
    assert_eq!(ignored_lines(&workspace), ["NOT RUN loops (hw-tests/tests/rig.rs:5): rig: e1-loop"]);
}

#[test]
fn test_ignored_without_a_reason_is_caught() {
    ignoring("ignored_bare", "#[ignore]").caught("ignored", "hw-tests/tests/rig.rs:5", "loops is ignored without a reason");
}

#[test]
fn test_ignored_with_an_empty_reason_is_caught() {
    ignoring("ignored_empty", "#[ignore = \" \"]").caught("ignored", "hw-tests/tests/rig.rs:5", "loops is ignored");
}
