//! Reading values: splitting octets at tag and length (X.690 8.1), and the few types that operations use (X.690 8.2 to 8.4, 8.7).

use super::{LONG_NUMBER, MAX_DEPTH, Malformed, Tag};

/// The end of contents of indefinite length.
const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// One value and the octets that it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a> {
    /// Its type.
    pub tag: Tag,
    /// What is in it, without the end of contents of an indefinite length.
    pub contents: &'a [u8],
    /// All of it, tag and length included.
    pub octets: &'a [u8],
    depth: usize,
}

impl<'a> Value<'a> {
    /// The values within it. An error when it is primitive or too deep.
    pub const fn reader(&self) -> Result<Reader<'a>, Malformed> {
        if !self.tag.is_constructed() {
            return Err(Malformed::Contents { tag: self.tag, octets: self.contents.len() });
        }
        if self.depth >= MAX_DEPTH {
            return Err(Malformed::Depth);
        }
        Ok(Reader { rest: self.contents, depth: self.depth + 1 })
    }

    /// The contents as a whole number or as the number of an enumeration (X.690 8.3, 8.4), from up to eight octets if it fits.
    pub fn integer(&self) -> Result<i32, Malformed> {
        let wrong = Malformed::Contents { tag: self.tag, octets: self.contents.len() };
        let (&first, rest) = self.contents.split_first().ok_or(wrong)?;
        if self.tag.is_constructed() || self.contents.len() > 8 {
            return Err(wrong);
        }
        let sign = i64::from(first.cast_signed());
        let value = rest.iter().fold(sign, |value, &octet| value << 8 | i64::from(octet));
        i32::try_from(value).map_err(|_| wrong)
    }

    /// The contents as a truth value (X.690 8.2): any octet but 0 is true.
    pub fn boolean(&self) -> Result<bool, Malformed> {
        match *self.contents {
            [octet] if !self.tag.is_constructed() => Ok(octet != 0),
            _ => Err(Malformed::Contents { tag: self.tag, octets: self.contents.len() }),
        }
    }

    /// The contents as a string. An error when it is in pieces.
    pub const fn string(&self) -> Result<&'a [u8], Malformed> {
        if self.tag.is_constructed() {
            return Err(Malformed::Contents { tag: self.tag, octets: self.contents.len() });
        }
        Ok(self.contents)
    }
}

/// Values that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Reader<'a> {
    /// Reads `octets`, which are in nothing.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets, depth: 0 }
    }

    /// What has not been read.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether all has been read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next value, of any type; `None` at the end. After an error nothing has been read.
    pub fn value(&mut self) -> Result<Option<Value<'a>>, Malformed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (value, rest) = split(self.rest, self.depth)?;
        self.rest = rest;
        Ok(Some(value))
    }

    /// The next value, which must be a `tag`.
    pub fn take(&mut self, tag: Tag) -> Result<Value<'a>, Malformed> {
        let before = *self;
        let found = self.value()?;
        found.filter(|value| value.tag == tag).ok_or_else(|| {
            *self = before;
            Malformed::Unexpected { wanted: tag, found: found.map(|value| value.tag) }
        })
    }

    /// The next value if it is a `tag`; else nothing is read.
    pub fn optional(&mut self, tag: Tag) -> Result<Option<Value<'a>>, Malformed> {
        match self.take(tag) {
            Ok(value) => Ok(Some(value)),
            Err(Malformed::Unexpected { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

fn split(octets: &[u8], depth: usize) -> Result<(Value<'_>, &[u8]), Malformed> {
    let short = Malformed::Short { have: octets.len() };
    let (tag, after_tag) = split_tag(octets)?;
    let (length, body) = split_length(after_tag, short)?;
    let (contents, rest) = match length {
        Length::Definite(length) => body.split_at_checked(length).ok_or(short)?,
        Length::Indefinite if tag.is_constructed() => split_at_end(body, depth + 1)?,
        Length::Indefinite => return Err(Malformed::Length { octet: 0x80 }),
    };
    let whole = octets.len() - rest.len();
    let (octets, _) = octets.split_at_checked(whole).ok_or(short)?;
    Ok((Value { tag, contents, octets, depth }, rest))
}

/// Contents up to the end-of-contents octets that belong to them (X.690 8.1.5), and what follows these.
fn split_at_end(body: &[u8], depth: usize) -> Result<(&[u8], &[u8]), Malformed> {
    if depth > MAX_DEPTH {
        return Err(Malformed::Depth);
    }
    let mut rest = body;
    loop {
        if let Some(after) = rest.strip_prefix(&END_OF_CONTENTS) {
            let (contents, _) = body.split_at_checked(body.len() - rest.len()).unwrap_or((body, &[]));
            return Ok((contents, after));
        }
        rest = split(rest, depth)?.1;
    }
}

fn split_tag(octets: &[u8]) -> Result<(Tag, &[u8]), Malformed> {
    let short = Malformed::Short { have: octets.len() };
    let (&first, mut rest) = octets.split_first().ok_or(short)?;
    let form = first & !LONG_NUMBER;
    if first & LONG_NUMBER != LONG_NUMBER {
        return Ok((Tag { form, number: u32::from(first & LONG_NUMBER) }, rest));
    }
    let mut number = 0_u32;
    loop {
        let (&octet, after) = rest.split_first().ok_or(short)?;
        rest = after;
        number = number.checked_mul(0x80).ok_or(Malformed::TagNumber)? | u32::from(octet & 0x7f);
        if octet & 0x80 == 0 {
            return Ok((Tag { form, number }, rest));
        }
    }
}

enum Length {
    Definite(usize),
    Indefinite,
}

fn split_length(octets: &[u8], short: Malformed) -> Result<(Length, &[u8]), Malformed> {
    let (&first, rest) = octets.split_first().ok_or(short)?;
    match first {
        0..0x80 => Ok((Length::Definite(usize::from(first)), rest)),
        0x80 => Ok((Length::Indefinite, rest)),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f)).ok_or(short)?;
            let length = length.iter().fold(0_u32, |length, &octet| length << 8 | u32::from(octet));
            Ok((Length::Definite(usize::try_from(length).unwrap_or(usize::MAX)), rest))
        }
        0x85.. => Err(Malformed::Length { octet: first }),
    }
}
