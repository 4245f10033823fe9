//! Debian's baresip (package baresip-core) as a SIP phone without sound card: speaks a WAV file, records what it hears.
//!
//! Each phone has its own configuration directory. Its microphone is the `aufile` module (or `aubridge`, which returns what
//! is heard: the echo phone), its recorder the `sndfile` filter, its keypad the `ctrl_tcp` module (JSON in netstrings).
//! The file is padded with silence, because baresip ends a call when its file ends.
//!
//! ```text
//! let callee = Baresip::start(&scratch, Options::speaking("bob", &speech::river()).auto_answer());
//! let caller = Baresip::start(&scratch, Options::speaking("alice", &speech::town()));
//! caller.dial(&callee.uri());
//! caller.wait_for("CALL_ESTABLISHED", limit);
//! ..
//! caller.hang_up();
//! callee.wait_for("CALL_CLOSED", limit);
//! correlation(&Audio::load(&speech::town()), &callee.heard())
//! ```

use crate::Transport;
use crate::audio::Audio;
use crate::ports::{free_port, free_ports};
use crate::process::{Process, system_program};
use crate::scratch::Scratch;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Silence after the speech: longer than any call of a test, because baresip ends the call when its file ends.
const PADDING_MS: usize = 180_000;

/// RTP and RTCP ports for that many calls at once.
const MAX_CALLS: u16 = 8;

/// How a phone takes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnswerMode {
    Manual,
    Early,
    Auto,
}

/// What a phone says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Microphone {
    Wav(PathBuf),
    Echo,
}

/// How a phone is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    user: String,
    transport: Transport,
    answer: AnswerMode,
    microphone: Microphone,
    wide: bool,
}

impl Options {
    /// A phone named `user` (it refuses calls to other names with 404) that says what is in the WAV file, over UDP, and rings until told to answer.
    pub fn speaking(user: &str, wav: &Path) -> Self {
        let microphone = Microphone::Wav(wav.to_owned());
        Self { user: user.to_owned(), transport: Transport::Udp, answer: AnswerMode::Manual, microphone, wide: false }
    }

    /// A phone that says what it hears.
    pub fn echo(user: &str) -> Self {
        let microphone = Microphone::Echo;
        Self { user: user.to_owned(), transport: Transport::Udp, answer: AnswerMode::Manual, microphone, wide: false }
    }

    /// Has G.722 and prefers it; its sound is of 16 kHz then, since its own conversion costs more than the codec.
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Signals over this transport.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// The transport it signals over.
    pub fn transport_used(&self) -> Transport {
        self.transport
    }

    /// Answers each call at once (after 180 Ringing).
    pub fn auto_answer(mut self) -> Self {
        self.answer = AnswerMode::Auto;
        self
    }

    /// Sends 183 with SDP and speaks before it is told to answer.
    pub fn early_media(mut self) -> Self {
        self.answer = AnswerMode::Early;
        self
    }
}

/// A running phone. Dropping it stops it.
#[derive(Debug)]
pub struct Baresip {
    options: Options,
    port: u16,
    directory: PathBuf,
    control: TcpStream,
    events: Receiver<Value>,
    process: Process,
}

impl Baresip {
    /// Starts the program and waits until it listens for SIP and can be told what to do.
    #[track_caller]
    pub fn start(scratch: &Scratch, options: Options) -> Self {
        let program = system_program("baresip", "baresip-core");
        let directory = scratch.subdirectory(&options.user);
        // baresip takes the next port for TLS whether asked to or not.
        let (port, control_port) = (free_ports(2), free_port());
        write_configuration(&directory, &options, port, control_port);
        let arguments = ["-f".as_ref(), directory.as_os_str(), "-s".as_ref()];
        let mut process = Process::start(&program, arguments, directory.join("log"));
        let control = connect(&mut process, control_port);
        crate::ports::wait_until_bound(options.transport, port, Duration::from_secs(5));
        let (sender, events) = channel();
        let reader = control.try_clone().unwrap_or_else(|e| panic!("cannot share the control connection: {e}"));
        std::thread::spawn(move || read_events(reader, &sender));
        Self { options, port, directory, control, events, process }
    }

    /// Where to call it.
    pub fn uri(&self) -> String {
        let transport = self.options.transport.parameter();
        format!("sip:{}@127.0.0.1:{};transport={transport}", self.options.user, self.port)
    }

    /// Its SIP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Calls a URI.
    #[track_caller]
    pub fn dial(&self, uri: &str) {
        self.command("dial", uri);
    }

    /// Answers the call that rings.
    #[track_caller]
    pub fn answer(&self) {
        self.command("accept", "");
    }

    /// Ends the current call: BYE, CANCEL, or 486 to one that rings here.
    #[track_caller]
    pub fn hang_up(&self) {
        self.command("hangup", "");
    }

    /// Holds the current call (re-INVITE with sendonly), or fetches it back.
    #[track_caller]
    pub fn hold(&self, hold: bool) {
        self.command(if hold { "hold" } else { "resume" }, "");
    }

    /// Waits for an event of this type (`CALL_INCOMING`, `CALL_RINGING`, `CALL_PROGRESS`, `CALL_ESTABLISHED`,
    /// `CALL_CLOSED`, ..), passing over others, and returns it; its `param` says why a call closed.
    #[track_caller]
    pub fn wait_for(&self, kind: &str, limit: Duration) -> Value {
        let end = Instant::now() + limit;
        let mut passed = Vec::new();
        loop {
            match self.events.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(event) if event["type"] == kind => return event,
                Ok(event) => passed.push(event["type"].to_string()),
                Err(error) => panic!(
                    "{} did not report {kind} within {limit:?} ({error}), only {passed:?}:\n{}",
                    self.options.user,
                    self.process.log_tail()
                ),
            }
        }
    }

    /// What it heard in its last call that has closed.
    #[track_caller]
    pub fn heard(&self) -> Audio {
        Audio::load(&self.recording("-dec.wav"))
    }

    /// The same after a call by G.722, which it records at 16 kHz: the telephone's half of the band, as [`Audio::load_wide`] has it.
    #[track_caller]
    pub fn heard_wide(&self) -> [Audio; 2] {
        Audio::load_wide(&self.recording("-dec.wav"))
    }

    /// What it said in its last call that has closed, before encoding.
    #[track_caller]
    pub fn said(&self) -> Audio {
        Audio::load(&self.recording("-enc.wav"))
    }

    /// Its log with all SIP messages.
    pub fn log(&self) -> String {
        self.process.log_text()
    }

    /// Files are named by the second in which the call began: the last in order is the latest.
    #[track_caller]
    fn recording(&self, ending: &str) -> PathBuf {
        let entries = std::fs::read_dir(self.directory.join("recordings")).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| p.to_string_lossy().ends_with(ending)).collect();
        files.sort();
        files.pop().unwrap_or_else(|| panic!("{} recorded nothing:\n{}", self.options.user, self.process.log_tail()))
    }

    #[track_caller]
    fn command(&self, command: &str, parameters: &str) {
        let body = json!({"command": command, "params": parameters, "token": command}).to_string();
        let message = format!("{}:{body},", body.len());
        (&self.control)
            .write_all(message.as_bytes())
            .unwrap_or_else(|e| panic!("cannot tell {} to {command}: {e}\n{}", self.options.user, self.process.log_tail()));
    }
}

impl Drop for Baresip {
    fn drop(&mut self) {
        // Ends the thread that reads events; the program is stopped by its own drop.
        let _ = self.control.shutdown(std::net::Shutdown::Both);
    }
}

fn write_configuration(directory: &Path, options: &Options, port: u16, control_port: u16) {
    let recordings = directory.join("recordings");
    std::fs::create_dir(&recordings).unwrap_or_else(|e| panic!("cannot make {}: {e}", recordings.display()));
    let source = match &options.microphone {
        Microphone::Wav(path) => {
            let padded = directory.join("says.wav");
            let sound = Audio::load(path).then(&Audio::silence(PADDING_MS));
            if options.wide {
                sound.save_wide(&padded);
            } else {
                sound.save(&padded);
            }
            format!("aufile,{}", padded.display())
        }
        // A bridge hands what its player gets to the source of the same name.
        Microphone::Echo => "aubridge,ear".to_owned(),
    };
    let rtp = free_ports(MAX_CALLS * 2);
    let config = format!(
        "poll_method epoll
sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
call_local_timeout 120
call_max_calls {MAX_CALLS}
audio_source {source}
audio_player aubridge,ear
audio_alert aubridge,bell
ausrc_srate {rate}
auplay_srate {rate}
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
audio_level no
rtp_ports {rtp}-{rtp_end}
jitter_buffer_delay 5-10
rtp_stats yes
module_path /usr/lib/baresip/modules
module g711.so
module g722.so
module sndfile.so
module aubridge.so
module aufile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control_port}
snd_path {recordings}
statmode_default off
",
        rate = if options.wide { 16_000 } else { 8_000 },
        rtp_end = rtp + MAX_CALLS * 2 - 1,
        recordings = recordings.display(),
    );
    let mode = match options.answer {
        AnswerMode::Manual => "manual",
        AnswerMode::Early => "early",
        AnswerMode::Auto => "auto",
    };
    let account = format!(
        "<sip:{}@127.0.0.1:{port};transport={}>;regint=0;answermode={mode};audio_codecs={}\n",
        options.user,
        options.transport.parameter(),
        if options.wide { "G722/16000/1,PCMA" } else { "PCMA,PCMU" }
    );
    for (name, text) in [("config", config), ("accounts", account), ("contacts", String::new())] {
        let path = directory.join(name);
        std::fs::write(&path, text).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
    }
}

#[track_caller]
fn connect(process: &mut Process, port: u16) -> TcpStream {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        if let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
            return stream;
        }
        if let Some(status) = process.ended() {
            panic!("baresip ended with {status}:\n{}", process.log_tail());
        }
        assert!(Instant::now() < end, "baresip does not listen on {port}:\n{}", process.log_tail());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Reads netstrings (`12:..twelve..,`) and passes on those that are events; ends with the connection.
fn read_events(stream: TcpStream, sender: &Sender<Value>) {
    let mut bytes = std::io::BufReader::new(stream).bytes().map_while(Result::ok);
    loop {
        let digits: Vec<u8> = bytes.by_ref().take_while(|&b| b != b':').collect();
        let Some(length) = String::from_utf8(digits).ok().and_then(|d| d.parse::<usize>().ok()) else { return };
        let body: Vec<u8> = bytes.by_ref().take(length).collect();
        let comma = bytes.next();
        if body.len() != length || comma != Some(b',') {
            return;
        }
        if let Ok(message) = serde_json::from_slice::<Value>(&body)
            && message["event"] == true
            && sender.send(message).is_err()
        {
            return;
        }
    }
}
