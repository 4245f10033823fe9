//! The called side reacts: alerting, early audio, answer.

use std::time::Instant;

use media::Offer;
use model::api::CallState;

use super::call::{Call, Path};
use super::{Controller, Order, Timer};
use crate::words::{Answered, Bearer, Identity, LegId, MediaCommand, Progressing, Terminal, ToLeg};

impl Controller {
    pub(super) fn alerting(&mut self, now: Instant, call: &mut Call, leg: LegId, progressing: &Progressing) {
        let Some(mut word) = self.early(now, call, leg, progressing) else { return };
        call.alerted = true;
        word.in_band |= self.ring_back(call);
        self.tell(call.from.id, ToLeg::Alerting(word));
    }

    pub(super) fn progress(&mut self, now: Instant, call: &mut Call, leg: LegId, progressing: &Progressing) {
        let Some(word) = self.early(now, call, leg, progressing) else { return };
        self.tell(call.from.id, ToLeg::Progress(word));
    }

    /// What the caller's side is told of early progress; opens the audio path when there is something to hear.
    fn early(&mut self, now: Instant, call: &mut Call, leg: LegId, progressing: &Progressing) -> Option<Progressing> {
        if call.is_from(leg) || !matches!(call.state, CallState::Setup | CallState::Ringing) {
            return None;
        }
        call.first_sign.get_or_insert(now);
        call.state = CallState::Ringing;
        let in_band = progressing.in_band || progressing.media.is_some();
        self.agree_outgoing(call, progressing.media.as_ref());
        if in_band {
            self.want_path(call);
        }
        let media = in_band.then(|| call.from.rtp.as_ref().map(|rtp| rtp.ours.clone())).flatten();
        Some(Progressing { in_band, media })
    }

    pub(super) fn answer(&mut self, now: Instant, call: &mut Call, leg: LegId, answered: &Answered) {
        if call.is_from(leg) || !matches!(call.state, CallState::Setup | CallState::Ringing) {
            return;
        }
        call.first_sign.get_or_insert(now);
        call.answered = Some(now);
        call.state = CallState::Answered;
        self.counters.answered += 1;
        self.timers.stop((call.id, Timer::Ring));
        self.agree_outgoing(call, answered.media.as_ref());
        self.want_path(call);
        self.hush(call);
        let media = call.from.rtp.as_ref().map(|rtp| rtp.ours.clone());
        let connected = connected(answered.connected.clone(), &call.learned);
        self.tell(call.from.id, ToLeg::Answer(Answered { connected, media, ..answered.clone() }));
    }

    /// A name or number that came by itself. The called side's is told with its answer; the calling side's is shown, but the
    /// called side has been told already.
    pub(super) fn party_update(call: &mut Call, leg: LegId, party: Identity) {
        let known = if call.is_from(leg) { &mut call.setup.calling } else { &mut call.learned };
        if !party.number.digits.is_empty() {
            *known = Identity { name: known.name.take(), ..party.clone() };
        }
        known.name = party.name.or_else(|| known.name.take());
    }

    /// The far side of an outgoing RTP leg answered our offer. A second answer (183, then 200) may move it.
    fn agree_outgoing(&mut self, call: &mut Call, agreed: Option<&Offer>) {
        let (Some(agreed), Some(to)) = (agreed, call.to.as_mut()) else { return };
        let before = to.terminal.take();
        to.agree(agreed, agreed);
        let moved = before.is_some() && before != to.terminal;
        if moved
            && matches!(call.path, Path::Open)
            && let Some(Terminal::Rtp(terminal)) = to.terminal.clone()
        {
            self.orders.push_back(Order::Media(MediaCommand::Redirect { call: call.id, terminal }));
        }
    }

    fn want_path(&mut self, call: &mut Call) {
        if matches!(call.path, Path::Idle) {
            call.path = Path::Wanted;
        }
        self.open_path(call);
    }

    /// Joins both ends once both are known and audio is wanted.
    pub(super) fn open_path(&mut self, call: &mut Call) {
        if !matches!(call.path, Path::Wanted) {
            return;
        }
        let (Some(a), Some(b)) = (call.from.terminal.clone(), call.to.as_ref().and_then(|to| to.terminal.clone())) else {
            return;
        };
        call.path = Path::Open;
        // The media threads put the connection in its place.
        call.tone = None;
        let clear = matches!(call.setup.bearer, Bearer::Data { .. });
        self.orders.push_back(Order::Media(MediaCommand::Connect { call: call.id, a, b, clear }));
    }
}

/// Who answered: what the answer says, and where it is silent what was learned before.
fn connected(said: Option<Identity>, learned: &Identity) -> Option<Identity> {
    let silent = said.is_none();
    let mut connected = said.unwrap_or_else(|| learned.clone());
    connected.name = connected.name.or_else(|| learned.name.clone());
    (!silent || connected.name.is_some() || !connected.number.digits.is_empty()).then_some(connected)
}
