//! Files without a header that says something.

use crate::fixture::Fixture;

#[track_caller]
fn caught(test: &str, path: &str, text: &str, words: &str) {
    let fixture = Fixture::new(test);
    fixture.write(path, text);
    fixture.caught("header", &format!("{path}:1"), words);
}

#[test]
fn source_without_header_is_caught() {
    caught("header_source", "firmware/app/gateway/src/net.rs", "use std::net;\n", "must begin with a //! header");
}

#[test]
fn test_without_header_is_caught() {
    caught("header_test", "firmware/core/sip/tests/via.rs", "#[test]\nfn a() {}\n", "must begin with a //! header");
}

#[test]
fn header_behind_something_else_is_caught() {
    caught("header_late", "hw-tests/src/rig.rs", "#![allow(dead_code)]\n//! The rig of the fixture.\n", "must begin");
}

#[test]
fn placeholder_is_caught() {
    caught("header_placeholder", "hw-tests/src/rig.rs", "//! placeholder\n", "still a placeholder");
}

#[test]
fn header_without_content_is_caught() {
    caught("header_short", "tools/xtask/src/a.rs", "//! The parser.\n", "says nothing");
}

#[test]
fn short_first_line_with_more_below_passes() {
    Fixture::new("header_two_lines").write("tools/xtask/src/a.rs", "//! Via.\n//! RFC 3261 section 20.42.\n").passes();
}
