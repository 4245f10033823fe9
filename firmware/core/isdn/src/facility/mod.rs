//! What is in a Facility information element: remote operations of supplementary services (Q.932 and EN 300 196-1 in public networks,
//! ECMA-165 and ISO/IEC 11582 in private ones).
//!
//! [`Facility`] is the contents of one element: a protocol profile, for private networks an [`Extension`], and [`Component`]s.
//! What is not understood is kept and emitted unchanged. [`Dialect`] puts names and diversions into elements and reads them:
//!
//! ```
//! use isdn::facility::{Dialect, Facility, InvokeIds, Name, NameKind};
//!
//! let mut ids = InvokeIds::default();
//! let sent = Dialect::Qsig.name(NameKind::Calling, &Name::new("ALICE"), &mut ids);
//! let octets: Vec<Vec<u8>> = sent.iter().map(Facility::emit).collect();       // each in an element of SETUP
//!
//! let received: Vec<Facility> = octets.iter().flat_map(|octets| Facility::parse(octets)).collect();
//! assert_eq!(Dialect::Qsig.read_name(&received, NameKind::Calling), Some(Name::new("ALICE")));
//! assert!(Dialect::Qsig.unrecognised(&received).is_empty());                  // nothing to answer
//! ```
//!
//! Left out: the state of supplementary services, what an operation does to a call, and operations other than names and diversion; these
//! are found as [`Component`]s. CMIP and ACSE are kept as octets.

pub mod ber;
mod component;
mod dialect;
mod diversion;
mod extension;
mod name;
pub mod party;
mod reject;

pub use component::{Component, Invoke, InvokeIds, Operation, Problem, ProblemKind};
pub use dialect::{Dialect, Unrecognised};
pub use diversion::{Diversion, Form, LegOne, LegThree, Subscription};
pub use extension::{Entity, Extension, Interpretation, NetworkFacility};
pub use name::{CharacterSet, Name, NameKind, NamePresentation};
pub use reject::{Verdict, reject_response, reject_unknown, unrecognised_invoke};

use ber::Reader;

/// Extension bit: no further octet of this group follows (Q.931 4.5.1).
const LAST: u8 = 0x80;

/// Protocol profile (Q.932, contents of the Facility element): low five bits of the first octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// 11: remote operations.
    RemoteOperations,
    /// 12: CMIP.
    Cmip,
    /// 13: ACSE.
    Acse,
    /// 1f: networking extensions.
    NetworkingExtensions,
    /// Any other value.
    Other(u8),
}

impl Profile {
    /// From the low five bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 0x1f {
            0x11 => Self::RemoteOperations,
            0x12 => Self::Cmip,
            0x13 => Self::Acse,
            0x1f => Self::NetworkingExtensions,
            other => Self::Other(other),
        }
    }

    /// The five bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::RemoteOperations => 0x11,
            Self::Cmip => 0x12,
            Self::Acse => 0x13,
            Self::NetworkingExtensions => 0x1f,
            Self::Other(bits) => bits & 0x1f,
        }
    }
}

/// The contents of an element that cannot be read at all. Bad components are kept in the [`Facility`] instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// There is nothing in it.
    #[error("facility element without a protocol profile")]
    Empty,
    /// No octet ends the group of the protocol profile.
    #[error("protocol profile of {octets} octets has no end")]
    Profile {
        /// How many octets there are.
        octets: usize,
    },
}

/// Contents of a Facility element. Equal only when the octets are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Facility {
    profile: Profile,
    service: Option<u8>,
    extension: Extension,
    components: Vec<Component>,
    /// As it came, when our own encoding of it is another one: lengths in more octets than needed, spare bits, extra fields.
    received: Option<Vec<u8>>,
}

impl Facility {
    /// No components yet, under `profile`.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self { profile, service: None, extension: Extension::default(), components: Vec::new(), received: None }
    }

    /// With the second octet of the profile group, 0 to 127: DMS-100 has 3e there.
    #[must_use]
    pub fn with_service(self, service: u8) -> Self {
        Self { service: Some(service & !LAST), received: None, ..self }
    }

    /// With what stands before the components. It is sent under [`Profile::NetworkingExtensions`] only.
    #[must_use]
    pub fn with_extension(self, extension: Extension) -> Self {
        Self { extension, received: None, ..self }
    }

    /// With one more component at the end.
    #[must_use]
    pub fn with(mut self, component: Component) -> Self {
        self.components.push(component);
        Self { received: None, ..self }
    }

    /// The protocol profile.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// The second octet of the profile group.
    #[must_use]
    pub const fn service(&self) -> Option<u8> {
        self.service
    }

    /// What stands before the components; empty under other profiles than networking extensions.
    #[must_use]
    pub const fn extension(&self) -> &Extension {
        &self.extension
    }

    /// The components. All octets are one [`Component::Unknown`] when they are not [remote operations](Self::is_remote_operations).
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// Whether the components are remote operations. Those of another profile or protocol are to be passed over (ISO/IEC 11582, network
    /// protocol profile).
    #[must_use]
    pub const fn is_remote_operations(&self) -> bool {
        match self.profile {
            Profile::RemoteOperations => true,
            Profile::NetworkingExtensions => self.extension.protocol.is_none(),
            Profile::Cmip | Profile::Acse | Profile::Other(_) => false,
        }
    }

    /// Reads the contents of an element, identifier and length not included.
    pub fn parse(octets: &[u8]) -> Result<Self, Malformed> {
        let (first, _) = octets.split_first().ok_or(Malformed::Empty)?;
        let end = octets.iter().position(|octet| octet & LAST != 0).ok_or(Malformed::Profile { octets: octets.len() })?;
        let (group, rest) = octets.split_at_checked(end + 1).ok_or(Malformed::Profile { octets: octets.len() })?;
        let mut facility = Self::new(Profile::from_bits(*first));
        facility.service = group.get(1).map(|octet| octet & !LAST);
        facility.read_rest(rest);
        if facility.encode() != octets {
            facility.received = Some(octets.to_vec());
        }
        Ok(facility)
    }

    fn read_rest(&mut self, rest: &[u8]) {
        let mut values = Reader::new(rest);
        if self.profile == Profile::NetworkingExtensions {
            match Extension::take(&mut values) {
                Ok(extension) => self.extension = extension,
                // Where the components begin is not known.
                Err(_) => return self.components.push(Component::Unknown(rest.to_vec())),
            }
        }
        if !self.is_remote_operations() {
            if !values.is_empty() {
                self.components.push(Component::Unknown(values.rest().to_vec()));
            }
            return;
        }
        loop {
            match values.value() {
                Ok(Some(value)) => self.components.push(Component::read(&value)),
                Ok(None) => return,
                Err(_) => return self.components.push(Component::Unknown(values.rest().to_vec())),
            }
        }
    }

    /// The contents of an element: what was parsed as it came, octet for octet. The length, at most 255 octets in an element, is not
    /// checked here; what [`Dialect`] builds fits.
    #[must_use]
    pub fn emit(&self) -> Vec<u8> {
        self.received.clone().unwrap_or_else(|| self.encode())
    }

    fn encode(&self) -> Vec<u8> {
        let mut octets = match self.service {
            Some(service) => vec![self.profile.bits(), LAST | service],
            None => vec![LAST | self.profile.bits()],
        };
        if self.profile == Profile::NetworkingExtensions {
            octets.extend(self.extension.emit());
        }
        octets.extend(self.components.iter().flat_map(Component::emit));
        octets
    }
}
