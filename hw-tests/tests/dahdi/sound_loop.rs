//! The loop of a sound card (Debian's snd-aloop): what is played into one end of a cable is recorded at its other end. The
//! beat of a telephone line, a tone, and what a recording of it has in it.

use audio::{BLOCK, Capture, Counters, Playback, Read, SAMPLE_RATE};
use std::f64::consts::TAU;
use std::path::Path;
use std::time::{Duration, Instant};

/// Where sound goes in.
pub(crate) const IN: &str = "hw:Loopback,0,0";
/// Where it comes out.
pub(crate) const OUT: &str = "hw:Loopback,1,0";

/// What a sine of this peak is in a recording.
pub(crate) const PEAK: f64 = 10_000.0;

/// Fails where the module is not loaded.
#[track_caller]
pub(crate) fn require_loop() {
    let there = Path::new("/proc/asound/Loopback").exists();
    assert!(there, "no loop of a sound card: `cargo xtask hw-test` loads it in its guest; on a rig, modprobe snd-aloop first");
}

/// A sine of [`PEAK`].
#[derive(Debug)]
pub(crate) struct Tone {
    hertz: f64,
    at: u32,
}

impl Tone {
    pub(crate) fn new(hertz: f64) -> Self {
        Self { hertz, at: 0 }
    }

    pub(crate) fn block(&mut self) -> [i16; BLOCK] {
        std::array::from_fn(|_| {
            let sample = (PEAK * (TAU * self.hertz * f64::from(self.at) / f64::from(SAMPLE_RATE)).sin()).round();
            self.at += 1;
            sample as i16
        })
    }
}

/// Does something so many times, each that long after the one before it began.
pub(crate) fn beat(interval: Duration, times: u32, mut each: impl FnMut()) {
    let began = Instant::now();
    for number in 1..=times {
        each();
        std::thread::sleep((began + interval * number).saturating_duration_since(Instant::now()));
    }
}

/// Both ends of the cable, ours.
#[derive(Debug)]
pub(crate) struct Ends {
    pub(crate) playback: Playback,
    pub(crate) capture: Capture,
    pub(crate) tone: Tone,
    /// All sound that was read, without the silence of the filling.
    pub(crate) heard: Vec<i16>,
}

impl Ends {
    pub(crate) fn open(hertz: f64) -> Self {
        require_loop();
        let (playback, capture) = (Playback::open(IN).unwrap(), Capture::open(OUT).unwrap());
        println!("playback {:?}\ncapture {:?}", playback.setup(), capture.setup());
        Self { playback, capture, tone: Tone::new(hertz), heard: Vec::new() }
    }

    /// Plays and records for so many beats.
    pub(crate) fn run(&mut self, interval: Duration, times: u32) {
        beat(interval, times, || {
            self.playback.write(&self.tone.block());
            let mut block = [0; BLOCK];
            match self.capture.read(&mut block) {
                Read::Sound | Read::Repeated => self.heard.extend(block),
                Read::Silence => {}
                Read::Gone(loss) => panic!("{loss}"),
            }
        });
        println!("playback {:?}\ncapture {:?}", self.playback.counters(), self.capture.counters());
    }
}

/// What has been counted besides blocks and the silence of filling.
pub(crate) fn trouble(counted: Counters) -> Counters {
    Counters { blocks: 0, silent: 0, ..counted }
}

/// The sound without silence before and after it.
pub(crate) fn sound(samples: &[i16]) -> &[i16] {
    let begin = samples.iter().position(|sample| *sample != 0).unwrap_or(samples.len());
    let end = samples.iter().rposition(|sample| *sample != 0).map_or(begin, |last| last + 1);
    &samples[begin..end]
}

/// The frequency by crossings of zero, interpolated, and the peak that a sine of this power has.
pub(crate) fn measure(samples: &[i16]) -> (f64, f64) {
    let crossing = |(at, pair): (usize, &[i16])| {
        let (before, after) = (f64::from(pair[0]), f64::from(pair[1]));
        (before < 0.0 && after >= 0.0).then(|| at as f64 - before / (after - before))
    };
    let crossings: Vec<f64> = samples.windows(2).enumerate().filter_map(crossing).collect();
    let periods = (crossings.len() - 1) as f64;
    let hertz = periods * f64::from(SAMPLE_RATE) / (crossings[crossings.len() - 1] - crossings[0]);
    let power = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64;
    (hertz, (2.0 * power).sqrt())
}

/// The same through a call, where a block may be left out or come twice for a clock's sake: to 2 Hz and 0.3 dB.
#[track_caller]
pub(crate) fn assert_near_tone(samples: &[i16], hertz: f64) {
    let (heard, peak) = measure(samples);
    let decibels = 20.0 * (peak / PEAK).log10();
    println!("figure: {} ms of {heard:.3} Hz, {decibels:+.3} dB of what was played", samples.len() / 8);
    assert!((heard - hertz).abs() < 2.0 && decibels.abs() < 0.3, "{heard} Hz, {decibels} dB");
}

/// The measured tone is this one, to 0.05 Hz and 0.1 dB.
#[track_caller]
pub(crate) fn assert_tone(samples: &[i16], hertz: f64) {
    let (heard, peak) = measure(samples);
    let decibels = 20.0 * (peak / PEAK).log10();
    println!("figure: {} ms of {heard:.3} Hz, {decibels:+.3} dB of what was played", samples.len() / 8);
    assert!((heard - hertz).abs() < 0.05 && decibels.abs() < 0.1, "{heard} Hz, {decibels} dB");
}
