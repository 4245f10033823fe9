//! Every word a person reads on the page, in one place. The template and the page's script hold none.

use std::net::SocketAddr;

use model::api::{Area, CallState, ChannelUse, LinkState, Party, Span, SpanState};
use model::settings::{Framing, Side};

pub(crate) const LANGUAGE: &str = "en";
pub(crate) const PRODUCT: &str = "Junctor";
pub(crate) const SKIP_TO_CONTENT: &str = "Skip to content";
pub(crate) const SINCE: &str = "running since";

pub(crate) const CONNECTING: &str = "Connecting";
pub(crate) const LIVE: &str = "Live";
pub(crate) const LOST: &str = "Connection lost, retrying. What you see may be out of date.";
pub(crate) const RETRYING: &str = "Not connected, retrying.";
pub(crate) const NO_SCRIPT: &str = "Without JavaScript this page stays as it is; load it again to see what changed.";
pub(crate) const DOWN_HEADING: &str = "The gateway does not answer";
pub(crate) const DOWN: &str = "junctord, the program that carries the calls, cannot be asked for its state. This page tries \
    again by itself and shows the state as soon as it answers.";

pub(crate) const SPANS: &str = "Spans";
pub(crate) const NO_SPANS: &str = "No spans are configured.";
pub(crate) const LINE: &str = "Line";
pub(crate) const LINK: &str = "Data link";
pub(crate) const USAGE: &str = "Channels in use";
pub(crate) const SLIPS: &str = "Slips";
pub(crate) const FRAMES: &str = "Frames out / in";
pub(crate) const RETRANSMISSIONS: &str = "Frames sent again";
pub(crate) const MALFORMED: &str = "Malformed";
pub(crate) const LINK_FAILURES: &str = "Link failures";
pub(crate) const CHANNELS_OF: &str = "Channels of";
pub(crate) const LEGEND: &str = "Key to the channels";

pub(crate) const CALLS: &str = "Calls";
pub(crate) const NO_CALLS: &str = "No calls now.";
pub(crate) const CALL: &str = "Call";
pub(crate) const CALLING: &str = "From";
pub(crate) const CALLED: &str = "To";
pub(crate) const STATE: &str = "State";
pub(crate) const DURATION: &str = "Duration";
pub(crate) const TRUNK: &str = "on";

pub(crate) const RECORDS: &str = "Last calls";
pub(crate) const NO_RECORDS: &str = "No call has ended yet.";
pub(crate) const ENDED: &str = "Ended";
pub(crate) const TALKED: &str = "Talked";
pub(crate) const ENDED_BY: &str = "Ended by";
pub(crate) const CAUSE: &str = "Cause";
pub(crate) const POST_DIAL_DELAY: &str = "Post-dial delay";
pub(crate) const LOST_PACKETS: &str = "Packets lost";

pub(crate) const PEERS: &str = "SIP peers";
pub(crate) const NO_PEERS: &str = "No peers are configured.";
pub(crate) const PEER: &str = "Peer";
pub(crate) const ADDRESS: &str = "Address";
pub(crate) const ANSWERS: &str = "Answers";
pub(crate) const CALLS_NOW: &str = "Calls now";

pub(crate) const COUNTERS: &str = "Counters since the start";
pub(crate) const COUNT_CALLS: &str = "Calls in";
pub(crate) const COUNT_ANSWERED: &str = "Answered";
pub(crate) const COUNT_ENDED: &str = "Ended";
pub(crate) const COUNT_MALFORMED_SIP: &str = "Malformed SIP";
pub(crate) const COUNT_MALFORMED_ISDN: &str = "Malformed ISDN";
pub(crate) const COUNT_MALFORMED_RTP: &str = "Malformed RTP";
pub(crate) const COUNT_RECORDS_WAITING: &str = "Records waiting";
pub(crate) const COUNT_RECORDS_LOST: &str = "Records lost";
pub(crate) const COUNT_EVENTS_LOST: &str = "Events lost";

pub(crate) const NONE: &str = "–";
pub(crate) const WITHHELD: &str = "unknown";
pub(crate) const WRONG_HOST: &str = "this page answers only under the names 127.0.0.1, localhost and [::1] with its port";
pub(crate) const TOO_MANY_LISTENERS: &str = "too many pages follow the events already";
pub(crate) const SIGNALLING: &str = "D-channel";

pub(crate) fn refused_to_listen(address: SocketAddr) -> String {
    format!(
        "refused to listen on {address}: this version has no login, so only this machine may look; \
         use a loopback address such as 127.0.0.1:{}",
        address.port()
    )
}

pub(crate) const fn in_service(yes: bool) -> &'static str {
    if yes { "In service" } else { "Out of service" }
}

pub(crate) fn span_kind(framing: Framing, side: Side, back_end: &str) -> String {
    let framing = match framing {
        Framing::E1 => "E1",
        Framing::T1 => "T1",
        Framing::Analog => "Analog",
    };
    let side = match side {
        Side::User => "user side",
        Side::Network => "network side",
    };
    format!("{framing}, {side}, {back_end}")
}

/// A span's line: what keeps it from being used, its alarms, or what its counters say over time.
pub(crate) fn line(span: &Span) -> String {
    match (&span.state, &span.verdict) {
        (SpanState::Missing { why }, _) => format!("Missing: {why}"),
        (SpanState::Failed { why, cure }, _) => format!("Failed: {why}: {cure}"),
        (SpanState::Running, Some(verdict)) if verdict.area != Area::Healthy => verdict.text.clone(),
        (SpanState::Running, _) if span.alarms.is_clear() => "Clear".into(),
        (SpanState::Running, _) => format!("Alarm: {}", span.alarms.0.join(", ")),
    }
}

pub(crate) const fn link(state: LinkState) -> &'static str {
    match state {
        LinkState::Up => "Up",
        LinkState::Down => "Down",
        LinkState::None => NONE,
    }
}

pub(crate) fn usage(in_use: usize, of: usize) -> String {
    format!("{in_use} of {of}")
}

pub(crate) fn frames(sent: u64, received: u64) -> String {
    format!("{sent} / {received}")
}

pub(crate) const fn channel_use(state: ChannelUse) -> &'static str {
    match state {
        ChannelUse::Idle => "Idle",
        ChannelUse::InUse => "In use",
        ChannelUse::OutOfService => "Out of service",
    }
}

pub(crate) fn channel(timeslot: u8, state: ChannelUse, call: Option<u64>) -> String {
    let state = channel_use(state).to_lowercase();
    call.map_or_else(|| format!("Timeslot {timeslot}: {state}"), |call| format!("Timeslot {timeslot}: {state}, call {call}"))
}

pub(crate) fn signalling(timeslot: u8) -> String {
    format!("Timeslot {timeslot}: {SIGNALLING}")
}

pub(crate) const fn call_state(state: CallState) -> &'static str {
    match state {
        CallState::Setup => "Setting up",
        CallState::Ringing => "Ringing",
        CallState::Answered => "Answered",
        CallState::Clearing => "Clearing",
    }
}

pub(crate) fn spoken_call(id: u64, calling: &str, called: &str, state: CallState) -> String {
    format!("Call {id} from {calling} to {called}: {}", call_state(state).to_lowercase())
}

pub(crate) fn spoken_ending(id: u64, cause: &str) -> String {
    format!("Call {id} ended: {cause}")
}

pub(crate) fn leg(trunk: &str, timeslot: Option<u8>, holds: bool) -> String {
    let place = timeslot.map_or_else(|| trunk.to_owned(), |timeslot| format!("{trunk}, timeslot {timeslot}"));
    if holds { format!("{place}, holds") } else { place }
}

pub(crate) const fn party(party: Party) -> &'static str {
    match party {
        Party::Caller => "Caller",
        Party::Called => "Called side",
        Party::Box => "This box",
    }
}

pub(crate) fn milliseconds(millis: u64) -> String {
    format!("{millis} ms")
}

pub(crate) fn cause(cause: u8, words: &str) -> String {
    format!("{cause} {words}")
}

pub(crate) const fn reachable(reachable: Option<bool>) -> &'static str {
    match reachable {
        Some(true) => "Yes",
        Some(false) => "No",
        None => "Not asked",
    }
}

/// `2026-11-22T02:45:49Z` for people, until the page's script shows it in the reader's own time zone.
pub(crate) fn utc(rfc3339: &str) -> String {
    format!("{} UTC", rfc3339.trim_end_matches('Z').replace('T', " "))
}
