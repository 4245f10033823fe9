//! Being written: see the crate's header.
