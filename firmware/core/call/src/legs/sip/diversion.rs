//! Who diverted a call, and why: Diversion (RFC 5806) and History-Info (RFC 7044, with the cause of RFC 4458 in the URI that the
//! call went to next). Between the two as RFC 7544 has it.
//!
//! Left out: History-Info entries without a cause, which say where a call was routed but not that somebody diverted it; counters above
//! the number of entries.

use model::settings::DiversionHeader;
use sip::{Flow, Headers, NameAddr, Uri};

use super::identity::{ANONYMOUS_HOST, number};
use crate::words::{Diversion, DiversionReason, Identity, Number, Presentation, Screening};

/// Diversions that are read or written at most: more say nothing that a telephone could show.
const MOST: usize = 5;

/// Reasons as Diversion writes them (RFC 5806 section 5), and causes as a URI has them (RFC 4458 section 9, RFC 8119).
const REASONS: [(DiversionReason, &str, u16); 7] = [
    (DiversionReason::Unknown, "unknown", 404),
    (DiversionReason::Busy, "user-busy", 486),
    (DiversionReason::NoReply, "no-answer", 408),
    (DiversionReason::Unconditional, "unconditional", 302),
    (DiversionReason::Deflection, "deflection", 480),
    (DiversionReason::OutOfOrder, "out-of-service", 503),
    // Q.931 alone tells it from deflection.
    (DiversionReason::ByTerminal, "deflection", 480),
];

/// Diversions of an INVITE, the last one first.
pub(super) fn diversions(headers: &Headers) -> Vec<Diversion> {
    let said = from_diversion(headers);
    if said.is_empty() { from_history(headers) } else { said }
}

/// RFC 5806: the topmost entry is the last diversion.
fn from_diversion(headers: &Headers) -> Vec<Diversion> {
    addresses(headers, "Diversion").take(MOST).map(|entry| read_diversion(&entry)).collect()
}

fn read_diversion(entry: &NameAddr) -> Diversion {
    let private = entry.params.get("privacy").is_some_and(|privacy| !privacy.eq_ignore_ascii_case("off"));
    let screened = entry.params.get("screen").is_some_and(|screen| screen.eq_ignore_ascii_case("yes"));
    let screening = if screened { Screening::UserPassed } else { Screening::UserNotScreened };
    let said = entry.params.get("reason").unwrap_or_default();
    Diversion { by: Identity { screening, ..party(entry, private) }, reason: reason_of(said) }
}

/// RFC 5806 has more reasons than a telephone network; those that come close are taken for it.
fn reason_of(said: &str) -> DiversionReason {
    let known = REASONS.iter().find(|(_, name, _)| said.eq_ignore_ascii_case(name)).map(|(reason, ..)| *reason);
    let close = [
        ("unavailable", DiversionReason::OutOfOrder),
        ("time-of-day", DiversionReason::Unconditional),
        ("follow-me", DiversionReason::Unconditional),
        ("do-not-disturb", DiversionReason::Unconditional),
    ];
    known
        .or_else(|| close.iter().find(|(name, _)| said.eq_ignore_ascii_case(name)).map(|(_, reason)| *reason))
        .unwrap_or_default()
}

/// RFC 7044: each entry whose URI has a cause was reached because the entry before it diverted.
fn from_history(headers: &Headers) -> Vec<Diversion> {
    let entries: Vec<NameAddr> = addresses(headers, "History-Info").collect();
    let pairs = entries.iter().zip(entries.iter().skip(1));
    let mut found: Vec<Diversion> = pairs
        .filter_map(|(by, to)| {
            let cause: u16 = to.uri.param("cause")?.parse().ok()?;
            let reason = REASONS.iter().find(|(_, _, known)| *known == cause).map(|(reason, ..)| *reason);
            // 487: deflected while it was alerted (RFC 7544 section 7).
            let reason = reason.unwrap_or(if cause == 487 { DiversionReason::Deflection } else { DiversionReason::Unknown });
            Some(Diversion { by: party(by, withheld(by)), reason })
        })
        .collect();
    found.reverse();
    found.truncate(MOST);
    found
}

/// Whether the URI's own headers ask for privacy (RFC 7044 section 10.1.1).
fn withheld(entry: &NameAddr) -> bool {
    entry
        .uri
        .headers()
        .is_some_and(|headers| headers.split('&').any(|header| header.to_ascii_lowercase().starts_with("privacy=")))
}

fn party(entry: &NameAddr, private: bool) -> Identity {
    let number = entry.uri.user_number().and_then(number);
    let presentation = match (&number, private) {
        (_, true) => Presentation::Restricted,
        (Some(_), false) => Presentation::Allowed,
        (None, false) => Presentation::Unavailable,
    };
    Identity {
        number: number.unwrap_or_default(),
        presentation,
        screening: Screening::UserNotScreened,
        name: entry.display.clone().filter(|name| !name.is_empty()),
    }
}

fn addresses(headers: &Headers, name: &str) -> impl Iterator<Item = NameAddr> {
    headers
        .list(name)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|entry| NameAddr::parse(entry).ok())
        .collect::<Vec<_>>()
        .into_iter()
}

/// The headers that tell a peer of `diversions`, in the form that it wants.
pub(super) fn headers(diversions: &[Diversion], called: &Number, flow: Flow, form: DiversionHeader) -> Vec<(String, String)> {
    let diversions = diversions.get(..MOST).unwrap_or(diversions);
    let (diversion, history) = match form {
        DiversionHeader::Diversion => (true, false),
        DiversionHeader::HistoryInfo => (false, true),
        DiversionHeader::Both => (true, true),
        DiversionHeader::None => (false, false),
    };
    let mut headers = Vec::new();
    if diversion {
        headers.extend(diversions.iter().map(|said| ("Diversion".to_owned(), write_diversion(said, flow))));
    }
    if history && !diversions.is_empty() {
        headers.extend(write_history(diversions, called, flow).into_iter().map(|entry| ("History-Info".to_owned(), entry)));
    }
    headers
}

fn write_diversion(said: &Diversion, flow: Flow) -> String {
    let mut entry = address(&said.by, flow);
    let (_, reason, _) = row(said.reason);
    entry.params.set("reason", Some(reason));
    entry.params.set("counter", Some("1"));
    let private = said.by.presentation == Presentation::Restricted;
    entry.params.set("privacy", Some(if private { "full" } else { "off" }));
    let screened = matches!(said.by.screening, Screening::UserPassed | Screening::Network);
    entry.params.set("screen", Some(if screened { "yes" } else { "no" }));
    entry.to_string()
}

/// The first who diverted is index 1, whom each diverted to is one level deeper, the called party is the last.
fn write_history(diversions: &[Diversion], called: &Number, flow: Flow) -> Vec<String> {
    let target = NameAddr::new(Uri::sip_at(Some(&called.to_string()), flow.remote));
    let parties = diversions.iter().rev().map(|said| address(&said.by, flow)).chain(std::iter::once(target));
    // Each but the first was reached because the one before it diverted.
    let causes = std::iter::once(None).chain(diversions.iter().rev().map(|said| Some(row(said.reason).2)));
    let mut index = String::new();
    parties
        .zip(causes)
        .map(|(mut entry, cause)| {
            let before = index.clone();
            index = if before.is_empty() { "1".to_owned() } else { format!("{before}.1") };
            if let Some(cause) = cause {
                entry.uri = entry.uri.with_param("cause", Some(&cause.to_string()));
            }
            entry.params.set("index", Some(&index));
            if !before.is_empty() {
                entry.params.set("mp", Some(&before));
            }
            entry.to_string()
        })
        .collect()
}

/// A withheld number does not leave the box.
fn address(party: &Identity, flow: Flow) -> NameAddr {
    match party.presentation {
        Presentation::Restricted => NameAddr::new(Uri::sip(Some("anonymous"), ANONYMOUS_HOST, None)),
        Presentation::Allowed | Presentation::Unavailable => {
            let number = party.number.to_string();
            let user = if number.is_empty() { "unknown" } else { &number };
            let address = NameAddr::new(Uri::sip_at(Some(user), flow.local));
            party.name.iter().fold(address, |address, name| address.with_display(name))
        }
    }
}

fn row(reason: DiversionReason) -> (DiversionReason, &'static str, u16) {
    let found = REASONS.iter().find(|(known, ..)| *known == reason).copied();
    found.unwrap_or((DiversionReason::Unknown, "unknown", 404))
}
