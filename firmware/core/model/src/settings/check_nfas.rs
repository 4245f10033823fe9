//! Checks of spans that share D-channels (`nfas` of `[[span]]`): what one group needs and what its spans have to have in common.

use std::collections::BTreeMap;

use super::{NfasDChannel, NfasMember, Problem, Signalling, Span, SwitchType};

/// Highest interface identifier: seven bits (Q.931 4.5.13), of which all ones is left alone.
const MAX_INTERFACE: u8 = 126;

/// Every problem of spans in groups.
pub(super) fn check_groups(spans: &[Span], problems: &mut Vec<Problem>) {
    let mut groups = BTreeMap::<&str, Vec<(usize, &Span, &NfasMember)>>::new();
    for (index, span) in spans.iter().enumerate() {
        if let Some(member) = &span.nfas {
            check_member(index, span, member, problems);
            groups.entry(&member.group).or_default().push((index, span, member));
        }
    }
    for (name, members) in groups {
        check_group(name, &members, problems);
    }
}

fn check_member(index: usize, span: &Span, member: &NfasMember, problems: &mut Vec<Problem>) {
    let mut wrong = |key: &str, found: String, expected: &str| {
        problems.push(Problem::error(format!("span[{index}].nfas{key}"), found, expected));
    };
    if span.signalling != Signalling::Pri {
        wrong("", format!("on a span with signalling {}", span.signalling.as_str()), "signalling = \"pri\"");
    }
    if span.switch_type == SwitchType::Qsig {
        wrong("", "on a span of QSIG, which cannot name the span of a channel".into(), "another switch_type");
    }
    if member.group.is_empty() {
        wrong(".group", "an empty name".into(), "the name that the spans of the group share");
    }
    if member.interface > MAX_INTERFACE {
        wrong(".interface", member.interface.to_string(), "0 to 126");
    }
    let primary = member.d_channel == NfasDChannel::Primary;
    if primary != (member.interface == 0) {
        let found = format!("{:?} on interface {}", member.d_channel, member.interface).to_lowercase();
        wrong(".d_channel", found, "\"primary\" on interface 0, \"backup\" or \"none\" on every other");
    }
}

fn check_group(name: &str, members: &[(usize, &Span, &NfasMember)], problems: &mut Vec<Problem>) {
    let first = members.iter().find(|(_, _, member)| member.interface == 0);
    if first.is_none()
        && let Some((index, ..)) = members.first()
    {
        let found = format!("group \"{name}\" without interface 0");
        problems.push(Problem::error(
            format!("span[{index}].nfas"),
            found,
            "one span with interface = 0 and d_channel = \"primary\"",
        ));
    }
    let mut seen = BTreeMap::<u8, usize>::new();
    for (index, span, member) in members {
        if let Some(earlier) = seen.insert(member.interface, *index) {
            let found = format!("{}, which span[{earlier}] of the group has too", member.interface);
            problems.push(Problem::error(format!("span[{index}].nfas.interface"), found, "one of its own"));
        }
        let Some((head, reference, _)) = first else { continue };
        let same = (span.framing, span.side, span.switch_type) == (reference.framing, reference.side, reference.switch_type);
        if !same {
            let found = format!("another framing, side or switch_type than span[{head}] of group \"{name}\"");
            problems.push(Problem::error(format!("span[{index}].nfas"), found, "the same of all"));
        }
    }
}
