//! Far end to far end without the box: proof that they place, answer and refuse calls as told, speak and record.
#![allow(clippy::unwrap_used, reason = "tests")]

use hw_tests::audio::Audio;
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::scratch::Scratch;
use hw_tests::speech::{expect_heard, river, town};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
const SPEECH: Duration = Duration::from_secs(7);

/// libpri as the user side of a span whose network side is `kind`, and calls it.
fn speech_and_causes(kind: Kind) {
    let scratch = Scratch::new("far-ends");
    let network = FarEnd::start(&scratch, kind, &town());
    let user = FarEnd::libpri_user(&scratch, &network.span_socket(), &town());
    network.wait_for_link(SOON);
    let heard = scratch.join("heard.wav");
    let mut call = user.call(&Placed::to("5551001").says(&river()).records(&heard).clears_after(SPEECH));
    call.wait_for("connected", SOON);
    // Meanwhile, on other channels:
    for (number, cause) in [("5552001", 17), ("5553001", 1), ("5556001", 34), ("5555001", 16)] {
        assert_eq!(user.call(&Placed::to(number)).cause(SOON), cause, "{number}");
    }
    let mut ringing = user.call(&Placed::to("5554001"));
    ringing.wait_for("alerting", SOON);
    ringing.hang_up();
    ringing.wait_for("released", SOON);
    // And the other way round, given up by the network side.
    let mut back = network.call(&Placed::to("5554002"));
    back.wait_for("alerting", SOON);
    back.hang_up();
    back.wait_for("released", SOON);

    assert_eq!(call.cause(SPEECH + SOON), 16);
    expect_heard(&town(), &Audio::load(&heard));
    let recordings = network.heard();
    let longest = recordings.iter().max_by_key(|a| a.samples.len()).unwrap();
    expect_heard(&river(), longest);
}

#[test]
fn libpri_calls_libpri() {
    speech_and_causes(Kind::Libpri);
}

#[test]
fn libpri_calls_exchange() {
    speech_and_causes(Kind::Exchange);
}
