//! An RTP end of our own (RFC 3550, G.711 only), for peers that cannot record: it writes down what arrives and can speak.
//!
//! One UDP socket on 127.0.0.1 that a peer's SDP names. It answers nothing, sends no RTCP and has no jitter buffer: packets
//! are put where their timestamp says, so that only what was lost on the way is missing. It leaves out CSRC lists and
//! header extensions (skipped), and padding (such packets are counted as odd).

use crate::audio::Audio;
use crate::g711::{Encoder, Law, decode};
use crate::ports::free_ports;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Samples in a packet that the ear sends: 20 ms.
const PACKET: usize = 160;

/// What an ear heard.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// The sound, beginning with the first packet's first sample.
    pub audio: Audio,
    /// Packets of G.711 audio that arrived, each counted once.
    pub packets: usize,
    /// Sequence numbers missing between the first and the last.
    pub lost: usize,
    /// Packets whose sequence number had arrived before.
    pub duplicates: usize,
    /// Packets with another payload type, another version, padding, or too short.
    pub odd: usize,
    /// How many different SSRCs there were.
    pub sources: usize,
}

/// A listening (and, if asked, speaking) RTP end.
#[derive(Debug)]
pub struct Ear {
    port: u16,
    stop: Arc<AtomicBool>,
    socket: Arc<UdpSocket>,
    listener: Option<JoinHandle<Vec<Vec<u8>>>>,
    speakers: Vec<JoinHandle<()>>,
}

impl Ear {
    /// Opens a socket on a free even port and listens until [`Self::finish`].
    #[track_caller]
    pub fn open() -> Self {
        let port = free_ports(2);
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).unwrap_or_else(|e| panic!("cannot bind UDP {port}: {e}"));
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap_or_else(|e| panic!("cannot set a timeout: {e}"));
        let (socket, stop) = (Arc::new(socket), Arc::new(AtomicBool::new(false)));
        let (receiver, until) = (Arc::clone(&socket), Arc::clone(&stop));
        let listener = Some(std::thread::spawn(move || listen(&receiver, &until)));
        Self { port, stop, socket, listener, speakers: Vec::new() }
    }

    /// The UDP port, for a peer's SDP.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Speaks once to `to`, in 20 ms packets in real time, from now on.
    pub fn speak(&mut self, to: SocketAddr, law: Law, audio: &Audio) {
        let (socket, stop, samples) = (Arc::clone(&self.socket), Arc::clone(&self.stop), audio.to_i16());
        self.speakers.push(std::thread::spawn(move || speak(&socket, &stop, to, law, &samples)));
    }

    /// Stops listening and tells what was heard.
    #[track_caller]
    pub fn finish(mut self) -> Heard {
        self.stop.store(true, Ordering::Relaxed);
        for speaker in self.speakers.drain(..) {
            speaker.join().unwrap_or_else(|_| panic!("the thread that speaks on port {} panicked", self.port));
        }
        let listener = self.listener.take().map(JoinHandle::join);
        match listener {
            Some(Ok(packets)) => read_packets(&packets),
            Some(Err(_)) | None => panic!("the thread that listens on port {} panicked", self.port),
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn listen(socket: &UdpSocket, stop: &AtomicBool) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    let mut buffer = [0_u8; 2048];
    while !stop.load(Ordering::Relaxed) {
        if let Ok((length, _)) = socket.recv_from(&mut buffer) {
            packets.push(buffer[..length].to_vec());
        }
    }
    packets
}

fn speak(socket: &UdpSocket, stop: &AtomicBool, to: SocketAddr, law: Law, samples: &[i16]) {
    let encoder = Encoder::new(law);
    let start = Instant::now();
    for (index, samples) in samples.chunks(PACKET).enumerate() {
        let index = index as u32;
        let mut packet = vec![0x80, law.payload_type()];
        packet.extend_from_slice(&(index as u16).to_be_bytes());
        packet.extend_from_slice(&(index * PACKET as u32).to_be_bytes());
        packet.extend_from_slice(&[0x0e, 0xa7, 0x0e, 0xa7]);
        packet.extend(samples.iter().map(|&s| encoder.encode(s)));
        let due = start + Duration::from_millis(20) * index;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if stop.load(Ordering::Relaxed) {
            return;
        }
        // Nobody at the other end yet, or no more, is the other end's affair.
        let _ = socket.send_to(&packet, to);
    }
}

/// The fields of an RTP packet (RFC 3550 5.1) that matter here.
struct Packet<'a> {
    law: Law,
    sequence: u16,
    timestamp: u32,
    source: u32,
    payload: &'a [u8],
}

fn parse(bytes: &[u8]) -> Option<Packet<'_>> {
    let header: &[u8; 12] = bytes.first_chunk()?;
    let law = match header[1] & 0x7f {
        0 => Law::Mu,
        8 => Law::A,
        _ => return None,
    };
    let (version, padding, extension) = (header[0] >> 6, header[0] & 0x20 != 0, header[0] & 0x10 != 0);
    if version != 2 || padding {
        return None;
    }
    let mut start = 12 + usize::from(header[0] & 15) * 4;
    if extension {
        let words = bytes.get(start + 2..start + 4)?;
        start += 4 + usize::from(u16::from_be_bytes([words[0], words[1]])) * 4;
    }
    Some(Packet {
        law,
        sequence: u16::from_be_bytes([header[2], header[3]]),
        timestamp: u32::from_be_bytes([header[4], header[5], header[6], header[7]]),
        source: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
        payload: bytes.get(start..)?,
    })
}

/// Puts packets of one source in order by sequence number and their sound where the timestamps say. A second source (a new
/// SSRC) is counted but its packets are left out.
fn read_packets(packets: &[Vec<u8>]) -> Heard {
    let parsed: Vec<Packet<'_>> = packets.iter().filter_map(|p| parse(p)).collect();
    let odd = packets.len() - parsed.len();
    let sources = parsed.iter().map(|p| p.source).collect::<std::collections::BTreeSet<_>>().len();
    let Some(first) = parsed.first() else {
        return Heard { audio: Audio { samples: Vec::new() }, packets: 0, lost: 0, duplicates: 0, odd, sources };
    };
    let mut by_sequence: BTreeMap<i32, &Packet<'_>> = BTreeMap::new();
    let mut duplicates = 0;
    for packet in parsed.iter().filter(|p| p.source == first.source) {
        // Differences are taken modulo 2^16: tests are far shorter than half a cycle (10 minutes at 20 ms).
        let offset = i32::from(packet.sequence.wrapping_sub(first.sequence).cast_signed());
        duplicates += usize::from(by_sequence.insert(offset, packet).is_some());
    }
    let span = by_sequence.last_key_value().map_or(0, |l| *l.0) - by_sequence.first_key_value().map_or(0, |f| *f.0) + 1;
    let origin = by_sequence.values().next().map_or(0, |p| p.timestamp);
    let mut samples: Vec<f32> = Vec::new();
    for packet in by_sequence.values() {
        let at = packet.timestamp.wrapping_sub(origin) as usize;
        // Ten minutes: a timestamp beyond is a fault that the comparison must see as missing sound.
        if at > 8000 * 600 {
            continue;
        }
        samples.resize(samples.len().max(at + packet.payload.len()), 0.0);
        for (sample, &code) in samples[at..].iter_mut().zip(packet.payload) {
            *sample = f32::from(decode(packet.law, code)) / 32768.0;
        }
    }
    let lost = span as usize - by_sequence.len();
    Heard { audio: Audio { samples }, packets: by_sequence.len(), lost, duplicates, odd, sources }
}
