//! Inside `call`, only `legs/*` names a protocol; the controller speaks the neutral words (design, sections 3 and 5a).
//!
//! `media` is no protocol here: the controller may hold an offer and its plain types. SDP text is read and written only in
//! `legs/sip`. Tests of `call` may name what they like: they play the far ends.

use super::finding::Finding;
use super::paths::{self, NamedPath};
use super::workspace::{SourceFile, Workspace};

const RULE: &str = "neutral-words";
const CALL: &str = "firmware/core/call/src/";
/// Protocols that only a leg knows.
const PROTOCOLS: [&str; 3] = ["isdn", "line", "sip"];
/// The offer, the plain types that its fields have, and the answer to one, which reads no text.
const OFFER_WORDS: [&str; 7] = ["Offer", "Codec", "Format", "Direction", "Law", "answer", "Unacceptable"];

/// Sources of `call` against the rule.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let sources = workspace.files.iter().filter(|file| file.path.starts_with(CALL));
    sources.flat_map(check_file).collect()
}

fn check_file(file: &SourceFile) -> Vec<Finding> {
    let Ok(syntax) = &file.syntax else { return Vec::new() };
    let inside = &file.path[CALL.len()..];
    let in_legs = inside.starts_with("legs/") || inside == "legs.rs";
    let in_sip_leg = inside == "legs/sip.rs" || inside.starts_with("legs/sip/");
    paths::named(syntax)
        .iter()
        .filter_map(|path| breach(path, in_legs, in_sip_leg).map(|message| (path.line, message)))
        .map(|(line, message)| Finding::error(RULE, format!("{}:{line}", file.path), message))
        .collect()
}

fn breach(path: &NamedPath, in_legs: bool, in_sip_leg: bool) -> Option<String> {
    let first = path.segments.first()?.as_str();
    let second = path.segments.get(1).map(String::as_str);
    let written = path.segments.join("::");
    if PROTOCOLS.contains(&first) && !in_legs {
        return Some(format!("{written}: in call only legs/* names {first}; say it in the neutral words"));
    }
    if first != "media" {
        return None;
    }
    if second == Some("sdp") {
        return (!in_sip_leg).then(|| format!("{written}: SDP text is read and written only in legs/sip"));
    }
    let plain = second.is_some_and(|word| OFFER_WORDS.contains(&word));
    let message = format!("{written}: outside legs/* only {} of media may be named", OFFER_WORDS.join(", "));
    (!in_legs && !plain).then_some(message)
}
