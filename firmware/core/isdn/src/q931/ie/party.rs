//! Number elements: called and calling party number (Q.931 4.5.8, 4.5.10), connected and redirecting number.
//!
//! Digits are IA5. Control characters are invalid contents, since the digits go on into logs and other protocols.

use super::Invalid;
use crate::number::{CallingNumber, Number, NumberingPlan, Presentation, RedirectReason, Redirecting, Screening, TypeOfNumber};

/// Extension bit: no further octet of this group follows (Q.931 4.5.1).
const LAST: u8 = 0x80;

pub(super) fn decode_digits(bytes: &[u8]) -> Result<String, Invalid> {
    bytes
        .iter()
        .map(|byte| match byte & 0x7f {
            digit @ 0x20..0x7f => Ok(char::from(digit)),
            _ => Err(Invalid),
        })
        .collect()
}

fn number(octet3: u8, digits: &[u8]) -> Result<Number, Invalid> {
    Ok(Number {
        digits: decode_digits(digits)?,
        ton: TypeOfNumber::from_bits(octet3 >> 4),
        npi: NumberingPlan::from_bits(octet3),
    })
}

/// Splits octets 3, 3a, 3b .. at the extension bit from the digits.
fn split_group(bytes: &[u8]) -> Result<(&[u8], &[u8]), Invalid> {
    let last = bytes.iter().position(|octet| octet & LAST != 0).ok_or(Invalid)?;
    bytes.split_at_checked(last + 1).ok_or(Invalid)
}

pub(super) fn decode_called(bytes: &[u8]) -> Result<Number, Invalid> {
    let (group, digits) = split_group(bytes)?;
    number(*group.first().ok_or(Invalid)?, digits)
}

pub(super) fn decode_calling(bytes: &[u8]) -> Result<CallingNumber, Invalid> {
    let redirecting = decode_redirecting(bytes)?;
    Ok(CallingNumber { number: redirecting.number, presentation: redirecting.presentation, screening: redirecting.screening })
}

/// Octets 3a and 3b that are absent read as 0: presentation allowed, not screened, reason unknown (Q.931 4.5.10).
pub(super) fn decode_redirecting(bytes: &[u8]) -> Result<Redirecting, Invalid> {
    let (group, digits) = split_group(bytes)?;
    let octet = |index: usize| group.get(index).copied().unwrap_or(0);
    Ok(Redirecting {
        number: number(octet(0), digits)?,
        presentation: Presentation::from_bits(octet(1) >> 5),
        screening: Screening::from_bits(octet(1)),
        reason: RedirectReason::from_bits(octet(2)),
    })
}

fn octet3(number: &Number) -> u8 {
    number.ton.bits() << 4 | number.npi.bits()
}

fn push_digits(bytes: &mut Vec<u8>, digits: &str) {
    bytes.extend(digits.bytes().filter(|digit| (0x20..0x7f).contains(digit)));
}

pub(super) fn encode_called(number: &Number) -> Vec<u8> {
    let mut bytes = vec![LAST | octet3(number)];
    push_digits(&mut bytes, &number.digits);
    bytes
}

pub(super) fn encode_calling(calling: &CallingNumber) -> Vec<u8> {
    let mut bytes = vec![octet3(&calling.number), LAST | calling.presentation.bits() << 5 | calling.screening.bits()];
    push_digits(&mut bytes, &calling.number.digits);
    bytes
}

pub(super) fn encode_redirecting(redirecting: &Redirecting) -> Vec<u8> {
    let mut bytes = vec![
        octet3(&redirecting.number),
        redirecting.presentation.bits() << 5 | redirecting.screening.bits(),
        LAST | redirecting.reason.bits(),
    ];
    push_digits(&mut bytes, &redirecting.number.digits);
    bytes
}

/// The digits alone: contents of a keypad facility (Q.931 4.5.18).
pub(super) fn encode_digits(digits: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    push_digits(&mut bytes, digits);
    bytes
}
