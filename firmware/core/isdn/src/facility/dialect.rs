//! The dialects: which operations an exchange knows, and how its Facility elements look.
//!
//! | dialect | profile | names | diversion |
//! |---|---|---|---|
//! | [`Dialect::Etsi`] | 91 | none | EN 300 207-1 |
//! | [`Dialect::Qsig`] | 9f, end to end, interpretation | ECMA-164 | ECMA-174 |
//! | [`Dialect::NationalIsdn2`] | 9f, interpretation | calling name, now or later | none |
//! | [`Dialect::Dms100`] | 11 be | calling name, read only | none |
//!
//! Where a dialect has no operation for a thing, nothing is sent and nothing is read: the display and redirecting number elements are left for it.
//! All that is sent says "discard" to an exchange that does not know it, where the dialect can say so: no call is to fail for a name.
//! Profiles and fields of what is received are not checked against the dialect; peers mix them.

use super::ber::{self, Malformed, Tag};
use super::component::{Component, Invoke, InvokeIds, Operation, Problem};
use super::diversion::{Diversion, Form, LegOne, LegThree};
use super::extension::{Extension, Interpretation, NetworkFacility};
use super::name::{Name, NameKind};
use super::reject::{Verdict, reject_unknown, unrecognised_invoke};
use super::{Facility, Profile};

/// Second octet of the profile group of DMS-100.
const DMS100_SERVICE: u8 = 0x3e;
/// National ISDN's informationFollowing, 1.2.840.10005.0.4: the name comes later, in a FACILITY message.
const INFORMATION_FOLLOWING: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x15, 0x00, 0x04];

/// Which operations an exchange knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Public networks of Europe (EN 300 196-1).
    Etsi,
    /// Private networks (ECMA-165, ISO/IEC 11582).
    Qsig,
    /// National ISDN 2 of North America.
    NationalIsdn2,
    /// DMS-100, custom protocol.
    Dms100,
    /// Facility elements are neither sent nor looked at.
    #[default]
    None,
}

/// An operation that some dialect knows.
enum Known {
    Name(NameKind),
    NameFollows,
    LegOne(Form),
    LegTwo(Form),
    LegThree(Form),
}

impl Known {
    fn check(&self, argument: &[u8]) -> Result<(), Malformed> {
        match self {
            Self::Name(_) => Name::parse(argument).map(|_| ()),
            // Its argument says nothing that is acted on.
            Self::NameFollows => Ok(()),
            Self::LegOne(form) => LegOne::parse(*form, argument).map(|_| ()),
            Self::LegTwo(form) => Diversion::parse(*form, argument).map(|_| ()),
            Self::LegThree(form) => LegThree::parse(*form, argument).map(|_| ()),
        }
    }
}

/// A component that was not understood and what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unrecognised {
    /// The component.
    pub component: Component,
    /// What is to be done. A reject goes into an element by [`Dialect::carry`].
    pub verdict: Verdict,
}

impl Dialect {
    const fn form(self) -> Option<Form> {
        match self {
            Self::Etsi => Some(Form::Etsi),
            Self::Qsig => Some(Form::Qsig),
            Self::NationalIsdn2 | Self::Dms100 | Self::None => None,
        }
    }

    /// An element with one component, under the profile of this dialect; `None` for [`Dialect::None`].
    #[must_use]
    pub fn carry(self, component: Component) -> Option<Facility> {
        let extension = |network| Extension { network, protocol: None, interpretation: Some(Interpretation::Discard) };
        let networking = Facility::new(Profile::NetworkingExtensions);
        let facility = match self {
            Self::Etsi => Facility::new(Profile::RemoteOperations),
            Self::Qsig => networking.with_extension(extension(Some(NetworkFacility::END_TO_END))),
            Self::NationalIsdn2 => networking.with_extension(extension(None)),
            Self::Dms100 => Facility::new(Profile::RemoteOperations).with_service(DMS100_SERVICE),
            Self::None => return None,
        };
        Some(facility.with(component))
    }

    fn invoke(self, ids: &mut InvokeIds, operation: Operation, argument: Vec<u8>) -> Vec<Facility> {
        self.carry(Component::Invoke(Invoke::new(ids.take(), operation, argument))).into_iter().collect()
    }

    /// The elements for a name: the calling name for SETUP (after [`Dialect::name_follows`] for FACILITY), the called name for ALERTING, the
    /// connected name for CONNECT. Empty where the dialect sends none.
    #[must_use]
    pub fn name(self, kind: NameKind, name: &Name, ids: &mut InvokeIds) -> Vec<Facility> {
        let sent = match (self, kind) {
            (Self::Qsig, NameKind::Calling | NameKind::Called | NameKind::Connected | NameKind::Busy) => true,
            (Self::NationalIsdn2, NameKind::Calling) => true,
            (Self::NationalIsdn2, NameKind::Called | NameKind::Connected | NameKind::Busy) => false,
            (Self::Etsi | Self::Dms100 | Self::None, _) => false,
        };
        if sent { self.invoke(ids, Operation::Local(kind.operation()), name.emit()) } else { Vec::new() }
    }

    /// The elements for a SETUP whose calling name is not known yet and will come in FACILITY. Empty but for National ISDN 2, whose networks
    /// send it.
    #[must_use]
    pub fn name_follows(self, ids: &mut InvokeIds) -> Vec<Facility> {
        match self {
            Self::NationalIsdn2 => {
                let operation = Operation::Global(INFORMATION_FOLLOWING.to_vec());
                self.invoke(ids, operation, ber::integer(Tag::ENUMERATED, 0))
            }
            Self::Etsi | Self::Qsig | Self::Dms100 | Self::None => Vec::new(),
        }
    }

    /// The elements for the SETUP of a diverted call: divertingLegInformation2. Empty where the dialect has none.
    #[must_use]
    pub fn diversion(self, diversion: &Diversion, ids: &mut InvokeIds) -> Vec<Facility> {
        let Some(form) = self.form() else { return Vec::new() };
        self.invoke(ids, Operation::Local(form.leg_two()), diversion.emit(form))
    }

    /// The elements that tell the caller that his call is diverted: divertingLegInformation1, for FACILITY or a message of the call. Empty where
    /// the dialect has none, and with QSIG when there is no number to name.
    #[must_use]
    pub fn leg_one(self, leg: &LegOne, ids: &mut InvokeIds) -> Vec<Facility> {
        let argument = self.form().and_then(|form| Some((form, leg.emit(form)?)));
        let Some((form, argument)) = argument else { return Vec::new() };
        self.invoke(ids, Operation::Local(form.leg_one()), argument)
    }

    /// The elements that tell the caller whether he may see to whom: divertingLegInformation3, for FACILITY, ALERTING or CONNECT. Empty where
    /// the dialect has none.
    #[must_use]
    pub fn leg_three(self, leg: &LegThree, ids: &mut InvokeIds) -> Vec<Facility> {
        let Some(form) = self.form() else { return Vec::new() };
        self.invoke(ids, Operation::Local(form.leg_three()), leg.emit(form))
    }

    fn known(self, operation: &Operation) -> Option<Known> {
        let number = operation.private_network();
        let name = || {
            let kinds = [NameKind::Calling, NameKind::Called, NameKind::Connected, NameKind::Busy];
            kinds.into_iter().find(|kind| Some(kind.operation()) == number).map(Known::Name)
        };
        let leg = |form: Form, number: i32| match number {
            number if number == form.leg_one() => Some(Known::LegOne(form)),
            number if number == form.leg_two() => Some(Known::LegTwo(form)),
            number if number == form.leg_three() => Some(Known::LegThree(form)),
            _ => None,
        };
        match (self, operation) {
            (Self::Etsi, Operation::Local(number)) => leg(Form::Etsi, *number),
            (Self::Qsig, _) => name().or_else(|| leg(Form::Qsig, number?)),
            (Self::NationalIsdn2, Operation::Global(identifier)) if *identifier == INFORMATION_FOLLOWING => {
                Some(Known::NameFollows)
            }
            (Self::NationalIsdn2, Operation::Local(_)) => name(),
            (Self::Dms100, Operation::Local(number)) if *number == NameKind::Calling.operation() => {
                Some(Known::Name(NameKind::Calling))
            }
            (Self::Etsi | Self::NationalIsdn2, Operation::Global(_)) | (Self::Dms100 | Self::None, _) => None,
        }
    }

    /// The first invoke that `read` can make something of.
    fn find<T>(self, facilities: &[Facility], read: impl Fn(Known, &[u8]) -> Option<T>) -> Option<T> {
        let components = facilities.iter().flat_map(Facility::components);
        components.into_iter().find_map(|component| match component {
            Component::Invoke(invoke) => read(self.known(&invoke.operation)?, &invoke.argument),
            Component::ReturnResult { .. } | Component::ReturnError { .. } | Component::Reject { .. } | Component::Unknown(_) => {
                None
            }
        })
    }

    /// The name of that kind in the elements of a message.
    #[must_use]
    pub fn read_name(self, facilities: &[Facility], kind: NameKind) -> Option<Name> {
        self.find(facilities, |known, argument| match known {
            Known::Name(found) if found == kind => Name::parse(argument).ok(),
            Known::Name(_) | Known::NameFollows | Known::LegOne(_) | Known::LegTwo(_) | Known::LegThree(_) => None,
        })
    }

    /// Whether the elements of a SETUP say that the calling name comes later, in FACILITY.
    #[must_use]
    pub fn reads_name_follows(self, facilities: &[Facility]) -> bool {
        let follows = |known, _: &[u8]| match known {
            Known::NameFollows => Some(()),
            Known::Name(_) | Known::LegOne(_) | Known::LegTwo(_) | Known::LegThree(_) => None,
        };
        self.find(facilities, follows).is_some()
    }

    /// The diversion that the elements of a SETUP tell of.
    #[must_use]
    pub fn read_diversion(self, facilities: &[Facility]) -> Option<Diversion> {
        self.find(facilities, |known, argument| match known {
            Known::LegTwo(form) => Diversion::parse(form, argument).ok(),
            Known::Name(_) | Known::NameFollows | Known::LegOne(_) | Known::LegThree(_) => None,
        })
    }

    /// That a call of this end is being diverted.
    #[must_use]
    pub fn read_leg_one(self, facilities: &[Facility]) -> Option<LegOne> {
        self.find(facilities, |known, argument| match known {
            Known::LegOne(form) => LegOne::parse(form, argument).ok(),
            Known::Name(_) | Known::NameFollows | Known::LegTwo(_) | Known::LegThree(_) => None,
        })
    }

    /// Whether it may be shown to whom a call of this end was diverted.
    #[must_use]
    pub fn read_leg_three(self, facilities: &[Facility]) -> Option<LegThree> {
        self.find(facilities, |known, argument| match known {
            Known::LegThree(form) => LegThree::parse(form, argument).ok(),
            Known::Name(_) | Known::NameFollows | Known::LegOne(_) | Known::LegTwo(_) => None,
        })
    }

    /// The components that are not understood, and what is to be done about each. Results, errors and rejects are for who invoked; elements
    /// of other protocols are passed over. Nothing for [`Dialect::None`].
    #[must_use]
    pub fn unrecognised(self, facilities: &[Facility]) -> Vec<Unrecognised> {
        if self == Self::None {
            return Vec::new();
        }
        let judged = facilities.iter().filter(|facility| facility.is_remote_operations());
        let judge = |facility: &Facility, component: &Component| {
            let verdict = match component {
                Component::Invoke(invoke) => {
                    unrecognised_invoke(invoke, self.problem(invoke)?, facility.extension().interpretation)
                }
                Component::Unknown(_) => Verdict::Reject(reject_unknown(component)?),
                Component::ReturnResult { .. } | Component::ReturnError { .. } | Component::Reject { .. } => return None,
            };
            Some(Unrecognised { component: component.clone(), verdict })
        };
        judged.flat_map(|facility| facility.components().iter().filter_map(move |component| judge(facility, component))).collect()
    }

    fn problem(self, invoke: &Invoke) -> Option<Problem> {
        match self.known(&invoke.operation) {
            Some(known) => known.check(&invoke.argument).is_err().then_some(Problem::MISTYPED_ARGUMENT),
            None => Some(Problem::UNRECOGNISED_OPERATION),
        }
    }
}
