//! Line-in and line-out through the loop of a sound card: a tone crosses it whole, ALSA's own programs at the other end, a pause,
//! clocks apart, a card that is pulled.

use crate::sound_loop::{Ends, IN, OUT, PEAK, Tone, assert_tone, beat, require_loop, sound, trouble};
use audio::{BLOCK, Capture, Counters, Device, Loss, Playback, Read, Written, devices};
use hw_tests::audio::Audio;
use hw_tests::process::{Process, system_program};
use hw_tests::scratch::Scratch;
use std::f64::consts::TAU;
use std::path::Path;
use std::time::Duration;

const LINE: Duration = Duration::from_millis(10);

#[test]
fn devices_of_the_loop_are_listed_with_both_directions() {
    require_loop();
    let listed = devices().unwrap();
    for number in [0, 1] {
        let expected = Device {
            name: format!("hw:CARD=Loopback,DEV={number}"),
            description: "Loopback, Loopback PCM".to_owned(),
            capture: true,
            playback: true,
        };
        assert!(listed.contains(&expected), "{listed:?}");
    }
}

#[test]
fn tone_played_for_five_seconds_comes_back_to_the_last_bit() {
    let mut ends = Ends::open(443.0);
    ends.run(LINE, 500);
    for counted in [ends.playback.counters(), ends.capture.counters()] {
        assert_eq!(trouble(counted), Counters::default());
    }
    let heard = sound(&ends.heard);
    let mut again = Tone::new(443.0);
    let played: Vec<i16> = (0..500).flat_map(|_| again.block()).collect();
    // Its first sample is 0 and counts as silence.
    assert!(heard.len() > 4 * 8000 && played[1..].starts_with(heard), "{} samples", heard.len());
    assert_tone(heard, 443.0);
}

#[test]
fn arecord_records_what_we_play() {
    require_loop();
    let scratch = Scratch::new("arecord");
    let mut playback = Playback::open(IN).unwrap();
    let file = scratch.join("heard.wav");
    let arecord = ["-D", OUT, "-f", "S16_LE", "-r", "8000", "-c", "1", "-d", "3", file.to_str().unwrap()];
    let mut peer = Process::start(&system_program("arecord", "alsa-utils"), arecord, scratch.join("arecord.log"));
    let mut tone = Tone::new(1004.0);
    let mut written = Vec::new();
    beat(LINE, 400, || written.push(playback.write(&tone.block())));
    let ended = peer.wait(Duration::from_secs(5));
    assert!(ended.is_some_and(|status| status.success()), "{}", peer.log_tail());
    assert!(written.iter().all(|one| *one == Written::Once), "{:?}", playback.counters());
    let recorded = Audio::load(&file).to_i16();
    assert!(sound(&recorded).len() > 2 * 8000, "{} samples", recorded.len());
    assert_tone(sound(&recorded), 1004.0);
}

/// A stereo tone of four seconds at 48000 Hz, as music comes.
fn music(file: &Path, hertz: f64) {
    let spec = hound::WavSpec { channels: 2, sample_rate: 48_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(file, spec).unwrap();
    for at in 0..4 * 48_000 {
        let sample = (PEAK * (TAU * hertz * f64::from(at) / 48_000.0).sin()).round() as i16;
        writer.write_sample(sample).unwrap();
        writer.write_sample(sample).unwrap();
    }
    writer.finalize().unwrap();
}

#[test]
fn aplay_plays_stereo_at_48000_hz_and_we_hear_it_converted() {
    require_loop();
    let scratch = Scratch::new("aplay");
    let file = scratch.join("music.wav");
    music(&file, 440.0);
    // It takes the cable first, whose other end has then its rate and channels only.
    let mut peer =
        Process::start(&system_program("aplay", "alsa-utils"), ["-D", IN, file.to_str().unwrap()], scratch.join("aplay.log"));
    peer.wait_for_line("Playing WAVE", Duration::from_secs(5));
    std::thread::sleep(Duration::from_millis(300));
    let mut capture = Capture::open(OUT).unwrap();
    println!("{:?}", capture.setup());
    let offer = capture.setup().converted_from.clone().expect("converted");
    assert_eq!((offer.rates, offer.channels), ((48_000, 48_000), (2, 2)), "{offer}");
    assert_eq!(capture.setup().device, "plughw:Loopback,1,0");
    let mut heard = Vec::new();
    beat(LINE, 250, || {
        let mut block = [0; BLOCK];
        if capture.read(&mut block) == Read::Sound {
            heard.extend(block);
        }
    });
    println!("{:?}", capture.counters());
    assert_eq!(trouble(capture.counters()), Counters::default());
    assert_tone(&heard, 440.0);
}

#[test]
fn pause_of_300_ms_is_an_xrun_at_both_ends_and_the_tone_comes_back() {
    let mut ends = Ends::open(1000.0);
    ends.run(LINE, 200);
    std::thread::sleep(Duration::from_millis(300));
    ends.heard.clear();
    ends.run(LINE, 300);
    for counted in [ends.playback.counters(), ends.capture.counters()] {
        assert_eq!(trouble(counted), Counters { xruns: 1, ..Counters::default() });
    }
    // The last second: what was played before the pause has gone by.
    assert_tone(&ends.heard[ends.heard.len() - 8000..], 1000.0);
    // Music on hold is silent for the pause and for the filling, no longer.
    assert!(ends.capture.counters().silent <= 16, "{:?}", ends.capture.counters());
}

/// 13 s of beats of this length; the blocks repeated and dropped at each end.
fn apart(interval: Duration) -> [(u64, u64); 2] {
    let mut ends = Ends::open(1000.0);
    ends.run(interval, 1300);
    [ends.playback.counters(), ends.capture.counters()].map(|counted| {
        assert_eq!((counted.xruns, counted.starved, counted.losses), (0, 0, 0), "{counted:?}");
        (counted.repeated, counted.dropped)
    })
}

#[test]
fn line_one_percent_fast_input_is_repeated_and_output_left_out_once_a_second() {
    let [(repeated_out, dropped_out), (repeated_in, dropped_in)] = apart(Duration::from_micros(9900));
    println!("figure: 13 s, line 1 % fast: {repeated_in} of the input repeated, {dropped_out} of the output left out");
    assert_eq!((repeated_out, dropped_in), (0, 0));
    assert!((8..=13).contains(&repeated_in) && (8..=13).contains(&dropped_out));
}

#[test]
fn line_one_percent_slow_input_is_left_out_and_output_repeated_once_a_second() {
    let [(repeated_out, dropped_out), (repeated_in, dropped_in)] = apart(Duration::from_micros(10_100));
    println!("figure: 13 s, line 1 % slow: {dropped_in} of the input left out, {repeated_out} of the output repeated");
    assert_eq!((dropped_out, repeated_in), (0, 0));
    assert!((8..=13).contains(&dropped_in) && (8..=13).contains(&repeated_out));
}

/// Takes the card from its driver, and gives it back when dropped.
pub(crate) struct Pulled(Option<std::thread::JoinHandle<std::io::Result<()>>>);

const DRIVER: &str = "/sys/bus/platform/drivers/snd_aloop";
const CARD: &str = "snd_aloop.0";

impl Pulled {
    /// The kernel's part ends when the last program has closed the card.
    pub(crate) fn begin() -> Self {
        Self(Some(std::thread::spawn(|| std::fs::write(format!("{DRIVER}/unbind"), CARD))))
    }

    pub(crate) fn end(&mut self) {
        if let Some(thread) = self.0.take() {
            thread.join().unwrap().unwrap();
            std::fs::write(format!("{DRIVER}/bind"), CARD).unwrap();
        }
    }
}

impl Drop for Pulled {
    fn drop(&mut self) {
        self.end();
    }
}

#[test]
fn card_pulled_while_it_runs_is_told_once_and_works_again_when_reopened() {
    let mut ends = Ends::open(1000.0);
    ends.run(LINE, 100);
    let Ends { mut playback, mut capture, mut tone, .. } = ends;
    let mut pulled = Pulled::begin();
    let (mut read, mut written) = (Vec::new(), Vec::new());
    beat(LINE, 100, || {
        let mut block = [0; BLOCK];
        read.push(capture.read(&mut block));
        written.push(playback.write(&tone.block()));
    });
    assert_eq!(read.iter().filter(|one| **one == Read::Gone(Loss::Unplugged)).count(), 1, "{read:?}");
    assert_eq!(written.iter().filter(|one| **one == Written::Gone(Loss::Unplugged)).count(), 1, "{written:?}");
    assert_eq!((read[99], written[99]), (Read::Silence, Written::Unheard));
    println!("{}\n{}", capture.reopen().unwrap_err(), playback.reopen().unwrap_err());
    assert_eq!(capture.read(&mut [0; BLOCK]), Read::Silence);
    pulled.end();
    capture.reopen().unwrap();
    playback.reopen().unwrap();
    let mut again = Ends { playback, capture, tone, heard: Vec::new() };
    again.run(LINE, 200);
    assert_tone(&again.heard[again.heard.len() - 8000..], 1000.0);
    assert_eq!((again.capture.counters().losses, again.playback.counters().losses), (1, 1));
}
