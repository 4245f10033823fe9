//! Our ISDN stack against libpri, over a virtual span: each test runs with libpri as network and as user.
//!
//! The rig: none. Program libpri-peer must be built (`cargo build -p libpri-peer`). Except where a test provokes it, neither
//! end may find fault with what the other sends: our counters stay zero, and libpri, which prints every complaint, says nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, reason = "test code")]

/// Runs each test with libpri as network and as user.
macro_rules! with_libpri_on_either_side {
    ($($name:ident)*) => {
        mod libpri_is_network {
            $(#[test] fn $name() { super::$name(super::Side::Network); })*
        }
        mod libpri_is_user {
            $(#[test] fn $name() { super::$name(super::Side::User); })*
        }
    };
}

mod hold;
mod near_end;
mod nfas;
mod switch_types;
mod user_user;

use std::path::PathBuf;

use hw_tests::audio::Audio;
use hw_tests::libpri::{Attach, Libpri, Side};
use hw_tests::scratch::Scratch;
use isdn::{CallingNumber, CauseValue, Config, Event, Framing, Number, Presentation, Screening, Setup};
use near_end::NearEnd;
use serde_json::json;

/// Both ends with the link up. Dropped in this order.
struct Rig {
    near: NearEnd,
    libpri: Libpri,
    scratch: Scratch,
    span: PathBuf,
    libpri_side: Side,
}

impl Rig {
    /// The near end owns the clock.
    fn up(libpri_side: Side, options: &[&str]) -> Self {
        Self::with(libpri_side, options, Config::new("near", other(libpri_side), Framing::E1))
    }

    /// The same, with these settings of the near end.
    fn with(libpri_side: Side, options: &[&str], config: Config) -> Self {
        let scratch = Scratch::new("isdn-libpri");
        let span = scratch.join("span");
        let near = NearEnd::start(config, near_end::Attach::Listen(&span));
        let libpri = Libpri::start(&scratch, libpri_side, Attach::Connect(&span), options);
        let mut rig = Self { near, libpri, scratch, span, libpri_side };
        rig.wait_for_link();
        rig
    }

    fn wait_for_link(&mut self) {
        self.near.wait_for_link();
        self.libpri.wait_for_link(true);
    }

    /// No call, no channel in use, and neither end had a complaint.
    #[track_caller]
    fn assert_clean(&self) {
        self.libpri.wait_until_idle();
        let look = self.near.look_when_idle();
        assert_eq!((look.calls, look.channels_in_use), (0, 0), "{look:?}");
        let stats = look.stats;
        let faults = [
            stats.malformed,
            stats.wrong_reference,
            stats.unknown_messages,
            stats.unexpected_messages,
            stats.elements_missing,
            stats.elements_invalid,
            stats.errors_reported,
            stats.messages_not_sent,
            stats.misuse,
        ];
        assert_eq!(faults, [0; 9], "{stats:?}");
        let log = self.libpri.log_text();
        let complaints: Vec<&str> = log.lines().filter(|line| line.starts_with("libpri[")).collect();
        assert!(complaints.is_empty(), "libpri complains: {complaints:#?}");
    }
}

fn other(side: Side) -> isdn::Side {
    match side {
        Side::User => isdn::Side::Network,
        Side::Network => isdn::Side::User,
    }
}

fn call_to(digits: &str) -> Setup {
    Setup::speech(Number::new(digits))
}

with_libpri_on_either_side! {
    our_call_is_answered_and_we_clear
    our_call_is_answered_and_libpri_clears
    libpri_calls_and_clears
    libpri_calls_and_we_clear
    our_call_is_refused_with_the_cause_of_the_number
    libpri_call_is_refused_with_our_cause
    ringing_call_is_given_up_by_either_caller
    both_ends_clear_at_once
    twenty_calls_in_a_row_leave_nothing_behind
    thirty_calls_at_once_take_every_channel
    numbers_and_names_cross
    audio_crosses_on_the_agreed_channel
    link_is_polled_and_stays_up
    libpri_killed_and_back_is_linked_again
    libpri_may_own_the_clock
    our_number_in_pieces_is_asked_for_by_libpri
    number_of_libpri_in_pieces_is_asked_for_by_us
    whole_number_is_taken_whole_where_overlap_is_allowed
}

fn our_call_is_answered_and_we_clear(side: Side) {
    let mut rig = Rig::up(side, &[]);
    let call = rig.near.place(call_to("5551001"));
    rig.near.connected(call);
    assert_eq!(rig.libpri.status()["calls"][0]["state"], "connected");
    rig.near.clear(call, CauseValue::NORMAL_CLEARING);
    assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
    assert_eq!(rig.near.passed(call), ["channel ready", "proceeding", "alerting", "connected", "released"]);
    assert_eq!(rig.libpri.wait_until_idle()["counters"]["released"], json!({"16": 1}));
    rig.assert_clean();
}

fn our_call_is_answered_and_libpri_clears(side: Side) {
    let mut rig = Rig::up(side, &["--rule", "5555=clear:20"]);
    let call = rig.near.place(call_to("5555001"));
    assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
    assert_eq!(rig.near.passed(call), ["channel ready", "proceeding", "alerting", "connected", "clearing", "released"]);
    rig.assert_clean();
}

fn libpri_calls_and_clears(side: Side) {
    let mut rig = Rig::up(side, &[]);
    let mut call = rig.libpri.place(json!({"called": "201", "calling": "100", "clear_after_ms": 20}));
    let released = call.until_released();
    assert_eq!((&released["cause"], &released["by"]), (&json!(16), &json!("us")));
    assert_eq!(call.names(), ["placed", "proceeding", "alerting", "connected", "released"]);
    let id = rig.near.wait("Setup", |event| if let Event::Setup { call, .. } = event { Some(*call) } else { None });
    assert_eq!(rig.near.released(id), CauseValue::NORMAL_CLEARING);
    assert_eq!(rig.near.passed(id), ["setup", "channel ready", "established", "clearing", "released"]);
    rig.assert_clean();
}

fn libpri_calls_and_we_clear(side: Side) {
    let rig = Rig::up(side, &[]);
    let mut call = rig.libpri.place(json!({"called": "205"}));
    let released = call.until_released();
    assert_eq!((&released["cause"], &released["by"]), (&json!(16), &json!("peer")));
    assert_eq!(call.names(), ["placed", "proceeding", "alerting", "connected", "clearing", "released"]);
    rig.assert_clean();
}

fn our_call_is_refused_with_the_cause_of_the_number(side: Side) {
    let mut rig = Rig::up(side, &["--rule", "5559=refuse:21"]);
    for (called, cause) in [("5552001", 17), ("5553001", 1), ("5556001", 34), ("5559001", 21)] {
        let call = rig.near.place(call_to(called));
        assert_eq!(rig.near.released(call), CauseValue(cause), "{called}");
        assert!(!rig.near.passed(call).contains(&"connected"), "{called}");
    }
    rig.assert_clean();
}

fn libpri_call_is_refused_with_our_cause(side: Side) {
    let rig = Rig::up(side, &[]);
    for (called, cause) in [("202", 17), ("203", 1), ("999", 1)] {
        let released = rig.libpri.place(json!({"called": called})).until_released();
        assert_eq!((&released["cause"], &released["by"]), (&json!(cause), &json!("peer")), "{called}");
    }
    rig.assert_clean();
}

fn ringing_call_is_given_up_by_either_caller(side: Side) {
    let mut rig = Rig::up(side, &[]);
    let ours = rig.near.place(call_to("5554001"));
    rig.near.wait("Alerting", |event| matches!(event, Event::Alerting { .. }).then_some(()));
    rig.near.clear(ours, CauseValue::NORMAL_CLEARING);
    assert_eq!(rig.near.released(ours), CauseValue::NORMAL_CLEARING);

    let mut theirs = rig.libpri.place(json!({"called": "204"}));
    theirs.wait_for("alerting");
    theirs.hang_up(16);
    assert_eq!(theirs.until_released()["by"], "us");
    rig.assert_clean();
}

/// Both say DISCONNECT before either hears the other's (Q.931 5.3.5: clear collision).
fn both_ends_clear_at_once(side: Side) {
    let mut rig = Rig::up(side, &[]);
    for _ in 0..10 {
        let mut theirs = rig.libpri.place(json!({"called": "201"}));
        theirs.wait_for("connected");
        let ours = rig.near.wait("Established", |event| if let Event::Established { call } = event { Some(*call) } else { None });
        rig.near.clear(ours, CauseValue::NORMAL_CLEARING);
        theirs.hang_up(16);
        assert_eq!(rig.near.released(ours), CauseValue::NORMAL_CLEARING);
        rig.libpri.wait_until_idle();
    }
    // A DISCONNECT may cross the RELEASE of the other end: no fault of either.
    let look = rig.near.look_when_idle();
    assert_eq!((look.calls, look.channels_in_use, look.stats.malformed), (0, 0, 0), "{look:?}");
}

fn twenty_calls_in_a_row_leave_nothing_behind(side: Side) {
    let mut rig = Rig::up(side, &["--answer-after-ms", "0"]);
    for turn in 0..20 {
        if turn % 2 == 0 {
            let call = rig.near.place(call_to("5551001"));
            rig.near.connected(call);
            rig.near.clear(call, CauseValue::NORMAL_CLEARING);
            assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING, "call {turn}");
        } else {
            let released = rig.libpri.place(json!({"called": "201", "clear_after_ms": 1})).until_released();
            assert_eq!(released["cause"], 16, "call {turn}");
        }
    }
    let status = rig.libpri.wait_until_idle();
    assert_eq!(status["counters"]["released"], json!({"16": 20}), "{status}");
    rig.assert_clean();
}

fn thirty_calls_at_once_take_every_channel(side: Side) {
    let mut rig = Rig::up(side, &["--answer-after-ms", "0"]);
    // From both ends, so that hunting meets in the middle.
    let ours: Vec<_> = (0..15).map(|_| rig.near.place(call_to("5551001"))).collect();
    for call in &ours {
        rig.near.connected(*call);
    }
    let mut theirs: Vec<_> = (0..15).map(|_| rig.libpri.place(json!({"called": "201"}))).collect();
    for call in &mut theirs {
        call.wait_for("connected");
    }
    assert_eq!(rig.near.look().channels_in_use, 30);
    assert_eq!(rig.libpri.status()["channels_in_use"], 30);
    for call in ours {
        rig.near.clear(call, CauseValue::NORMAL_CLEARING);
    }
    for call in &mut theirs {
        call.hang_up(16);
        call.until_released();
    }
    rig.assert_clean();
}

fn numbers_and_names_cross(side: Side) {
    let mut rig = Rig::up(side, &[]);
    let mut watch = rig.libpri.watch();
    let number = CallingNumber {
        number: Number::new("5550001"),
        presentation: Presentation::Restricted,
        screening: Screening::NotScreened,
    };
    let ours = rig.near.place(Setup { calling: Some(number), display: Some("Ada".into()), ..call_to("5552001") });
    let seen = watch.wait_for("incoming");
    assert_eq!((&seen["called"], &seen["calling"], &seen["withheld"]), (&json!("5552001"), &json!("5550001"), &json!(true)));
    assert_eq!(seen["name"], "Ada");
    rig.near.released(ours);

    rig.libpri.place(json!({"called": "202", "calling": "5550002", "name": "Grace", "withheld": true})).until_released();
    let setup = rig.near.wait("Setup", |event| if let Event::Setup { setup, .. } = event { Some(setup.clone()) } else { None });
    let calling = setup.calling.unwrap();
    assert_eq!((setup.called.digits.as_str(), calling.number.digits.as_str()), ("202", "5550002"));
    assert_eq!(calling.presentation, Presentation::Restricted);
    assert!(setup.sending_complete);
    rig.assert_clean();
}

/// libpri says noise; the near end sends back what it hears; libpri keeps it. Both placed the call once.
fn audio_crosses_on_the_agreed_channel(side: Side) {
    let scratch = Scratch::new("isdn-libpri-audio");
    let (said, heard, called) = (scratch.join("said.wav"), scratch.join("heard.wav"), scratch.subdirectory("called"));
    let noise: Vec<i16> = (0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 18) as i16 - 8192).collect();
    Audio::from_i16(&noise).save(&said);
    let options = ["--play", said.to_str().unwrap(), "--record-dir", called.to_str().unwrap()];
    let mut rig = Rig::up(side, &options);
    rig.libpri.place(json!({"called": "201", "play": said, "record": heard, "clear_after_ms": 300})).until_released();
    assert_holds(&Audio::load(&heard), &Audio::load(&said));

    let ours = rig.near.place(call_to("5551001"));
    rig.near.connected(ours);
    std::thread::sleep(std::time::Duration::from_millis(300));
    rig.near.clear(ours, CauseValue::NORMAL_CLEARING);
    rig.near.released(ours);
    rig.libpri.wait_until_idle();
    assert_holds(&Audio::load(&called.join("call-2.wav")), &Audio::load(&said));
    rig.assert_clean();
}

/// The clip went through A-law once, so a sample is off by at most 1/32 of it; nothing may be missing.
#[track_caller]
fn assert_holds(heard: &Audio, said: &Audio) {
    let close = |h: f32, s: f32| (h - s).abs() <= s.abs() / 32.0 + 0.001;
    let found = heard.samples.windows(said.samples.len()).any(|w| w.iter().zip(&said.samples).all(|(h, s)| close(*h, *s)));
    assert!(found, "the clip is not in the {} samples heard", heard.samples.len());
}

/// With a short T203 libpri polls (RR, P=1) all the time.
fn link_is_polled_and_stays_up(side: Side) {
    let mut rig = Rig::up(side, &["--timer", "T203=100"]);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let polls = rig.near.ladder().iter().filter(|line| line.contains("libpri > near  RR") && line.contains("p/f=1")).count();
    assert!(polls >= 5, "{polls} polls");
    assert_eq!(rig.libpri.status()["link_up"], true);
    let call = rig.near.place(call_to("5553001"));
    assert_eq!(rig.near.released(call), CauseValue(1));
    rig.assert_clean();
}

fn libpri_killed_and_back_is_linked_again(side: Side) {
    let mut rig = Rig::up(side, &[]);
    rig.libpri.kill();
    rig.near.wait("LinkDown", |event| (*event == Event::LinkDown).then_some(()));
    rig.libpri = Libpri::start(&rig.scratch, rig.libpri_side, Attach::Connect(&rig.span), &[]);
    rig.wait_for_link();
    let call = rig.near.place(call_to("5552001"));
    assert_eq!(rig.near.released(call), CauseValue::USER_BUSY);
    rig.assert_clean();
}

/// The side of the interface and the end of the span are independent.
fn libpri_may_own_the_clock(side: Side) {
    let scratch = Scratch::new("isdn-libpri");
    let span = scratch.join("span");
    let libpri = Libpri::start(&scratch, side, Attach::Listen(&span), &[]);
    let near = NearEnd::start(Config::new("near", other(side), Framing::E1), near_end::Attach::Connect(&span));
    let mut rig = Rig { near, libpri, scratch, span, libpri_side: side };
    rig.wait_for_link();
    let call = rig.near.place(call_to("5551001"));
    rig.near.connected(call);
    rig.near.clear(call, CauseValue::NORMAL_CLEARING);
    rig.near.released(call);
    assert_eq!(rig.libpri.place(json!({"called": "205"})).until_released()["cause"], 16);
    rig.assert_clean();
}

/// A number of which only this is known at first.
fn begun(digits: &str) -> Setup {
    Setup { sending_complete: false, ..call_to(digits) }
}

fn our_number_in_pieces_is_asked_for_by_libpri(side: Side) {
    let mut rig = Rig::up(side, &["--overlap"]);
    let call = rig.near.place(begun("55"));
    rig.near.wait("NeedDigits", |event| matches!(event, Event::NeedDigits { call: of, .. } if *of == call).then_some(()));
    rig.near.dial(call, "5", false);
    rig.near.dial(call, "100", false);
    rig.near.dial(call, "1", false);
    rig.near.connected(call);
    rig.near.clear(call, CauseValue::NORMAL_CLEARING);
    assert_eq!(rig.near.released(call), CauseValue::NORMAL_CLEARING);
    let passed = ["channel ready", "need digits", "proceeding", "alerting", "connected", "released"];
    assert_eq!(rig.near.passed(call), passed);
    rig.assert_clean();
}

fn number_of_libpri_in_pieces_is_asked_for_by_us(side: Side) {
    let rig = Rig::up(side, &["--overlap"]);
    let mut call = rig.libpri.place(json!({"called": "201", "first_digits": 1}));
    call.wait_for("connected");
    let pieces = rig.near.ladder().iter().filter(|line| line.contains("INFORMATION") && line.contains("libpri >")).count();
    assert_eq!(pieces, 2, "{:#?}", rig.near.ladder());
    call.hang_up(16);
    call.until_released();
    rig.assert_clean();
}

fn whole_number_is_taken_whole_where_overlap_is_allowed(side: Side) {
    let mut rig = Rig::up(side, &["--overlap"]);
    let call = rig.near.place(call_to("5551001"));
    rig.near.connected(call);
    rig.near.clear(call, CauseValue::NORMAL_CLEARING);
    rig.near.released(call);
    assert_eq!(rig.near.passed(call), ["channel ready", "proceeding", "alerting", "connected", "released"]);
    rig.assert_clean();
}
