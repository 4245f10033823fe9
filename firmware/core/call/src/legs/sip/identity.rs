//! Who calls whom and who answered, as INVITE and 200 say it: numbers, names and privacy (RFC 3261, RFC 3323, RFC 3325, RFC 3966).

use sip::{Flow, Headers, NameAddr, Request, Uri};

use super::subaddress;
use crate::words::{Identity, Number, Presentation, Screening, Subaddress};

/// Host of an address that is withheld (RFC 3323 section 4.1.1.3).
pub(super) const ANONYMOUS_HOST: &str = "anonymous.invalid";

/// The called number of an INVITE: the user part of its Request-URI.
pub(super) fn called(request: &Request) -> Number {
    let user = request.uri.user_number().unwrap_or_default();
    // A user part that is no number is kept: a route may lead it to another SIP side.
    number(user).unwrap_or_else(|| Number { digits: user.to_owned(), international: false })
}

/// The calling party of an INVITE (RFC 3325 9.1 before From; RFC 3323 for privacy).
pub(super) fn caller(request: &Request) -> Identity {
    let asserted = request.headers.name_addr("P-Asserted-Identity");
    let from = request.headers.from();
    let identity = asserted.as_ref().or(from.as_ref());
    let user = identity.and_then(|identity| identity.uri.user_number());
    let private = request.headers.list_contains("Privacy", "id")
        || from.as_ref().is_some_and(|from| from.uri.user_number() == Some("anonymous"));
    let number = user.and_then(number);
    let presentation = match (&number, private) {
        (_, true) => Presentation::Restricted,
        (None, false) => Presentation::Unavailable,
        (Some(_), false) => Presentation::Allowed,
    };
    let name = identity.and_then(|identity| identity.display.clone()).filter(|name| !name.is_empty());
    Identity { number: number.unwrap_or_default(), presentation, screening: Screening::UserNotScreened, name }
}

/// A number that a telephone can dial, without the visual separators of RFC 3966 5.1.1.
pub(super) fn number(text: &str) -> Option<Number> {
    let plain: String = text.chars().filter(|c| !matches!(c, '-' | '.' | '(' | ')')).collect();
    Some(Number::from(plain.as_str())).filter(Number::is_dialable)
}

/// From and privacy headers of an INVITE of ours. A withheld number does not leave the box. Of two numbers the one that the network
/// vouches for is asserted, and the user's own is in From.
pub(super) fn calling_party(calling: &Identity, second: Option<&Identity>, flow: Flow) -> (NameAddr, Vec<(String, String)>) {
    let Some(second) = second else { return one_calling_party(calling, flow) };
    let vouched = |party: &Identity| matches!(party.screening, Screening::Network | Screening::UserPassed);
    let (asserted, own) = if vouched(second) && !vouched(calling) { (second, calling) } else { (calling, second) };
    // The name came with the call, not with either number.
    let own = Identity { name: calling.name.clone(), ..own.clone() };
    let (from, mut headers) = one_calling_party(&own, flow);
    if asserted.presentation == Presentation::Allowed && !asserted.number.digits.is_empty() {
        let asserted = NameAddr::new(Uri::sip_at(Some(&asserted.number.to_string()), flow.local));
        headers.push(("P-Asserted-Identity".to_owned(), asserted.to_string()));
    }
    (from, headers)
}

fn one_calling_party(calling: &Identity, flow: Flow) -> (NameAddr, Vec<(String, String)>) {
    let number = calling.number.to_string();
    match calling.presentation {
        Presentation::Restricted => {
            let anonymous = NameAddr::new(Uri::sip(Some("anonymous"), ANONYMOUS_HOST, None)).with_display("Anonymous");
            (anonymous, vec![("Privacy".to_owned(), "id".to_owned())])
        }
        Presentation::Allowed | Presentation::Unavailable if number.is_empty() => {
            (NameAddr::new(Uri::sip_at(Some("unknown"), flow.local)), vec![])
        }
        Presentation::Allowed | Presentation::Unavailable => {
            let from = NameAddr::new(Uri::sip_at(Some(&number), flow.local));
            (calling.name.iter().fold(from, |from, name| from.with_display(name)), vec![])
        }
    }
}

/// Who answered, as a response says it: P-Asserted-Identity (RFC 3325). To is whom we called, not who answered.
pub(super) fn connected(headers: &Headers) -> Option<Identity> {
    let asserted = headers.name_addr("P-Asserted-Identity")?;
    let private = headers.list_contains("Privacy", "id");
    let number = asserted.uri.user_number().and_then(number);
    let presentation = match (&number, private) {
        (_, true) => Presentation::Restricted,
        (None, false) => Presentation::Unavailable,
        (Some(_), false) => Presentation::Allowed,
    };
    let name = asserted.display.filter(|name| !name.is_empty());
    Some(Identity { number: number.unwrap_or_default(), presentation, screening: Screening::UserNotScreened, name })
}

/// The subaddress of who answered.
pub(super) fn connected_subaddress(headers: &Headers) -> Option<Subaddress> {
    subaddress::read(&headers.name_addr("P-Asserted-Identity")?.uri)
}

/// The headers of a 200 that say who answered. A withheld number does not leave the box.
pub(super) fn connected_party(connected: &Identity, sub: Option<&Subaddress>, flow: Flow) -> Vec<(String, String)> {
    if connected.presentation == Presentation::Restricted {
        return vec![("Privacy".to_owned(), "id".to_owned())];
    }
    let number = connected.number.to_string();
    if number.is_empty() && connected.name.is_none() {
        return Vec::new();
    }
    let user = if number.is_empty() { "unknown" } else { &number };
    let asserted = NameAddr::new(subaddress::write(Uri::sip_at(Some(user), flow.local), sub));
    let asserted = connected.name.iter().fold(asserted, |asserted, name| asserted.with_display(name));
    vec![("P-Asserted-Identity".to_owned(), asserted.to_string())]
}
