//! The control API's types as the words and lists the page shows.
//!
//! The template and the page's script read the same fields by the same names: a `key` tells rows apart, a `tone` chooses
//! the look (`good`, `bad`, `warn`, `quiet`, or a channel's use), everything else is text for people or a moment.

use askama::Template;
use client::time::{length, rfc3339};
use model::api::{Call, CallRecord, Channel, ChannelUse, Counters, LegStatus, LinkState, Peer, Span, SpanState, Status};
use model::settings::Framing;
use serde::Serialize;

use crate::text;

/// How many of the last calls are shown.
pub(crate) const RECORDS_SHOWN: u32 = 20;

/// The page, with the box's state or without when junctord does not answer.
#[derive(Template)]
#[template(path = "status.html")]
pub(crate) struct StatusPage {
    pub(crate) view: Option<View>,
}

/// All that is shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The box's clock, milliseconds since the Unix epoch.
    pub(crate) now: i64,
    pub(crate) started: Moment,
    pub(crate) spans: Vec<SpanView>,
    pub(crate) calls: Vec<CallView>,
    pub(crate) records: Vec<RecordView>,
    /// The script keeps as many.
    pub(crate) records_shown: u32,
    pub(crate) peers: Vec<PeerView>,
    pub(crate) counters: Vec<CounterView>,
}

/// A point in time, for machines and for people.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Moment {
    pub(crate) iso: String,
    pub(crate) text: String,
}

impl Moment {
    fn new(millis: i64) -> Self {
        let iso = rfc3339(millis);
        Self { text: text::utc(&iso), iso }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct SpanView {
    pub(crate) key: String,
    pub(crate) tone: &'static str,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) state: &'static str,
    pub(crate) line: String,
    pub(crate) line_tone: &'static str,
    pub(crate) link: &'static str,
    pub(crate) link_tone: &'static str,
    pub(crate) usage: String,
    pub(crate) slips: u64,
    pub(crate) frames: String,
    pub(crate) retransmissions: u64,
    pub(crate) malformed: u64,
    pub(crate) link_failures: u64,
    pub(crate) channels: Vec<ChannelView>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct ChannelView {
    pub(crate) key: u8,
    pub(crate) tone: &'static str,
    pub(crate) label: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct CallView {
    pub(crate) key: u64,
    pub(crate) calling: String,
    pub(crate) from: String,
    pub(crate) called: String,
    pub(crate) to: String,
    pub(crate) state: &'static str,
    /// When it came in, milliseconds since the Unix epoch.
    pub(crate) started_at: i64,
    /// How long ago that was when this was made.
    pub(crate) length: String,
    pub(crate) spoken: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct RecordView {
    pub(crate) key: u64,
    pub(crate) ended: Moment,
    pub(crate) calling: String,
    pub(crate) from: String,
    pub(crate) called: String,
    pub(crate) to: String,
    pub(crate) talked: String,
    pub(crate) ended_by: &'static str,
    pub(crate) cause: String,
    pub(crate) reason: String,
    pub(crate) post_dial_delay: String,
    pub(crate) lost: String,
    pub(crate) spoken: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct PeerView {
    pub(crate) key: String,
    pub(crate) tone: &'static str,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) answers: &'static str,
    pub(crate) calls: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct CounterView {
    pub(crate) key: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: u64,
}

impl View {
    pub(crate) fn new(status: &Status, records: &[CallRecord], now: i64) -> Self {
        Self {
            name: status.name.clone(),
            version: status.version.clone(),
            now,
            started: Moment::new(status.started_at),
            spans: status.spans.iter().map(SpanView::new).collect(),
            calls: status.calls.iter().map(|call| CallView::new(call, now)).collect(),
            records: records.iter().map(RecordView::new).collect(),
            records_shown: RECORDS_SHOWN,
            peers: status.peers.iter().map(PeerView::new).collect(),
            counters: counters(&status.counters),
        }
    }
}

impl SpanView {
    pub(crate) fn new(span: &Span) -> Self {
        let in_use = span.channels.iter().filter(|channel| channel.state == ChannelUse::InUse).count();
        let d_channel = &span.d_channel;
        let good_or_bad = |good: bool| if good { "good" } else { "bad" };
        Self {
            key: span.name.clone(),
            tone: good_or_bad(span.in_service()),
            name: span.name.clone(),
            kind: text::span_kind(span.framing, span.side, &span.back_end),
            state: text::in_service(span.in_service()),
            line: text::line(span),
            line_tone: good_or_bad(span.state == SpanState::Running && span.alarms.is_clear()),
            link: text::link(span.link),
            link_tone: good_or_bad(span.link == LinkState::Up),
            usage: text::usage(in_use, span.channels.len()),
            slips: span.line.slips,
            frames: text::frames(d_channel.frames_sent, d_channel.frames_received),
            retransmissions: d_channel.retransmissions,
            malformed: d_channel.malformed,
            link_failures: d_channel.link_failures,
            channels: timeslots(span),
        }
    }
}

/// Every timeslot of the span in order: those that carry no B-channel are its D-channel.
fn timeslots(span: &Span) -> Vec<ChannelView> {
    let last = match span.framing {
        Framing::E1 => 31,
        Framing::T1 => 24,
        Framing::Analog => span.channels.iter().map(|channel| channel.timeslot).max().unwrap_or(0),
    };
    (1..=last)
        .map(|timeslot| match span.channels.iter().find(|channel| channel.timeslot == timeslot) {
            Some(channel) => ChannelView::new(channel),
            None => ChannelView { key: timeslot, tone: "signalling", label: text::signalling(timeslot) },
        })
        .collect()
}

impl ChannelView {
    fn new(channel: &Channel) -> Self {
        let tone = match channel.state {
            ChannelUse::Idle => "idle",
            ChannelUse::InUse => "in-use",
            ChannelUse::OutOfService => "out-of-service",
        };
        let label = text::channel(channel.timeslot, channel.state, channel.call);
        Self { key: channel.timeslot, tone, label }
    }
}

impl CallView {
    pub(crate) fn new(call: &Call, now: i64) -> Self {
        let (calling, called) = (number(&call.calling), number(&call.called));
        Self {
            key: call.id,
            spoken: text::spoken_call(call.id, &calling, &called, call.state),
            calling,
            from: leg(&call.from),
            called,
            to: call.to.as_ref().map_or_else(none, leg),
            state: text::call_state(call.state),
            started_at: call.started_at,
            length: length(now.saturating_sub(call.started_at)),
        }
    }
}

impl RecordView {
    pub(crate) fn new(record: &CallRecord) -> Self {
        let cause = text::cause(record.cause, &record.cause_text);
        let talked = record.answered_at.map(|answered| length(record.ended_at.saturating_sub(answered)));
        Self {
            key: record.id,
            ended: Moment::new(record.ended_at),
            calling: number(&record.calling),
            from: leg(&record.from),
            called: number(&record.called),
            to: record.to.as_ref().map_or_else(none, leg),
            talked: talked.unwrap_or_else(none),
            ended_by: text::party(record.ended_by),
            spoken: text::spoken_ending(record.id, &record.cause_text),
            cause,
            reason: record.reason.clone(),
            post_dial_delay: record.post_dial_delay_ms.map_or_else(none, text::milliseconds),
            lost: record.quality.map_or_else(none, |quality| quality.lost.to_string()),
        }
    }
}

impl PeerView {
    pub(crate) fn new(peer: &Peer) -> Self {
        let tone = match peer.reachable {
            Some(true) => "good",
            Some(false) => "bad",
            None => "quiet",
        };
        Self {
            key: peer.name.clone(),
            tone,
            name: peer.name.clone(),
            address: peer.address.clone(),
            answers: text::reachable(peer.reachable),
            calls: peer.calls,
        }
    }
}

pub(crate) fn counters(counters: &Counters) -> Vec<CounterView> {
    let plain = |key, label, value| CounterView { key, tone: "quiet", label, value };
    let trouble = |key, label, value| CounterView { key, tone: if value > 0 { "warn" } else { "quiet" }, label, value };
    vec![
        plain("calls", text::COUNT_CALLS, counters.calls),
        plain("answered", text::COUNT_ANSWERED, counters.answered),
        plain("ended", text::COUNT_ENDED, counters.ended),
        trouble("malformed_sip", text::COUNT_MALFORMED_SIP, counters.malformed_sip),
        trouble("malformed_isdn", text::COUNT_MALFORMED_ISDN, counters.malformed_isdn),
        trouble("malformed_rtp", text::COUNT_MALFORMED_RTP, counters.malformed_rtp),
        plain("records_waiting", text::COUNT_RECORDS_WAITING, counters.records_waiting),
        trouble("records_lost", text::COUNT_RECORDS_LOST, counters.records_lost),
        trouble("events_lost", text::COUNT_EVENTS_LOST, counters.events_lost),
    ]
}

fn leg(leg: &LegStatus) -> String {
    text::leg(&leg.trunk, leg.timeslot, leg.holds)
}

fn number(digits: &str) -> String {
    if digits.is_empty() { text::WITHHELD.into() } else { digits.to_owned() }
}

fn none() -> String {
    text::NONE.into()
}
