//! The libraries of a program, by what `ldd` prints.

use std::path::PathBuf;
use xtask::hw_test::guest_tree::libraries;

#[test]
fn libraries_are_the_files_and_the_loader() {
    let text = "\tlinux-vdso.so.1 (0x00007ffd3b5f9000)\n\
                \tlibpri.so.1.4 => /lib/x86_64-linux-gnu/libpri.so.1.4 (0x00007f2d1c000000)\n\
                \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f2d1be00000)\n\
                \t/lib64/ld-linux-x86-64.so.2 (0x00007f2d1c2d3000)\n";
    let expected = ["/lib/x86_64-linux-gnu/libpri.so.1.4", "/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"];
    assert_eq!(libraries(text).unwrap(), expected.map(PathBuf::from));
}

#[test]
fn library_that_is_not_there_is_named() {
    assert_eq!(libraries("\tlibpri.so.1.4 => not found\n").unwrap_err(), "libpri.so.1.4");
}

#[test]
fn static_program_has_no_libraries() {
    assert_eq!(libraries("\tstatically linked\n").unwrap(), Vec::<PathBuf>::new());
    assert_eq!(libraries("").unwrap(), Vec::<PathBuf>::new());
}
