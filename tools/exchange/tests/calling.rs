//! The exchange calls the box.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod far_box;
use exchange::control::CallRequest;
use exchange::report::By;
use exchange::{Error, Report, Settings};
use far_box::{Answer, Audio, Bench, Folder};
use isdn::{CauseValue, Event, Presentation};
use tdm::SpanInfo;

fn to(called: &str) -> CallRequest {
    CallRequest { called: called.to_owned(), clear_after_ms: Some(3000), ..CallRequest::default() }
}

#[test]
fn box_answers_ladder_is_complete_and_delays_are_told() {
    let mut bench = Bench::new();
    let call = bench
        .exchange
        .call(&CallRequest { calling: Some("5551234".to_owned()), name: Some("Ann".to_owned()), ..to("100") })
        .unwrap();
    bench.run_until(|bench| !bench.released().is_empty());
    assert_eq!(bench.names(), ["placed", "proceeding", "alerting", "connected", "released"]);
    let released = bench.released().remove(0);
    assert_eq!((released.call, released.cause, released.by), (call, 16, By::Us));
    assert!((3000..3100).contains(&released.connected_ms.unwrap()));
    let setup = bench
        .far
        .events
        .iter()
        .find_map(|event| if let Event::Setup { setup, .. } = event { Some(setup.clone()) } else { None })
        .unwrap();
    assert_eq!((setup.called.digits.as_str(), setup.display.as_deref()), ("100", Some("Ann")));
    let calling = setup.calling.unwrap();
    assert_eq!((calling.number.digits.as_str(), calling.presentation), ("5551234", Presentation::Allowed));
    let delays = bench.reports.iter().find_map(|report| match report {
        Report::Connected { setup_ms, post_dial_delay_ms, .. } => Some((*setup_ms, *post_dial_delay_ms)),
        _ => None,
    });
    let (setup_ms, post_dial_delay_ms) = delays.unwrap();
    assert!(post_dial_delay_ms >= 10.0 && post_dial_delay_ms <= setup_ms && setup_ms <= 100.0, "{delays:?}");
}

#[test]
fn box_answers_without_ringing_post_dial_delay_ends_with_connect() {
    let mut bench = Bench::new();
    bench.far.answer = Answer::ConnectAtOnce;
    bench.exchange.call(&to("100")).unwrap();
    bench.run_until(|bench| bench.names().contains(&"connected".to_owned()));
    let Some(Report::Connected { setup_ms, post_dial_delay_ms, .. }) = bench.reports.last() else {
        panic!("{:?}", bench.reports)
    };
    assert_eq!(setup_ms, post_dial_delay_ms);
}

#[test]
fn withheld_number_is_sent_restricted() {
    let mut bench = Bench::new();
    bench.exchange.call(&CallRequest { withheld: true, ..to("100") }).unwrap();
    bench.run_until(|bench| bench.names().contains(&"connected".to_owned()));
    let restricted = |event: &Event| matches!(event, Event::Setup { setup, .. } if setup.calling.as_ref().unwrap().presentation == Presentation::Restricted);
    assert!(bench.far.events.iter().any(restricted));
}

#[test]
fn box_refuses_cause_is_told() {
    let mut bench = Bench::new();
    bench.far.answer = Answer::Refuse(CauseValue::USER_BUSY);
    bench.exchange.call(&to("100")).unwrap();
    bench.run_until(|bench| !bench.released().is_empty());
    let released = bench.released().remove(0);
    assert_eq!((released.cause, released.cause_name, released.by, released.connected_ms), (17, "user busy", By::Peer, None));
}

#[test]
fn nobody_answers_exchange_gives_up() {
    let mut bench = Bench::new();
    bench.far.answer = Answer::Ring;
    bench.exchange.call(&CallRequest { give_up_after_ms: Some(2000), ..to("100") }).unwrap();
    bench.run_until(|bench| !bench.released().is_empty());
    let released = bench.released().remove(0);
    assert_eq!((released.cause, released.by, released.connected_ms), (16, By::Us, None));
    assert!((2000..2100).contains(&released.at_ms), "{}", released.at_ms);
}

#[test]
fn hang_up_clears_with_the_cause_given_and_unknown_calls_are_told_apart() {
    let mut bench = Bench::new();
    let call = bench.exchange.call(&to("100")).unwrap();
    bench.run_until(|bench| bench.names().contains(&"connected".to_owned()));
    assert!(bench.exchange.hang_up(call, CauseValue(31)).unwrap());
    bench.run_until(|bench| !bench.released().is_empty() && bench.cause_heard().is_some());
    assert_eq!(bench.cause_heard(), Some(31));
    assert!(!bench.exchange.hang_up(call, CauseValue(16)).unwrap());
}

#[test]
fn what_is_played_comes_back_in_the_recording() {
    let folder = Folder::new("play");
    let (play, record) = (folder.0.join("play.wav"), folder.0.join("record.wav"));
    let spec = hound::WavSpec { channels: 1, sample_rate: 8000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(&play, spec).unwrap();
    // Values that A-law keeps exactly, in an order that does not repeat.
    let samples: Vec<i16> =
        (0..8000_u32).map(|at| media::g711::decode(media::Law::A, (at.wrapping_mul(2_654_435_761) >> 13) as u8)).collect();
    samples.iter().for_each(|sample| wav.write_sample(*sample).unwrap());
    wav.finalize().unwrap();
    let mut bench = Bench::new();
    bench.exchange.call(&CallRequest { play: Some(play), record: Some(record.clone()), ..to("100") }).unwrap();
    bench.run_until(|bench| !bench.released().is_empty());
    assert_eq!(bench.released()[0].record.as_deref(), Some(record.as_path()));
    let heard: Vec<i16> = hound::WavReader::open(&record).unwrap().samples().map(Result::unwrap).collect();
    assert!(heard.windows(8000).any(|window| window == samples), "every sample came back, in one piece");
}

#[test]
fn probe_knows_its_own_echo() {
    let mut bench = Bench::new();
    bench.exchange.call(&CallRequest { probe: true, ..to("100") }).unwrap();
    bench.run_until(|bench| !bench.released().is_empty());
    let probe = bench.released()[0].probe.unwrap();
    assert!(probe.verified && probe.agreement > 0.95, "{probe:?}");
    assert!((10..=100).contains(&probe.delay_ms), "{probe:?}");
}

#[test]
fn probe_finds_nothing_in_silence_or_on_crossed_lines() {
    for audio in [Audio::Silence, Audio::Crossed] {
        let mut bench = Bench::new();
        bench.far.audio = audio;
        for called in ["100", "101", "102"] {
            bench.exchange.call(&CallRequest { probe: true, ..to(called) }).unwrap();
        }
        bench.run_until(|bench| bench.released().len() == 3);
        for released in bench.released() {
            let probe = released.probe.unwrap();
            assert!(!probe.verified && probe.agreement < 0.6, "{audio:?}: {probe:?}");
        }
    }
}

#[test]
fn thirty_calls_at_once_each_with_its_own_audio_and_the_next_finds_no_channel() {
    let mut bench = Bench::new();
    for _ in 0..30 {
        bench.exchange.call(&CallRequest { probe: true, ..to("100") }).unwrap();
    }
    assert!(matches!(bench.exchange.call(&to("100")), Err(Error::Refused(CauseValue(34)))));
    bench.run_until(|bench| bench.released().len() == 30);
    for released in bench.released() {
        assert!(released.probe.unwrap().verified, "{released:?}");
        assert_eq!(released.underruns, 0);
    }
    let status = bench.exchange.status();
    assert_eq!((status.channels_in_use, status.totals.connected, status.totals.refused), (0, 30, 1));
    assert_eq!(status.totals.released.get(&16), Some(&30));
}

#[test]
fn t1_works_alike() {
    let mut bench = Bench::on(SpanInfo::t1("t1"), Settings::default());
    bench.exchange.call(&CallRequest { probe: true, ..to("100") }).unwrap();
    bench.run_until(|bench| !bench.released().is_empty());
    assert!(bench.released()[0].probe.unwrap().verified);
    assert_eq!(bench.released()[0].channel, Some(23));
}

#[test]
fn calls_that_cannot_be_placed_are_refused_without_a_trace() {
    let mut bench = Bench::new();
    let both = CallRequest { probe: true, echo: true, ..to("100") };
    assert!(matches!(bench.exchange.call(&both), Err(Error::Answer(_))));
    let missing = CallRequest { play: Some("/nonexistent.wav".into()), ..to("100") };
    let error = bench.exchange.call(&missing).unwrap_err().to_string();
    assert!(error.starts_with("/nonexistent.wav: "), "{error}");
    assert!(!bench.exchange.has_calls());
}

#[test]
fn line_fails_within_a_call_and_comes_back() {
    let mut bench = Bench::new();
    bench.exchange.call(&CallRequest { clear_after_ms: None, ..to("100") }).unwrap();
    bench.run_until(|bench| bench.names().contains(&"connected".to_owned()));
    bench.exchange.alarm(true).unwrap();
    bench.run_until(|bench| !bench.exchange.link_up());
    assert_eq!(bench.exchange.status().alarms, "YELLOW");
    assert!(matches!(bench.exchange.call(&to("100")), Err(Error::Refused(CauseValue(27)))));
    bench.exchange.alarm(false).unwrap();
    bench.run_until(|bench| bench.exchange.link_up() && bench.far.interface.link_up());
    assert_eq!(bench.exchange.status().alarms, "none");
    bench.run_for(1000);
    bench.exchange.hang_up_all().unwrap();
    bench.run_until(|bench| !bench.exchange.has_calls());
    bench.run_for(1000);
    assert_eq!(bench.exchange.status().channels_in_use, 0);
}

#[test]
fn trace_shows_frames_in_words_both_ways() {
    let mut bench = Bench::new();
    bench.exchange.trace(true);
    bench.exchange.call(&to("100")).unwrap();
    bench.run_until(|bench| bench.names().contains(&"connected".to_owned()));
    let shows = |sent: bool, what: &str| {
        bench.reports.iter().any(|report| matches!(report, Report::Frame { sent: s, text } if *s == sent && text.contains(what)))
    };
    assert!(shows(true, "SETUP") && shows(true, "called=100") && shows(false, "ALERTING") && shows(false, "CONNECT"));
    assert!(!shows(false, "SETUP"));
}
