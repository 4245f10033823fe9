//! What a card can do by itself, for an error or a settings page.

use alsa::pcm::{Format, HwParams, PCM};
use std::fmt;

/// Formats that cards have, and telephony's two.
const FORMATS: [Format; 9] = [
    Format::U8,
    Format::S16LE,
    Format::S16BE,
    Format::S243LE,
    Format::S24LE,
    Format::S32LE,
    Format::FloatLE,
    Format::MuLaw,
    Format::ALaw,
];

/// What a device offers of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offer {
    /// Lowest and highest rate, in Hz.
    pub rates: (u32, u32),
    /// Fewest and most channels.
    pub channels: (u32, u32),
    /// Sample formats by ALSA's names, of those that are usual.
    pub formats: Vec<String>,
}

impl Offer {
    /// Asks an open device that has no parameters yet; zeros where it does not say.
    pub(crate) fn of(pcm: &PCM) -> Self {
        let Ok(all) = HwParams::any(pcm) else { return Self::default() };
        let formats = FORMATS.iter().filter(|format| all.test_format(**format).is_ok());
        Self {
            rates: (all.get_rate_min().unwrap_or(0), all.get_rate_max().unwrap_or(0)),
            channels: (all.get_channels_min().unwrap_or(0), all.get_channels_max().unwrap_or(0)),
            formats: formats.map(ToString::to_string).collect(),
        }
    }
}

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        range(f, self.rates, "Hz")?;
        f.write_str(", ")?;
        range(f, self.channels, "channels")?;
        let formats = if self.formats.is_empty() { "of no usual format".to_owned() } else { self.formats.join(" ") };
        write!(f, ", {formats}")
    }
}

fn range(f: &mut fmt::Formatter<'_>, (low, high): (u32, u32), unit: &str) -> fmt::Result {
    if low == high { write!(f, "{low} {unit}") } else { write!(f, "{low} to {high} {unit}") }
}
