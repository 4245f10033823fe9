//! What is read of every open DAHDI span once a second, away from the media thread: slips from `/proc`, the clock from sysfs, the state
//! of loops and tests; and the choice of the span that gives the clock.

use std::time::Instant;

use call::words::SpanId;
use model::api::Maintenance as Shown;
use model::api::{ClockStatus, MaintenanceMode};
use model::root_request::{Request, SpanNumber};
use tdm::dahdi::clock::{self, ClockChoice, ClockEvent, Settle, Source};
use tdm::dahdi::maintenance::{Maintenance, Mode};
use tdm::dahdi::{DahdiSys, alarms};

use super::place::Place;
use super::root::Root;
use super::{Keeper, Probe};
use crate::engine_task::Input;

/// The choice of the master span, and what became of it.
pub(super) struct Clock {
    choice: ClockChoice,
    /// The refusal told last, so that it is told once.
    refused: Option<String>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { choice: ClockChoice::new(Settle::default()), refused: None }
    }
}

impl Clock {
    /// Chooses by what the spans show now, and has the kernel follow.
    fn choose(&mut self, now: Instant, sys: &dyn DahdiSys, root: &Root, places: &[Place]) {
        let sources: Vec<Source> = places.iter().filter_map(|place| source(sys, place)).collect();
        if sources.is_empty() && self.choice.decision().is_none() {
            return;
        }
        self.choice.handle_sources(now, &sources);
        self.choice.handle_timeout(now);
        self.choice.handle_master(now, master(sys, &sources));
        while let Some(event) = self.choice.poll_event() {
            match event {
                ClockEvent::MakeMaster { span, why } => self.make_master(root, span, &why.to_string()),
                ClockEvent::NoSource => tracing::warn!("clock{{choosing}}: no source of clock is usable -> the cards run free"),
            }
        }
    }

    fn make_master(&mut self, root: &Root, span: i32, why: &str) {
        let Some(number) = u32::try_from(span).ok().and_then(|span| SpanNumber::try_from(span).ok()) else { return };
        match root.ask(&Request::SetMasterSpan { span: number }) {
            Ok(()) => self.refused = None,
            Err((refusal, cure)) => {
                if self.refused.as_ref() != Some(&refusal) {
                    tracing::warn!("clock{{choosing}}: span {span} is to be master ({why}) -> refused: {refusal}: {cure}");
                    self.refused = Some(refusal);
                }
            }
        }
    }
}

/// A card's span that may give the clock. Dynamic spans cannot.
fn source(sys: &dyn DahdiSys, place: &Place) -> Option<Source> {
    let dahdi = place.settings().dahdi().filter(|dahdi| dahdi.clock > 0 && dahdi.hardware.is_some())?;
    let span = place.probe()?.kernel_number();
    let text = sys.read_text(&format!("/sys/bus/dahdi_spans/devices/span-{span}/alarms")).ok()?;
    let bits = i32::from_str_radix(text.trim().trim_start_matches("0x"), 16).ok()?;
    Some(Source { span, priority: dahdi.clock, usable: !alarms::from_kernel(bits).is_down() })
}

fn master(sys: &dyn DahdiSys, sources: &[Source]) -> Option<i32> {
    let is_master = |source: &&Source| clock::status(sys, source.span, source.priority).is_ok_and(|status| status.is_master);
    sources.iter().find(is_master).map(|source| source.span)
}

impl Keeper {
    /// Looks at every open DAHDI span, tells the engine, and chooses the clock.
    pub(super) fn look(&mut self) {
        for index in 0..self.places.len() {
            let Some(place) = self.places.get(index) else { continue };
            let Some(probe) = place.probe() else { continue };
            if let Err(error) = probe.read_slips(&*self.sys) {
                tracing::debug!("spans[{}]{{looking}}: slips not known: {error}", probe.span());
            }
            let clock = self.clock_of(place, probe);
            let watched = self.places.get_mut(index).and_then(Place::watched);
            let maintenance = watched.map_or(Shown::None, |watched| shown(&mut watched.maintenance));
            self.inputs.offer(Input::SpanDetails { span: SpanId(index), clock, maintenance });
        }
        self.clock.choose(Instant::now(), &*self.sys, &self.root, &self.places);
    }

    fn clock_of(&self, place: &Place, probe: &Probe) -> Option<ClockStatus> {
        let priority = place.settings().dahdi().map_or(0, |dahdi| dahdi.clock);
        let status = clock::status(&*self.sys, probe.kernel_number(), priority).ok()?;
        let named = |number: i32| {
            let ours = self.places.iter().find(|place| place.probe().is_some_and(|probe| probe.kernel_number() == number));
            ours.map_or_else(|| format!("kernel span {number}"), |place| place.settings().name.clone())
        };
        Some(ClockStatus {
            priority,
            is_master: status.is_master,
            source: Some(status.source.map_or_else(|| "internal".into(), named)),
        })
    }

    /// Switches a loop or a test of an open span. The error says what to do.
    pub(super) fn maintain(&mut self, id: SpanId, mode: MaintenanceMode) -> Result<(), String> {
        let place = self.places.get_mut(id.0).ok_or_else(|| format!("there is no span {}", id.0))?;
        let (name, is_dahdi) = (place.settings().name.clone(), place.settings().dahdi().is_some());
        let Some(watched) = place.watched() else {
            return Err(if is_dahdi {
                format!("span \"{name}\" is not open: see its state")
            } else {
                format!("span \"{name}\" is a virtual one, which has no loops or tests")
            });
        };
        let mode = match mode {
            MaintenanceMode::None => Mode::None,
            MaintenanceMode::LocalLoop => Mode::LocalLoop,
            MaintenanceMode::LineLoop => Mode::LineLoop,
            MaintenanceMode::PayloadLoop => Mode::PayloadLoop,
            MaintenanceMode::Prbs => Mode::Prbs,
        };
        watched.maintenance.set(mode).map_err(|error| error.to_string())?;
        let maintenance = shown(&mut watched.maintenance);
        let clock = self.places.get(id.0).and_then(|place| self.clock_of(place, place.probe()?));
        self.inputs.offer(Input::SpanDetails { span: id, clock, maintenance });
        Ok(())
    }
}

/// What is switched on, with the card's figures of a test.
fn shown(maintenance: &mut Maintenance) -> Shown {
    match maintenance.mode() {
        Mode::None => Shown::None,
        Mode::LocalLoop => Shown::LocalLoop,
        Mode::LineLoop => Shown::LineLoop,
        Mode::PayloadLoop => Shown::PayloadLoop,
        Mode::Prbs => match maintenance.prbs() {
            Ok(reading) => Shown::Prbs { errors: reading.errors, in_sync: reading.in_sync },
            Err(error) => {
                tracing::warn!("spans{{looking}}: the bit-error test cannot be read: {error}");
                Shown::Prbs { errors: 0, in_sync: false }
            }
        },
    }
}
