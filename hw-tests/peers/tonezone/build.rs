//! Builds `src/zones.c`, a program of its own that links Debian's libtonezone (package libtonezone-dev): LGPL, never shipped.

use std::path::PathBuf;
use std::{env, process};

fn main() {
    println!("cargo:rerun-if-changed=src/zones.c");
    println!("cargo:rerun-if-changed=src/include/dahdi/user.h");
    let program = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("zones");
    let mut compiler = cc::Build::new().warnings(true).flag("-std=gnu11").include("src/include").get_compiler().to_command();
    let built = compiler.arg("src/zones.c").arg("-o").arg(&program).args(["-ltonezone", "-lm"]).status();
    if !built.as_ref().is_ok_and(process::ExitStatus::success) {
        panic!(
            "cannot build src/zones.c ({built:?}); Debian's package libtonezone-dev brings dahdi/tonezone.h: run `tools/packages test`"
        );
    }
    println!("cargo:rustc-env=TONE_ZONES={}", program.display());
}
