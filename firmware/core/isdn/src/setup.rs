//! What a SETUP and a CONNECT say, in the words that the layer above uses.

use crate::facility::{Dialect, Diversion, NameKind};
use crate::ie::{
    BearerCapability, Element, NetworkSpecificFacilities, ProgressIndicator, Subaddress, TransferCapability, UserUser,
};
use crate::number::{CallingNumber, Number, Redirecting};
use crate::q931::{Message, said, services};

/// Reverse charging indication: requested (Q.931 4.6.8).
const REVERSE_CHARGING_REQUESTED: u8 = 1;

/// Companding law of G.711.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Law {
    /// A-law, on E1.
    A,
    /// Mu-law, on T1.
    Mu,
}

/// What the B-channel carries.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bearer {
    /// Speech, 3.1 kHz audio or data.
    pub capability: TransferCapability,
    /// Law of speech and audio. `None` in an outgoing call means the interface's law; in an incoming one, not said.
    pub law: Option<Law>,
    /// How data of a lower rate fills the 64 kbit/s.
    pub adaption: Option<RateAdaption>,
}

/// Rate adaption of data: the layer 1 group of the bearer capability as it stands there (Q.931 4.5.5, octets 5 to 5d).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RateAdaption(
    /// Octet 5 and those after it; the first says the protocol, 0x21 V.110 with more to come, 0xa8 V.120 alone.
    pub Vec<u8>,
);

impl RateAdaption {
    /// 56 kbit/s in 64 by V.110, synchronous, without negotiation (Q.931 table 4-6).
    #[must_use]
    pub fn kbit_56() -> Self {
        Self(vec![0x21, 0x8f])
    }
}

impl Bearer {
    /// Speech in the interface's law.
    pub const SPEECH: Self = Self { capability: TransferCapability::Speech, law: None, adaption: None };
    /// 3.1 kHz audio (modem, fax) in the interface's law.
    pub const AUDIO_31: Self = Self { capability: TransferCapability::Audio31, law: None, adaption: None };
    /// 64 kbit/s data.
    pub const UNRESTRICTED_64: Self = Self { capability: TransferCapability::Unrestricted, law: None, adaption: None };

    /// The element, `law` standing in where the bearer has none.
    pub(crate) fn element(&self, law: Law) -> Element {
        let with_law = match self.capability {
            TransferCapability::Speech | TransferCapability::Audio31 => true,
            TransferCapability::Unrestricted
            | TransferCapability::Restricted
            | TransferCapability::UnrestrictedWithTones
            | TransferCapability::Video
            | TransferCapability::Other(_) => false,
        };
        let layer1 = with_law.then(|| match self.law.unwrap_or(law) {
            Law::A => BearerCapability::LAYER1_A_LAW,
            Law::Mu => BearerCapability::LAYER1_MU_LAW,
        });
        let mut element = BearerCapability::circuit(self.capability, layer1);
        if let (false, Some(adaption)) = (with_law, &self.adaption) {
            element.rest.clone_from(&adaption.0);
        }
        Element::BearerCapability(element)
    }

    fn from_element(bearer: &BearerCapability) -> Self {
        let law = match bearer.layer1 {
            Some(BearerCapability::LAYER1_A_LAW) => Some(Law::A),
            Some(BearerCapability::LAYER1_MU_LAW) => Some(Law::Mu),
            Some(_) | None => None,
        };
        let group = if law.is_none() { bearer.layer1_group() } else { Vec::new() };
        Self { capability: bearer.capability, law, adaption: (!group.is_empty()).then_some(RateAdaption(group)) }
    }
}

/// A call being set up (Q.931 3.1.14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// Called party number; no digits when the message had none.
    pub called: Number,
    /// Calling party number.
    pub calling: Option<CallingNumber>,
    /// A second calling party number, where the network delivers what the user gave beside its own: the screening of each says whose it is.
    pub second_calling: Option<CallingNumber>,
    /// Redirecting number; of an incoming call also one that came as diversion information in Facility.
    pub redirecting: Option<Redirecting>,
    /// Name of the caller: display text, IA5, at most 80 characters, or in Facility where the variant has it there.
    pub display: Option<String>,
    /// Of an incoming call: the name comes later, as [`Event::Name`](crate::Event::Name), where the network keeps its word.
    pub name_follows: bool,
    /// What the B-channel carries.
    pub bearer: Bearer,
    /// The called number is complete.
    pub sending_complete: bool,
    /// Progress indicators.
    pub progress: Vec<ProgressIndicator>,
    /// What was keyed (Q.931 4.5.18). Of an incoming call without a called number it is taken for that.
    pub keypad: Option<String>,
    /// The called party is asked to pay (Q.957).
    pub reverse_charging: bool,
    /// Facilities that only the network at the far end knows.
    pub network_facilities: Option<NetworkSpecificFacilities>,
    /// All other elements, to be looked at or passed on.
    pub other: Vec<Element>,
}

impl Setup {
    /// A speech call to `called`, number complete.
    #[must_use]
    pub const fn speech(called: Number) -> Self {
        Self {
            called,
            calling: None,
            second_calling: None,
            redirecting: None,
            display: None,
            name_follows: false,
            bearer: Bearer::SPEECH,
            sending_complete: true,
            progress: Vec::new(),
            keypad: None,
            reverse_charging: false,
            network_facilities: None,
            other: Vec::new(),
        }
    }

    /// The elements of a SETUP without the channel.
    pub(crate) fn elements(&self, law: Law) -> Vec<Element> {
        let mut elements = vec![self.bearer.element(law)];
        elements.extend(self.sending_complete.then_some(Element::SendingComplete));
        elements.extend(self.progress.iter().copied().map(Element::Progress));
        elements.extend(self.display.clone().map(Element::Display));
        elements.extend(self.calling.iter().chain(&self.second_calling).cloned().map(Element::CallingNumber));
        elements.extend(self.keypad.clone().map(Element::Keypad));
        elements.extend(self.reverse_charging.then_some(Element::ReverseCharging(REVERSE_CHARGING_REQUESTED)));
        elements.extend(self.network_facilities.clone().map(Element::NetworkSpecific));
        if !self.called.digits.is_empty() {
            elements.push(Element::CalledNumber(self.called.clone()));
        }
        elements.extend(self.redirecting.clone().map(Element::RedirectingNumber));
        elements.extend(self.other.iter().filter(|element| is_other(element)).cloned());
        elements
    }

    /// What a received SETUP says. Of a repeated element the first counts (Q.931 5.8.5.3), but of the calling number, which the network may
    /// deliver twice (EN 300 092-1, two calling numbers); invalid ones are left out
    /// (Q.931 5.8.7.2).
    pub(crate) fn from_message(message: &Message, bearer: &BearerCapability, dialect: Dialect) -> Self {
        let facilities = services::facilities(message);
        let redirecting = message.first(|e| if let Element::RedirectingNumber(number) = e { Some(number.clone()) } else { None });
        let called = message.first(|e| if let Element::CalledNumber(number) = e { Some(number.clone()) } else { None });
        let keypad = message.first(|e| if let Element::Keypad(digits) = e { Some(digits.clone()) } else { None });
        let mut calling = message
            .elements
            .iter()
            .filter_map(|e| if let Element::CallingNumber(number) = e { Some(number.clone()) } else { None });
        Self {
            called: called.or_else(|| keypad.clone().map(Number::new)).unwrap_or_default(),
            calling: calling.next(),
            second_calling: calling.next(),
            redirecting: redirecting.or_else(|| diverting(&dialect.read_diversion(&facilities)?)),
            display: services::shown_name(&facilities, dialect, NameKind::Calling).or_else(|| display(message)),
            name_follows: dialect.reads_name_follows(&facilities),
            bearer: Bearer::from_element(bearer),
            sending_complete: message.elements.contains(&Element::SendingComplete),
            progress: progress(message),
            keypad,
            reverse_charging: message.elements.contains(&Element::ReverseCharging(REVERSE_CHARGING_REQUESTED)),
            network_facilities: message.first(|e| if let Element::NetworkSpecific(own) = e { Some(own.clone()) } else { None }),
            other: message.elements.iter().filter(|element| is_other(element)).cloned().collect(),
        }
    }
}

/// Who diverted a call last, of a diversion that came in Facility.
fn diverting(diversion: &Diversion) -> Option<Redirecting> {
    let CallingNumber { number, presentation, screening } = diversion.diverting.clone()?;
    Some(Redirecting { number, presentation, screening, reason: diversion.reason })
}

fn display(message: &Message) -> Option<String> {
    message.first(|e| if let Element::Display(text) = e { Some(text.clone()) } else { None })
}

/// Whether an element of a SETUP has no field of its own in [`Setup`] and may be passed on.
const fn is_other(element: &Element) -> bool {
    match element {
        // What this release does not know may mean something to whoever the call goes to.
        Element::Unknown { .. }
        | Element::CallingSubaddress(_)
        | Element::CalledSubaddress(_)
        | Element::LowLayerCompatibility(_)
        | Element::HighLayerCompatibility(_)
        | Element::UserUser(_) => true,
        // Facilities, network specific contents, keypad and charging mean something only on the link that they came from.
        Element::Facility(_)
        | Element::NetworkSpecific(_)
        | Element::TransitNetwork(_)
        | Element::Keypad(_)
        | Element::ReverseCharging(_)
        | Element::Signal(_)
        | Element::DateTime(_)
        | Element::Segmented(_)
        | Element::CallIdentity(_)
        | Element::BearerCapability(_)
        | Element::Cause(_)
        | Element::CallState(_)
        | Element::ChannelIdentification(_)
        | Element::Progress(_)
        | Element::Notification(_)
        | Element::Display(_)
        | Element::ConnectedNumber(_)
        | Element::ConnectedSubaddress(_)
        | Element::CallingNumber(_)
        | Element::CalledNumber(_)
        | Element::RedirectingNumber(_)
        | Element::RedirectionNumber(_)
        | Element::RestartIndicator(_)
        | Element::MoreData
        | Element::SendingComplete
        | Element::CongestionLevel(_)
        | Element::RepeatIndicator(_)
        | Element::Malformed { .. } => false,
    }
}

/// All progress indicators of a message.
pub(crate) fn progress(message: &Message) -> Vec<ProgressIndicator> {
    let indicator = |element: &Element| if let Element::Progress(progress) = element { Some(*progress) } else { None };
    message.elements.iter().filter_map(indicator).collect()
}

/// What a CONNECT says (Q.931 3.1.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connected {
    /// Connected number, where the service gives one.
    pub number: Option<CallingNumber>,
    /// Name of who answered.
    pub name: Option<String>,
    /// User-user information of who answered.
    pub user_user: Option<UserUser>,
    /// Subaddress of who answered (Q.951-5).
    pub subaddress: Option<Subaddress>,
}

impl Connected {
    pub(crate) fn from_message(message: &Message, dialect: Dialect) -> Self {
        let number = message.first(|e| if let Element::ConnectedNumber(number) = e { Some(number.clone()) } else { None });
        let facilities = services::facilities(message);
        Self {
            number,
            name: services::shown_name(&facilities, dialect, NameKind::Connected).or_else(|| display(message)),
            user_user: said::user_user(message),
            subaddress: message.first(|e| if let Element::ConnectedSubaddress(sub) = e { Some(sub.clone()) } else { None }),
        }
    }
}
