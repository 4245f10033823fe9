//! Call progress tones that a caller hears from this box alone ([`Tones`]): ringback, and why a call failed before it was answered.
//!
//! Never two at once: where the called side is heard (early media) there is no ringback, and a connection takes the place of a tone in
//! the media threads. A tone needs a channel that both ends know; a call that fails before has none, and a data call has nobody who
//! listens.
//!
//! Left out: dial tone, which a PBX that dials in pieces would hear, and its stutter, which tells a telephone that a message waits.

use std::time::Instant;

use model::country::ToneKind;

use super::call::{Call, Path};
use super::{Controller, Order};
use crate::words::{Bearer, LegId, MediaCommand, Release, Terminal, Tones};

/// Why a call failed, as exchanges let it be heard. Causes of Q.850: an announcement would say that the number is wrong (1, 22, 28), the
/// called party does not take the call though the network would carry it (16 to 21, 31), and all others are the network's.
const fn of_cause(cause: u8) -> ToneKind {
    match cause {
        1 | 22 | 28 => ToneKind::SpecialInformation,
        16..=21 | 31 => ToneKind::Busy,
        _ => ToneKind::Congestion,
    }
}

/// What the caller of a call that ends for `release` is to hear: nothing if he ends it himself, or was answered, or gets no tones from us.
pub(super) fn of_failure(call: &Call, by: Option<LegId>, release: &Release) -> Option<ToneKind> {
    let by_caller = by.is_some_and(|leg| call.is_from(leg));
    let is_owed = match call.setup.tones {
        Tones::All => !by_caller && !call.from.over && call.answered.is_none(),
        Tones::Ringback | Tones::NotOurs => false,
    };
    (is_owed && ear(call).is_some()).then(|| of_cause(release.cause))
}

/// Where the caller hears a tone, once that is known.
fn ear(call: &Call) -> Option<&Terminal> {
    let listens = match call.setup.bearer {
        Bearer::Speech | Bearer::Audio31 => true,
        Bearer::Data { .. } => false,
    };
    call.from.terminal.as_ref().filter(|terminal| listens && matches!(terminal, Terminal::Channel { .. }))
}

impl Controller {
    /// The called side is alerted: whether the caller hears that from us.
    pub(super) fn ring_back(&mut self, call: &mut Call) -> bool {
        let is_owed = match call.setup.tones {
            Tones::Ringback | Tones::All => matches!(call.path, Path::Idle),
            Tones::NotOurs => false,
        };
        let plays = is_owed && ear(call).is_some();
        if plays && call.tone.is_none() {
            self.play(call, ToneKind::Ringback);
        }
        plays
    }

    /// The call is answered: where no connection has taken the tone's place, it ends all the same.
    pub(super) fn hush(&mut self, call: &Call) {
        if let (Some(_), Some(to)) = (call.tone, ear(call).cloned()) {
            self.orders.push_back(Order::Media(MediaCommand::Tone { call: call.id, to, tone: None }));
        }
    }

    /// The caller of a failed call is left a tone. What was connected is closed first: the other leg's channel is not the call's any more.
    pub(super) fn leave_tone(&mut self, now: Instant, call: &mut Call, tone: ToneKind) {
        match call.path {
            Path::Open => self.close_path(now, call),
            Path::Idle | Path::Wanted | Path::Closed => call.path = Path::Closed,
            Path::Closing => {}
        }
        self.play(call, tone);
    }

    fn play(&mut self, call: &mut Call, tone: ToneKind) {
        let Some(to) = ear(call).cloned() else { return };
        call.tone = Some(tone);
        self.note(call, format!("{} tone to the caller", tone.as_str()));
        self.orders.push_back(Order::Media(MediaCommand::Tone { call: call.id, to, tone: Some(tone) }));
    }
}
