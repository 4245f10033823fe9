//! The long runs: what each shows and the cargo command that does it.

/// One run.
#[derive(Debug, Clone, Copy)]
pub struct LongRun {
    /// Its name, which is also its evidence file's.
    pub name: &'static str,
    /// What its figures show.
    pub shows: &'static str,
    /// The packages whose programs it starts, built for release before it; none when it builds all it needs.
    pub programs: &'static [&'static str],
    /// The arguments of cargo.
    pub cargo: &'static [&'static str],
}

/// What a run of calls needs beside itself.
const BOX_AND_FAR_END: &[&str] = &["gateway", "exchange"];

/// All of them.
pub const CATALOGUE: [LongRun; 2] = [
    LongRun {
        name: "calls-30-for-60s",
        shows: "30 calls at once on the virtual E1 for 60 s: no lost packet, no stuck channel",
        programs: BOX_AND_FAR_END,
        cargo: &long_calls("calls_30_for_60s"),
    },
    LongRun {
        name: "calls-500-in-a-row",
        shows: "500 short calls in a row: the same memory within 2 %, no channel left in use",
        programs: BOX_AND_FAR_END,
        cargo: &long_calls("calls_500_in_a_row"),
    },
];

/// An ignored test of `hw-tests/tests/long_calls.rs`, alone and in release.
const fn long_calls(test: &'static str) -> [&'static str; 10] {
    ["test", "--release", "--package", "hw-tests", "--test", "long_calls", "--", "--ignored", "--nocapture", test]
}
