//! Which primary rate interface signals for which span: its own, or that of the group that it shares D-channels with (NFAS).

use std::collections::HashMap;

use model::settings::{self, Signalling};

use super::isdn::{IsdnSpan, Member};
use crate::words::SpanId;

/// The interfaces of these spans, and which of them signals for each. A validated document is assumed: a span of a group without
/// interface 0 has none.
pub(super) fn interfaces(spans: &[settings::Span]) -> (Vec<IsdnSpan>, Vec<Option<usize>>) {
    let mut interfaces = Vec::new();
    let mut of_group = HashMap::<&str, usize>::new();
    let mut signals = vec![None; spans.len()];
    for (index, span) in spans.iter().enumerate() {
        if let Some(first) = heads(span, SpanId(index), spans) {
            if let Some(member) = &span.nfas {
                of_group.insert(&member.group, interfaces.len());
            } else if let Some(signals) = signals.get_mut(index) {
                *signals = Some(interfaces.len());
            }
            interfaces.push(first);
        }
    }
    for (signals, span) in signals.iter_mut().zip(spans) {
        if let Some(member) = &span.nfas {
            *signals = of_group.get(member.group.as_str()).copied();
        }
    }
    (interfaces, signals)
}

/// The interface of a span that is in no group.
pub(super) fn alone(id: SpanId, span: &settings::Span) -> Option<IsdnSpan> {
    let is_isdn = span.signalling == Signalling::Pri && span.nfas.is_none();
    is_isdn.then(|| IsdnSpan::new(id, span, Vec::new()))
}

/// The interface that this span is the first of.
fn heads(span: &settings::Span, id: SpanId, spans: &[settings::Span]) -> Option<IsdnSpan> {
    let Some(own) = &span.nfas else { return alone(id, span) };
    let of_it = |(index, other): (usize, &settings::Span)| {
        let member = other.nfas.as_ref().filter(|member| member.group == own.group && member.interface > 0)?;
        Some(Member { interface: member.interface, span: SpanId(index), settings: other.clone() })
    };
    let further = || spans.iter().enumerate().filter_map(of_it).collect();
    (span.signalling == Signalling::Pri && own.interface == 0).then(|| IsdnSpan::new(id, span, further()))
}
