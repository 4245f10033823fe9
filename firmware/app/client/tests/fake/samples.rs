//! Made-up but plausible content: one healthy E1, one in alarm, two peers, some past calls.

use std::collections::BTreeMap;

use model::api::{
    Alarms, Area, Call, CallDetail, CallRecord, CallState, Channel, ChannelUse, ConfigurationCheck, Counters, DChannelCounters,
    Happening, LadderLine, LegStatus, LineCounters, LinkState, Maintenance, Party, Peer, Quality, Recorded, Recording, Span,
    SpanState, Status,
};
use model::settings::{Framing, Side, Signalling};

use super::World;

/// When the made-up box started: 2026-11-22T02:45:49Z.
pub const START: i64 = 1_795_315_549_000;

pub fn world() -> World {
    let ended = record(7, "100", "2005", 16, "normal call clearing");
    let detail = CallDetail { call: None, record: Some(ended.clone()), ladder: ladder() };
    let mut busy = record(6, "2001", "100", 17, "user busy");
    busy.answered_at = None;
    busy.quality = None;
    busy.sip_status = Some(486);
    World {
        status: status(),
        details: BTreeMap::from([(7, detail)]),
        records: vec![ended, busy],
        captures: BTreeMap::from([(7, vec![0x0a, 0x0d, 0x0d, 0x0a, 0, 1, 2, 255])]),
        recording: recording(),
        span_capture: vec![0x0a, 0x0d, 0x0d, 0x0a, 7],
        configuration: "name = \"demo\"\n".into(),
        check: ConfigurationCheck { usable: true, problems: Vec::new() },
        refuse: None,
    }
}

pub fn status() -> Status {
    let mut broken = span("pbx");
    broken.side = Side::Network;
    broken.link = LinkState::Down;
    broken.alarms = Alarms(vec!["RED".into()]);
    broken.channels.iter_mut().for_each(|channel| channel.state = ChannelUse::OutOfService);
    broken.d_channel.link_failures = 1;
    Status {
        name: "demo".into(),
        version: "0.1.0".into(),
        started_at: START,
        spans: vec![span("pstn"), broken],
        peers: vec![peer("phone", "udp:127.0.0.1:5062", Some(true)), peer("carrier", "tcp:127.0.0.1:5064", None)],
        calls: Vec::new(),
        counters: Counters { calls: 7, answered: 5, ended: 7, malformed_sip: 3, ..Counters::default() },
        media: Vec::new(),
    }
}

pub fn span(name: &str) -> Span {
    let slots = (1..=31).filter(|slot| *slot != 16);
    let d_channel = DChannelCounters { frames_sent: 1200, frames_received: 1198, ..DChannelCounters::default() };
    Span {
        name: name.into(),
        framing: Framing::E1,
        signalling: Signalling::Pri,
        side: Side::User,
        back_end: "virtual".into(),
        hardware: None,
        state: SpanState::Running,
        alarms: Alarms::default(),
        link: LinkState::Up,
        channels: slots.map(|timeslot| Channel { timeslot, state: ChannelUse::Idle, call: None }).collect(),
        line: LineCounters::default(),
        d_channel,
        d_channel_role: None,
        clock: None,
        maintenance: Maintenance::None,
        bit_error_test: None,
        verdict: None,
    }
}

pub fn peer(name: &str, address: &str, reachable: Option<bool>) -> Peer {
    Peer { name: name.into(), address: address.into(), reachable, calls: 0 }
}

/// A call from the first span's timeslot to the phone.
pub fn call(id: u64, state: CallState) -> Call {
    let answered = matches!(state, CallState::Answered | CallState::Clearing);
    Call {
        id,
        state,
        calling: "2005".into(),
        called: "100".into(),
        from: LegStatus { trunk: "pstn".into(), timeslot: Some(3), holds: false },
        to: Some(LegStatus { trunk: "phone".into(), timeslot: None, holds: false }),
        started_at: START + 60_000,
        answered_at: answered.then_some(START + 63_000),
    }
}

pub fn record(id: u64, calling: &str, called: &str, cause: u8, cause_text: &str) -> CallRecord {
    CallRecord {
        id,
        calling: calling.into(),
        called: called.into(),
        from: LegStatus { trunk: "phone".into(), timeslot: None, holds: false },
        to: Some(LegStatus { trunk: "pstn".into(), timeslot: Some(3), holds: false }),
        started_at: START + 60_000,
        answered_at: Some(START + 63_000),
        ended_at: START + 90_000,
        post_dial_delay_ms: Some(212),
        cause,
        cause_text: cause_text.into(),
        sip_status: None,
        ended_by: Party::Caller,
        reason: "the calling side cleared".into(),
        quality: Some(Quality {
            packets_sent: 1350,
            packets_received: 1349,
            lost: 1,
            late: 0,
            concealed: 2,
            jitter_ms: 0.4,
            round_trip_ms: Some(1.5),
            ..Quality::default()
        }),
    }
}

pub fn ladder() -> Vec<LadderLine> {
    let line = |at_ms, protocol: &str, from: &str, to: &str, text: &str| LadderLine {
        at_ms,
        protocol: protocol.into(),
        from: from.into(),
        to: to.into(),
        text: text.into(),
    };
    vec![
        line(0, "sip", "phone", "box", "INVITE sip:2005@127.0.0.1"),
        line(2, "q931", "box", "pstn", "SETUP cr=1 called=2005 channel=3"),
        line(212, "q931", "pstn", "box", "ALERTING cr=1"),
        line(213, "sip", "box", "phone", "180 Ringing"),
    ]
}

/// Marks the call's timeslots as in use.
pub fn occupy(status: &mut Status, call: &Call) {
    for leg in std::iter::once(&call.from).chain(&call.to) {
        for span in status.spans.iter_mut().filter(|span| span.name == leg.trunk) {
            for channel in span.channels.iter_mut().filter(|channel| Some(channel.timeslot) == leg.timeslot) {
                (channel.state, channel.call) = (ChannelUse::InUse, Some(call.id));
            }
        }
    }
}

/// Frees what a call had.
pub fn release(status: &mut Status, id: u64) {
    for channel in status.spans.iter_mut().flat_map(|span| &mut span.channels).filter(|channel| channel.call == Some(id)) {
        (channel.state, channel.call) = (ChannelUse::Idle, None);
    }
}

/// What a flight recorder may have.
pub fn recording() -> Recording {
    let entry = |number, what| Recorded { number, at: START + i64::try_from(number).unwrap() * 10, what };
    let frame = |sent, text: &str, call| Happening::Frame { sent, text: text.into(), call };
    let entries = vec![
        entry(41, Happening::State { state: SpanState::Running }),
        entry(42, Happening::Alarms { alarms: Alarms(vec!["RED".into(), "LOS".into()]) }),
        entry(43, Happening::Alarms { alarms: Alarms::default() }),
        entry(44, frame(true, "SABME p=1", None)),
        entry(45, frame(false, "UA f=1", None)),
        entry(46, Happening::Link { link: LinkState::Up }),
        entry(47, frame(false, "I n(s)=0 n(r)=0 SETUP cr=1 channel=1 excl called=100", Some(7))),
        entry(48, Happening::Verdict { area: Area::Healthy, text: "the line is in order".into() }),
    ];
    Recording { entries, lost: 40 }
}
