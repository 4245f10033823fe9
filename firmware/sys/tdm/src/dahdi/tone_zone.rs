//! The tone zone that channels ring and sound by. Kernel interface: `struct dahdi_tone_def` of `user.h`, `DAHDI_LOADZONE`.
//!
//! Without a zone the kernel refuses to ring a port (ENODATA). The one zone here is `us`, number 0 as the usual tools have it, with
//! the ring cadence 2 s on, 4 s off and the four tones of the North American precise tone plan at -10 dBm0 a frequency:
//!
//! | tone | Hz | ms on, off |
//! |---|---|---|
//! | dial | 350 + 440 | steady |
//! | busy | 480 + 620 | 500, 500 |
//! | ringback | 440 + 480 | 2000, 4000 |
//! | congestion | 480 + 620 | 250, 250 |
//!
//! Left out: special information, stutter and recall tones, DTMF and MF digits. Our own media path plays those; nothing asks
//! the kernel for them.
//!
//! Zones belong to the whole system and a number that is taken is refused (EINVAL; EBUSY in osmocom's modules), so a zone is loaded
//! once, never replaced, never freed and never made the default: other spans and programs may be using it.

use std::f64::consts::PI;
use std::ffi::c_int;
use std::io;

use nix::libc;

use super::ioctl::{Request, Text, ToneDef, ToneZoneHeader, ToneZoneImage};
use super::system::{DahdiFile, DahdiSys};

/// Number of the zone `us`.
pub const US: c_int = 0;
/// Tones by their number in `user.h` (`DAHDI_TONE_*`), with their frequencies in Hz and their cadence in ms; 0 off is steady.
const TONES: [(c_int, [f64; 2], [c_int; 2]); 4] = [
    (0, [350.0, 440.0], [1000, 0]),
    (1, [480.0, 620.0], [500, 500]),
    (2, [440.0, 480.0], [2000, 4000]),
    (3, [480.0, 620.0], [250, 250]),
];
/// Level of each frequency in dBm0.
const LEVEL: f64 = -10.0;
/// What the largest sample amounts to in dBm0 (A-law, G.711).
#[expect(clippy::approx_constant, reason = "a level, not a circle")]
const OVERLOAD: f64 = 3.14;
const SAMPLES_A_MS: c_int = 8;

/// The number and image of the zone called `name`; `None` when there is none.
#[must_use]
pub fn zone(name: &str) -> Option<ToneZoneImage> {
    (name == "us").then(united_states)
}

fn united_states() -> ToneZoneImage {
    let mut image = ToneZoneImage::default();
    let mut steps = Vec::new();
    for (tone, frequencies, [on, off]) in TONES {
        let first = c_int::try_from(steps.len()).unwrap_or_default();
        steps.push(ToneDef {
            next: if off == 0 { first } else { first + 1 },
            samples: on * SAMPLES_A_MS,
            ..sounding(tone, frequencies)
        });
        if off > 0 {
            steps.push(ToneDef { tone, next: first, samples: off * SAMPLES_A_MS, ..ToneDef::default() });
        }
    }
    for (place, step) in image.tones.iter_mut().zip(&steps) {
        *place = *step;
    }
    let mut ringcadence = [0; 16];
    for (place, ms) in ringcadence.iter_mut().zip([2000, 4000]) {
        *place = ms;
    }
    let count = c_int::try_from(steps.len()).unwrap_or_default();
    image.header = ToneZoneHeader { count, zone: US, ringcadence, name: Text::new("United States / North America") };
    image
}

/// The oscillators of two frequencies: the formulas stand in `user.h`.
#[expect(clippy::cast_possible_truncation, reason = "every value is within 2^17")]
fn sounding(tone: c_int, [first, second]: [f64; 2]) -> ToneDef {
    let gain = 10_f64.powf((LEVEL - OVERLOAD) / 20.0) * 65536.0 / 2.0;
    let angle = |frequency: f64| 2.0 * PI * frequency / 8000.0;
    let factor = |frequency: f64| (2.0 * angle(frequency).cos() * 32768.0) as c_int;
    let before = |frequency: f64, samples: f64| ((-samples * angle(frequency)).sin() * gain) as c_int;
    ToneDef {
        tone,
        fac1: factor(first),
        init_v2_1: before(first, 2.0),
        init_v3_1: before(first, 1.0),
        fac2: factor(second),
        init_v2_2: before(second, 2.0),
        init_v3_2: before(second, 1.0),
        ..ToneDef::default()
    }
}

/// Loads `image` through ctl unless its number is taken already. Whether what has the number is there for channels to use is asked of
/// `channo`, a channel that is configured and that nobody has open.
pub(super) fn load(sys: &dyn DahdiSys, ctl: &dyn DahdiFile, image: &ToneZoneImage, channo: c_int) -> io::Result<()> {
    match ctl.ioctl(Request::LoadZone(image)) {
        Err(error) if matches!(error.raw_os_error(), Some(libc::EINVAL | libc::EBUSY)) => {
            let file = sys.open("/dev/dahdi/channel")?;
            file.ioctl(Request::Specify(channo))?;
            // ENODATA: there is no such zone, so the first refusal was not about its being there.
            file.ioctl(Request::SetToneZone(image.header.zone)).map_err(|absent| match absent.raw_os_error() {
                Some(libc::ENODATA) => error,
                _ => absent,
            })
        }
        result => result,
    }
}
