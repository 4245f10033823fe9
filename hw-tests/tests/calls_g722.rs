//! Calls of a SIP phone that nobody here wrote and that speaks G.722, with the exchange's ISDN and with another such phone.
#![allow(clippy::unwrap_used, reason = "tests")]

use dsp::g722::{self, AudioRate};
use hw_tests::Transport;
use hw_tests::audio::Audio;
use hw_tests::baresip::{Baresip, Options};
use hw_tests::correlation::windowed;
use hw_tests::far_end::{FarEnd, Kind};
use hw_tests::g711::{Encoder, Law, decode};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::scratch::Scratch;
use hw_tests::speech::{expect_heard, river, town};
use std::path::Path;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
/// Longer than either speech file.
const SPEECH: Duration = Duration::from_secs(7);
const G722: &str = "codecs = [\"g722\", \"pcma\"]";

/// As [`expect_heard`]: the one of these that is most like what was said.
#[track_caller]
fn expect_heard_of(said: &Path, heard: &[Audio], how: &str) {
    let likeness = |heard: &Audio| windowed(&Audio::load(said), heard).map_or(0.0, |found| found.median_r);
    let best = heard.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap();
    println!("figure: {} {how} = {:?}", said.file_stem().unwrap().display(), windowed(&Audio::load(said), best));
    expect_heard(said, best);
}

/// What is left of a speech that goes from a line to G.722 by our encoder and from there by a decoder of 16 kHz, with no network between. The
/// filter of the decoder delays by a quarter of a line's sample, which no alignment here finds: that, not noise, is what r shows.
#[test]
fn speech_through_the_codec_alone_is_as_alike_as_through_a_call() {
    let line = Encoder::new(Law::A);
    let said: Vec<i16> = Audio::load(&town()).to_i16().iter().map(|sample| decode(Law::A, line.encode(*sample))).collect();
    let said = &said[..said.len() / 8 * 8];
    let mut octets = vec![0; said.len()];
    g722::Encoder::new(AudioRate::Narrow).unwrap().encode(said, &mut octets).unwrap();
    let mut wide = vec![0; 2 * octets.len()];
    g722::Decoder::new(AudioRate::Wide).unwrap().decode(&octets, &mut wide).unwrap();
    expect_heard_of(&town(), &Audio::of_wide(&wide), "from the line to G.722, without a call");
}

#[test]
fn phone_with_g722_calls_isdn_and_speech_arrives_both_ways() {
    let scratch = Scratch::new("g722-to-isdn");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let phone = Baresip::start(&scratch, Options::speaking("1001", &river()).wide());
    // Both speak at once, and what an echo canceller does to the line meanwhile is not this test's: with G.711 it costs as much.
    let setup = Setup::new(&far).keeps_echo().peer("phone", Transport::Udp, phone.port()).peer_line(G722);
    let gateway = JunctorBox::start(&scratch, &setup);
    phone.dial(&gateway.uri("5551001", Transport::Udp));
    phone.wait_for("CALL_ESTABLISHED", SOON);
    std::thread::sleep(SPEECH);
    phone.hang_up();
    phone.wait_for("CALL_CLOSED", SOON);
    assert!(phone.log().lines().any(|line| line.trim_end().ends_with("RTP/AVP 9")), "{}", phone.log());
    expect_heard_of(&town(), &phone.heard_wide(), "from the line to G.722");
    expect_heard_of(&river(), &[far.heard().last().unwrap().clone()], "from G.722 to the line");
    let record = gateway.record();
    let quality = record.quality.unwrap();
    assert!(quality.packets_sent > 300 && quality.packets_received > 300 && quality.lost == 0, "{quality:?}");
    let seconds = gateway.ask(async |client| client.call_quality(record.id).await);
    assert!(seconds.iter().any(|second| second.level_dbm0.is_some_and(|level| level > -40.0)), "{seconds:?}");
}

#[test]
fn phones_with_g722_call_each_other_and_speech_arrives_both_ways() {
    let scratch = Scratch::new("g722-to-g722");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let caller = Baresip::start(&scratch, Options::speaking("1001", &river()).wide());
    let callee = Baresip::start(&scratch, Options::speaking("1011", &town()).wide().auto_answer());
    let setup = Setup::new(&far).peer("caller", Transport::Udp, caller.port()).peer_line(G722);
    let setup = setup.peer("callee", Transport::Udp, callee.port()).peer_line(G722).route("caller", "101", "callee");
    let gateway = JunctorBox::start(&scratch, &setup);
    caller.dial(&gateway.uri("1011", Transport::Udp));
    caller.wait_for("CALL_ESTABLISHED", SOON);
    std::thread::sleep(SPEECH);
    caller.hang_up();
    caller.wait_for("CALL_CLOSED", SOON);
    callee.wait_for("CALL_CLOSED", SOON);
    expect_heard_of(&town(), &caller.heard_wide(), "from G.722 to G.722");
    expect_heard_of(&river(), &callee.heard_wide(), "from G.722 to G.722");
    let id = gateway.record().id;
    let seconds = gateway.ask(async |client| client.call_quality(id).await);
    assert!(!seconds.is_empty() && seconds.iter().all(|second| second.level_dbm0.is_none()), "{seconds:?}");
}
