//! The box's sound card in calls: ALSA's own programs at the other end of the loop play the music of a held call, and record a call that is listened
//! to. The card has a clock of its own, the span another.

use crate::scene::{SOON, Scene, Trunk};
use crate::sound_card::Pulled;
use crate::sound_loop::{IN, OUT, assert_near_tone, require_loop};
use audio::{BLOCK, Capture};
use hw_tests::Transport;
use hw_tests::audio::Audio;
use hw_tests::correlation::windowed;
use hw_tests::ear::Ear;
use hw_tests::process::{Process, system_program};
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::speech::{river, town};
use serde_json::json;
use std::f64::consts::TAU;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The second cable of the loop, for what the box plays.
const MONITOR_IN: &str = "hw:Loopback,0,1";
const MONITOR_OUT: &str = "hw:Loopback,1,1";
const MUSIC_HZ: f64 = 700.0;

/// `aplay` plays a tone into the loop until it is dropped.
fn play_music(scratch: &Scratch) -> Process {
    play_music_in(scratch.path())
}

/// The same, with its files in this folder.
fn play_music_in(folder: &Path) -> Process {
    let file = folder.join("music.wav");
    let tone: Vec<i16> =
        (0..480_000).map(|at| (10_000.0 * (TAU * MUSIC_HZ * f64::from(at) / 8000.0).sin()).round() as i16).collect();
    Audio::from_i16(&tone).save(&file);
    let mut player =
        Process::start(&system_program("aplay", "alsa-utils"), ["-D", IN, file.to_str().unwrap()], folder.join("aplay.log"));
    player.wait_for_line("Playing WAVE", SOON);
    player
}

/// The box with music on hold from the loop, libpri that holds, and SIPp that is held.
struct Held {
    scene: Scene,
    sipp: Sipp,
    ear: Ear,
}

impl Held {
    fn start(scratch: &Scratch) -> Self {
        let ear = Ear::open();
        let sipp = Sipp::start(scratch, &Run::new(Scenario::UasHeld).media(Media::HeardAt(ear.port())));
        let trunk = Trunk::E1_USER;
        let music = format!("music_on_hold = \"{OUT}\"");
        let setup = trunk.setup().peer("sipp", Transport::Udp, sipp.port()).audio_line(&music);
        Self { scene: Scene::start(scratch, trunk, &setup, &["--hold"]), sipp, ear }
    }

    /// libpri calls, holds for so long, is back for a second; what SIPp heard.
    fn hold(self, time: Duration) -> (Scene, Vec<i16>) {
        let mut call = self.scene.libpri.place(json!({"called": "1001"}));
        call.wait_for("connected");
        call.hold(true);
        call.wait_for("held");
        std::thread::sleep(time);
        call.hold(false);
        call.wait_for("retrieved");
        std::thread::sleep(Duration::from_secs(1));
        call.hang_up(16);
        call.until_released();
        self.sipp.finish().expect_success();
        self.scene.gateway.wait_until_idle(SOON);
        let heard = self.ear.finish();
        assert_eq!((heard.lost, heard.sources), (0, 1), "one stream without a hole");
        (self.scene, heard.audio.to_i16())
    }
}

/// The sound of it, without what is nearly silence before and after.
fn loud(samples: &[i16]) -> &[i16] {
    let is_loud = |sample: &i16| sample.unsigned_abs() > 1000;
    let begin = samples.iter().position(is_loud).unwrap_or(samples.len());
    let end = samples.iter().rposition(is_loud).map_or(begin, |last| last + 1);
    &samples[begin..end]
}

#[test]
fn libpri_holds_and_sipp_hears_what_aplay_plays_into_the_line_in() {
    require_loop();
    let scratch = Scratch::new("music-line-in");
    let player = play_music(&scratch);
    let (scene, heard) = Held::start(&scratch).hold(Duration::from_secs(4));
    drop(player);
    let music = loud(&heard);
    println!("figure: {} ms of music in 4 s of hold", music.len() / 8);
    assert!(music.len() > 3500 * 8, "{}", scene.gateway.log_tail());
    assert_near_tone(music, MUSIC_HZ);
}

#[test]
fn card_that_another_program_has_is_silence_and_music_once_it_is_free() {
    require_loop();
    let scratch = Scratch::new("music-busy");
    let player = play_music(&scratch);
    let other = Capture::open(OUT).unwrap();
    let held = Held::start(&scratch);
    let freed = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(3));
        drop(other);
    });
    // It is tried again every 10 s.
    let (scene, heard) = held.hold(Duration::from_secs(14));
    freed.join().unwrap();
    drop(player);
    let log = scene.gateway.log_tail();
    let warnings = log.matches("sound{opening}: music on hold: sound device hw:Loopback,1,0 cannot be opened").count();
    assert!(warnings == 1 && log.contains("another program has it"), "{log}");
    let quiet = heard.iter().position(|sample| sample.unsigned_abs() > 1000).unwrap();
    println!("figure: {} ms of silence, then {} ms of music", quiet / 8, loud(&heard).len() / 8);
    assert!(quiet > 2000 * 8 && loud(&heard).len() > 2000 * 8);
    assert_near_tone(loud(&heard), MUSIC_HZ);
}

#[test]
fn card_is_pulled_while_a_call_is_held_and_its_music_is_heard_again_when_it_is_back() {
    require_loop();
    let scratch = Scratch::new("music-pulled");
    let player = play_music(&scratch);
    let held = Held::start(&scratch);
    let (again, next) = std::sync::mpsc::channel();
    let elsewhere = scratch.subdirectory("again");
    std::thread::scope(|threads| {
        let pulling = threads.spawn(move || {
            std::thread::sleep(Duration::from_secs(3));
            let mut pulled = Pulled::begin();
            std::thread::sleep(Duration::from_millis(500));
            // The kernel waits until it is closed here too.
            drop(player);
            pulled.end();
            again.send(()).unwrap();
        });
        let playing = threads.spawn(move || {
            next.recv().unwrap();
            let player = play_music_in(&elsewhere);
            std::thread::sleep(Duration::from_secs(16));
            drop(player);
        });
        let (scene, heard) = held.hold(Duration::from_secs(18));
        pulling.join().unwrap();
        playing.join().unwrap();
        let log = scene.gateway.log_tail();
        assert_eq!(log.matches("the sound card is unplugged").count(), 1, "{log}");
        let is_loud = |block: &[i16]| block.iter().any(|sample| sample.unsigned_abs() > 1000);
        let loud: Vec<usize> = heard.chunks(BLOCK).enumerate().filter(|(_, block)| is_loud(block)).map(|(at, _)| at).collect();
        let gaps: Vec<usize> = loud.windows(2).map(|pair| (pair[1] - pair[0] - 1) * 10).filter(|gap| *gap > 0).collect();
        println!("figure: {} ms of music with gaps of {gaps:?} ms", loud.len() * 10);
        assert!(gaps.iter().filter(|gap| **gap > 1000).count() == 1 && gaps.iter().all(|gap| *gap < 12_500), "{gaps:?}\n{log}");
    });
}

/// `arecord` at the other end of the monitor's cable, for so many seconds.
fn record(scratch: &Scratch, seconds: &str) -> (Process, PathBuf) {
    let file = scratch.join("monitor.wav");
    let arguments = ["-D", MONITOR_OUT, "-f", "S16_LE", "-r", "8000", "-c", "1", "-d", seconds, file.to_str().unwrap()];
    let mut recorder = Process::start(&system_program("arecord", "alsa-utils"), arguments, scratch.join("arecord.log"));
    recorder.wait_for_line("Recording WAVE", SOON);
    (recorder, file)
}

/// How much of what is recorded is what is in the file: the median r of its seconds.
fn likeness(said: &Path, recorded: &Audio) -> f64 {
    windowed(&Audio::load(said), recorded).map_or(0.0, |found| found.median_r)
}

#[test]
fn call_is_monitored_and_arecord_has_what_both_sides_say_until_it_ends() {
    require_loop();
    let scratch = Scratch::new("monitor");
    // As loud as the other: the recording is both.
    let quieter = scratch.join("river.wav");
    let samples: Vec<i16> = Audio::load(&river()).to_i16().iter().map(|sample| sample / 5 * 3).collect();
    Audio::from_i16(&samples).save(&quieter);
    let sipp = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer).media(Media::Speech(quieter)));
    let trunk = Trunk::E1_USER;
    let monitor = format!("monitor_device = \"{MONITOR_IN}\"");
    let setup = trunk.setup().peer("sipp", Transport::Udp, sipp.port()).audio_line(&monitor);
    let scene = Scene::start(&scratch, trunk, &setup, &[]);
    let (mut recorder, file) = record(&scratch, "9");
    let mut call = scene.libpri.place(json!({"called": "1001", "play": town(), "clear_after_ms": 7000}));
    call.wait_for("connected");
    let id = scene.gateway.ask(async |client| client.calls().await)[0].id;
    scene.gateway.ask(async |client| client.monitor(id).await);
    // Asked for again it goes on.
    scene.gateway.ask(async |client| client.monitor(id).await);
    call.until_released();
    sipp.finish().expect_success();
    scene.gateway.wait_until_idle(SOON);
    assert!(recorder.wait(SOON).is_some_and(|status| status.success()), "{}", recorder.log_tail());
    let recorded = Audio::load(&file);
    let (of_libpri, of_sipp) = (likeness(&town(), &recorded), likeness(&river(), &recorded));
    println!("figure: r of the recording with what libpri says {of_libpri:.2}, with what SIPp says {of_sipp:.2}");
    let log = scene.gateway.log_tail();
    assert!(of_libpri > 0.6 && of_sipp > 0.6, "{log}");
    assert!(log.contains(&format!("monitor of call {id} asked for by the user with uid 0")), "{log}");
    assert!(log.contains(&format!("call {id} -> no longer monitored")), "{log}");
}

#[test]
fn call_is_monitored_and_then_no_more_while_it_goes_on() {
    require_loop();
    let scratch = Scratch::new("monitor-stop");
    let sipp = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer));
    let trunk = Trunk::E1_USER;
    let monitor = format!("monitor_device = \"{MONITOR_IN}\"");
    let setup = trunk.setup().peer("sipp", Transport::Udp, sipp.port()).audio_line(&monitor);
    let scene = Scene::start(&scratch, trunk, &setup, &[]);
    let (mut recorder, file) = record(&scratch, "6");
    let mut call = scene.libpri.place(json!({"called": "1001", "play": river()}));
    call.wait_for("connected");
    let id = scene.gateway.ask(async |client| client.calls().await)[0].id;
    for _ in 0..2 {
        scene.gateway.ask(async |client| client.monitor(id).await);
        std::thread::sleep(Duration::from_secs(1));
        scene.gateway.ask(async |client| client.end_monitor(id).await);
    }
    let refused = scene.gateway.ask(async |client| Ok(client.end_monitor(id).await.unwrap_err().to_string()));
    assert!(refused.contains("is not being monitored"), "{refused}");
    let refused = scene.gateway.ask(async |client| Ok(client.monitor(id + 1).await.unwrap_err().to_string()));
    assert!(refused.contains("there is no call"), "{refused}");
    call.hang_up(16);
    call.until_released();
    sipp.finish().expect_success();
    assert!(recorder.wait(SOON).is_some_and(|status| status.success()), "{}", recorder.log_tail());
    let recorded = Audio::load(&file).to_i16();
    let sounding = recorded.chunks(BLOCK).filter(|block| block.iter().any(|sample| sample.unsigned_abs() > 300)).count();
    println!("figure: {} ms with sound in {} ms of recording", sounding * 10, recorded.len() / 8);
    assert!((500..2300).contains(&(sounding * 10)), "{}", scene.gateway.log_tail());
}
