//! Calls that one side holds: libpri on the ISDN side, baresip or SIPp on the other. Neither end is ours.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::audio::{Audio, level_dbfs};
use hw_tests::baresip::{Baresip, Options};
use hw_tests::ear::Ear;
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::speech::{river, town};
use hw_tests::tones::hz_between;
use std::f64::consts::TAU;
use std::path::PathBuf;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
/// libpri that holds calls.
const HOLDING: Kind = Kind::LibpriWith(&["--hold"]);
const HELD: Duration = Duration::from_millis(2500);
/// Samples of 100 ms.
const TENTH: usize = 800;
/// Frequency of the music, and its level: a sine of peak 5000.
const MUSIC_HZ: f64 = 700.0;
const MUSIC_DBFS: f32 = -19.34;

/// Milliseconds of the longest silence that has sound before and after it: above -45 dBFS in some 100 ms.
fn longest_gap_ms(heard: &Audio) -> usize {
    let samples: Vec<f32> = heard.to_i16().iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    let is_sound = |tenth: &[f32]| level_dbfs(tenth) > -45.0;
    let sounds: Vec<usize> = samples.chunks(TENTH).enumerate().filter(|(_, tenth)| is_sound(tenth)).map(|(at, _)| at).collect();
    sounds.windows(2).map(|pair| (pair[1] - pair[0] - 1) * 100).max().unwrap_or_default()
}

#[test]
fn libpri_holds_and_retrieves_a_call_of_baresip_and_hears_it_again() {
    let scratch = Scratch::new("libpri-holds");
    let far = FarEnd::start(&scratch, HOLDING, &town());
    let phone = Baresip::start(&scratch, Options::speaking("1001", &river()).auto_answer());
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("phone", Transport::Udp, phone.port()));
    let heard = scratch.join("heard.wav");
    let mut call = far.call(&Placed::to("1001").says(&town()).records(&heard));
    call.wait_for("connected", SOON);
    std::thread::sleep(Duration::from_millis(1500));
    call.hold(true);
    call.wait_for("held", SOON);
    let of_box = gateway.ask(async |client| client.calls().await);
    assert!(of_box[0].from.holds, "{of_box:?}");
    std::thread::sleep(HELD);
    call.hold(false);
    call.wait_for("retrieved", SOON);
    std::thread::sleep(HELD);
    call.hang_up();
    assert_eq!(call.cause(SOON), 16);
    phone.wait_for("CALL_CLOSED", SOON);
    // What baresip says while it is held is not kept; it goes on after the call was fetched back. (Its own recording ends with the
    // first re-INVITE.)
    let heard = Audio::load(&heard).to_i16();
    let before = 15 * TENTH;
    let after: Vec<f32> = heard.iter().skip(before).map(|sample| f32::from(*sample) / 32_768.0).collect();
    assert!(after.chunks(TENTH).any(|tenth| level_dbfs(tenth) > -45.0), "libpri hears nothing once it has the call back");
    let ladder = gateway.ladder(gateway.record().id);
    assert_eq!(ladder.matches("INVITE sip:1001").count(), 3, "{ladder}");
}

/// What SIPp hears in one stream without a hole while libpri speaks to it, holds it, and has it again.
#[track_caller]
fn held_and_retrieved_by_libpri(scratch: &Scratch, change: impl FnOnce(Setup) -> Setup) -> Audio {
    let far = FarEnd::start(scratch, HOLDING, &town());
    let ear = Ear::open();
    let sipp = Sipp::start(scratch, &Run::new(Scenario::UasHeld).media(Media::HeardAt(ear.port())));
    let gateway = JunctorBox::start(scratch, &change(Setup::new(&far).peer("sipp", Transport::Udp, sipp.port())));
    let mut call = far.call(&Placed::to("1001").says(&town()));
    call.wait_for("connected", SOON);
    for (hold, told) in [(true, "held"), (false, "retrieved")] {
        std::thread::sleep(HELD);
        call.hold(hold);
        call.wait_for(told, SOON);
    }
    std::thread::sleep(HELD);
    call.hang_up();
    assert_eq!(call.cause(SOON), 16);
    sipp.finish().expect_success();
    gateway.wait_until_idle(SOON);
    let heard = ear.finish();
    assert_eq!((heard.lost, heard.sources), (0, 1), "one stream without a hole");
    heard.audio
}

#[test]
fn libpri_holds_and_retrieves_a_call_of_sipp_which_is_offered_sendonly_and_sent_silence_meanwhile() {
    let scratch = Scratch::new("libpri-holds-sipp");
    let heard = held_and_retrieved_by_libpri(&scratch, |setup| setup);
    // The speech has pauses of its own, none so long.
    let (gap, spoken) = (longest_gap_ms(&heard), longest_gap_ms(&Audio::load(&town())));
    assert!((2000..3500).contains(&gap) && spoken < 1500, "{gap} ms of silence, {spoken} in the speech itself");
}

#[test]
fn libpri_holds_where_the_span_does_not_allow_it_and_the_call_goes_on() {
    let scratch = Scratch::new("hold-refused");
    let far = FarEnd::start(&scratch, HOLDING, &town());
    let sipp = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer));
    let setup = Setup::new(&far).span_line("hold = false").peer("sipp", Transport::Udp, sipp.port());
    let gateway = JunctorBox::start(&scratch, &setup);
    let mut call = far.call(&Placed::to("1001"));
    call.wait_for("connected", SOON);
    call.hold(true);
    assert_eq!(call.wait_for("hold_refused", SOON)["cause"], 69);
    call.hang_up();
    assert_eq!(call.cause(SOON), 16);
    sipp.finish().expect_success();
    gateway.wait_until_idle(SOON);
}

/// A tone of 20 s as the file of music on hold, at this level.
fn music(scratch: &Scratch) -> PathBuf {
    let file = scratch.join("music.wav");
    let tone: Vec<i16> =
        (0..160_000).map(|at| (5000.0 * (TAU * MUSIC_HZ * f64::from(at) / 8000.0).sin()).round() as i16).collect();
    Audio::from_i16(&tone).save(&file);
    file
}

/// Panics unless so much of the music's tone was heard at its level without a break, in pieces of 100 ms.
#[track_caller]
fn expect_music(heard: &Audio, least_ms: usize) {
    let samples: Vec<f32> = heard.to_i16().iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    let is_music = |tenth: &[f32]| {
        let crossings = tenth.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        (level_dbfs(tenth) - MUSIC_DBFS).abs() < 0.3 && (69..=71).contains(&crossings)
    };
    let mut longest = 0..0;
    let mut run = 0..0;
    for (at, tenth) in samples.chunks(TENTH).enumerate() {
        run = if is_music(tenth) { run.start..at + 1 } else { at + 1..at + 1 };
        if run.len() > longest.len() {
            longest = run.clone();
        }
    }
    let (from, to) = (longest.start * 100, longest.end * 100);
    let hz = hz_between(heard, from, to.max(from + 100));
    let level = level_dbfs(samples.get(from * 8..to * 8).unwrap_or_default());
    println!("figure: {} ms of music of {hz:.2} Hz at {level:.2} dBFS, from {from} ms on of {} ms", to - from, heard.ms());
    assert!(to - from >= least_ms, "{longest:?} of 100 ms each");
    assert!((hz - MUSIC_HZ).abs() < 0.5, "{hz} Hz");
}

#[test]
fn libpri_holds_a_call_of_sipp_which_hears_the_file_of_music_meanwhile_and_then_libpri_again() {
    let scratch = Scratch::new("libpri-holds-music");
    let file = format!("music_on_hold_file = \"{}\"", music(&scratch).display());
    let heard = held_and_retrieved_by_libpri(&scratch, |setup| setup.audio_line(&file));
    expect_music(&heard, 2000);
}

#[test]
fn baresip_holds_and_sends_nothing_libpri_hears_the_file_of_music_meanwhile() {
    let scratch = Scratch::new("baresip-holds-music");
    let far = FarEnd::start(&scratch, HOLDING, &town());
    let phone = Baresip::start(&scratch, Options::speaking("1001", &river()).auto_answer());
    let file = format!("music_on_hold_file = \"{}\"", music(&scratch).display());
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("phone", Transport::Udp, phone.port()).audio_line(&file));
    let heard = scratch.join("heard.wav");
    let mut call = far.call(&Placed::to("1001").says(&town()).records(&heard));
    call.wait_for("connected", SOON);
    std::thread::sleep(Duration::from_millis(1500));
    phone.hold(true);
    std::thread::sleep(HELD);
    let of_box = gateway.ask(async |client| client.calls().await);
    assert!(of_box[0].to.as_ref().is_some_and(|leg| leg.holds), "{of_box:?}");
    phone.hold(false);
    std::thread::sleep(HELD);
    call.hang_up();
    assert_eq!(call.cause(SOON), 16);
    gateway.wait_until_idle(SOON);
    expect_music(&Audio::load(&heard), 1500);
}

#[test]
fn call_is_to_be_monitored_without_a_card_and_is_refused_with_what_to_do() {
    let scratch = Scratch::new("monitor-nowhere");
    let far = FarEnd::start(&scratch, HOLDING, &town());
    let sipp = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer));
    let gateway = JunctorBox::start(&scratch, &Setup::new(&far).peer("sipp", Transport::Udp, sipp.port()));
    let mut call = far.call(&Placed::to("1001"));
    call.wait_for("connected", SOON);
    let id = gateway.ask(async |client| client.calls().await)[0].id;
    let refused = gateway.ask(async |client| Ok(client.monitor(id).await.unwrap_err().to_string()));
    assert!(refused.contains("there is no sound card for it: set audio.monitor_device"), "{refused}");
    let refused = gateway.ask(async |client| Ok(client.end_monitor(id).await.unwrap_err().to_string()));
    assert!(refused.contains("is not being monitored"), "{refused}");
    call.hang_up();
    assert_eq!(call.cause(SOON), 16);
    sipp.finish().expect_success();
    gateway.wait_until_idle(SOON);
    assert!(
        gateway.log_tail().contains(&format!("monitor of call {id} asked for by the user with uid")),
        "{}",
        gateway.log_tail()
    );
}
