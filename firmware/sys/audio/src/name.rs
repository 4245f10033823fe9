//! ALSA's names of sound devices: which are let through, and which are tried for one.
//!
//! A name is a piece of ALSA's configuration language. Some of its devices write files or start programs
//! (`file:'|command',raw`), so what could spell one of these is refused: quotes, bars, slashes, braces, spaces.

use crate::Error;
use std::ffi::CString;

/// Longest name; ALSA's own are shorter.
const LONGEST: usize = 64;

/// The names to try, in their order: the device itself, then the same with ALSA's `plug` in front, which converts.
pub(crate) fn candidates(name: &str) -> Result<Vec<String>, Error> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b":,=_.-".contains(&byte);
    if name.is_empty() || name.len() > LONGEST || !name.bytes().all(fits) {
        return Err(Error::BadName { name: name.to_owned() });
    }
    let converting = match name.strip_prefix("hw:") {
        Some(rest) => Some(format!("plughw:{rest}")),
        None if name.starts_with("plug") => None,
        None => Some(format!("plug:'{name}'")),
    };
    Ok(std::iter::once(name.to_owned()).chain(converting).collect())
}

/// The name for C.
pub(crate) fn for_c(name: &str) -> Result<CString, Error> {
    CString::new(name).map_err(|_| Error::BadName { name: name.to_owned() })
}
