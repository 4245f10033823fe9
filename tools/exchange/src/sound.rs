//! What a subscriber says and hears: WAV files in and out, tones, silence, echo.
//!
//! Files are 8 kHz, mono, 16 bit; on the line everything is G.711 in the span's law.

use std::f64::consts::TAU;
use std::fs::File;
use std::io::{BufWriter, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use media::{Law, g711};
use tdm::BLOCK;

use crate::Error;
use crate::probe::Probe;

/// Samples a second.
const RATE: u32 = 8000;
/// Ringing tone, 425 Hz at -13 dBm0 for 1 s in 5 s (E.180).
const RINGING_HZ: f64 = 425.0;
const RINGING_ON: u64 = 8000;
const RINGING_PERIOD: u64 = 40000;
/// Peak of the tone: -13 dBm0 against the 3.14 dBm0 of full scale.
const RINGING_PEAK: f64 = 5000.0;

static ANSWER: &[u8] = include_bytes!("../speech/answer.wav");

/// The law of the span in the words of the codec.
#[must_use]
pub const fn law_of(law: tdm::Law) -> Law {
    match law {
        tdm::Law::A => Law::A,
        tdm::Law::Mu => Law::Mu,
    }
}

/// Speech in the line's law, shared by all calls that play it.
#[derive(Clone, Debug)]
pub struct Sound(Arc<[u8]>);

impl Sound {
    /// Reads a WAV file: 8 kHz, mono, 16 bit.
    pub fn load(path: &Path, law: Law) -> Result<Self, Error> {
        let fail = |reason: String| Error::Sound { path: path.display().to_string(), reason };
        let file = File::open(path).map_err(|error| fail(error.to_string()))?;
        Self::read(std::io::BufReader::new(file), law).map_err(fail)
    }

    /// What a subscriber says when nothing else is given.
    #[must_use]
    pub fn built_in(law: Law) -> Self {
        // The file is part of the program and a test reads it.
        Self::read(Cursor::new(ANSWER), law).unwrap_or_else(|_| Self(Arc::new([])))
    }

    fn read(file: impl Read, law: Law) -> Result<Self, String> {
        let mut wav = hound::WavReader::new(file).map_err(|error| error.to_string())?;
        let spec = wav.spec();
        if (spec.sample_rate, spec.channels, spec.bits_per_sample) != (RATE, 1, 16)
            || spec.sample_format != hound::SampleFormat::Int
        {
            return Err(format!(
                "{} Hz, {} channels, {} bit: 8000 Hz, 1 channel, 16 bit wanted",
                spec.sample_rate, spec.channels, spec.bits_per_sample
            ));
        }
        let octets: Result<Vec<u8>, _> =
            wav.samples::<i16>().map(|sample| sample.map(|sample| g711::encode(law, sample))).collect();
        Ok(Self(octets.map_err(|error| error.to_string())?.into()))
    }

    /// Its octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

/// What a call sends.
#[derive(Debug)]
pub enum Voice {
    /// Nothing.
    Silence,
    /// Speech, once.
    Speech {
        /// What is said.
        sound: Sound,
        /// The next octet.
        at: usize,
    },
    /// Ringing tone.
    Ringing {
        /// Samples so far.
        at: u64,
    },
    /// What it hears.
    Echo,
    /// Numbered tones, to be known again when they come back.
    Probe(Probe),
}

impl Voice {
    /// Speech from its beginning.
    #[must_use]
    pub const fn speech(sound: Sound) -> Self {
        Self::Speech { sound, at: 0 }
    }

    /// The next block to send, given the one that was just heard.
    pub fn next_block(&mut self, heard: &[u8; BLOCK], law: Law) -> [u8; BLOCK] {
        let mut block = [g711::silence(law); BLOCK];
        match self {
            Self::Silence => {}
            Self::Speech { sound, at } => {
                for (to, from) in block.iter_mut().zip(sound.0.iter().skip(*at)) {
                    *to = *from;
                }
                *at = at.saturating_add(BLOCK);
            }
            Self::Ringing { at } => {
                for octet in &mut block {
                    if *at % RINGING_PERIOD < RINGING_ON {
                        let phase = TAU * RINGING_HZ * (*at % u64::from(RATE)) as f64 / f64::from(RATE);
                        *octet = g711::encode(law, (RINGING_PEAK * phase.sin()) as i16);
                    }
                    *at += 1;
                }
            }
            Self::Echo => block = *heard,
            Self::Probe(probe) => {
                probe.hear(heard, law);
                block = probe.next_block(law);
            }
        }
        block
    }
}

/// Writes what a call hears to a WAV file.
pub struct Recorder {
    path: PathBuf,
    wav: hound::WavWriter<BufWriter<File>>,
}

impl Recorder {
    /// Starts the file, and its folder if need be.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let fail = |reason: String| Error::Sound { path: path.display().to_string(), reason };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| fail(error.to_string()))?;
        }
        let spec =
            hound::WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
        let wav = hound::WavWriter::create(path, spec).map_err(|error| fail(error.to_string()))?;
        Ok(Self { path: path.to_owned(), wav })
    }

    /// Adds a block.
    pub fn hear(&mut self, heard: &[u8; BLOCK], law: Law) -> Result<(), Error> {
        for octet in heard {
            self.wav.write_sample(g711::decode(law, *octet)).map_err(|error| failed(&self.path, &error))?;
        }
        Ok(())
    }

    /// Completes the file.
    pub fn finish(self) -> Result<PathBuf, Error> {
        self.wav.finalize().map_err(|error| failed(&self.path, &error))?;
        Ok(self.path)
    }
}

fn failed(path: &Path, error: &hound::Error) -> Error {
    Error::Sound { path: path.display().to_string(), reason: error.to_string() }
}
