//! The answer to a component that this end does not understand (X.229; EN 300 196-1, generic functional protocol; for private networks the
//! interpretation of ECMA-165).
//!
//! A reject is never answered. Left out: in which message an answer goes, and watching for answers to one's own invokes: names and
//! diversions have none.

use super::component::{Component, Invoke, Problem};
use super::extension::Interpretation;

/// What is to be done about an invoke that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Nothing: its sender wants no answer.
    Discard,
    /// Send this back.
    Reject(Component),
    /// Clear the call: its sender wants no call without. Cause 29 of Q.850, facility rejected, says so.
    ClearCall,
}

/// An invoke whose operation is not known ([`Problem::UNRECOGNISED_OPERATION`]) or whose argument cannot be read
/// ([`Problem::MISTYPED_ARGUMENT`]), under the interpretation that came with it, if any.
///
/// Only an operation that is not known clears the call; one that is known is not "not recognised", however bad its argument.
#[must_use]
pub fn unrecognised_invoke(invoke: &Invoke, problem: Problem, interpretation: Option<Interpretation>) -> Verdict {
    match interpretation {
        Some(Interpretation::Discard) => Verdict::Discard,
        Some(Interpretation::ClearCall) if problem == Problem::UNRECOGNISED_OPERATION => Verdict::ClearCall,
        Some(Interpretation::ClearCall | Interpretation::Reject | Interpretation::Other(_)) | None => {
            Verdict::Reject(Component::Reject { id: Some(invoke.id), problem })
        }
    }
}

/// The reject of what is no component, without an identifier, which cannot be read; `None` for a component of any other kind.
#[must_use]
pub fn reject_unknown(component: &Component) -> Option<Component> {
    component.problem().map(|problem| Component::Reject { id: None, problem })
}

/// The reject of a result or an error under an identifier that is not in `outstanding`; `None` for what was waited for and for components of
/// any other kind.
#[must_use]
pub fn reject_response(component: &Component, outstanding: &[i32]) -> Option<Component> {
    let (id, problem) = match component {
        Component::ReturnResult { id, .. } => (*id, Problem::RESULT_OF_NO_INVOCATION),
        Component::ReturnError { id, .. } => (*id, Problem::ERROR_OF_NO_INVOCATION),
        Component::Invoke(_) | Component::Reject { .. } | Component::Unknown(_) => return None,
    };
    (!outstanding.contains(&id)).then_some(Component::Reject { id: Some(id), problem })
}
