//! `tools/run --demo-call`: real calls across the box, each with speech both ways, their ladders and figures.
//!
//! The far end of the span is junctor-exchange (ours), the phone is Debian's baresip (not ours). Three calls: the exchange
//! calls the phone, the phone calls the exchange, and the exchange calls SIPp (Debian's), which returns each RTP packet at
//! once, so that the delay can be measured. Speech is compared by content with what was said. Everything is stopped at the end; whatever goes
//! wrong ends the program with a non-zero status and the reason on stderr.

use std::time::Duration;

use hw_tests::Transport;
use hw_tests::audio::Audio;
use hw_tests::baresip::{Baresip, Options};
use hw_tests::correlation::{correlation, windowed};
use hw_tests::far_end::{FarEnd, Kind, Placed};
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::speech::{expect_heard, river, town};
use model::api::CallRecord;

const SOON: Duration = Duration::from_secs(10);
/// Longer than either speech file.
const SPEECH: Duration = Duration::from_secs(7);

fn main() {
    let scratch = Scratch::new("demo");
    let far = FarEnd::start(&scratch, Kind::Exchange, &town());
    let phone = Baresip::start(&scratch, Options::speaking("1001", &river()).auto_answer());
    let echo = Sipp::start(&scratch, &Run::new(Scenario::UasAnswer).media(Media::Echo).ring(Duration::ZERO).hold(2 * SPEECH));
    let setup = Setup::new(&far).peer("phone", Transport::Udp, phone.port()).peer("echo", Transport::Udp, echo.port());
    let gateway = JunctorBox::start(&scratch, &setup.capture());
    println!("junctord runs: SIP at {}, one virtual E1 to junctor-exchange, baresip and SIPp as phones", gateway.address());

    isdn_to_sip(&scratch, &far, &phone, &gateway);
    sip_to_isdn(&far, &phone, &gateway);
    delay(&scratch, &far, &gateway);
    let idle = gateway.wait_until_idle(SOON);
    println!("\nno call and no channel is left; {} calls came in, {} were answered", idle.counters.calls, idle.counters.answered);
}

/// The exchange says "town", the phone says "river".
fn isdn_to_sip(scratch: &Scratch, far: &FarEnd, phone: &Baresip, gateway: &JunctorBox) {
    let heard = scratch.join("isdn-heard.wav");
    let mut call = far.call(&Placed::to("1001").from("5550001").says(&town()).records(&heard).clears_after(SPEECH));
    call.wait_for("connected", SOON);
    assert_eq!(call.cause(SPEECH + SOON), 16, "the call from ISDN did not end normally");
    phone.wait_for("CALL_CLOSED", SOON);
    expect_heard(&town(), &phone.heard());
    expect_heard(&river(), &Audio::load(&heard));
    let record = last(gateway);
    show("from the exchange, through ISDN, to the SIP phone", gateway, &record);
    likeness("the phone heard the exchange", &phone.heard(), &town());
    likeness("the exchange heard the phone", &Audio::load(&heard), &river());
}

fn sip_to_isdn(far: &FarEnd, phone: &Baresip, gateway: &JunctorBox) {
    phone.dial(&gateway.uri("5551001", Transport::Udp));
    phone.wait_for("CALL_ESTABLISHED", SOON);
    std::thread::sleep(SPEECH);
    phone.hang_up();
    phone.wait_for("CALL_CLOSED", SOON);
    let record = last(gateway);
    let Some(heard) = far.heard().pop() else { panic!("the exchange kept no recording of the call it answered") };
    expect_heard(&town(), &phone.heard());
    expect_heard(&river(), &heard);
    show("back from the SIP phone, through ISDN, to the exchange", gateway, &record);
    likeness("the phone heard the exchange", &phone.heard(), &town());
    likeness("the exchange heard the phone", &heard, &river());
}

/// What the exchange says comes back; its playing and recording begin with the same block. The time between is packets of
/// 20 ms one way, the jitter buffer the other way, and the span's queues both ways.
fn delay(scratch: &Scratch, far: &FarEnd, gateway: &JunctorBox) {
    let heard = scratch.join("echo-heard.wav");
    let mut call = far.call(&Placed::to("1011").from("5550001").says(&town()).records(&heard).clears_after(SPEECH));
    call.wait_for("connected", SOON);
    assert_eq!(call.cause(SPEECH + SOON), 16, "the call to the echo did not end normally");
    last(gateway);
    let heard = Audio::load(&heard);
    // Only the lag is wanted here: a machine that is short of time may have lost packets between SIPp's threads.
    let found = correlation(&Audio::load(&town()), &heard).filter(|found| found.r > 0.4);
    let Some(found) = found else { panic!("the echo of the exchange's speech was not heard") };
    println!("\n== delay, by speech that SIPp returned at once");
    println!("  round trip        {:.0} ms: span, box, IP and back", found.lag_ms);
    println!("  one-way delay     {:.0} ms: half of it, packets of 20 ms and the jitter buffer included", found.lag_ms / 2.0);
    likeness("the exchange heard itself", &heard, &town());
}

fn last(gateway: &JunctorBox) -> CallRecord {
    gateway.records(1).pop().unwrap_or_else(|| panic!("the box kept no call record"))
}

fn show(what: &str, gateway: &JunctorBox, record: &CallRecord) {
    println!("\n== {what}\n{}", gateway.ladder(record.id));
    let delay = record.post_dial_delay_ms.map_or_else(|| "none".to_owned(), |ms| format!("{ms} ms"));
    println!("  post-dial delay   {delay}");
    match &record.quality {
        Some(quality) => println!(
            "  RTP               {} packets sent, {} received, {} lost, {} late, jitter {:.1} ms",
            quality.packets_sent, quality.packets_received, quality.lost, quality.late, quality.jitter_ms
        ),
        None => panic!("the call had no audio: {record:?}"),
    }
    println!("  ended             by {:?}, cause {} {}", record.ended_by, record.cause, record.cause_text);
}

fn likeness(what: &str, heard: &Audio, said: &std::path::Path) {
    if let Some(found) = windowed(&Audio::load(said), heard) {
        println!("  {what:<28} likeness {:.3} over {} s of speech", found.median_r, found.windows);
    }
}
