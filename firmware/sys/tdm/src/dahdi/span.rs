//! Being written: see the crate's header.

/// Placeholder while the module is being written.
pub struct DahdiSpan;
