//! The box calls numbers of the exchange: each treatment of the plan.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod far_box;
use exchange::report::{By, Released};
use exchange::sound::Sound;
use exchange::{Plan, Report, Settings};
use far_box::{Audio, Bench, Folder};
use isdn::{Cause, CauseValue, Event, Location};
use media::Law;

#[test]
fn answering_number_rings_then_speaks_the_whole_sentence() {
    let mut bench = Bench::new();
    bench.far.audio = Audio::Silence;
    let call = bench.dial("5551001");
    bench.run_until(|bench| bench.names().contains(&"connected".to_owned()));
    assert_eq!(bench.names(), ["incoming", "alerting", "connected"]);
    let speech = Sound::built_in(Law::A);
    assert!(speech.octets().len() > 3 * 8000, "some seconds of speech");
    bench.run_for(speech.octets().len() as u64 / 8 + 200);
    let heard = &bench.far.heard[&1];
    let spoken = speech.octets();
    assert!(heard.windows(spoken.len()).any(|window| window == spoken), "every octet of the sentence, without a gap");
    let now = bench.far.now();
    bench.far.interface.clear(now, call, Cause::new(CauseValue::NORMAL_CLEARING, Location::User));
    bench.far.settle();
    bench.run_until(|bench| !bench.released().is_empty());
    let released = bench.released().remove(0);
    assert_eq!((released.cause, released.by, released.underruns), (16, By::Peer, 0));
    assert_eq!(bench.exchange.status().channels_in_use, 0);
}

#[test]
fn answer_comes_after_its_time() {
    let mut plan = Plan::default();
    plan.add("55519=answer:3000".parse().unwrap());
    let mut bench = Bench::with(Settings { plan, ..Settings::default() });
    bench.dial("5551900");
    bench.run_until(|bench| bench.names().contains(&"connected".to_owned()));
    let Some(Report::Connected { at_ms, .. }) = bench.reports.iter().find(|report| matches!(report, Report::Connected { .. }))
    else {
        panic!("not connected")
    };
    assert_eq!(*at_ms, 3000);
}

#[test]
fn refused_numbers_give_their_causes() {
    let mut plan = Plan::default();
    plan.add("777=reject:41".parse().unwrap());
    for (called, cause) in [("5552000", 17), ("5553000", 1), ("5556000", 34), ("777", 41), ("999", 1), ("", 1)] {
        let mut bench = Bench::with(Settings { plan: plan.clone(), ..Settings::default() });
        bench.dial(called);
        bench.run_until(|bench| bench.cause_heard().is_some());
        assert_eq!(bench.cause_heard(), Some(cause), "{called}");
        assert_eq!(bench.names(), ["incoming", "released"], "{called}");
        let released = bench.released().remove(0);
        assert_eq!((released.by, released.connected_ms, released.record), (By::Us, None, None));
    }
}

#[test]
fn ringing_number_never_answers_and_the_box_gives_up() {
    let mut bench = Bench::new();
    let call = bench.dial("5554000");
    bench.run_for(30_000);
    assert_eq!(bench.names(), ["incoming", "alerting"]);
    let now = bench.far.now();
    bench.far.interface.clear(now, call, Cause::new(CauseValue::NO_ANSWER, Location::User));
    bench.far.settle();
    bench.run_until(|bench| !bench.released().is_empty());
    assert_eq!(bench.released()[0].cause, 19);
}

#[test]
fn short_answer_is_cleared_by_the_exchange_after_a_second() {
    let mut bench = Bench::new();
    bench.dial("5555000");
    bench.run_until(|bench| !bench.released().is_empty() && bench.cause_heard().is_some());
    assert_eq!(bench.cause_heard(), Some(16));
    let Released { by, connected_ms, .. } = bench.released().remove(0);
    assert_eq!(by, By::Us);
    // The second, and the two messages that the release takes.
    assert!((1000..1100).contains(&connected_ms.unwrap()), "{connected_ms:?}");
}

#[test]
fn echo_number_returns_what_it_hears() {
    let mut bench = Bench::new();
    bench.far.audio = Audio::Silence;
    bench.dial("5557000");
    bench.run_until(|bench| bench.names().contains(&"connected".to_owned()));
    bench.far.audio = Audio::Counting;
    bench.run_for(1000);
    let heard: Vec<u8> = bench.far.heard[&1].chunks(80).map(|block| block[0]).collect();
    let first = heard.iter().position(|octet| *octet == 0).unwrap();
    let counted: Vec<u8> = (0..(heard.len() - first) as u8).collect();
    assert!(counted.len() > 80, "most of a second");
    assert_eq!(heard[first..], counted, "what the box said, in order, none missing");
}

#[test]
fn in_band_ringing_is_announced_and_heard_before_the_answer() {
    let mut bench = Bench::with(Settings { in_band_ringing: true, ..Settings::default() });
    bench.far.audio = Audio::Silence;
    bench.dial("5554000");
    bench.run_for(6000);
    let progress = bench
        .far
        .events
        .iter()
        .find_map(|event| if let Event::Alerting { progress, .. } = event { Some(progress.clone()) } else { None });
    assert_eq!(progress.unwrap()[0].description, 8);
    let heard = &bench.far.heard[&1];
    let loud = |octets: &[u8]| octets.iter().any(|octet| media::g711::decode(Law::A, *octet).abs() > 4000);
    let seconds: Vec<bool> = heard.chunks(8000).map(|second| loud(&second[1000..7000])).take(5).collect();
    assert_eq!(seconds, [true, false, false, false, false]);
}

#[test]
fn what_an_answered_number_heard_is_recorded_and_refused_calls_leave_no_file() {
    let folder = Folder::new("record-dir");
    let mut bench = Bench::with(Settings { record_dir: Some(folder.0.join("heard")), ..Settings::default() });
    bench.dial("5552000");
    bench.run_for(200);
    bench.dial("5555000");
    bench.run_until(|bench| bench.released().len() == 2);
    let path = bench.released()[1].record.clone().unwrap();
    assert_eq!(std::fs::read_dir(folder.0.join("heard")).unwrap().count(), 1);
    let samples: Vec<i16> = hound::WavReader::open(path).unwrap().samples().map(Result::unwrap).collect();
    assert_eq!(samples.len() as u64, 80 * bench.released()[1].blocks_heard);
    assert!(samples.len() >= 8000);
    let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    assert!(loudest > 8000, "the box returned the sentence: {loudest}");
}
