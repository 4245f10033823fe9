//! Limits of G.168's tests, as the test programs of spandsp and Oslec quote them (`tests/vectors/g168/README.md`).

/// Residual echo of a converged canceller without NLP, over the level of Rin: figure 11, a straight line from -55 dBm0 at -30 dBm0
/// to -30 dBm0 at 0 dBm0.
pub(crate) fn figure_11(rin: f64) -> f64 {
    25.0 / 30.0 * rin - 30.0
}

/// Returned echo with NLP a second after the start, dBm0.
pub(crate) const WITH_NLP: f64 = -65.0;
