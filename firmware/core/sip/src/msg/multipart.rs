//! Finding the SDP of a message: as its body, or as one part of `multipart/*` (RFC 2046 section 5.1).
//!
//! Left out: nested multiparts, and Content-Transfer-Encoding of parts (SIP bodies are binary, RFC 3261 section 7.4).

use super::{Headers, Params};

/// The first body or body part of `wanted` type.
pub(super) fn find<'a>(headers: &Headers, body: &'a [u8], wanted: &str) -> Option<&'a [u8]> {
    let content_type = headers.get("Content-Type")?;
    if is_type(content_type, wanted) {
        return Some(body);
    }
    if !content_type.trim().get(..10)?.eq_ignore_ascii_case("multipart/") {
        return None;
    }
    let params = Params::parse(content_type.get(content_type.find(';')?..)?).ok()?;
    let delimiter = format!("--{}", params.get("boundary")?);
    parts(body, delimiter.as_bytes()).find_map(|part| {
        let at = find_bytes(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(part.get(..at)?).ok()?;
        let typed = head.split("\r\n").filter_map(|line| line.split_once(':'));
        let mut types = typed.filter(|(name, _)| name.trim().eq_ignore_ascii_case("content-type"));
        types.any(|(_, value)| is_type(value, wanted)).then(|| part.get(at + 4..)).flatten()
    })
}

fn is_type(content_type: &str, wanted: &str) -> bool {
    content_type.split(';').next().is_some_and(|t| t.trim().eq_ignore_ascii_case(wanted))
}

/// What stands between two delimiters, each part without the line end that belongs to the delimiter.
fn parts<'a, 'd>(body: &'a [u8], delimiter: &'d [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a, 'd> {
    let mut rest = find_bytes(body, delimiter).and_then(|at| body.get(at + delimiter.len()..));
    std::iter::from_fn(move || {
        let here = rest?;
        let end = find_bytes(here, delimiter)?;
        rest = here.get(end + delimiter.len()..);
        let part = here.get(..end)?;
        Some(part.strip_suffix(b"\r\n").unwrap_or(part))
    })
}

pub(super) fn find_bytes(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return None;
    }
    haystack.windows(needle.len()).position(|window| window == needle)
}
