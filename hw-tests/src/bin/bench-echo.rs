//! `cargo xtask bench echo`: the line echo canceller, everything included, for one 10 ms block at each tail.
//!
//! One canceller in single talk, converged: both filters, adaptation, non-linear processor with comfort noise, and the tone
//! detectors run in every block. Then 240 of them in turn, as on a full box, whose memory does not fit into the caches.
//!
//! The target, 20 times cheaper than spandsp's canceller at 128 ms, is taken against its record (233 us per 20 ms,
//! `reference`): a peer measured in the same run takes its place in [`peer`].

use hw_tests::bench::{Bench, Figure};
use media::BLOCK;
use media::echo::{Canceller, Config};
use std::hint::black_box;

/// Recorded: spandsp's `echo_can_update` for 10 ms at 16, 32, 64 and 128 ms.
const RECORDED: [(u16, f64); 4] = [(16, 24.5), (32, 42.0), (64, 73.5), (128, 116.5)];
/// Channels of a full box.
const CHANNELS: usize = 240;
/// Blocks of signal, played over and over.
const SIGNAL: usize = 500;

fn main() {
    let bench = Bench::new("echo");
    let signal = signal();
    for (tail_ms, recorded) in RECORDED {
        let one = micros(bench, &signal, tail_ms, 1);
        let name = format!("10 ms block, tail {tail_ms} ms, one channel");
        bench.print(peer(Figure::lower(&name, "us", one), tail_ms, recorded));
    }
    let many = micros(bench, &signal, 128, bench.choose(CHANNELS, 8));
    bench.print(Figure::lower(&format!("10 ms block, tail 128 ms, {CHANNELS} channels in turn"), "us", many));
}

/// Target and peer of a figure.
fn peer(figure: Figure, tail_ms: u16, recorded: f64) -> Figure {
    let figure = figure.recorded_peer("spandsp (recorded)");
    if tail_ms == 128 { figure.target(recorded / 20.0) } else { figure }
}

/// CPU time of a block.
fn micros(bench: Bench, signal: &[([i16; BLOCK], [i16; BLOCK])], tail_ms: u16, channels: usize) -> f64 {
    let mut all: Vec<Canceller> = (0..channels).map(|_| Canceller::new(Config { tail_ms, ..Config::default() })).collect();
    let rate = bench.per_cpu_second(|| {
        let mut blocks = 0;
        for (reference, received) in signal {
            for canceller in &mut all {
                let mut received = *received;
                canceller.process(black_box(&mut received), black_box(reference));
                blocks += 1;
            }
        }
        blocks
    });
    1e6 / rate
}

/// Noise towards the line and its echo: ten reflections from 4 ms to 13 ms, over two blocks, some 10 dB down in all.
fn signal() -> Vec<([i16; BLOCK], [i16; BLOCK])> {
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
