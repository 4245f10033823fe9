//! SIPp (Debian package sip-tester) as caller and callee: the scenarios in sip/, one process per run.
//!
//! A scenario file holds `@WORDS@` that are filled in here, so that one file serves all statuses, times and media; SIPp's own
//! `[words]` are left to it. A run ends by itself after its number of calls or at its time limit, and [`Sipp::finish`] says
//! whether all calls went as the scenario says; with the messages and errors that SIPp wrote down.
//!
//! ```text
//! let callee = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer).media(Media::Echo));
//! let caller = Sipp::start(&scratch, &Run::new(Scenario::UacCall).to("5551001", address));
//! caller.finish().expect_success();
//! ```

mod info;

use crate::Transport;
use crate::audio::Audio;
use crate::g711::{Encoder, Law};
use crate::ports::{free_port, free_ports, wait_until_bound};
use crate::process::{Process, system_program, tail};
use crate::scratch::Scratch;
use nix::sys::signal::Signal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use self::info::Info;

/// What SIPp does in each call; the file of that name in sip/ says it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// Calls, is answered, holds, sends BYE.
    UacCall,
    /// Dials in two pieces, four digits first; is answered, holds, sends BYE.
    UacInPieces,
    /// Calls, is answered, sends the [`Run::infos`], holds, sends BYE.
    UacInfo,
    /// Calls, is answered, expects BYE.
    UacClearedByCallee,
    /// Calls, hears ringing, sends CANCEL, expects 487.
    UacCancelWhileRinging,
    /// Calls, expects this final status.
    UacRefused(u16),
    /// Calls, hears ringing, expects this final status within the time limit.
    UacHangsOn(u16),
    /// Rings, answers, expects BYE.
    UasAnswer,
    /// Speaks before it answers (183 with SDP), answers, expects BYE.
    UasEarlyMedia,
    /// Rings, answers, is offered nothing to hear for a while (re-INVITE with sendonly, then with sendrecv), expects BYE.
    UasHeld,
    /// Rings, answers, expects the [`Run::infos`] in this order, expects BYE.
    UasInfo,
    /// Rings, answers, holds, sends BYE.
    UasBye,
    /// Refuses with this status.
    UasRefuse(u16),
    /// Rings, expects CANCEL.
    UasRingForever,
    /// Says nothing at all.
    UasSilent,
}

impl Scenario {
    fn file(self) -> &'static str {
        match self {
            Self::UacCall => "uac_call",
            Self::UacInPieces => "uac_in_pieces",
            Self::UacInfo => "uac_info",
            Self::UacClearedByCallee => "uac_cleared_by_callee",
            Self::UacCancelWhileRinging => "uac_cancel_while_ringing",
            Self::UacRefused(_) => "uac_refused",
            Self::UacHangsOn(_) => "uac_hangs_on",
            Self::UasAnswer => "uas_answer",
            Self::UasEarlyMedia => "uas_early_media",
            Self::UasHeld => "uas_held",
            Self::UasInfo => "uas_info",
            Self::UasBye => "uas_bye",
            Self::UasRefuse(_) => "uas_refuse",
            Self::UasRingForever => "uas_ring_forever",
            Self::UasSilent => "uas_silent",
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::UacRefused(status) | Self::UacHangsOn(status) | Self::UasRefuse(status) => status,
            Self::UacCall
            | Self::UacInPieces
            | Self::UacInfo
            | Self::UacClearedByCallee
            | Self::UacCancelWhileRinging
            | Self::UasAnswer
            | Self::UasEarlyMedia
            | Self::UasHeld
            | Self::UasInfo
            | Self::UasBye
            | Self::UasRingForever
            | Self::UasSilent => 0,
        }
    }

    fn calls(self) -> bool {
        self.file().starts_with("uac")
    }
}

/// What SIPp does with the call's sound (A-law, 20 ms).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Media {
    /// Names a port and sends nothing.
    Mute,
    /// Sends back what it gets (`-rtp_echo`).
    Echo,
    /// Says what is in the WAV file, once (`rtp_stream`), and ignores what it gets.
    Speech(PathBuf),
    /// Says what is in the WAV file, but names this port on 127.0.0.1 as its own: an [`crate::ear::Ear`] listens there.
    SpeechHeardAt(PathBuf, u16),
    /// Names this port on 127.0.0.1 as its own and sends nothing.
    HeardAt(u16),
    /// Keys these digits as telephone events (`play_dtmf`), which need payload type 96 in [`Run::events`].
    Digits(&'static str),
}

/// One run of SIPp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    scenario: Scenario,
    transport: Transport,
    to: Option<(String, SocketAddr)>,
    port: Option<u16>,
    calling: String,
    calls: u32,
    per_second: u32,
    at_once: u32,
    ring: Duration,
    hold: Duration,
    limit: Duration,
    media: Media,
    format: (u8, &'static str),
    events: Option<u8>,
    headers: Vec<String>,
    infos: Vec<Info>,
}

impl Run {
    /// One call over UDP, ringing for 200 ms, held for one second, mute, ended after 40 s whatever happens.
    pub fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            transport: Transport::Udp,
            to: None,
            port: None,
            calling: "5559001".to_owned(),
            calls: 1,
            per_second: 10,
            at_once: 100,
            ring: Duration::from_millis(200),
            hold: Duration::from_secs(1),
            limit: Duration::from_secs(40),
            media: Media::Mute,
            format: (8, "PCMA/8000"),
            events: None,
            headers: Vec::new(),
            infos: Vec::new(),
        }
    }

    /// Signals over this transport.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Whom to call: the user part of the URI, and where to send it. Callers only.
    pub fn to(mut self, user: &str, address: SocketAddr) -> Self {
        self.to = Some((user.to_owned(), address));
        self
    }

    /// Uses this SIP port instead of a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// The user part of the caller's URI.
    pub fn calling(mut self, user: &str) -> Self {
        user.clone_into(&mut self.calling);
        self
    }

    /// That many calls, begun at this rate, at most so many at once.
    pub fn calls(mut self, calls: u32, per_second: u32, at_once: u32) -> Self {
        (self.calls, self.per_second, self.at_once) = (calls, per_second, at_once);
        self
    }

    /// How long it rings before it is answered or given up.
    pub fn ring(mut self, ring: Duration) -> Self {
        self.ring = ring;
        self
    }

    /// How long an answered call lasts before this side clears; how long the silent one keeps silent.
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }

    /// When the whole run is given up.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Offers, or answers, this payload type and encoding instead of A-law.
    pub fn format(mut self, payload_type: u8, encoding: &'static str) -> Self {
        self.format = (payload_type, encoding);
        self
    }

    /// Offers, or answers, telephone events by this payload type too.
    pub fn events(mut self, payload_type: u8) -> Self {
        self.events = Some(payload_type);
        self
    }

    /// Another header line of its first message with a session description: a caller's INVITE, a callee's 200.
    pub fn header(mut self, line: &str) -> Self {
        self.headers.push(line.to_owned());
        self
    }

    /// INFOs of the answered call, one after the other.
    pub fn infos(mut self, infos: Vec<Info>) -> Self {
        self.infos = infos;
        self
    }

    /// What to do with the sound.
    pub fn media(mut self, media: Media) -> Self {
        self.media = media;
        self
    }
}

/// A running SIPp. Dropping it stops it.
#[derive(Debug)]
pub struct Sipp {
    process: Process,
    directory: PathBuf,
    name: &'static str,
    port: u16,
    media_port: u16,
    limit: Duration,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The scenario's name.
    pub name: &'static str,
    /// SIPp's exit code: 0 all calls went well, 1 some did not, 97/99 stopped; `None` killed by a signal.
    pub code: Option<i32>,
    /// What SIPp found wrong.
    pub errors: String,
    /// All SIP messages it sent and got.
    pub messages: String,
}

impl Outcome {
    /// Panics with errors and last messages unless all calls went as the scenario says.
    #[track_caller]
    pub fn expect_success(&self) {
        assert_eq!(
            self.code,
            Some(0),
            "SIPp {} failed\nerrors:\n{}\nmessages:\n{}",
            self.name,
            tail(&self.errors, 30),
            tail(&self.messages, 120)
        );
    }

    /// How many of the messages it sent or got begin with this text, such as `SIP/2.0 180` or `INVITE sip:`.
    pub fn count(&self, start: &str) -> usize {
        self.messages.lines().filter(|line| line.starts_with(start)).count()
    }
}

impl Sipp {
    /// Starts SIPp; a callee is listening when this returns.
    #[track_caller]
    pub fn start(scratch: &Scratch, run: &Run) -> Self {
        let program = system_program("sipp", "sip-tester");
        let name = run.scenario.file();
        let directory = scratch.subdirectory(name);
        let (port, media_port) = (run.port.unwrap_or_else(free_port), free_ports(4));
        write_scenario(&directory, run);
        let process = Process::start_in(&directory, &program, arguments(run, port, media_port), directory.join("screen"));
        let mut sipp = Self { process, directory, name, port, media_port, limit: run.limit };
        if !run.scenario.calls() {
            sipp.wait_until_listening(run.transport);
        }
        sipp
    }

    /// Its SIP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its SIP address.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Where it echoes RTP ([`Media::Echo`]).
    pub fn media_address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.media_port))
    }

    /// Lets it run no further for so long: a peer that is woken late.
    pub fn pause(&mut self, length: Duration) {
        self.process.signal(Signal::SIGSTOP);
        std::thread::sleep(length);
        self.process.signal(Signal::SIGCONT);
    }

    /// Waits for its end (it has a time limit of its own) and tells how it went.
    #[track_caller]
    pub fn finish(mut self) -> Outcome {
        let status = self.process.wait(self.limit + Duration::from_secs(10));
        if status.is_none() {
            self.process.stop();
        }
        let read = |file: &str| std::fs::read(self.directory.join(file)).unwrap_or_default();
        let text = |file: &str| String::from_utf8_lossy(&read(file)).into_owned();
        let mut errors = text("errors");
        if errors.is_empty() {
            errors = self.process.log_tail();
        }
        Outcome { name: self.name, code: status.and_then(|s| s.code()), errors, messages: text("messages") }
    }

    #[track_caller]
    fn wait_until_listening(&mut self, transport: Transport) {
        if let Some(status) = self.process.wait(Duration::from_millis(50)) {
            panic!("SIPp ended at once with {status}:\n{}", self.process.log_tail());
        }
        wait_until_bound(transport, self.port, Duration::from_secs(10));
    }
}

fn arguments(run: &Run, port: u16, media_port: u16) -> Vec<String> {
    let transport = match run.transport {
        Transport::Udp => "u1",
        Transport::Tcp => "t1",
    };
    let seconds = format!("{}s", run.limit.as_secs().max(1));
    let mut arguments: Vec<String> = ["-sf", "scenario.xml", "-i", "127.0.0.1", "-bind_local", "-mi", "127.0.0.1", "-nostdin"]
        .into_iter()
        .chain(["-trace_err", "-error_file", "errors", "-trace_msg", "-message_file", "messages", "-timeout_error"])
        .map(str::to_owned)
        .collect();
    for (option, value) in [
        ("-t", transport.to_owned()),
        ("-p", port.to_string()),
        ("-mp", media_port.to_string()),
        ("-ci", "127.0.0.1".to_owned()),
        ("-cp", free_port().to_string()),
        ("-m", run.calls.to_string()),
        ("-r", run.per_second.to_string()),
        ("-l", run.at_once.to_string()),
        ("-timeout", seconds),
    ] {
        arguments.extend([option.to_owned(), value]);
    }
    if run.media == Media::Echo {
        arguments.push("-rtp_echo".to_owned());
    }
    if let Some((user, address)) = &run.to {
        arguments.extend(["-s".to_owned(), user.clone(), address.to_string()]);
    }
    arguments
}

/// The header before which further ones are put.
const BODY: &str = "      Content-Type: application/sdp";

/// Fills in the scenario and, for speech, writes the A-law samples that `rtp_stream` wants.
#[track_caller]
fn write_scenario(directory: &Path, run: &Run) {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sip").join(format!("{}.xml", run.scenario.file()));
    let mut text = std::fs::read_to_string(&source).unwrap_or_else(|e| panic!("cannot read {}: {e}", source.display()));
    let speak = match &run.media {
        Media::Speech(wav) | Media::SpeechHeardAt(wav, _) => {
            let encoder = Encoder::new(Law::A);
            let samples: Vec<u8> = Audio::load(wav).to_i16().into_iter().map(|s| encoder.encode(s)).collect();
            let path = directory.join("speech.alaw");
            std::fs::write(&path, samples).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
            format!(r#"<nop><action><exec rtp_stream="{},1,8"/></action></nop>"#, path.display())
        }
        Media::Digits(digits) => format!(r#"<nop><action><exec play_dtmf="{digits}"/></action></nop>"#),
        Media::Mute | Media::Echo | Media::HeardAt(_) => String::new(),
    };
    let media_port = match &run.media {
        Media::Speech(_) => "[rtpstream_audio_port]".to_owned(),
        Media::SpeechHeardAt(_, port) | Media::HeardAt(port) => port.to_string(),
        Media::Mute | Media::Echo | Media::Digits(_) => "[media_port]".to_owned(),
    };
    let (payload_type, encoding) = run.format;
    let (also, events) = run.events.map_or_else(Default::default, |events| {
        (format!(" {events}"), format!("\n      a=rtpmap:{events} telephone-event/8000\n      a=fmtp:{events} 0-15"))
    });
    let sdp = format!(
        "      v=0
      o=sipp 1 1 IN IP4 127.0.0.1
      s=-
      c=IN IP4 127.0.0.1
      t=0 0
      m=audio {media_port} RTP/AVP {payload_type}{also}
      a=rtpmap:{payload_type} {encoding}{events}
      a=ptime:20"
    );
    // A 200 to BYE lost on UDP must be sent again; a caller's closed TCP connection would count as the call's failure.
    let linger = match run.transport {
        Transport::Udp => r#"<timewait milliseconds="200"/>"#.to_owned(),
        Transport::Tcp => String::new(),
    };
    for (word, value) in [
        ("@LINGER@", linger),
        ("@SDP@", sdp),
        ("@INFOS@", info::written(&run.infos, run.scenario.calls())),
        ("@FORMAT@", payload_type.to_string()),
        ("@SPEAK@", speak),
        ("@CALLING@", run.calling.clone()),
        ("@FIRST@", run.to.iter().map(|(user, _)| user.chars().take(4).collect::<String>()).collect()),
        ("@STATUS@", run.scenario.status().to_string()),
        ("@RING_MS@", run.ring.as_millis().to_string()),
        ("@HOLD_MS@", run.hold.as_millis().to_string()),
        ("@PATIENCE_MS@", run.limit.as_millis().to_string()),
    ] {
        text = text.replace(word, &value);
    }
    let headers: String = run.headers.iter().map(|line| format!("      {line}\n")).collect();
    text = text.replacen(BODY, &format!("{headers}{BODY}"), 1);
    let path = directory.join("scenario.xml");
    std::fs::write(&path, text).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
}
