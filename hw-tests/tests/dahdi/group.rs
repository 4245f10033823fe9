//! Two spans that share D-channels (NFAS) over DAHDI, the box against libpri: calls by the first D-channel, then its span is lost under a call
//! and the one that stands by takes over. SIPp is the other end of the calls.
//!
//! Each span has a far end of its own, so that one cable can be pulled and the other left. What passes is printed as a figure for the table of
//! [`crate::switch_types`]. Left out: a span without a D-channel, which libpri-peer cannot have over DAHDI; the tests of `isdn_libpri` have it.

use crate::far_end::FarEnd;
use crate::scene::{SOON, Trunk, quick};
use hw_tests::Transport;
use hw_tests::audio::Audio;
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::libpri::Libpri;
use hw_tests::ports::free_port;
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Media, Run, Scenario, Sipp};
use hw_tests::speech::{expect_heard_without_slip, river};
use model::api::DChannelRole::{InService, OutOfService, Standby};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The box's spans in the order of their interface identifiers.
const SPANS: [&str; 2] = ["pstn", "pstn2"];
/// Longer than what is said in the speech file.
const SPEECH: Duration = Duration::from_secs(6);
/// What is said before the cable is pulled.
const BEFORE: Duration = Duration::from_millis(1500);

/// Box and far end with both D-channels up. Dropped in this order: a span with open channels cannot be removed.
struct Group<'a> {
    gateway: JunctorBox,
    libpri: Libpri,
    cables: [FarEnd; 2],
    scratch: &'a Scratch,
    /// Of the SIP peer that calls, and of the one that is called.
    ports: [u16; 2],
}

impl<'a> Group<'a> {
    #[track_caller]
    fn start(scratch: &'a Scratch, trunk: Trunk) -> Self {
        let cables = [0, 1].map(|key| FarEnd::start(scratch, &[trunk.far_span(key)]));
        let second = cables[1].spans()[0].channel(1).to_string();
        let libpri = trunk.libpri(scratch, &cables[0], &["--nfas-dahdi", &second, "--answer-after-ms", "0"]);
        let ports @ [out, into] = [free_port(), free_port()];
        let setup = setup(trunk).peer("callee", Transport::Udp, into).peer("caller", Transport::Udp, out);
        let group = Self { gateway: JunctorBox::start(scratch, &setup), libpri, cables, scratch, ports };
        group.gateway.wait_for_d_channel(SPANS[0], InService, SOON);
        group.gateway.wait_for_d_channel(SPANS[1], Standby, SOON);
        group.libpri_has([true, true], 0);
        group
    }

    /// Waits until these D-channels of libpri are up and its new calls take that of `serving`.
    #[track_caller]
    fn libpri_has(&self, up: [bool; 2], serving: usize) {
        let of = |span: usize| json!({"interface": span, "up": up[span], "serves": span == serving});
        self.libpri.wait_for_d_channels(&json!([of(0), of(1)]));
    }

    /// The other span's D-channel is in service when this returns.
    #[track_caller]
    fn pull(&self, span: usize) {
        self.libpri.request(&json!({"do": "alarm", "on": true, "span": span}));
        self.cables[span].unplug();
        self.gateway.wait_for_d_channel(SPANS[span], OutOfService, SOON);
        self.gateway.wait_for_d_channel(SPANS[1 - span], InService, SOON);
    }

    /// The span's D-channel stands by when this returns.
    #[track_caller]
    fn mend(&mut self, span: usize) {
        self.cables[span].plug_in();
        self.libpri.request(&json!({"do": "alarm", "on": false, "span": span}));
        self.gateway.wait_for_d_channel(SPANS[span], Standby, SOON);
        self.libpri_has([true, true], 1 - span);
    }

    /// A call of SIPp, on the channel that the box takes, and one of libpri on this one; SIPp clears both.
    #[track_caller]
    fn calls_both_ways(&self, taken: &Value, asked: &Value) {
        let [out, into] = self.ports;
        let mut watching = self.libpri.watch();
        let run = quick(Scenario::UacCall).port(out).to("5551001", self.gateway.address());
        Sipp::start(self.scratch, &run).finish().expect_success();
        assert_eq!(watching.wait_for("incoming")["channel"], *taken);
        let callee = Sipp::start(self.scratch, &quick(Scenario::UasBye).port(into));
        let mut call = self.libpri.place(json!({"called": "1001", "channel": asked}));
        assert_eq!(call.wait_for("connected")["channel"], *asked);
        let released = call.until_released();
        assert_eq!((&released["cause"], &released["by"]), (&json!(16), &json!("peer")));
        callee.finish().expect_success();
        self.gateway.wait_until_idle(SOON);
        self.libpri.wait_until_idle();
    }

    /// libpri speaks on the second span and hears the echo of SIPp, whatever becomes of the first span meanwhile; libpri clears.
    #[track_caller]
    fn call_outlives_the_first_span(&self) {
        let heard = self.scratch.join("heard.wav");
        let callee = Sipp::start(self.scratch, &Run::new(Scenario::UasAnswer).media(Media::Echo).port(self.ports[1]));
        let mut call = self.libpri.place(json!({"called": "1001", "channel": "1/5", "play": river(), "record": heard}));
        call.wait_for("connected");
        let end = Instant::now() + SPEECH;
        std::thread::sleep(BEFORE);
        self.pull(0);
        std::thread::sleep(end.saturating_duration_since(Instant::now()));
        assert_eq!(self.libpri.status()["calls"][0]["state"], "connected");
        call.hang_up(16);
        let released = call.until_released();
        assert_eq!((&released["cause"], &released["by"]), (&json!(16), &json!("us")));
        callee.finish().expect_success();
        let record = self.gateway.records(1).remove(0);
        assert_eq!((record.from.timeslot, record.cause), (Some(5), 16), "{}", self.gateway.ladder(record.id));
        expect_heard_without_slip(&river(), &Audio::load(&heard));
    }
}

/// The box's two spans; its calls take the highest channel of the last one first.
fn setup(trunk: Trunk) -> Setup {
    let place = |interface: u8, d_channel: &str| {
        format!("nfas = {{ group = \"g\", interface = {interface}, d_channel = \"{d_channel}\" }}")
    };
    let first = Setup::with_span(&trunk.span_lines(0)).span_line(&place(0, "primary")).span_line("hunting = \"descending\"");
    // libpri hears its own speech back in a loop.
    first.span_of(SPANS[1], &trunk.span_lines(1)).span_line(&place(1, "backup")).keeps_echo()
}

/// Calls both ways by the first D-channel, a call on the second span that goes on without it, and calls both ways by the second.
fn backup_takes_over<'a>(scratch: &'a Scratch, trunk: Trunk) -> Group<'a> {
    let group = Group::start(scratch, trunk);
    group.calls_both_ways(&json!("1/23"), &json!(7));
    group.call_outlives_the_first_span();
    group.calls_both_ways(&json!("1/23"), &json!("1/7"));
    group
}

#[test]
fn group_as_user_of_libpri_goes_on_by_the_backup_when_the_first_span_is_lost_under_a_call() {
    let scratch = Scratch::new("dahdi-group");
    backup_takes_over(&scratch, Trunk::T1_USER.switch_type("ni2"));
}

/// The same for either side; then the first span is mended, stands by, and takes over from the second in its turn.
#[test]
#[ignore = "long form: cargo xtask long switch-types"]
fn every_switch_type_with_a_group_goes_on_by_either_d_channel() {
    for (side, trunk) in [("user", Trunk::T1_USER), ("network", Trunk::T1_NETWORK)] {
        let scratch = Scratch::new("dahdi-group");
        let mut group = backup_takes_over(&scratch, trunk.switch_type("ni2"));
        group.mend(0);
        group.calls_both_ways(&json!("1/23"), &json!(7));
        group.pull(1);
        group.calls_both_ways(&json!(23), &json!(7));
        println!(
            "figure: NFAS (NI2 T1, box as {side}), two spans = calls both ways on either span, cleared both ways; first D-channel lost under a call: heard on, calls both ways by the backup; first D-channel back: stands by, takes over again: libpri"
        );
    }
}
