//! Diversion: what a diverted call says of its way (EN 300 207-1 in public networks, ECMA-174 and ISO/IEC 13873 in private ones).
//!
//! Three operations, none of which has a result. divertingLegInformation2 goes with the SETUP to where the call is diverted and is
//! [`Diversion`]; divertingLegInformation1 tells the caller that the call is diverted and is [`LegOne`]; divertingLegInformation3 tells the
//! caller whether he may see to whom, and is [`LegThree`]. Each standard has its own [`Form`] of them.
//! Left out: subaddresses and extensions, which are passed over.

use super::ber::{self, Malformed, Reader, Tag, Value};
use super::name::Name;
use super::party;
use crate::number::{CallingNumber, Presentation, RedirectReason, Screening};

/// Whose form of the operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// EN 300 207-1: operations 18, 15 and 19; a counter of 1 to 5; no names.
    Etsi,
    /// ECMA-174: operations 20, 21 and 22; a counter of 1 to 15.
    Qsig,
}

impl Form {
    /// Value of divertingLegInformation1.
    #[must_use]
    pub const fn leg_one(self) -> i32 {
        match self {
            Self::Etsi => 18,
            Self::Qsig => 20,
        }
    }

    /// Value of divertingLegInformation2.
    #[must_use]
    pub const fn leg_two(self) -> i32 {
        match self {
            Self::Etsi => 15,
            Self::Qsig => 21,
        }
    }

    /// Value of divertingLegInformation3.
    #[must_use]
    pub const fn leg_three(self) -> i32 {
        match self {
            Self::Etsi => 19,
            Self::Qsig => 22,
        }
    }

    /// Highest diversion counter.
    #[must_use]
    pub const fn max_count(self) -> u8 {
        match self {
            Self::Etsi => 5,
            Self::Qsig => 15,
        }
    }

    /// DiversionReason: 0 unknown, 1 unconditional, 2 busy, 3 no reply, and with ETSI 4 deflection in alerting and 5 immediate deflection.
    const fn reason(self, reason: RedirectReason) -> i32 {
        match (reason, self) {
            (RedirectReason::Unconditional, _) => 1,
            (RedirectReason::Busy, _) => 2,
            (RedirectReason::NoReply, _) => 3,
            (RedirectReason::Deflection, Self::Etsi) => 4,
            (RedirectReason::Deflection, Self::Qsig)
            | (
                RedirectReason::Unknown | RedirectReason::OutOfOrder | RedirectReason::ByTerminal | RedirectReason::Other(_),
                Self::Etsi | Self::Qsig,
            ) => 0,
        }
    }

    const fn read_reason(self, code: i32) -> RedirectReason {
        match (code, self) {
            (1, _) => RedirectReason::Unconditional,
            (2, _) => RedirectReason::Busy,
            (3, _) => RedirectReason::NoReply,
            (4 | 5, Self::Etsi) => RedirectReason::Deflection,
            (_, Self::Etsi | Self::Qsig) => RedirectReason::Unknown,
        }
    }
}

/// A call that came here by diversion: divertingLegInformation2.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Diversion {
    /// How many diversions there were.
    pub count: u8,
    /// Why the last was.
    pub reason: RedirectReason,
    /// Why the first was. QSIG only.
    pub original_reason: Option<RedirectReason>,
    /// Who diverted last. Screening is not carried.
    pub diverting: Option<CallingNumber>,
    /// Who was called first. Screening is not carried.
    pub original_called: Option<CallingNumber>,
    /// Name of who diverted last. QSIG only.
    pub redirecting_name: Option<Name>,
    /// Name of who was called first. QSIG only.
    pub original_called_name: Option<Name>,
}

impl Diversion {
    /// Reads the argument. A reason that the form does not have is read as unknown.
    pub fn parse(form: Form, argument: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Reader::new(argument).take(Tag::SEQUENCE)?.reader()?;
        let count = fields.take(Tag::INTEGER)?;
        let wrong = Malformed::Contents { tag: count.tag, octets: count.contents.len() };
        let count = u8::try_from(count.integer()?).map_err(|_| wrong)?;
        let reason = form.read_reason(fields.take(Tag::ENUMERATED)?.integer()?);
        let original_reason = match form {
            Form::Etsi => None,
            Form::Qsig => fields.optional(Tag::context(0))?,
        };
        let original_reason = original_reason.map(|reason| reason.integer()).transpose()?.map(|code| form.read_reason(code));
        let diverting = within(&mut fields, 1, take_unscreened)?;
        let original_called = within(&mut fields, 2, take_unscreened)?;
        let (redirecting_name, original_called_name) = match form {
            Form::Etsi => (None, None),
            Form::Qsig => (within(&mut fields, 3, Name::take)?, within(&mut fields, 4, Name::take)?),
        };
        Ok(Self { count, reason, original_reason, diverting, original_called, redirecting_name, original_called_name })
    }

    /// The argument. The counter is put into the form's range; names and the original reason go with QSIG only.
    #[must_use]
    pub fn emit(&self, form: Form) -> Vec<u8> {
        let count = ber::integer(Tag::INTEGER, i32::from(self.count.clamp(1, form.max_count())));
        let reason = ber::integer(Tag::ENUMERATED, form.reason(self.reason));
        let number = |tag, party: Option<&CallingNumber>| {
            party.map(|party| ber::value(Tag::context_constructed(tag), &party::emit_unscreened(party))).unwrap_or_default()
        };
        let diverting = number(1, self.diverting.as_ref());
        let original_called = number(2, self.original_called.as_ref());
        match form {
            Form::Etsi => ber::sequence(&[count, reason, diverting, original_called]),
            Form::Qsig => {
                let original_reason = self.original_reason.map(|reason| ber::integer(Tag::context(0), form.reason(reason)));
                let names =
                    [emit_name(3, self.redirecting_name.as_ref()), emit_name(4, self.original_called_name.as_ref())].concat();
                ber::sequence(&[count, reason, original_reason.unwrap_or_default(), diverting, original_called, names])
            }
        }
    }
}

/// What the caller is told: SubscriptionOption of the diverting user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subscription {
    /// 0: nothing.
    NoNotification,
    /// 1: that the call is diverted.
    WithoutNumber,
    /// 2: that, and to which number.
    WithNumber,
}

impl Subscription {
    /// A value that the standards do not have says nothing to the caller.
    const fn from_code(code: i32) -> Self {
        match code {
            1 => Self::WithoutNumber,
            2 => Self::WithNumber,
            _ => Self::NoNotification,
        }
    }

    const fn code(self) -> i32 {
        match self {
            Self::NoNotification => 0,
            Self::WithoutNumber => 1,
            Self::WithNumber => 2,
        }
    }
}

/// The call of the receiver is being diverted: divertingLegInformation1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LegOne {
    /// Why.
    pub reason: RedirectReason,
    /// What the caller may be told.
    pub subscription: Subscription,
    /// To whom. QSIG always carries it and says nothing of its presentation, which reads as allowed; ETSI may leave it out.
    pub nominated: Option<CallingNumber>,
}

impl LegOne {
    /// Reads the argument.
    pub fn parse(form: Form, argument: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Reader::new(argument).take(Tag::SEQUENCE)?.reader()?;
        let reason = form.read_reason(fields.take(Tag::ENUMERATED)?.integer()?);
        let subscription = Subscription::from_code(fields.take(Tag::ENUMERATED)?.integer()?);
        let nominated = match form {
            Form::Etsi => fields.value()?.map(|value| party::read_unscreened(&value)).transpose()?,
            Form::Qsig => Some(CallingNumber {
                number: party::take_number(&mut fields)?,
                presentation: Presentation::Allowed,
                screening: Screening::NotScreened,
            }),
        };
        Ok(Self { reason, subscription, nominated })
    }

    /// The argument; `None` when QSIG, which needs the number, cannot have it.
    #[must_use]
    pub fn emit(&self, form: Form) -> Option<Vec<u8>> {
        let reason = ber::integer(Tag::ENUMERATED, form.reason(self.reason));
        let subscription = ber::integer(Tag::ENUMERATED, self.subscription.code());
        let nominated = match form {
            Form::Etsi => self.nominated.as_ref().map(party::emit_unscreened).unwrap_or_default(),
            Form::Qsig => self.nominated.as_ref().and_then(|party| party::emit_number(&party.number))?,
        };
        Some(ber::sequence(&[reason, subscription, nominated]))
    }
}

/// Whether the caller may see to whom his call was diverted: divertingLegInformation3.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LegThree {
    /// He may.
    pub presentation_allowed: bool,
    /// Name of whom the call was diverted to. QSIG only.
    pub name: Option<Name>,
}

impl LegThree {
    /// Reads the argument.
    pub fn parse(form: Form, argument: &[u8]) -> Result<Self, Malformed> {
        let mut values = Reader::new(argument);
        match form {
            Form::Etsi => Ok(Self { presentation_allowed: values.take(Tag::BOOLEAN)?.boolean()?, name: None }),
            Form::Qsig => {
                let mut fields = values.take(Tag::SEQUENCE)?.reader()?;
                let presentation_allowed = fields.take(Tag::BOOLEAN)?.boolean()?;
                Ok(Self { presentation_allowed, name: within(&mut fields, 0, Name::take)? })
            }
        }
    }

    /// The argument.
    #[must_use]
    pub fn emit(&self, form: Form) -> Vec<u8> {
        let allowed = ber::boolean(self.presentation_allowed);
        match form {
            Form::Etsi => allowed,
            Form::Qsig => ber::sequence(&[allowed, emit_name(0, self.name.as_ref())]),
        }
    }
}

/// `[tag]` around a choice, if it is the next value.
fn within<'a, T>(
    fields: &mut Reader<'a>,
    tag: u32,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, Malformed>,
) -> Result<Option<T>, Malformed> {
    let Some(value) = fields.optional(Tag::context_constructed(tag))? else { return Ok(None) };
    read(&mut value.reader()?).map(Some)
}

fn take_unscreened(values: &mut Reader<'_>) -> Result<CallingNumber, Malformed> {
    let value: Option<Value<'_>> = values.value()?;
    party::read_unscreened(&value.ok_or(Malformed::Unexpected { wanted: Tag::context(0), found: None })?)
}

fn emit_name(tag: u32, name: Option<&Name>) -> Vec<u8> {
    name.map(|name| ber::value(Tag::context_constructed(tag), &name.emit())).unwrap_or_default()
}
