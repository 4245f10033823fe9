//! Whose callers hear tones from this box: those of a network side, and those that `progress_tones` says.

use call::words::MediaCommand;
use model::country::ToneKind;
use model::settings::{ProgressTones, Settings, Side};

use crate::bench::Bench;

/// The box is the network of a PBX.
pub fn pbx() -> Bench {
    with(|_| {})
}

/// The same with other settings.
pub fn with(change: impl FnOnce(&mut Settings)) -> Bench {
    let mut bench = Bench::with(|settings| {
        settings.spans[0].side = Side::Network;
        change(settings);
    });
    // A PBX leaves its caller what it is told in band until its caller hangs up.
    bench.hears_tones = true;
    bench
}

/// The tones that were ordered, none where one was stopped.
pub fn tones(bench: &Bench) -> Vec<Option<ToneKind>> {
    let of = |command: &MediaCommand| if let MediaCommand::Tone { tone, .. } = command { Some(*tone) } else { None };
    bench.commands.iter().filter_map(of).collect()
}

/// What a caller hears while the phone rings and after it has refused, and whether ALERTING and DISCONNECT say so.
fn heard(side: Side, progress_tones: ProgressTones) -> (Vec<Option<ToneKind>>, usize, usize) {
    let mut bench = Bench::with(|settings| (settings.spans[0].side, settings.spans[0].progress_tones) = (side, progress_tones));
    let (_, far) = bench.ringing_from_exchange();
    bench.at_phone(|p, now| p.hangup(now, far, 486, None, &[]));
    bench.assert_idle();
    let said = (bench.lines(1, "ALERTING cr=1' progress=8"), bench.lines(1, "DISCONNECT cr=1' cause=17 progress=8"));
    (tones(&bench), said.0, said.1)
}

#[test]
fn caller_hears_tones_as_side_and_setting_say() {
    let (ringback, busy) = (Some(ToneKind::Ringback), Some(ToneKind::Busy));
    assert_eq!(heard(Side::Network, ProgressTones::Auto), (vec![ringback, busy], 1, 1));
    assert_eq!(heard(Side::Network, ProgressTones::On), (vec![ringback, busy], 1, 1));
    assert_eq!(heard(Side::Network, ProgressTones::Off), (vec![], 0, 0));
    assert_eq!(heard(Side::User, ProgressTones::Auto), (vec![], 0, 0));
    assert_eq!(heard(Side::User, ProgressTones::On), (vec![ringback], 1, 0));
    assert_eq!(heard(Side::User, ProgressTones::Off), (vec![], 0, 0));
}
