//! Names of parties (ECMA-164 and ISO/IEC 13868): the argument of the four name operations, which North American public networks took over.
//!
//! Read: all forms and the extensible one around them. ISO 8859-1, UTF-8 and the basic plane of ISO 10646 are read into text; of the other
//! sets only ASCII, other octets become U+FFFD. Control characters become spaces, since names go on into logs and other protocols.
//! Left out: manufacturers' extensions, which are passed over.

use super::ber::{self, Malformed, Reader, Tag, Value};

/// Longest name in octets: NameData is an OCTET STRING (SIZE (1..50)).
const MAX_OCTETS: usize = 50;

/// What is written for a character that a set does not have.
const QUESTION_MARK: u16 = b'?' as u16;

/// Alternatives of Name.
const ALLOWED: Tag = Tag::context(0);
const ALLOWED_IN_SET: Tag = Tag::context_constructed(1);
const RESTRICTED: Tag = Tag::context(2);
const RESTRICTED_IN_SET: Tag = Tag::context_constructed(3);
const NOT_AVAILABLE: Tag = Tag::context(4);
const RESTRICTED_NULL: Tag = Tag::context(7);

/// Whose name it is: local values of the operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// 0: who calls, in SETUP.
    Calling,
    /// 1: who is alerted, in ALERTING.
    Called,
    /// 2: who answered, in CONNECT.
    Connected,
    /// 3: who is busy, in a clearing message.
    Busy,
}

impl NameKind {
    /// Value of the operation.
    #[must_use]
    pub const fn operation(self) -> i32 {
        match self {
            Self::Calling => 0,
            Self::Called => 1,
            Self::Connected => 2,
            Self::Busy => 3,
        }
    }
}

/// Whether a name may be shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum NamePresentation {
    /// It may.
    #[default]
    Allowed,
    /// It must not; the text may be empty.
    Restricted,
    /// There is none.
    NotAvailable,
}

/// Character set of a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum CharacterSet {
    /// 1: ISO 8859-1, also meant when no set is named.
    #[default]
    Latin1,
    /// 8: ISO 10646 BmpString, two octets a character.
    Bmp,
    /// 9: ISO 10646 UTF-8.
    Utf8,
    /// Any other value: 0 unknown, 3 to 7 other parts of ISO 8859.
    Other(i32),
}

impl CharacterSet {
    const fn from_code(code: i32) -> Self {
        match code {
            1 => Self::Latin1,
            8 => Self::Bmp,
            9 => Self::Utf8,
            other => Self::Other(other),
        }
    }

    const fn code(self) -> i32 {
        match self {
            Self::Latin1 => 1,
            Self::Bmp => 8,
            Self::Utf8 => 9,
            Self::Other(code) => code,
        }
    }

    fn read(self, octets: &[u8]) -> String {
        let text: String = match self {
            Self::Latin1 => octets.iter().copied().map(char::from).collect(),
            Self::Utf8 => String::from_utf8_lossy(octets).into_owned(),
            Self::Bmp => {
                let units = octets.chunks(2).map(|pair| match *pair {
                    [high, low] => u32::from(high) << 8 | u32::from(low),
                    _ => u32::MAX,
                });
                units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
            Self::Other(_) => octets
                .iter()
                .map(|octet| if octet.is_ascii() { char::from(*octet) } else { char::REPLACEMENT_CHARACTER })
                .collect(),
        };
        text.chars().map(without_control).collect()
    }

    /// The text in this set, cut at 50 octets, with a question mark for each character that it does not have.
    fn write(self, text: &str) -> Vec<u8> {
        let mut octets = Vec::new();
        for character in text.chars().map(without_control) {
            let mut buffer = [0; 4];
            let encoded: &[u8] = match self {
                Self::Utf8 => character.encode_utf8(&mut buffer).as_bytes(),
                Self::Bmp => {
                    let [high, low] = u16::try_from(u32::from(character)).unwrap_or(QUESTION_MARK).to_be_bytes();
                    &[high, low]
                }
                Self::Latin1 => &[u8::try_from(character).unwrap_or(b'?')],
                Self::Other(_) => &[u8::try_from(character).ok().filter(u8::is_ascii).unwrap_or(b'?')],
            };
            if octets.len() + encoded.len() > MAX_OCTETS {
                break;
            }
            octets.extend_from_slice(encoded);
        }
        octets
    }
}

fn without_control(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

/// A name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Name {
    /// The name; may be empty when it is restricted, is empty when it is not available.
    pub text: String,
    /// Whether it may be shown.
    pub presentation: NamePresentation,
    /// The set that it came or is sent in.
    pub set: CharacterSet,
}

impl Name {
    /// A name that may be shown, sent in ISO 8859-1.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Reads the argument of a name operation: a name, or a sequence of a name and extensions.
    pub fn parse(argument: &[u8]) -> Result<Self, Malformed> {
        let mut values = Reader::new(argument);
        match values.optional(Tag::SEQUENCE)? {
            Some(sequence) => Self::take(&mut sequence.reader()?),
            None => Self::take(&mut values),
        }
    }

    /// The next value as a name.
    pub fn take(values: &mut Reader<'_>) -> Result<Self, Malformed> {
        let Some(value) = values.value()? else { return Err(Malformed::Unexpected { wanted: ALLOWED, found: None }) };
        match value.tag {
            ALLOWED => Self::simple(&value, NamePresentation::Allowed),
            RESTRICTED => Self::simple(&value, NamePresentation::Restricted),
            ALLOWED_IN_SET => Self::in_set(&value, NamePresentation::Allowed),
            RESTRICTED_IN_SET => Self::in_set(&value, NamePresentation::Restricted),
            NOT_AVAILABLE => Ok(Self { presentation: NamePresentation::NotAvailable, ..Self::default() }),
            RESTRICTED_NULL => Ok(Self { presentation: NamePresentation::Restricted, ..Self::default() }),
            found => Err(Malformed::Choice { found }),
        }
    }

    fn simple(value: &Value<'_>, presentation: NamePresentation) -> Result<Self, Malformed> {
        let set = CharacterSet::Latin1;
        Ok(Self { text: set.read(value.string()?), presentation, set })
    }

    fn in_set(value: &Value<'_>, presentation: NamePresentation) -> Result<Self, Malformed> {
        let mut fields = value.reader()?;
        let text = fields.take(Tag::OCTET_STRING)?.string()?;
        let set = fields.optional(Tag::INTEGER)?.map(|set| set.integer()).transpose()?;
        let set = set.map_or(CharacterSet::Latin1, CharacterSet::from_code);
        Ok(Self { text: set.read(text), presentation, set })
    }

    /// The argument: the simple form in ISO 8859-1, the one with a set in others. A name may not be empty: one that would be is written
    /// as not available, or as restricted without a text.
    #[must_use]
    pub fn emit(&self) -> Vec<u8> {
        let octets = self.set.write(&self.text);
        let with = |simple, in_set| match self.set {
            CharacterSet::Latin1 => ber::value(simple, &octets),
            CharacterSet::Bmp | CharacterSet::Utf8 | CharacterSet::Other(_) => {
                let text = ber::value(Tag::OCTET_STRING, &octets);
                ber::value(in_set, &[text, ber::integer(Tag::INTEGER, self.set.code())].concat())
            }
        };
        match self.presentation {
            NamePresentation::Allowed if !octets.is_empty() => with(ALLOWED, ALLOWED_IN_SET),
            NamePresentation::Restricted if !octets.is_empty() => with(RESTRICTED, RESTRICTED_IN_SET),
            NamePresentation::Restricted => ber::value(RESTRICTED_NULL, &[]),
            NamePresentation::Allowed | NamePresentation::NotAvailable => ber::value(NOT_AVAILABLE, &[]),
        }
    }
}
