//! Numbers in arguments of operations (ASN.1 module Addressing-Data-Elements of EN 300 196-1 and of ECMA-165), as the numbers of Q.931.
//!
//! A *presented* number says whether it may be shown; a *screened* one says also who vouches for it. A presented address is the same
//! with a subaddress at the end. Left out: subaddresses, which are passed over, and NSAP numbers, which are not read.

use super::ber::{self, Malformed, Reader, Tag, Value};
use crate::number::{CallingNumber, Number, NumberingPlan, Presentation, Screening, TypeOfNumber};

/// Longest number in digits: NumberDigits is a NumericString (SIZE (1..20)).
pub const MAX_DIGITS: usize = 20;

/// Alternatives of PartyNumber.
const UNKNOWN: Tag = Tag::context(0);
const PUBLIC: Tag = Tag::context_constructed(1);
const DATA: Tag = Tag::context(3);
const TELEX: Tag = Tag::context(4);
const PRIVATE: Tag = Tag::context_constructed(5);
const NATIONAL_STANDARD: Tag = Tag::context(8);

/// Alternatives of the presented numbers and addresses.
const ALLOWED: Tag = Tag::context_constructed(0);
const RESTRICTED: Tag = Tag::context(1);
const NOT_AVAILABLE: Tag = Tag::context(2);
const RESTRICTED_NUMBER: Tag = Tag::context_constructed(3);

/// The next value as a PartyNumber. The types of public and private numbers have the values of Q.931 table 4-9.
pub fn take_number(values: &mut Reader<'_>) -> Result<Number, Malformed> {
    let Some(value) = values.value()? else { return Err(Malformed::Unexpected { wanted: UNKNOWN, found: None }) };
    let plain = |npi| Ok(Number { digits: digits(&value)?, ton: TypeOfNumber::Unknown, npi });
    match value.tag {
        UNKNOWN => plain(NumberingPlan::Unknown),
        DATA => plain(NumberingPlan::Data),
        TELEX => plain(NumberingPlan::Telex),
        NATIONAL_STANDARD => plain(NumberingPlan::National),
        PUBLIC => typed(&value, NumberingPlan::Isdn),
        PRIVATE => typed(&value, NumberingPlan::Private),
        found => Err(Malformed::Choice { found }),
    }
}

fn typed(value: &Value<'_>, npi: NumberingPlan) -> Result<Number, Malformed> {
    let mut fields = value.reader()?;
    let ton = fields.take(Tag::ENUMERATED)?.integer()?;
    let ton = u8::try_from(ton).ok().filter(|ton| *ton < 8).map_or(TypeOfNumber::Unknown, TypeOfNumber::from_bits);
    Ok(Number { digits: digits(&fields.take(Tag::NUMERIC_STRING)?)?, ton, npi })
}

/// Printable IA5, since the digits go on into logs and other protocols.
fn digits(value: &Value<'_>) -> Result<String, Malformed> {
    let octets = value.string()?;
    if octets.iter().all(|octet| (0x20..0x7f).contains(octet)) {
        Ok(octets.iter().copied().map(char::from).collect())
    } else {
        Err(Malformed::Contents { tag: value.tag, octets: octets.len() })
    }
}

/// A PartyNumber. `None` when there are no digits, more than [`MAX_DIGITS`], or others than 0 to 9: a number with some of its digits left
/// out would be another number. Type is written for the ISDN and private plans only; a plan without a place here is written as unknown.
#[must_use]
pub fn emit_number(number: &Number) -> Option<Vec<u8>> {
    let digits = number.digits.as_bytes();
    if digits.is_empty() || digits.len() > MAX_DIGITS || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let typed = |tag| {
        let ton = if matches!(number.ton, TypeOfNumber::Other(_)) { TypeOfNumber::Unknown } else { number.ton };
        let ton = ber::integer(Tag::ENUMERATED, i32::from(ton.bits()));
        ber::value(tag, &[ton, ber::value(Tag::NUMERIC_STRING, digits)].concat())
    };
    Some(match number.npi {
        NumberingPlan::Isdn => typed(PUBLIC),
        NumberingPlan::Private => typed(PRIVATE),
        NumberingPlan::Data => ber::value(DATA, digits),
        NumberingPlan::Telex => ber::value(TELEX, digits),
        NumberingPlan::National => ber::value(NATIONAL_STANDARD, digits),
        NumberingPlan::Unknown | NumberingPlan::Other(_) => ber::value(UNKNOWN, digits),
    })
}

/// A PresentedNumberUnscreened or PresentedAddressUnscreened; screening reads as not screened.
pub fn read_unscreened(value: &Value<'_>) -> Result<CallingNumber, Malformed> {
    read_presented(value, |_| Ok(Screening::NotScreened))
}

/// A PresentedNumberScreened or PresentedAddressScreened.
pub fn read_screened(value: &Value<'_>) -> Result<CallingNumber, Malformed> {
    read_presented(value, |fields| {
        let screening = fields.take(Tag::ENUMERATED)?.integer()?;
        Ok(u8::try_from(screening).map_or(Screening::NotScreened, Screening::from_bits))
    })
}

fn read_presented(
    value: &Value<'_>,
    screening: impl FnOnce(&mut Reader<'_>) -> Result<Screening, Malformed>,
) -> Result<CallingNumber, Malformed> {
    let absent = |presentation| CallingNumber { number: Number::default(), presentation, screening: Screening::NotScreened };
    let presentation = match value.tag {
        ALLOWED => Presentation::Allowed,
        RESTRICTED_NUMBER => Presentation::Restricted,
        RESTRICTED => return Ok(absent(Presentation::Restricted)),
        NOT_AVAILABLE => return Ok(absent(Presentation::NotAvailable)),
        found => return Err(Malformed::Choice { found }),
    };
    let mut fields = value.reader()?;
    Ok(CallingNumber { number: take_number(&mut fields)?, presentation, screening: screening(&mut fields)? })
}

/// A PresentedNumberUnscreened. A number that cannot be written is not available; nothing but an allowed number is written as allowed.
#[must_use]
pub fn emit_unscreened(party: &CallingNumber) -> Vec<u8> {
    emit_presented(party, &[])
}

/// A PresentedNumberScreened.
#[must_use]
pub fn emit_screened(party: &CallingNumber) -> Vec<u8> {
    emit_presented(party, &ber::integer(Tag::ENUMERATED, i32::from(party.screening.bits())))
}

fn emit_presented(party: &CallingNumber, after: &[u8]) -> Vec<u8> {
    let with = |tag, number: Vec<u8>| ber::value(tag, &[&number, after].concat());
    match (party.presentation, emit_number(&party.number)) {
        (Presentation::Allowed, Some(number)) => with(ALLOWED, number),
        (Presentation::Restricted | Presentation::Reserved, Some(number)) => with(RESTRICTED_NUMBER, number),
        (Presentation::Restricted | Presentation::Reserved, None) => ber::value(RESTRICTED, &[]),
        (Presentation::NotAvailable, _) | (Presentation::Allowed, None) => ber::value(NOT_AVAILABLE, &[]),
    }
}
