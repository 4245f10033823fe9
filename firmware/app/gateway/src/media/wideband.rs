//! G.722 for a session whose other end has G.711: octets of its lower band each way, without decimation.
//!
//! The codec works at 8000 samples a second ([`AudioRate::Narrow`]): what a telephone line cannot carry is neither decoded nor encoded.
//! What was lost is made up from the decoded samples. Between two sessions that both have G.722 the packets pass as they are
//! ([`super::bridge`]), or their octets ([`super::rtp_socket::pass_octets`]), and this module has no part in it. After `new` nothing is allocated.

use dsp::g722::{AudioRate, Decoder, Encoder};
use dsp::plc::Concealer;
use media::{BLOCK, Codec, Law, g711};

/// See the module header.
pub(super) struct Wideband {
    law: Law,
    encoder: Encoder,
    decoder: Decoder,
    concealer: Concealer,
}

impl Wideband {
    /// For a session that begins with this codec; `None` where its octets need no codec.
    pub(super) fn of(codec: Codec, law: Law) -> Result<Option<Self>, String> {
        match codec {
            Codec::Pcma | Codec::Pcmu | Codec::Clearmode => Ok(None),
            Codec::G722 => Self::new(law).map(Some).map_err(|error| format!("no G.722: {error}")),
        }
    }

    fn new(law: Law) -> Result<Self, dsp::Error> {
        Ok(Self {
            law,
            encoder: Encoder::new(AudioRate::Narrow)?,
            decoder: Decoder::new(AudioRate::Narrow)?,
            concealer: Concealer::new()?,
        })
    }

    /// From the law to G.722.
    pub(super) fn encode(&mut self, block: &mut [u8; BLOCK]) {
        let mut samples = [0; BLOCK];
        g711::decode_slice(self.law, block, &mut samples);
        // As many samples as octets: no length to be wrong.
        let _ = self.encoder.encode(&samples, block);
    }

    /// From G.722 to the law, and what is missing made up; the samples of it.
    pub(super) fn decode(&mut self, block: &mut [u8; BLOCK], present: &[bool; BLOCK]) -> [i16; BLOCK] {
        let mut samples = [0; BLOCK];
        let (mut octets, mut rest): (&[u8], &mut [i16]) = (block, &mut samples);
        for run in present.chunk_by(|a, b| a == b) {
            let Some((now, later)) = rest.split_at_mut_checked(run.len()) else { break };
            let Some((coded, behind)) = octets.split_at_checked(run.len()) else { break };
            if run.first() == Some(&true) {
                let _ = self.decoder.decode(coded, now);
                self.concealer.good(now);
            } else {
                self.concealer.fill(now);
            }
            (octets, rest) = (behind, later);
        }
        g711::encode_slice(self.law, &samples, block);
        samples
    }

    /// Nothing was to be expected: silence.
    pub(super) fn rest(&mut self, block: &mut [u8; BLOCK]) -> [i16; BLOCK] {
        let mut samples = [0; BLOCK];
        // What was heard before a silence is no model for what comes after it.
        self.concealer.good(&mut samples);
        block.fill(g711::silence(self.law));
        [0; BLOCK]
    }
}
