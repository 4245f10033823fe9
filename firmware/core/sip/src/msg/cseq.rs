//! CSeq (RFC 3261 section 20.16).

use std::fmt;

use super::Method;
use super::params::{is_token, number};

/// Sequence number and method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CSeq {
    /// Below 2^31 (RFC 3261 section 8.1.1.5); we take what fits 32 bits from a peer.
    pub number: u32,
    /// Method of the request.
    pub method: Method,
}

impl CSeq {
    /// Parses a CSeq value.
    ///
    /// # Errors
    /// Says in words what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut words = text.split_ascii_whitespace();
        let (Some(digits), Some(method), None) = (words.next(), words.next(), words.next()) else {
            return Err(format!("CSeq '{text}' is not a number and a method"));
        };
        if !is_token(method) {
            return Err(format!("CSeq method '{method}' is no token"));
        }
        let value = number(digits, u64::from(u32::MAX)).map_err(|e| format!("CSeq: {e}"))?;
        Ok(Self { number: u32::try_from(value).unwrap_or(u32::MAX), method: Method::from_text(method) })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}
