//! The list of targets, by the name that tests, seeds and `cargo xtask fuzz` use.

mod isdn;
mod media;
mod model;
mod sip;
mod tdm;

use std::sync::OnceLock;
use std::time::Instant;

/// One thing to be fuzzed.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, which is also its folder of seeds.
    pub name: &'static str,
    /// Takes any bytes; true when they were accepted. Panics when a promise is broken.
    pub run: fn(&[u8]) -> bool,
}

/// All of them.
pub const TARGETS: [Target; 15] = [
    Target { name: "q921-frame", run: isdn::frame },
    Target { name: "q931-message", run: isdn::message },
    Target { name: "facility", run: isdn::facility },
    Target { name: "isdn-interface", run: isdn::interface },
    Target { name: "sip-message", run: sip::message },
    Target { name: "sip-stream", run: sip::stream },
    Target { name: "sip-endpoint", run: sip::endpoint },
    Target { name: "sip-dtmf", run: sip::dtmf },
    Target { name: "sdp", run: media::sdp },
    Target { name: "rtp", run: media::rtp },
    Target { name: "rtcp", run: media::rtcp },
    Target { name: "srtp", run: media::srtp },
    Target { name: "media-stream", run: media::stream },
    Target { name: "tdm-wire", run: tdm::wire },
    Target { name: "configuration", run: model::configuration },
];

/// The target of that name.
pub fn find(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// A moment to start machines at. Which one makes no difference to them.
fn start() -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    *START.get_or_init(Instant::now)
}

/// Takes all that a queue gives and says how much that was; a machine that answers for ever breaks its promise.
fn drain<T>(next: impl FnMut() -> Option<T>) -> usize {
    const FOR_EVER: usize = 10_000;
    let count = std::iter::from_fn(next).take(FOR_EVER).count();
    assert!(count < FOR_EVER, "a queue gave {FOR_EVER} items for one input");
    count
}
