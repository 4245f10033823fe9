//! One call's audio: two ends and what moves between them each 10 ms.
//!
//! A channel is read until it would block, and an RTP end joined to it gives as many blocks as were read: the line is the clock. Two
//! channels are each read and written for themselves; their spans' clocks may differ.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Instant;

use call::words::{CallId, MediaQuality, MediaReport, RtpTerminal, Side, SpanId, Terminal};
use media::echo::Figures;
use media::tone::Pattern;
use media::{BLOCK, Event, Law, StreamStats, g711};
use model::api::{CallLeg, QualitySecond};

use super::bridge;
use super::digit_relay::{DigitRelay, Keyed};
use super::end::End;
use super::music::Listener;
use super::rtp_socket::{self, RtpSocket};
use super::sound::Sound;

/// Blocks moved at once from one end: more than 200 ms late is lost rather than chased.
const MOST_AT_ONCE: usize = 20;

/// What a call carries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Carries {
    /// The law of its RTP end, and of both ends of a data call.
    pub(super) law: Law,
    /// Data, whose octets pass as they are.
    pub(super) clear: bool,
}

/// A call's two ends.
pub(super) struct Connection {
    pub(super) call: CallId,
    a: End,
    b: End,
    /// Digits keyed as tones at `a` and at `b`.
    relays: [Option<DigitRelay>; 2],
    carries: Carries,
    /// Packets pass from one end to the other as they come.
    bridges: bool,
    /// Something is made of the audio here: it bridges no more.
    needs_beat: bool,
    /// Where the music of `a` and of `b` is when that side keeps the other waiting; none where there is to be none.
    music: Option<[Listener; 2]>,
    /// Blocks that channels missed which the call has no more.
    missed: u64,
    /// Times that lines slipped under echo cancellers which the call has no more.
    slips: u64,
    /// What the last of those cancellers had to say.
    echo: Option<Figures>,
    /// What there is to say of them.
    note: Option<String>,
    /// For the ladder, since they were last fetched.
    told: Told,
}

impl Connection {
    pub(super) fn new(call: CallId, a: End, b: End, relays: [Option<DigitRelay>; 2], carries: Carries) -> Self {
        // Data would be spoilt by it.
        let music = if carries.clear { None } else { Some([Listener::new(), Listener::new()]) };
        let (bridges, told) = (bridge::is_possible(&a, &b), Told::new(call));
        let (missed, slips, echo, note) = (0, 0, None, None);
        Self { call, a, b, relays, carries, bridges, needs_beat: false, music, missed, slips, echo, note, told }
    }

    /// The same before there is another side that could hold.
    pub(super) fn without_music(self) -> Self {
        Self { music: None, ..self }
    }

    pub(super) const fn carries(&self) -> Carries {
        self.carries
    }

    /// The side with this channel holds and leaves it.
    pub(super) fn hold(&mut self, span: SpanId, timeslot: u8) {
        let law = self.carries.law;
        let mut ends = [&mut self.a, &mut self.b].into_iter();
        let left = ends.find(|end| end.is_channel(span, timeslot)).map(|end| {
            let law = end.law().unwrap_or(law);
            std::mem::replace(end, End::Held { law })
        });
        drop(ends);
        left.into_iter().for_each(|end| self.leave(end));
    }

    /// A side that held has this end now.
    pub(super) fn retrieve(&mut self, retrieved: End) {
        let mut ends = [&mut self.a, &mut self.b].into_iter();
        if let Some(end) = ends.find(|end| matches!(end, End::Held { .. })) {
            *end = retrieved;
        }
    }

    /// Counts what a channel missed before it is closed.
    fn leave(&mut self, end: End) {
        let End::Timeslot(timeslot) = end else { return };
        self.slips += timeslot.slips();
        self.echo = timeslot.echo_figures().or(self.echo);
        let counters = timeslot.counters();
        let missed = counters.underruns + counters.overruns;
        self.missed += missed;
        if missed > 0 {
            let slot = timeslot.slot();
            self.note = Some(format!("timeslot {slot}: {} underruns, {} overruns", counters.underruns, counters.overruns));
        }
    }

    /// The span whose clock moves this call; `None` when both ends are RTP.
    pub(super) fn clock(&self) -> Option<SpanId> {
        self.a.span().or_else(|| self.b.span())
    }

    /// Whether one of its ends is a channel of this span.
    pub(super) fn touches(&self, span: SpanId) -> bool {
        self.a.span() == Some(span) || self.b.span() == Some(span)
    }

    /// Its UDP sockets by their ports.
    pub(super) fn sockets(&self) -> impl Iterator<Item = (u16, BorrowedFd<'_>)> {
        [&self.a, &self.b].into_iter().filter_map(End::rtp).flat_map(RtpSocket::sockets)
    }

    /// Whether packets pass from one end to the other as they come, without a beat: both ends are RTP and speak the same.
    pub(super) const fn bridges(&self) -> bool {
        self.bridges
    }

    /// Something is to be made of the audio from now on, or it is listened to: it bridges no more.
    pub(super) const fn need_beat(&mut self) {
        self.needs_beat = true;
        self.bridges = false;
    }

    /// Timers and events of a call that bridges. Every 100 ms.
    pub(super) fn look_after(&mut self, now: Instant) {
        for end in [&mut self.a, &mut self.b] {
            let Some(socket) = end.socket() else { continue };
            socket.run_timers(now);
            socket.transmit(self.call);
            bridge::note_events(socket, &mut self.told);
        }
    }

    /// A datagram that came to one of its ports.
    pub(super) fn take(&mut self, now: Instant, port: u16, from: SocketAddr, octets: &[u8]) {
        let call = self.call;
        if self.bridges && bridge::pass([&mut self.a, &mut self.b], call, now, (port, from, octets)) {
            return;
        }
        for end in [&mut self.a, &mut self.b] {
            if end.socket().is_some_and(|socket| socket.take(call, now, port, from, octets)) {
                return;
            }
        }
    }

    /// Moves what there is each way; between two RTP ends one block.
    pub(super) fn pump(&mut self, now: Instant, sound: &mut Sound) {
        if self.bridges {
            return self.look_after(now);
        }
        for end in [&mut self.a, &mut self.b] {
            if let Some(socket) = end.socket() {
                socket.run_timers(now);
            }
        }
        relay_events(Side::Incoming, &mut self.a, &mut self.b, &mut self.told);
        relay_events(Side::Outgoing, &mut self.b, &mut self.a, &mut self.told);
        match (self.a.span().is_some(), self.b.span().is_some()) {
            (true, false) => paced(|way| self.carry(now, way, sound), Way::Forth),
            (false, true) => paced(|way| self.carry(now, way, sound), Way::Back),
            (true, true) => {
                for _ in 0..MOST_AT_ONCE {
                    if !(self.carry(now, Way::Forth, sound) | self.carry(now, Way::Back, sound)) {
                        break;
                    }
                }
            }
            (false, false) => {
                self.carry(now, Way::Forth, sound);
                self.carry(now, Way::Back, sound);
            }
        }
        heed_modems(&mut self.a, &mut self.b, &mut self.told);
        heed_modems(&mut self.b, &mut self.a, &mut self.told);
    }

    /// Moves one block; false when there was none.
    fn carry(&mut self, now: Instant, way: Way, sound: &mut Sound) -> bool {
        let [forth, back] = &mut self.relays;
        let (side, from, to, relay) = match way {
            Way::Forth => (Side::Incoming, &mut self.a, &mut self.b, forth),
            Way::Back => (Side::Outgoing, &mut self.b, &mut self.a, back),
        };
        // Music and who listens need what is heard.
        if relay.is_none()
            && !from.holds(now)
            && !sound.monitor.listens_to(self.call)
            && let (Some(from), Some(to)) = (from.socket(), to.socket())
            && rtp_socket::pass_octets(self.call, now, from, to)
        {
            return true;
        }
        let mut block = [0; BLOCK];
        if !from.read(&mut block) {
            return false;
        }
        if let Some(relay) = relay {
            relay.pass(&mut block, |keyed| relay_keyed(side, to, keyed, &mut self.told));
        }
        if let Some(listener) = self.music.as_mut().and_then(|music| music.get_mut(way.index())) {
            if from.holds(now) {
                sound.music.play(listener, from.law().unwrap_or(self.carries.law), &mut block);
            } else {
                listener.leave();
            }
        }
        if let (Some(source), Some(target)) = (from.law(), to.law()) {
            g711::convert(source, target, &mut block);
        }
        let law = to.law().or_else(|| from.law()).unwrap_or(self.carries.law);
        sound.monitor.hear(self.call, way.index(), law, &block);
        to.write(self.call, now, &block);
        true
    }

    /// How the last second of either RTP end sounded, each once.
    pub(super) fn poll_second(&mut self) -> Option<QualitySecond> {
        second(CallLeg::From, &mut self.a, &self.b).or_else(|| second(CallLeg::To, &mut self.b, &self.a))
    }

    /// Plays a tone to the end that is this timeslot, or no more.
    pub(super) fn play(&mut self, span: SpanId, slot: u8, tone: Option<Arc<Pattern>>) {
        let mut ends = [&mut self.a, &mut self.b].into_iter();
        if let Some(timeslot) = ends.find(|end| end.is_channel(span, slot)).and_then(End::timeslot) {
            timeslot.play(tone);
        }
    }

    /// The next thing that the controller must know.
    pub(super) fn poll_report(&mut self) -> Option<MediaReport> {
        self.told.reports.pop_front()
    }

    /// Keys digits to the end that is this timeslot or port, each for so long.
    pub(super) fn key(&mut self, to: &Terminal, digits: &str, ms: u32) {
        self.need_beat();
        for end in [&mut self.a, &mut self.b] {
            let wanted = match to {
                Terminal::Channel { span, timeslot } => end.is_channel(*span, *timeslot),
                Terminal::Rtp(terminal) => end.rtp().is_some_and(|socket| socket.port() == terminal.local_port),
            };
            for digit in digits.chars().filter(|_| wanted) {
                if !end.release(digit, ms) {
                    self.told.note(format!("digit {digit} not passed on: it is no key, or too many wait"));
                }
            }
        }
    }

    /// An RTP end moved or holds; found by its port.
    pub(super) fn redirect(&mut self, terminal: &RtpTerminal) {
        for end in [&mut self.a, &mut self.b] {
            if let Some(socket) = end.socket().filter(|socket| socket.port() == terminal.local_port)
                && let Err(reason) = socket.redirect(terminal)
            {
                self.told.note(reason);
            }
        }
        self.bridges = !self.needs_beat && bridge::is_possible(&self.a, &self.b);
    }

    /// Closes both ends; the figures are those of the first RTP end, and what the channels missed.
    pub(super) fn close(mut self) -> Closed {
        let nothing = End::Held { law: self.carries.law };
        let b = std::mem::replace(&mut self.b, nothing);
        let nothing = End::Held { law: self.carries.law };
        let a = std::mem::replace(&mut self.a, nothing);
        let mut figures = None;
        for end in [a, b] {
            match end {
                End::Rtp(socket) => {
                    let (r, mos) = socket.rating().unzip();
                    let stats = socket.close(self.call);
                    figures.get_or_insert_with(|| MediaQuality { r, mos, ..quality(&stats) });
                }
                end @ (End::Timeslot(_) | End::Held { .. }) => self.leave(end),
            }
        }
        if let Some(quality) = &mut figures {
            quality.line_missed = self.missed;
            quality.line_slips = self.slips;
            quality.echo_return_loss_db = self.echo.and_then(|echo| echo.erl_db);
            quality.echo_enhancement_db = self.echo.and_then(|echo| echo.erle_db);
        }
        Closed { quality: figures, note: self.note }
    }
}

/// What is left to say of a connection that was closed.
#[derive(Default)]
pub(super) struct Closed {
    pub(super) quality: Option<MediaQuality>,
    /// For the ladder: what its channels missed.
    pub(super) note: Option<String>,
}

/// What the controller is to know of a call: lines for its ladder, digits for signalling.
pub(super) struct Told {
    call: CallId,
    reports: VecDeque<MediaReport>,
}

impl Told {
    const fn new(call: CallId) -> Self {
        Self { call, reports: VecDeque::new() }
    }

    fn note(&mut self, text: String) {
        let call = self.call;
        self.reports.push_back(MediaReport::Note { call, text });
    }

    /// What a session says of itself.
    pub(super) fn event(&mut self, event: &Event) {
        self.note(match event {
            Event::DigitBegan { digit } => format!("telephone event {digit} begins"),
            Event::Digit { digit, duration } => format!("telephone event {digit} for {} ms", duration.as_millis()),
            Event::FirstPacket { from } => format!("first packet from {from}"),
            Event::SsrcChanged { old, new } => format!("source changed from {old:08x} to {new:08x}"),
            Event::RtpTimeout { silent_for } => format!("nothing received for {} s", silent_for.as_secs()),
        });
    }

    /// A digit of one side ended: it goes to the other in the form that this takes. `how` it came is for the ladder.
    fn digit(&mut self, from: Side, to: &mut End, (digit, ms): (char, u32), how: &str) {
        let passed = if to.is_told_in_signalling() {
            self.reports.push_back(MediaReport::Digit { call: self.call, from, digit, ms });
            true
        } else {
            to.release(digit, ms)
        };
        let passed = if passed { "" } else { ", not passed on" };
        self.note(format!("{how} {digit} for {ms} ms{passed}"));
    }
}

/// Passes the digits of one end on to the other, and notes what its session has to say.
fn relay_events(side: Side, from: &mut End, to: &mut End, told: &mut Told) {
    let Some(socket) = from.socket() else { return };
    while let Some(event) = socket.poll_event() {
        match event {
            Event::DigitBegan { digit } => to.press(digit),
            Event::Digit { digit, duration } => {
                let ms = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
                told.digit(side, to, (digit, ms), "telephone event");
            }
            event @ (Event::FirstPacket { .. } | Event::SsrcChanged { .. } | Event::RtpTimeout { .. }) => told.event(&event),
        }
    }
}

/// Passes a digit on that was heard as a tone.
fn relay_keyed(side: Side, to: &mut End, keyed: Keyed, told: &mut Told) {
    match keyed {
        Keyed::Began(digit) => to.press(digit),
        Keyed::Ended { digit, ms } => told.digit(side, to, (digit, ms), "tones of digit"),
    }
}

/// A fax or modem that was heard at a timeslot: the RTP end carries data from now on.
fn heed_modems(timeslot: &mut End, other: &mut End, told: &mut Told) {
    let Some(timeslot) = timeslot.timeslot() else { return };
    while let Some(heard) = timeslot.poll_heard() {
        if let Some(socket) = other.socket().filter(|_| heard.is_data()) {
            socket.expect_data();
        }
        told.note(heard.text());
    }
}

/// From `a` to `b`, or the other way.
#[derive(Debug, Clone, Copy)]
enum Way {
    Forth,
    Back,
}

impl Way {
    /// The side that it comes from: `a` is 0.
    const fn index(self) -> usize {
        match self {
            Self::Forth => 0,
            Self::Back => 1,
        }
    }
}

/// A timeslot and the RTP end that it paces; `from_line` is the way from the timeslot.
fn paced(mut carry: impl FnMut(Way) -> bool, from_line: Way) {
    let to_line = match from_line {
        Way::Forth => Way::Back,
        Way::Back => Way::Forth,
    };
    for _ in 0..MOST_AT_ONCE {
        if !carry(from_line) {
            return;
        }
        carry(to_line);
    }
}

/// How the last second of an RTP end sounded, and how the echo of the other end's line is cancelled.
fn second(leg: CallLeg, end: &mut End, other: &End) -> Option<QualitySecond> {
    let quality = end.socket()?.poll_quality()?;
    let echo = other.echo_figures();
    Some(QualitySecond {
        leg,
        second: quality.second,
        level_dbm0: quality.level_dbm0.map(|level| level as f32),
        loss_percent: quality.loss_percent as f32,
        jitter_ms: quality.jitter_ms as f32,
        buffer_ms: quality.depth.nominal_ms,
        delay_ms: quality.delay_ms as u16,
        r: quality.r as f32,
        mos: quality.mos as f32,
        echo_return_loss_db: echo.and_then(|echo| echo.erl_db),
        echo_enhancement_db: echo.and_then(|echo| echo.erle_db),
    })
}

fn quality(stats: &StreamStats) -> MediaQuality {
    MediaQuality {
        packets_sent: stats.packets_sent,
        packets_received: stats.packets_received,
        lost: stats.lost,
        late: stats.late,
        malformed: stats.malformed + stats.malformed_rtcp,
        underruns: stats.underruns,
        concealed: stats.concealed,
        slips_inserted: stats.slips_inserted,
        slips_dropped: stats.slips_dropped,
        overflows: stats.overflows,
        overflow_blocks: stats.overflow_blocks,
        // StreamStats has it in samples of 125 us.
        jitter_ms: f64::from(stats.jitter) / 8.0,
        round_trip_ms: stats.rtt.map(|round_trip| round_trip.as_secs_f64() * 1000.0),
        ..MediaQuality::default()
    }
}
