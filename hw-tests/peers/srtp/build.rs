//! Builds the C shim and links Debian's libsrtp (package libsrtp2-dev) into this test peer, and into nothing else.

fn main() {
    println!("cargo:rerun-if-changed=src/shim.c");
    println!("cargo:rerun-if-changed=src/shim.h");
    let built =
        cc::Build::new().file("src/shim.c").warnings(true).extra_warnings(true).flag("-std=gnu11").try_compile("srtp_shim");
    if let Err(error) = built {
        panic!("cannot build src/shim.c: {error}; Debian's package libsrtp2-dev brings srtp2/srtp.h");
    }
    println!("cargo:rustc-link-lib=srtp2");
}
