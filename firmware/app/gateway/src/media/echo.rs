//! The echo canceller of a timeslot, and what was on the line when a block was read.
//!
//! The reference is not what was written last: between lies the channel's write queue. The channel says how much of it is still to come
//! ([`tdm::Channel::samples_ahead`]), so the place is known anew with each block. Where it does not follow the one before, the line has slipped (underrun,
//! overrun, flush): the canceller rests for 200 ms and then looks whether the path has moved.
//!
//! Left out: after a fax or modem was heard nothing is cancelled until the call's end; the kernel's and the card's cancellers, which are behind the channel ([`Span::canceller`] says which there is).

use media::BLOCK;
use media::echo::{Canceller, Config, FREEZE_BLOCKS, Figures, ReferenceRing};
use model::settings::{Canceller as Chosen, Span};

/// Blocks of what was written that are kept: the longest write queue, and what may wait to be read.
const KEPT: usize = 32;

/// What a span's settings say.
#[derive(Debug, Clone, Copy)]
pub(super) struct EchoChoice {
    canceller: Chosen,
    tail_ms: u8,
}

impl EchoChoice {
    pub(super) const fn new(canceller: Chosen, tail_ms: u8) -> Self {
        Self { canceller, tail_ms }
    }

    pub(super) fn of(span: &Span) -> Self {
        Self::new(span.canceller(), span.echo.tail_ms)
    }
}

enum Kind {
    Own(Box<Canceller>),
    /// With the blocks that it still rests.
    Spandsp(dsp::echo::Canceller, u16),
}

/// See the module header.
pub(super) struct EchoControl {
    kind: Kind,
    written: ReferenceRing,
    /// Where the next block's reference is to begin.
    expected: Option<i64>,
    slips: u64,
    bypassed: bool,
}

impl EchoControl {
    /// As the span's settings have it; `None` when nothing is to be cancelled here. The error says why not.
    pub(super) fn open(choice: EchoChoice) -> Result<Option<Self>, String> {
        let tail_ms = u16::from(choice.tail_ms);
        let kind = match choice.canceller {
            Chosen::Off | Chosen::Card | Chosen::Kernel => return Ok(None),
            Chosen::Auto | Chosen::Own => {
                let config = Config { tail_ms, ..Config::default() };
                Kind::Own(Box::new(Canceller::new(config)))
            }
            Chosen::Spandsp => {
                let config = dsp::echo::CancellerSettings {
                    tail_ms: tail_ms.max(dsp::echo::SHORTEST_TAIL_MS),
                    suppress_residue: true,
                    comfort_noise: true,
                    high_pass: false,
                };
                Kind::Spandsp(dsp::echo::Canceller::new(config).map_err(|error| format!("no echo canceller: {error}"))?, 0)
            }
        };
        Ok(Some(Self { kind, written: ReferenceRing::new(KEPT, 0), expected: None, slips: 0, bypassed: false }))
    }

    /// The channel took these samples, to be sent.
    pub(super) fn wrote(&mut self, samples: &[i16]) {
        self.written.write(samples);
    }

    /// Takes the echo out of a block that was read; `ahead` is the channel's [`tdm::Channel::samples_ahead`] after reading it.
    pub(super) fn cancel(&mut self, block: &mut [i16; BLOCK], ahead: usize) {
        if self.bypassed {
            return;
        }
        let length = BLOCK as i64;
        let start = self.written.written() - i64::try_from(ahead).unwrap_or(i64::MAX) - length;
        let slipped = self.expected.is_some_and(|expected| expected != start);
        self.expected = Some(start + length);
        self.slips += u64::from(slipped);
        let (reference, _) = self.written.read(start);
        match &mut self.kind {
            Kind::Own(canceller) => {
                if slipped {
                    canceller.freeze(FREEZE_BLOCKS);
                }
                canceller.process(block, &reference);
            }
            Kind::Spandsp(canceller, rest) => {
                *rest = if slipped { FREEZE_BLOCKS } else { rest.saturating_sub(1) };
                canceller.set_adapting(*rest == 0);
                // Both have a block's length.
                let _ = canceller.process(&reference, block);
            }
        }
    }

    /// Lets everything through from now on: a fax or modem is at work, which cancels for itself.
    pub(super) fn bypass(&mut self) {
        self.bypassed = true;
    }

    /// How our own one does.
    pub(super) fn figures(&self) -> Option<Figures> {
        match &self.kind {
            Kind::Own(canceller) => Some(canceller.figures()).filter(|_| !self.bypassed),
            Kind::Spandsp(..) => None,
        }
    }

    /// Times that the line slipped.
    pub(super) const fn slips(&self) -> u64 {
        self.slips
    }
}
