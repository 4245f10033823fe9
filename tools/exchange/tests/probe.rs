//! The probe against lines that do things to audio.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
use exchange::load::Percentiles;
use exchange::probe::Probe;
use media::{Law, g711};

/// Runs a probe for some seconds over a line that turns sent octets into heard ones.
fn over(law: Law, seconds: usize, mut line: impl FnMut(&[u8]) -> Vec<u8>) -> exchange::probe::Verdict {
    let mut probe = Probe::new(5);
    let sent: Vec<[u8; 80]> = (0..seconds * 100).map(|_| probe.next_block(law)).collect();
    let heard = line(&sent.concat());
    heard.as_chunks::<80>().0.iter().for_each(|block| probe.hear(block, law));
    probe.verdict()
}

/// Delays by so many samples.
fn delayed(octets: &[u8], samples: usize, silence: u8) -> Vec<u8> {
    let mut line = vec![silence; samples];
    line.extend_from_slice(&octets[..octets.len() - samples]);
    line
}

#[test]
fn delay_in_blocks_is_measured() {
    for law in [Law::A, Law::Mu] {
        let verdict = over(law, 4, |sent| delayed(sent, 13 * 80, g711::silence(law)));
        assert!(verdict.verified && verdict.delay_ms == 130 && verdict.agreement > 0.999, "{verdict:?}");
    }
}

#[test]
fn delay_that_is_no_multiple_of_a_block_is_recognised() {
    let verdict = over(Law::A, 4, |sent| delayed(sent, 5 * 80 + 37, 0xd5));
    assert!(verdict.verified, "{verdict:?}");
}

#[test]
fn lost_packets_and_a_change_of_law_do_not_hide_it() {
    let verdict = over(Law::A, 4, |sent| {
        let mut heard = delayed(sent, 4 * 80, 0xd5);
        g711::convert(Law::A, Law::Mu, &mut heard);
        g711::convert(Law::Mu, Law::A, &mut heard);
        heard.chunks_mut(160).step_by(10).for_each(|packet| packet.fill(0xd5));
        heard
    });
    assert!(verdict.verified && verdict.agreement < 0.95, "{verdict:?}");
}

#[test]
fn another_sequence_a_single_tone_and_too_little_are_not_it() {
    let other = over(Law::A, 10, |sent| {
        let mut probe = Probe::new(6);
        (0..sent.len() / 80).flat_map(|_| probe.next_block(Law::A)).collect()
    });
    assert!(!other.verified, "{other:?}");
    let tone = over(Law::A, 10, |sent| {
        let phase = |at: usize| std::f64::consts::TAU * 700.0 * at as f64 / 8000.0;
        (0..sent.len()).map(|at| g711::encode(Law::A, (7000.0 * phase(at).sin()) as i16)).collect()
    });
    assert!(!tone.verified, "{tone:?}");
    let short = over(Law::A, 10, |sent| sent[..99 * 80].to_vec());
    assert!(!short.verified, "{short:?}");
    assert!(!Probe::new(1).verdict().verified);
}

#[test]
fn percentiles_are_nearest_rank() {
    let hundred = Percentiles::of((1..=100).rev().map(f64::from).collect());
    assert_eq!((hundred.p50, hundred.p99, hundred.max), (50.0, 99.0, 100.0));
    assert_eq!(Percentiles::of(vec![7.0]), Percentiles { p50: 7.0, p99: 7.0, max: 7.0 });
    assert_eq!(Percentiles::of(Vec::new()), Percentiles::default());
}
