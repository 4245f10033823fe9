//! Lints that a library of core or sys must carry.

use crate::fixture::Fixture;

const LIBRARY: &str = "firmware/core/sip/src/lib.rs";

#[track_caller]
fn caught_without(test: &str, gone: &str, words: &str) {
    let fixture = Fixture::new(test);
    let text = fixture.read(LIBRARY);
    assert!(text.contains(gone));
    fixture.write(LIBRARY, &text.replace(gone, ""));
    fixture.caught("core-lints", LIBRARY, words);
}

#[test]
fn core_without_forbid_unsafe_is_caught() {
    caught_without("no_forbid", "#![forbid(unsafe_code)]\n", "#![forbid(unsafe_code)]");
}

#[test]
fn core_without_a_warning_is_caught() {
    caught_without("no_missing_docs", "missing_docs, ", "#![warn(missing_docs)]");
    caught_without("no_unwrap_used", "clippy::unwrap_used, ", "#![warn(clippy::unwrap_used)]");
    caught_without("no_indexing", "clippy::indexing_slicing, ", "#![warn(clippy::indexing_slicing)]");
    caught_without("no_wildcard", ", clippy::wildcard_enum_match_arm", "#![warn(clippy::wildcard_enum_match_arm)]");
}

#[test]
fn core_crate_that_is_no_library_is_caught() {
    let fixture = Fixture::new("core_program");
    let text = fixture.read("firmware/core/isdn/src/lib.rs");
    fixture.remove("firmware/core/isdn/src/lib.rs").write("firmware/core/isdn/src/main.rs", &text);
    fixture.write("firmware/core/call/Cargo.toml", &crate::fixture::manifest("call", ""));
    fixture.caught("core-lints", "firmware/core/isdn/Cargo.toml", "is a library");
}

#[test]
fn sys_allowing_unsafe_without_reasons_is_caught() {
    let fixture = Fixture::new("sys_allow");
    fixture.append("firmware/sys/tdm/src/lib.rs", "#![allow(unsafe_code)]\n");
    fixture.caught("core-lints", "firmware/sys/tdm/src/lib.rs", "undocumented_unsafe_blocks");
}

#[test]
fn sys_allowing_unsafe_with_reasons_passes() {
    let fixture = Fixture::new("sys_reasons");
    fixture.append("firmware/sys/tdm/src/lib.rs", "#![allow(unsafe_code)]\n#![warn(clippy::undocumented_unsafe_blocks)]\n");
    fixture.passes();
}

#[test]
fn core_switching_off_the_ban_on_clocks_is_caught() {
    let fixture = Fixture::new("purity_off");
    let text = "//! A timer of the fixture.\n\n#[expect(clippy::disallowed_methods, reason = \"just once\")]\nfn f() {}\n";
    fixture.write("firmware/core/sip/src/timer.rs", text);
    fixture.caught("core-lints", "firmware/core/sip/src/timer.rs:3", "may not switch off the ban on clocks");
}

#[test]
fn tests_of_core_may_read_files() {
    let fixture = Fixture::new("purity_tests");
    let text = "//! Vectors of the fixture.\n#![allow(clippy::disallowed_methods, reason = \"reads vectors\")]\n";
    fixture.write("firmware/core/sip/tests/vectors.rs", text).passes();
}
