//! The libFuzzer engine around one target, chosen by `JUNCTOR_FUZZ_TARGET`. Built and run by `cargo xtask fuzz`.
#![no_main]

use fuzz::{TARGETS, Target, find};
use std::sync::OnceLock;

static CHOSEN: OnceLock<&Target> = OnceLock::new();

/// Ends the program with the list of targets when none is chosen.
fn choose() -> &'static Target {
    let wanted = std::env::var("JUNCTOR_FUZZ_TARGET").unwrap_or_default();
    find(&wanted).unwrap_or_else(|| {
        if !wanted.is_empty() {
            eprintln!("error: no target {wanted}");
        }
        for target in TARGETS {
            println!("{}", target.name);
        }
        std::process::exit(i32::from(!wanted.is_empty()))
    })
}

libfuzzer_sys::fuzz_target!(init: { CHOSEN.get_or_init(choose); }, |data: &[u8]| {
    (CHOSEN.get_or_init(choose).run)(data);
});
