//! The command line and the control API over real spans: detecting, a missing card beside a working span, what comes later, a span
//! number from junctor-spans, configuring one anew.

use crate::far_end::{FarEnd, Span};
use crate::scene::{SOON, Scene, Trunk};
use hw_tests::Transport;
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::ports::free_port;
use hw_tests::process::{Process, our_program};
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Run, Scenario, Sipp};
use model::api::{MaintenanceMode, SpanState};
use model::settings;
use serde_json::json;
use std::process::Command;
use std::time::{Duration, Instant};

/// A card that is not there.
const MISSING: &str = "back_end = { dahdi = { hardware = \"1TE435F/1\" } }";
/// A second pair's end.
const OTHER: &str = "framing = \"e1\"\nback_end = { dahdi = { dynamic = { driver = \"loc\", address = \"1:0\" } } }";

/// Our end of the pair that libpri is on.
const OURS: &str = "framing = \"e1\"\nback_end = { dahdi = { dynamic = { driver = \"loc\", address = \"0:0\" } } }";

/// The box as the user of an E1, with one SIP peer at the port, and what else the test wants.
#[track_caller]
fn start(scratch: &Scratch, more: impl FnOnce(Setup) -> Setup) -> (Scene, u16) {
    let port = free_port();
    let setup = more(Trunk::E1_USER.setup().peer("sipp", Transport::Udp, port));
    (Scene::start(scratch, Trunk::E1_USER, &setup, &[]), port)
}

#[test]
fn missing_card_says_so_and_the_other_span_carries_calls() {
    let scratch = Scratch::new("missing-card");
    let (scene, port) = start(&scratch, |setup| setup.span_of("card", MISSING));
    let card = scene.gateway.ask(async |client| client.span("card").await);
    let SpanState::Missing { why } = &card.state else { panic!("{:?}", card.state) };
    assert!(why.contains("1TE435F/1"), "{why}");
    let run = Run::new(Scenario::UacCall).port(port).to("5551001", scene.gateway.address());
    Sipp::start(&scratch, &run).finish().expect_success();
    scene.gateway.wait_until_idle(SOON);
}

#[track_caller]
fn run(program: &str, argument: &str) {
    let status = Command::new(program).arg(argument).status().unwrap();
    assert!(status.success(), "{program} {argument}: {status}");
}

#[test]
fn span_whose_driver_comes_later_is_taken_into_use_by_itself() {
    let scratch = Scratch::new("driver-later");
    run("rmmod", "dahdi_dynamic_loc");
    let gateway = JunctorBox::start_without_waiting(&scratch, &Trunk::E1_USER.setup());
    let before = gateway.ask(async |client| client.span("pstn").await);
    run("modprobe", "dahdi_dynamic_loc");
    let (SpanState::Missing { .. } | SpanState::Failed { .. }) = before.state else { panic!("{before:?}") };
    let end = Instant::now() + SOON;
    while gateway.ask(async |client| client.span("pstn").await).state != SpanState::Running {
        assert!(Instant::now() < end, "{}", gateway.log_tail());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// `auto_assign_spans=0`: the kernel gives a new span no number, and only root may.
#[test]
fn span_without_a_number_is_given_one_by_junctor_spans() {
    let scratch = Scratch::new("no-number");
    let far = FarEnd::start(&scratch, &[Span::e1_isdn(0, 1)]);
    let libpri = Trunk::E1_USER.libpri(&scratch, &far, &[]);
    let helper = ["--listen", model::root_request::SOCKET];
    let mut helper = Process::start(&our_program("junctor-spans", "spans"), helper, scratch.join("junctor-spans.log"));
    helper.wait_for_line("junctor-spans ready", SOON);
    let parameter = "/sys/module/dahdi/parameters/auto_assign_spans";
    std::fs::write(parameter, "0").unwrap();
    let gateway = JunctorBox::start_without_waiting(&scratch, &Trunk::E1_USER.setup());
    let state = gateway.ask(async |client| client.span("pstn").await).state;
    std::fs::write(parameter, "1").unwrap();
    assert_eq!(state, SpanState::Running, "{}", gateway.log_tail());
    assert!(helper.log_text().contains("AutoAssign"), "it was not asked:\n{}", helper.log_text());
    gateway.wait_for_span("pstn", true, SOON);
    libpri.wait_for_link(true);
}

#[test]
fn detect_lists_the_span_and_whose_it_is() {
    let scratch = Scratch::new("detect");
    let (scene, _) = start(&scratch, |setup| setup);
    let hardware = scene.gateway.ask(async |client| client.hardware().await);
    let ours: Vec<_> = hardware.iter().filter(|port| port.in_use_by.as_deref() == Some("pstn")).collect();
    assert!(hardware.len() == 2 && ours.len() == 1, "{hardware:#?}");
    assert!(ours[0].channels == 31 && ours[0].alarms.is_clear() && ours[0].suggestion.contains("0:0"), "{ours:#?}");
    let control = scene.gateway.control().to_owned();
    let output = Command::new(our_program("junctor", "cli")).arg("--control").arg(control).args(["span", "detect"]).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(text.lines().any(|line| line.contains("pstn") && line.contains("dynamic")), "{text}");
}

#[test]
fn loop_that_the_driver_has_not_is_refused_in_words() {
    let scratch = Scratch::new("no-loop");
    let (scene, _) = start(&scratch, |setup| setup);
    let refused = scene.gateway.ask(async |client| Ok(client.maintain_span("pstn", MaintenanceMode::LocalLoop).await));
    let words = refused.unwrap_err().to_string();
    assert!(words.contains("pstn") && words.contains("driver"), "{words}");
}

#[test]
fn span_configured_anew_leaves_the_other_spans_call_alone() {
    let scratch = Scratch::new("configure-anew");
    let _other_end = FarEnd::start(&scratch, &[Span::e1_isdn(1, 1)]);
    let (scene, port) = start(&scratch, |setup| setup.span_of("other", OTHER));
    let callee = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer).port(port));
    let mut call = scene.libpri.place(json!({"called": "1001"}));
    call.wait_for("connected");
    let text = format!("[[span]]\nname = \"other\"\nhunting = \"descending\"\n{OTHER}\n");
    let new = settings::read_span(&text).span.unwrap();
    let shown = scene.gateway.ask(async |client| client.configure_span("other", &new).await);
    assert_eq!(shown.state, SpanState::Running, "{shown:?}");
    assert_eq!(scene.gateway.status().calls.len(), 1);
    call.hang_up(16);
    assert_eq!(call.until_released()["cause"], 16);
    callee.finish().expect_success();
    scene.gateway.wait_until_idle(SOON);
}

#[test]
fn span_configured_anew_ends_its_own_call_and_comes_up_again() {
    let scratch = Scratch::new("configure-own");
    let (scene, port) = start(&scratch, |setup| setup);
    let callee = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer).port(port));
    let mut call = scene.libpri.place(json!({"called": "1001"}));
    call.wait_for("connected");
    let new = settings::read_span(&format!("[[span]]\nname = \"pstn\"\n{OURS}\n")).span.unwrap();
    let shown = scene.gateway.ask(async |client| client.configure_span("pstn", &new).await);
    assert_eq!(shown.state, SpanState::Running, "{shown:?}");
    callee.finish().expect_success();
    call.until_released();
    let record = scene.gateway.record();
    assert!(record.cause == 41 && record.reason.contains("configured anew"), "{record:#?}");
    scene.gateway.wait_for_span("pstn", true, SOON);
    let run = Run::new(Scenario::UacCall).port(port).to("5551001", scene.gateway.address());
    Sipp::start(&scratch, &run).finish().expect_success();
    scene.gateway.wait_until_idle(SOON);
}
