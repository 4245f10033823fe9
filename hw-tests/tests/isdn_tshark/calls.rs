//! Calls between two interfaces, with everything that the layer above can put into them.

use crate::tape::{Ends, Tape, config, ends, seconds};
use isdn::ie::{BearerCapability, Element, NetworkSpecificFacilities, Subaddress, UserUser};
use isdn::q931::VARIANTS;
use isdn::{
    Bearer, CallId, CallingNumber, Cause, CauseValue, Config, Connected, Event, Framing, Interface, Law, Location, Number,
    NumberingPlan, Presentation, ProgressIndicator, RateAdaption, RedirectReason, Redirecting, Screening, Setup, Side,
    TransferCapability, TypeOfNumber, Variant,
};
use std::time::Instant;

/// What is done at one end, by the time and the name that the call has there.
type Act<'a> = &'a dyn Fn(&mut Interface, Instant, CallId);

fn indicator(description: u8) -> Vec<ProgressIndicator> {
    vec![ProgressIndicator::new(description, Location::PrivateLocal)]
}

/// The call that came in last.
pub fn offered(events: &[Event]) -> CallId {
    let offered = |event: &Event| if let Event::Setup { call, .. } = event { Some(*call) } else { None };
    events.iter().rev().find_map(offered).unwrap()
}

/// The cause of the layer above.
pub const fn cause(value: CauseValue) -> Cause {
    Cause::new(value, Location::User)
}

fn number(digits: &str, ton: TypeOfNumber) -> Number {
    Number { digits: digits.to_owned(), ton, npi: NumberingPlan::Isdn }
}

fn said(text: &str) -> UserUser {
    UserUser { protocol: UserUser::IA5, octets: text.as_bytes().to_vec() }
}

/// Everything at once, short enough for a frame.
pub fn full(bearer: Bearer) -> Setup {
    let subaddress = |kind, octets: &[u8]| Subaddress { kind, odd: false, octets: octets.to_vec() };
    Setup {
        name_follows: false,
        called: number("4989123456", TypeOfNumber::International),
        calling: Some(CallingNumber {
            number: number("3012345", TypeOfNumber::National),
            presentation: Presentation::Restricted,
            screening: Screening::Network,
        }),
        second_calling: Some(CallingNumber { number: number("3099", TypeOfNumber::National), ..CallingNumber::default() }),
        redirecting: Some(Redirecting {
            number: number("5551", TypeOfNumber::Subscriber),
            presentation: Presentation::Allowed,
            screening: Screening::Passed,
            reason: RedirectReason::NoReply,
        }),
        display: Some("Ada Lovelace".to_owned()),
        bearer,
        sending_complete: true,
        progress: indicator(ProgressIndicator::ORIGINATION_NOT_ISDN),
        keypad: Some("*21#".to_owned()),
        reverse_charging: true,
        network_facilities: Some(NetworkSpecificFacilities { network: None, facility: vec![0xe3] }),
        other: vec![
            Element::CallingSubaddress(subaddress(Subaddress::USER, &[0x12, 0x34])),
            Element::CalledSubaddress(subaddress(Subaddress::NSAP, b"\x5012")),
            // Speech in A-law and a telephone (Q.931 4.5.19, 4.5.17).
            Element::LowLayerCompatibility(vec![0x80, 0x90, 0xa3]),
            Element::HighLayerCompatibility(vec![0x91, 0x81]),
            Element::UserUser(said("hello")),
        ],
    }
}

/// Every capability that is sent, speech and audio in the law of the interface and in each law by name, and data of 56 kbit/s.
pub fn bearers() -> Vec<Bearer> {
    let law = |capability| [None, Some(Law::A), Some(Law::Mu)].map(|law| Bearer { capability, law, adaption: None });
    let data = [
        TransferCapability::Unrestricted,
        TransferCapability::Restricted,
        TransferCapability::UnrestrictedWithTones,
        TransferCapability::Video,
    ];
    let data = data.map(|capability| Bearer { capability, law: None, adaption: None });
    let adapted = Bearer { adaption: Some(RateAdaption::kbit_56()), ..Bearer::UNRESTRICTED_64 };
    [law(TransferCapability::Speech).as_slice(), &law(TransferCapability::Audio31), &data, &[adapted]].concat()
}

/// Two ends and one call at a time, by whichever end.
pub struct Caller {
    pub pair: Ends,
    from: Side,
    calling: Option<CallId>,
}

impl Caller {
    /// Two ends of these settings.
    pub fn between(tape: &Tape, from: Side, user: Config, network: Config) -> Self {
        Self { pair: ends(tape, user, network), from, calling: None }
    }

    /// Two ends of a variant.
    fn of(tape: &Tape, framing: Framing, from: Side, variant: Variant) -> Self {
        let of = |side| Config { variant, ..config(side, framing) };
        Self::between(tape, from, of(Side::User), of(Side::Network))
    }

    pub fn new(tape: &Tape, framing: Framing, from: Side, segmentation: bool) -> Self {
        let (mut user, mut network) = (config(Side::User, framing), config(Side::Network, framing));
        (user.segmentation, network.segmentation) = (segmentation, segmentation);
        Self { pair: ends(tape, user, network), from, calling: None }
    }

    /// SETUP.
    pub fn call(&mut self, setup: Setup) {
        let now = self.pair.now();
        let end = if self.from == Side::User { &mut self.pair.left } else { &mut self.pair.right };
        self.calling = Some(end.machine.setup(now, setup).unwrap());
        self.pair.run_for(seconds(1));
    }

    /// At the end that called.
    pub fn calling(&mut self, act: Act<'_>) {
        let call = self.calling.unwrap();
        self.at(self.from == Side::User, call, act);
    }

    /// At the end that was called.
    pub fn called(&mut self, act: Act<'_>) {
        let events = if self.from == Side::User { &self.pair.right_events } else { &self.pair.left_events };
        let call = offered(events);
        self.at(self.from == Side::Network, call, act);
    }

    fn at(&mut self, left: bool, call: CallId, act: Act<'_>) {
        let now = self.pair.now();
        let end = if left { &mut self.pair.left } else { &mut self.pair.right };
        act(&mut end.machine, now, call);
        self.pair.run_for(seconds(1));
    }

    /// DISCONNECT, RELEASE, RELEASE COMPLETE, begun by the end that called.
    pub fn clear(&mut self) {
        self.calling(&|end, now, call| end.clear(now, call, cause(CauseValue::NORMAL_CLEARING)));
        self.called(&|end, now, call| end.clear(now, call, cause(CauseValue::NORMAL_CLEARING)));
        assert_eq!(self.pair.left.machine.calls().count() + self.pair.right.machine.calls().count(), 0, "{}", self.pair.ladder);
    }
}

/// SETUP, each response to it with an indicator, digits in pieces, an answer with a number, NOTIFY, and clearing.
pub fn whole_call(tape: &Tape, framing: Framing, from: Side) {
    let mut line = Caller::new(tape, framing, from, false);
    line.call(Setup { sending_complete: false, ..full(Bearer::SPEECH) });
    line.called(&|end, now, call| end.need_digits(now, call, indicator(ProgressIndicator::IN_BAND)));
    line.calling(&|end, now, call| end.more_digits(now, call, "12", false));
    line.calling(&|end, now, call| end.more_digits(now, call, "3", true));
    line.called(&|end, now, call| end.proceeding(now, call, indicator(ProgressIndicator::NOT_END_TO_END_ISDN)));
    let busy = Some(cause(CauseValue::USER_BUSY));
    line.called(&|end, now, call| end.progress(now, call, indicator(ProgressIndicator::IN_BAND), busy.clone()));
    line.called(&|end, now, call| end.alerting(now, call, indicator(ProgressIndicator::DESTINATION_NOT_ISDN)));
    let connected = CallingNumber { number: number("5550", TypeOfNumber::Unknown), ..CallingNumber::default() };
    line.called(&|end, now, call| {
        let user_user = Some(said("here"));
        let subaddress = Some(Subaddress { kind: Subaddress::NSAP, odd: false, octets: b"\x5012".to_vec() });
        let (number, name) = (Some(connected.clone()), Some("Bo".to_owned()));
        end.connect(now, call, Connected { number, name, user_user, subaddress });
    });
    line.calling(&|end, now, call| end.notify(now, call, 0));
    line.called(&|end, now, call| end.notify(now, call, 1));
    line.clear();
}

/// A call with names in every variant, and a channel taken out of service and given back; in-band clearing by the network.
pub fn every_variant(tape: &Tape, framing: Framing, from: Side) {
    for row in VARIANTS {
        let mut line = Caller::of(tape, framing, from, row.variant);
        line.call(full(Bearer::SPEECH));
        let connected = CallingNumber { number: number("5550", TypeOfNumber::Unknown), ..CallingNumber::default() };
        line.called(&|end, now, call| {
            end.connect(
                now,
                call,
                Connected { number: Some(connected.clone()), name: Some("Bo".to_owned()), ..Connected::default() },
            )
        });
        line.calling(&|end, now, call| end.clear_in_band(now, call, cause(CauseValue::USER_BUSY), None));
        line.called(&|end, now, call| end.clear(now, call, cause(CauseValue::NORMAL_CLEARING)));
        for blocked in [true, false] {
            let now = line.pair.now();
            let end = if from == Side::User { &mut line.pair.left } else { &mut line.pair.right };
            if blocked {
                end.machine.block(now, 9).unwrap()
            } else {
                end.machine.unblock(now, 9)
            }
            line.pair.run_for(seconds(1));
        }
    }
}

/// User-user information in each message that ends a call: RELEASE COMPLETE, then DISCONNECT and RELEASE.
pub fn said_while_clearing(tape: &Tape, framing: Framing, from: Side) {
    let normal = || cause(CauseValue::NORMAL_CLEARING);
    let mut line = Caller::new(tape, framing, from, false);
    line.call(Setup::speech(Number::new("5551001")));
    line.called(&|end, now, call| end.clear_saying(now, call, normal(), said("no")));
    line.call(Setup::speech(Number::new("5551001")));
    line.called(&|end, now, call| end.connect(now, call, Connected::default()));
    line.calling(&|end, now, call| end.clear_saying(now, call, normal(), said(&"u".repeat(UserUser::MAX))));
    line.called(&|end, now, call| end.clear_saying(now, call, normal(), said("bye")));
    assert_eq!(line.pair.left.machine.calls().count() + line.pair.right.machine.calls().count(), 0, "{}", line.pair.ladder);
}

/// SETUP with every bearer, each refused at once.
pub fn every_bearer(tape: &Tape, framing: Framing, from: Side) {
    let mut line = Caller::new(tape, framing, from, false);
    for bearer in bearers() {
        line.call(full(bearer));
        line.called(&|end, now, call| end.clear(now, call, cause(CauseValue::USER_BUSY)));
    }
}

/// A SETUP that is longer than a frame.
pub fn segmented_setup(tape: &Tape, framing: Framing, from: Side) {
    let mut line = Caller::new(tape, framing, from, true);
    let mut setup = full(Bearer::SPEECH);
    setup.display = Some("x".repeat(80));
    setup.other.pop();
    setup.other.push(Element::UserUser(UserUser { protocol: UserUser::IA5, octets: vec![b'u'; 128] }));
    line.call(setup);
    line.called(&|end, now, call| end.clear(now, call, cause(CauseValue::UNALLOCATED_NUMBER)));
}

/// Layer 1 goes and comes back under an answered call: STATUS ENQUIRY and STATUS.
pub fn link_lost_and_back(tape: &Tape, framing: Framing, from: Side) {
    let mut line = Caller::new(tape, framing, from, false);
    line.call(Setup::speech(Number::new("5551001")));
    line.called(&|end, now, call| end.connect(now, call, Connected::default()));
    for up in [false, true] {
        let now = line.pair.now();
        line.pair.left.machine.handle_layer1(now, up);
        line.pair.right.machine.handle_layer1(now, up);
        line.pair.run_for(seconds(5));
    }
    line.clear();
}

/// The first of two messages is lost on the line: REJ, and it comes again.
pub fn message_lost(tape: &Tape, framing: Framing, from: Side) {
    let mut line = Caller::new(tape, framing, from, false);
    let lossy = if from == Side::User { &mut line.pair.forward } else { &mut line.pair.backward };
    lossy.drop_next(1);
    let now = line.pair.now();
    let end = if from == Side::User { &mut line.pair.left } else { &mut line.pair.right };
    for digits in ["5551001", "5551002"] {
        end.machine.setup(now, Setup::speech(Number::new(digits))).unwrap();
    }
    line.pair.run_for(seconds(2));
}

/// Speech, as the far end of `errors.rs` asks for it.
pub fn speech_bearer() -> Element {
    Element::BearerCapability(BearerCapability::circuit(TransferCapability::Speech, Some(BearerCapability::LAYER1_A_LAW)))
}
