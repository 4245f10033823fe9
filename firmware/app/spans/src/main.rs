//! junctor-spans, the root helper that writes DAHDI's root-only files.

fn main() {}
