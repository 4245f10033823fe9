//! `echo = { canceller = "auto", tail_ms = 128 }` of a span: who takes the echo of a call out of what comes back from its line.

use serde::{Deserialize, Serialize};

use super::{EchoCanceller, Span};

/// Module name of a card's canceller in DAHDI.
const CARD: &str = "hwec";

/// See the module header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Echo {
    /// Who cancels.
    pub canceller: Canceller,
    /// Longest echo path that the box's own canceller and spandsp's cover, in milliseconds: 8 to 128.
    pub tail_ms: u8,
}

impl Default for Echo {
    fn default() -> Self {
        Self { canceller: Canceller::Auto, tail_ms: 128 }
    }
}

/// Who cancels the echo.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Canceller {
    /// What `back_end.dahdi.echo_canceller` names, the card's or the kernel's; the box's own when it names none.
    #[default]
    Auto,
    /// The box's own.
    Own,
    /// The card's.
    Card,
    /// A module of the kernel.
    Kernel,
    /// spandsp's.
    Spandsp,
    /// Nobody: the far end cancels, or what it sends back is meant.
    Off,
}

impl Canceller {
    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Own => "own",
            Self::Card => "card",
            Self::Kernel => "kernel",
            Self::Spandsp => "spandsp",
            Self::Off => "off",
        }
    }
}

impl Span {
    /// Who cancels the echo of its channels; never [`Canceller::Auto`].
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        let named = self.dahdi().and_then(|dahdi| dahdi.echo_canceller.as_ref());
        match (self.echo.canceller, named) {
            (Canceller::Auto, None) => Canceller::Own,
            (Canceller::Auto, Some(named)) if named.module == CARD => Canceller::Card,
            (Canceller::Auto, Some(_)) => Canceller::Kernel,
            (chosen, _) => chosen,
        }
    }

    /// What the kernel is to be told; `None` when it is to cancel nothing.
    #[must_use]
    pub fn kernel_echo_canceller(&self) -> Option<EchoCanceller> {
        let named = self.dahdi().and_then(|dahdi| dahdi.echo_canceller.clone());
        match self.canceller() {
            Canceller::Card => Some(named.unwrap_or_else(|| EchoCanceller { module: CARD.into(), ..EchoCanceller::default() })),
            Canceller::Kernel => Some(named.unwrap_or_default()),
            Canceller::Auto | Canceller::Own | Canceller::Spandsp | Canceller::Off => None,
        }
    }
}
