//! `cargo xtask bench echo`: the line echo canceller, everything included, for one 10 ms block at each tail.
//!
//! One canceller in single talk, converged: both filters, adaptation, non-linear processor with comfort noise, and the tone
//! detectors run in every block. Beside it, in turn, spandsp's on the same signal, with the settings that the gateway gives it when it is
//! chosen: adaptation, suppression of what is left, comfort noise. Then 240 of ours in turn, as on a full box, whose memory does not fit
//! into the caches.

use hw_tests::bench::{Bench, Figure};
use media::BLOCK;
use media::echo::{Canceller, Config};
use std::hint::black_box;

const TAILS_MS: [u16; 4] = [16, 32, 64, 128];
/// How many times cheaper than spandsp's ours is to be at 128 ms, everything included.
const TARGET: f64 = 20.0;
/// Channels of a full box.
const CHANNELS: usize = 240;
/// Blocks of signal, played over and over.
const SIGNAL: usize = 500;
/// How often ours plays the signal while spandsp's plays it once, to be measured for about as long.
const OURS_PLAYS: usize = 8;

/// Both directions of a block: what was sent, and what came back.
type Block = ([i16; BLOCK], [i16; BLOCK]);

fn main() {
    let bench = Bench::new("echo");
    let signal = signal();
    for tail_ms in TAILS_MS {
        let (ours, spandsp) = beside_spandsp(bench, &signal, tail_ms);
        let name = format!("10 ms block, tail {tail_ms} ms, one channel");
        bench.print(Figure::lower(&name, "us", ours).peer("spandsp", spandsp));
        let cheaper = Figure::higher(&format!("spandsp's cost to ours, tail {tail_ms} ms"), "times", spandsp / ours);
        bench.print(if tail_ms == 128 { cheaper.target(TARGET) } else { cheaper });
    }
    let mut all: Vec<Canceller> = (0..bench.choose(CHANNELS, 8)).map(|_| own(128)).collect();
    let many = 1e6 / bench.per_cpu_second(|| play(&mut all, &signal));
    bench.print(Figure::lower(&format!("10 ms block, tail 128 ms, {CHANNELS} channels in turn"), "us", many));
}

fn own(tail_ms: u16) -> Canceller {
    Canceller::new(Config { tail_ms, ..Config::default() })
}

/// Microseconds of CPU a block, ours and spandsp's.
fn beside_spandsp(bench: Bench, signal: &[Block], tail_ms: u16) -> (f64, f64) {
    let mut ours = [own(tail_ms)];
    let settings = dsp::echo::CancellerSettings { tail_ms, suppress_residue: true, comfort_noise: true, high_pass: false };
    let mut spandsp = dsp::echo::Canceller::new(settings).expect("a canceller");
    let mut play_spandsp = || {
        for (reference, received) in signal {
            let mut received = *received;
            spandsp.process(black_box(reference), black_box(&mut received)).expect("lengths fit");
        }
        signal.len() as u64
    };
    let mut play_ours = || (0..OURS_PLAYS).map(|_| play(&mut ours, signal)).sum();
    let (spandsp_rate, own_rate) = bench.per_cpu_second_in_turn(&mut play_spandsp, &mut play_ours);
    (1e6 / own_rate, 1e6 / spandsp_rate)
}

/// The signal once to each of them, block by block; how many blocks that are.
fn play(all: &mut [Canceller], signal: &[Block]) -> u64 {
    for (reference, received) in signal {
        for canceller in all.iter_mut() {
            let mut received = *received;
            canceller.process(black_box(&mut received), black_box(reference));
        }
    }
    (signal.len() * all.len()) as u64
}

/// Noise towards the line and its echo: ten reflections from 4 ms to 13 ms, over two blocks, some 10 dB down in all.
fn signal() -> Vec<Block> {
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as i16 / 8
    };
    let sent: Vec<i16> = (0..SIGNAL * BLOCK).map(|_| noise()).collect();
    let reflection = |n: usize, k: usize| n.checked_sub(32 + 8 * k).map_or(0, |n| sent[n] / (6 + 3 * k as i16));
    let echo = |n: usize| (0..10).map(|k| if k % 2 == 0 { reflection(n, k) } else { -reflection(n, k) }).sum::<i16>();
    let block = |number: usize| {
        let start = number * BLOCK;
        (std::array::from_fn(|n| sent[start + n]), std::array::from_fn(|n| echo(start + n)))
    };
    (0..SIGNAL).map(block).collect()
}
