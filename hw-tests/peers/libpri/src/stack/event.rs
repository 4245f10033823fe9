//! What libpri tells, and what a SETUP says.

use super::CallId;
use crate::channel::Channel;

/// What libpri tells its application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Multiframe operation was established; in a group, on the first D-channel to come up.
    LinkUp,
    /// The data link was lost; in a group, that of the last D-channel.
    LinkDown,
    /// A D-channel of a group came up or was lost.
    DChannel {
        /// Its span.
        interface: u8,
        /// Whether its link is up.
        up: bool,
    },
    /// SETUP arrived.
    Ring(Ring),
    /// SETUP ACKNOWLEDGE: the far end wants more digits.
    NeedDigits {
        /// Which call.
        call: CallId,
        /// B-channel that the far end chose or confirmed.
        channel: Option<Channel>,
    },
    /// INFORMATION with digits.
    Digits {
        /// Which call.
        call: CallId,
        /// What it brought.
        digits: String,
        /// Sending complete was present.
        complete: bool,
    },
    /// CALL PROCEEDING.
    Proceeding {
        /// Which call.
        call: CallId,
        /// B-channel that the far end chose or confirmed.
        channel: Option<Channel>,
    },
    /// ALERTING.
    Alerting {
        /// Which call.
        call: CallId,
        /// B-channel that the far end chose or confirmed.
        channel: Option<Channel>,
        /// Progress indicator 8 was in the message.
        in_band: bool,
    },
    /// PROGRESS.
    Progress {
        /// Which call.
        call: CallId,
        /// Q.850 value, when the message had one.
        cause: Option<u8>,
        /// Progress indicator 8 was in the message.
        in_band: bool,
    },
    /// CONNECT.
    Answer {
        /// Which call.
        call: CallId,
        /// B-channel that the far end chose or confirmed.
        channel: Option<Channel>,
    },
    /// DISCONNECT arrived; libpri was told to go on and sends RELEASE.
    Clearing {
        /// Which call.
        call: CallId,
        /// Q.850 value.
        cause: Option<u8>,
    },
    /// The clearing message that the next event tells of had user-user information.
    UserUser {
        /// Which call.
        call: CallId,
        /// The information, IA5 characters.
        text: String,
    },
    /// The call is gone and its channel free.
    Released {
        /// Which call.
        call: CallId,
        /// Q.850 value of the last message about it, or ours when nobody answered.
        cause: Option<u8>,
    },
    /// RESTART for a channel, or for all of them. libpri acknowledges by itself.
    Restart {
        /// `None`: the whole interface.
        channel: Option<Channel>,
    },
    /// RESTART ACKNOWLEDGE for a channel.
    Restarted {
        /// Which.
        channel: Option<Channel>,
    },
    /// SERVICE arrived, or its acknowledgement. libpri acknowledges by itself.
    Service {
        /// B-channel.
        channel: Option<Channel>,
        /// 0 in service, 2 out of service.
        status: Option<u8>,
        /// It is the answer to ours.
        acknowledged: bool,
    },
    /// INFORMATION with keypad facility, in a call.
    Keyed {
        /// The call.
        call: CallId,
        /// What was keyed.
        digits: String,
    },
    /// HOLD: to be answered by [`Stack::accept_hold`].
    Hold {
        /// Which call.
        call: CallId,
    },
    /// HOLD ACKNOWLEDGE; or HOLD REJECT, or no answer, with its cause.
    Held {
        /// Which call.
        call: CallId,
        /// Q.850 value, when it is not held.
        refused: Option<u8>,
    },
    /// RETRIEVE: to be answered by [`Stack::accept_retrieve`] or [`Stack::refuse_retrieve`].
    Retrieve {
        /// Which call.
        call: CallId,
        /// B-channel named in the channel identification, if any.
        channel: Option<Channel>,
        /// Another channel would do.
        flexible: bool,
    },
    /// RETRIEVE ACKNOWLEDGE with its timeslot; or RETRIEVE REJECT, or no answer, with its cause.
    Retrieved {
        /// Which call.
        call: CallId,
        /// B-channel that the far end chose or confirmed.
        channel: Option<Channel>,
        /// Q.850 value, when it is still held.
        refused: Option<u8>,
    },
    /// Anything else: libpri's name of it.
    Other(String),
}

/// What a SETUP said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// The new call.
    pub call: CallId,
    /// B-channel named in the channel identification, if any.
    pub channel: Option<Channel>,
    /// Another channel would do ("preferred").
    pub flexible: bool,
    /// Called digits.
    pub called: String,
    /// Calling digits; empty when there were none.
    pub calling: String,
    /// Presentation of the calling number was restricted.
    pub withheld: bool,
    /// Display, as calling name.
    pub name: String,
    /// Type of number and numbering plan of the called number, octet 3 without its extension bit.
    pub called_plan: u8,
    /// Unrestricted digital information.
    pub data: bool,
    /// Sending complete was present.
    pub complete: bool,
    /// The number that redirected the call, and the reason as Q.931 numbers it.
    pub redirecting: Option<(String, u8)>,
}

/// A SETUP to send: speech, in the law of the interface, or data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// Called digits.
    pub called: String,
    /// Calling digits.
    pub calling: Option<String>,
    /// Restrict the presentation of the calling number.
    pub withheld: bool,
    /// Calling name, sent as display.
    pub name: Option<String>,
    /// B-channel to ask for.
    pub channel: Channel,
    /// No other channel would do.
    pub exclusive: bool,
    /// Unrestricted digital information.
    pub data: bool,
    /// The called number is whole.
    pub complete: bool,
    /// The number that redirected the call, and the reason as Q.931 numbers it: 1 busy, 2 no reply, 15 unconditional.
    pub redirecting: Option<(String, u8)>,
}
