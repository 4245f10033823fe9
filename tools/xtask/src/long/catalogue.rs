//! The long runs: what each shows and the cargo command that does it.

/// One run.
#[derive(Debug, Clone, Copy)]
pub struct LongRun {
    /// Its name, which is also its evidence file's.
    pub name: &'static str,
    /// What its figures show.
    pub shows: &'static str,
    /// The arguments of cargo.
    pub cargo: &'static [&'static str],
}

/// All of them.
pub const CATALOGUE: [LongRun; 2] = [
    LongRun {
        name: "calls-30-for-60s",
        shows: "30 calls at once on the virtual E1 for 60 s: no lost packet, no stuck channel",
        cargo: &[
            "test",
            "--release",
            "--package",
            "hw-tests",
            "--test",
            "long_calls",
            "--",
            "--ignored",
            "calls_30_for_60s",
            "--exact",
            "--nocapture",
        ],
    },
    LongRun {
        name: "calls-500-in-a-row",
        shows: "500 short calls in a row: the same memory within 2 %, no channel left in use",
        cargo: &[
            "test",
            "--release",
            "--package",
            "hw-tests",
            "--test",
            "long_calls",
            "--",
            "--ignored",
            "calls_500_in_a_row",
            "--exact",
            "--nocapture",
        ],
    },
];
