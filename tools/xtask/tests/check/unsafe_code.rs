//! Unsafe code in each of its shapes outside sys.

use crate::fixture::Fixture;

const FILE: &str = "firmware/core/media/src/fast.rs";

#[track_caller]
fn caught(test: &str, body: &str, words: &str) {
    let fixture = Fixture::new(test);
    fixture.write(FILE, &format!("//! A fast thing of the fixture.\n{body}\n"));
    fixture.caught("unsafe", "firmware/core/media/src/fast.rs:2", words);
}

#[test]
fn block_is_caught() {
    caught("unsafe_block", "fn f(p: *const u8) -> u8 { unsafe { *p } }", "unsafe block");
}

#[test]
fn function_is_caught() {
    caught("unsafe_fn", "unsafe fn f() {}", "unsafe fn");
}

#[test]
fn implementation_is_caught() {
    caught("unsafe_impl", "unsafe impl Send for X {}", "unsafe impl");
}

#[test]
fn declaration_of_a_trait_is_caught() {
    caught("unsafe_trait", "unsafe trait X {}", "unsafe trait");
}

#[test]
fn foreign_functions_are_caught() {
    caught("unsafe_extern", "extern \"C\" { fn f(); }", "extern block");
}

#[test]
fn unsafe_hidden_in_a_macro_is_caught() {
    caught("unsafe_macro", "macro_rules! m { () => { [unsafe { 1 }] } }", "unsafe in a macro");
}

#[test]
fn linker_attribute_is_caught() {
    caught("unsafe_attribute", "#[unsafe(no_mangle)] fn f() {}", "attribute that the linker trusts");
}

#[test]
fn allowing_the_lint_is_caught() {
    caught("unsafe_allow", "#[allow(dead_code, unsafe_code)] fn f() {}", "allow(unsafe_code)");
}

#[test]
fn allowing_the_lint_under_a_condition_is_caught() {
    caught("unsafe_cfg_attr", "#[cfg_attr(test, allow(unsafe_code))] fn f() {}", "allow(unsafe_code)");
}

#[test]
fn tests_and_build_scripts_are_looked_at() {
    let fixture = Fixture::new("unsafe_build");
    fixture.write("tools/xtask/build.rs", "//! A build script of the fixture.\nfn main() { unsafe {} }\n");
    fixture.caught("unsafe", "tools/xtask/build.rs:2", "unsafe block");
}

#[test]
fn sys_and_peers_may() {
    let fixture = Fixture::new("unsafe_sys");
    fixture.write("firmware/sys/tdm/src/ioctl.rs", "//! Device calls of the fixture.\nfn f() { unsafe {} }\n");
    fixture.write("hw-tests/peers/libpri/src/ffi.rs", "//! A stranger of the fixture.\nunsafe extern \"C\" { fn f(); }\n");
    fixture.passes();
}

#[test]
fn forbidding_it_is_not_using_it() {
    let fixture = Fixture::new("unsafe_forbid");
    fixture.write(FILE, "//! A slow thing: unsafe is a word here.\n#![deny(unsafe_code)]\nconst A: &str = \"unsafe\";\n");
    fixture.passes();
}

#[test]
fn file_that_does_not_parse_is_caught() {
    let fixture = Fixture::new("unsafe_unparsed");
    fixture.write(FILE, "//! A broken thing of the fixture.\nfn f( {\n");
    fixture.caught("syntax", "firmware/core/media/src/fast.rs:2", "does not parse");
}
