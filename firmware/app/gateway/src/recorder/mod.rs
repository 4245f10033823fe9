//! Flight recorders: of each span what crossed its D-channel and how its line, link and verdict changed; always on, bounded in memory.
//!
//! Frames are kept as they are and put into words when somebody reads them, so that recording costs a copy. The oldest entries give way
//! to the newest; every entry has a number, so that whoever reads on sees what was lost between.
//!
//! Left out: keeping it over a restart. What calls said, with SIP and RTP, is in their captures.

use std::collections::{HashMap, VecDeque};
use std::time::{SystemTime, UNIX_EPOCH};

use call::words::SpanId;
use model::api::{self, Happening, Recorded, Recording};

use crate::capture::{Packet, file_of};

/// Entries of one span that are kept; a frame of 50 octets takes about 120 of memory.
const KEPT: usize = 20_000;
/// Octets of frames of one span that are kept.
const KEPT_OCTETS: usize = 2 << 20;

/// What is kept of an entry.
#[derive(Debug)]
enum Kept {
    Frame { sent: bool, frame: Box<[u8]>, call: Option<u64> },
    Other(Happening),
}

#[derive(Debug)]
struct Entry {
    at: SystemTime,
    kept: Kept,
}

/// One span's recorder.
#[derive(Debug, Default)]
struct SpanRecorder {
    entries: VecDeque<Entry>,
    /// Number of the oldest entry, less one.
    gone: u64,
    octets: usize,
    /// The span as it was shown last.
    last: Option<Shown>,
}

/// Of what is shown of a span, that whose changes are entries.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    alarms: api::Alarms,
    link: api::LinkState,
    state: api::SpanState,
    verdict: Option<(api::Area, String)>,
}

/// All recorders.
#[derive(Debug, Default)]
pub(crate) struct Recorders {
    spans: HashMap<SpanId, SpanRecorder>,
}

impl Recorders {
    /// A frame crossed the line.
    pub(crate) fn frame(&mut self, span: SpanId, sent: bool, frame: &[u8], call: Option<u64>) {
        self.spans.entry(span).or_default().add(Kept::Frame { sent, frame: frame.into(), call });
    }

    /// The span is shown so now: what changed is noted.
    pub(crate) fn shown(&mut self, id: SpanId, span: &api::Span) {
        let verdict = span.verdict.as_ref().map(|verdict| (verdict.area, verdict.text.clone()));
        let now = Shown { alarms: span.alarms.clone(), link: span.link, state: span.state.clone(), verdict };
        self.spans.entry(id).or_default().note(now);
    }

    /// Entries after number `after`, the newest `most` of them.
    pub(crate) fn read(&self, span: SpanId, after: u64, most: usize) -> Recording {
        self.spans.get(&span).map(|recorder| recorder.read(after, most)).unwrap_or_default()
    }

    /// All frames as a pcapng file.
    pub(crate) fn capture(&self, span: SpanId, network_side: bool) -> Vec<u8> {
        let entries = self.spans.get(&span).into_iter().flat_map(|recorder| &recorder.entries);
        let packets = entries.filter_map(|entry| match &entry.kept {
            Kept::Frame { sent, frame, .. } => {
                Some((entry.at, Packet::Lapd { sent: *sent, network_side, frame: frame.to_vec() }))
            }
            Kept::Other(_) => None,
        });
        file_of(packets)
    }
}

impl SpanRecorder {
    fn add(&mut self, kept: Kept) {
        self.octets += octets(&kept);
        self.entries.push_back(Entry { at: SystemTime::now(), kept });
        while self.entries.len() > KEPT || self.octets > KEPT_OCTETS {
            let Some(oldest) = self.entries.pop_front() else { return };
            self.octets -= octets(&oldest.kept);
            self.gone += 1;
        }
    }

    fn note(&mut self, now: Shown) {
        let before = self.last.replace(now.clone());
        let is_new = |same: fn(&Shown, &Shown) -> bool| before.as_ref().is_none_or(|before| !same(before, &now));
        let mut news = Vec::new();
        if is_new(|a, b| a.state == b.state) {
            news.push(Happening::State { state: now.state.clone() });
        }
        if is_new(|a, b| a.alarms == b.alarms) {
            news.push(Happening::Alarms { alarms: now.alarms.clone() });
        }
        if is_new(|a, b| a.link == b.link) {
            news.push(Happening::Link { link: now.link });
        }
        if is_new(|a, b| a.verdict == b.verdict)
            && let Some((area, text)) = now.verdict.clone()
        {
            news.push(Happening::Verdict { area, text });
        }
        news.into_iter().for_each(|happening| self.add(Kept::Other(happening)));
    }

    fn read(&self, after: u64, most: usize) -> Recording {
        let known = usize::try_from(after.saturating_sub(self.gone)).unwrap_or(usize::MAX).min(self.entries.len());
        let first = known.max(self.entries.len().saturating_sub(most));
        let number = |index: usize| self.gone + 1 + index as u64;
        let recorded = |(index, entry): (usize, &Entry)| {
            let at = entry.at.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
            Recorded { number: number(index), at, what: words(&entry.kept) }
        };
        let entries = self.entries.iter().enumerate().skip(first).map(recorded).collect();
        Recording { entries, lost: (number(first) - 1).saturating_sub(after) }
    }
}

fn octets(kept: &Kept) -> usize {
    match kept {
        Kept::Frame { frame, .. } => frame.len(),
        Kept::Other(_) => 0,
    }
}

fn words(kept: &Kept) -> Happening {
    match kept {
        Kept::Frame { sent, frame, call } => Happening::Frame { sent: *sent, text: isdn::decode::describe(frame), call: *call },
        Kept::Other(happening) => happening.clone(),
    }
}

#[cfg(test)]
mod tests;
