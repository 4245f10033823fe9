//! Between the elements of Q.931 and the neutral words: numbers, names, diversions, subaddresses, user-user information, bearer.
//!
//! Left out: keypad facility (but where it is the called number) and network specific facilities mean something only between the box and
//! the exchange that they came from, so they do not cross it.

use isdn::facility::NameKind;
use isdn::ie::{Element, UserUser};
use isdn::{CallingNumber, Cause, Connected, RateAdaption, RedirectReason, Redirecting, TransferCapability};

use crate::words::{
    Answered, Bearer, Compatibility, Diversion, DiversionReason, FromLeg, Identity, Number, Presentation, Release, Screening,
    Setup, Subaddress, Tones, UserToUser,
};

/// What a SETUP asks for, of a caller who hears these tones from us.
pub(super) fn setup_from_isdn(setup: &isdn::Setup, tones: Tones) -> Setup {
    let find = |wanted: fn(&Element) -> bool| setup.other.iter().find(|element| wanted(element));
    Setup {
        called: number_from_isdn(&setup.called),
        // What comes in pieces is collected before the controller hears of it.
        may_grow: false,
        called_subaddress: find(|e| matches!(e, Element::CalledSubaddress(_))).and_then(subaddress),
        calling: Identity { name: setup.display.clone(), ..identity(setup.calling.as_ref()) },
        second_calling: setup.second_calling.as_ref().map(|calling| identity(Some(calling))),
        reverse_charge: setup.reverse_charging,
        calling_subaddress: find(|e| matches!(e, Element::CallingSubaddress(_))).and_then(subaddress),
        diversions: setup.redirecting.as_ref().map(diversion).into_iter().collect(),
        user_to_user: user_to_user(&setup.other),
        bearer: bearer_from_isdn(&setup.bearer),
        compatibility: Compatibility {
            low_layer: setup.other.iter().find_map(|e| match_octets(e, true)),
            high_layer: setup.other.iter().find_map(|e| match_octets(e, false)),
        },
        tones,
        media: None,
    }
}

/// A SETUP that asks for this.
pub(super) fn setup_to_isdn(setup: &Setup) -> isdn::Setup {
    let calling = &setup.calling;
    let has_number = !calling.number.digits.is_empty() || calling.presentation == Presentation::Restricted;
    isdn::Setup {
        calling: has_number.then(|| party_to_isdn(calling)),
        second_calling: setup.second_calling.as_ref().map(party_to_isdn),
        reverse_charging: setup.reverse_charge,
        redirecting: setup.diversions.first().map(redirecting),
        display: calling.name.clone().filter(|_| calling.presentation == Presentation::Allowed),
        bearer: bearer_to_isdn(&setup.bearer),
        other: other_elements(setup),
        ..isdn::Setup::speech(number_to_isdn(&setup.called))
    }
}

/// What a CONNECT says.
pub(super) fn connected_from_isdn(connected: &Connected) -> Answered {
    let said = connected.number.is_some() || connected.name.is_some();
    let connected_identity = Identity { name: connected.name.clone(), ..identity(connected.number.as_ref()) };
    Answered {
        connected: said.then_some(connected_identity),
        connected_subaddress: connected.subaddress.as_ref().map(subaddress_from_isdn),
        user_to_user: connected.user_user.as_ref().map(user_to_user_from_isdn),
        media: None,
    }
}

/// A CONNECT that says this.
pub(super) fn connected_to_isdn(answered: &Answered) -> Connected {
    let shown = answered.connected.as_ref();
    let has_number = |party: &&Identity| !party.number.digits.is_empty() || party.presentation == Presentation::Restricted;
    Connected {
        number: shown.filter(has_number).map(party_to_isdn),
        name: shown.filter(|party| party.presentation != Presentation::Restricted).and_then(|party| party.name.clone()),
        user_user: answered.user_to_user.as_ref().map(user_to_user_to_isdn),
        subaddress: answered.connected_subaddress.as_ref().map(subaddress_to_isdn),
    }
}

/// Why the far end ended a call, and what it said.
pub(super) fn release_from_isdn(cause: &Cause, said: Option<&UserUser>) -> Release {
    let user_to_user = said.map(user_to_user_from_isdn);
    Release { user_to_user, ..Release::by_far_side(cause.value.0, None, cause.value.name()) }
}

/// A name that came by itself: whom it is of. A called or connected party's is the leg's own; so is a calling party's.
pub(super) fn name_update(kind: NameKind, name: String) -> Option<FromLeg> {
    match kind {
        NameKind::Calling | NameKind::Called | NameKind::Connected => Some(FromLeg::PartyUpdate(Identity {
            name: Some(name),
            presentation: Presentation::Unavailable,
            ..Identity::default()
        })),
        // Busy names are for the caller's display only, and the call ends.
        NameKind::Busy => None,
    }
}

/// The elements that have no field of their own in [`isdn::Setup`].
fn other_elements(setup: &Setup) -> Vec<Element> {
    let compatibility = &setup.compatibility;
    let elements = [
        setup.calling_subaddress.as_ref().map(|sub| Element::CallingSubaddress(subaddress_to_isdn(sub))),
        setup.called_subaddress.as_ref().map(|sub| Element::CalledSubaddress(subaddress_to_isdn(sub))),
        compatibility.low_layer.clone().map(Element::LowLayerCompatibility),
        compatibility.high_layer.clone().map(Element::HighLayerCompatibility),
        setup.user_to_user.as_ref().map(|said| Element::UserUser(user_to_user_to_isdn(said))),
    ];
    elements.into_iter().flatten().collect()
}

fn match_octets(element: &Element, low: bool) -> Option<Vec<u8>> {
    if let (true, Element::LowLayerCompatibility(octets)) | (false, Element::HighLayerCompatibility(octets)) = (low, element) {
        Some(octets.clone())
    } else {
        None
    }
}

fn identity(party: Option<&CallingNumber>) -> Identity {
    let presentation = match party.map(|party| party.presentation) {
        Some(isdn::Presentation::Allowed) => Presentation::Allowed,
        Some(isdn::Presentation::Restricted) => Presentation::Restricted,
        Some(isdn::Presentation::NotAvailable | isdn::Presentation::Reserved) | None => Presentation::Unavailable,
    };
    let screening = match party.map(|party| party.screening) {
        Some(isdn::Screening::Passed) => Screening::UserPassed,
        Some(isdn::Screening::Failed) => Screening::UserFailed,
        Some(isdn::Screening::Network) => Screening::Network,
        Some(isdn::Screening::NotScreened) | None => Screening::UserNotScreened,
    };
    let number = party.map(|party| number_from_isdn(&party.number)).unwrap_or_default();
    Identity { number, presentation, screening, name: None }
}

fn party_to_isdn(party: &Identity) -> CallingNumber {
    CallingNumber {
        number: number_to_isdn(&party.number),
        presentation: match party.presentation {
            Presentation::Allowed => isdn::Presentation::Allowed,
            Presentation::Restricted => isdn::Presentation::Restricted,
            Presentation::Unavailable => isdn::Presentation::NotAvailable,
        },
        screening: match party.screening {
            Screening::UserNotScreened => isdn::Screening::NotScreened,
            Screening::UserPassed => isdn::Screening::Passed,
            Screening::UserFailed => isdn::Screening::Failed,
            Screening::Network => isdn::Screening::Network,
        },
    }
}

fn diversion(redirecting: &Redirecting) -> Diversion {
    let Redirecting { number, presentation, screening, reason } = redirecting.clone();
    let by = identity(Some(&CallingNumber { number, presentation, screening }));
    let reason = match reason {
        RedirectReason::Busy => DiversionReason::Busy,
        RedirectReason::NoReply => DiversionReason::NoReply,
        RedirectReason::Deflection => DiversionReason::Deflection,
        RedirectReason::OutOfOrder => DiversionReason::OutOfOrder,
        RedirectReason::ByTerminal => DiversionReason::ByTerminal,
        RedirectReason::Unconditional => DiversionReason::Unconditional,
        RedirectReason::Unknown | RedirectReason::Other(_) => DiversionReason::Unknown,
    };
    Diversion { by, reason }
}

fn redirecting(diversion: &Diversion) -> Redirecting {
    let CallingNumber { number, presentation, screening } = party_to_isdn(&diversion.by);
    let reason = match diversion.reason {
        DiversionReason::Unknown => RedirectReason::Unknown,
        DiversionReason::Busy => RedirectReason::Busy,
        DiversionReason::NoReply => RedirectReason::NoReply,
        DiversionReason::Unconditional => RedirectReason::Unconditional,
        DiversionReason::Deflection => RedirectReason::Deflection,
        DiversionReason::OutOfOrder => RedirectReason::OutOfOrder,
        DiversionReason::ByTerminal => RedirectReason::ByTerminal,
    };
    Redirecting { number, presentation, screening, reason }
}

fn subaddress(element: &Element) -> Option<Subaddress> {
    if let Element::CalledSubaddress(sub) | Element::CallingSubaddress(sub) = element {
        Some(subaddress_from_isdn(sub))
    } else {
        None
    }
}

fn subaddress_from_isdn(sub: &isdn::ie::Subaddress) -> Subaddress {
    Subaddress { kind: sub.kind, odd: sub.odd, octets: sub.octets.clone() }
}

fn subaddress_to_isdn(sub: &Subaddress) -> isdn::ie::Subaddress {
    isdn::ie::Subaddress { kind: sub.kind, odd: sub.odd, octets: sub.octets.clone() }
}

fn user_to_user(elements: &[Element]) -> Option<UserToUser> {
    elements.iter().find_map(|e| if let Element::UserUser(said) = e { Some(user_to_user_from_isdn(said)) } else { None })
}

fn user_to_user_from_isdn(said: &UserUser) -> UserToUser {
    UserToUser { protocol: said.protocol, octets: said.octets.clone() }
}

pub(super) fn user_to_user_to_isdn(said: &UserToUser) -> UserUser {
    UserUser { protocol: said.protocol, octets: said.octets.clone() }
}

fn bearer_from_isdn(bearer: &isdn::Bearer) -> Bearer {
    match bearer.capability {
        TransferCapability::Speech => Bearer::Speech,
        TransferCapability::Audio31 => Bearer::Audio31,
        TransferCapability::Unrestricted
        | TransferCapability::Restricted
        | TransferCapability::UnrestrictedWithTones
        | TransferCapability::Video
        | TransferCapability::Other(_) => {
            let adaption = bearer.adaption.as_ref().map(|adaption| adaption.0.clone());
            Bearer::Data { capability: bearer.capability.bits(), adaption }
        }
    }
}

fn bearer_to_isdn(bearer: &Bearer) -> isdn::Bearer {
    match bearer {
        Bearer::Speech => isdn::Bearer::SPEECH,
        Bearer::Audio31 => isdn::Bearer::AUDIO_31,
        Bearer::Data { capability, adaption } => isdn::Bearer {
            capability: TransferCapability::from_bits(*capability),
            law: None,
            adaption: adaption.clone().map(RateAdaption),
        },
    }
}

fn number_from_isdn(number: &isdn::Number) -> Number {
    Number { digits: number.digits.clone(), international: number.ton == isdn::TypeOfNumber::International }
}

fn number_to_isdn(number: &Number) -> isdn::Number {
    let mut isdn = isdn::Number::new(number.digits.clone());
    if number.international {
        isdn.ton = isdn::TypeOfNumber::International;
    }
    isdn
}
