//! `"Display" <uri>;params` (RFC 3261 section 20.10): From, To, Contact, Route and their kin.

use std::fmt;

use super::Params;
use super::params::{is_token_char, quote, take_quoted};
use super::uri::Uri;

/// A name-addr or addr-spec with header parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAddr {
    /// Display name, escapes resolved, without quotes.
    pub display: Option<String>,
    /// The address.
    pub uri: Uri,
    /// Header parameters such as `tag`, `q`, `expires`.
    pub params: Params,
}

impl NameAddr {
    /// `<uri>` without display name.
    #[must_use]
    pub fn new(uri: Uri) -> Self {
        Self { display: None, uri, params: Params::default() }
    }

    /// This address with a display name; an empty name is none.
    #[must_use]
    pub fn with_display(mut self, display: &str) -> Self {
        self.display = Some(display.to_owned()).filter(|d| !d.is_empty());
        self
    }

    /// The `tag` parameter.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag")
    }

    /// Parses one element of a list.
    ///
    /// # Errors
    /// Says in words what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (display, rest) = if text.starts_with('"') {
            let (display, rest) = take_quoted(text)?;
            (Some(display), rest.trim_start())
        } else {
            match text.find('<') {
                None => return Self::parse_addr_spec(text),
                Some(at) => (words(text.get(..at).unwrap_or(""))?, text.get(at..).unwrap_or("")),
            }
        };
        let inner = rest.strip_prefix('<').ok_or_else(|| format!("no '<' after display name in '{text}'"))?;
        let (uri, params) = inner.split_once('>').ok_or_else(|| format!("'<' without '>' in '{text}'"))?;
        Ok(Self { display, uri: Uri::parse(uri.trim())?, params: Params::parse(params)? })
    }

    // Without brackets, parameters belong to the header, and the URI may hold neither ',' nor '?' (RFC 3261 section 20).
    fn parse_addr_spec(text: &str) -> Result<Self, String> {
        let at = text.find(';').unwrap_or(text.len());
        let uri = text.get(..at).unwrap_or("").trim();
        if uri.contains(['?', ',']) {
            return Err(format!("URI '{uri}' must stand in '<' and '>'"));
        }
        Ok(Self { display: None, uri: Uri::parse(uri)?, params: Params::parse(text.get(at..).unwrap_or(""))? })
    }
}

/// A display name made of tokens; `None` when there is none.
fn words(text: &str) -> Result<Option<String>, String> {
    let text = text.trim();
    // RFC 4475 3.1.2.15: ',' and the like need quotes. Non-ASCII text without quotes is let through.
    if let Some(c) = text.chars().find(|c| c.is_ascii() && !is_token_char(*c) && !c.is_ascii_whitespace()) {
        return Err(format!("{c:?} in display name '{text}' without quotes"));
    }
    Ok((!text.is_empty()).then(|| text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")))
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            write!(f, "{} ", quote(display))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}
