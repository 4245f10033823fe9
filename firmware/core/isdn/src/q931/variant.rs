//! What national and private variants of Q.931 do differently, one row each.
//!
//! A variant is data: what is sent in SETUP, how a channel is taken out of service, who waits for CONNECT ACKNOWLEDGE, whether calls can be held. Everything that is not
//! in the table is Q.931 for all. Of what is received nothing depends on the variant but SERVICE messages: a far end that sends what its variant does not have is understood all the same.
//!
//! Where the rows come from: EuroISDN EN 300 403-1; QSIG ECMA-143 (peers with equal rights, location private network); INS1500 TTC JT-Q931, which
//! follows Q.931; the North American ones from what libpri and gateways of other makers send, since their documents are not public: of
//! a difference that none of them shows no row says anything. Hold: libpri has it in every type; of QSIG another maker says that it has not. Left out: codeset 6 elements of 5ESS.

use super::ie::{Element, id};
use crate::cause::Location;
use crate::facility::{Dialect, InvokeIds, Name, NameKind};
use crate::number::{CallingNumber, Number, NumberingPlan, Presentation, Screening, TypeOfNumber};
use crate::setup::{Connected, Setup};
use crate::{Law, Side};

/// A variant of Q.931, by the name that exchanges have for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Variant {
    /// ETSI EN 300 403-1, on E1 and T1.
    #[default]
    EuroIsdn,
    /// National ISDN-2.
    NationalIsdn2,
    /// National ISDN-1.
    NationalIsdn1,
    /// Nortel DMS-100.
    Dms100,
    /// AT&T 4ESS.
    Att4Ess,
    /// Lucent 5ESS, custom.
    Lucent5Ess,
    /// Between private exchanges (ECMA-143).
    Qsig,
    /// NTT INS-Net 1500.
    Ins1500,
}

/// How SERVICE messages are written (ANSI T1.607 annex on B-channel availability).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Maintenance {
    /// Protocol discriminator: 3 as AT&T has it, 67 for National ISDN.
    pub discriminator: u8,
    /// Message type of SERVICE.
    pub service: u8,
    /// Message type of SERVICE ACKNOWLEDGE.
    pub acknowledge: u8,
}

/// AT&T's messages.
const ATT: Maintenance = Maintenance { discriminator: 0x03, service: 0x0f, acknowledge: 0x07 };
/// National ISDN's: the types are the other way round.
const NATIONAL: Maintenance = Maintenance { discriminator: 0x43, service: 0x07, acknowledge: 0x0f };

/// Which types and plans a number may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberForms {
    /// Any.
    Any,
    /// Unknown in both, or ISDN numbers that are international, national or local, or local private ones. Any other is sent as unknown
    /// in both.
    NorthAmerican,
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VariantRow {
    /// Which.
    pub variant: Variant,
    /// Its name in tables and logs.
    pub name: &'static str,
    /// Whether a SETUP with the whole number says sending complete (Q.931 5.1.1).
    pub sending_complete: bool,
    /// Whether names are sent in display elements.
    pub display: bool,
    /// Which services are sent and understood in Facility elements; names go there too where it has them.
    pub facility: Dialect,
    /// First octet of a display element with a name: a type that North American exchanges expect before the text.
    pub display_type: Option<u8>,
    /// A number that may be shown goes out as the network's own, since the exchange takes no other.
    pub network_provided: bool,
    /// Types and plans of numbers.
    pub numbers: NumberForms,
    /// How a channel is taken out of service; `None`: it is not.
    pub maintenance: Option<Maintenance>,
    /// Both ends wait for CONNECT ACKNOWLEDGE, whichever side they are (ECMA-143).
    pub symmetric: bool,
    /// Whether it has HOLD and RETRIEVE.
    pub hold: bool,
    /// Location of causes of the network side.
    pub network: Location,
    /// In a group of spans the interface identifier is written for every channel, as gateways of other makers do toward these exchanges;
    /// otherwise only for those on another span than the D-channel in service.
    pub explicit_interface: bool,
    /// Octets of a call reference that this end allocates.
    pub reference_octets: u8,
}

const Q931: VariantRow = VariantRow {
    variant: Variant::EuroIsdn,
    name: "EuroISDN",
    sending_complete: true,
    display: true,
    facility: Dialect::Etsi,
    display_type: None,
    network_provided: false,
    numbers: NumberForms::Any,
    maintenance: None,
    symmetric: false,
    hold: true,
    network: Location::PublicLocal,
    explicit_interface: false,
    reference_octets: 2,
};

const NORTH_AMERICAN: VariantRow =
    VariantRow { sending_complete: false, display_type: Some(0xb1), facility: Dialect::None, explicit_interface: true, ..Q931 };

/// Every variant.
pub const VARIANTS: [VariantRow; 8] = [
    Q931,
    VariantRow {
        variant: Variant::NationalIsdn2,
        name: "NI2",
        facility: Dialect::NationalIsdn2,
        numbers: NumberForms::NorthAmerican,
        maintenance: Some(NATIONAL),
        ..NORTH_AMERICAN
    },
    VariantRow { variant: Variant::NationalIsdn1, name: "NI1", ..NORTH_AMERICAN },
    VariantRow {
        variant: Variant::Dms100,
        name: "DMS-100",
        facility: Dialect::Dms100,
        network_provided: true,
        numbers: NumberForms::NorthAmerican,
        maintenance: Some(ATT),
        ..NORTH_AMERICAN
    },
    VariantRow { variant: Variant::Att4Ess, name: "4ESS", network_provided: true, maintenance: Some(ATT), ..NORTH_AMERICAN },
    VariantRow { variant: Variant::Lucent5Ess, name: "5ESS", maintenance: Some(ATT), ..NORTH_AMERICAN },
    VariantRow {
        variant: Variant::Qsig,
        name: "QSIG",
        display: false,
        facility: Dialect::Qsig,
        symmetric: true,
        hold: false,
        network: Location::PrivateLocal,
        ..Q931
    },
    VariantRow { variant: Variant::Ins1500, name: "INS1500", facility: Dialect::None, ..Q931 },
];

impl Variant {
    /// Its row.
    #[must_use]
    pub const fn row(self) -> &'static VariantRow {
        match self {
            Self::EuroIsdn => &VARIANTS[0],
            Self::NationalIsdn2 => &VARIANTS[1],
            Self::NationalIsdn1 => &VARIANTS[2],
            Self::Dms100 => &VARIANTS[3],
            Self::Att4Ess => &VARIANTS[4],
            Self::Lucent5Ess => &VARIANTS[5],
            Self::Qsig => &VARIANTS[6],
            Self::Ins1500 => &VARIANTS[7],
        }
    }
}

impl VariantRow {
    /// Location of causes that arise at this end.
    pub(crate) const fn location(&self, side: Side) -> Location {
        match side {
            Side::User => Location::User,
            Side::Network => self.network,
        }
    }

    /// Whether this side's answer waits for CONNECT ACKNOWLEDGE (Q.931 5.1.8, 5.2.8).
    pub(crate) const fn awaits_acknowledge(&self, side: Side) -> bool {
        matches!(side, Side::User) || self.symmetric
    }

    /// The elements of a SETUP without the channel, as this variant has them.
    pub(crate) fn setup_elements(&self, setup: &Setup, law: Law, ids: &mut InvokeIds) -> Vec<Element> {
        let mut setup = setup.clone();
        setup.sending_complete &= self.sending_complete;
        self.adapt_number(&mut setup.called);
        for calling in setup.calling.iter_mut().chain(&mut setup.second_calling) {
            self.adapt(calling);
        }
        if let Some(redirecting) = &mut setup.redirecting {
            self.adapt_number(&mut redirecting.number);
        }
        let name = setup.display.take();
        let mut elements = setup.elements(law);
        elements.extend(self.name(NameKind::Calling, name.as_deref(), ids));
        elements
    }

    /// The elements of a CONNECT without the channel, as this variant has them.
    pub(crate) fn connect_elements(&self, connected: &Connected, ids: &mut InvokeIds) -> Vec<Element> {
        let mut number = connected.number.clone();
        if let Some(number) = &mut number {
            self.adapt(number);
        }
        let mut elements: Vec<Element> = number.map(Element::ConnectedNumber).into_iter().collect();
        elements.extend(self.name(NameKind::Connected, connected.name.as_deref(), ids));
        elements.extend(connected.subaddress.clone().map(Element::ConnectedSubaddress));
        elements.extend(connected.user_user.clone().map(Element::UserUser));
        elements
    }

    /// A name, in a display element, a Facility element, or both.
    fn name(&self, kind: NameKind, name: Option<&str>, ids: &mut InvokeIds) -> Vec<Element> {
        let Some(text) = name else { return Vec::new() };
        let facilities = self.facility.name(kind, &Name::new(text), ids);
        let mut elements: Vec<Element> = facilities.iter().map(|facility| Element::Facility(facility.emit())).collect();
        elements.extend(self.display.then(|| self.display(text)));
        elements
    }

    /// A number that is said of a party: its form, and who vouches for it.
    pub(crate) fn adapt(&self, party: &mut CallingNumber) {
        self.adapt_number(&mut party.number);
        if self.network_provided && party.presentation == Presentation::Allowed {
            party.screening = Screening::Network;
        }
    }

    fn adapt_number(&self, number: &mut Number) {
        let may = match (self.numbers, number.npi, number.ton) {
            (NumberForms::Any, _, _) | (NumberForms::NorthAmerican, NumberingPlan::Unknown, TypeOfNumber::Unknown) => true,
            (NumberForms::NorthAmerican, NumberingPlan::Isdn, ton) => {
                matches!(ton, TypeOfNumber::International | TypeOfNumber::National | TypeOfNumber::Subscriber)
            }
            (NumberForms::NorthAmerican, NumberingPlan::Private, ton) => ton == TypeOfNumber::Subscriber,
            (NumberForms::NorthAmerican, _, _) => false,
        };
        if !may {
            (number.ton, number.npi) = (TypeOfNumber::Unknown, NumberingPlan::Unknown);
        }
    }

    /// A display element.
    fn display(&self, text: &str) -> Element {
        match self.display_type {
            None => Element::Display(text.to_owned()),
            Some(octet) => {
                let mut bytes = vec![octet];
                bytes.extend(super::ie::display_octets(text).into_iter().take(MAX_TYPED_DISPLAY));
                Element::Unknown { codeset: 0, id: id::DISPLAY, bytes }
            }
        }
    }
}

/// The type octet takes the place of one character of 80.
const MAX_TYPED_DISPLAY: usize = 79;
