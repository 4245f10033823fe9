//! A sound card by ALSA: opened with its parameters, read and written without waiting.

use crate::name::{candidates, for_c};
use crate::{BLOCK, Direction, Error, Fault, Offer, SAMPLE_RATE, Setup, Stream};
use alsa::pcm::{Access, Format, Frames, HwParams, IO, PCM};
use alsa::{Output, ValueOr};
use std::fmt;
use std::io;

/// Samples that the card's buffer should hold, 200 ms: a thread that comes later than that is an xrun.
const BUFFER: usize = 1600;

/// One direction of a sound card.
pub struct Card {
    name: String,
    direction: Direction,
    /// None after a reopening that failed.
    pcm: Option<PCM>,
    setup: Setup,
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Card").field("name", &self.name).field("direction", &self.direction).field("setup", &self.setup).finish()
    }
}

impl Card {
    /// Opens a device by ALSA's name for it, through `plug` when it does not have 8000 Hz, mono, 16 bit of its own. May wait.
    ///
    /// # Errors
    ///
    /// As [`Capture::open`](crate::Capture::open).
    pub fn open(name: &str, direction: Direction) -> Result<Self, Error> {
        let (pcm, setup) = open_first(name, direction)?;
        Ok(Self { name: name.to_owned(), direction, pcm: Some(pcm), setup })
    }

    /// Closes it and opens it anew.
    pub(crate) fn reopen(&mut self) -> Result<(), Error> {
        // Closed first: most cards can be open once only.
        self.pcm = None;
        let (pcm, setup) = open_first(&self.name, self.direction)?;
        self.pcm = Some(pcm);
        self.setup = setup;
        Ok(())
    }

    fn pcm(&self) -> Result<&PCM, Fault> {
        self.pcm.as_ref().ok_or(Fault::Unplugged)
    }
}

/// The first candidate that takes our parameters.
fn open_first(name: &str, direction: Direction) -> Result<(PCM, Setup), Error> {
    let mut first: Option<(Refusal, Offer)> = None;
    for device in candidates(name)? {
        let pcm = open(&device, direction)?;
        match configure(&pcm) {
            Ok((period, buffer)) => {
                return Ok((pcm, Setup { device, period, buffer, converted_from: first.map(|(_, offer)| offer) }));
            }
            Err(refusal) => {
                first.get_or_insert_with(|| (refusal, Offer::of(&pcm)));
            }
        }
    }
    let (Refusal { refused, error }, offer) = first.ok_or_else(|| Error::BadName { name: name.to_owned() })?;
    Err(Error::Unsuited { name: name.to_owned(), direction, refused, source: system(error), offer })
}

/// ALSA prints to standard error unless the thread has another place for its words.
fn open(device: &str, direction: Direction) -> Result<PCM, Error> {
    let words = Output::local_error_handler().ok();
    let way = match direction {
        Direction::Capture => alsa::Direction::Capture,
        Direction::Playback => alsa::Direction::Playback,
    };
    PCM::open(&for_c(device)?, way, true).map_err(|error| {
        let said = words.map(|words| words.borrow().buffer_string(|text| String::from_utf8_lossy(text).into_owned()));
        let said = said.unwrap_or_default().lines().next().unwrap_or_default().trim().to_owned();
        Error::Open { name: device.to_owned(), direction, source: system(error), said }
    })
}

/// What a device did not take.
struct Refusal {
    refused: &'static str,
    error: alsa::Error,
}

fn refuse(refused: &'static str) -> impl Fn(alsa::Error) -> Refusal {
    move |error| Refusal { refused, error }
}

/// Sets what we need; the period and the buffer that the device made of it, in samples.
fn configure(pcm: &PCM) -> Result<(usize, usize), Refusal> {
    let hard = HwParams::any(pcm).map_err(refuse("its parameters"))?;
    hard.set_access(Access::RWInterleaved).map_err(refuse("interleaved access"))?;
    hard.set_format(Format::s16()).map_err(refuse("16 bit"))?;
    hard.set_channels(1).map_err(refuse("mono"))?;
    hard.set_rate(SAMPLE_RATE, ValueOr::Nearest).map_err(refuse("8000 Hz"))?;
    let period = hard.set_period_size_near(frames(BLOCK), ValueOr::Nearest).map_err(refuse("its period"))?;
    let buffer = hard.set_buffer_size_near(frames(BUFFER).max(4 * period)).map_err(refuse("its buffer"))?;
    pcm.hw_params(&hard).map_err(refuse("all of it together"))?;
    drop(hard);
    let soft = pcm.sw_params_current().map_err(refuse("its parameters"))?;
    // It starts when we say so and not by itself, and stops when its buffer is dry or full.
    let boundary = soft.get_boundary().map_err(refuse("its boundary"))?;
    soft.set_start_threshold(boundary).map_err(refuse("its start"))?;
    soft.set_stop_threshold(buffer).map_err(refuse("its stop"))?;
    pcm.sw_params(&soft).map_err(refuse("its thresholds"))?;
    Ok((samples(period), samples(buffer)))
}

fn frames(samples: usize) -> Frames {
    Frames::try_from(samples).unwrap_or(Frames::MAX)
}

/// A negative number of frames is none.
fn samples(frames: Frames) -> usize {
    usize::try_from(frames).unwrap_or(0)
}

pub(crate) fn system(error: alsa::Error) -> io::Error {
    io::Error::from_raw_os_error(error.errno())
}

fn fault(error: alsa::Error) -> Fault {
    Fault::from_errno(error.errno())
}

/// The device's samples, without asking it for its format again, which would allocate.
fn io_of(pcm: &PCM) -> IO<'_, i16> {
    // SAFETY: `configure` set 16 bit samples of this machine's byte order, one channel, interleaved, so a frame is an i16. Each
    // IO lives for one call of read or write, which have `&mut` of the only owner of the PCM, and none uses mmap.
    unsafe { pcm.io_unchecked::<i16>() }
}

impl Stream for Card {
    fn setup(&self) -> &Setup {
        &self.setup
    }

    fn queued(&mut self) -> Result<usize, Fault> {
        // Asks the card where it is: without that the figure is as old as its last period.
        let available = samples(self.pcm()?.avail().map_err(fault)?);
        Ok(match self.direction {
            Direction::Capture => available,
            Direction::Playback => self.setup.buffer.saturating_sub(available),
        })
    }

    fn read(&mut self, samples: &mut [i16]) -> Result<usize, Fault> {
        io_of(self.pcm()?).readi(samples).map_err(fault)
    }

    fn write(&mut self, samples: &[i16]) -> Result<usize, Fault> {
        io_of(self.pcm()?).writei(samples).map_err(fault)
    }

    fn prepare(&mut self) -> Result<(), Fault> {
        self.pcm()?.prepare().map_err(fault)
    }

    fn start(&mut self) -> Result<(), Fault> {
        self.pcm()?.start().map_err(fault)
    }

    fn resume(&mut self) -> Result<(), Fault> {
        self.pcm()?.resume().map_err(fault)
    }
}
