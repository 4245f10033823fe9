//! A sine from a phase: a 64 bit fraction of a turn, and a polynomial in place of a table.

/// Samples in a second.
const RATE: f64 = 8000.0;
/// One turn.
const TURN: f64 = 18_446_744_073_709_551_616.0;

/// What is added to the phase each sample, for a frequency of 0 to 4000 Hz.
pub(super) fn step_of(hz: f64) -> u64 {
    (hz / RATE * TURN).round() as u64
}

/// Sine of a phase, with an error below 2e-7 of full scale.
pub(super) fn sine(phase: u64) -> f32 {
    // Terms of the series of sin(x * pi / 2): beyond the sixth, less than a 24 bit fraction can hold.
    const C1: f32 = 1.570_796_4;
    const C3: f32 = -0.645_964_1;
    const C5: f32 = 0.079_692_63;
    const C7: f32 = -0.004_681_754;
    const C9: f32 = 0.000_160_441_18;
    const C11: f32 = -0.000_003_598_843;
    let x = quarter_turns(phase);
    let square = x * x;
    x * (C1 + square * (C3 + square * (C5 + square * (C7 + square * (C9 + square * C11)))))
}

/// The phase as quarter turns from -1 to 1 that have the same sine: the second half of each half turn mirrors the first.
fn quarter_turns(phase: u64) -> f32 {
    let half_turns = (phase >> 32) as u32 as i32; // -2^31 to 2^31 is minus to plus half a turn
    let mirrored = if half_turns.unsigned_abs() > 1 << 30 { i32::MIN.wrapping_sub(half_turns) } else { half_turns };
    mirrored as f32 * (1.0 / 1_073_741_824.0)
}
