//! User-to-User (RFC 7433) as ISDN means it (RFC 7434): the protocol discriminator and the information in hexadecimal.
//!
//! Left out: other packages than `isdn-uui`, and other encodings than `hex`, which RFC 7434 section 10 does not have.

use sip::Headers;

use crate::words::UserToUser;

/// Octets at most, the discriminator among them (RFC 7434 section 7, Q.931 4.5.30).
const MOST: usize = 129;

/// What the first header of the package says.
pub(super) fn read(headers: &Headers) -> Option<UserToUser> {
    headers.get_all("User-to-User").flat_map(|line| line.split(',')).find_map(one)
}

fn one(value: &str) -> Option<UserToUser> {
    let mut parts = value.split(';').map(str::trim);
    let data = parts.next()?;
    let mut params = parts.filter_map(|part| part.split_once('='));
    let ours = params.all(|(name, value)| {
        let expected = match name.trim().to_ascii_lowercase().as_str() {
            // No purpose means isdn-uui, no encoding means hex (RFC 7434 sections 9 and 10).
            "purpose" => "isdn-uui",
            "content" => "isdn-uui",
            "encoding" => "hex",
            _ => return true,
        };
        value.trim().trim_matches('"').eq_ignore_ascii_case(expected)
    });
    let octets = ours.then(|| from_hex(data)).flatten()?;
    let (protocol, octets) = octets.split_first()?;
    Some(UserToUser { protocol: *protocol, octets: octets.to_vec() })
}

/// The header that says `said`.
pub(super) fn write(said: &UserToUser) -> (String, String) {
    let octets = std::iter::once(said.protocol).chain(said.octets.iter().copied()).take(MOST);
    let hex: String = octets.map(|octet| format!("{octet:02x}")).collect();
    ("User-to-User".to_owned(), format!("{hex};purpose=isdn-uui;content=isdn-uui;encoding=hex"))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_matches('"');
    let whole = !text.is_empty() && text.len().is_multiple_of(2) && text.len() <= 2 * MOST;
    let digits = whole.then_some(text.as_bytes())?;
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.chunks_exact(2).map(|pair| if pair.iter().all(u8::is_ascii_hexdigit) { octet(pair) } else { None }).collect()
}
