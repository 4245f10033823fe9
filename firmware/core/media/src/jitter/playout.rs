//! The way out: what a block for the line is made of, and where one is put in or left out.

use super::buffer::{BLOCK_SAMPLES, Buffer, Playout, State};
use super::{Mode, Played, distance};
use crate::BLOCK;

/// Blocks (2 s) over which the lowest fill is taken before a slip of a fixed depth.
const SLIP_WINDOW: u32 = 200;
/// Windows for which a slip of a fixed depth waits for a pause.
const MOST_WINDOWS: u32 = 1;
/// Blocks between looks at the delays; a late packet makes one look at once.
const LOOK_EVERY: u32 = 10;
/// Blocks of spread up to which a block of reserve is kept.
const SMALL_SPREAD: i32 = 3;
/// Packets that must be known before the buffer becomes shallower.
const KNOWN_ENOUGH: usize = 128;
/// Blocks for which one block of surplus must last before it is left out: 10 s, until the window of delays has forgotten.
const SURPLUS_OF_ONE: u32 = 1000;
/// The same for two or three blocks, and for more.
const SURPLUS_OF_TWO: u32 = 200;
const SURPLUS_OF_MANY: u32 = 50;
/// Blocks of surplus after which one is left out although the audio was never quiet.
const SURPLUS_FORCED: u32 = 2000;
/// Blocks by which concealment goes on beyond the hole to make the buffer deeper.
const GROW_IN_HOLE: u32 = 2;

impl Buffer {
    /// Fills the next block for the line. What is missing is silence and to be concealed: see [`Buffer::present`],
    /// [`Buffer::left_out`].
    pub fn pull(&mut self, block: &mut [u8; BLOCK]) -> Played {
        if (self.clock / BLOCK_SAMPLES).is_multiple_of(LOOK_EVERY) {
            self.look_at_delays();
        }
        self.left_out = None;
        self.start_on_time();
        let played = match self.state {
            State::Empty | State::Filling { .. } => {
                self.nothing(block);
                Played::Idle
            }
            State::Playing(playout) => match self.mode {
                Mode::Adaptive { .. } => self.pull_adaptive(block, playout),
                Mode::Fixed { .. } | Mode::Data { .. } => self.pull_fixed(block, playout),
            },
        };
        match played {
            Played::Underrun => self.counters.underruns += 1,
            Played::Concealed => self.counters.concealed += 1,
            Played::Inserted => self.counters.slips_inserted += 1,
            Played::Audio | Played::Idle => {}
        }
        self.clock = self.clock.wrapping_add(BLOCK_SAMPLES);
        played
    }

    /// For each sample of the last block pulled, whether it was received.
    #[must_use]
    pub const fn present(&self) -> &[bool; BLOCK] {
        &self.present
    }

    /// The block before the last one pulled, when that was left out.
    #[must_use]
    pub const fn left_out(&self) -> Option<&[u8; BLOCK]> {
        self.left_out.as_ref()
    }

    fn nothing(&mut self, block: &mut [u8; BLOCK]) {
        block.fill(self.ring.silence());
        self.present.fill(false);
    }

    /// Works out which delay is wanted.
    pub(super) fn look_at_delays(&mut self) {
        let Mode::Adaptive { least_ms, .. } = self.mode else { return };
        let Some(spread) = self.delays.spread() else { return };
        let blocks = |samples: u32| i32::try_from(samples / BLOCK_SAMPLES).unwrap_or(1);
        let least = spread.least.saturating_add(blocks(u32::from(least_ms.clamp(10, 200)) * 8));
        let most = spread.least.saturating_add(blocks(self.most()));
        let reserve = i32::from(spread.most - spread.least <= SMALL_SPREAD);
        self.wanted = Some(self.delays.delay_of((spread.most + reserve).max(least).min(most)));
    }

    /// Blocks by which the buffer is deeper than wanted; negative when it is not deep enough.
    pub(super) fn surplus(&self, position: u32) -> i32 {
        let delay = self.clock.wrapping_sub(position);
        self.wanted.map_or(0, |wanted| distance(wanted, delay).div_euclid(BLOCK_SAMPLES.cast_signed()))
    }

    /// Blocks by which it may still become deeper.
    fn room(&self, position: u32) -> u32 {
        let Some(spread) = self.delays.spread() else { return 0 };
        let delay = self.clock.wrapping_sub(position);
        let deep = u32::try_from(distance(self.delays.delay_of(spread.least), delay)).unwrap_or(0);
        self.most().saturating_sub(deep) / BLOCK_SAMPLES
    }

    fn pull_adaptive(&mut self, block: &mut [u8; BLOCK], mut playout: Playout) -> Played {
        let fill = u32::try_from(playout.fill()).unwrap_or(0);
        match self.ring.hole(playout.position, fill) {
            None => self.pull_starved(block, playout),
            Some(hole) if hole >= BLOCK_SAMPLES => self.pull_hole(block, playout, hole),
            Some(_) => {
                self.counters.slips_inserted += u64::from(playout.held);
                playout.held = 0;
                self.state = State::Playing(playout);
                self.pull_or_slip(block, playout)
            }
        }
    }

    /// Nothing of this block has come, but something behind it has.
    fn pull_hole(&mut self, block: &mut [u8; BLOCK], mut playout: Playout, hole: u32) -> Played {
        let blocks = hole / BLOCK_SAMPLES;
        let surplus = self.surplus(playout.position);
        if playout.held >= blocks && !(surplus < 0 && playout.held < blocks + GROW_IN_HOLE) {
            // Concealed for as long as the hole is: what remains of the hold made the buffer deeper.
            self.counters.slips_inserted += u64::from(playout.held - blocks);
            playout.held = 0;
            self.state = State::Playing(playout);
            self.skip(blocks * BLOCK_SAMPLES);
            let State::Playing(playout) = self.state else { return Played::Idle };
            return self.pull_audio(block, playout);
        }
        self.nothing(block);
        if surplus > 0 && playout.held == 0 && blocks > 1 && self.delays.known() >= KNOWN_ENOUGH {
            // Nothing is lost by leaving out a block that is not there.
            self.counters.slips_dropped += 1;
            self.state = State::Playing(playout);
            self.skip(2 * BLOCK_SAMPLES);
            return Played::Concealed;
        }
        if self.room(playout.position) > 0 {
            playout.held += 1;
        } else {
            playout.position = playout.position.wrapping_add(BLOCK_SAMPLES);
        }
        self.state = State::Playing(playout);
        Played::Concealed
    }

    fn pull_starved(&mut self, block: &mut [u8; BLOCK], mut playout: Playout) -> Played {
        self.nothing(block);
        let may_hold = if self.is_adaptive() { !self.quiet && self.room(playout.position) > 0 } else { playout.starved == 0 };
        if may_hold {
            playout.held += 1;
        } else if playout.starved <= self.starved_limit() {
            playout.position = playout.position.wrapping_add(BLOCK_SAMPLES);
        }
        // Beyond the limit playout starts anew anyway: in a long silence the position does not run round the circle.
        playout.starved = playout.starved.saturating_add(1);
        playout.window = 0;
        playout.lowest_fill = i32::MAX;
        playout.surplus_for = 0;
        self.state = State::Playing(playout);
        if self.quiet { Played::Idle } else { Played::Underrun }
    }

    /// A block is there: it is played, put off, or left out.
    fn pull_or_slip(&mut self, block: &mut [u8; BLOCK], mut playout: Playout) -> Played {
        let surplus = self.surplus(playout.position);
        playout.surplus_for = if surplus > 0 { playout.surplus_for.saturating_add(1) } else { 0 };
        self.state = State::Playing(playout);
        if surplus < 0 && self.room(playout.position) > 0 && self.pauses_at(playout.position) {
            self.nothing(block);
            return Played::Inserted;
        }
        let patience = match surplus {
            ..=1 => SURPLUS_OF_ONE,
            2..=3 => SURPLUS_OF_TWO,
            4.. => SURPLUS_OF_MANY,
        };
        let settled = surplus > 0 && playout.surplus_for >= patience && self.delays.known() >= KNOWN_ENOUGH;
        let forced = playout.surplus_for >= SURPLUS_FORCED;
        if settled && (forced || self.pauses_at(playout.position)) {
            return self.leave_out(block, playout);
        }
        self.pull_audio(block, playout)
    }

    /// Leaves a block out when it and the next are whole, and plays the next.
    fn leave_out(&mut self, block: &mut [u8; BLOCK], playout: Playout) -> Played {
        let mut first = [0; BLOCK];
        let next = playout.position.wrapping_add(BLOCK_SAMPLES);
        let missing =
            self.ring.copy(playout.position, &mut first, &mut self.present) + self.ring.copy(next, block, &mut self.present);
        if missing == 0 {
            self.counters.slips_dropped += 1;
            self.left_out = Some(first);
            self.skip(BLOCK_SAMPLES);
        }
        let State::Playing(playout) = self.state else { return Played::Idle };
        self.pull_audio(block, playout)
    }

    fn pauses_at(&mut self, position: u32) -> bool {
        let mut next = [0; BLOCK];
        self.ring.copy(position, &mut next, &mut self.present) == 0 && self.loudness.pauses(&next)
    }

    fn pull_fixed(&mut self, block: &mut [u8; BLOCK], playout: Playout) -> Played {
        if playout.fill() <= 0 {
            return self.pull_starved(block, playout);
        }
        if playout.slip_due > 0 && self.pauses_at(playout.position) {
            return self.slip_fixed(block, playout);
        }
        let fill = playout.fill();
        let played = self.pull_audio(block, playout);
        if let State::Playing(playout) = &mut self.state {
            playout.lowest_fill = playout.lowest_fill.min(fill);
            playout.window += 1;
            if playout.window >= SLIP_WINDOW {
                self.end_slip_window();
            }
        }
        played
    }

    fn slip_fixed(&mut self, block: &mut [u8; BLOCK], mut playout: Playout) -> Played {
        playout.slip_due = 0;
        self.state = State::Playing(playout);
        self.leave_out(block, playout)
    }

    fn end_slip_window(&mut self) {
        let State::Playing(mut playout) = self.state else { return };
        let high = (self.start_depth() + BLOCK_SAMPLES).cast_signed();
        let too_full = matches!(self.mode, Mode::Fixed { .. }) && playout.lowest_fill >= high;
        let now = too_full && playout.slip_due > MOST_WINDOWS;
        playout.slip_due = if too_full { playout.slip_due.saturating_add(1) } else { 0 };
        playout.window = 0;
        playout.lowest_fill = i32::MAX;
        self.state = State::Playing(playout);
        if now {
            self.counters.slips_dropped += 1;
            self.skip(BLOCK_SAMPLES);
        }
    }

    fn pull_audio(&mut self, block: &mut [u8; BLOCK], mut playout: Playout) -> Played {
        let fill = playout.fill();
        let missing = self.ring.copy(playout.position, block, &mut self.present);
        self.ring.forget(playout.position, BLOCK_SAMPLES);
        playout.position = playout.position.wrapping_add(BLOCK_SAMPLES);
        self.state = State::Playing(playout);
        self.loudness.played(block);
        if missing == 0 {
            Played::Audio
        } else if fill < BLOCK_SAMPLES.cast_signed() {
            Played::Underrun
        } else {
            Played::Concealed
        }
    }
}
