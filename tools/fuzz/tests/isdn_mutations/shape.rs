//! What the ends of a line are: a span, or a group of three spans with two D-channels.

use isdn::{Config, Framing, Interface, Nfas, NfasSpan, Side, Variant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One span, EuroISDN on E1.
    Span,
    /// Three spans with a few channels each, two of them with a D-channel.
    Group {
        variant: Variant,
        /// Layer 1 of the first span goes down during the call and is back before it ends.
        switches: bool,
    },
}

impl Shape {
    /// Spans that have a D-channel in any shape.
    pub const D_CHANNELS: [u8; 2] = [0, 1];

    /// Groups of every kind.
    pub fn groups() -> Vec<Self> {
        let kinds = [Variant::EuroIsdn, Variant::NationalIsdn2].map(|variant| [false, true].map(|switches| (variant, switches)));
        kinds.into_iter().flatten().map(|(variant, switches)| Self::Group { variant, switches }).collect()
    }

    /// Spans that have a D-channel.
    pub fn d_channels(self) -> &'static [u8] {
        match self {
            Self::Span => &Self::D_CHANNELS[..1],
            Self::Group { .. } => &Self::D_CHANNELS,
        }
    }
}

/// An interface as it comes, hold allowed.
pub fn interface(side: Side, shape: Shape) -> Interface {
    let config = match shape {
        Shape::Span => Config::new("x", side, Framing::E1),
        Shape::Group { variant, .. } => group(side, variant),
    };
    Interface::new(Config { hold: true, ..config })
}

fn group(side: Side, variant: Variant) -> Config {
    let framing = if variant == Variant::EuroIsdn { Framing::E1 } else { Framing::T1 };
    let few = vec![1, 2, 3];
    let spans = vec![
        NfasSpan { channels: few.clone(), ..NfasSpan::with_backup(1, framing) },
        NfasSpan { channels: vec![1, framing.d_channel()], ..NfasSpan::bearers_only(2, framing) },
    ];
    Config { variant, channels: few, nfas: Some(Nfas { spans }), ..Config::new("x", side, framing) }
}
