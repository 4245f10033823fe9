//! Why a SIP leg ended, in the neutral word, and what we say when we end one.
//!
//! A `Reason: Q.850;cause=n` header (RFC 6432) goes before the table of [`crate::cause_map`].

use sip::{EndedBy, RejectedWhy, Request, Response};

use super::user_to_user;
use crate::cause_map;
use crate::legs::cause_text;
use crate::words::Release;

/// The status that refuses an INVITE for `release`: the one that SIP said elsewhere, else the table's.
pub(super) fn status(release: &Release) -> u16 {
    release.status.filter(|status| *status >= 400).unwrap_or_else(|| cause_map::status_of(release.cause))
}

/// The headers of our refusal, CANCEL or BYE: Reason, and what the application says.
pub(super) fn headers(release: &Release) -> Vec<(String, String)> {
    let reason = format!("Q.850;cause={};text=\"{}\"", release.cause, cause_text(release.cause));
    let said = release.user_to_user.as_ref().map(user_to_user::write);
    std::iter::once(("Reason".to_owned(), reason)).chain(said).collect()
}

/// Our INVITE failed.
pub(super) fn rejected(response: Option<&Response>, status: u16, phrase: &str, why: RejectedWhy) -> Release {
    match why {
        RejectedWhy::Answer => {
            let said = response.and_then(|response| response.headers.reason_q850());
            let cause = said.unwrap_or_else(|| cause_map::cause_of(status));
            let user_to_user = response.and_then(|response| user_to_user::read(&response.headers));
            Release { user_to_user, ..Release::by_far_side(cause, Some(status), format!("{status} {phrase}")) }
        }
        // Q.850 cause 41, temporary failure: toward SIP 503, so that the caller's server tries another way.
        RejectedWhy::Timeout => Release::by_box(41, "the peer did not answer the INVITE"),
        // Q.850 cause 38, network out of order.
        RejectedWhy::Transport => Release::by_box(38, format!("the peer cannot be reached: {phrase}")),
    }
}

/// The peer gave up its INVITE by CANCEL, or by BYE in the early dialog.
pub(super) fn cancelled(request: &Request) -> Release {
    let cause = request.headers.reason_q850().unwrap_or(16);
    Release::by_far_side(cause, None, "the caller gave up before the answer")
}

/// The dialog ended.
pub(super) fn ended(by: EndedBy, bye: Option<&Request>) -> Release {
    match by {
        EndedBy::Peer => {
            let cause = bye.and_then(|bye| bye.headers.reason_q850()).unwrap_or(16);
            let user_to_user = bye.and_then(|bye| user_to_user::read(&bye.headers));
            Release { user_to_user, ..Release::by_far_side(cause, None, "BYE") }
        }
        EndedBy::Us => Release::by_box(16, "released"),
        // Q.850 cause 102, recovery on timer expiry.
        EndedBy::NoAck => Release::by_box(102, "the peer never acknowledged our answer"),
        EndedBy::SessionLost => Release::by_box(41, "the peer has forgotten the call"),
    }
}
