//! The control API's types as text for people. Times are UTC.

use client::time::{length, rfc3339};
use model::api::{
    BitErrorTest, Call, CallDetail, CallLeg, CallRecord, CallState, Channel, ChannelUse, ConfigurationCheck, DChannelRole,
    LadderLine, LegStatus, LinkState, Maintenance, Party, Quality, QualitySecond, Span, SpanState, Status,
};
use model::settings::{Framing, Side};

use crate::table::Stand::{Left, Right};
use crate::table::{Table, printable};

pub(crate) fn status(status: &Status, now: i64) -> String {
    let counters = &status.counters;
    let up = length(now - status.started_at);
    let mut text = format!("{} (junctord {}), up {up}\n", printable(&status.name), printable(&status.version));
    text += &format!(
        "calls: {} now, {} came in, {} answered, {} ended\n",
        status.calls.len(),
        counters.calls,
        counters.answered,
        counters.ended
    );
    let troubles = [
        ("malformed sip", counters.malformed_sip),
        ("malformed isdn", counters.malformed_isdn),
        ("malformed rtp", counters.malformed_rtp),
        ("records waiting", counters.records_waiting),
        ("records lost", counters.records_lost),
        ("quality seconds lost", counters.quality_lost),
        ("events lost", counters.events_lost),
    ];
    let troubles: Vec<String> =
        troubles.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name} {count}")).collect();
    text += &format!("trouble: {}\n", if troubles.is_empty() { "none".into() } else { troubles.join(", ") });
    format!("{text}\n{}\n{}", spans(&status.spans), peers(status))
}

fn peers(status: &Status) -> String {
    let mut table = Table::new([("peer", Left), ("address", Left), ("answers", Left), ("calls", Right)]);
    for peer in &status.peers {
        let answers = match peer.reachable {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not asked",
        };
        table.row([peer.name.clone(), peer.address.clone(), answers.into(), peer.calls.to_string()]);
    }
    table.print("no peers")
}

pub(crate) fn spans(spans: &[Span]) -> String {
    let mut table = Table::new([
        ("span", Left),
        ("type", Left),
        ("line", Left),
        ("link", Left),
        ("in use", Right),
        ("idle", Right),
        ("out", Right),
        ("slips", Right),
    ]);
    for span in spans {
        let count = |state| span.channels.iter().filter(|channel| channel.state == state).count().to_string();
        table.row([
            span.name.clone(),
            kind(span),
            line(span),
            link(span.link).into(),
            count(ChannelUse::InUse),
            count(ChannelUse::Idle),
            count(ChannelUse::OutOfService),
            span.line.slips.to_string(),
        ]);
    }
    table.print("no spans")
}

fn kind(span: &Span) -> String {
    let framing = match span.framing {
        Framing::E1 => "E1",
        Framing::T1 => "T1",
        Framing::Analog => "analog",
    };
    let side = match span.side {
        Side::User => "user",
        Side::Network => "network",
    };
    format!("{framing} {side} {}", span.back_end)
}

fn line(span: &Span) -> String {
    match &span.state {
        SpanState::Running if span.alarms.is_clear() => "clear".into(),
        SpanState::Running => span.alarms.0.join(" "),
        SpanState::Missing { .. } => "missing".into(),
        SpanState::Failed { .. } => "failed".into(),
    }
}

const fn link(link: LinkState) -> &'static str {
    match link {
        LinkState::Up => "up",
        LinkState::Down => "down",
        LinkState::None => "none",
    }
}

pub(crate) fn span(span: &Span) -> String {
    let d = &span.d_channel;
    let mut channels = Table::new([("timeslot", Right), ("state", Left), ("call", Right)]);
    for Channel { timeslot, state, call } in &span.channels {
        let call = call.map_or_else(String::new, |call| call.to_string());
        channels.row([timeslot.to_string(), channel_use(*state).into(), call]);
    }
    let mut text = spans(std::slice::from_ref(span)) + "\n";
    about(span).iter().for_each(|fact| text += &format!("{}\n", printable(fact)));
    text += &format!(
        "d-channel: {} frames sent, {} received, {} sent again, {} malformed, link failed {} times\n\n",
        d.frames_sent, d.frames_received, d.retransmissions, d.malformed, d.link_failures
    );
    if let Some(role) = span.d_channel_role {
        text.insert_str(text.len() - 1, &format!("d-channel role: {}\n", d_channel_role(role)));
    }
    text + &channels.print("no channels")
}

const fn d_channel_role(role: DChannelRole) -> &'static str {
    match role {
        DChannelRole::InService => "in service for all spans of the group",
        DChannelRole::Standby => "stands by",
        DChannelRole::MaintenanceBusy => "failed, another is taking over",
        DChannelRole::OutOfService => "down",
    }
}

fn bit_error_test(test: &BitErrorTest) -> String {
    let BitErrorTest { timeslot, in_sync, bits, errors, losses, missed_blocks } = test;
    let sync = if *in_sync { "in sync" } else { "no sync: is there a loop, or a far end that sends the same?" };
    format!(
        "test of timeslot {timeslot}: {sync}; {errors} of {bits} bits wrong, lost {losses} times, {missed_blocks} blocks missed by the box"
    )
}

/// What there is to say of a span besides its channels, one a line.
fn about(span: &Span) -> Vec<String> {
    let mut facts = Vec::new();
    match &span.state {
        SpanState::Running => {}
        SpanState::Missing { why } => facts.push(format!("missing: {why}; it is taken into use when it is there")),
        SpanState::Failed { why, cure } => facts.push(format!("failed: {why}: {cure}")),
    }
    if let Some(verdict) = &span.verdict {
        facts.push(format!("verdict: {}: {} (since {})", verdict.area.as_str(), verdict.text, rfc3339(verdict.since)));
        facts.extend(verdict.evidence.iter().map(|line| format!("  {line}")));
    }
    if let Some(clock) = &span.clock {
        let master = if clock.is_master { ", the others follow it" } else { "" };
        facts.push(format!("clock: priority {}, from {}{master}", clock.priority, clock.source.as_deref().unwrap_or("unknown")));
    }
    match span.maintenance {
        Maintenance::None => {}
        Maintenance::LocalLoop => facts.push("maintenance: local loop".into()),
        Maintenance::LineLoop => facts.push("maintenance: line loop".into()),
        Maintenance::PayloadLoop => facts.push("maintenance: payload loop".into()),
        Maintenance::Prbs { errors, in_sync } => {
            facts.push(format!("maintenance: bit-error test, {}, {errors} errors", if in_sync { "in sync" } else { "no sync" }));
        }
    }
    facts.extend(span.bit_error_test.as_ref().map(bit_error_test));
    let line = &span.line;
    let counters = [
        ("bpv", line.bpv),
        ("crc4", line.crc4),
        ("e-bits", line.ebit),
        ("fas", line.fas),
        ("errored seconds", line.errored_seconds),
        ("irq misses", line.irq_misses),
        ("slips", line.slips),
        ("underruns", line.underruns),
        ("overruns", line.overruns),
    ];
    let counters: Vec<String> = counters.iter().map(|(name, count)| format!("{name} {count}")).collect();
    facts.push(format!("line: {}", counters.join(", ")));
    facts
}

const fn channel_use(state: ChannelUse) -> &'static str {
    match state {
        ChannelUse::Idle => "idle",
        ChannelUse::InUse => "in use",
        ChannelUse::OutOfService => "out of service",
    }
}

pub(crate) fn calls(calls: &[Call], now: i64) -> String {
    let columns =
        [("call", Right), ("state", Left), ("calling", Left), ("called", Left), ("from", Left), ("to", Left), ("for", Right)];
    let mut table = Table::new(columns);
    for call in calls {
        table.row([
            call.id.to_string(),
            call_state(call.state).into(),
            number(&call.calling),
            number(&call.called),
            leg(&call.from),
            call.to.as_ref().map_or_else(nothing, leg),
            length(now - call.started_at),
        ]);
    }
    table.print("no calls")
}

const fn call_state(state: CallState) -> &'static str {
    match state {
        CallState::Setup => "setup",
        CallState::Ringing => "ringing",
        CallState::Answered => "answered",
        CallState::Clearing => "clearing",
    }
}

fn leg(leg: &LegStatus) -> String {
    let place = leg.timeslot.map_or_else(|| leg.trunk.clone(), |timeslot| format!("{}/{timeslot}", leg.trunk));
    if leg.holds { format!("{place} (holds)") } else { place }
}

fn number(digits: &str) -> String {
    if digits.is_empty() { nothing() } else { digits.to_owned() }
}

fn nothing() -> String {
    "-".into()
}

pub(crate) fn records(records: &[CallRecord]) -> String {
    let mut table = Table::new([
        ("call", Right),
        ("ended", Left),
        ("calling", Left),
        ("called", Left),
        ("from", Left),
        ("to", Left),
        ("talked", Right),
        ("ended by", Left),
        ("cause", Left),
    ]);
    for record in records {
        table.row([
            record.id.to_string(),
            rfc3339(record.ended_at),
            number(&record.calling),
            number(&record.called),
            leg(&record.from),
            record.to.as_ref().map_or_else(nothing, leg),
            record.answered_at.map_or_else(nothing, |answered| length(record.ended_at - answered)),
            party(record.ended_by).into(),
            format!("{} {}", record.cause, record.cause_text),
        ]);
    }
    table.print("no records")
}

const fn party(party: Party) -> &'static str {
    match party {
        Party::Caller => "caller",
        Party::Called => "called",
        Party::Box => "box",
    }
}

/// A call's facts one a line, then its ladder.
pub(crate) fn detail(detail: &CallDetail, now: i64) -> String {
    let mut text = String::new();
    if let Some(call) = &detail.call {
        text += &calls(std::slice::from_ref(call), now);
    }
    if let Some(record) = &detail.record {
        text += &facts(record);
    }
    text.push('\n');
    detail.ladder.iter().for_each(|line| text += &format!("{}\n", ladder_line(line)));
    text
}

fn facts(record: &CallRecord) -> String {
    let mut facts = vec![
        ("call", record.id.to_string()),
        ("calling", number(&record.calling)),
        ("called", number(&record.called)),
        ("from", leg(&record.from)),
        ("to", record.to.as_ref().map_or_else(nothing, leg)),
        ("came in", rfc3339(record.started_at)),
        ("answered", record.answered_at.map_or_else(|| "no".into(), rfc3339)),
        ("ended", format!("{} by {}", rfc3339(record.ended_at), party(record.ended_by))),
        ("cause", format!("{} {}", record.cause, record.cause_text)),
        ("reason", record.reason.clone()),
    ];
    facts.extend(record.sip_status.map(|status| ("sip status", status.to_string())));
    facts.extend(record.post_dial_delay_ms.map(|delay| ("post-dial delay", format!("{delay} ms"))));
    facts.extend(record.quality.as_ref().map(|quality| ("media", media(quality))));
    facts.extend(record.quality.as_ref().and_then(rated).map(|rated| ("sounded", rated)));
    facts.extend(record.quality.as_ref().and_then(repaired).map(|repaired| ("repaired", repaired)));
    facts.iter().map(|(name, value)| format!("{name:<16} {}\n", printable(value))).collect()
}

/// A line for each second.
pub(crate) fn quality(seconds: &[QualitySecond]) -> String {
    let columns = ["leg", "second", "level", "loss", "jitter", "buffer", "delay", "R", "MOS", "echo", "cancelled"];
    let mut table = Table::new(columns.map(|column| (column, if column == "leg" { Left } else { Right })));
    let decibels = |value: Option<f32>| value.map_or_else(nothing, |value| format!("{value:.0} dB"));
    for second in seconds {
        table.row([
            match second.leg {
                CallLeg::From => "from".into(),
                CallLeg::To => "to".into(),
            },
            second.second.to_string(),
            second.level_dbm0.map_or_else(nothing, |level| format!("{level:.0} dBm0")),
            format!("{:.1} %", second.loss_percent),
            format!("{:.1} ms", second.jitter_ms),
            format!("{} ms", second.buffer_ms),
            format!("{} ms", second.delay_ms),
            format!("{:.0}", second.r),
            format!("{:.2}", second.mos),
            decibels(second.echo_return_loss_db),
            decibels(second.echo_enhancement_db),
        ]);
    }
    table.print("no seconds: no IP leg of the call had audio, or they are older than 30 days")
}

/// How it sounded to the line, and what became of the line's echo.
fn rated(quality: &Quality) -> Option<String> {
    let mos = quality.mos.zip(quality.r).map(|(mos, r)| format!("MOS {mos:.2} (R {r:.0})"));
    let loss = quality.echo_return_loss_db.map(|loss| format!("echo of the line {loss:.0} dB down"));
    let enhancement = quality.echo_enhancement_db.map(|more| format!("another {more:.0} dB by the canceller"));
    let said: Vec<String> = [mos, loss, enhancement].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// What the box put into the audio or left out of it; `None` when that is nothing.
fn repaired(quality: &Quality) -> Option<String> {
    let counts = [
        (quality.underruns, "blocks without audio"),
        (quality.concealed, "with holes"),
        (quality.slips_inserted, "inserted"),
        (quality.slips_dropped, "dropped"),
        (quality.overflows, "bursts cut"),
        (quality.line_missed, "missed by the line"),
    ];
    let said: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn media(quality: &Quality) -> String {
    let round_trip = quality.round_trip_ms.map_or_else(String::new, |millis| format!(", round trip {millis:.1} ms"));
    format!(
        "{} packets sent, {} received, {} lost, {} late, jitter {:.1} ms{round_trip}",
        quality.packets_sent, quality.packets_received, quality.lost, quality.late, quality.jitter_ms
    )
}

pub(crate) fn ladder_line(line: &LadderLine) -> String {
    printable(&line.to_string())
}

/// One line for a call that has just ended.
pub(crate) fn ending(record: &CallRecord) -> String {
    let cause = format!("cause {} {}", record.cause, record.cause_text);
    printable(&format!("call {} ended by {}: {cause} ({})", record.id, party(record.ended_by), record.reason))
}

/// One line for a call that has just come in.
pub(crate) fn beginning(call: &Call) -> String {
    printable(&format!("call {} from {} ({}) to {}", call.id, number(&call.calling), leg(&call.from), number(&call.called)))
}

pub(crate) fn check(check: &ConfigurationCheck) -> String {
    let mut text: String = check.problems.iter().map(|problem| format!("{}\n", printable(&problem.to_string()))).collect();
    text += if check.usable { "this configuration can be used\n" } else { "this configuration would be refused\n" };
    text
}
