//! Call progress tones to a PBX, whose network the box is: libpri plays the PBX, SIPp the called side. What is in the PBX's B-channel is
//! measured; libpri itself goes on listening after DISCONNECT only where that said that there is something to hear.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::audio::Audio;
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::speech::{expect_heard, river, town};
use hw_tests::tones::{Burst, bursts, hz_between};
use std::path::Path;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
/// The tone of the German and of the CEPT list for all that is heard here.
const HZ: f64 = 425.0;

fn pbx_network(scratch: &Scratch, sipp: &Sipp) -> (FarEnd, JunctorBox) {
    let far = FarEnd::start(scratch, Kind::LibpriPbx, &town());
    let setup = Setup::new(&far).span_line("side = \"network\"").peer("sipp", Transport::Udp, sipp.port());
    let gateway = JunctorBox::start(scratch, &setup);
    (far, gateway)
}

/// Whether these are whole tones of 425 Hz, each so long and so long after the one before.
#[track_caller]
fn expect_cadence(heard: &[Burst], on_ms: usize, off_ms: usize) {
    let near = |ms: usize, wanted: usize| ms.abs_diff(wanted) <= 20;
    let is_425 = heard.iter().all(|burst| (burst.hz - HZ).abs() < 1.0);
    let lengths = heard.iter().all(|burst| near(burst.ms, on_ms));
    let pauses = heard.windows(2).all(|pair| near(pair[1].at_ms - pair[0].ends_ms(), off_ms));
    assert!(is_425 && lengths && pauses, "not {on_ms} ms on and {off_ms} ms off: {heard:#?}");
}

fn heard_in(wav: &Path) -> Vec<Burst> {
    bursts(&Audio::load(wav))
}

#[test]
fn phone_rings_without_audio_pbx_hears_ringback_until_the_answer() {
    let scratch = Scratch::new("ringback-to-pbx");
    let wav = scratch.join("heard.wav");
    let sipp = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer).ring(Duration::from_secs(8)));
    let (far, gateway) = pbx_network(&scratch, &sipp);
    let mut call = far.call(&Placed::to("1001").records_all(&wav).clears_after(Duration::from_secs(4)));
    assert_eq!(call.wait_for("alerting", SOON)["in_band"], true, "{:?}", call.passed());
    call.wait_for("connected", SOON);
    assert_eq!(call.cause(SOON), 16);
    sipp.finish().expect_success();
    let ladder = gateway.ladder(gateway.record().id);
    let heard = heard_in(&wav);
    // 8 s of ringing: 1 s on and 4 s off, twice; and nothing in the 4 s after the answer, in which a third would have begun.
    assert_eq!(heard.len(), 2, "{heard:#?}\n{ladder}");
    expect_cadence(&heard, 1000, 4000);
    assert!(ladder.contains("ALERTING cr=1' progress=8"), "{ladder}");
}

#[test]
fn phone_speaks_early_pbx_hears_that_and_no_ringback() {
    let scratch = Scratch::new("early-media-to-pbx");
    let wav = scratch.join("heard.wav");
    let run = Run::new(Scenario::UasEarlyMedia).media(Media::Speech(river())).ring(Duration::from_secs(3));
    let sipp = Sipp::start(&scratch, &run);
    let (far, gateway) = pbx_network(&scratch, &sipp);
    let mut call = far.call(&Placed::to("1001").records_all(&wav).clears_after(Duration::from_secs(6)));
    call.wait_for("connected", SOON);
    assert_eq!(call.cause(SOON), 16);
    let ladder = gateway.ladder(gateway.record().id);
    expect_heard(&river(), &Audio::load(&wav));
    assert!(!ladder.contains("tone to the caller"), "{ladder}");
}

#[test]
fn busy_phone_pbx_hears_busy_tone_after_disconnect_until_it_releases() {
    let scratch = Scratch::new("busy-tone-to-pbx");
    let wav = scratch.join("heard.wav");
    let sipp = Sipp::start(&scratch, &Run::new(Scenario::UasRefuse(486)));
    let (far, gateway) = pbx_network(&scratch, &sipp);
    let mut call = far.call(&Placed::to("1001").records_all(&wav));
    call.wait_for("proceeding", SOON);
    sipp.finish().expect_success();
    std::thread::sleep(Duration::from_secs(5));
    // The call is over, its record stored, while the tone goes on.
    let status = gateway.status();
    assert_eq!((status.calls.len(), status.counters.calls, status.counters.ended), (0, 1, 1), "{status:?}");
    assert!(status.spans[0].channels.iter().any(|channel| channel.call == Some(1)), "{:?}", status.spans[0].channels);
    call.hang_up();
    call.wait_for("released", SOON);
    let record = gateway.record();
    let ladder = gateway.ladder(record.id);
    assert_eq!((record.cause, record.sip_status), (17, Some(486)), "{ladder}");
    assert!(ladder.contains("DISCONNECT cr=1' cause=17 progress=8"), "{ladder}");
    // The last one is cut when the PBX hangs up.
    let mut heard = heard_in(&wav);
    heard.pop();
    assert!(heard.len() >= 4, "{heard:#?}\n{ladder}");
    expect_cadence(&heard, 480, 480);
}

#[test]
fn number_that_is_unknown_pbx_hears_the_special_information_tone_until_t306() {
    let scratch = Scratch::new("sit-to-pbx");
    let wav = scratch.join("heard.wav");
    let sipp = Sipp::start(&scratch, &Run::new(Scenario::UasRefuse(404)));
    let (far, gateway) = pbx_network(&scratch, &sipp);
    let mut call = far.call(&Placed::to("1001").records_all(&wav));
    // T306 is 30 s (Q.931 table 9-1).
    let released = call.wait_for("released", Duration::from_secs(35));
    let after = released["at_ms"].as_u64().unwrap();
    assert!((30_000..32_000).contains(&after) && released["cause"] == 1, "{released}");
    sipp.finish().expect_success();
    let ladder = gateway.ladder(gateway.record().id);
    // Three frequencies on end are one burst here of 990 ms, and a second of silence follows: fifteen begin in 30 s.
    let audio = Audio::load(&wav);
    let heard = bursts(&audio);
    let whole: Vec<&Burst> = heard.iter().filter(|burst| burst.ms.abs_diff(990) <= 20).collect();
    assert!(whole.len() >= 14, "{heard:#?}\n{ladder}");
    for burst in whole {
        let third = |index: usize| burst.at_ms + index * 330;
        for (index, wanted) in [950.0, 1400.0, 1800.0].into_iter().enumerate() {
            let hz = hz_between(&audio, third(index) + 20, third(index + 1) - 20);
            assert!((hz - wanted).abs() < 1.0, "{hz} Hz for {wanted} Hz in {burst:?}");
        }
    }
}
