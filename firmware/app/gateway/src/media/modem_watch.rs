//! Listens for faxes and modems in one direction of a call: what they need is another treatment than speech.
//!
//! CNG (a calling fax) is noted only: what follows may still be a conversation. An answer tone or V.21 flags make it a data call: the jitter
//! buffer keeps its depth, nothing is suppressed, the echo canceller lets everything through. 2100 Hz with phase reversals switches our own
//! canceller off by itself; a fax without them has flags. Left out: the way back to speech within the call.

use dsp::connect_tone::{Event, Listen, Receiver, Tone};
use media::BLOCK;

/// A tone of a fax or modem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) tone: Tone,
    pub(super) level_dbm0: i32,
}

impl Heard {
    /// Whether data follow.
    pub(super) const fn is_data(self) -> bool {
        match self.tone {
            Tone::Cng | Tone::Calling => false,
            Tone::Ced
            | Tone::CedPhaseReversed
            | Tone::AnsAm
            | Tone::AnsAmPhaseReversed
            | Tone::V21Preamble
            | Tone::BellAnswer => true,
        }
    }

    /// For the ladder.
    pub(super) fn text(self) -> String {
        let what = match self.tone {
            Tone::Cng => "a calling fax (CNG)",
            Tone::Calling => "a calling modem (1300 Hz)",
            Tone::Ced => "an answering fax or modem (2100 Hz)",
            Tone::CedPhaseReversed => "an answering modem (2100 Hz with phase reversals)",
            Tone::AnsAm => "an answering V.8 modem (ANSam)",
            Tone::AnsAmPhaseReversed => "an answering V.34 modem or fax (ANSam with phase reversals)",
            Tone::V21Preamble => "a fax message (V.21 flags)",
            Tone::BellAnswer => "an answering Bell modem (2225 Hz)",
        };
        format!("heard {what} at {} dBm0", self.level_dbm0)
    }
}

/// See the module header.
pub(super) struct ModemWatch {
    calling: Receiver,
    answering: Receiver,
}

impl ModemWatch {
    pub(super) fn new() -> Result<Self, String> {
        let open = |listen| Receiver::new(listen).map_err(|error| format!("no fax detector: {error}"));
        Ok(Self { calling: open(Listen::Cng)?, answering: open(Listen::AnswerOrPreamble)? })
    }

    pub(super) fn listen(&mut self, samples: &[i16; BLOCK]) {
        self.calling.rx(samples);
        self.answering.rx(samples);
    }

    /// The next tone that began.
    pub(super) fn poll(&mut self) -> Option<Heard> {
        [&mut self.calling, &mut self.answering].into_iter().find_map(|receiver| {
            std::iter::from_fn(|| receiver.poll_event()).find_map(|event| match event {
                Event::Begin { tone, level_dbm0 } => Some(Heard { tone, level_dbm0 }),
                Event::End => None,
            })
        })
    }
}
