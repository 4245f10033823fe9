//! What a call sends and keeps: a clip from a WAV file, silence or its own echo; and a WAV file of what it hears.
//!
//! Clips and recordings are 8 kHz, mono, 16 bit; on the line both have its law. A clip is played once, then silence.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use crate::g711::Law;

const FORMAT: WavSpec = WavSpec { channels: 1, sample_rate: 8000, bits_per_sample: 16, sample_format: SampleFormat::Int };
/// A recording's header is brought up to date after so many blocks (1 s), so that it is readable if the peer is killed.
const BLOCKS_PER_FLUSH: u32 = 100;

/// A WAV file that cannot be read or written.
#[derive(Debug)]
pub struct WavError {
    path: PathBuf,
    what: String,
}

impl WavError {
    fn new(path: &Path, what: impl fmt::Display) -> Self {
        Self { path: path.to_owned(), what: what.to_string() }
    }
}

impl fmt::Display for WavError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.what)
    }
}

impl std::error::Error for WavError {}

/// Speech to play, already in the line's law.
#[derive(Debug, Clone)]
pub struct Clip {
    octets: Arc<[u8]>,
}

impl Clip {
    /// Reads a WAV file of 8 kHz, mono, 16 bit.
    pub fn load(path: &Path, law: Law) -> Result<Self, WavError> {
        let mut reader = WavReader::open(path).map_err(|error| WavError::new(path, error))?;
        let found = reader.spec();
        if found != FORMAT {
            return Err(WavError::new(path, format!("{found:?}, expected {FORMAT:?}")));
        }
        let octets: Result<Vec<u8>, _> = reader.samples::<i16>().map(|sample| sample.map(|sample| law.encode(sample))).collect();
        Ok(Self { octets: octets.map_err(|error| WavError::new(path, error))?.into() })
    }
}

/// Where the sent audio comes from.
#[derive(Debug)]
pub enum Source {
    /// Nothing to say.
    Silence,
    /// A clip from `at` on, then silence.
    Clip {
        /// The clip.
        clip: Clip,
        /// Octets already sent.
        at: usize,
    },
    /// What was heard, one block later.
    Echo(VecDeque<u8>),
}

impl Source {
    /// Echo if asked for, else the clip if there is one, else silence.
    #[must_use]
    pub fn new(clip: Option<Clip>, echo: bool) -> Self {
        match clip {
            _ if echo => Self::Echo(VecDeque::new()),
            Some(clip) => Self::Clip { clip, at: 0 },
            None => Self::Silence,
        }
    }

    fn next(&mut self, law: Law) -> u8 {
        match self {
            Self::Silence => law.silence(),
            Self::Clip { clip, at } => {
                let octet = clip.octets.get(*at).copied();
                *at += usize::from(octet.is_some());
                octet.unwrap_or_else(|| law.silence())
            }
            Self::Echo(heard) => heard.pop_front().unwrap_or_else(|| law.silence()),
        }
    }
}

/// A WAV file being written.
pub struct Recorder {
    path: PathBuf,
    law: Law,
    writer: WavWriter<BufWriter<File>>,
    blocks: u32,
}

impl Recorder {
    /// Creates the file, or empties it, for what is heard in `law`.
    pub fn create(path: &Path, law: Law) -> Result<Self, WavError> {
        let writer = WavWriter::create(path, FORMAT).map_err(|error| WavError::new(path, error))?;
        Ok(Self { path: path.to_owned(), law, writer, blocks: 0 })
    }

    fn write(&mut self, octets: &[u8]) -> hound::Result<()> {
        for octet in octets {
            self.writer.write_sample(self.law.decode(*octet))?;
        }
        self.blocks += 1;
        if self.blocks.is_multiple_of(BLOCKS_PER_FLUSH) { self.writer.flush() } else { Ok(()) }
    }

    fn finish(self) -> Result<PathBuf, WavError> {
        self.writer.finalize().map_err(|error| WavError::new(&self.path, error))?;
        Ok(self.path)
    }
}

/// Both directions of a connected call.
pub struct CallAudio {
    law: Law,
    source: Source,
    recorder: Option<Recorder>,
}

impl CallAudio {
    /// Sends `source`, keeps what it hears if there is a recorder.
    #[must_use]
    pub fn new(law: Law, source: Source, recorder: Option<Recorder>) -> Self {
        Self { law, source, recorder }
    }

    /// One block each way. A full disk ends the recording, not the call.
    pub fn block(&mut self, heard: &[u8], sent: &mut [u8]) {
        if let Source::Echo(echo) = &mut self.source {
            echo.extend(heard);
        }
        for octet in sent {
            *octet = self.source.next(self.law);
        }
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = recorder.write(heard)
        {
            eprintln!("recording {} ends: {error}", recorder.path.display());
            self.recorder = None;
        }
    }

    /// Its recording, to go on with.
    #[must_use]
    pub fn into_recorder(self) -> Option<Recorder> {
        self.recorder
    }

    /// Closes the recording and says where it is.
    pub fn finish(self) -> Option<PathBuf> {
        self.recorder.and_then(|recorder| recorder.finish().inspect_err(|error| eprintln!("recording lost: {error}")).ok())
    }
}
