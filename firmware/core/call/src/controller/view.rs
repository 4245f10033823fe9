//! Calls as the control API shows them, and their records.

use std::time::{Duration, Instant};

use model::api::{self, LegStatus, Party, Quality};

use super::call::{Call, Leg};
use super::{Controller, Names, Trunk};
use crate::legs;
use crate::words::{CallId, MediaQuality, PeerId, Presentation, SpanId};

/// One real instant and its wall time, so that instants can be shown as wall times without a clock.
#[derive(Debug, Clone, Copy)]
pub struct WallClock {
    /// Some instant.
    pub instant: Instant,
    /// Its time in milliseconds since the Unix epoch, UTC.
    pub unix_ms: i64,
}

impl WallClock {
    /// `at` in milliseconds since the Unix epoch.
    #[must_use]
    pub fn unix_ms(&self, at: Instant) -> i64 {
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        match at.checked_duration_since(self.instant) {
            Some(after) => self.unix_ms.saturating_add(millis(after)),
            None => self.unix_ms.saturating_sub(millis(self.instant.saturating_duration_since(at))),
        }
    }
}

impl Names {
    /// The trunk's name as people see it.
    pub(super) fn of(&self, trunk: Trunk) -> String {
        let name = match trunk {
            Trunk::Span(SpanId(index)) => self.spans.get(index).map(String::as_str),
            Trunk::Peer(PeerId(index)) => self.peers.get(index).map(String::as_str),
            Trunk::Unknown => Some("unknown"),
        };
        name.unwrap_or("unknown").to_owned()
    }
}

impl Controller {
    /// Calls that are not over, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = api::Call> + '_ {
        self.calls.values().filter(|call| !call.recorded).map(|call| self.view(call))
    }

    /// One call that is not over.
    #[must_use]
    pub fn call(&self, id: CallId) -> Option<api::Call> {
        self.calls.get(&id).filter(|call| !call.recorded).map(|call| self.view(call))
    }

    /// When a call that is not over, or whose caller still hears why it failed, came in.
    #[must_use]
    pub fn started(&self, id: CallId) -> Option<Instant> {
        self.calls.get(&id).map(|call| call.started)
    }

    /// How many calls a trunk has now.
    #[must_use]
    pub fn calls_on(&self, trunk: Trunk) -> usize {
        let on = |call: &&Call| call.from.trunk == trunk || call.to.as_ref().is_some_and(|to| to.trunk == trunk);
        self.calls.values().filter(|call| !call.recorded).filter(on).count()
    }

    /// An instant as wall time.
    #[must_use]
    pub fn unix_ms(&self, instant: Instant) -> i64 {
        self.clock.unix_ms(instant)
    }

    /// A trunk's name.
    #[must_use]
    pub fn name_of(&self, trunk: Trunk) -> String {
        self.names.of(trunk)
    }

    fn view(&self, call: &Call) -> api::Call {
        api::Call {
            id: call.id.0,
            state: call.state,
            calling: shown_calling(call),
            called: call.setup.called.to_string(),
            from: self.leg(&call.from),
            to: call.to.as_ref().map(|leg| self.leg(leg)),
            started_at: self.clock.unix_ms(call.started),
            answered_at: call.answered.map(|at| self.clock.unix_ms(at)),
        }
    }

    fn leg(&self, leg: &Leg) -> LegStatus {
        let place = leg.channel.map_or(leg.trunk, |(span, _)| Trunk::Span(span));
        let timeslot = leg.channel.map(|(_, timeslot)| timeslot);
        LegStatus { trunk: self.names.of(place), timeslot, holds: leg.holds && !leg.over }
    }

    pub(super) fn record(&self, now: Instant, call: &Call) -> api::CallRecord {
        let view = self.view(call);
        let release = call.release.as_ref();
        let cause = release.map_or(31, |(release, _)| release.cause);
        let delay = call.first_sign.map(|at| at.saturating_duration_since(call.started));
        api::CallRecord {
            id: view.id,
            calling: view.calling,
            called: view.called,
            from: view.from,
            to: view.to,
            started_at: view.started_at,
            answered_at: view.answered_at,
            ended_at: self.clock.unix_ms(now),
            post_dial_delay_ms: delay.map(|delay| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)),
            cause,
            cause_text: legs::cause_text(cause).to_owned(),
            sip_status: release.and_then(|(release, _)| release.status),
            ended_by: release.map_or(Party::Box, |(_, party)| *party),
            reason: release.map(|(release, _)| release.reason.clone()).unwrap_or_default(),
            quality: call.quality.map(quality),
        }
    }
}

/// The calling number, or the name where there is none, unless the caller withholds it.
fn shown_calling(call: &Call) -> String {
    let calling = &call.setup.calling;
    let number = Some(calling.number.to_string()).filter(|number| !number.is_empty());
    match calling.presentation {
        Presentation::Allowed | Presentation::Unavailable => number.or_else(|| calling.name.clone()).unwrap_or_default(),
        Presentation::Restricted => String::new(),
    }
}

const fn quality(figures: MediaQuality) -> Quality {
    Quality {
        packets_sent: figures.packets_sent,
        packets_received: figures.packets_received,
        lost: figures.lost,
        late: figures.late,
        underruns: figures.underruns,
        concealed: figures.concealed,
        slips_inserted: figures.slips_inserted,
        slips_dropped: figures.slips_dropped,
        overflows: figures.overflows,
        line_missed: figures.line_missed,
        jitter_ms: figures.jitter_ms,
        overflow_blocks: figures.overflow_blocks,
        line_slips: figures.line_slips,
        round_trip_ms: figures.round_trip_ms,
        r: figures.r,
        mos: figures.mos,
        echo_return_loss_db: figures.echo_return_loss_db,
        echo_enhancement_db: figures.echo_enhancement_db,
    }
}
