//! What a clearing message says: why the call ends, and user-user information that goes with it.
//!
//! Only the layer above has user-user information to send; what this end clears by itself says a cause. It may be in DISCONNECT, RELEASE and
//! RELEASE COMPLETE, as libpri sends and takes it: Q.931 itself has it in none of them for circuit calls, and leaves it to the supplementary
//! service. In the first of them that a call has it goes from user to user, later ones end at the link (Q.931 tables 3-10 and 3-11, note 1).
//! Left out: asking the network for the service beforehand.

use super::Message;
use super::ie::{Element, UserUser};
use crate::cause::Cause;

/// What a clearing message of this end says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) cause: Cause,
    pub(crate) user_user: Option<UserUser>,
}

impl From<Cause> for Said {
    fn from(cause: Cause) -> Self {
        Self { cause, user_user: None }
    }
}

impl Said {
    pub(crate) fn elements(self) -> impl Iterator<Item = Element> {
        std::iter::once(Element::Cause(self.cause)).chain(self.user_user.map(Element::UserUser))
    }
}

/// The user-user information of a received message.
pub(crate) fn user_user(message: &Message) -> Option<UserUser> {
    message.first(|element| if let Element::UserUser(said) = element { Some(said.clone()) } else { None })
}
