//! Checks of form that types alone cannot make: ranges, names, references between parts.

use std::collections::HashMap;

use super::audio::check_audio;
use super::check_span::{check_span, check_spans};
use super::{Peer, Problem, Route, Settings, Span};
use crate::country;

/// Every problem of `settings`; empty when there is none.
#[must_use]
pub fn validate(settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_country(&settings.country, &mut problems);
    sip(settings, &mut problems);
    media(settings, &mut problems);
    check_audio(&settings.audio, &mut problems);
    names(settings, &mut problems);
    for (index, span) in settings.spans.iter().enumerate() {
        check_span(index, span, &mut problems);
    }
    check_spans(&settings.spans, &mut problems);
    for (index, peer) in settings.peers.iter().enumerate() {
        check_peer(index, peer, settings, &mut problems);
    }
    for (index, route) in settings.routes.iter().enumerate() {
        check_route(index, route, settings, &mut problems);
    }
    problems
}

fn check_country(code: &str, problems: &mut Vec<Problem>) {
    if country::by_code(code).is_some() {
        return;
    }
    let near = country::near(code);
    let codes = if near.is_empty() { country::ALL.iter().map(|country| country.code).collect() } else { near };
    problems.push(Problem::error("country", format!("\"{code}\""), format!("a country's code, such as {}", codes.join(", "))));
}

fn sip(settings: &Settings, problems: &mut Vec<Problem>) {
    let sip = &settings.sip;
    if sip.listen.is_empty() {
        problems.push(Problem::error("sip.listen", "no address", "at least one, such as \"udp:127.0.0.1:5060\""));
    }
    for (index, listen) in sip.listen.iter().enumerate() {
        if listen.address.port() == 0 {
            problems.push(Problem::error(format!("sip.listen[{index}]"), "port 0", "a port from 1 to 65535"));
        }
        if listen.address.ip().is_unspecified() {
            // It goes into Via and Contact, where peers must be able to reach it.
            problems.push(Problem::error(format!("sip.listen[{index}]"), listen, "one of this box's own addresses"));
        }
        if sip.listen.iter().take(index).any(|earlier| earlier == listen) {
            problems.push(Problem::error(format!("sip.listen[{index}]"), format!("{listen} a second time"), "each address once"));
        }
    }
    range("sip.ring_seconds", sip.ring_seconds, 1, 600, problems);
    range("capture.keep", settings.capture.keep, 1, 100_000, problems);
}

fn media(settings: &Settings, problems: &mut Vec<Problem>) {
    let media = &settings.media;
    range("media.jitter_ms", u32::from(media.jitter_ms), 10, 200, problems);
    if media.first_port < 1024 || !media.first_port.is_multiple_of(2) {
        problems.push(Problem::error("media.first_port", media.first_port, "an even port of 1024 or more"));
    }
    if media.last_port <= media.first_port {
        problems.push(Problem::error(
            "media.last_port",
            media.last_port,
            format!("a port above first_port {}", media.first_port),
        ));
    }
    if media.address.is_unspecified() {
        problems.push(Problem::error(
            "media.address",
            media.address,
            "the address that peers send RTP to, not the unspecified one",
        ));
    }
    if let Some(core) = media.core {
        range("media.core", core.into(), 0, 1023, problems);
    }
    range("media.dscp", media.dscp.into(), 0, 63, problems);
    range("media.real_time_priority", media.real_time_priority.into(), 0, 99, problems);
}

fn range(path: &str, value: u32, low: u32, high: u32, problems: &mut Vec<Problem>) {
    if !(low..=high).contains(&value) {
        problems.push(Problem::error(path, value, format!("{low} to {high}")));
    }
}

fn names(settings: &Settings, problems: &mut Vec<Problem>) {
    let spans = settings.spans.iter().enumerate().map(|(i, span)| (format!("span[{i}].name"), &span.name));
    let peers = settings.peers.iter().enumerate().map(|(i, peer)| (format!("peer[{i}].name"), &peer.name));
    let mut seen: HashMap<&str, String> = HashMap::new();
    for (path, name) in spans.chain(peers) {
        if !well_formed(name) {
            let expected = "1 to 32 letters, digits, dots, dashes or underscores, the first a letter";
            problems.push(Problem::error(path.clone(), format!("\"{name}\""), expected));
        }
        if let Some(earlier) = seen.insert(name, path.clone()) {
            problems.push(Problem::error(path, format!("\"{name}\", which {earlier} has too"), "a name of its own"));
        }
    }
}

fn well_formed(name: &str) -> bool {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    first
        && name.len() <= 32
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        && name != "unknown"
}

fn check_peer(index: usize, peer: &Peer, settings: &Settings, problems: &mut Vec<Problem>) {
    let path = |key: &str| format!("peer[{index}].{key}");
    if !matches!(peer.ptime_ms, 10 | 20 | 30 | 40 | 60) {
        problems.push(Problem::error(path("ptime_ms"), peer.ptime_ms, "10, 20, 30, 40 or 60"));
    }
    if peer.codecs.is_empty() {
        problems.push(Problem::error(path("codecs"), "no codec", "some of \"pcma\", \"pcmu\", \"g722\""));
    }
    if peer.options_seconds > 3600 {
        problems.push(Problem::error(path("options_seconds"), peer.options_seconds, "0 to 3600"));
    }
    if settings.sip.listen.contains(&peer.address) {
        problems.push(Problem::error(path("address"), peer.address, "another address than the one this box listens on"));
    }
    if !settings.sip.listen.iter().any(|listen| listen.transport == peer.address.transport) {
        problems.push(Problem::error(path("address"), peer.address, "a transport that sip.listen has"));
    }
    let twin = settings.peers.iter().take(index).find(|earlier| earlier.address == peer.address);
    if let Some(twin) = twin {
        problems.push(Problem::error(
            path("address"),
            format!("{}, which peer \"{}\" has too", peer.address, twin.name),
            "its own",
        ));
    }
}

/// A span of the configuration that no call can use yet.
fn silent_span<'a>(settings: &'a Settings, name: &str) -> Option<&'a Span> {
    settings.spans.iter().find(|span| span.name == name && !span.carries_calls())
}

fn check_route(index: usize, route: &Route, settings: &Settings, problems: &mut Vec<Problem>) {
    let path = |key: &str| format!("route[{index}].{key}");
    if let Some(span) = silent_span(settings, &route.to) {
        let signalling = span.signalling.as_str();
        let found = format!("\"{}\", a span with signalling {signalling}, which carries no calls in this release", route.to);
        problems.push(Problem::error(path("to"), found, "a span with signalling pri, or a peer"));
    }
    if let Some(span) = route.from.as_deref().and_then(|from| silent_span(settings, from)) {
        let signalling = span.signalling.as_str();
        let text = format!("no call comes from span \"{}\" with signalling {signalling} in this release", span.name);
        problems.push(Problem::warning(path("from"), text));
    }
    let trunk = |name: &str| settings.spans.iter().any(|s| s.name == name) || settings.peers.iter().any(|p| p.name == name);
    if !trunk(&route.to) {
        problems.push(Problem::error(path("to"), format!("\"{}\"", route.to), "the name of a span or a peer"));
    }
    if let Some(from) = route.from.as_deref()
        && !trunk(from)
        && from != "unknown"
    {
        problems.push(Problem::error(path("from"), format!("\"{from}\""), "the name of a span or a peer, or \"unknown\""));
    }
    let digits = route.prefix.strip_prefix('+').unwrap_or(&route.prefix);
    if !digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#')) {
        problems.push(Problem::error(path("prefix"), format!("\"{}\"", route.prefix), "digits, * and # after an optional +"));
    }
    if usize::from(route.strip) > route.prefix.len() {
        let expected = format!("at most the prefix's length {}", route.prefix.len());
        problems.push(Problem::error(path("strip"), route.strip, expected));
    }
    let hidden_by =
        settings.routes.iter().take(index).position(|earlier| {
            route.prefix.starts_with(&earlier.prefix) && (earlier.from.is_none() || earlier.from == route.from)
        });
    if let Some(earlier) = hidden_by {
        let text = format!("prefix \"{}\" is never reached, route[{earlier}] takes every such call before", route.prefix);
        problems.push(Problem::warning(path("prefix"), text));
    }
}
