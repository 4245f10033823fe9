//! Subaddresses: the `isub` parameter of a telephone number (RFC 3966 section 5.1.4) with its encoding (RFC 4715).
//!
//! Left out: the encodings `nsap-bcd` and `nsap`, and what ISDN users specify by themselves, which no encoding writes.

use sip::Uri;

use crate::words::Subaddress;

/// Type NSAP (Q.931 table 4-9).
const NSAP: u8 = 0;
/// Authority and format identifier of local IA5 characters (X.213 table A.2), as Q.931 4.5.9 has it.
const LOCAL_IA5: u8 = 0x50;
/// Characters after the identifier, at most.
const MOST: usize = 19;

/// The subaddress that a number's URI has.
pub(super) fn read(uri: &Uri) -> Option<Subaddress> {
    let characters = uri.number_param("isub")?;
    let encoding = uri.number_param("isub-encoding").unwrap_or_else(|| "nsap-ia5".to_owned());
    let fits = !characters.is_empty() && characters.len() <= MOST && characters.is_ascii();
    (fits && encoding.eq_ignore_ascii_case("nsap-ia5")).then(|| {
        let octets = std::iter::once(LOCAL_IA5).chain(characters.bytes()).collect();
        Subaddress { kind: NSAP, odd: false, octets }
    })
}

/// `uri` with the subaddress in its user part, if it can be written there.
pub(super) fn write(uri: Uri, subaddress: Option<&Subaddress>) -> Uri {
    let characters = subaddress.filter(|sub| sub.kind == NSAP).and_then(|sub| match sub.octets.split_first() {
        Some((&LOCAL_IA5, characters)) if characters.iter().all(u8::is_ascii_graphic) => std::str::from_utf8(characters).ok(),
        Some(_) | None => None,
    });
    match characters {
        Some(characters) if !characters.is_empty() => {
            uri.with_user_param("isub", characters).with_user_param("isub-encoding", "nsap-ia5")
        }
        Some(_) | None => uri,
    }
}
