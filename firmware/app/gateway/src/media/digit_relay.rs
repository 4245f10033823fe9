//! Digits that are keyed as tones at one end and leave as telephone events at the other, without their tones ([`KeyGate`]).
//!
//! Only where the other end takes events and this one cannot send them itself. It costs 10 ms of delay.

use std::sync::Arc;

use dsp::dtmf::{Event, Receiver, ReceiverSettings};
use media::tone::{KeyGate, KeyOnset};
use media::{BLOCK, Law, g711};

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyed {
    Began(char),
    Ended { digit: char, ms: u32 },
}

/// See the module header.
pub(super) struct DigitRelay {
    law: Law,
    receiver: Receiver,
    gate: KeyGate,
    sounding: bool,
}

impl DigitRelay {
    /// For audio of this law.
    pub(super) fn new(law: Law, onset: &Arc<KeyOnset>) -> Result<Self, String> {
        let receiver = Receiver::new(ReceiverSettings::default()).map_err(|error| format!("no detector of digits: {error}"))?;
        Ok(Self { law, receiver, gate: KeyGate::new(onset.clone(), law), sounding: false })
    }

    /// Listens to a block and puts the one before in its place, silent where a digit was keyed. `keyed` hears what began and ended.
    pub(super) fn pass(&mut self, block: &mut [u8; BLOCK], mut keyed: impl FnMut(Keyed)) {
        let mut samples = [0; BLOCK];
        g711::decode_slice(self.law, block, &mut samples);
        self.receiver.rx(&samples);
        while let Some(event) = self.receiver.poll_event() {
            keyed(match event {
                Event::Begin { digit, .. } => {
                    self.sounding = true;
                    Keyed::Began(digit)
                }
                Event::End { digit, samples } => {
                    self.sounding = false;
                    Keyed::Ended { digit, ms: samples / 8 }
                }
            });
        }
        self.gate.pass(block, self.sounding);
    }
}
