//! The box on a `loc` span that it makes itself, libpri on the other end, which `dahdi_cfg` made, and SIPp beside it.
//!
//! ```text
//! let port = free_port();
//! let scene = Scene::start(&scratch, Trunk::E1_USER, Trunk::E1_USER.setup().peer("sipp", Transport::Udp, port), &[]);
//! scene.sipp_calls("5552001", Scenario::UacRefused(486), port);
//! ```
//! The numbers are those of [`hw_tests::far_end`] and [`hw_tests::junctor_box`].

use crate::far_end::{FarEnd, Span};
use hw_tests::Transport;
use hw_tests::junctor_box::{JunctorBox, Setup};
use hw_tests::libpri::{Attach, Libpri, Side};
use hw_tests::scratch::Scratch;
use hw_tests::sipp::{Outcome, Run, Scenario, Sipp};
use serde_json::json;
use std::time::Duration;

/// Nothing here takes so long unless it hangs.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// E1 or T1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    E1,
    T1,
}

/// What the span is, and which side the box has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trunk {
    framing: Framing,
    box_side: Side,
    /// In the configuration's word, which is libpri-peer's too.
    switch_type: &'static str,
}

impl Trunk {
    pub(crate) const E1_USER: Self = Self::of(Framing::E1, Side::User);
    pub(crate) const E1_NETWORK: Self = Self::of(Framing::E1, Side::Network);
    pub(crate) const T1_USER: Self = Self::of(Framing::T1, Side::User);
    pub(crate) const T1_NETWORK: Self = Self::of(Framing::T1, Side::Network);

    const fn of(framing: Framing, box_side: Side) -> Self {
        Self { framing, box_side, switch_type: "euro-isdn" }
    }

    /// The same of another switch type.
    pub(crate) const fn switch_type(self, switch_type: &'static str) -> Self {
        Self { switch_type, ..self }
    }

    /// Whether it is of this switch type.
    pub(crate) fn is(self, switch_type: &str) -> bool {
        self.switch_type == switch_type
    }

    /// Whether libpri tells who calls by name in SETUP: as a user of EuroISDN it does not.
    pub(crate) fn far_end_tells_names(self) -> bool {
        self.switch_type != "euro-isdn" || self.box_side == Side::User
    }

    /// The box with this span as `pstn`, without peers.
    pub(crate) fn setup(self) -> Setup {
        Setup::with_span(&self.span_lines(0))
    }

    /// The box's end of the pair of this key, in its `[[span]]`.
    pub(crate) fn span_lines(self, key: u8) -> String {
        let framing = match self.framing {
            Framing::E1 => "e1",
            Framing::T1 => "t1",
        };
        let side = match self.box_side {
            Side::User => "user",
            Side::Network => "network",
        };
        format!(
            "framing = \"{framing}\"\nside = \"{side}\"\nswitch_type = \"{}\"\nback_end = {{ dahdi = {{ dynamic = {{ driver = \"loc\", address = \"{key}:0\" }} }} }}",
            self.switch_type
        )
    }

    /// The far end of the pair of this key.
    pub(crate) fn far_span(self, key: u8) -> Span {
        match self.framing {
            Framing::E1 => Span::e1_isdn(key, 1),
            Framing::T1 => Span::t1_isdn(key, 1),
        }
    }

    /// libpri on the far span, the other side of the interface.
    #[track_caller]
    pub(crate) fn libpri(self, scratch: &Scratch, far: &FarEnd, options: &[&str]) -> Libpri {
        let first = far.spans()[0].channel(1);
        let attach = match self.framing {
            Framing::E1 => Attach::DahdiE1(first),
            Framing::T1 => Attach::DahdiT1(first),
        };
        let side = match self.box_side {
            Side::User => Side::Network,
            Side::Network => Side::User,
        };
        Libpri::start(scratch, side, attach, &[&["--switch", self.switch_type], options].concat())
    }
}

/// Box and far end, in service. Dropped in this order: a span with open channels cannot be removed.
pub(crate) struct Scene {
    pub(crate) gateway: JunctorBox,
    pub(crate) libpri: Libpri,
    pub(crate) far: FarEnd,
}

impl Scene {
    /// Starts all of it and waits until calls can be made both ways.
    #[track_caller]
    pub(crate) fn start(scratch: &Scratch, trunk: Trunk, setup: &Setup, options: &[&str]) -> Self {
        let far = FarEnd::start(scratch, &[trunk.far_span(0)]);
        let libpri = trunk.libpri(scratch, &far, options);
        let gateway = JunctorBox::start(scratch, setup);
        libpri.wait_for_link(true);
        Self { gateway, libpri, far }
    }

    /// SIPp, which is the box's peer at `port`, calls this number; returns when SIPp has ended and the box is idle again.
    #[track_caller]
    pub(crate) fn sipp_calls(&self, scratch: &Scratch, number: &str, run: Run, port: u16) -> Outcome {
        let outcome = Sipp::start(scratch, &run.port(port).to(number, self.gateway.address())).finish();
        self.gateway.wait_until_idle(SOON);
        self.libpri.wait_until_idle();
        outcome
    }

    /// Ends the line as a pulled cable does; libpri keeps what it knows of its calls.
    #[track_caller]
    pub(crate) fn pull_cable(&self) {
        self.libpri.cut(true);
        self.far.unplug();
        self.gateway.wait_for_span("pstn", false, SOON);
    }

    /// Mends what [`Self::pull_cable`] has done; the span is in service when this returns.
    #[track_caller]
    pub(crate) fn mend_cable(&mut self) {
        self.far.plug_in();
        self.libpri.cut(false);
        self.gateway.wait_for_span("pstn", true, SOON);
    }

    /// No block was lost at either end and no frame damaged, in any call so far. Ask before comparing what was heard: a slip
    /// is then laid at the door of the end that made it.
    #[track_caller]
    pub(crate) fn expect_clean_line(&self) {
        // The box reports its line counters once a second.
        std::thread::sleep(Duration::from_millis(1200));
        let line = self.gateway.ask(async |client| client.span("pstn").await).line;
        assert_eq!((line.underruns, line.overruns), (0, 0), "the box: {line:?}\n{}", self.gateway.log_tail());
        let status = self.libpri.status();
        assert_eq!(status["line"], json!({"underruns": 0, "overruns": 0, "bad_frames": 0}), "{status}");
        let counters = self.gateway.status().counters;
        assert_eq!(counters.malformed_isdn, 0, "{counters:?}");
    }
}

/// A peer `sipp` of the box that is called; returns it running, and the setup that names it.
#[track_caller]
pub(crate) fn callee(scratch: &Scratch, trunk: Trunk, run: Run) -> (Sipp, Setup) {
    let sipp = Sipp::start(scratch, &run);
    let setup = trunk.setup().peer("sipp", Transport::Udp, sipp.port());
    (sipp, setup)
}

/// A run that only has to go as its scenario says.
pub(crate) fn quick(scenario: Scenario) -> Run {
    Run::new(scenario).hold(Duration::from_millis(500))
}
