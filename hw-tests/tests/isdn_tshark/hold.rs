//! Calls that are held and retrieved by the end that set them up, and refused it, in EuroISDN and National ISDN.

use crate::calls::{Caller, cause};
use crate::tape::{Tape, config};
use isdn::{Bearer, CauseValue, Config, Connected, Framing, Number, Setup, Side, Variant};

/// The types of which hold is expected.
const TYPES: [Variant; 2] = [Variant::EuroIsdn, Variant::NationalIsdn2];

/// HOLD and RETRIEVE, each acknowledged and each rejected.
pub fn held_and_retrieved(tape: &Tape, framing: Framing, from: Side) {
    for variant in TYPES {
        let of = |side| Config { variant, hold: true, ..config(side, framing) };
        let mut line = Caller::between(tape, from, of(Side::User), of(Side::Network));
        line.call(Setup { bearer: Bearer::SPEECH, ..Setup::speech(Number::new("5551001")) });
        line.called(&|end, now, call| end.connect(now, call, Connected::default()));
        let refused = || cause(CauseValue::FACILITY_REJECTED);
        line.calling(&|end, now, call| end.hold(now, call));
        line.called(&|end, now, call| end.refuse_hold(now, call, refused()));
        line.calling(&|end, now, call| end.hold(now, call));
        line.called(&|end, now, call| end.accept_hold(now, call));
        line.calling(&|end, now, call| end.retrieve(now, call));
        line.called(&|end, now, call| end.refuse_retrieve(now, call, refused()));
        line.calling(&|end, now, call| end.retrieve(now, call));
        line.called(&|end, now, call| end.accept_retrieve(now, call));
        let misuse = line.pair.left.machine.stats().misuse + line.pair.right.machine.stats().misuse;
        assert_eq!(misuse, 0, "{}", line.pair.ladder);
        line.clear();
    }
}
