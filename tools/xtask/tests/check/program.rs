//! The rules together: a clean workspace, and what the report says.

use crate::fixture::Fixture;

#[test]
fn clean_workspace_passes() {
    let fixture = Fixture::new("clean_workspace");
    fixture.passes();
    assert_eq!(fixture.check().to_string(), "13 crates, 13 source files, 13 packages in the graph: 0 errors, 0 warnings\n");
}

#[test]
fn report_names_place_rule_and_count() {
    let fixture = Fixture::new("report_names");
    fixture.write("firmware/core/sip/src/via.rs", "fn via() {}\n");
    let report = fixture.check().to_string();
    assert!(report.starts_with("firmware/core/sip/src/via.rs:1: error[header]: must begin with a //! header"), "{report}");
    assert!(report.ends_with(": 1 errors, 0 warnings\n"), "{report}");
}

#[test]
fn warnings_stand_behind_errors() {
    let fixture = Fixture::new("warnings_behind");
    fixture.append("firmware/core/isdn/src/lib.rs", &"// long\n".repeat(601));
    fixture.write("strange", "");
    let severities: Vec<_> = fixture.check().findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(severities, ["top-level", "size"]);
}
