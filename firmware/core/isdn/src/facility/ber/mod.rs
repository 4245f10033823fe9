//! Tag, length and value: the part of the Basic Encoding Rules (X.209, now X.690) that remote operations use.
//!
//! Read: definite lengths in any form, indefinite ones, tags of several octets, nested [`MAX_DEPTH`] deep. Written: definite lengths
//! in the fewest octets. Left out: strings in pieces (constructed), reals, sets. Nothing is copied in reading; each [`Value`] has its
//! octets as they came, so that what is not understood can be passed on unchanged.
//!
//! ```
//! use isdn::facility::ber::{self, Reader, Tag};
//!
//! let octets = ber::sequence(&[ber::integer(Tag::INTEGER, 300), ber::boolean(true)]);
//! let mut fields = Reader::new(&octets).take(Tag::SEQUENCE)?.reader()?;
//! assert_eq!(fields.take(Tag::INTEGER)?.integer()?, 300);
//! assert!(fields.take(Tag::BOOLEAN)?.boolean()?);
//! assert!(fields.is_empty());
//! # Ok::<(), ber::Malformed>(())
//! ```

mod read;
mod write;

pub use read::{Reader, Value};
pub use write::{boolean, integer, sequence, value};

/// How deep values may be nested. Real ones are about six deep; more is refused, so that no input makes the reader recurse for ever.
pub const MAX_DEPTH: usize = 16;

/// Bit 6 of a tag: the contents are values themselves.
const CONSTRUCTED: u8 = 0x20;
/// Bits 8 and 7 of a tag when it means something in its place only.
const CONTEXT: u8 = 0x80;
/// The low five bits of a tag whose number is in the octets that follow.
const LONG_NUMBER: u8 = 0x1f;

/// The octets break the encoding rules, or are not the type that was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The octets end within a value.
    #[error("value is cut short: {have} octets are left of it")]
    Short {
        /// Octets from its first to the end.
        have: usize,
    },
    /// A tag number does not fit 32 bits.
    #[error("tag number of more than 32 bits")]
    TagNumber,
    /// A length that is reserved, over 32 bits, or indefinite where it may not be.
    #[error("length octet {octet:02x} is not permitted here")]
    Length {
        /// The first octet of the length.
        octet: u8,
    },
    /// More than [`MAX_DEPTH`] values within each other.
    #[error("values nested more than {MAX_DEPTH} deep")]
    Depth,
    /// Another type, or nothing, where `wanted` was due.
    #[error("{found:?} where {wanted:?} was due")]
    Unexpected {
        /// What was due.
        wanted: Tag,
        /// What was there.
        found: Option<Tag>,
    },
    /// A choice has no such alternative here.
    #[error("{found:?} is none of the alternatives")]
    Choice {
        /// What was there.
        found: Tag,
    },
    /// Contents that the type cannot have.
    #[error("{tag:?} cannot have contents of {octets} octets like these")]
    Contents {
        /// The type.
        tag: Tag,
        /// How many octets it had.
        octets: usize,
    },
}

/// Identifier of a value (X.690 8.1.2): its first octet without the number, and the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag {
    /// Class and the constructed bit: bits 8 to 6 of the first octet.
    pub form: u8,
    /// The number.
    pub number: u32,
}

impl Tag {
    /// Truth value.
    pub const BOOLEAN: Self = Self::universal(1);
    /// Whole number.
    pub const INTEGER: Self = Self::universal(2);
    /// Octets.
    pub const OCTET_STRING: Self = Self::universal(4);
    /// Nothing.
    pub const NULL: Self = Self::universal(5);
    /// Name of a thing in the tree of all names.
    pub const OBJECT_IDENTIFIER: Self = Self::universal(6);
    /// One of a list.
    pub const ENUMERATED: Self = Self::universal(10);
    /// Digits and spaces.
    pub const NUMERIC_STRING: Self = Self::universal(18);
    /// Values in order.
    pub const SEQUENCE: Self = Self { form: CONSTRUCTED, number: 16 };

    const fn universal(number: u32) -> Self {
        Self { form: 0, number }
    }

    /// `[number]`, primitive.
    #[must_use]
    pub const fn context(number: u32) -> Self {
        Self { form: CONTEXT, number }
    }

    /// `[number]`, holding values.
    #[must_use]
    pub const fn context_constructed(number: u32) -> Self {
        Self { form: CONTEXT | CONSTRUCTED, number }
    }

    /// Whether the contents are values.
    #[must_use]
    pub const fn is_constructed(self) -> bool {
        self.form & CONSTRUCTED != 0
    }
}
