//! Components: what one end asks of the other and what it answers (ROSE: X.219 and X.229, as Q.932 uses them).
//!
//! Arguments, results and parameters are kept as the octets that they came in; [`super::name`] and [`super::diversion`] read some of
//! them. What is no component, or breaks the rules of one, is [`Component::Unknown`] with its octets.

use super::ber::{self, Malformed, Reader, Tag, Value};

/// Component tags (X.229 clause 9).
const INVOKE: Tag = Tag::context_constructed(1);
const RETURN_RESULT: Tag = Tag::context_constructed(2);
const RETURN_ERROR: Tag = Tag::context_constructed(3);
const REJECT: Tag = Tag::context_constructed(4);
/// The linked identifier of an invoke.
const LINKED: Tag = Tag::context(0);

/// Object identifier of the operations of private networks but for the last arc: iso(1) identified-organization(3) icd-ecma(12)
/// private-isdn-signalling-domain(9). Early standards of ECMA name operations so, later ones by the last arc alone.
const PRIVATE_NETWORK: [u8; 3] = [0x2b, 0x0c, 0x09];

/// Name of an operation or of an error.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A number that means something in one standard.
    Local(i32),
    /// An object identifier: the octets of its contents (X.690 8.19).
    Global(Vec<u8>),
}

impl Operation {
    /// The number of an operation of private networks, whether it came as number or as object identifier 1.3.12.9.n.
    #[must_use]
    pub fn private_network(&self) -> Option<i32> {
        match self {
            Self::Local(number) => Some(*number),
            Self::Global(identifier) => match identifier.strip_prefix(&PRIVATE_NETWORK) {
                Some([arc @ 0..0x80]) => Some(i32::from(*arc)),
                Some(_) | None => None,
            },
        }
    }

    fn take(fields: &mut Reader<'_>) -> Result<Self, Malformed> {
        match fields.optional(Tag::OBJECT_IDENTIFIER)? {
            Some(identifier) => Ok(Self::Global(identifier.contents.to_vec())),
            None => Ok(Self::Local(fields.take(Tag::INTEGER)?.integer()?)),
        }
    }

    fn emit(&self) -> Vec<u8> {
        match self {
            Self::Local(number) => ber::integer(Tag::INTEGER, *number),
            Self::Global(identifier) => ber::value(Tag::OBJECT_IDENTIFIER, identifier),
        }
    }
}

/// A request to do something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Invoke {
    /// Names it in the answers. Standards allow -32768 to 32767; more is read and kept.
    pub id: i32,
    /// The invoke of the other end that this one belongs to.
    pub linked: Option<i32>,
    /// What is to be done.
    pub operation: Operation,
    /// The argument, encoded; empty when there is none.
    pub argument: Vec<u8>,
}

impl Invoke {
    /// An invoke of `operation` that is linked to no other.
    #[must_use]
    pub const fn new(id: i32, operation: Operation, argument: Vec<u8>) -> Self {
        Self { id, linked: None, operation, argument }
    }
}

/// Which kind of component a problem is about: the tag of the problem in a reject (X.229 clause 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// 0: any component.
    General,
    /// 1: an invoke.
    Invoke,
    /// 2: a return result.
    ReturnResult,
    /// 3: a return error.
    ReturnError,
}

impl ProblemKind {
    const fn tag(self) -> Tag {
        Tag::context(match self {
            Self::General => 0,
            Self::Invoke => 1,
            Self::ReturnResult => 2,
            Self::ReturnError => 3,
        })
    }

    fn from_tag(tag: Tag) -> Result<Self, Malformed> {
        [Self::General, Self::Invoke, Self::ReturnResult, Self::ReturnError]
            .into_iter()
            .find(|kind| kind.tag() == tag)
            .ok_or(Malformed::Choice { found: tag })
    }
}

/// Why a component was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Problem {
    /// What kind of component it was.
    pub kind: ProblemKind,
    /// The number of the problem among those of its kind; see the constants.
    pub code: i32,
}

impl Problem {
    /// General 0: no such component type.
    pub const UNRECOGNISED_COMPONENT: Self = Self::new(ProblemKind::General, 0);
    /// General 1: a component of a known type with wrong fields.
    pub const MISTYPED_COMPONENT: Self = Self::new(ProblemKind::General, 1);
    /// General 2: not encoded by the rules.
    pub const BADLY_STRUCTURED_COMPONENT: Self = Self::new(ProblemKind::General, 2);
    /// Invoke 1: no such operation here.
    pub const UNRECOGNISED_OPERATION: Self = Self::new(ProblemKind::Invoke, 1);
    /// Invoke 2: the argument is not that of the operation.
    pub const MISTYPED_ARGUMENT: Self = Self::new(ProblemKind::Invoke, 2);
    /// Return result 0: nothing was invoked under that identifier.
    pub const RESULT_OF_NO_INVOCATION: Self = Self::new(ProblemKind::ReturnResult, 0);
    /// Return error 0: nothing was invoked under that identifier.
    pub const ERROR_OF_NO_INVOCATION: Self = Self::new(ProblemKind::ReturnError, 0);

    /// The problem `code` of `kind`.
    #[must_use]
    pub const fn new(kind: ProblemKind, code: i32) -> Self {
        Self { kind, code }
    }
}

/// One component.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Component {
    /// Do this.
    Invoke(Invoke),
    /// It is done.
    ReturnResult {
        /// Identifier of the invoke.
        id: i32,
        /// The operation and its result, encoded; none for an operation without.
        result: Option<(Operation, Vec<u8>)>,
    },
    /// It cannot be done.
    ReturnError {
        /// Identifier of the invoke.
        id: i32,
        /// Why.
        error: Operation,
        /// More about it, encoded; empty when there is none.
        parameter: Vec<u8>,
    },
    /// It was not understood.
    Reject {
        /// Identifier of the invoke; `None` when it could not be read.
        id: Option<i32>,
        /// Why.
        problem: Problem,
    },
    /// Something else: its octets, or all octets to the end when they are no value.
    Unknown(Vec<u8>),
}

impl Component {
    /// Reads what was received as one value.
    #[must_use]
    pub fn read(value: &Value<'_>) -> Self {
        Self::read_known(value).unwrap_or_else(|_| Self::Unknown(value.octets.to_vec()))
    }

    fn read_known(value: &Value<'_>) -> Result<Self, Malformed> {
        let mut fields = value.reader()?;
        if value.tag == INVOKE {
            let id = fields.take(Tag::INTEGER)?.integer()?;
            let linked = fields.optional(LINKED)?.map(|linked| linked.integer()).transpose()?;
            let operation = Operation::take(&mut fields)?;
            Ok(Self::Invoke(Invoke { id, linked, operation, argument: fields.rest().to_vec() }))
        } else if value.tag == RETURN_RESULT {
            let id = fields.take(Tag::INTEGER)?.integer()?;
            let result = fields.optional(Tag::SEQUENCE)?.map(|result| read_result(&result)).transpose()?;
            if fields.is_empty() { Ok(Self::ReturnResult { id, result }) } else { Err(too_much(value)) }
        } else if value.tag == RETURN_ERROR {
            let id = fields.take(Tag::INTEGER)?.integer()?;
            let error = Operation::take(&mut fields)?;
            Ok(Self::ReturnError { id, error, parameter: fields.rest().to_vec() })
        } else if value.tag == REJECT {
            let id = match fields.optional(Tag::NULL)? {
                Some(_) => None,
                None => Some(fields.take(Tag::INTEGER)?.integer()?),
            };
            let problem = fields.value()?.ok_or_else(|| too_much(value))?;
            let problem = Problem::new(ProblemKind::from_tag(problem.tag)?, problem.integer()?);
            if fields.is_empty() { Ok(Self::Reject { id, problem }) } else { Err(too_much(value)) }
        } else {
            Err(Malformed::Choice { found: value.tag })
        }
    }

    /// The octets: lengths and numbers in the fewest, [`Component::Unknown`] as it came.
    #[must_use]
    pub fn emit(&self) -> Vec<u8> {
        match self {
            Self::Invoke(Invoke { id, linked, operation, argument }) => {
                let id = ber::integer(Tag::INTEGER, *id);
                let linked = linked.map(|linked| ber::integer(LINKED, linked)).unwrap_or_default();
                ber::value(INVOKE, &[&id, &linked, &operation.emit(), argument].map(Vec::as_slice).concat())
            }
            Self::ReturnResult { id, result } => {
                let result = result.as_ref().map(|(operation, result)| ber::sequence(&[operation.emit(), result.clone()]));
                ber::value(RETURN_RESULT, &[ber::integer(Tag::INTEGER, *id), result.unwrap_or_default()].concat())
            }
            Self::ReturnError { id, error, parameter } => {
                let id = ber::integer(Tag::INTEGER, *id);
                ber::value(RETURN_ERROR, &[&id, &error.emit(), parameter].map(Vec::as_slice).concat())
            }
            Self::Reject { id, problem } => {
                let id = id.map_or_else(|| ber::value(Tag::NULL, &[]), |id| ber::integer(Tag::INTEGER, id));
                ber::value(REJECT, &[id, ber::integer(problem.kind.tag(), problem.code)].concat())
            }
            Self::Unknown(octets) => octets.clone(),
        }
    }

    /// What is wrong with a component that is [`Component::Unknown`]; `None` for the others.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let Self::Unknown(octets) = self else { return None };
        Some(match Reader::new(octets).value() {
            Ok(Some(Value { tag, .. })) if [INVOKE, RETURN_RESULT, RETURN_ERROR, REJECT].contains(&tag) => {
                Problem::MISTYPED_COMPONENT
            }
            Ok(_) => Problem::UNRECOGNISED_COMPONENT,
            Err(_) => Problem::BADLY_STRUCTURED_COMPONENT,
        })
    }
}

const fn too_much(value: &Value<'_>) -> Malformed {
    Malformed::Contents { tag: value.tag, octets: value.contents.len() }
}

fn read_result(value: &Value<'_>) -> Result<(Operation, Vec<u8>), Malformed> {
    let mut fields = value.reader()?;
    let operation = Operation::take(&mut fields)?;
    Ok((operation, fields.rest().to_vec()))
}

/// The identifiers that this end gives its invokes: 1 to 32767, again and again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InvokeIds {
    last: i16,
}

impl InvokeIds {
    /// The next one. One is used twice only after 32767 others.
    pub fn take(&mut self) -> i32 {
        self.last = self.last.checked_add(1).unwrap_or(1);
        i32::from(self.last)
    }
}
