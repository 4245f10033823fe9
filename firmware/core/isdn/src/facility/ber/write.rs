//! Writing values, with tag and length in the fewest octets (X.690 8.1).

use super::{LONG_NUMBER, Tag};

impl Tag {
    fn emit(self, octets: &mut Vec<u8>) {
        match u8::try_from(self.number) {
            Ok(number) if number < LONG_NUMBER => octets.push(self.form | number),
            Ok(_) | Err(_) => {
                octets.push(self.form | LONG_NUMBER);
                // Seven bits an octet, from the first that is not zero.
                let groups = (32 - self.number.leading_zeros()).div_ceil(7).max(1);
                for group in (0..groups).rev() {
                    let more = if group > 0 { 0x80 } else { 0 };
                    octets.push(more | (self.number >> (7 * group)) as u8 & 0x7f);
                }
            }
        }
    }
}

/// A value of any type.
#[must_use]
pub fn value(tag: Tag, contents: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(contents.len() + 4);
    tag.emit(&mut octets);
    match u8::try_from(contents.len()) {
        Ok(short) if short < 0x80 => octets.push(short),
        Ok(_) | Err(_) => {
            let length = contents.len().to_be_bytes();
            let skipped = length.iter().take_while(|octet| **octet == 0).count();
            octets.push(0x80 | (length.len() - skipped) as u8);
            octets.extend(length.iter().skip(skipped));
        }
    }
    octets.extend_from_slice(contents);
    octets
}

/// A whole number, or an enumerated one, in the fewest octets (X.690 8.3.2).
#[must_use]
pub fn integer(tag: Tag, number: i32) -> Vec<u8> {
    let octets = number.to_be_bytes();
    let sign = if number < 0 { 0xff } else { 0 };
    // An octet of sign only goes, unless the next one would then say another sign.
    let skipped =
        octets.windows(2).take_while(|pair| matches!(**pair, [first, next] if first == sign && (next ^ sign) < 0x80)).count();
    let contents: Vec<u8> = octets.into_iter().skip(skipped).collect();
    value(tag, &contents)
}

/// A truth value; true is ff, as the distinguished rules want it (X.690 11.1).
#[must_use]
pub fn boolean(truth: bool) -> Vec<u8> {
    value(Tag::BOOLEAN, &[if truth { 0xff } else { 0 }])
}

/// A sequence of values that are encoded already.
#[must_use]
pub fn sequence(values: &[Vec<u8>]) -> Vec<u8> {
    value(Tag::SEQUENCE, &values.concat())
}
