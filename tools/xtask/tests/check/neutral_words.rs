//! The controller speaks the neutral words; legs translate.

use crate::fixture::Fixture;

const CONTROLLER: &str = "firmware/core/call/src/controller.rs";

fn controller(test: &str, body: &str) -> Fixture {
    let fixture = Fixture::new(test);
    fixture.write(CONTROLLER, &format!("//! The controller of the fixture.\n{body}\n"));
    fixture
}

#[test]
fn controller_using_a_protocol_is_caught() {
    controller("use_protocol", "use sip::Endpoint;").caught(
        "neutral-words",
        "firmware/core/call/src/controller.rs:2",
        "sip::Endpoint: in call only legs/* names sip",
    );
}

#[test]
fn path_in_an_expression_is_caught() {
    let fixture = controller("path_in_expression", "\nfn f() -> u8 { isdn::CAUSE }");
    fixture.caught("neutral-words", "firmware/core/call/src/controller.rs:3", "isdn::CAUSE");
}

#[test]
fn path_in_a_type_is_caught() {
    let fixture = controller("path_in_type", "struct A(Vec<Option<::isdn::Cause>>);");
    fixture.caught("neutral-words", "firmware/core/call/src/controller.rs:2", "isdn::Cause");
}

#[test]
fn path_inside_a_macro_is_caught() {
    let fixture = controller("path_in_macro", "fn f(x: u8) -> bool {\n matches!(x, (1 | line::HOOK)) }");
    fixture.caught("neutral-words", "firmware/core/call/src/controller.rs:3", "line::HOOK");
}

#[test]
fn grouped_and_renamed_use_is_caught() {
    let fixture = controller("grouped_use", "use {std::fmt, isdn as d};");
    fixture.caught("neutral-words", "firmware/core/call/src/controller.rs:2", "isdn: in call only legs/*");
}

#[test]
fn extern_crate_is_caught() {
    let fixture = controller("extern_crate", "extern crate sip as s;");
    fixture.caught("neutral-words", "firmware/core/call/src/controller.rs:2", "sip: in call only legs/*");
}

#[test]
fn controller_holding_an_offer_passes() {
    let body = "use media::{Codec, Direction, Offer};\nfn f(o: &Offer) -> media::Law { x(media::answer(o, o)) }";
    controller("holds_offer", body).passes();
}

#[test]
fn controller_using_more_of_media_is_caught() {
    let fixture = controller("more_media", "use media::{Offer, Stream};");
    fixture.caught("neutral-words", "firmware/core/call/src/controller.rs:2", "media::Stream: outside legs/* only Offer");
}

#[test]
fn glob_of_media_is_caught() {
    controller("glob_media", "use media::*;").caught("neutral-words", "firmware/core/call/src/controller.rs:2", "media::*");
}

#[test]
fn sdp_text_in_another_leg_is_caught() {
    let fixture = Fixture::new("sdp_isdn_leg");
    fixture.write(
        "firmware/core/call/src/legs/isdn.rs",
        "//! The ISDN leg of the fixture.\nuse isdn::Cause;\nuse media::{Stream, sdp::Session};\n",
    );
    fixture.caught("neutral-words", "firmware/core/call/src/legs/isdn.rs:3", "media::sdp::Session: SDP text is read and written");
}

#[test]
fn legs_naming_their_protocols_pass() {
    let fixture = Fixture::new("legs_pass");
    fixture
        .write("firmware/core/call/src/legs/mod.rs", "//! The legs of the fixture.\nuse isdn::A;\nuse line::B;\nuse sip::C;\n");
    fixture.write(
        "firmware/core/call/src/legs/sip/offer.rs",
        "//! SDP of the SIP leg, read and written.\nuse media::sdp::Session;\n",
    );
    fixture.passes();
}

#[test]
fn own_modules_and_variables_of_the_same_name_pass() {
    let body = "use crate::legs::sip::SipLeg;\nfn f(line: u8) -> u8 { let sip = line; dbg!(crate::legs::isdn::go(sip)); sip }";
    controller("same_names", body).passes();
}

#[test]
fn tests_of_call_play_the_far_ends() {
    let fixture = Fixture::new("call_tests");
    fixture.write("firmware/core/call/tests/both.rs", "//! Plays both far ends.\nuse isdn::A;\nuse sip::B;\n").passes();
}
