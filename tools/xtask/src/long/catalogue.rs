//! The long runs: what each shows and the cargo command that does it.

/// One run.
#[derive(Debug, Clone, Copy)]
pub struct LongRun {
    /// Its name, which is also its evidence file's.
    pub name: &'static str,
    /// What its figures show.
    pub shows: &'static str,
    /// Where its evidence file is, below the root of the project.
    pub folder: &'static str,
    /// The packages whose programs it starts, built for release before it; none when it builds all it needs.
    pub programs: &'static [&'static str],
    /// The arguments of cargo.
    pub cargo: &'static [&'static str],
}

/// Where evidence is, but for tables of what goes with what.
const EVIDENCE: &str = "firmware/docs/evidence";

/// What a run of calls needs beside itself.
const BOX_AND_FAR_END: &[&str] = &["gateway", "exchange"];

/// All of them.
pub const CATALOGUE: [LongRun; 9] = [
    LongRun {
        name: "calls-30-for-60s",
        shows: "30 calls at once on the virtual E1 for 60 s: no lost packet, no stuck channel",
        folder: EVIDENCE,
        programs: BOX_AND_FAR_END,
        cargo: &long_calls("calls_30_for_60s"),
    },
    LongRun {
        name: "calls-500-in-a-row",
        shows: "500 short calls in a row: the same memory within 2 %, no channel left in use",
        folder: EVIDENCE,
        programs: BOX_AND_FAR_END,
        cargo: &long_calls("calls_500_in_a_row"),
    },
    LongRun {
        name: "dahdi-120-channels-for-60s",
        shows: "120 B-channels of four E1 pairs over DAHDI for 60 s of guest time: every octet as it was sent, nothing lost",
        folder: EVIDENCE,
        programs: &[],
        cargo: &in_guest("talking_a_minute"),
    },
    LongRun {
        name: "dahdi-200-calls-in-a-row",
        shows: "200 calls in a row with libpri over DAHDI, as user of an E1 and as network of a T1: nothing left behind",
        folder: EVIDENCE,
        programs: &[],
        cargo: &in_guest("two_hundred"),
    },
    LongRun {
        name: "switch-types",
        shows: "Each switch type, and a group of spans that share D-channels, over DAHDI, libpri as network and as user, on the framing that it is used on: what was done with it, and with whom",
        folder: "hw-tests/interop",
        programs: &[],
        cargo: &in_guest("every_switch_type"),
    },
    LongRun {
        name: "jitter",
        shows: "an hour of virtual time over each of 15 bad networks: loss after the jitter buffer, delay in it, MOS, slips and where they fall",
        folder: EVIDENCE,
        programs: &[],
        cargo: &["test", "--release", "--package", "media", "--test", "jitter_traces", "--", "--ignored", "--nocapture"],
    },
    LongRun {
        name: "echo-g168",
        shows: "the echo canceller in G.168's tests 2 to 7 and 9, on eight echo path models, four tails, three levels and two return losses: limit and figure of each",
        folder: EVIDENCE,
        programs: &[],
        cargo: &[
            "test",
            "--release",
            "--package",
            "media",
            "--test",
            "echo_g168",
            "--",
            "--ignored",
            "--nocapture",
            "every_model",
        ],
    },
    LongRun {
        name: "isdn-million-mutations",
        shows: "a million mutations of recorded calls into a live interface, and two hundred thousand into a group of spans: no panic, no call or channel left behind",
        folder: EVIDENCE,
        programs: &[],
        // Not for release: arithmetic that overflows is to panic.
        cargo: &["test", "--package", "fuzz", "--test", "isdn_mutations", "--", "--ignored", "--nocapture", "survives"],
    },
    LongRun {
        name: "dtmf-talk-off-hour",
        shows: "An hour of synthesised speech-like sound: no DTMF digit is heard in it",
        folder: EVIDENCE,
        programs: &[],
        cargo: &["test", "--release", "--package", "dsp", "--test", "dtmf_talk_off", "--", "--ignored", "--nocapture", "an_hour"],
    },
];

/// Ignored tests of `hw-tests/tests/dahdi`, in the guest.
const fn in_guest(filter: &'static str) -> [&'static str; 9] {
    ["run", "--quiet", "--package", "xtask", "--", "hw-test", "--workspace", "--ignored", filter]
}

/// An ignored test of `hw-tests/tests/long_calls.rs`, alone and in release.
const fn long_calls(test: &'static str) -> [&'static str; 10] {
    ["test", "--release", "--package", "hw-tests", "--test", "long_calls", "--", "--ignored", "--nocapture", test]
}
