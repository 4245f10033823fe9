//! Every target with its seeds and a fixed number of mutations of them. A failing input is kept in a file that the message names.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use fuzz::mutation::Mutator;
use fuzz::{TARGETS, Target, find};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

fn seeds(target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target.name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut seeds: Vec<_> = entries
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    seeds.sort();
    seeds
}

/// Runs one input; when it breaks a promise, says which and where the input is kept.
fn run(target: &Target, input: &[u8]) -> Result<bool, String> {
    catch_unwind(AssertUnwindSafe(|| (target.run)(input))).map_err(|payload| {
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("crash-{}", target.name));
        fs::write(&file, input).unwrap();
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("panicked");
        format!("{}: {text}\ninput kept in {}", target.name, file.display())
    })
}

/// `count` mutations, or as many as `JUNCTOR_FUZZ_INPUTS` says.
#[track_caller]
fn bounded(name: &str, count: u64) {
    let target = find(name).unwrap();
    let seeds = seeds(target);
    for (seed, input) in &seeds {
        let accepted = run(target, input).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        assert_eq!(
            accepted,
            !seed.starts_with("bad-"),
            "{name}: seed {seed} was {}",
            if accepted { "accepted" } else { "refused" }
        );
    }
    let inputs: Vec<_> = seeds.into_iter().map(|(_, input)| input).collect();
    let count = std::env::var("JUNCTOR_FUZZ_INPUTS").ok().and_then(|count| count.parse().ok()).unwrap_or(count);
    let mut mutator = Mutator::new(name.bytes().fold(0_u64, |sum, octet| sum.wrapping_mul(31) + u64::from(octet)));
    let mut accepted = 0;
    for _ in 0..count {
        accepted += u64::from(run(target, &mutator.next_input(&inputs)).unwrap_or_else(|why| panic!("{why}")));
    }
    // Inputs that are all refused, or all accepted, would test one branch only.
    assert!(accepted > 0 && accepted < count, "{name}: {accepted} of {count} inputs were accepted");
}

macro_rules! each_target {
    ($($test:ident = $name:literal for $count:literal,)*) => {
        $(#[test]
        fn $test() {
            bounded($name, $count);
        })*

        #[test]
        fn every_target_has_a_test() {
            assert_eq!(TARGETS.map(|target| target.name), [$($name),*]);
        }
    };
}

// Enough to reach the branches near the seeds, few enough for well under a second in a debug build.
each_target! {
    q921_frame = "q921-frame" for 2_000,
    q931_message = "q931-message" for 2_000,
    facility = "facility" for 2_000,
    isdn_interface = "isdn-interface" for 2_000,
    sip_message = "sip-message" for 1_000,
    sip_stream = "sip-stream" for 1_000,
    sip_endpoint = "sip-endpoint" for 200,
    sip_dtmf = "sip-dtmf" for 2_000,
    sdp = "sdp" for 2_000,
    rtp = "rtp" for 2_000,
    rtcp = "rtcp" for 2_000,
    srtp = "srtp" for 1_000,
    media_stream = "media-stream" for 2_000,
    tdm_wire = "tdm-wire" for 2_000,
    configuration = "configuration" for 2_000,
}

#[test]
fn broken_promise_is_reported_with_its_input() {
    let target = Target { name: "self-test", run: |input| input.len() < 3 || panic!("too long") };
    assert_eq!(run(&target, b"ab"), Ok(true));
    let report = run(&target, b"abc").unwrap_err();
    assert!(report.starts_with("self-test: too long\ninput kept in "), "{report}");
    assert_eq!(fs::read(report.rsplit(' ').next().unwrap()).unwrap(), b"abc");
}

#[test]
fn mutations_are_the_same_at_each_run_and_differ_from_each_other() {
    let seeds = [b"INVITE sip:100@host SIP/2.0\r\n".to_vec(), b"CSeq: 1 INVITE\r\n".to_vec()];
    let take = |seed| {
        let mut mutator = Mutator::new(seed);
        (0..100).map(|_| mutator.next_input(&seeds)).collect::<Vec<_>>()
    };
    assert_eq!(take(1), take(1));
    assert_ne!(take(1), take(2));
    let mut distinct = take(1);
    distinct.sort();
    distinct.dedup();
    assert!(distinct.len() > 80, "{} of 100 inputs differ", distinct.len());
}
