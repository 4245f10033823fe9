//! One span of the configuration: what carries it may come and go, and only primary rate spans have legs.
//!
//! [`SpanLegs`] keeps what holds for every span: settings, whether the gateway could take it into use, alarms, figures, diagnosis. Where
//! signalling is `pri` [`super::Legs`] hands it the [`IsdnSpan`] of its D-channel, which may be another span's (NFAS). Other signalling
//! is configured and watched in this release: such a span shows its channels and takes no calls.

use std::time::Instant;

use model::api::{self, LineCounters, SpanState};
use model::settings;

use super::Out;
use super::isdn::{IsdnSpan, Shown};
use crate::diagnosis::{Diagnosis, Sample};
use crate::route::Trunk;
use crate::words::{FromLeg, LegId, Release, Setup, SpanId};

/// Q.850 cause 34: no circuit or channel available.
const NO_CHANNEL: u8 = 34;
/// Q.850 cause 41: temporary failure.
const TEMPORARY_FAILURE: u8 = 41;

/// What the gateway read of a span's line; once a second.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LineReport {
    /// Counters since the span was opened. One that falls began anew with its device.
    pub counters: LineCounters,
    /// D-channel frames that were damaged, broken off or too long.
    pub d_bad_frames: u64,
    /// Where its clock comes from.
    pub clock: Option<api::ClockStatus>,
    /// What a technician has switched on.
    pub maintenance: api::Maintenance,
    /// The test of a timeslot that is running.
    pub bit_error_test: Option<api::BitErrorTest>,
}

/// See the module header.
#[derive(Debug)]
pub struct SpanLegs {
    id: SpanId,
    settings: settings::Span,
    state: SpanState,
    alarms: api::Alarms,
    /// Whether the line was last reported as carrying nothing; `None` until it was reported.
    down: Option<bool>,
    report: LineReport,
    diagnosis: Diagnosis,
    /// It is about to be configured anew: no more calls.
    leaving: bool,
    /// The timeslot that calls do not get because it is under test.
    under_test: Option<u8>,
    changed: bool,
}

impl SpanLegs {
    pub(super) fn new(id: SpanId, settings: &settings::Span) -> Self {
        Self {
            id,
            settings: settings.clone(),
            state: SpanState::Running,
            alarms: api::Alarms::default(),
            down: None,
            report: LineReport::default(),
            diagnosis: Diagnosis::default(),
            leaving: false,
            under_test: None,
            changed: false,
        }
    }

    /// Its interface identifier among the spans of its D-channel; 0 where it is the only one.
    pub(super) const fn interface(&self) -> u8 {
        match &self.settings.nfas {
            Some(member) => member.interface,
            None => 0,
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.settings.name
    }

    /// Takes the mark that anything that is shown changed.
    pub(super) const fn take_changed(&mut self) -> bool {
        std::mem::replace(&mut self.changed, false)
    }

    /// Something changed that its D-channel shows.
    pub(super) const fn mark_changed(&mut self) {
        self.changed = true;
    }

    /// The line's state from the span. True when the alarms changed.
    pub(super) fn handle_line(
        &mut self,
        now: Instant,
        alarms: api::Alarms,
        down: bool,
        isdn: Option<&mut IsdnSpan>,
        out: &mut Out,
    ) -> bool {
        let changed = self.down.is_none() || self.alarms != alarms;
        self.alarms = alarms;
        self.down = Some(down);
        self.changed |= changed;
        // A report that was on its way when the span was given up says nothing any more.
        let down = down || self.state != SpanState::Running;
        if let Some(isdn) = isdn {
            isdn.handle_line(now, self.interface(), !down, out);
        }
        changed
    }

    /// A D-channel frame. One from before the span was taken into use (again) says nothing.
    pub(super) fn handle_frame(&self, now: Instant, frame: &[u8], isdn: Option<&mut IsdnSpan>, out: &mut Out) {
        if self.state != SpanState::Running || self.down.is_none() {
            return;
        }
        if let Some(isdn) = isdn {
            isdn.handle_frame(now, self.interface(), frame, out);
        }
    }

    /// Whether the gateway could take it into use. A span that is not there is down.
    pub(super) fn handle_state(&mut self, now: Instant, state: SpanState, mut isdn: Option<&mut IsdnSpan>, out: &mut Out) {
        if self.state == state {
            return;
        }
        self.changed = true;
        self.state = state;
        if self.state != SpanState::Running {
            self.alarms = api::Alarms::default();
            self.down = None;
            self.diagnosis = Diagnosis::default();
            self.end_test(now, isdn.as_deref_mut(), out);
            if let Some(isdn) = isdn {
                isdn.handle_line(now, self.interface(), false, out);
            }
        }
    }

    /// What was read of the line in the last second; true when the verdict changed.
    pub(super) fn handle_report(&mut self, now: Instant, unix_ms: i64, report: LineReport, isdn: Option<&IsdnSpan>) -> bool {
        self.report = report;
        if self.state != SpanState::Running {
            return false;
        }
        let sample = Sample {
            alarms: self.alarms.clone(),
            line: self.report.counters,
            d_channel: isdn.and_then(|isdn| isdn.figures(self.interface(), self.report.d_bad_frames)),
            framing: self.settings.framing,
            clock: self.report.clock.clone(),
            in_maintenance: self.report.maintenance != api::Maintenance::None,
        };
        let changed = self.diagnosis.handle_sample(now, unix_ms, sample);
        self.changed |= changed;
        changed
    }

    /// Takes a timeslot that no call has away from calls, for a test. The error says why not.
    pub(super) fn begin_test(
        &mut self,
        now: Instant,
        timeslot: u8,
        isdn: Option<&mut IsdnSpan>,
        out: &mut Out,
    ) -> Result<(), String> {
        let name = &self.settings.name;
        if self.state != SpanState::Running {
            return Err(format!("span {name} is not there"));
        }
        if let Some(other) = self.under_test {
            return Err(format!("timeslot {other} of span {name} is under test: end that test first"));
        }
        match isdn {
            Some(isdn) => {
                isdn.block(now, self.interface(), timeslot, out).map_err(|why| format!("span {name}: {why}"))?;
            }
            None => return Err(format!("span {name} has no B-channels: only those can be tested")),
        }
        self.under_test = Some(timeslot);
        self.changed = true;
        Ok(())
    }

    /// Gives the timeslot under test back to calls.
    pub(super) fn end_test(&mut self, now: Instant, isdn: Option<&mut IsdnSpan>, out: &mut Out) {
        let Some(timeslot) = self.under_test.take() else { return };
        self.report.bit_error_test = None;
        self.changed = true;
        if let Some(isdn) = isdn {
            isdn.unblock(now, self.interface(), timeslot, out);
        }
    }

    /// Has one B-channel, or all of them, brought to idle at both ends by RESTART; their calls end. The error says why not.
    pub(super) fn restart(
        &mut self,
        now: Instant,
        timeslot: Option<u8>,
        isdn: Option<&mut IsdnSpan>,
        out: &mut Out,
    ) -> Result<(), String> {
        let name = &self.settings.name;
        if self.state != SpanState::Running {
            return Err(format!("span {name} is not there"));
        }
        match isdn {
            Some(isdn) => isdn.restart(now, name, self.interface(), timeslot, out)?,
            None => return Err(format!("span {name} has no B-channels: only those can be restarted")),
        }
        self.changed = true;
        Ok(())
    }

    /// Lets go of its calls before [`SpanLegs::reconfigure`], and takes no more. To be called again until it returns 0 or patience ends:
    /// the data link sends no more than its window at once (Q.921 5.6), so many calls take a while. Returns the legs that are left.
    pub(super) fn let_go(&mut self, now: Instant, isdn: Option<&mut IsdnSpan>, out: &mut Out) -> usize {
        self.leaving = true;
        let release = self.configured_anew();
        isdn.map_or(0, |isdn| isdn.clear_all(now, &release, out))
    }

    fn configured_anew(&self) -> Release {
        Release::by_box(TEMPORARY_FAILURE, format!("span {} is being configured anew", self.settings.name))
    }

    /// Ends every call and begins anew with other settings; the next [`SpanLegs::handle_line`] brings it up.
    pub(super) fn reconfigure(&mut self, now: Instant, settings: &settings::Span, isdn: Option<&mut IsdnSpan>, out: &mut Out) {
        let release = self.configured_anew();
        if let Some(isdn) = isdn {
            isdn.give_up(now, &release, out);
        }
        *self = Self { changed: true, ..Self::new(self.id, settings) };
    }

    /// Starts an outgoing leg. A refusal comes back as [`FromLeg::Released`].
    pub(super) fn originate(&self, now: Instant, leg: LegId, setup: &Setup, isdn: Option<&mut IsdnSpan>, out: &mut Out) {
        let name = &self.settings.name;
        let refusal = match (&self.state, isdn) {
            (SpanState::Missing { .. } | SpanState::Failed { .. }, _) => format!("span {name} is not there"),
            (SpanState::Running, None) => format!("span {name} carries no calls in this release: its signalling is not pri"),
            (SpanState::Running, Some(_)) if self.leaving => format!("span {name} is being configured anew"),
            (SpanState::Running, Some(isdn)) => return isdn.originate(now, leg, setup, out),
        };
        out.say(leg, Trunk::Span(self.id), FromLeg::Released(Release::by_box(NO_CHANNEL, refusal)));
    }

    /// The span as the control API shows it; `call_of` tells the call of a leg.
    pub(super) fn status(&self, isdn: Option<&IsdnSpan>, call_of: impl Fn(LegId) -> Option<u64>) -> api::Span {
        let in_order = self.state == SpanState::Running && self.down == Some(false);
        let shown = isdn.map(|isdn| isdn.status(self.interface(), call_of)).unwrap_or_else(|| Shown {
            link: api::LinkState::None,
            channels: self.idle_channels(in_order),
            counters: api::DChannelCounters::default(),
            role: None,
        });
        api::Span {
            name: self.settings.name.clone(),
            framing: self.settings.framing,
            signalling: self.settings.signalling,
            side: self.settings.side,
            back_end: self.settings.back_end.as_str().to_owned(),
            hardware: self.settings.dahdi().and_then(|dahdi| dahdi.hardware.clone()),
            state: self.state.clone(),
            alarms: self.alarms.clone(),
            link: shown.link,
            channels: shown.channels,
            line: self.report.counters,
            d_channel: shown.counters,
            d_channel_role: shown.role,
            clock: self.report.clock.clone(),
            maintenance: self.report.maintenance,
            bit_error_test: self.report.bit_error_test.filter(|test| self.under_test == Some(test.timeslot)),
            verdict: self.diagnosis.verdict().cloned(),
        }
    }

    fn idle_channels(&self, in_order: bool) -> Vec<api::Channel> {
        let state = if in_order { api::ChannelUse::Idle } else { api::ChannelUse::OutOfService };
        let channels = self.settings.channels().into_iter();
        channels.map(|channel| api::Channel { timeslot: channel.slot, state, call: None }).collect()
    }
}
