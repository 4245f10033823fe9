//! The 48-bit packet index behind a 16-bit sequence number (RFC 3711 section 3.3.1 and appendix A).

/// Half of the sequence numbers: what is further away is taken for the other side of a wrap.
const HALF: u16 = 0x8000;
/// The largest roll-over counter.
const LAST_ROLL_OVER: u64 = u32::MAX as u64;

/// The index of roll-over counter and sequence number.
pub(super) fn join(roll_over: u32, sequence: u16) -> u64 {
    u64::from(roll_over) << 16 | u64::from(sequence)
}

/// Its roll-over counter.
pub(super) fn roll_over(index: u64) -> u32 {
    u32::try_from(index >> 16 & LAST_ROLL_OVER).unwrap_or(u32::MAX)
}

/// The index nearest to the highest one so far that has this sequence number; `None` when it would lie beyond 2^48.
///
/// Where the nearest would lie before index 0, the first round is meant: nothing was sent before it.
pub(super) fn estimate(highest: u64, sequence: u16) -> Option<u64> {
    let round = roll_over(highest);
    let newest = u16::try_from(highest & 0xFFFF).unwrap_or(0);
    let round = if newest < HALF {
        if sequence > newest.saturating_add(HALF) { round.saturating_sub(1) } else { round }
    } else if newest - HALF > sequence {
        round.checked_add(1)?
    } else {
        round
    };
    Some(join(round, sequence))
}
