//! Channels at the far end, configured by Debian's `dahdi_cfg` and used by plain reads and writes of `/dev/dahdi/channel`: nothing
//! of our spans and channels is in it, only the numbers of the ioctls.

use crate::near_end::kernel;
use crate::sequence::{Listener, Talker};
use std::ffi::c_int;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tdm::dahdi::DahdiFile;
use tdm::dahdi::ioctl::{BufferInfo, Request, value};

/// Octets a buffer, and what is kept waiting to be sent: 60 ms, since the kernel moves data in bursts.
const BLOCK: usize = 80;
const AHEAD: usize = 6 * BLOCK;

/// Opens a channel by its number in the kernel, never to wait.
pub(crate) fn open(channel: u32) -> Box<dyn DahdiFile> {
    let file = kernel().open("/dev/dahdi/channel").unwrap();
    file.ioctl(Request::Specify(c_int::try_from(channel).unwrap())).unwrap_or_else(|error| panic!("channel {channel}: {error}"));
    file
}

/// The same for audio, in blocks of so many octets; a B-channel, not one with a canceller.
pub(crate) fn open_audio(channel: u32, block: usize) -> Box<dyn DahdiFile> {
    let file = open(channel);
    let buffers = BufferInfo {
        txbufpolicy: value::POLICY_IMMEDIATE,
        numbufs: 20,
        bufsize: c_int::try_from(block).unwrap(),
        ..BufferInfo::default()
    };
    file.ioctl(Request::SetBufInfo(&buffers)).unwrap();
    file.ioctl(Request::AudioMode(1)).unwrap();
    file
}

/// Reads what there is, past the events that wait before it.
pub(crate) fn read(file: &dyn DahdiFile, block: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match file.read(block) {
            Err(error) if error.raw_os_error() == Some(value::ELAST) => {
                let mut event = 0;
                file.ioctl(Request::GetEvent(&mut event))?;
            }
            result => return result,
        }
    }
}

/// One B-channel that talks.
struct Line {
    number: u32,
    file: Box<dyn DahdiFile>,
    talker: Talker,
    listener: Listener,
}

/// Channels of the far end that talk, served by a thread of their own until [`Stranger::stop`].
pub(crate) struct Stranger {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<(u32, Listener)>>,
}

impl Stranger {
    /// Channels by number, each with what it sends and what it expects.
    pub(crate) fn start(channels: Vec<(u32, Talker, Listener)>) -> Self {
        let mut lines: Vec<Line> =
            channels.into_iter().map(|(number, talker, listener)| Line::open(number, talker, listener)).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                lines.iter_mut().for_each(Line::pass);
                std::thread::sleep(Duration::from_millis(8));
            }
            lines.into_iter().map(|line| (line.number, line.listener)).collect()
        });
        Self { stop, thread }
    }

    /// What each channel received.
    pub(crate) fn stop(self) -> Vec<(u32, Listener)> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Line {
    fn open(number: u32, mut talker: Talker, listener: Listener) -> Self {
        let file = open_audio(number, BLOCK);
        let mut ahead = [0; AHEAD];
        talker.fill(&mut ahead);
        for block in ahead.chunks(BLOCK) {
            assert_eq!(file.write(block).unwrap(), BLOCK, "channel {number}");
        }
        Self { number, file, talker, listener }
    }

    fn pass(&mut self) {
        let mut block = [0; BLOCK];
        loop {
            match read(&*self.file, &mut block) {
                Ok(length) => {
                    self.listener.hear(&block[..length]);
                    self.talker.fill(&mut block[..length]);
                    assert_eq!(self.file.write(&block[..length]).unwrap(), length, "channel {}", self.number);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => panic!("channel {}: {error}", self.number),
            }
        }
    }
}
