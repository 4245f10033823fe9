//! The call progress tones of the configured country, compiled once for each law and shared by all timeslots that play them.

use std::sync::Arc;

use media::Law;
use media::tone::{Component, Pattern, Sound, Step};
use model::country::{self, Country, NOMINAL_LEVEL_DBM0, Tone, ToneKind};

/// Depth of a modulated tone: the lists name its frequencies only.
const DEPTH: f64 = 1.0;

/// See the module header.
pub(super) struct ProgressTones(Vec<(ToneKind, Law, Arc<Pattern>)>);

impl ProgressTones {
    /// Of the country with this code; validation wants one that is known.
    pub(super) fn new(code: &str) -> Self {
        let kinds = ToneKind::ALL.into_iter().flat_map(|kind| [(kind, Law::A), (kind, Law::Mu)]);
        let country = country::by_code(code);
        let compiled = kinds.filter_map(|(kind, law)| Some((kind, law, Arc::new(compile(country?, kind, law)?))));
        Self(compiled.collect())
    }

    /// `None` where neither the country nor CEPT has such a tone.
    pub(super) fn of(&self, kind: ToneKind, law: Law) -> Option<Arc<Pattern>> {
        let found = self.0.iter().find(|(of_kind, of_law, _)| (*of_kind, *of_law) == (kind, law));
        found.map(|(_, _, pattern)| pattern.clone())
    }
}

fn compile(country: &Country, kind: ToneKind, law: Law) -> Option<Pattern> {
    let tone = country.or_cept(kind)?;
    let steps = |steps: &[country::Step]| steps.iter().map(|step| step_of(step, tone)).collect::<Vec<_>>();
    Pattern::new(&steps(tone.once), &steps(tone.repeat), law)
        .inspect_err(|error| tracing::error!("media{{starting}}: {kind:?} of {} cannot be played: {error}", country.code))
        .ok()
}

fn step_of(step: &country::Step, tone: &Tone) -> Step {
    let dbm0 = f64::from(tone.level_dbm0.unwrap_or(NOMINAL_LEVEL_DBM0));
    let component = |hz: f32| Component { hz: hz.into(), dbm0 };
    let sound = match step.sound {
        country::Sound::Silence => Sound::Silence,
        country::Sound::Sum(frequencies) => Sound::Sum(frequencies.iter().copied().map(component).collect()),
        country::Sound::Modulated { carrier, by } => {
            Sound::Modulated { carrier: component(carrier), by: by.into(), depth: DEPTH }
        }
    };
    Step { sound, ms: step.ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_what_a_caller_must_hear_in_both_laws() {
        for country in country::ALL {
            let tones = ProgressTones::new(country.code);
            for kind in [ToneKind::Dial, ToneKind::Ringback, ToneKind::Busy, ToneKind::Congestion, ToneKind::SpecialInformation] {
                assert!(tones.of(kind, Law::A).is_some() && tones.of(kind, Law::Mu).is_some(), "{}: {kind:?}", country.code);
            }
        }
    }
}
