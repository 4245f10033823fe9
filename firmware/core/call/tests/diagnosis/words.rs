//! Every verdict's words and evidence, as an administrator reads them, in one snapshot.

use std::fmt::Write;

use call::diagnosis::Sample;
use model::api::ClockStatus;
use model::settings::Framing;

use crate::line::{Line, d};

/// What happens in each second; the second is the first argument.
type Change = fn(u32, &mut Sample);

const CASES: [(&str, Change); 27] = [
    ("nothing", |_, _| {}),
    ("an error now and then", |second, s| s.line.crc4 += u64::from(second == 40)),
    ("no signal", |_, s| s.alarms.0 = vec!["RED".into(), "LOS".into()]),
    ("no frame", |_, s| s.alarms.0 = vec!["RED".into(), "LFA".into()]),
    ("no multiframe", |_, s| s.alarms.0 = vec!["LMFA".into()]),
    ("alarm indication signal", |_, s| s.alarms.0 = vec!["BLUE".into()]),
    ("remote alarm", |_, s| s.alarms.0 = vec!["YELLOW".into()]),
    ("not started", |_, s| s.alarms.0 = vec!["NOT_OPEN".into()]),
    ("errors received", |_, s| (s.line.bpv, s.line.errored_seconds) = (s.line.bpv + 9, s.line.errored_seconds + 1)),
    ("errors received on a T1", |_, s| {
        s.framing = Framing::T1;
        s.line.crc4 += 2;
    }),
    ("errors sent", |_, s| s.line.ebit += 3),
    ("late interrupts", |_, s| s.line.irq_misses += 1),
    ("even slips, nobody knows the clock", |second, s| s.line.slips += u64::from(second % 4 == 0)),
    ("even slips, this box gives the clock", |second, s| {
        s.clock = Some(ClockStatus { priority: 0, is_master: true, source: Some("internal".into()) });
        s.line.slips += u64::from(second % 4 == 0);
    }),
    ("even slips, the card follows another span", |second, s| {
        s.clock = Some(ClockStatus { priority: 2, is_master: false, source: Some("pbx".into()) });
        s.line.slips += u64::from(second % 4 == 0);
    }),
    ("slips in bursts", |second, s| s.line.slips += u64::from(second % 30 < 6)),
    ("link down, silence", |_, s| d(s).up = false),
    ("link down, looped", |_, s| (d(s).up, d(s).looped) = (false, d(s).looped + 1)),
    ("link down, same side", |_, s| (d(s).up, d(s).same_side) = (false, d(s).same_side + 1)),
    ("link down, DM", |_, s| (d(s).up, d(s).dm_received) = (false, d(s).dm_received + 1)),
    ("link down, DISC", |_, s| (d(s).up, d(s).disc_received) = (false, d(s).disc_received + 1)),
    ("link down, another TEI", |_, s| (d(s).up, d(s).other_link) = (false, d(s).other_link + 1)),
    ("link down, no frames", |_, s| (d(s).up, d(s).bad) = (false, d(s).bad + 3)),
    ("link down, heard", |_, s| (d(s).up, d(s).received) = (false, d(s).received + 1)),
    ("link up, SABME again and again", |_, s| d(s).sabme_received += 1),
    ("link comes and goes", |second, s| d(s).failures += u64::from(second % 20 == 0)),
    ("link up, not understood", |_, s| d(s).malformed += 1),
];

#[test]
fn every_verdict_says_what_to_do_and_why() {
    let mut text = String::new();
    for (name, change) in CASES {
        let mut line = Line::new();
        let mut second = 0;
        line.run(60, |sample| {
            second += 1;
            change(second, sample);
        });
        let verdict = line.verdict();
        writeln!(text, "{name}\n  {}: {}", verdict.area.as_str(), verdict.text).unwrap();
        verdict.evidence.iter().for_each(|line| writeln!(text, "    {line}").unwrap());
    }
    insta::assert_snapshot!(text);
}
