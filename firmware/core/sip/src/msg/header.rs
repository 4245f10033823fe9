//! Header fields in order, kept byte for byte, with typed views (RFC 3261 sections 7.3 and 20).

use std::borrow::Cow;

use super::params::{is_token_char, number};
use super::{CSeq, NameAddr, Params, Via, split_list};

/// One header line, or several if it was folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// All before the colon as it came, white space included.
    raw_name: String,
    /// All after the colon as it came, without the line end.
    raw_value: Vec<u8>,
    /// The value unfolded and made UTF-8, when `raw_value` is not simply that.
    unfolded: Option<String>,
}

/// Compact forms: RFC 3261 section 7.3.3 and the registry that RFC 3968 set up.
const COMPACT: [(&str, &str); 19] = [
    ("a", "Accept-Contact"),
    ("b", "Referred-By"),
    ("c", "Content-Type"),
    ("d", "Request-Disposition"),
    ("e", "Content-Encoding"),
    ("f", "From"),
    ("i", "Call-ID"),
    ("j", "Reject-Contact"),
    ("k", "Supported"),
    ("l", "Content-Length"),
    ("m", "Contact"),
    ("n", "Identity-Info"),
    ("o", "Event"),
    ("r", "Refer-To"),
    ("s", "Subject"),
    ("t", "To"),
    ("u", "Allow-Events"),
    ("v", "Via"),
    ("x", "Session-Expires"),
];

fn long_form(name: &str) -> &str {
    COMPACT.iter().find(|(short, _)| short.eq_ignore_ascii_case(name)).map_or(name, |(_, long)| *long)
}

impl Header {
    /// A header that we write. What could break out of the line becomes a space.
    pub(crate) fn new(name: &str, value: &str) -> Self {
        let name: String = name.chars().filter(|c| is_token_char(*c)).collect();
        let value: String = value.trim().chars().map(|c| if matches!(c, '\r' | '\n' | '\0') { ' ' } else { c }).collect();
        Self { raw_name: name, raw_value: format!(" {value}").into_bytes(), unfolded: None }
    }

    /// A header as it came: the text before the colon, the bytes after it, folding included.
    pub(crate) fn from_wire(raw_name: &str, raw_value: &[u8]) -> Self {
        let clean = std::str::from_utf8(raw_value).is_ok_and(|text| !text.contains(['\r', '\n']));
        let unfolded = (!clean).then(|| unfold(&String::from_utf8_lossy(raw_value)));
        Self { raw_name: raw_name.to_owned(), raw_value: raw_value.to_vec(), unfolded }
    }

    /// Name as spelled by the sender.
    #[must_use]
    pub fn name(&self) -> &str {
        self.raw_name.trim_end()
    }

    /// Value: folding is one space each, white space around it is gone, bytes that are not UTF-8 are U+FFFD.
    #[must_use]
    pub fn value(&self) -> &str {
        match &self.unfolded {
            Some(text) => text,
            None => std::str::from_utf8(&self.raw_value).unwrap_or("").trim(),
        }
    }

    /// Whether this is header `name`, in long or compact form, any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        long_form(self.name()).eq_ignore_ascii_case(long_form(name))
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.raw_name.as_bytes());
        out.push(b':');
        out.extend_from_slice(&self.raw_value);
        out.extend_from_slice(b"\r\n");
    }
}

/// RFC 3261 section 7.3.1: a line end followed by white space is one space.
fn unfold(text: &str) -> String {
    let mut unfolded = String::with_capacity(text.len());
    for line in text.split("\r\n").map(|line| line.trim_matches([' ', '\t'])).filter(|line| !line.is_empty()) {
        if !unfolded.is_empty() {
            unfolded.push(' ');
        }
        unfolded.push_str(line);
    }
    unfolded
}

/// The headers of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<Header>);

impl Headers {
    /// Value of the first header `name` (long or compact, any case), unfolded. Lists are not split.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_all(name).next()
    }

    /// Values of all headers `name`, one for each line.
    pub fn get_all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.0.iter().filter(move |header| header.is(name)).map(Header::value)
    }

    /// Elements of a header that is a list, over all its lines: `Via: a, b` and `Via: c` give three.
    ///
    /// # Errors
    /// An element is empty, or a quote or bracket does not close.
    pub fn list(&self, name: &str) -> Result<Vec<&str>, String> {
        let mut all = Vec::new();
        for line in self.0.iter().filter(|header| header.is(name)).map(Header::value) {
            all.extend(split_list(line)?);
        }
        Ok(all)
    }

    /// Whether a list header such as Require or Supported holds `token`, any case.
    #[must_use]
    pub fn list_contains(&self, name: &str, token: &str) -> bool {
        self.get_all(name).flat_map(|line| line.split(',')).any(|element| element.trim().eq_ignore_ascii_case(token))
    }

    /// All headers in order.
    pub fn iter(&self) -> impl Iterator<Item = &Header> + '_ {
        self.0.iter()
    }

    /// Appends a header. Line ends in `value` become spaces.
    pub fn push(&mut self, name: &str, value: &str) {
        self.0.push(Header::new(name, value));
    }

    /// Puts a header before all others: Via.
    pub fn push_front(&mut self, name: &str, value: &str) {
        self.0.insert(0, Header::new(name, value));
    }

    /// Replaces the first header `name` and removes the others, or appends it.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.0.iter().position(|header| header.is(name)) {
            Some(first) => {
                let mut at = 0;
                self.0.retain(|header| {
                    at += 1;
                    at - 1 <= first || !header.is(name)
                });
                if let Some(header) = self.0.get_mut(first) {
                    *header = Header::new(name, value);
                }
            }
            None => self.push(name, value),
        }
    }

    /// Removes all headers `name`.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|header| !header.is(name));
    }

    /// Copies all headers `name` from `other`, as they are.
    pub fn copy_from(&mut self, other: &Self, name: &str) {
        self.0.extend(other.0.iter().filter(|header| header.is(name)).cloned());
    }

    /// Puts `value` in the place of the topmost Via and leaves the others as they are.
    pub(crate) fn replace_top_via(&mut self, value: &Via) {
        if let Some(header) = self.0.iter_mut().find(|header| header.is("Via")) {
            let rest = split_list(header.value()).unwrap_or_default().split_off(1).join(", ");
            let whole = if rest.is_empty() { value.to_string() } else { format!("{value}, {rest}") };
            *header = Header::new(header.name(), &whole);
        }
    }

    pub(crate) fn push_header(&mut self, header: Header) {
        self.0.push(header);
    }

    /// From, if it can be read.
    #[must_use]
    pub fn from(&self) -> Option<NameAddr> {
        self.name_addr("From")
    }

    /// To, if it can be read.
    #[must_use]
    pub fn to(&self) -> Option<NameAddr> {
        self.name_addr("To")
    }

    /// First Contact, if it can be read. `*` is none.
    #[must_use]
    pub fn contact(&self) -> Option<NameAddr> {
        self.name_addr("Contact")
    }

    /// First element of any header of addresses, such as P-Asserted-Identity or Refer-To.
    #[must_use]
    pub fn name_addr(&self, name: &str) -> Option<NameAddr> {
        let line = self.get(name)?;
        NameAddr::parse(split_list(line).ok()?.first()?).ok()
    }

    /// Topmost Via, if it can be read.
    #[must_use]
    pub fn via(&self) -> Option<Via> {
        Via::parse(split_list(self.get("Via")?).ok()?.first()?).ok()
    }

    /// CSeq, if it can be read.
    #[must_use]
    pub fn cseq(&self) -> Option<CSeq> {
        CSeq::parse(self.get("CSeq")?).ok()
    }

    /// Call-ID.
    #[must_use]
    pub fn call_id(&self) -> Option<&str> {
        self.get("Call-ID")
    }

    /// Max-Forwards, if it is a number from 0 to 255.
    #[must_use]
    pub fn max_forwards(&self) -> Option<u8> {
        u8::try_from(number(self.get("Max-Forwards")?, 255).ok()?).ok()
    }

    /// Cause of the first `Reason: Q.850` (RFC 3326), 0 to 127.
    #[must_use]
    pub fn reason_q850(&self) -> Option<u8> {
        let values = self.get_all("Reason").filter_map(|line| split_list(line).ok()).flatten();
        let mut causes = values.filter_map(|value| {
            let (protocol, params) = value.split_at_checked(value.find(';')?)?;
            let params = protocol.trim().eq_ignore_ascii_case("Q.850").then(|| Params::parse(params).ok())??;
            u8::try_from(number(params.get("cause")?, 127).ok()?).ok()
        });
        causes.next()
    }

    /// Media type of the body without parameters, in small letters.
    #[must_use]
    pub fn content_type(&self) -> Option<Cow<'_, str>> {
        let media = self.get("Content-Type")?.split(';').next()?.trim();
        Some(if media.bytes().any(|b| b.is_ascii_uppercase()) { media.to_ascii_lowercase().into() } else { media.into() })
    }
}
