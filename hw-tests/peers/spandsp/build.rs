//! Builds `src/digits.c`, a program of its own that links Debian's spandsp (package libspandsp-dev): LGPL, never shipped from here.

use std::path::PathBuf;
use std::{env, process};

fn main() {
    println!("cargo:rerun-if-changed=src/digits.c");
    let program = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("digits");
    let mut compiler = cc::Build::new().warnings(true).flag("-std=gnu11").get_compiler().to_command();
    let built = compiler.arg("src/digits.c").arg("-o").arg(&program).arg("-lspandsp").status();
    if !built.as_ref().is_ok_and(process::ExitStatus::success) {
        panic!(
            "cannot build src/digits.c ({built:?}); Debian's package libspandsp-dev brings spandsp.h: run `tools/packages test`"
        );
    }
    println!("cargo:rustc-env=SPANDSP_DIGITS={}", program.display());
}
