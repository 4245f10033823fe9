//! Each call as a pcapng file of LAPD, SIP and RTP, on a thread of its own.
//!
//! The engine task and the media threads hand over copies by a bounded queue; what does not fit is dropped and counted, so
//! a slow disk never holds a call up. The file `call-<number>.pcapng` appears with the call's first packet.
//! Decoders need nothing but the file: LAPD has its own link type, UDP is written with its addresses, and SIP that came by
//! TCP as an exported PDU ([`packets`]).

mod packets;
mod pcapng;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::SystemTime;

use model::settings;

/// Packets that may wait for the disk.
const QUEUE: usize = 16_384;

/// One packet, as it crossed the box's edge.
#[derive(Debug)]
pub(crate) enum Packet {
    /// A LAPD frame without FCS.
    Lapd { sent: bool, network_side: bool, frame: Vec<u8> },
    /// A SIP message over a stream.
    SipStream { from: SocketAddr, to: SocketAddr, bytes: Vec<u8> },
    /// A UDP datagram: SIP, RTP or RTCP.
    Datagram { from: SocketAddr, to: SocketAddr, bytes: Vec<u8> },
}

enum Word {
    Packet {
        call: u64,
        at: SystemTime,
        packet: Packet,
    },
    /// The call is over: its file is closed.
    End {
        call: u64,
    },
    /// Everything before this is on the disk when the sender is dropped.
    Flush(tokio::sync::oneshot::Sender<()>),
    Stop,
}

/// Handle to the capture thread; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Capture {
    settings: settings::Capture,
    directory: PathBuf,
    queue: Option<SyncSender<Word>>,
    lost: Arc<AtomicU64>,
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Word")
    }
}

impl Capture {
    /// Starts the thread, if calls are to be captured.
    pub(crate) fn start(settings: &settings::Capture, directory: &Path) -> Result<Self, String> {
        let mut capture = Self { settings: settings.clone(), directory: directory.to_owned(), queue: None, lost: Arc::default() };
        if !settings.calls {
            return Ok(capture);
        }
        std::fs::create_dir_all(directory)
            .map_err(|error| format!("cannot make capture directory {}: {error}", directory.display()))?;
        let (queue, words) = sync_channel(QUEUE);
        let writer = Writer { directory: directory.to_owned(), keep: settings.keep, open: HashMap::new() };
        let thread = std::thread::Builder::new().name("capture".into()).spawn(move || writer.run(&words));
        thread.map_err(|error| format!("cannot start the capture thread: {error}"))?;
        capture.queue = Some(queue);
        Ok(capture)
    }

    /// Whether RTP is wanted.
    pub(crate) fn wants_rtp(&self) -> bool {
        self.queue.is_some() && self.settings.rtp
    }

    /// Whether signalling is wanted.
    pub(crate) fn wants_signalling(&self) -> bool {
        self.queue.is_some()
    }

    /// Hands a packet over; never waits.
    pub(crate) fn packet(&self, call: u64, at: SystemTime, packet: Packet) {
        self.tell(Word::Packet { call, at, packet });
    }

    /// The call is over.
    pub(crate) fn end(&self, call: u64) {
        self.tell(Word::End { call });
    }

    fn tell(&self, word: Word) {
        let Some(queue) = &self.queue else { return };
        if queue.try_send(word).is_err() && self.lost.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::warn!(
                "capture{{writing}}: the disk of {} is too slow, packets are missing from captures",
                self.directory.display()
            );
        }
    }

    /// The file of a call.
    pub(crate) fn file(&self, call: u64) -> PathBuf {
        file(&self.directory, call)
    }

    /// Waits until everything handed over so far can be read from the files.
    pub(crate) async fn flush(&self) {
        let (done, wait) = tokio::sync::oneshot::channel();
        self.tell(Word::Flush(done));
        let _ = wait.await;
    }

    /// Closes every file.
    pub(crate) fn stop(&self) {
        if let Some(queue) = &self.queue {
            let _ = queue.send(Word::Stop);
        }
    }
}

/// A whole file of these packets.
pub(crate) fn file_of(packets: impl Iterator<Item = (SystemTime, Packet)>) -> Vec<u8> {
    let mut file = pcapng::header();
    for (at, packet) in packets {
        let (interface, bytes) = packets::encode(&packet);
        file.extend(pcapng::packet(interface, at, &bytes));
    }
    file
}

fn file(directory: &Path, call: u64) -> PathBuf {
    directory.join(format!("call-{call}.pcapng"))
}

struct Writer {
    directory: PathBuf,
    keep: u32,
    open: HashMap<u64, BufWriter<File>>,
}

impl Writer {
    fn run(mut self, words: &Receiver<Word>) {
        while let Ok(word) = words.recv() {
            match word {
                Word::Packet { call, at, packet } => self.write(call, at, &packet),
                Word::End { call } => {
                    if let Some(Err(error)) = self.open.remove(&call).map(|mut file| file.flush()) {
                        tracing::warn!("capture[call{call}]{{closing}}: {error}");
                    }
                }
                Word::Flush(done) => {
                    self.flush();
                    let _ = done.send(());
                }
                Word::Stop => break,
            }
        }
        self.flush();
    }

    fn flush(&mut self) {
        for (call, file) in &mut self.open {
            if let Err(error) = file.flush() {
                tracing::warn!("capture[call{call}]{{writing}}: {error}");
            }
        }
    }

    fn write(&mut self, call: u64, at: SystemTime, packet: &Packet) {
        if let Err(error) = self.try_write(call, at, packet) {
            tracing::warn!("capture[call{call}]{{writing}}: {error}");
            self.open.remove(&call);
        }
    }

    fn try_write(&mut self, call: u64, at: SystemTime, packet: &Packet) -> std::io::Result<()> {
        let (interface, bytes) = packets::encode(packet);
        let block = pcapng::packet(interface, at, &bytes);
        if let Some(file) = self.open.get_mut(&call) {
            return file.write_all(&block);
        }
        let path = file(&self.directory, call);
        if path.exists() {
            // The call is over and its file closed. What comes late is not worth a file that nothing would close again.
            return File::options().append(true).open(path)?.write_all(&block);
        }
        self.make_room();
        let mut made = BufWriter::new(File::options().create(true).append(true).open(path)?);
        made.write_all(&pcapng::header())?;
        made.write_all(&block)?;
        self.open.insert(call, made);
        Ok(())
    }

    /// Removes the oldest files so that at most `keep` are left after the next is made.
    fn make_room(&self) {
        let Ok(entries) = std::fs::read_dir(&self.directory) else { return };
        let number = |path: &Path| path.file_stem()?.to_str()?.strip_prefix("call-")?.parse::<u64>().ok();
        let mut files: Vec<(u64, PathBuf)> =
            entries.flatten().filter_map(|entry| Some((number(&entry.path())?, entry.path()))).collect();
        files.sort();
        let surplus = (files.len() + 1).saturating_sub(self.keep as usize);
        for (_, path) in files.into_iter().take(surplus) {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panic")]
mod tests {
    use super::*;

    #[test]
    fn ended_call_takes_late_packets_and_its_file_stays_closed() {
        let directory = std::env::temp_dir().join(format!("junctor-capture-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let mut writer = Writer { directory: directory.clone(), keep: 10, open: HashMap::new() };
        let packet = || Packet::Lapd { sent: true, network_side: true, frame: vec![2, 1, 1, 1] };
        writer.write(7, SystemTime::UNIX_EPOCH, &packet());
        assert_eq!(writer.open.len(), 1);
        drop(writer.open.remove(&7));
        let length = || std::fs::metadata(file(&directory, 7)).unwrap().len();
        let (whole, header) = (length(), pcapng::header().len() as u64);
        writer.write(7, SystemTime::UNIX_EPOCH, &packet());
        assert_eq!((writer.open.len(), length()), (0, whole + whole - header));
        std::fs::remove_dir_all(directory).unwrap();
    }
}
