//! Attributes of sysfs: one short text a file. What cannot be read is empty, since a device may go away at any time.

use std::str::FromStr;

use super::DahdiSys;

/// The text of an attribute without the white space around it.
pub(super) fn text(sys: &dyn DahdiSys, folder: &str, name: &str) -> String {
    sys.read_text(&format!("{folder}/{name}")).unwrap_or_default().trim().to_owned()
}

/// A decimal number.
pub(super) fn number<T: FromStr>(sys: &dyn DahdiSys, folder: &str, name: &str) -> Option<T> {
    text(sys, folder, name).parse().ok()
}

/// A number such as `0x1c`, with or without `0x`; of PCI and USB, and alarms.
pub(super) fn hexadecimal(text: &str) -> Option<i32> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    u32::from_str_radix(digits, 16).ok().map(u32::cast_signed)
}
