//! Tones by which a call knows its own audio again: proof that a connection carries sound both ways, and not another call's.
//!
//! Every 50 ms one of eight tones, chosen by a sequence of the call's own. What comes back is told apart block by block and
//! compared with what was sent at every delay up to two seconds. Codecs, jitter buffers and whole lost packets may change a
//! part of it; another call's sequence agrees in one block of eight.
//!
//! Not a measure of quality: for that compare recorded speech.

use std::f64::consts::TAU;
use std::sync::LazyLock;

use media::{Law, g711};
use tdm::BLOCK;

/// Multiples of 100 Hz: in a block of 80 samples whole periods, so that the tones do not disturb one another's measure.
const TONES_HZ: [f64; 8] = [500.0, 700.0, 900.0, 1100.0, 1300.0, 1500.0, 1700.0, 1900.0];
/// Blocks a tone lasts.
const TONE_BLOCKS: usize = 5;
/// Peak amplitude, about -10 dBm0.
const PEAK: f64 = 7000.0;
/// A tone must have this share of a block's energy.
const SHARE: f64 = 0.6;
/// A block quieter than this (mean square) is silence.
const QUIET: f64 = 100.0 * 100.0;
/// Longest delay looked for, in blocks.
const LONGEST_DELAY: usize = 200;
/// Blocks remembered: two minutes.
const LONGEST: usize = 12_000;
/// What must agree.
const AGREES: f64 = 0.7;
/// Fewer blocks than this prove nothing: of 20 tones another sequence has 14 in common once in 10^8 tries.
const FEWEST: usize = 100;

/// Cosine and sine of each tone over a block: thirty calls are told apart a hundred times a second.
static WAVES: LazyLock<[[(f64, f64); BLOCK]; 8]> = LazyLock::new(|| {
    TONES_HZ.map(|hertz| {
        std::array::from_fn(|at| {
            let phase = TAU * hertz * at as f64 / 8000.0;
            (phase.cos(), phase.sin())
        })
    })
});

/// What was found out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// Enough of it came back.
    pub verified: bool,
    /// From sending to hearing, in ms, where it agrees best.
    pub delay_ms: u64,
    /// Share of the blocks heard from then on that agree, 0 to 1.
    pub agreement: f64,
}

/// Sends the tones and remembers what is heard.
#[derive(Clone, Debug)]
pub struct Probe {
    state: u64,
    sent: Vec<u8>,
    heard: Vec<Option<u8>>,
}

impl Probe {
    /// The sequence of this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self { state: number, sent: Vec::new(), heard: Vec::new() }
    }

    /// The next block to send.
    pub fn next_block(&mut self, law: Law) -> [u8; BLOCK] {
        let tone = match self.sent.last() {
            Some(tone) if !self.sent.len().is_multiple_of(TONE_BLOCKS) => *tone,
            last => self.draw(last.copied()),
        };
        if self.sent.len() < LONGEST {
            self.sent.push(tone);
        }
        let mut block = [g711::silence(law); BLOCK];
        if let Some(wave) = WAVES.get(usize::from(tone)) {
            for (octet, (_, sine)) in block.iter_mut().zip(wave) {
                *octet = g711::encode(law, (PEAK * sine) as i16);
            }
        }
        block
    }

    /// Remembers what came in a block.
    pub fn hear(&mut self, heard: &[u8; BLOCK], law: Law) {
        if self.heard.len() < LONGEST {
            let samples = heard.map(|octet| f64::from(g711::decode(law, octet)));
            self.heard.push(tone_of(&samples));
        }
    }

    /// What was found out so far.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let nothing = Verdict { verified: false, delay_ms: 0, agreement: 0.0 };
        let verdicts = (0..LONGEST_DELAY.min(self.heard.len())).map(|delay| {
            let pairs = self.heard.iter().skip(delay).zip(&self.sent);
            let (count, same) = pairs
                .fold((0_usize, 0_usize), |(count, same), (heard, sent)| (count + 1, same + usize::from(*heard == Some(*sent))));
            let agreement = if count == 0 { 0.0 } else { same as f64 / count as f64 };
            Verdict { verified: count >= FEWEST && agreement >= AGREES, delay_ms: delay as u64 * 10, agreement }
        });
        // A few last blocks agree easily: what is verified goes first.
        verdicts
            .reduce(|best, next| if (next.verified, next.agreement) > (best.verified, best.agreement) { next } else { best })
            .unwrap_or(nothing)
    }

    /// A tone other than the last, by splitmix64.
    fn draw(&mut self, last: Option<u8>) -> u8 {
        loop {
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let tone = ((mixed >> 61) & 7) as u8;
            if Some(tone) != last {
                return tone;
            }
        }
    }
}

/// The tone that makes up a block, by the energy of each (a correlation at its frequency).
fn tone_of(samples: &[f64; BLOCK]) -> Option<u8> {
    let energy: f64 = samples.iter().map(|sample| sample * sample).sum();
    if energy < QUIET * BLOCK as f64 {
        return None;
    }
    let shares = WAVES.iter().map(|wave| share_of(samples, wave, energy));
    let (tone, share) = (0_u8..).zip(shares).max_by(|a, b| a.1.total_cmp(&b.1))?;
    (share >= SHARE).then_some(tone)
}

fn share_of(samples: &[f64; BLOCK], wave: &[(f64, f64); BLOCK], energy: f64) -> f64 {
    let (cosine, sine) = samples
        .iter()
        .zip(wave)
        .fold((0.0, 0.0), |(cosine, sine), (sample, wave)| (cosine + sample * wave.0, sine + sample * wave.1));
    2.0 * (cosine * cosine + sine * sine) / (BLOCK as f64 * energy)
}
