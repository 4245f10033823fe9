//! A peer with G.722: what a line says arrives there and back at its level, another such peer gets the octets as they are.

use std::f64::consts::TAU;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use call::words::{CallId, RtpTerminal, SpanId};
use dsp::dtmf;
use dsp::g722::{AudioRate, Decoder, Encoder};
use media::tone::Keys;
use media::{BLOCK, Codec, Format, Law, g711};
use model::settings;
use tdm::virtual_span::{Clock, VirtualNetwork, VirtualUser, pair};
use tdm::{Channel, Mode, Span, SpanInfo};

use super::super::connection::{Carries, Connection};
use super::super::end::End;
use super::super::rtp_socket::RtpSocket;
use super::super::sound::Sound;
use super::super::timeslot::{Timeslot, Voice};
use super::cards::sound;
use super::signals::{blocks, peak, tones};
use super::sockets::{port, terminal_of};

const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A SIP peer's socket, and the port of the box that it sends to.
struct Peer {
    socket: UdpSocket,
    terminal: RtpTerminal,
    number: u16,
}

impl Peer {
    fn new(codec: Codec) -> Self {
        Self::with(codec, None)
    }

    fn with(codec: Codec, telephone_event: Option<u8>) -> Self {
        let socket = UdpSocket::bind((LOCALHOST, 0)).unwrap();
        socket.set_nonblocking(true).unwrap();
        let terminal = RtpTerminal { telephone_event, ..terminal_of(codec, port(LOCALHOST), socket.local_addr().unwrap()) };
        Self { socket, terminal, number: 0 }
    }

    fn end(&self) -> End {
        let settings = settings::Media { address: LOCALHOST, ..settings::Media::default() };
        let keys = Arc::new(Keys::new(Law::A));
        End::Rtp(Box::new(RtpSocket::open(&self.terminal, Law::A, &settings, &keys, None).unwrap()))
    }

    /// The next packet of 20 ms comes to the box, or is lost on its way.
    fn say(&mut self, connection: &mut Connection, now: Instant, octets: &[u8], lost: bool) {
        let [n0, n1] = self.number.to_be_bytes();
        let [t0, t1, t2, t3] = (u32::from(self.number) * 160).to_be_bytes();
        let header = [0x80, self.terminal.format.payload_type, n0, n1, t0, t1, t2, t3, 1, 2, 3, 4];
        self.number += 1;
        if !lost {
            connection.take(now, self.terminal.local_port, self.terminal.remote, &[&header, octets].concat());
        }
    }

    /// Number, payload type and payload of each packet that the box sent.
    fn heard(&self) -> Vec<(u16, u8, Vec<u8>)> {
        let mut octets = [0; 512];
        std::iter::from_fn(|| self.socket.recv(&mut octets).ok().map(|length| octets[..length].to_vec()))
            .map(|packet| (u16::from_be_bytes([packet[2], packet[3]]), packet[1] & 0x7f, packet[12..].to_vec()))
            .collect()
    }

    /// All of it, which is G.722, at 16 kHz.
    fn heard_wide(&self) -> Vec<f64> {
        let packets = self.heard();
        assert!(packets.iter().all(|(_, payload_type, _)| *payload_type == 9));
        wide(&packets.into_iter().flat_map(|(_, _, payload)| payload).collect::<Vec<u8>>())
    }
}

fn wide(octets: &[u8]) -> Vec<f64> {
    let mut samples = vec![0; 2 * octets.len()];
    Decoder::new(AudioRate::Wide).unwrap().decode(octets, &mut samples).unwrap();
    samples.into_iter().map(f64::from).collect()
}

/// G.722 of a tone of so many dBm0, for this many ms.
fn encoded(hz: f64, dbm0: f64, ms: usize) -> Vec<u8> {
    let sample = |at: usize| (peak(dbm0) * (TAU * hz * at as f64 / 16_000.0).sin()).round() as i16;
    let samples: Vec<i16> = (0..16 * ms).map(sample).collect();
    let mut octets = vec![0; 8 * ms];
    Encoder::new(AudioRate::Wide).unwrap().encode(&samples, &mut octets).unwrap();
    octets
}

/// Level in dBm0 of one frequency, and of everything.
fn levels(samples: &[f64], hz: f64, rate: f64) -> (f64, f64) {
    let part = |wave: fn(f64) -> f64| -> f64 {
        let all = samples.iter().enumerate().map(|(at, sample)| sample * wave(TAU * hz * at as f64 / rate));
        all.sum::<f64>() * 2.0 / samples.len() as f64
    };
    let dbm0 = |amplitude: f64| 20.0 * (amplitude / peak(0.0)).log10();
    let power = samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len() as f64;
    (dbm0(part(f64::sin).hypot(part(f64::cos))), dbm0((2.0 * power).sqrt()))
}

/// A timeslot, whose far end is here, joined to a peer.
struct Scene {
    network: VirtualNetwork,
    user: VirtualUser,
    far: Box<dyn Channel>,
    connection: Connection,
    sound: Sound,
    now: Instant,
}

impl Scene {
    fn new(peer: &Peer) -> Self {
        let (mut network, mut user) = pair(SpanInfo::e1("e1"), Clock::LockStep).unwrap();
        for _ in 0..3 {
            network.service().unwrap();
            user.service().unwrap();
            network.service().unwrap();
        }
        let far = network.open(1, Mode::Audio).unwrap();
        let near = user.open(1, Mode::Audio).unwrap();
        let timeslot = Timeslot::new(SpanId(0), Law::A, near, &Arc::new(Keys::new(Law::A)), Voice::untouched());
        let carries = Carries { law: Law::A, clear: false };
        let connection = Connection::new(CallId(1), End::Timeslot(Box::new(timeslot)), peer.end(), [None, None], carries);
        Self { network, user, far, connection, sound: sound().0, now: Instant::now() }
    }

    /// One block each way; what the far end heard.
    fn block(&mut self, said: &[u8; BLOCK]) -> Vec<f64> {
        self.far.write(said).unwrap();
        self.network.service().unwrap();
        self.user.service().unwrap();
        self.network.service().unwrap();
        self.now += Duration::from_millis(10);
        self.connection.pump(self.now, &mut self.sound);
        let (mut octets, mut heard) = ([0; BLOCK], vec![]);
        while matches!(self.far.read(&mut octets), Ok(BLOCK)) {
            heard.extend(octets.map(|octet| f64::from(g711::decode(Law::A, octet))));
        }
        heard
    }
}

#[test]
fn tone_of_a_timeslot_arrives_at_a_g722_peer_with_its_frequency_and_level() {
    for (hz, dbm0) in [(300.0, -10.0), (1000.0, -10.0), (1000.0, -40.0), (3000.0, -10.0)] {
        let peer = Peer::new(Codec::G722);
        let mut scene = Scene::new(&peer);
        for block in blocks(&tones(&[(hz, dbm0)], 8000)) {
            scene.block(&block);
        }
        let samples = peer.heard_wide();
        let (tone, all) = levels(&samples[samples.len() - 8000..], hz, 16_000.0);
        println!("figure: {hz} Hz at {dbm0} dBm0 from a timeslot to G.722 = {tone:.2} dBm0, with all else {all:.2}");
        assert!((tone - dbm0).abs() < 1.0 && all - tone < 1.0, "{hz} Hz: {tone} of {dbm0}, {all}");
    }
}

#[test]
fn tone_of_a_g722_peer_arrives_at_a_timeslot_with_its_frequency_and_level() {
    for (hz, dbm0) in [(300.0, -10.0), (1000.0, -10.0), (1000.0, -40.0), (3000.0, -10.0)] {
        let mut peer = Peer::new(Codec::G722);
        let mut scene = Scene::new(&peer);
        let mut heard = vec![];
        for packet in encoded(hz, dbm0, 1000).chunks(160) {
            let now = scene.now;
            peer.say(&mut scene.connection, now, packet, false);
            heard.extend(scene.block(&[g711::silence(Law::A); BLOCK]));
            heard.extend(scene.block(&[g711::silence(Law::A); BLOCK]));
        }
        let (tone, all) = levels(&heard[heard.len() - 4000..], hz, 8000.0);
        println!("figure: {hz} Hz at {dbm0} dBm0 from G.722 to a timeslot = {tone:.2} dBm0, with all else {all:.2}");
        assert!((tone - dbm0).abs() < 1.0 && all - tone < 1.0, "{hz} Hz: {tone} of {dbm0}, {all}");
        let second = scene.connection.poll_second().unwrap();
        assert!((f64::from(second.level_dbm0.unwrap()) - dbm0).abs() < 1.5, "the first 40 ms are silent: {second:?}");
    }
}

#[test]
fn packet_that_a_g722_peer_sent_and_the_network_lost_is_made_up_for_the_line() {
    let mut peer = Peer::new(Codec::G722);
    let mut scene = Scene::new(&peer);
    let mut heard = vec![];
    for (number, packet) in encoded(500.0, -10.0, 1000).chunks(160).enumerate() {
        let now = scene.now;
        peer.say(&mut scene.connection, now, packet, number == 30);
        heard.extend(scene.block(&[g711::silence(Law::A); BLOCK]));
        heard.extend(scene.block(&[g711::silence(Law::A); BLOCK]));
    }
    let quietest = heard[2000..].chunks(80).map(|block| levels(block, 500.0, 8000.0).1).fold(f64::INFINITY, f64::min);
    println!("figure: quietest 10 ms of a tone with a packet of G.722 lost = {quietest:.1} dBm0, of -10");
    assert!(quietest > -16.0, "{quietest}");
    let quality = scene.connection.close().quality.unwrap();
    assert_eq!((quality.lost, quality.concealed + quality.underruns), (1, 2));
}

/// Two peers joined, each with its codec and events; the first says this, but for what is lost. Packets pass whole between equals only.
fn between(peers: [(Codec, Option<u8>); 2], said: &[u8], lost: &[usize]) -> Vec<(u16, u8, Vec<u8>)> {
    let [mut a, b] = peers.map(|(codec, events)| Peer::with(codec, events));
    let carries = Carries { law: Law::A, clear: false };
    let mut connection = Connection::new(CallId(1), a.end(), b.end(), [None, None], carries);
    assert_eq!(connection.bridges(), peers[0] == peers[1]);
    let (mut now, mut sound) = (Instant::now(), sound().0);
    for (number, packet) in said.chunks(160).enumerate() {
        a.say(&mut connection, now, packet, lost.contains(&number));
        for _ in 0..2 {
            now += Duration::from_millis(10);
            connection.pump(now, &mut sound);
        }
    }
    b.heard()
}

/// Two peers with G.722 whose packets pass whole, and two whose octets do.
const EQUAL: [(Codec, Option<u8>); 2] = [(Codec::G722, None), (Codec::G722, None)];
const UNEQUAL: [(Codec, Option<u8>); 2] = [(Codec::G722, Some(101)), (Codec::G722, None)];

#[test]
fn octets_between_two_g722_peers_pass_as_they_are_with_the_upper_band() {
    for peers in [EQUAL, UNEQUAL] {
        let said = encoded(6000.0, -10.0, 1000);
        let heard: Vec<u8> = between(peers, &said, &[]).into_iter().flat_map(|(_, _, payload)| payload).collect();
        let delay = heard.windows(160).position(|window| window == &said[..160]).unwrap();
        let both = heard.len() - delay;
        assert!(both > 6000 && delay <= 480, "{both} octets, {delay} before");
        assert_eq!(heard[delay..], said[..both]);
        let samples = wide(&heard);
        let (tone, _) = levels(&samples[samples.len() - 4000..], 6000.0, 16_000.0);
        assert!((tone + 10.0).abs() < 1.0, "{tone}");
    }
}

#[test]
fn packet_lost_between_two_g722_peers_is_a_missing_number() {
    for peers in [EQUAL, UNEQUAL] {
        let heard = between(peers, &encoded(500.0, -10.0, 1000), &[20]);
        let gaps = heard.windows(2).filter(|pair| pair[1].0.wrapping_sub(pair[0].0) == 2).count();
        let others = heard.windows(2).filter(|pair| !matches!(pair[1].0.wrapping_sub(pair[0].0), 1 | 2)).count();
        assert_eq!((gaps, others), (1, 0));
    }
}

#[test]
fn tone_between_g722_and_g711_keeps_its_level_either_way() {
    let line: Vec<u8> = blocks(&tones(&[(1000.0, -10.0)], 8000)).concat();
    let heard: Vec<u8> =
        between([(Codec::Pcma, None), (Codec::G722, None)], &line, &[]).into_iter().flat_map(|(_, _, octets)| octets).collect();
    let samples = wide(&heard);
    let there = levels(&samples[samples.len() - 8000..], 1000.0, 16_000.0).0;
    let heard: Vec<f64> = between([(Codec::G722, None), (Codec::Pcma, None)], &encoded(1000.0, -10.0, 1000), &[])
        .into_iter()
        .flat_map(|(_, _, octets)| octets)
        .map(|octet| f64::from(g711::decode(Law::A, octet)))
        .collect();
    let back = levels(&heard[heard.len() - 4000..], 1000.0, 8000.0).0;
    assert!((there + 10.0).abs() < 1.0 && (back + 10.0).abs() < 1.0, "{there} {back}");
}

#[test]
fn peer_that_moves_to_g722_within_the_call_hears_the_line_in_it() {
    let mut peer = Peer::new(Codec::Pcma);
    let mut scene = Scene::new(&peer);
    let said = blocks(&tones(&[(1000.0, -10.0)], 8000));
    said.iter().take(20).for_each(|block| drop(scene.block(block)));
    assert!(peer.heard().iter().all(|(_, payload_type, _)| *payload_type == 8));
    peer.terminal.format = Format::of(Codec::G722);
    scene.connection.redirect(&peer.terminal);
    said.iter().for_each(|block| drop(scene.block(block)));
    let samples = peer.heard_wide();
    let (tone, _) = levels(&samples[samples.len() - 8000..], 1000.0, 16_000.0);
    assert!((tone + 10.0).abs() < 1.0, "{tone}");
}

#[test]
fn digit_for_a_g722_peer_without_events_is_its_tones() {
    let peer = Peer::new(Codec::G722);
    let mut scene = Scene::new(&peer);
    scene.connection.key(&call::words::Terminal::Rtp(peer.terminal.clone()), "5", 100);
    for _ in 0..40 {
        scene.block(&[g711::silence(Law::A); BLOCK]);
    }
    let octets: Vec<u8> = peer.heard().into_iter().flat_map(|(_, _, payload)| payload).collect();
    let mut samples = vec![0; octets.len()];
    Decoder::new(AudioRate::Narrow).unwrap().decode(&octets, &mut samples).unwrap();
    let mut receiver = dtmf::Receiver::new(dtmf::ReceiverSettings::default()).unwrap();
    receiver.rx(&samples);
    let digits: Vec<_> = std::iter::from_fn(|| receiver.poll_event()).collect();
    assert!(matches!(digits[..], [dtmf::Event::Begin { digit: '5', .. }, dtmf::Event::End { digit: '5', .. }]), "{digits:?}");
}

/// What a stream gives where there is no octet, wherever it comes from: a constant at most.
#[test]
fn octet_that_streams_take_for_silence_has_no_sound_after_anything() {
    for said in [vec![], encoded(500.0, -3.0, 200), encoded(3700.0, -20.0, 200), encoded(6000.0, -3.0, 200)] {
        let octets = [said.clone(), vec![0xfa; 4000]].concat();
        let mut samples = vec![0; octets.len()];
        Decoder::new(AudioRate::Narrow).unwrap().decode(&octets, &mut samples).unwrap();
        let sound = |part: &[i16]| {
            let mean = part.iter().map(|sample| f64::from(*sample)).sum::<f64>() / part.len() as f64;
            levels(&part.iter().map(|sample| f64::from(*sample) - mean).collect::<Vec<_>>(), 1000.0, 8000.0).1
        };
        let after: Vec<f64> = samples[said.len()..].chunks(400).map(sound).collect();
        println!("figure: each 50 ms of G.722's octet for silence, but for the constant = {after:.1?} dBm0");
        assert!(after[2..].iter().all(|level| *level < -60.0), "{after:?}");
    }
}
