//! Builds the C shim and links Debian's libpri (package libpri-dev) into this test peer, and into nothing else.

fn main() {
    println!("cargo:rerun-if-changed=src/shim.c");
    println!("cargo:rerun-if-changed=src/shim.h");
    let built =
        cc::Build::new().file("src/shim.c").warnings(true).extra_warnings(true).flag("-std=gnu11").try_compile("libpri_shim");
    if let Err(error) = built {
        panic!("cannot build src/shim.c: {error}; Debian's package libpri-dev brings libpri.h");
    }
    println!("cargo:rustc-link-lib=pri");
}
