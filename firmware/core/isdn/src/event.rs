//! What an interface tells the layer above: events, status of its calls, counters.

use crate::cause::Cause;
use crate::channels::Channel;
use crate::facility::NameKind;
use crate::ie::{ProgressIndicator, UserUser};
use crate::interface::DChannelState;
use crate::q931::Timer;
use crate::setup::{Connected, Setup};
use crate::{CallId, q921};

/// Who ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The layer above, or this end for a reason of its own such as an unacceptable channel.
    Us,
    /// The far end.
    Peer,
    /// A timer.
    Timer(Timer),
    /// Loss of the data link or of layer 1.
    Link,
}

/// What the layer above must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The data link came up; in a group, that of the D-channel that serves.
    LinkUp,
    /// The data link went down; in a group, that of the last D-channel. Active calls stay until T309 expires.
    LinkDown,
    /// A D-channel of a group serves now, stands by, or went down.
    DChannel {
        /// Interface identifier of its span.
        interface: u8,
        /// What it does now.
        state: DChannelState,
    },
    /// An incoming call; the layer above answers with proceeding, alerting, connect or clear.
    Setup {
        /// Its new name.
        call: CallId,
        /// The channel it will have.
        channel: Channel,
        /// What was asked for.
        setup: Box<Setup>,
    },
    /// Both ends know the channel: media may open. Incoming: with our first response; outgoing: with the far end's.
    ChannelReady {
        /// Which call.
        call: CallId,
        /// Its channel, which may be another than first chosen.
        channel: Channel,
    },
    /// The audit found a channel stuck and freed it.
    ChannelFreed {
        /// Which channel.
        channel: Channel,
        /// Why it was stuck.
        reason: String,
    },
    /// The far end took a channel out of service, or gave it back.
    ChannelService {
        /// Which channel.
        channel: Channel,
        /// Whether it can be used there.
        in_service: bool,
    },
    /// The far end wants more digits of an outgoing call.
    NeedDigits {
        /// Which call.
        call: CallId,
        /// Progress indicators: 8 when it sends dial tone.
        progress: Vec<ProgressIndicator>,
    },
    /// Digits of an incoming call that [`Interface::need_digits`](crate::Interface::need_digits) asked for.
    MoreDigits {
        /// Which call.
        call: CallId,
        /// These follow those that came before; may be empty.
        digits: String,
        /// Nothing comes after them: sending complete, or T302 has expired.
        complete: bool,
    },
    /// INFORMATION during a call.
    Information {
        /// Which call.
        call: CallId,
        /// Digits, of keypad facility or called party number.
        keypad: Option<String>,
        /// Text for a human.
        display: Option<String>,
    },
    /// The far end has all it needs.
    Proceeding {
        /// Which call.
        call: CallId,
        /// Progress indicators.
        progress: Vec<ProgressIndicator>,
    },
    /// The far end rings.
    Alerting {
        /// Which call.
        call: CallId,
        /// Progress indicators.
        progress: Vec<ProgressIndicator>,
    },
    /// In-band information or interworking.
    Progress {
        /// Which call.
        call: CallId,
        /// Progress indicators.
        progress: Vec<ProgressIndicator>,
        /// Cause, when the message had one.
        cause: Option<Cause>,
    },
    /// An outgoing call was answered.
    Connected {
        /// Which call.
        call: CallId,
        /// By whom.
        connected: Connected,
    },
    /// Our answer to an incoming call is in force.
    Established {
        /// Which call.
        call: CallId,
    },
    /// A name that came in FACILITY, such as National ISDN's calling name.
    Name {
        /// Which call.
        call: CallId,
        /// Whose.
        kind: NameKind,
        /// The name; it may be shown.
        name: String,
    },
    /// NOTIFY from the far end.
    Notify {
        /// Which call.
        call: CallId,
        /// Notification description: 0 user suspended, 1 user resumed, 2 bearer service change.
        notification: u8,
    },
    /// HOLD from the far end; the layer above answers with [`accept_hold`](crate::Interface::accept_hold) or
    /// [`refuse_hold`](crate::Interface::refuse_hold).
    HoldRequested {
        /// Which call.
        call: CallId,
    },
    /// What became of our HOLD: the call has no channel any more, or why it is not held.
    Held {
        /// Which call.
        call: CallId,
        /// Cause 102 when the far end did not answer.
        result: Result<(), Cause>,
    },
    /// RETRIEVE from the far end for a held call; the layer above answers with
    /// [`accept_retrieve`](crate::Interface::accept_retrieve) or [`refuse_retrieve`](crate::Interface::refuse_retrieve).
    RetrieveRequested {
        /// Which call.
        call: CallId,
        /// The channel it will have.
        channel: Channel,
    },
    /// What became of our RETRIEVE: the channel that the call has now, on which media may open, or why it is still held.
    Retrieved {
        /// Which call.
        call: CallId,
        /// Cause 34 when no channel is free, 102 when the far end did not answer.
        result: Result<Channel, Cause>,
    },
    /// The far end sent DISCONNECT: the layer above calls clear, at once or after it has let in-band tones pass.
    Clearing {
        /// Which call.
        call: CallId,
        /// Why.
        cause: Cause,
        /// Tones or announcements are on the channel.
        in_band: bool,
        /// User-user information that DISCONNECT had.
        user_user: Option<UserUser>,
    },
    /// The call is over, its name dead and its channel free (or under restart when the far end fell silent).
    Released {
        /// Which call.
        call: CallId,
        /// The channel it had last; none when it was held.
        channel: Option<Channel>,
        /// Why.
        cause: Cause,
        /// By whom.
        by: Who,
        /// User-user information of the RELEASE or RELEASE COMPLETE that ended it, or of the DISCONNECT that crossed ours.
        user_user: Option<UserUser>,
    },
}

/// One call as a status page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallStatus {
    /// Its name.
    pub call: CallId,
    /// Its channel; a held call has none.
    pub channel: Option<Channel>,
    /// It is held.
    pub held: bool,
    /// Whether this end set it up.
    pub outgoing: bool,
    /// Call reference value.
    pub reference: u16,
    /// Call state in the numbers of Q.931 (U or N by side): 1 to 25.
    pub state: u8,
    /// The same in words.
    pub state_name: &'static str,
}

/// Counters of an interface since it was created.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// The data link's counters.
    pub link: q921::Stats,
    /// Messages handed to the link.
    pub messages_sent: u64,
    /// Messages that the link did not take.
    pub messages_not_sent: u64,
    /// Messages received, well formed or not.
    pub messages_received: u64,
    /// Messages that could not be read (Q.931 5.8.1 to 5.8.3.1).
    pub malformed: u64,
    /// Messages with a call reference that names no call, or SETUP with one that does (5.8.3.2).
    pub wrong_reference: u64,
    /// Messages of unknown or unimplemented type (5.8.4).
    pub unknown_messages: u64,
    /// Messages that the call state does not expect (5.8.4).
    pub unexpected_messages: u64,
    /// Messages without a mandatory element, or with one to be understood that is not (5.8.6.1, 5.8.7.1).
    pub elements_missing: u64,
    /// Elements with invalid contents (5.8.6.2, 5.8.7.2).
    pub elements_invalid: u64,
    /// STATUS messages that report an error of ours.
    pub errors_reported: u64,
    /// Incoming calls.
    pub calls_incoming: u64,
    /// Outgoing calls.
    pub calls_outgoing: u64,
    /// Incoming calls refused here, before the layer above heard of them.
    pub calls_refused: u64,
    /// Calls of both ends that met on one channel.
    pub glare: u64,
    /// RESTART received.
    pub restarts_received: u64,
    /// How often the D-channel in service failed here and another took over; where the far end went first is not counted.
    pub switch_overs: u64,
    /// Channels that the audit found stuck.
    pub channels_freed: u64,
    /// RESTART sent, first tries and repeats.
    pub restarts_sent: u64,
    /// Commands of the layer above that the call's state does not allow, or for calls that are gone.
    pub misuse: u64,
}
