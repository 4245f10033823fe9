//! Calls between the exchange's ISDN and a SIP phone that nobody here wrote, through the box, both ways.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::Transport;
use hw_tests::audio::Audio;
use hw_tests::baresip::{Baresip, Options};
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::scratch::Scratch;
use hw_tests::speech::{MOST_REPAIRED, expect_heard, river, town};
use model::api::Party;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
/// Longer than either speech file.
const SPEECH: Duration = Duration::from_secs(7);

/// The exchange that says "town", a phone that says "river", and the box between them. Dropped in this order.
struct Scene {
    gateway: JunctorBox,
    phone: Baresip,
    far: FarEnd,
    scratch: Scratch,
}

impl Scene {
    fn new(name: &str, phone: Options) -> Self {
        Self::with(name, phone, |setup| setup)
    }

    fn with(name: &str, phone: Options, change: impl FnOnce(Setup) -> Setup) -> Self {
        let transport = phone.transport_used();
        let scratch = Scratch::new(name);
        let far = FarEnd::start(&scratch, Kind::Exchange, &town());
        let phone = Baresip::start(&scratch, phone);
        let setup = change(Setup::new(&far).peer("phone", transport, phone.port()));
        let gateway = JunctorBox::start(&scratch, &setup);
        Self { gateway, phone, far, scratch }
    }

    /// The phone calls a number of the exchange.
    fn dial(&self, number: &str, transport: Transport) {
        self.phone.dial(&self.gateway.uri(number, transport));
    }
}

/// baresip takes calls for its own user name only, so its name is the number that is called.
fn phone() -> Options {
    Options::speaking("1001", &river())
}

fn isdn_calls_phone(transport: Transport) {
    let scene = Scene::new("isdn-to-phone", phone().transport(transport).auto_answer());
    let heard = scene.scratch.join("heard.wav");
    let mut call = scene.far.call(&Placed::to("1001").says(&town()).records(&heard).clears_after(SPEECH));
    call.wait_for("connected", SOON);
    scene.phone.wait_for("CALL_ESTABLISHED", SOON);
    assert_eq!(call.cause(SPEECH + SOON), 16);
    scene.phone.wait_for("CALL_CLOSED", SOON);
    expect_heard(&town(), &scene.phone.heard());
    expect_heard(&river(), &Audio::load(&heard));
    let record = scene.gateway.record();
    assert_eq!((record.called.as_str(), record.calling.as_str()), ("1001", "5559000"), "{record:#?}");
    assert_eq!((record.cause, record.ended_by), (16, Party::Caller), "{record:#?}");
    let quality = record.quality.unwrap();
    // baresip runs by the machine's clock: one that is woken late sends late.
    assert!(quality.lost == 0 && quality.late <= MOST_REPAIRED, "{quality:?}");
    assert!(quality.packets_sent > 300 && quality.packets_received > 300, "{quality:?}");
}

#[test]
fn isdn_calls_phone_over_udp_speech_arrives_both_ways() {
    isdn_calls_phone(Transport::Udp);
}

#[test]
fn isdn_calls_phone_over_tcp_speech_arrives_both_ways() {
    isdn_calls_phone(Transport::Tcp);
}

fn phone_calls_isdn(transport: Transport) {
    let scene = Scene::new("phone-to-isdn", phone().transport(transport));
    scene.dial("5551001", transport);
    scene.phone.wait_for("CALL_ESTABLISHED", SOON);
    std::thread::sleep(SPEECH);
    scene.phone.hang_up();
    scene.phone.wait_for("CALL_CLOSED", SOON);
    let record = scene.gateway.record();
    assert_eq!((record.called.as_str(), record.calling.as_str()), ("5551001", "1001"), "{record:#?}");
    assert_eq!((record.cause, record.ended_by), (16, Party::Caller), "{record:#?}");
    expect_heard(&town(), &scene.phone.heard());
    expect_heard(&river(), scene.far.heard().last().unwrap());
}

#[test]
fn phone_calls_isdn_over_udp_speech_arrives_both_ways() {
    phone_calls_isdn(Transport::Udp);
}

#[test]
fn phone_calls_isdn_over_tcp_speech_arrives_both_ways() {
    phone_calls_isdn(Transport::Tcp);
}

#[test]
fn phone_calls_echo_hears_itself() {
    expect_heard(&river(), &back_from_echo(Setup::keeps_echo));
}

/// The exchange sends back all it hears, a block later and as loud: the worst echo that a line can have.
#[test]
fn phone_calls_echo_and_the_box_takes_it_away() {
    let heard = back_from_echo(|setup| setup);
    println!("figure: echo of the line as the phone hears it = {:.1} dBFS", heard.level_dbfs());
    assert!(heard.level_dbfs() < -50.0, "{:.1} dBFS", heard.level_dbfs());
}

/// What the phone hears while it speaks to the exchange's echo.
fn back_from_echo(change: impl FnOnce(Setup) -> Setup) -> Audio {
    let scene = Scene::with("phone-to-echo", phone(), change);
    scene.dial("5557001", Transport::Udp);
    scene.phone.wait_for("CALL_ESTABLISHED", SOON);
    std::thread::sleep(SPEECH);
    scene.phone.hang_up();
    scene.phone.wait_for("CALL_CLOSED", SOON);
    scene.phone.heard()
}

#[test]
fn isdn_calls_phone_that_rings_then_answers_and_clears() {
    let scene = Scene::new("phone-clears", phone());
    let mut call = scene.far.call(&Placed::to("1001"));
    call.wait_for("alerting", SOON);
    scene.phone.answer();
    call.wait_for("connected", SOON);
    scene.phone.hang_up();
    assert_eq!(call.cause(SOON), 16);
    assert_eq!(scene.gateway.record().ended_by, Party::Called);
}

#[test]
fn phone_that_speaks_before_it_answers_is_announced_in_band() {
    let scene = Scene::new("early-media", phone().early_media());
    let mut call = scene.far.call(&Placed::to("1001"));
    scene.phone.wait_for("CALL_RTPESTAB", SOON);
    scene.phone.answer();
    call.wait_for("connected", SOON);
    // The phone hears the caller before it answers; its own sound it sends only then (baresip 1.0). Progress indicator 8 (Q.931 4.5.23) in whatever message came before CONNECT.
    assert!(call.passed().iter().any(|event| event["in_band"] == true), "{:?}\n{}", call.passed(), scene.gateway.ladder(1));
    call.hang_up();
    call.wait_for("released", SOON);
}

#[test]
fn isdn_clears_call_of_phone() {
    let scene = Scene::new("isdn-clears", phone());
    scene.dial("5555001", Transport::Udp);
    scene.phone.wait_for("CALL_ESTABLISHED", SOON);
    scene.phone.wait_for("CALL_CLOSED", SOON);
    let record = scene.gateway.record();
    assert_eq!((record.cause, record.ended_by), (16, Party::Called), "{record:#?}");
}

#[test]
fn isdn_gives_up_while_phone_rings_phone_is_cancelled() {
    let scene = Scene::new("isdn-gives-up", phone());
    let mut call = scene.far.call(&Placed::to("1001"));
    call.wait_for("alerting", SOON);
    call.hang_up();
    call.wait_for("released", SOON);
    scene.phone.wait_for("CALL_CLOSED", SOON);
    assert!(scene.phone.log().contains("CANCEL sip:1001@"), "{}", scene.phone.log());
    let record = scene.gateway.record();
    assert_eq!((record.answered_at, record.ended_by), (None, Party::Caller), "{record:#?}");
}

#[test]
fn phone_gives_up_while_isdn_rings_isdn_is_released() {
    let scene = Scene::new("phone-gives-up", phone());
    scene.dial("5554001", Transport::Udp);
    scene.phone.wait_for("CALL_RINGING", SOON);
    scene.phone.hang_up();
    scene.phone.wait_for("CALL_CLOSED", SOON);
    let record = scene.gateway.record();
    assert_eq!((record.answered_at, record.ended_by), (None, Party::Caller), "{record:#?}");
}

#[test]
fn busy_phone_is_cause_17() {
    let scene = Scene::new("busy-phone", phone());
    let mut call = scene.far.call(&Placed::to("1001"));
    call.wait_for("alerting", SOON);
    scene.phone.hang_up();
    assert_eq!(call.cause(SOON), 17);
    let record = scene.gateway.record();
    assert_eq!((record.cause, record.sip_status), (17, Some(486)), "{record:#?}");
}

/// What the phone is told when it calls a number that does not answer.
fn refusal(number: &str) -> (String, u8) {
    let scene = Scene::new("refused", phone());
    scene.dial(number, Transport::Udp);
    let closed = scene.phone.wait_for("CALL_CLOSED", SOON);
    let record = scene.gateway.record();
    let param = closed["param"].as_str().unwrap();
    (param.split(' ').next().unwrap_or_default().to_owned(), record.cause)
}

#[test]
fn busy_isdn_is_486() {
    assert_eq!(refusal("5552001"), ("486".to_owned(), 17));
}

#[test]
fn number_unallocated_in_isdn_is_404() {
    assert_eq!(refusal("5553001"), ("404".to_owned(), 1));
}

#[test]
fn congested_isdn_is_503() {
    assert_eq!(refusal("5556001"), ("503".to_owned(), 34));
}

#[test]
fn number_without_route_is_404() {
    assert_eq!(refusal("999"), ("404".to_owned(), 1));
}

#[test]
fn number_without_route_is_cause_1() {
    let scene = Scene::new("no-route", phone());
    let mut call = scene.far.call(&Placed::to("999"));
    assert_eq!(call.cause(SOON), 1);
    assert_eq!(scene.gateway.record().ended_by, Party::Box);
}

#[test]
fn phone_that_never_answers_is_cause_19_and_is_cancelled() {
    let scene = Scene::with("no-answer", phone(), |setup| setup.ring_seconds(2));
    let mut call = scene.far.call(&Placed::to("1001"));
    call.wait_for("alerting", SOON);
    assert_eq!(call.cause(SOON), 19);
    scene.phone.wait_for("CALL_CLOSED", SOON);
    assert!(scene.phone.log().contains("CANCEL sip:1001@"), "{}", scene.phone.log());
    assert_eq!(scene.gateway.record().ended_by, Party::Box);
}

#[test]
fn isdn_that_never_answers_is_480() {
    let scene = Scene::with("isdn-no-answer", phone(), |setup| setup.ring_seconds(2));
    scene.dial("5554001", Transport::Udp);
    scene.phone.wait_for("CALL_RINGING", SOON);
    let closed = scene.phone.wait_for("CALL_CLOSED", SOON);
    assert!(closed["param"].as_str().unwrap().starts_with("480"), "{closed}");
    assert_eq!(scene.gateway.record().cause, 19);
}
