//! The UDP socket pair of one RTP session: RTP on an even port, RTCP one above (RFC 3550 section 11). What comes to them is taken in
//! by the thread's ring ([`super::sockets`]) and handed over here; what goes out is sent by plain calls.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use call::words::{CallId, RtpTerminal};
use media::tone::{Keyed, Keys};
use media::{BLOCK, Codec, Event, Filled, Law, Mode, Passing, Quality, Stream, StreamConfig, StreamStats, TransmitKind, g711};
use model::settings::{self, Jitter};
use nix::sys::socket::{setsockopt, sockopt};

use super::music::PeerHold;
use super::wideband::Wideband;
use crate::capture::{Capture, Packet};

/// Bounds of the adaptive jitter buffer.
const LEAST_JITTER_MS: u16 = 10;
const MOST_JITTER_MS: u16 = 200;
/// Seconds from 1900-01-01 to 1970-01-01 (RFC 5905 figure 4).
const NTP_EPOCH: Duration = Duration::from_secs(2_208_988_800);

/// One open RTP session.
pub(super) struct RtpSocket {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    local: SocketAddr,
    stream: Stream,
    line_law: Law,
    /// Since the session first had G.722.
    wideband: Option<Wideband>,
    /// Digits for a peer that takes no telephone events, as tones.
    keyed: Keyed,
    takes_events: bool,
    is_told_in_signalling: bool,
    /// Comfort noise was agreed on, and silence is not to be sent then.
    comfort_noise: bool,
    silence_suppression: bool,
    codec: Codec,
    data_depth_ms: u16,
    hold: PeerHold,
    capture: Option<Capture>,
}

impl RtpSocket {
    /// Binds both ports and makes the session.
    pub(super) fn open(
        terminal: &RtpTerminal,
        line_law: Law,
        settings: &settings::Media,
        keys: &Arc<Keys>,
        capture: Option<Capture>,
    ) -> Result<Self, String> {
        let (address, port) = (settings.address, terminal.local_port);
        let (rtp, rtcp) = (bind(address, port, settings.dscp)?, bind(address, port.saturating_add(1), settings.dscp)?);
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(|error| format!("no random numbers: {error}"))?;
        let [s0, s1, s2, s3, q0, q1, t0, t1, t2, t3] = random;
        let keyed = Keyed::new(keys.clone(), line_law);
        let stream = Stream::new(StreamConfig {
            ssrc: u32::from_be_bytes([s0, s1, s2, s3]),
            first_sequence: u16::from_be_bytes([q0, q1]),
            first_timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            format: terminal.format,
            line_law,
            ptime_ms: terminal.ptime_ms,
            jitter: mode(terminal, settings),
            conceal: true,
            comfort_noise: terminal.comfort_noise,
            suppress_silence: terminal.silence_suppression,
            extended_reports: true,
            telephone_event: terminal.telephone_event,
            remote: terminal.remote,
            symmetric: true,
            cname: format!("junctor@{address}"),
            direction: terminal.direction,
        });
        Ok(Self {
            rtp,
            rtcp,
            local: SocketAddr::new(address, port),
            stream,
            line_law,
            codec: terminal.format.codec,
            wideband: Wideband::of(terminal.format.codec, line_law)?,
            keyed,
            takes_events: terminal.telephone_event.is_some(),
            is_told_in_signalling: terminal.digits_in_signalling,
            comfort_noise: terminal.comfort_noise,
            silence_suppression: terminal.silence_suppression,
            data_depth_ms: settings.jitter_ms,
            hold: PeerHold::Off,
            capture,
        })
    }

    /// The session's own port.
    pub(super) const fn port(&self) -> u16 {
        self.local.port()
    }

    /// Both sockets by their ports.
    pub(super) fn sockets(&self) -> [(u16, BorrowedFd<'_>); 2] {
        [(self.port(), self.rtp.as_fd()), (self.port().saturating_add(1), self.rtcp.as_fd())]
    }

    /// A datagram that came to one of the two ports; false when it is neither.
    pub(super) fn take(&mut self, call: CallId, now: Instant, port: u16, from: SocketAddr, octets: &[u8]) -> bool {
        if port == self.port() {
            self.stream.handle_rtp(now, from, octets);
            self.hold.heard(now);
        } else if Some(port) == self.port().checked_add(1) {
            self.stream.handle_rtcp(now, from, octets);
        } else {
            return false;
        }
        self.record(call, from, port, octets);
        true
    }

    /// An RTP packet that is to pass on to the other end; `None` when it is not the peer's.
    pub(super) fn accept<'a>(&mut self, call: CallId, now: Instant, from: SocketAddr, octets: &'a [u8]) -> Option<Passing<'a>> {
        self.record(call, from, self.port(), octets);
        self.stream.accept_rtp(now, from, octets)
    }

    /// Sends the peer what came to the other end.
    pub(super) fn pass(&mut self, call: CallId, now: Instant, passing: &Passing<'_>) {
        self.stream.pass(now, passing);
        self.transmit(call);
    }

    fn record(&self, call: CallId, from: SocketAddr, port: u16, octets: &[u8]) {
        if let Some(capture) = &self.capture {
            let to = SocketAddr::new(self.local.ip(), port);
            capture.packet(call.0, SystemTime::now(), Packet::Datagram { from, to, bytes: octets.to_vec() });
        }
    }

    /// Runs the session's timers. Once a block.
    pub(super) fn run_timers(&mut self, now: Instant) {
        if self.stream.poll_timeout().is_some_and(|at| at <= now) {
            self.stream.handle_timeout(now, wall());
        }
    }

    /// A block from the line.
    pub(super) fn write_block(&mut self, call: CallId, now: Instant, block: &[u8; BLOCK]) {
        let mut block = *block;
        self.keyed.fill(&mut block);
        self.send(call, now, &mut block);
    }

    /// Sends a block that is in the line's law.
    fn send(&mut self, call: CallId, now: Instant, block: &mut [u8; BLOCK]) {
        if let Some(wideband) = self.wideband.as_mut().filter(|_| self.codec.is_encoded()) {
            wideband.encode(block);
        }
        self.stream.line_to_ip(now, block);
        self.transmit(call);
    }

    /// Sends a block of another session's G.722, or what was lost of it as lost; a digit that is keyed as a tone takes its place.
    fn send_encoded(&mut self, call: CallId, now: Instant, octets: Option<&[u8; BLOCK]>) {
        let mut tone = [g711::silence(self.line_law); BLOCK];
        if self.keyed.fill(&mut tone) {
            return self.send(call, now, &mut tone);
        }
        match octets {
            Some(octets) => self.stream.line_to_ip(now, octets),
            None => self.stream.miss_block(now),
        }
        self.transmit(call);
    }

    /// A block for the line.
    pub(super) fn read_block(&mut self, block: &mut [u8; BLOCK]) {
        let samples = match (self.stream.ip_to_line(block), &mut self.wideband) {
            (Filled::Line, _) => return,
            (Filled::Encoded | Filled::Holed, Some(wideband)) => wideband.decode(block, self.stream.present()),
            (Filled::Silence, Some(wideband)) => wideband.rest(block),
            // What was encoded comes only where G.722 was agreed on.
            (Filled::Encoded | Filled::Holed | Filled::Silence, None) => {
                block.fill(g711::silence(self.line_law));
                [0; BLOCK]
            }
        };
        self.stream.sounded(&samples);
    }

    /// The far side moved, or holds. The error says which codec cannot be had; its packets would be silence.
    pub(super) fn redirect(&mut self, terminal: &RtpTerminal) -> Result<(), String> {
        self.codec = terminal.format.codec;
        self.stream.redirect(terminal.remote, terminal.format, terminal.direction);
        self.stream.set_comfort_noise(terminal.comfort_noise);
        self.comfort_noise = terminal.comfort_noise;
        self.hold = self.hold.after(terminal.direction, Instant::now());
        if self.wideband.is_none() {
            self.wideband = Wideband::of(self.codec, self.line_law)?;
        }
        Ok(())
    }

    /// Whether the far side holds and sends no music of its own.
    pub(super) fn holds(&self, now: Instant) -> bool {
        self.hold.wants_music(now)
    }

    /// Whether the far side holds, with music of its own or without.
    pub(super) const fn is_holding(&self) -> bool {
        !matches!(self.hold, PeerHold::Off)
    }

    /// The codec that both agreed on.
    pub(super) const fn codec(&self) -> Codec {
        self.codec
    }

    /// Whether the peer describes silence, and takes descriptions.
    pub(super) const fn takes_noise(&self) -> bool {
        self.comfort_noise
    }

    /// Whether silence is not sent to it.
    pub(super) const fn suppresses_silence(&self) -> bool {
        self.comfort_noise && self.silence_suppression
    }

    /// Whether the peer takes telephone events, and so sends them.
    pub(super) const fn takes_events(&self) -> bool {
        self.takes_events
    }

    /// Whether the peer is told of digits in signalling instead.
    pub(super) const fn is_told_in_signalling(&self) -> bool {
        self.is_told_in_signalling
    }

    /// A fax or modem is at work: nothing is put in or left out from now on, and silence is sent as it is.
    pub(super) const fn expect_data(&mut self) {
        self.stream.set_jitter(Mode::Data { depth_ms: self.data_depth_ms });
    }

    /// What the session has to say.
    pub(super) fn poll_event(&mut self) -> Option<Event> {
        self.stream.poll_event()
    }

    /// How the last whole second sounded, once; nothing is said of what is no audio.
    pub(super) fn poll_quality(&mut self) -> Option<Quality> {
        self.stream.poll_quality().filter(|_| !self.codec.is_clear())
    }

    /// Rating R and MOS of the whole; `None` when nothing was received, or no audio.
    pub(super) fn rating(&self) -> Option<(f64, f64)> {
        let heard = self.stream.stats().packets_received > 0 && !self.codec.is_clear();
        heard.then(|| self.stream.rating())
    }

    /// The other side presses a digit.
    pub(super) fn press(&mut self, digit: char) {
        if self.is_told_in_signalling {
            return;
        }
        if self.takes_events {
            self.stream.press_digit(digit);
        } else {
            self.keyed.press(digit);
        }
    }

    /// It is released after so many milliseconds; whether the peer gets it.
    pub(super) fn release(&mut self, digit: char, ms: u32) -> bool {
        if self.takes_events { self.stream.release_digit(digit, ms) } else { self.keyed.release(digit, ms) }
    }

    /// Says goodbye and gives the figures.
    pub(super) fn close(mut self, call: CallId) -> StreamStats {
        self.stream.goodbye();
        self.transmit(call);
        self.stream.stats()
    }

    /// Sends what waits.
    pub(super) fn transmit(&mut self, call: CallId) {
        while let Some(transmit) = self.stream.poll_transmit() {
            let (socket, port) = match transmit.kind {
                TransmitKind::Rtp => (&self.rtp, self.local.port()),
                TransmitKind::Rtcp => (&self.rtcp, self.local.port().saturating_add(1)),
            };
            // A full socket or an unreachable peer loses this packet, as the network would.
            let sent = socket.send_to(transmit.bytes, transmit.to).is_ok();
            if let (true, Some(capture)) = (sent, &self.capture) {
                let from = SocketAddr::new(self.local.ip(), port);
                capture.packet(
                    call.0,
                    SystemTime::now(),
                    Packet::Datagram { from, to: transmit.to, bytes: transmit.bytes.to_vec() },
                );
            }
        }
    }
}

/// Moves a block of G.722 from one session to another that sends it too, where packets do not pass whole ([`super::bridge`]): as it came, the
/// whole band, and nothing made up. False, and nothing is moved, where octets cannot pass.
pub(super) fn pass_octets(call: CallId, now: Instant, from: &mut RtpSocket, to: &mut RtpSocket) -> bool {
    if !(from.codec.is_encoded() && to.codec.is_encoded()) {
        return false;
    }
    let mut block = [0; BLOCK];
    match from.stream.ip_to_line(&mut block) {
        Filled::Encoded => to.send_encoded(call, now, Some(&block)),
        // So that no peer waits in vain for our first packet.
        Filled::Silence => to.write_block(call, now, &[g711::silence(to.line_law); BLOCK]),
        Filled::Holed => to.send_encoded(call, now, None),
        // The peer sends G.711 for once, as it may.
        Filled::Line => to.write_block(call, now, &block),
    }
    true
}

/// How packets wait for the line.
const fn mode(terminal: &RtpTerminal, settings: &settings::Media) -> Mode {
    let depth_ms = settings.jitter_ms;
    match settings.jitter {
        _ if terminal.format.codec.is_clear() => Mode::Data { depth_ms },
        Jitter::Adaptive => Mode::Adaptive { start_ms: depth_ms, least_ms: LEAST_JITTER_MS, most_ms: MOST_JITTER_MS },
        Jitter::Fixed => Mode::Fixed { depth_ms },
    }
}

/// A socket whose packets are marked with `dscp` (RFC 2474) on every hop that cares.
fn bind(address: IpAddr, port: u16, dscp: u8) -> Result<UdpSocket, String> {
    let wrong = |error: std::io::Error| format!("cannot bind RTP port {port} of {address}: {error}");
    let socket = UdpSocket::bind((address, port)).map_err(wrong)?;
    socket.set_nonblocking(true).map_err(wrong)?;
    // The two low bits are ECN's (RFC 3168), which nobody here sets.
    let class = i32::from(dscp) << 2;
    let marked = match address {
        IpAddr::V4(_) => setsockopt(&socket, sockopt::Ipv4Tos, &class),
        IpAddr::V6(_) => setsockopt(&socket, sockopt::Ipv6TClass, &class),
    };
    marked.map_err(|errno| wrong(errno.into()))?;
    Ok(socket)
}

fn wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + NTP_EPOCH
}
