//! Comfort noise (RFC 3389): what a silence sounds like, as RTP payload, as noise, and as found on a line.
//!
//! [`Payload`] is the wire form, [`Generator`] makes the noise, [`Detector`] tells speech from silence and describes the
//! silence. Levels on the wire are in -dBov, where 0 dBov is the overload of the codec (RFC 3389 section 3.1); one dBov lies
//! 6.15 dB above one dBm0 in A-law and 6.18 dB in mu-law (G.711 tables 1 and 2: a full sine has 3.14 and 3.17 dBm0, and
//! -3.01 dBov). Left out: rates other than 8000 Hz.

mod detector;
mod generator;

pub use detector::Detector;
pub use generator::Generator;

/// Static payload type of CN at 8000 Hz (RFC 3551 table 4).
pub const PAYLOAD_TYPE: u8 = 13;
/// Most reflection coefficients that are used; more are read over (RFC 3389 section 3.3 leaves the order open).
pub const MOST_COEFFICIENTS: usize = 10;
/// Level taken for a payload that says none, in -dBov: as low as good lines are.
const UNKNOWN_LEVEL: u8 = 70;

/// One description of noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Payload {
    /// Level in -dBov, 0 to 127.
    pub level: u8,
    /// Reflection coefficients, -1 to 1; those beyond `order` are 0.
    pub coefficients: [f32; MOST_COEFFICIENTS],
    /// How many there are.
    pub order: usize,
}

impl Payload {
    /// White noise of a level.
    #[must_use]
    pub const fn white(level: u8) -> Self {
        Self { level: if level > 127 { 127 } else { level }, coefficients: [0.0; MOST_COEFFICIENTS], order: 0 }
    }

    /// Reads a payload; none is refused. Octet 255 is reserved (section 3.2) and taken for 254.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let Some((level, coefficients)) = bytes.split_first() else { return Self::white(UNKNOWN_LEVEL) };
        let mut payload = Self::white(level & 0x7F);
        for (place, octet) in payload.coefficients.iter_mut().zip(coefficients) {
            // Section 3.2: 0 to 254 stand for -1 to 1 in even steps.
            *place = (f32::from((*octet).min(254)) - 127.0) * 258.0 / 32768.0;
            payload.order += 1;
        }
        payload
    }

    /// Writes the payload to the front of `buffer` and says how many octets it took; `None` when it does not fit.
    pub fn emit(&self, buffer: &mut [u8]) -> Option<usize> {
        let length = 1 + self.order.min(MOST_COEFFICIENTS);
        let (level, rest) = buffer.get_mut(..length)?.split_first_mut()?;
        *level = self.level.min(127);
        for (octet, coefficient) in rest.iter_mut().zip(self.coefficients) {
            *octet = (coefficient * 32768.0 / 258.0 + 127.0).round().clamp(0.0, 254.0) as u8;
        }
        Some(length)
    }
}
