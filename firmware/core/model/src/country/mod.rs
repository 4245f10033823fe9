//! Countries: their call progress tones and ring cadences, one file a country.
//!
//! [`by_code`] finds a country by its ISO 3166 code, [`ALL`] lists them. The configuration names one (`country = "de"`).
//!
//! **Where the values come from.** ITU-T publishes what administrations tell it: E.180 Supplement 2 and, later, annexes to the Operational
//! Bulletin. The lists themselves were not at hand. Supplement 2 was read in two transcriptions (`global-tones.xml` of spandsp 3.0.0, and
//! for Germany a text listing), Bulletin 781 and the list of 2010 in public copies of single countries' entries. E.300 Supplement 3 and GR-506-CORE
//! were read in published summaries; the fall-back of CEPT (3GPP TS 22.001) and which law a country uses are common knowledge, not read anywhere. Each value names its list ([`Source`]); what no source gives is `None`, and
//! [`Country::or_cept`] has something to play all the same. `hw-tests/peers/tonezone` compares every value with libtonezone's and lists where and why they differ.
//!
//! Special information tone has E.180's times, 330 ms a frequency and 1 s of silence, where the lists round them otherwise. Where a list
//! names several tones of one kind (variants, older exchanges), one is chosen and the country's file says which.
//!
//! Levels: the lists have none, so [`NOMINAL_LEVEL_DBM0`] holds unless a tone says otherwise. The ring cadence is that of the ringing tone.
//!
//! Left out: tones that no call of this box plays (payphone, recording, intrusion), frequencies of ringing current.

mod argentina;
mod australia;
mod austria;
mod belgium;
mod brazil;
mod bulgaria;
mod canada;
mod chile;
mod china;
mod czech_republic;
mod denmark;
mod estonia;
mod finland;
mod france;
mod germany;
mod greece;
mod hungary;
mod india;
mod ireland;
mod israel;
mod italy;
mod japan;
mod lithuania;
mod malaysia;
mod mexico;
mod netherlands;
mod new_zealand;
mod norway;
mod poland;
mod portugal;
mod russia;
mod singapore;
mod south_africa;
mod spain;
mod sweden;
mod switzerland;
mod thailand;
mod tone;
mod turkey;
mod united_kingdom;
mod united_states;

pub use tone::{RingCadence, Sound, Source, Step, Tone};
use tone::{modulated, off, on, steady};

use crate::settings::Law;

/// Level of each frequency in dBm0 where no source gives one: E.180's nominal level of tones, whose limits are -5 and -15 dBm0.
pub const NOMINAL_LEVEL_DBM0: f32 = -10.0;

/// A country.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Country {
    /// ISO 3166-1 alpha-2 code in small letters, such as `de`.
    pub code: &'static str,
    /// Its English name.
    pub name: &'static str,
    /// The law of its digital lines: mu-law in North America and Japan, A-law elsewhere.
    pub law: Law,
    /// What its exchanges play.
    pub tones: Tones,
    /// How its telephones ring.
    pub ring: RingCadence,
}

impl Country {
    /// The country's own tone of this kind; `None` where no source has one.
    #[must_use]
    pub const fn tone(&self, kind: ToneKind) -> Option<&Tone> {
        self.tones.get(kind)
    }

    /// The tone to play, which is never nothing where a caller must hear something: the country's own, else its own tone that says
    /// nearly the same (dial tone for stutter dial, busy tone for congestion), else [`CEPT`]'s. `None` for howler and confirmation only.
    #[must_use]
    pub const fn or_cept(&self, kind: ToneKind) -> Option<&Tone> {
        let near = match kind {
            ToneKind::StutterDial => self.tones.get(ToneKind::Dial),
            ToneKind::Congestion => self.tones.get(ToneKind::Busy),
            ToneKind::Dial
            | ToneKind::Ringback
            | ToneKind::Busy
            | ToneKind::SpecialInformation
            | ToneKind::CallWaiting
            | ToneKind::Howler
            | ToneKind::Confirmation => None,
        };
        match (self.tones.get(kind), near) {
            (Some(own), _) | (None, Some(own)) => Some(own),
            (None, None) => CEPT.get(kind),
        }
    }
}

/// The kinds of tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ToneKind {
    /// Dial.
    Dial,
    /// The far telephone rings: E.180's ringing tone.
    Ringback,
    /// The called party is busy.
    Busy,
    /// No channel, or no way: congestion or reorder tone.
    Congestion,
    /// Dial, and a message waits or a service is on: E.180's special dial tone.
    StutterDial,
    /// An announcement follows: SIT.
    SpecialInformation,
    /// In a call: another call waits.
    CallWaiting,
    /// The handset was left off the hook.
    Howler,
    /// A service was switched.
    Confirmation,
}

impl ToneKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Dial,
        Self::Ringback,
        Self::Busy,
        Self::Congestion,
        Self::StutterDial,
        Self::SpecialInformation,
        Self::CallWaiting,
        Self::Howler,
        Self::Confirmation,
    ];

    /// Its name in lists.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dial => "dial",
            Self::Ringback => "ringback",
            Self::Busy => "busy",
            Self::Congestion => "congestion",
            Self::StutterDial => "stutter-dial",
            Self::SpecialInformation => "special-information",
            Self::CallWaiting => "call-waiting",
            Self::Howler => "howler",
            Self::Confirmation => "confirmation",
        }
    }
}

/// A tone of each kind, where a source has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tones {
    /// See [`ToneKind::Dial`].
    pub dial: Option<Tone>,
    /// See [`ToneKind::Ringback`].
    pub ringback: Option<Tone>,
    /// See [`ToneKind::Busy`].
    pub busy: Option<Tone>,
    /// See [`ToneKind::Congestion`].
    pub congestion: Option<Tone>,
    /// See [`ToneKind::StutterDial`].
    pub stutter_dial: Option<Tone>,
    /// See [`ToneKind::SpecialInformation`].
    pub special_information: Option<Tone>,
    /// See [`ToneKind::CallWaiting`].
    pub call_waiting: Option<Tone>,
    /// See [`ToneKind::Howler`].
    pub howler: Option<Tone>,
    /// See [`ToneKind::Confirmation`].
    pub confirmation: Option<Tone>,
}

impl Tones {
    const NONE: Self = Self {
        dial: None,
        ringback: None,
        busy: None,
        congestion: None,
        stutter_dial: None,
        special_information: None,
        call_waiting: None,
        howler: None,
        confirmation: None,
    };

    /// The tone of this kind.
    #[must_use]
    pub const fn get(&self, kind: ToneKind) -> Option<&Tone> {
        match kind {
            ToneKind::Dial => self.dial.as_ref(),
            ToneKind::Ringback => self.ringback.as_ref(),
            ToneKind::Busy => self.busy.as_ref(),
            ToneKind::Congestion => self.congestion.as_ref(),
            ToneKind::StutterDial => self.stutter_dial.as_ref(),
            ToneKind::SpecialInformation => self.special_information.as_ref(),
            ToneKind::CallWaiting => self.call_waiting.as_ref(),
            ToneKind::Howler => self.howler.as_ref(),
            ToneKind::Confirmation => self.confirmation.as_ref(),
        }
    }
}

/// The tones that the European administrations agreed on: what is played where a country's list has nothing.
pub static CEPT: Tones = Tones {
    dial: Some(Tone::repeating(&[steady(&[425.0])], Source::Ts22001)),
    ringback: Some(Tone::repeating(&[on(&[425.0], 1000), off(4000)], Source::Ts22001)),
    busy: Some(Tone::repeating(&[on(&[425.0], 500), off(500)], Source::Ts22001)),
    congestion: Some(Tone::repeating(&[on(&[425.0], 200), off(200)], Source::Ts22001)),
    special_information: Some(Tone::repeating(
        &[on(&[950.0], 330), on(&[1400.0], 330), on(&[1800.0], 330), off(1000)],
        Source::Ts22001,
    )),
    call_waiting: Some(Tone::repeating(&[on(&[425.0], 200), off(600), on(&[425.0], 200), off(3000)], Source::Ts22001)),
    ..Tones::NONE
};

/// Every country, by code.
pub static ALL: [Country; 40] = [
    argentina::COUNTRY,
    austria::COUNTRY,
    australia::COUNTRY,
    belgium::COUNTRY,
    bulgaria::COUNTRY,
    brazil::COUNTRY,
    canada::COUNTRY,
    switzerland::COUNTRY,
    chile::COUNTRY,
    china::COUNTRY,
    czech_republic::COUNTRY,
    germany::COUNTRY,
    denmark::COUNTRY,
    estonia::COUNTRY,
    spain::COUNTRY,
    finland::COUNTRY,
    france::COUNTRY,
    united_kingdom::COUNTRY,
    greece::COUNTRY,
    hungary::COUNTRY,
    ireland::COUNTRY,
    israel::COUNTRY,
    india::COUNTRY,
    italy::COUNTRY,
    japan::COUNTRY,
    lithuania::COUNTRY,
    mexico::COUNTRY,
    malaysia::COUNTRY,
    netherlands::COUNTRY,
    norway::COUNTRY,
    new_zealand::COUNTRY,
    poland::COUNTRY,
    portugal::COUNTRY,
    russia::COUNTRY,
    sweden::COUNTRY,
    singapore::COUNTRY,
    thailand::COUNTRY,
    turkey::COUNTRY,
    united_states::COUNTRY,
    south_africa::COUNTRY,
];

/// The country of an ISO 3166-1 alpha-2 code, in small letters.
///
/// ```
/// let germany = model::country::by_code("de").unwrap();
/// assert_eq!(germany.tones.busy.unwrap().to_string(), "425/480,0/480");
/// assert!(model::country::by_code("xx").is_none());
/// ```
#[must_use]
pub fn by_code(code: &str) -> Option<&'static Country> {
    ALL.iter().find(|country| country.code == code)
}

/// The codes that someone who wrote `code` may have meant: one letter differs, the letters are swapped, or it is the country's name, its
/// beginning or its initials.
#[must_use]
pub fn near(code: &str) -> Vec<&'static str> {
    let wanted = code.to_lowercase();
    ALL.iter().filter(|country| is_near(country, &wanted)).map(|country| country.code).collect()
}

fn is_near(country: &Country, wanted: &str) -> bool {
    let same_length = country.code.len() == wanted.len();
    let differing = country.code.chars().zip(wanted.chars()).filter(|(a, b)| a != b).count();
    let swapped = country.code.chars().rev().eq(wanted.chars());
    let named = wanted.len() > 2 && country.name.to_lowercase().starts_with(wanted);
    let initials = country.name.split(' ').filter_map(|word| word.chars().next()).map(|letter| letter.to_ascii_lowercase());
    (same_length && (differing <= 1 || swapped)) || named || initials.eq(wanted.chars())
}
