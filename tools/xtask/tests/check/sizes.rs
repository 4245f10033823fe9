//! Long files are a warning.

use crate::fixture::Fixture;
use xtask::check::Severity;

#[test]
fn file_above_the_limit_is_a_warning_and_passes() {
    let fixture = Fixture::new("size_long");
    fixture.append("firmware/core/media/src/lib.rs", &"// long\n".repeat(600));
    let report = fixture.check();
    let [finding] = report.findings.as_slice() else { panic!("{report}") };
    assert_eq!((finding.severity, finding.rule), (Severity::Warning, "size"));
    assert!(finding.to_string().starts_with("firmware/core/media/src/lib.rs: warning[size]: 603 lines"), "{finding}");
    assert!(report.clean());
}

#[test]
fn file_at_the_limit_passes() {
    let fixture = Fixture::new("size_limit");
    fixture.append("firmware/core/media/src/lib.rs", &"// long\n".repeat(597)).passes();
}
