//! Tests that are left out, and why.

use crate::fixture::Fixture;
use xtask::check::Workspace;
use xtask::not_run::list;

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
    assert_eq!(list(&workspace), "tests left out of this run: 1\n  hw-tests/tests/rig.rs:5: loops: rig: e1-loop\n");
}

#[test]
fn test_ignored_without_a_reason_is_caught() {
    ignoring("ignored_bare", "#[ignore]").caught("ignored", "hw-tests/tests/rig.rs:5", "loops is ignored without a reason");
}

#[test]
fn test_ignored_with_an_empty_reason_is_caught() {
    ignoring("ignored_empty", "#[ignore = \" \"]").caught("ignored", "hw-tests/tests/rig.rs:5", "loops is ignored");
}

#[test]
fn nothing_left_out_is_said_too() {
    let workspace = Workspace::load(&Fixture::new("ignored_none").tree()).unwrap();
    assert_eq!(list(&workspace), "tests left out of this run: 0\n");
}
