//! Lexical helpers: tokens, quoted strings, lists and `;name=value` parameters (RFC 3261 section 25.1).

use std::fmt;

/// Parameters in order, as `;a;b=c`. Values keep their quotes, so that printing gives back what came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, Option<String>)>);

impl Params {
    /// Parses what follows the first `;` (or nothing). White space around `;` and `=` is dropped (SEMI and EQUAL allow it).
    /// An empty parameter (`;;`) is an error.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let rest = text.strip_prefix(';').ok_or_else(|| format!("'{text}' where ';' or the end was expected"))?;
        let mut params = Vec::new();
        for part in split_outside_quotes(rest, ';')? {
            let (name, value) = match part.split_once('=') {
                Some((name, value)) => (name.trim(), Some(value.trim())),
                None => (part.trim(), None),
            };
            if name.is_empty() {
                return Err(format!("empty parameter in '{text}'"));
            }
            if !is_token(name) {
                return Err(format!("'{name}' is no parameter name"));
            }
            params.push((name.to_owned(), value.map(str::to_owned)));
        }
        Ok(Self(params))
    }

    /// Parameters of a URI: no quotes, no white space, and the empty ones that some senders write are kept.
    pub(crate) fn parse_uri(text: &str) -> Self {
        let pair = |part: &str| match part.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (part.to_owned(), None),
        };
        Self(text.split(';').map(pair).collect())
    }

    /// The value of the first parameter `name`: `Some("")` if it has no value. Quotes are taken off. Names compare without case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        let value = value.as_deref().unwrap_or("");
        Some(value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value))
    }

    /// Whether there is a parameter `name`, with or without value.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets `name`, or appends it.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(str::to_owned);
        match self.0.iter_mut().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
            Some(entry) => entry.1 = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Removes every parameter `name`.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// Name and raw value of each parameter.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> + '_ {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            match value {
                Some(value) => write!(f, ";{name}={value}")?,
                None => write!(f, ";{name}")?,
            }
        }
        Ok(())
    }
}

/// Whether `c` may stand in a token.
pub(crate) const fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '!' | '%' | '*' | '_' | '+' | '`' | '\'' | '~')
}

/// Whether `text` is a token. Non-ASCII letters are let through: they do no harm and old senders write them.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| is_token_char(c) || !c.is_ascii())
}

/// Splits a header value at its commas, but not within quotes or angle brackets. Empty elements are an error.
pub(crate) fn split_list(text: &str) -> Result<Vec<&str>, String> {
    let parts = split_outside_quotes(text, ',')?;
    if parts.iter().any(|part| part.trim().is_empty()) {
        return Err(format!("empty element in list '{text}'"));
    }
    Ok(parts.into_iter().map(str::trim).collect())
}

/// Splits at `separator` outside of `"..."` and `<...>`.
pub(crate) fn split_outside_quotes(text: &str, separator: char) -> Result<Vec<&str>, String> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped, mut angle) = (0, false, false, false);
    for (at, c) in text.char_indices() {
        if quoted {
            (quoted, escaped) = (escaped || c != '"', !escaped && c == '\\');
            continue;
        }
        match c {
            '"' => quoted = true,
            '<' => angle = true,
            '>' => angle = false,
            c if c == separator && !angle => {
                parts.push(text.get(start..at).unwrap_or(""));
                start = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    if quoted {
        return Err(format!("quoted string without end in '{text}'"));
    }
    if angle {
        return Err(format!("'<' without '>' in '{text}'"));
    }
    parts.push(text.get(start..).unwrap_or(""));
    Ok(parts)
}

/// Takes a quoted string off the front of `text`: its meaning (escapes resolved) and what follows it.
pub(crate) fn take_quoted(text: &str) -> Result<(String, &str), String> {
    let rest = text.strip_prefix('"').ok_or_else(|| format!("no quoted string at '{text}'"))?;
    let mut meaning = String::new();
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            c if escaped => {
                escaped = false;
                meaning.push(c);
            }
            '\\' => escaped = true,
            '"' => return Ok((meaning, rest.get(at + 1..).unwrap_or(""))),
            c => meaning.push(c),
        }
    }
    Err(format!("quoted string without end in '{text}'"))
}

/// Writes `text` as a quoted string. Line ends become spaces.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            '\r' | '\n' | '\0' => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A decimal number of at most `max`; leading zeros are allowed, signs are not.
pub(crate) fn number(text: &str, max: u64) -> Result<u64, String> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("'{text}' is no number"));
    }
    // A number too long for u64 is too large for every field we have.
    let value = text.parse::<u64>().unwrap_or(u64::MAX);
    if value > max { Err(format!("{text} is more than {max}")) } else { Ok(value) }
}
